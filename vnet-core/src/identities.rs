//! Identities of users at the conference provider, and fresh tokens for them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::{Notify, watch};

use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::id::UserId;
use crate::identity::{
    AccessToken, Identity, IdentityProvider, IdentityRecord, TokenRequest, TokenScope,
};
use crate::limits::Limits;
use crate::log::Bound;
use crate::store::Store;

/// An identity and a token that is good for a while.
pub type Access = (Identity, AccessToken);

type Outcome = std::result::Result<Access, Arc<Error>>;
type Flight = watch::Receiver<Option<Outcome>>;

/// Keeps users' identities and tokens. Cheap to clone.
///
/// Exactly one renewal per user runs at a time, however many wait for it, and it goes on when they
/// stop waiting.
#[derive(Clone, Debug)]
pub struct Identities(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Arc<dyn Store>,
    provider: Arc<dyn IdentityProvider>,
    clock: Arc<dyn Clock>,
    limits: Arc<Limits>,
    flights: Mutex<HashMap<UserId, Flight>>,
    /// Life of the newest token in seconds: a provider that only gives short ones is not asked
    /// again on every request.
    observed_life: AtomicI64,
    /// Lines about renewals that failed while somebody asked, and in the upkeep.
    stale: Arc<Bound>,
    failed: Arc<Bound>,
    wake: Notify,
}

