use time::OffsetDateTime;
use vnet_core::async_trait;
use vnet_core::id::{SessionId, UserId};
use vnet_core::session::{Session, SessionHash, SignedIn};
use vnet_core::store::{SessionStore, UserStore};
use vnet_core::testkit::samples::{self, NOW};
use vnet_core::{ErrorKind, Result};

use super::{Broken, Defect};

impl Broken {
    fn seen(&self, is_it: impl Fn(&Session) -> bool) -> Option<Session> {
        let seen = self.seen.lock().unwrap();
        seen.sessions
            .iter()
            .rev()
            .find(|session| is_it(session))
            .cloned()
    }

    fn asked_at(&self, now: OffsetDateTime) -> OffsetDateTime {
        if self.has(Defect::IgnoresExpiry) {
            NOW
        } else {
            now
        }
    }

    /// What a store finds that does not look at the account.
    async fn without_account(&self, session: Option<Session>) -> Result<Option<SignedIn>> {
        let Some(session) = session else {
            return Ok(None);
        };
        let user = self.store.get_user(&session.user_id).await?;
        let user = match (self.defect, user) {
            (Defect::LeaksTheInactive, Some(user)) if !user.is_active => user,
            (Defect::SessionsOutliveUsers, None) => samples::user("nobody"),
            _ => return Ok(None),
        };
        Ok(Some(SignedIn { session, user }))
    }
}

#[async_trait]
impl SessionStore for Broken {
    async fn insert_session(&self, session: &Session) -> Result<()> {
        let mut inserted = self.store.insert_session(session).await;
        let is_taken = |e: &vnet_core::Error| e.kind() == ErrorKind::AlreadyExists;
        if self.has(Defect::TakesOverSessions) && inserted.as_ref().is_err_and(is_taken) {
            let former = self.seen(|seen| seen.id == session.id || seen.hash == session.hash);
            self.store
                .remove_session(&former.expect("it is taken").id)
                .await?;
            inserted = self.store.insert_session(session).await;
        }
        if inserted.is_ok() {
            self.seen.lock().unwrap().sessions.push(session.clone());
        }
        inserted
    }

    async fn find_session(
        &self,
        hash: &SessionHash,
        now: OffsetDateTime,
    ) -> Result<Option<SignedIn>> {
        let found = self.store.find_session(hash, self.asked_at(now)).await?;
        if found.is_some() {
            return Ok(found);
        }
        self.without_account(self.seen(|seen| seen.hash == *hash))
            .await
    }

    async fn is_live(&self, id: &SessionId, now: OffsetDateTime) -> Result<bool> {
        let live = self.store.is_live(id, self.asked_at(now)).await?;
        let other = self
            .without_account(self.seen(|seen| seen.id == *id))
            .await?;
        Ok(live || other.is_some())
    }

    async fn touch_session(
        &self,
        id: &SessionId,
        seen_at: OffsetDateTime,
        expires_at: OffsetDateTime,
    ) -> Result<bool> {
        let touched = self.store.touch_session(id, seen_at, expires_at).await?;
        if self.has(Defect::Revives)
            && !touched
            && let Some(session) = self.seen(|seen| seen.id == *id)
        {
            self.store.remove_session(id).await?;
            let revived = Session {
                expires_at,
                ..session
            };
            return Ok(self.store.insert_session(&revived).await.is_ok());
        }
        Ok(touched)
    }

    async fn remove_session(&self, id: &SessionId) -> Result<bool> {
        self.store.remove_session(id).await
    }

    async fn remove_sessions(
        &self,
        user: &UserId,
        keep: Option<SessionId>,
    ) -> Result<Vec<SessionId>> {
        let keep = keep.filter(|_| !self.has(Defect::EndsTheKeptOne));
        self.store.remove_sessions(user, keep).await
    }

    async fn list_sessions(&self, user: &UserId, now: OffsetDateTime) -> Result<Vec<Session>> {
        let mut sessions = self.store.list_sessions(user, now).await?;
        if self.has(Defect::ListsOldestFirst) {
            sessions.reverse();
        }
        Ok(sessions)
    }

    async fn remove_expired_sessions(&self, now: OffsetDateTime) -> Result<u64> {
        self.store.remove_expired_sessions(now).await
    }
}
