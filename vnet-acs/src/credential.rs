//! How requests prove who sends them: a key that signs, or a bearer token from Microsoft Entra ID.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use auto_impl::auto_impl;
use time::{Duration, OffsetDateTime};
use tokio::sync::Mutex;
use vnet_core::log::Bound;
use vnet_core::{Clock, Error, ErrorKind, Result, Secret};

use crate::error::AcsError;
use crate::signing::AccessKey;

/// The scope to ask Entra ID for; the double slash is right.
///
/// # Source
/// The official Python and JavaScript clients.
pub const ENTRA_SCOPE: &str = "https://communication.azure.com//.default";

/// A bearer token and its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BearerCredential {
    /// What follows `Bearer ` in `Authorization`.
    pub token: Secret,
    /// When it stops working.
    pub expires_at: OffsetDateTime,
}

/// Gets bearer tokens from Microsoft Entra ID: by managed identity, service principal or otherwise.
///
/// # Contract
/// Called when there is no token or the last one ends soon, by one task at a time; the answer is
/// kept until shortly before its end. The token must be for [`ENTRA_SCOPE`], and its principal
/// needs a role on the resource.
///
/// # Examples
/// ```
/// use time::{Duration, OffsetDateTime};
/// use vnet_acs::{BearerCredential, TokenSource};
///
/// #[derive(Debug)]
/// struct Fixed(vnet_core::Secret, OffsetDateTime);
///
/// #[vnet_core::async_trait]
/// impl TokenSource for Fixed {
///     async fn bearer_token(&self) -> vnet_core::Result<BearerCredential> {
///         Ok(BearerCredential { token: self.0.clone(), expires_at: self.1 })
///     }
/// }
/// ```
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait TokenSource: fmt::Debug + Send + Sync + 'static {
    /// A token that works now.
    ///
    /// # Errors
    /// Whatever the source meets; the kind is handed on to the caller of the operation.
    async fn bearer_token(&self) -> Result<BearerCredential>;
}

/// What a provider was built with.
pub(crate) enum Credential {
    Key(AccessKey),
    Bearer(CachedSource),
}

/// A token source that is asked only when it must be.
pub(crate) struct CachedSource {
    source: Arc<dyn TokenSource>,
    clock: Arc<dyn Clock>,
    cached: Mutex<Option<BearerCredential>>,
    /// Lines about renewals that failed.
    stale: Arc<Bound>,
}

impl CachedSource {
    /// A token is renewed so long before its end: the longest operation and some difference of
    /// clocks must fit in between.
    const MARGIN: Duration = Duration::minutes(2);

    pub(crate) fn new(source: Arc<dyn TokenSource>, clock: Arc<dyn Clock>) -> Self {
        Self {
            source,
            clock,
            cached: Mutex::new(None),
            stale: Bound::new(
                "cannot renew the Entra ID token, the last one still works",
                None,
            ),
        }
    }

    /// A token that works now. Whoever waits meanwhile shares the answer.
    pub(crate) async fn token(&self) -> Result<Secret, AcsError> {
        let mut cached = self.cached.lock().await;
        if let Some(known) = &*cached
            && known.expires_at - self.clock.now() > Self::MARGIN
        {
            return Ok(known.token.clone());
        }
        let fresh = match self.source.bearer_token().await {
            Ok(fresh) => fresh,
            Err(error) => return self.last_resort(cached.as_ref(), error),
        };
        if fresh.expires_at <= self.clock.now() {
            let error = Error::new(
                ErrorKind::Unavailable,
                "entra_token_expired",
                "the token source gave a token that has expired",
            );
            return Err(AcsError::Credential(error));
        }
        let token = fresh.token.clone();
        *cached = Some(fresh);
        Ok(token)
    }

    /// The known token if it still works, though not for long.
    fn last_resort(
        &self,
        known: Option<&BearerCredential>,
        error: Error,
    ) -> Result<Secret, AcsError> {
        match known {
            Some(known) if known.expires_at > self.clock.now() => {
                if self.stale.admit() {
                    tracing::warn!(error = %error, "{}", self.stale.what());
                }
                Ok(known.token.clone())
            }
            _ => Err(AcsError::Credential(error)),
        }
    }

    /// Forgets `refused` unless it was replaced meanwhile: the service does not take it.
    pub(crate) async fn forget(&self, refused: &Secret) {
        let mut cached = self.cached.lock().await;
        if cached.as_ref().is_some_and(|known| known.token == *refused) {
            *cached = None;
        }
    }
}

#[cfg(test)]
#[path = "credential/tests.rs"]
mod tests;