impl Identities {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        provider: Arc<dyn IdentityProvider>,
        clock: Arc<dyn Clock>,
        limits: Arc<Limits>,
    ) -> Self {
        Self(Arc::new(Inner {
            store,
            provider,
            clock,
            limits,
            flights: Mutex::default(),
            observed_life: AtomicI64::new(i64::MAX),
            stale: Bound::new("cannot renew a token; the kept one goes on", None),
            failed: Bound::new("cannot renew a token", None),
            wake: Notify::new(),
        }))
    }

    /// The identity of `user` as it is kept, without asking the provider.
    ///
    /// # Errors
    /// `Unavailable`: the store.
    pub async fn kept(&self, user: &UserId) -> Result<Option<IdentityRecord>> {
        self.0.store.get_identity(user).await
    }

    /// The identity of `user` and a token that lives at least [`Limits::token_min_life`] where the
    /// provider allows it; both are made if need be. While the provider fails, a kept token that
    /// has not run out is given.
    ///
    /// # Errors
    /// `NotFound`: the user is gone. Else what the provider or the store says.
    ///
    /// # Cancel safety
    /// A renewal that has begun goes on.
    pub async fn access(&self, user: &UserId) -> Result<Access> {
        let now = self.0.clock.now();
        let kept = self.0.store.get_identity(user).await?.and_then(kept_access);
        if let Some((identity, token)) = &kept
            && token.expires_at - now >= self.needed_life()
        {
            return Ok((identity.clone(), token.clone()));
        }
        match self.renew(user).await {
            Ok(access) => Ok(access),
            Err(error) => match kept.filter(|(_, token)| token.expires_at > now) {
                Some(access) => {
                    let lines = &self.0.stale;
                    if lines.admit() {
                        tracing::warn!(user.id = %user, %error, "{}", lines.what());
                    }
                    Ok(access)
                }
                None => Err(error.with_context("user.id", user)),
            },
        }
    }

    /// How much life a token must have left to be handed out.
    pub(crate) fn needed_life(&self) -> time::Duration {
        let half = time::Duration::seconds(self.0.observed_life.load(Ordering::Relaxed) / 2);
        let wanted = time::Duration::try_from(self.0.limits.token_min_life);
        wanted.unwrap_or(time::Duration::HOUR).min(half)
    }

    /// A renewal of the upkeep failed.
    pub(crate) fn note_failure(&self, error: &Error) {
        let lines = &self.0.failed;
        if lines.admit() {
            tracing::warn!(%error, "{}", lines.what());
        }
    }

    /// Asks the provider for a new token, together with whoever else wants one for this user.
    pub(crate) async fn renew(&self, user: &UserId) -> Result<Access> {
        let mut flight = self.join_flight(*user);
        let landed = flight.wait_for(Option::is_some).await;
        match landed.as_deref() {
            Ok(Some(Ok(access))) => Ok(access.clone()),
            Ok(Some(Err(error))) => Err(share(error)),
            Ok(None) | Err(_) => Err(Error::new(
                ErrorKind::Internal,
                "renewal_lost",
                "a token renewal ended early",
            )),
        }
    }

    fn join_flight(&self, user: UserId) -> Flight {
        let mut flights = self
            .0
            .flights
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(&user) {
            return flight.clone();
        }
        let (landed, flight) = watch::channel(None);
        flights.insert(user, flight.clone());
        let this = self.clone();
        tokio::spawn(async move {
            let gone = RemoveFlight { of: &this, user };
            let deadline = this.0.limits.provider_deadline;
            let outcome = match tokio::time::timeout(deadline, this.renew_now(&user)).await {
                Ok(outcome) => outcome.map_err(Arc::new),
                Err(_elapsed) => Err(Arc::new(too_slow(deadline))),
            };
            drop(gone);
            landed.send_replace(Some(outcome));
        });
        flight
    }

    async fn renew_now(&self, user: &UserId) -> Result<Access> {
        let Some(record) = self.0.store.get_identity(user).await? else {
            return self.create(user, None).await;
        };
        match self
            .0
            .provider
            .issue_token(&record.identity, &TokenRequest::voip())
            .await
        {
            Ok(token) => {
                self.observe(&token);
                if self
                    .0
                    .store
                    .set_token(user, &record.identity, &token)
                    .await?
                {
                    return Ok((record.identity, token));
                }
                // Replaced or deleted meanwhile: what is kept now decides.
                let kept = self.0.store.get_identity(user).await?.and_then(kept_access);
                kept.ok_or_else(|| Error::not_found("identity"))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                tracing::warn!(user.id = %user, %error, "the provider does not know an identity: making another");
                self.create(user, Some(&record.identity)).await
            }
            Err(error) => Err(error),
        }
    }

    /// Makes an identity for `user`, in the place of `gone` if there was one.
    async fn create(&self, user: &UserId, gone: Option<&Identity>) -> Result<Access> {
        let (identity, token) = self.0.provider.create_identity(&[TokenScope::Voip]).await?;
        self.observe(&token);
        let record = IdentityRecord {
            user_id: *user,
            identity: identity.clone(),
            token: Some(token.clone()),
        };
        let kept = match gone {
            None => self.0.store.insert_identity(&record).await.map(|()| true),
            Some(gone) => self.0.store.replace_identity(&record, gone).await,
        };
        match kept {
            Ok(true) => Ok((identity, token)),
            // Another process was quicker, or the user is gone: nobody needs this identity.
            Ok(false) => {
                self.discard(&identity).await;
                let kept = self.0.store.get_identity(user).await?.and_then(kept_access);
                kept.ok_or_else(|| Error::not_found("user"))
            }
            Err(error) => {
                self.discard(&identity).await;
                match self.0.store.get_identity(user).await?.and_then(kept_access) {
                    Some(access) if error.kind() == ErrorKind::AlreadyExists => Ok(access),
                    _ => Err(error),
                }
            }
        }
    }

    async fn discard(&self, identity: &Identity) {
        if let Err(error) = self
            .0
            .store
            .queue_deletion(identity, self.0.clock.now())
            .await
        {
            tracing::error!(identity.id = %identity, %error, "an identity is left behind at the provider");
        }
        self.wake();
    }

    fn observe(&self, token: &AccessToken) {
        let life = token.expires_at - self.0.clock.now();
        self.0
            .observed_life
            .store(life.whole_seconds().max(1), Ordering::Relaxed);
    }

    /// Revokes the tokens of a user at the provider in the background, and gets a new one for the
    /// sessions that go on. A failure is logged: tokens end by themselves within a day.
    pub(crate) fn revoke_soon(&self, user: UserId) {
        let this = self.clone();
        tokio::spawn(async move {
            let revoked = async {
                let Some(record) = this.0.store.get_identity(&user).await? else {
                    return Ok(());
                };
                match this.0.provider.revoke_tokens(&record.identity).await {
                    // Its tokens are gone with it; renewing makes another one.
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    revoked => revoked?,
                }
                this.renew(&user).await.map(drop)
            };
            if let Err(error) = revoked.await {
                tracing::warn!(user.id = %user, %error, "cannot revoke tokens at the provider");
            }
        });
    }

    /// Tells the background upkeep that there is something to do.
    pub(crate) fn wake(&self) {
        self.0.wake.notify_one();
    }

    /// Waits until somebody calls [`wake`](Self::wake).
    pub(crate) async fn woken(&self) {
        self.0.wake.notified().await;
    }

    /// Users with a live session whose token should be renewed now.
    pub(crate) async fn due_users(&self, now: OffsetDateTime) -> Result<Vec<UserId>> {
        let margin = self.0.limits.refresh_interval * 2;
        let observed =
            time::Duration::seconds(self.0.observed_life.load(Ordering::Relaxed) / 4 * 3);
        let ahead = (self.needed_life() + margin).min(observed);
        self.0
            .store
            .list_due_users(now, now + ahead, self.0.limits.refresh_batch)
            .await
    }

    /// Deletes at the provider what is due, and says whether all went well.
    ///
    /// # Errors
    /// `Unavailable`: the store.
    pub(crate) async fn delete_due(&self, now: OffsetDateTime) -> Result<bool> {
        let mut all_well = true;
        for pending in self.0.store.list_due_deletions(now, 100).await? {
            let deleting = self.0.provider.delete_identity(&pending.identity);
            let deadline = self.0.limits.provider_deadline;
            let deleted = tokio::time::timeout(deadline, deleting)
                .await
                .unwrap_or_else(|_elapsed| Err(too_slow(deadline)));
            match deleted {
                Ok(()) => {
                    self.0.store.confirm_deletion(&pending.identity).await?;
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    self.0.store.confirm_deletion(&pending.identity).await?;
                }
                Err(error) => {
                    all_well = false;
                    let pause = Duration::from_secs(60 << pending.attempts.min(10));
                    tracing::warn!(identity.id = %pending.identity, %error, attempts = pending.attempts + 1,
                        "cannot delete an identity yet");
                    self.0
                        .store
                        .postpone_deletion(&pending.identity, now + pause)
                        .await?;
                }
            }
        }
        Ok(all_well)
    }
}

struct RemoveFlight<'a> {
    of: &'a Identities,
    user: UserId,
}

impl Drop for RemoveFlight<'_> {
    fn drop(&mut self) {
        self.of
            .0
            .flights
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.user);
    }
}

fn kept_access(record: IdentityRecord) -> Option<Access> {
    record.token.map(|token| (record.identity, token))
}

fn too_slow(deadline: Duration) -> Error {
    let message = format!(
        "the identity provider did not answer within {} s",
        deadline.as_secs()
    );
    Error::new(ErrorKind::Unavailable, "provider_timeout", message)
}

/// One failure for many who waited: same kind and code, the original as the cause.
fn share(error: &Arc<Error>) -> Error {
    let mut shared = Error::new(error.kind(), error.code(), error.message().to_owned());
    if let Some(wait) = error.retry_after() {
        shared = shared.with_retry_after(wait);
    }
    shared.with_source(Arc::clone(error))
}
