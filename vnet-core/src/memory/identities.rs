//! Who is who at the conference provider.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::{MemoryStore, State, stored};
use crate::error::{Error, Result};
use crate::id::UserId;
use crate::identity::{AccessToken, Identity, IdentityRecord, PendingDeletion};
use crate::store::IdentityStore;

impl State {
    fn is_taken(&self, record: &IdentityRecord) -> bool {
        let mut known = self.identities.values();
        known.any(|known| known.identity == record.identity && known.user_id != record.user_id)
    }
}

fn stored_token(token: &AccessToken) -> AccessToken {
    AccessToken {
        token: token.token.clone(),
        expires_at: stored(token.expires_at),
    }
}

fn stored_record(record: &IdentityRecord) -> IdentityRecord {
    IdentityRecord {
        token: record.token.as_ref().map(stored_token),
        ..record.clone()
    }
}

#[async_trait]
impl IdentityStore for MemoryStore {
    async fn insert_identity(&self, record: &IdentityRecord) -> Result<()> {
        let mut state = self.lock();
        if state.user(&record.user_id).is_none() {
            return Err(Error::not_found("user"));
        }
        if state.identities.contains_key(&record.user_id) {
            return Err(Error::already_exists("user"));
        }
        if state.is_taken(record) {
            return Err(Error::already_exists("identity"));
        }
        state
            .identities
            .insert(record.user_id, stored_record(record));
        Ok(())
    }

    async fn get_identity(&self, user: &UserId) -> Result<Option<IdentityRecord>> {
        Ok(self.lock().identities.get(user).cloned())
    }

    async fn replace_identity(&self, record: &IdentityRecord, expected: &Identity) -> Result<bool> {
        let mut state = self.lock();
        let known = state.identities.get(&record.user_id);
        if known.is_none_or(|known| known.identity != *expected) {
            return Ok(false);
        }
        if state.is_taken(record) {
            return Err(Error::already_exists("identity"));
        }
        state
            .identities
            .insert(record.user_id, stored_record(record));
        Ok(true)
    }

    async fn set_token(
        &self,
        user: &UserId,
        identity: &Identity,
        token: &AccessToken,
    ) -> Result<bool> {
        let mut state = self.lock();
        match state.identities.get_mut(user) {
            Some(record) if record.identity == *identity => {
                record.token = Some(stored_token(token));
                Ok(true)
            }
            _other => Ok(false),
        }
    }

    async fn list_due_users(
        &self,
        now: OffsetDateTime,
        before: OffsetDateTime,
        limit: u32,
    ) -> Result<Vec<UserId>> {
        let state = self.lock();
        let token_end = |user: &UserId| {
            let token = state.identities.get(user)?.token.as_ref();
            token.map(|token| token.expires_at)
        };
        let is_here = |user: &UserId| {
            let mut sessions = state.sessions.values();
            sessions.any(|session| session.user_id == *user && session.expires_at > now)
        };
        let active = state.users.values().filter(|known| known.user.is_active);
        let mut due: Vec<_> = active
            .map(|known| (token_end(&known.user.id), known.user.id))
            .filter(|(end, user)| end.is_none_or(|end| end < before) && is_here(user))
            .collect();
        // `None` sorts before every moment.
        due.sort_unstable();
        due.truncate(limit as usize);
        Ok(due.into_iter().map(|(_end, user)| user).collect())
    }

    async fn queue_deletion(&self, identity: &Identity, now: OffsetDateTime) -> Result<()> {
        let pending = PendingDeletion {
            identity: identity.clone(),
            attempts: 0,
            not_before: stored(now),
        };
        let mut state = self.lock();
        state.deletions.entry(identity.clone()).or_insert(pending);
        Ok(())
    }

    async fn list_due_deletions(
        &self,
        now: OffsetDateTime,
        limit: u32,
    ) -> Result<Vec<PendingDeletion>> {
        let state = self.lock();
        let due = state
            .deletions
            .values()
            .filter(|known| known.not_before <= now);
        let mut due: Vec<_> = due.cloned().collect();
        due.sort_by(|a, b| (a.not_before, &a.identity).cmp(&(b.not_before, &b.identity)));
        due.truncate(limit as usize);
        Ok(due)
    }

    async fn postpone_deletion(
        &self,
        identity: &Identity,
        not_before: OffsetDateTime,
    ) -> Result<bool> {
        let mut state = self.lock();
        let Some(pending) = state.deletions.get_mut(identity) else {
            return Ok(false);
        };
        pending.attempts = pending.attempts.saturating_add(1);
        pending.not_before = stored(not_before);
        Ok(true)
    }

    async fn confirm_deletion(&self, identity: &Identity) -> Result<bool> {
        Ok(self.lock().deletions.remove(identity).is_some())
    }
}
