//! An identity provider that fails when it is told to and counts its calls.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::identity::{AccessToken, Identity, IdentityProvider, TokenRequest, TokenScope};
use crate::secret::Secret;
use crate::session::SessionKey;

/// What an identity provider can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// [`IdentityProvider::create_identity`].
    CreateIdentity,
    /// [`IdentityProvider::issue_token`].
    IssueToken,
    /// [`IdentityProvider::revoke_tokens`].
    RevokeTokens,
    /// [`IdentityProvider::delete_identity`].
    DeleteIdentity,
}

/// Identities in memory, with random tokens. Clones share them.
///
/// For tests: it can be told to [fail](Self::fail_with), [counts](Self::calls) what it is asked, and
/// knows which tokens are [good](Self::accepts).
#[derive(Clone)]
pub struct MemoryIdentities {
    clock: Arc<dyn Clock>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    tokens: HashMap<Identity, Vec<AccessToken>>,
    calls: HashMap<Operation, u64>,
    failing: Option<ErrorKind>,
}

impl MemoryIdentities {
    /// A provider that knows no identity, whose tokens begin at the `clock`'s time.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            state: Arc::default(),
        }
    }

    /// From now on every call fails with `kind`, and changes nothing.
    pub fn fail_with(&self, kind: ErrorKind) {
        self.lock().failing = Some(kind);
    }

    /// From now on calls work again.
    pub fn recover(&self) {
        self.lock().failing = None;
    }

    /// How often `operation` was asked for, failures included.
    #[must_use]
    pub fn calls(&self, operation: Operation) -> u64 {
        self.lock().calls.get(&operation).copied().unwrap_or(0)
    }

    /// Whether `identity` exists.
    #[must_use]
    pub fn knows(&self, identity: &Identity) -> bool {
        self.lock().tokens.contains_key(identity)
    }

    /// How many identities exist.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().tokens.len()
    }

    /// Whether `token` was issued to `identity`, was not revoked, and has not expired at `now`.
    #[must_use]
    pub fn accepts(&self, identity: &Identity, token: &Secret, now: OffsetDateTime) -> bool {
        let state = self.lock();
        let mut tokens = state.tokens.get(identity).into_iter().flatten();
        tokens.any(|known| known.token == *token && known.expires_at > now)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call and fails it if calls are to fail.
    fn begin(&self, operation: Operation) -> Result<MutexGuard<'_, State>> {
        let mut state = self.lock();
        *state.calls.entry(operation).or_default() += 1;
        match state.failing {
            None => Ok(state),
            Some(kind) => Err(Error::new(kind, "told_to_fail", "told to fail")),
        }
    }

    fn token(&self, request: &TokenRequest) -> Result<AccessToken> {
        let lifetime = request.checked_lifetime()?;
        Ok(AccessToken {
            token: Secret::new(SessionKey::generate()?.expose()),
            expires_at: self.clock.now() + lifetime,
        })
    }
}

impl State {
    fn tokens_mut(&mut self, identity: &Identity) -> Result<&mut Vec<AccessToken>> {
        let tokens = self.tokens.get_mut(identity);
        tokens.ok_or_else(|| Error::not_found("identity"))
    }
}

/// Only how many there are.
impl fmt::Debug for MemoryIdentities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryIdentities")
            .field("identities", &self.count())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl IdentityProvider for MemoryIdentities {
    async fn create_identity(&self, scopes: &[TokenScope]) -> Result<(Identity, AccessToken)> {
        let mut state = self.begin(Operation::CreateIdentity)?;
        let token = self.token(&TokenRequest {
            scopes: scopes.to_vec(),
            lifetime: None,
        })?;
        let identity = Identity::new(format!("8:memory:{}", Uuid::new_v4()));
        let identity = identity.expect("a UUID is printable and short");
        state.tokens.insert(identity.clone(), vec![token.clone()]);
        Ok((identity, token))
    }

    async fn issue_token(
        &self,
        identity: &Identity,
        request: &TokenRequest,
    ) -> Result<AccessToken> {
        let mut state = self.begin(Operation::IssueToken)?;
        let tokens = state.tokens_mut(identity)?;
        let token = self.token(request)?;
        tokens.push(token.clone());
        Ok(token)
    }

    async fn revoke_tokens(&self, identity: &Identity) -> Result<()> {
        let mut state = self.begin(Operation::RevokeTokens)?;
        state.tokens_mut(identity)?.clear();
        Ok(())
    }

    async fn delete_identity(&self, identity: &Identity) -> Result<()> {
        let mut state = self.begin(Operation::DeleteIdentity)?;
        state.tokens_mut(identity)?;
        state.tokens.remove(identity);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::ManualClock;
    use std::time::Duration;

    #[tokio::test]
    async fn tokens_are_good_until_they_expire_or_are_revoked() {
        let clock = ManualClock::default();
        let provider = MemoryIdentities::new(Arc::new(clock.clone()));
        let (id, first) = provider.create_identity(&[TokenScope::Voip]).await.unwrap();
        let second = provider
            .issue_token(&id, &TokenRequest::voip())
            .await
            .unwrap();
        assert!(provider.accepts(&id, &first.token, clock.now()));
        assert!(provider.accepts(&id, &second.token, clock.now()));
        assert!(!provider.accepts(&id, &first.token, first.expires_at));
        provider.revoke_tokens(&id).await.unwrap();
        assert!(!provider.accepts(&id, &second.token, clock.now()));
        let third = provider
            .issue_token(&id, &TokenRequest::voip())
            .await
            .unwrap();
        assert!(provider.accepts(&id, &third.token, clock.now()));
        assert_eq!(
            third.expires_at,
            clock.now() + Duration::from_secs(24 * 3600)
        );
        provider.delete_identity(&id).await.unwrap();
        assert!(!provider.accepts(&id, &third.token, clock.now()));
    }

    #[tokio::test]
    async fn it_fails_as_told_and_counts_every_call() {
        let provider = MemoryIdentities::new(Arc::new(ManualClock::default()));
        let (id, _) = provider.create_identity(&[TokenScope::Voip]).await.unwrap();
        provider.fail_with(ErrorKind::RateLimited);
        let error = provider.delete_identity(&id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert!(provider.knows(&id), "a failed call changes nothing");
        provider.recover();
        provider.delete_identity(&id).await.unwrap();
        assert!(!provider.knows(&id));
        assert_eq!(provider.calls(Operation::DeleteIdentity), 2);
        assert_eq!(provider.calls(Operation::CreateIdentity), 1);
        assert_eq!(provider.calls(Operation::IssueToken), 0);
    }
}
