//! Accounts: signing up, signing in, sessions, bearer tokens, and what owners change.

mod profile;
mod sessions;
mod sign_up;

use std::sync::Arc;

use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::id::UserId;
use crate::identities::Identities;
use crate::limits::Limits;
use crate::live::LiveSessions;
use crate::password::Hasher;
use crate::secret::Secret;
use crate::store::Store;
use crate::token::{BearerToken, SigningKey};
use crate::user::{User, Username};

pub use profile::{PasswordChange, ProfileChange};
pub use sessions::{Authenticated, SessionMeta};
pub use sign_up::SignUp;

/// Whether strangers may make accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignUpPolicy {
    /// Everybody may.
    #[default]
    Open,
    /// Staff alone makes accounts.
    Closed,
}

/// The accounts of an installation. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Accounts {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) identities: Identities,
    pub(crate) hasher: Hasher,
    pub(crate) live: LiveSessions,
    pub(crate) bearer_key: SigningKey,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) policy: SignUpPolicy,
}

impl Accounts {
    /// Whether strangers may make accounts.
    #[must_use]
    pub fn sign_up_policy(&self) -> SignUpPolicy {
        self.policy
    }

    /// The active account with this name and password. Takes the same time whoever is asked for.
    ///
    /// # Errors
    /// `Unauthenticated` with code `wrong_credentials`: no such name, wrong password, or inactive. If there is
    /// such an account the error's context has its `user.id`, for the log alone.
    /// `Unavailable`: too many checks are waiting, or the store.
    pub async fn check_password(&self, username: &str, password: Secret) -> Result<User> {
        let found = match username.trim().parse::<Username>() {
            Ok(username) => self.store.find_credentials(&username).await?,
            Err(_no_name) => None,
        };
        let (user, hash) = found.map(|found| (found.user, found.password_hash)).unzip();
        let right = self.hasher.verify(password, hash).await?;
        let wrong = || {
            Error::new(
                ErrorKind::Unauthenticated,
                "wrong_credentials",
                "Please enter a correct username and password. Note that both fields may be case-sensitive.",
            )
        };
        match user {
            Some(user) if right && user.is_active => Ok(user),
            Some(user) => Err(wrong().with_context("user.id", user.id)),
            None => Err(wrong()),
        }
    }

    /// A bearer token for the API, good for [`Limits::bearer_lifetime`].
    #[must_use]
    pub fn issue_bearer(&self, user: &User) -> Secret {
        BearerToken {
            user_id: user.id,
            sessions_epoch: user.sessions_epoch,
            expires_at: self.clock.now() + self.limits.bearer_lifetime,
        }
        .sign(&self.bearer_key)
    }

    /// The account a bearer token stands for.
    ///
    /// # Errors
    /// `Unauthenticated` with code `invalid_token` (forged, expired, or its sessions were ended) or
    /// `inactive_user` (deactivated or deleted).
    pub async fn authenticate_bearer(&self, text: &str) -> Result<User> {
        let token = BearerToken::verify(text, &self.bearer_key, self.clock.now())?;
        let user = self
            .store
            .get_user(&token.user_id)
            .await?
            .filter(|user| user.is_active);
        let Some(user) = user else {
            let message = "User inactive or deleted.";
            return Err(Error::new(
                ErrorKind::Unauthenticated,
                "inactive_user",
                message,
            ));
        };
        if user.sessions_epoch == token.sessions_epoch {
            Ok(user)
        } else {
            Err(Error::new(
                ErrorKind::Unauthenticated,
                "invalid_token",
                "Invalid token.",
            ))
        }
    }

    /// The account with this id.
    ///
    /// # Errors
    /// `NotFound`: nobody. `Unavailable`: the store.
    pub async fn get(&self, id: &UserId) -> Result<User> {
        self.store
            .get_user(id)
            .await?
            .ok_or_else(|| Error::not_found("user"))
    }

    /// Removes an account with everything that is its own; its sockets close, its identity at the
    /// provider is deleted as soon as the provider confirms. `false` if it was gone.
    ///
    /// # Errors
    /// `Unavailable`: the store.
    pub async fn delete(&self, id: &UserId) -> Result<bool> {
        let ended = self.store.remove_sessions(id, None).await?;
        let removed = self.store.remove_user(id, self.clock.now()).await?;
        self.live.end(ended);
        self.identities.wake();
        if removed {
            tracing::info!(user.id = %id, "account deleted");
        }
        Ok(removed)
    }
}
