//! Sessions of signed-in browsers.

use std::cmp::Reverse;

use time::OffsetDateTime;
use vnet::core::async_trait;
use vnet::core::id::{SessionId, UserId};
use vnet::core::session::{Session, SessionHash, SignedIn};
use vnet::core::store::SessionStore;
use vnet::{Error, Result};

use crate::documents::{Moment, SessionDocument};
use crate::{JsonStore, Tables};

impl Tables {
    /// Whose session it is, if it is live and its account active.
    fn owner(
        &self,
        session: &SessionDocument,
        now: OffsetDateTime,
    ) -> Option<&crate::UserDocument> {
        let owner = self.user(&session.user_id)?;
        (session.is_open(now) && owner.is_active).then_some(owner)
    }
}

impl SessionDocument {
    pub(crate) fn is_open(&self, now: OffsetDateTime) -> bool {
        // What is left of a microsecond must not end a session early, nor late: compare as kept.
        self.expires_at.time().is_ok_and(|end| end > now)
    }
}

#[async_trait]
impl SessionStore for JsonStore {
    async fn insert_session(&self, session: &Session) -> Result<()> {
        self.write(|tables| {
            if tables.user(&session.user_id).is_none() {
                return Err(Error::not_found("user"));
            }
            if tables.sessions.iter().any(|known| known.id == session.id) {
                return Err(Error::already_exists("id"));
            }
            if tables
                .sessions
                .iter()
                .any(|known| known.hash == session.hash.0)
            {
                return Err(Error::already_exists("hash"));
            }
            tables.sessions.push(session.into());
            Ok(())
        })
    }

    async fn find_session(
        &self,
        hash: &SessionHash,
        now: OffsetDateTime,
    ) -> Result<Option<SignedIn>> {
        self.read(|tables| {
            let Some(found) = tables.sessions.iter().find(|known| known.hash == hash.0) else {
                return Ok(None);
            };
            let Some(owner) = tables.owner(found, now) else {
                return Ok(None);
            };
            Ok(Some(SignedIn {
                session: found.session()?,
                user: owner.user()?,
            }))
        })
    }

    async fn is_live(&self, id: &SessionId, now: OffsetDateTime) -> Result<bool> {
        Ok(self.read(|tables| {
            let found = tables.sessions.iter().find(|known| known.id == *id);
            found.is_some_and(|session| tables.owner(session, now).is_some())
        }))
    }

    async fn touch_session(
        &self,
        id: &SessionId,
        seen_at: OffsetDateTime,
        expires_at: OffsetDateTime,
    ) -> Result<bool> {
        self.write(|tables| {
            let found = tables.sessions.iter_mut().find(|known| known.id == *id);
            let Some(session) = found.filter(|session| session.is_open(seen_at)) else {
                return Ok(false);
            };
            session.last_seen_at = Moment::from(seen_at);
            session.expires_at = Moment::from(expires_at);
            Ok(true)
        })
    }

    async fn remove_session(&self, id: &SessionId) -> Result<bool> {
        self.write(|tables| {
            let before = tables.sessions.len();
            tables.sessions.retain(|known| known.id != *id);
            Ok(tables.sessions.len() < before)
        })
    }

    async fn remove_sessions(
        &self,
        user: &UserId,
        keep: Option<SessionId>,
    ) -> Result<Vec<SessionId>> {
        self.write(|tables| {
            let ends =
                |known: &mut SessionDocument| known.user_id == *user && Some(known.id) != keep;
            Ok(tables
                .sessions
                .extract_if(.., ends)
                .map(|ended| ended.id)
                .collect())
        })
    }

    async fn list_sessions(&self, user: &UserId, now: OffsetDateTime) -> Result<Vec<Session>> {
        self.read(|tables| {
            let theirs = tables
                .sessions
                .iter()
                .filter(|known| known.user_id == *user && known.is_open(now));
            let mut sessions = theirs
                .map(SessionDocument::session)
                .collect::<Result<Vec<_>>>()?;
            sessions.sort_by_key(|session| Reverse((session.created_at, session.id)));
            Ok(sessions)
        })
    }

    async fn remove_expired_sessions(&self, now: OffsetDateTime) -> Result<u64> {
        self.write(|tables| {
            let before = tables.sessions.len();
            tables.sessions.retain(|known| known.is_open(now));
            Ok((before - tables.sessions.len()) as u64)
        })
    }
}
