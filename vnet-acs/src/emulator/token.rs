//! Tokens: three parts in base64url, with the claims that clients read.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::Mac as _;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::macros::format_description;
use uuid::Uuid;

use crate::signing::AccessKey;

/// What a token says.
pub(crate) struct Claims<'a> {
    /// The identity without its leading `8:`.
    pub(crate) skype_id: &'a str,
    pub(crate) scopes: &'a [String],
    pub(crate) resource_id: Uuid,
    pub(crate) issued_at: OffsetDateTime,
    pub(crate) expires_at: OffsetDateTime,
}

/// A signed token. Opaque to servers; the browser library reads `exp`.
pub(crate) fn mint(claims: &Claims<'_>, key: &AccessKey) -> String {
    let kid = URL_SAFE_NO_PAD.encode(Sha256::digest(claims.resource_id.as_bytes()));
    let header = json!({ "alg": "HS256", "kid": kid, "x5t": kid, "typ": "JWT" });
    let payload = json!({
        "skypeid": claims.skype_id,
        "scp": 1792,
        "csi": claims.issued_at.unix_timestamp().to_string(),
        "exp": claims.expires_at.unix_timestamp(),
        "iat": claims.issued_at.unix_timestamp(),
        "acsScope": claims.scopes.join(","),
        "resourceId": claims.resource_id,
        // Two tokens of one second are still two.
        "jti": Uuid::new_v4(),
    });
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let signed = format!("{}.{}", part(&header), part(&payload));
    let signature = URL_SAFE_NO_PAD.encode(key.mac(&signed).finalize().into_bytes());
    format!("{signed}.{signature}")
}

/// `expiresOn` as the service writes it: offset `+00:00`, up to seven digits, zeros cut.
pub(crate) fn expires_on(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    let seconds = at
        .format(format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second]"
        ))
        .expect("every time has these parts");
    let fraction = format!("{:07}", at.nanosecond() / 100);
    match fraction.trim_end_matches('0') {
        "" => format!("{seconds}+00:00"),
        digits => format!("{seconds}.{digits}+00:00"),
    }
}

/// The claims of an Entra ID token that matter for an exchange.
#[derive(Deserialize)]
pub(crate) struct EntraClaims {
    pub(crate) exp: Option<i64>,
    appid: Option<String>,
    azp: Option<String>,
}

impl EntraClaims {
    /// The application that the token was issued to, in the claim of either version.
    pub(crate) fn app_id(&self) -> Option<&str> {
        self.appid.as_deref().or(self.azp.as_deref())
    }
}

/// Reads a token of three parts; signatures of others cannot be checked here and are not.
pub(crate) fn read_entra(token: &str) -> Option<EntraClaims> {
    let mut parts = token.split('.');
    let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || signature.is_empty() {
        return None;
    }
    serde_json::from_slice::<serde_json::Map<String, Value>>(&decode(header)?).ok()?;
    serde_json::from_slice(&decode(payload)?).ok()
}

fn decode(part: &str) -> Option<Vec<u8>> {
    let bare = part.trim_end_matches('=');
    URL_SAFE_NO_PAD
        .decode(bare)
        .or_else(|_| STANDARD.decode(part))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn expires_on_has_the_recorded_form() {
        for (at, text) in [
            (
                datetime!(2022-11-16 09:48:02.723_344_5 UTC),
                "2022-11-16T09:48:02.7233445+00:00",
            ),
            (
                datetime!(2022-11-16 09:47:55.688_402 UTC),
                "2022-11-16T09:47:55.688402+00:00",
            ),
            (
                datetime!(2022-11-16 11:47:55 +02:00),
                "2022-11-16T09:47:55+00:00",
            ),
        ] {
            assert_eq!(expires_on(at), text);
        }
    }

    #[test]
    fn tokens_have_three_parts_and_the_claims_that_clients_read() {
        let issued_at = datetime!(2026-08-14 09:30:00.9 UTC);
        let claims = Claims {
            skype_id: "acs:a_b",
            scopes: &["chat".into(), "voip".into()],
            resource_id: Uuid::nil(),
            issued_at,
            expires_at: issued_at + time::Duration::hours(1),
        };
        let key = AccessKey::from_base64("c2VjcmV0").unwrap();
        let token = mint(&claims, &key);
        assert!(token.is_ascii() && !token.contains('='));
        assert_ne!(token, mint(&claims, &key));
        let parts: Vec<_> = token.split('.').collect();
        assert_eq!(parts.len(), 3);
        let payload: Value = serde_json::from_slice(&decode(parts[1]).unwrap()).unwrap();
        assert_eq!(
            payload["exp"],
            datetime!(2026-08-14 10:30:00 UTC).unix_timestamp()
        );
        assert_eq!(payload["skypeid"], "acs:a_b");
        assert_eq!(payload["acsScope"], "chat,voip");
    }

    #[test]
    fn only_tokens_of_three_parts_are_read() {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let good = format!("{}.{}.x", part("{}"), part(r#"{"exp":7,"azp":"a"}"#));
        let claims = read_entra(&good).unwrap();
        assert_eq!((claims.exp, claims.app_id()), (Some(7), Some("a")));
        for bad in [
            "",
            "a.b.c",
            "..",
            "x",
            &good[..good.len() - 1],
            &format!("{good}.y"),
        ] {
            assert!(read_entra(bad).is_none(), "{bad}");
        }
    }
}
