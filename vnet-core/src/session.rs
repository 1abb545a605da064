//! Signed-in browsers.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::error::{Error, ErrorKind};
use crate::id::{SessionId, UserId};
use crate::secret::Secret;
use crate::user::User;

/// The value of a session cookie: 256 random bits, known to the browser only.
#[derive(Clone, Debug)]
pub struct SessionKey(Secret);

impl SessionKey {
    /// A new key from the operating system's random source.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] when the operating system gives no random bytes.
    pub fn generate() -> Result<Self, Error> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes)
            .map_err(|source| Error::internal("no random bytes from the system", source))?;
        Ok(Self(Secret::new(URL_SAFE_NO_PAD.encode(bytes))))
    }

    /// The text for the cookie: 43 characters of base64url.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// What the store keeps in its place.
    #[must_use]
    pub fn hash(&self) -> SessionHash {
        SessionHash(Sha256::digest(self.expose().as_bytes()).into())
    }
}

impl FromStr for SessionKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || Error::new(ErrorKind::InvalidInput, "bad_session", "not a session key");
        if text.len() != 43 {
            return Err(wrong());
        }
        match URL_SAFE_NO_PAD.decode(text) {
            Ok(bytes) if bytes.len() == 32 => Ok(Self(Secret::from(text))),
            _ => Err(wrong()),
        }
    }
}

/// The SHA-256 of a [`SessionKey`]: enough to find a session, useless to enter one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionHash(pub [u8; 32]);

impl fmt::Debug for SessionHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionHash(..)")
    }
}

/// A signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id, which is no secret.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// The hash of its key.
    pub hash: SessionHash,
    /// When it began.
    pub created_at: OffsetDateTime,
    /// When it was last used, to within the touch interval.
    pub last_seen_at: OffsetDateTime,
    /// When it ends unless it is used.
    pub expires_at: OffsetDateTime,
    /// What the browser called itself, cut to 200 characters; empty if it said nothing.
    pub user_agent: String,
    /// Where it signed in from, as text; empty if unknown.
    pub address: String,
}

/// A live session and the active account it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Its account.
    pub user: User,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_unlike_and_go_through_text() {
        let (a, b) = (
            SessionKey::generate().unwrap(),
            SessionKey::generate().unwrap(),
        );
        assert_ne!(a.expose(), b.expose());
        assert_eq!(a.expose().parse::<SessionKey>().unwrap().hash(), a.hash());
    }

    #[test]
    fn other_texts_are_no_keys() {
        for bad in ["", "abc", &"=".repeat(43), &"é".repeat(22), &"A".repeat(44)] {
            assert!(bad.parse::<SessionKey>().is_err(), "{bad}");
        }
    }
}
