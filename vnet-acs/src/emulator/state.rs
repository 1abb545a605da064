//! What the emulator remembers: identities and the tokens it issued.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

/// What became of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenState {
    /// It works.
    Valid,
    /// Its time is over.
    Expired,
    /// It was revoked, alone or with its identity or key.
    Revoked,
    /// The emulator did not issue it, or has forgotten it after its end.
    Unknown,
}

/// Locks `mutex`, also after a panic elsewhere: every change below is complete at any time.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Issued {
    identity: String,
    /// The number of the key that its request was signed with.
    key: Option<usize>,
    expires_at: OffsetDateTime,
    revoked: bool,
}

#[derive(Default)]
struct Inner {
    identities: HashSet<String>,
    /// By hash: a token itself is a secret.
    tokens: HashMap<[u8; 32], Issued>,
    created: u32,
}

/// Identities and tokens, under one lock.
#[derive(Default)]
pub(crate) struct State(Mutex<Inner>);

impl State {
    /// A new identity of `resource`. The user part has the shape of a guid with leading zeros.
    pub(crate) fn create(&self, resource: Uuid) -> String {
        let mut inner = lock(&self.0);
        inner.created = inner.created.wrapping_add(1);
        let random = Uuid::new_v4().to_string();
        let id = format!("8:acs:{resource}_{:08x}{}", inner.created, &random[8..]);
        inner.identities.insert(id.clone());
        id
    }

    pub(crate) fn knows(&self, identity: &str) -> bool {
        lock(&self.0).identities.contains(identity)
    }

    pub(crate) fn identities(&self) -> usize {
        lock(&self.0).identities.len()
    }

    /// Forgets `identity` and revokes its tokens; `false` if it was not there.
    pub(crate) fn delete(&self, identity: &str) -> bool {
        let mut inner = lock(&self.0);
        inner.revoke(|token| token.identity == identity);
        inner.identities.remove(identity)
    }

    pub(crate) fn revoke(&self, identity: &str) {
        lock(&self.0).revoke(|token| token.identity == identity);
    }

    pub(crate) fn revoke_by_key(&self, key: usize) {
        lock(&self.0).revoke(|token| token.key == Some(key));
    }

    pub(crate) fn issued(
        &self,
        token: &str,
        identity: &str,
        key: Option<usize>,
        now: OffsetDateTime,
        expires_at: OffsetDateTime,
    ) {
        let mut inner = lock(&self.0);
        // Whenever the map would grow, what ended long ago makes room.
        if inner.tokens.len() == inner.tokens.capacity() {
            let end = now - time::Duration::days(1);
            inner.tokens.retain(|_, token| token.expires_at > end);
        }
        inner.tokens.insert(
            Sha256::digest(token).into(),
            Issued {
                identity: identity.to_owned(),
                key,
                expires_at,
                revoked: false,
            },
        );
    }

    pub(crate) fn token_state(&self, token: &str, now: OffsetDateTime) -> TokenState {
        let hash: [u8; 32] = Sha256::digest(token).into();
        match lock(&self.0).tokens.get(&hash) {
            None => TokenState::Unknown,
            Some(token) if token.revoked => TokenState::Revoked,
            Some(token) if token.expires_at <= now => TokenState::Expired,
            Some(_) => TokenState::Valid,
        }
    }
}

impl Inner {
    fn revoke(&mut self, which: impl Fn(&Issued) -> bool) {
        for token in self.tokens.values_mut() {
            token.revoked |= which(token);
        }
    }
}
