//! Sessions of signed-in browsers.

use std::cmp::Reverse;

use async_trait::async_trait;
use time::OffsetDateTime;

use super::{MemoryStore, State, stored};
use crate::error::{Error, Result};
use crate::id::{SessionId, UserId};
use crate::session::{Session, SessionHash, SignedIn};
use crate::store::SessionStore;

impl State {
    /// The session with its account, if it is live and the account active.
    fn signed_in(&self, session: &Session, now: OffsetDateTime) -> Option<SignedIn> {
        let user = self.user(&session.user_id)?;
        (session.expires_at > now && user.is_active).then(|| SignedIn {
            session: session.clone(),
            user: user.clone(),
        })
    }
}

#[async_trait]
impl SessionStore for MemoryStore {
    async fn insert_session(&self, session: &Session) -> Result<()> {
        let mut state = self.lock();
        if state.user(&session.user_id).is_none() {
            return Err(Error::not_found("user"));
        }
        if state.sessions.contains_key(&session.id) {
            return Err(Error::already_exists("id"));
        }
        if state
            .sessions
            .values()
            .any(|known| known.hash == session.hash)
        {
            return Err(Error::already_exists("hash"));
        }
        let session = Session {
            created_at: stored(session.created_at),
            last_seen_at: stored(session.last_seen_at),
            expires_at: stored(session.expires_at),
            ..session.clone()
        };
        state.sessions.insert(session.id, session);
        Ok(())
    }

    async fn find_session(
        &self,
        hash: &SessionHash,
        now: OffsetDateTime,
    ) -> Result<Option<SignedIn>> {
        let state = self.lock();
        let found = state.sessions.values().find(|known| known.hash == *hash);
        Ok(found.and_then(|session| state.signed_in(session, now)))
    }

    async fn is_live(&self, id: &SessionId, now: OffsetDateTime) -> Result<bool> {
        let state = self.lock();
        let found = state.sessions.get(id);
        Ok(found.is_some_and(|session| state.signed_in(session, now).is_some()))
    }

    async fn touch_session(
        &self,
        id: &SessionId,
        seen_at: OffsetDateTime,
        expires_at: OffsetDateTime,
    ) -> Result<bool> {
        let mut state = self.lock();
        match state.sessions.get_mut(id) {
            Some(session) if session.expires_at > seen_at => {
                session.last_seen_at = stored(seen_at);
                session.expires_at = stored(expires_at);
                Ok(true)
            }
            _ended => Ok(false),
        }
    }

    async fn remove_session(&self, id: &SessionId) -> Result<bool> {
        Ok(self.lock().sessions.remove(id).is_some())
    }

    async fn remove_sessions(
        &self,
        user: &UserId,
        keep: Option<SessionId>,
    ) -> Result<Vec<SessionId>> {
        let mut state = self.lock();
        let ends =
            |id: &SessionId, session: &mut Session| session.user_id == *user && Some(*id) != keep;
        Ok(state
            .sessions
            .extract_if(ends)
            .map(|(id, _session)| id)
            .collect())
    }

    async fn list_sessions(&self, user: &UserId, now: OffsetDateTime) -> Result<Vec<Session>> {
        let state = self.lock();
        let live = |session: &&Session| session.user_id == *user && session.expires_at > now;
        let mut sessions: Vec<_> = state.sessions.values().filter(live).cloned().collect();
        sessions.sort_by_key(|session| Reverse((session.created_at, session.id)));
        Ok(sessions)
    }

    async fn remove_expired_sessions(&self, now: OffsetDateTime) -> Result<u64> {
        let mut state = self.lock();
        let before = state.sessions.len();
        state
            .sessions
            .retain(|_id, session| session.expires_at > now);
        Ok((before - state.sessions.len()) as u64)
    }
}
