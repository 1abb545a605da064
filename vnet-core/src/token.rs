//! Signed texts: bearer tokens of the API, and compact JWTs.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;
use time::OffsetDateTime;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};
use crate::id::UserId;
use crate::secret::Secret;

/// The key of this installation that its signed texts are made with: 256 bits, kept between runs.
#[derive(Clone)]
pub struct SigningKey(Zeroizing<[u8; 32]>);

impl SigningKey {
    /// Bytes of a key.
    pub const BYTES: usize = 32;

    /// A new random key.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] when the operating system gives no random bytes.
    pub fn generate() -> Result<Self> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        getrandom::fill(&mut *bytes)
            .map_err(|source| Error::internal("no random bytes from the system", source))?;
        Ok(Self(bytes))
    }

    /// The key that was kept as `bytes`.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for keeping the key.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// A key for one purpose, from which neither this one nor another purpose's can be found.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Self {
        Self::from_bytes(self.mac(&[b"vnet key for ", purpose.as_bytes()]))
    }

    fn hmac(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&*self.0).expect("HMAC takes keys of any length");
        for part in parts {
            mac.update(part);
        }
        mac
    }

    fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.hmac(parts).finalize().into_bytes().into()
    }

    fn is_mac(&self, parts: &[&[u8]], mac: &[u8]) -> bool {
        self.hmac(parts).verify_slice(mac).is_ok()
    }

    /// A JWT of `claims`, signed with HS256 (RFC 7515, RFC 7519).
    ///
    /// # Errors
    /// `Internal` if the claims cannot be written as JSON.
    pub fn sign_jwt(&self, claims: &impl Serialize) -> Result<Secret> {
        let claims = serde_json::to_vec(claims)
            .map_err(|source| Error::internal("claims that are no JSON", source))?;
        let head = URL_SAFE_NO_PAD.encode(JWT_HEADER);
        let body = URL_SAFE_NO_PAD.encode(claims);
        let mac = self.mac(&[head.as_bytes(), b".", body.as_bytes()]);
        Ok(Secret::new(format!(
            "{head}.{body}.{}",
            URL_SAFE_NO_PAD.encode(mac)
        )))
    }

    /// The claims of a JWT that this key signed; expiry is the caller's to check.
    ///
    /// # Errors
    /// `Unauthenticated` for everything that is not such a JWT.
    pub fn verify_jwt<T: DeserializeOwned>(&self, jwt: &str) -> Result<T> {
        let parts: Vec<&str> = jwt.splitn(4, '.').collect();
        let [head, body, mac] = parts[..] else {
            return Err(invalid_token());
        };
        let decode = |part| {
            URL_SAFE_NO_PAD
                .decode(part)
                .map_err(|_detail| invalid_token())
        };
        if decode(head)? != JWT_HEADER
            || !self.is_mac(&[head.as_bytes(), b".", body.as_bytes()], &decode(mac)?)
        {
            return Err(invalid_token());
        }
        serde_json::from_slice(&decode(body)?).map_err(|_detail| invalid_token())
    }
}

const JWT_HEADER: &[u8] = br#"{"alg":"HS256","typ":"JWT"}"#;

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

fn invalid_token() -> Error {
    Error::new(
        ErrorKind::Unauthenticated,
        "invalid_token",
        "Invalid token.",
    )
}

/// What a bearer token says: who, until when, and under which sessions epoch it was made.
///
/// The text is base64url of version, user, epoch, expiry and an HMAC-SHA256 over them: 87
/// characters that nothing has to be stored for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BearerToken {
    /// Whose it is.
    pub user_id: UserId,
    /// Good only while this is the user's sessions epoch.
    pub sessions_epoch: u64,
    /// When it stops working; whole seconds.
    pub expires_at: OffsetDateTime,
}

impl BearerToken {
    const VERSION: u8 = 1;
    const BODY: usize = 33;

    /// The signed text.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> Secret {
        let mut bytes = Vec::with_capacity(Self::BODY + 32);
        bytes.push(Self::VERSION);
        bytes.extend_from_slice(self.user_id.as_uuid().as_bytes());
        bytes.extend_from_slice(&self.sessions_epoch.to_be_bytes());
        bytes.extend_from_slice(&self.expires_at.unix_timestamp().to_be_bytes());
        let mac = key.mac(&[&bytes]);
        bytes.extend_from_slice(&mac);
        Secret::new(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// What a signed text says, if this key signed it and it has not expired at `now`. The epoch is
    /// the caller's to compare.
    ///
    /// # Errors
    /// `Unauthenticated` with code `invalid_token`.
    pub fn verify(text: &str, key: &SigningKey, now: OffsetDateTime) -> Result<Self> {
        let bytes = URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_detail| invalid_token())?;
        let (body, mac) = bytes
            .split_at_checked(Self::BODY)
            .ok_or_else(invalid_token)?;
        if !key.is_mac(&[body], mac) || body[0] != Self::VERSION {
            return Err(invalid_token());
        }
        let number = |range: std::ops::Range<usize>| {
            let mut eight = [0_u8; 8];
            eight.copy_from_slice(&body[range]);
            u64::from_be_bytes(eight)
        };
        let expiry = OffsetDateTime::from_unix_timestamp(number(25..33).cast_signed());
        let token = Self {
            user_id: UserId::from_uuid(
                Uuid::from_slice(&body[1..17]).map_err(|_e| invalid_token())?,
            ),
            sessions_epoch: number(17..25),
            expires_at: expiry.map_err(|_detail| invalid_token())?,
        };
        if token.expires_at > now {
            Ok(token)
        } else {
            Err(invalid_token())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::datetime;

    fn key() -> SigningKey {
        SigningKey::from_bytes([7; 32])
    }

    fn token() -> BearerToken {
        BearerToken {
            user_id: UserId::generate(),
            sessions_epoch: 3,
            expires_at: datetime!(2030-01-01 00:00 UTC),
        }
    }

    #[test]
    fn a_bearer_token_is_good_until_it_expires_and_under_its_key_only() {
        let (now, token) = (datetime!(2029-12-31 23:59 UTC), token());
        let text = token.sign(&key());
        assert_eq!(
            BearerToken::verify(text.expose(), &key(), now).unwrap(),
            token
        );
        assert!(BearerToken::verify(text.expose(), &key().derive("x"), now).is_err());
        assert!(BearerToken::verify(text.expose(), &key(), token.expires_at).is_err());
    }

    #[test]
    fn a_jwt_is_read_back_and_a_changed_one_refused() {
        let jwt = key().sign_jwt(&serde_json::json!({"sub": "ada"})).unwrap();
        let claims: serde_json::Value = key().verify_jwt(jwt.expose()).unwrap();
        assert_eq!(claims["sub"], "ada");
        for i in 0..jwt.expose().len() {
            let mut bytes = jwt.expose().as_bytes().to_vec();
            bytes[i] ^= 1;
            if let Ok(text) = String::from_utf8(bytes) {
                assert!(key().verify_jwt::<serde_json::Value>(&text).is_err(), "{i}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_refused_without_panic(text in "\\PC{0,120}") {
            prop_assert!(BearerToken::verify(&text, &key(), datetime!(2020-01-01 00:00 UTC)).is_err());
            prop_assert!(key().verify_jwt::<serde_json::Value>(&text).is_err());
        }
    }
}
