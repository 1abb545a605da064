//! An external TURN server, for browsers behind firewalls that let nothing else through.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use str0m::crypto::{CryptoProvider, from_feature_flags};
use time::OffsetDateTime;
use vnet_core::conference::IceServer;
use vnet_core::id::UserId;
use vnet_core::{Error, ErrorKind, Result, Secret};

/// How long a password is good for by default.
const LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

/// A TURN server that shares a secret with this one, such as coturn with `use-auth-secret`.
///
/// Each entry gets a user name and a password of its own, which end by themselves.
///
/// # Source
/// draft-uberti-behave-turn-rest-00: the user name is `<expiry>:<user>`, the password the base64 of its
/// HMAC-SHA1.
#[derive(Clone, Debug)]
pub struct TurnServer {
    urls: Vec<String>,
    secret: Secret,
    lifetime: Duration,
    crypto: Arc<CryptoProvider>,
}

impl TurnServer {
    /// The server at these `turn:` and `turns:` URLs (RFC 7065), with its shared secret.
    ///
    /// # Errors
    /// `InvalidInput`: no URL, one that is no TURN URL, or an empty secret.
    pub fn new(urls: Vec<String>, secret: Secret) -> Result<Self> {
        if urls.is_empty() {
            return Err(wrong("no URL of the TURN server is given"));
        }
        if let Some(url) = urls.iter().find(|url| !is_turn_url(url)) {
            let message = format!(
                "`{url}` is no TURN URL: write it like turn:turn.example.org:3478 or \
                 turns:turn.example.org:443?transport=tcp"
            );
            return Err(wrong(message));
        }
        if secret.expose().is_empty() {
            return Err(wrong("the secret shared with the TURN server is empty"));
        }
        Ok(Self {
            urls,
            secret,
            lifetime: LIFETIME,
            crypto: Arc::new(from_feature_flags()),
        })
    }

    /// How long passwords are good for, 12 hours otherwise. A meeting that lasts longer gets new ones
    /// when somebody joins anew.
    #[must_use]
    pub const fn with_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// What the browser of `user` needs to use it.
    pub(crate) fn ice_server(&self, user: UserId, now: OffsetDateTime) -> IceServer {
        let expires = now.unix_timestamp() + i64::try_from(self.lifetime.as_secs()).unwrap_or(0);
        let username = format!("{expires}:{user}");
        let key = self.secret.expose().as_bytes();
        let hmac = self.crypto.sha1_hmac_provider;
        let password = hmac.sha1_hmac(key, &[username.as_bytes()]);
        IceServer {
            urls: self.urls.clone(),
            username: Some(username),
            credential: Some(Secret::new(STANDARD.encode(password))),
        }
    }
}

fn wrong(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidInput, "turn", message)
}

fn is_turn_url(url: &str) -> bool {
    let rest = url
        .strip_prefix("turn:")
        .or_else(|| url.strip_prefix("turns:"));
    rest.is_some_and(|rest| {
        let host = rest.split(['?', ':']).next().unwrap_or_default();
        let is_visible = |c: char| c.is_ascii_graphic() && c != '/';
        !host.is_empty() && rest.chars().all(is_visible)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(url: &str) -> Vec<String> {
        vec![url.to_owned()]
    }

    #[test]
    fn credentials_are_those_that_coturn_computes() {
        let secret = Secret::new("north".to_owned());
        let server = TurnServer::new(urls("turn:turn.example.org:3478"), secret).unwrap();
        let user: UserId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        let now = OffsetDateTime::from_unix_timestamp(1_893_456_000).unwrap();
        let given = server.ice_server(user, now);
        let username = given.username.unwrap();
        assert_eq!(username, format!("{}:{user}", 1_893_456_000 + 43_200));
        // printf '1893499200:01890a5d-ac96-774b-bcce-b302099a8057' |
        //   openssl dgst -sha1 -hmac north -binary | base64
        let password = given.credential.unwrap();
        assert_eq!(password.expose(), "hMHaQeaKGbR5cD0hQMVVTyITTss=");
    }

    #[test]
    fn what_is_wrong_is_told() {
        let secret = || Secret::new("north".to_owned());
        for url in [
            "",
            "turn:",
            "https://turn.example.org",
            "turn:a b",
            "stun:x",
            "turn://x",
        ] {
            let error = TurnServer::new(urls(url), secret()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{url}");
        }
        assert!(TurnServer::new(Vec::new(), secret()).is_err());
        let empty = Secret::new(String::new());
        assert!(TurnServer::new(urls("turn:x"), empty).is_err());
        let good = TurnServer::new(urls("turns:x:443?transport=tcp"), secret()).unwrap();
        assert!(!format!("{good:?}").contains("north"));
    }
}
