//! Identities at a conference provider, and their access tokens.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use auto_impl::auto_impl;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::error::{Error, ErrorKind, FieldError, Result};
use crate::id::UserId;
use crate::secret::Secret;

/// The provider's id for a user, such as `8:acs:<resource>_<user>`: opaque, compared exactly.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Identity(String);

impl Identity {
    /// The longest id that is taken, in bytes.
    pub const MAX_BYTES: usize = 255;

    /// Wraps the provider's id.
    ///
    /// # Errors
    /// A [`FieldError`] if it is empty, longer than [`Self::MAX_BYTES`], or not printable ASCII.
    pub fn new(id: impl Into<String>) -> std::result::Result<Self, FieldError> {
        let id = id.into();
        if id.is_empty() || id.len() > Self::MAX_BYTES || !id.bytes().all(|b| b.is_ascii_graphic())
        {
            return Err(FieldError::new(
                "identity",
                "not an identity id: 1 to 255 printable ASCII characters",
            ));
        }
        Ok(Self(id))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What lets a browser act as an identity, for a time. Opaque: never parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessToken {
    /// The token.
    pub token: Secret,
    /// When it stops working, as the provider said.
    pub expires_at: OffsetDateTime,
}

/// What a token may be used for.
///
/// # Source
/// ACS Identity REST, `TokenScope`, 2023-10-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum TokenScope {
    /// Chat.
    #[serde(rename = "chat")]
    Chat,
    /// Calls, starting them included.
    #[serde(rename = "voip")]
    Voip,
    /// Joining chats.
    #[serde(rename = "chat.join")]
    ChatJoin,
    /// Joining chats, without adding people.
    #[serde(rename = "chat.join.limited")]
    ChatJoinLimited,
    /// Joining running calls.
    #[serde(rename = "voip.join")]
    VoipJoin,
}

impl TokenScope {
    /// The scope on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Voip => "voip",
            Self::ChatJoin => "chat.join",
            Self::ChatJoinLimited => "chat.join.limited",
            Self::VoipJoin => "voip.join",
        }
    }
}

/// What is asked for when a token is issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRequest {
    /// What the token is for; at least one.
    pub scopes: Vec<TokenScope>,
    /// How long it should live: whole minutes, 60 to 1440; the provider's default (24 h) if `None`.
    pub lifetime: Option<Duration>,
}

impl TokenRequest {
    /// A token for calls with the provider's default life.
    #[must_use]
    pub fn voip() -> Self {
        Self {
            scopes: vec![TokenScope::Voip],
            lifetime: None,
        }
    }

    /// The shortest life that can be asked for.
    pub const MIN_LIFETIME: Duration = Duration::from_secs(60 * 60);
    /// The longest life that can be asked for, and the usual default.
    pub const MAX_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

    /// The life that is asked for, [`Self::MAX_LIFETIME`] if none is, when the request is in order.
    ///
    /// # Errors
    /// `InvalidInput` with code `no_scopes` or `bad_lifetime`.
    pub fn checked_lifetime(&self) -> Result<Duration> {
        let fail =
            |code, message: &'static str| Err(Error::new(ErrorKind::InvalidInput, code, message));
        if self.scopes.is_empty() {
            return fail("no_scopes", "a token needs at least one scope");
        }
        let lifetime = self.lifetime.unwrap_or(Self::MAX_LIFETIME);
        let is_whole = lifetime.subsec_nanos() == 0 && lifetime.as_secs().is_multiple_of(60);
        if !is_whole || !(Self::MIN_LIFETIME..=Self::MAX_LIFETIME).contains(&lifetime) {
            return fail("bad_lifetime", "a token lives whole minutes, 60 to 1440");
        }
        Ok(lifetime)
    }
}

/// Makes identities and issues their access tokens.
///
/// # Contract
/// Implementors talk to one provider; clones and `Arc`s share it. Every call is one operation of
/// that provider, may be made at any time from any task, and keeps no state that matters here.
/// `vnet_core::testkit` has the contract as tests.
#[cfg_attr(any(test, feature = "testkit"), mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait IdentityProvider: fmt::Debug + Send + Sync + 'static {
    /// Creates an identity with a first token for `scopes`.
    ///
    /// Not idempotent: after an error an identity may exist that nobody knows.
    ///
    /// # Errors
    /// `InvalidInput`: no scopes. `Unavailable`, `RateLimited`: the provider, for now.
    /// `PermissionDenied`: the provider refuses this server's key. `Internal`: it answered nonsense.
    async fn create_identity(&self, scopes: &[TokenScope]) -> Result<(Identity, AccessToken)>;

    /// Issues another token; earlier ones stay valid.
    ///
    /// # Errors
    /// `NotFound`: the provider does not know the identity (any more). Else as
    /// [`create_identity`](Self::create_identity); `InvalidInput` also for a lifetime out of range.
    async fn issue_token(&self, identity: &Identity, request: &TokenRequest)
    -> Result<AccessToken>;

    /// Makes every token issued so far invalid; the identity stays usable.
    ///
    /// # Errors
    /// As [`issue_token`](Self::issue_token).
    async fn revoke_tokens(&self, identity: &Identity) -> Result<()>;

    /// Deletes the identity and its tokens. Deleting what is already gone may fail with `NotFound`.
    ///
    /// # Errors
    /// As [`issue_token`](Self::issue_token).
    async fn delete_identity(&self, identity: &Identity) -> Result<()>;
}

/// The identity of a user as a store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityRecord {
    /// Whose it is.
    pub user_id: UserId,
    /// The provider's id.
    pub identity: Identity,
    /// The newest token, if one was ever kept.
    pub token: Option<AccessToken>,
}

/// An identity whose deletion the provider has not confirmed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingDeletion {
    /// The provider's id.
    pub identity: Identity,
    /// How often deleting it was tried.
    pub attempts: u32,
    /// When to try next.
    pub not_before: OffsetDateTime,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_have_one_spelling() {
        for scope in [
            TokenScope::Chat,
            TokenScope::Voip,
            TokenScope::ChatJoin,
            TokenScope::ChatJoinLimited,
            TokenScope::VoipJoin,
        ] {
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.as_str());
        }
    }

    #[test]
    fn identities_are_printable_and_bounded() {
        assert!(Identity::new("8:acs:2dee53b4_0000").is_ok());
        for bad in [String::new(), "a b".into(), "ä".into(), "x".repeat(256)] {
            assert!(Identity::new(bad).is_err());
        }
    }
}
