//! Sessions of signed-in browsers.

use rusqlite::{Connection, params};
use time::OffsetDateTime;
use vnet_core::async_trait;
use vnet_core::id::{SessionId, UserId};
use vnet_core::session::{Session, SessionHash, SignedIn};
use vnet_core::store::SessionStore;

use super::SqliteStore;
use super::users::{read_user, row_of, user_columns};
use crate::error::{Error, Result};
use crate::row::{Blob16, Columns, all, first, micros};

/// The columns of a session, as [`read_session`] reads them.
macro_rules! session_columns {
    () => {
        "s.uuid, s.created_at, s.last_seen_at, s.expires_at, s.user_agent, s.address"
    };
}

fn read_session(
    columns: &mut Columns<'_, '_>,
    user_id: UserId,
    hash: SessionHash,
) -> Result<Session> {
    Ok(Session {
        id: SessionId::from_uuid(columns.uuid()?),
        user_id,
        hash,
        created_at: columns.time()?,
        last_seen_at: columns.time()?,
        expires_at: columns.time()?,
        user_agent: columns.text()?,
        address: columns.text()?,
    })
}

/// The read of every request.
const FIND: &str = concat!(
    "SELECT ",
    user_columns!(),
    ", ",
    session_columns!(),
    " FROM sessions s JOIN users u ON u.id = s.user_id \
     WHERE s.hash = ?1 AND s.expires_at > ?2 AND u.is_active"
);

fn find(
    connection: &Connection,
    hash: &SessionHash,
    now: OffsetDateTime,
) -> Result<Option<SignedIn>> {
    let mut statement = connection.prepare_cached(FIND)?;
    first(
        &mut statement,
        params![&hash.0[..], micros(now)],
        |columns| {
            let user = read_user(columns)?;
            let session = read_session(columns, user.id, *hash)?;
            Ok(SignedIn { session, user })
        },
    )
}

fn insert(connection: &Connection, session: &Session) -> Result<()> {
    let user = row_of(connection, session.user_id)?.ok_or(Error::NotFound("user"))?;
    connection
        .prepare_cached(
            "INSERT INTO sessions (hash, user_id, uuid, created_at, last_seen_at, expires_at, \
             user_agent, address) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            &session.hash.0[..],
            user,
            Blob16(*session.id.as_uuid()),
            micros(session.created_at),
            micros(session.last_seen_at),
            micros(session.expires_at),
            session.user_agent,
            session.address,
        ])?;
    Ok(())
}

fn list(connection: &Connection, user: UserId, now: OffsetDateTime) -> Result<Vec<Session>> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        session_columns!(),
        ", s.hash FROM sessions s WHERE s.expires_at > ?2 \
         AND s.user_id = (SELECT id FROM users WHERE uuid = ?1) \
         ORDER BY s.created_at DESC, s.uuid DESC"
    ))?;
    let params = params![Blob16(*user.as_uuid()), micros(now)];
    all(&mut statement, params, |columns| {
        let mut session = read_session(columns, user, SessionHash([0; 32]))?;
        let hash = columns.bytes()?.try_into();
        session.hash = SessionHash(hash.map_err(|_length| columns.bad())?);
        Ok(session)
    })
}

#[async_trait]
impl SessionStore for SqliteStore {
    async fn insert_session(&self, session: &Session) -> vnet_core::Result<()> {
        let session = session.clone();
        Ok(self
            .write(move |connection| insert(connection, &session))
            .await?)
    }

    async fn find_session(
        &self,
        hash: &SessionHash,
        now: OffsetDateTime,
    ) -> vnet_core::Result<Option<SignedIn>> {
        Ok(self.read(|connection| find(connection, hash, now))?)
    }

    async fn is_live(&self, id: &SessionId, now: OffsetDateTime) -> vnet_core::Result<bool> {
        let found = self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT 1 FROM sessions s JOIN users u ON u.id = s.user_id \
                 WHERE s.uuid = ?1 AND s.expires_at > ?2 AND u.is_active",
            )?;
            Ok(statement.exists(params![Blob16(*id.as_uuid()), micros(now)])?)
        });
        Ok(found?)
    }

    async fn touch_session(
        &self,
        id: &SessionId,
        seen_at: OffsetDateTime,
        expires_at: OffsetDateTime,
    ) -> vnet_core::Result<bool> {
        let id = Blob16(*id.as_uuid());
        let changed = self.write(move |connection| {
            let mut statement = connection.prepare_cached(
                "UPDATE sessions SET last_seen_at = ?2, expires_at = ?3 \
                 WHERE uuid = ?1 AND expires_at > ?2",
            )?;
            Ok(statement.execute(params![id, micros(seen_at), micros(expires_at)])?)
        });
        Ok(changed.await? > 0)
    }

    async fn remove_session(&self, id: &SessionId) -> vnet_core::Result<bool> {
        let id = Blob16(*id.as_uuid());
        let removed = self.write(move |connection| {
            let mut statement =
                connection.prepare_cached("DELETE FROM sessions WHERE uuid = ?1")?;
            Ok(statement.execute([id])?)
        });
        Ok(removed.await? > 0)
    }

    async fn remove_sessions(
        &self,
        user: &UserId,
        keep: Option<SessionId>,
    ) -> vnet_core::Result<Vec<SessionId>> {
        let user = Blob16(*user.as_uuid());
        let keep = keep.map(|id| Blob16(*id.as_uuid()));
        let removed = self.write(move |connection| {
            let mut statement = connection.prepare_cached(
                "DELETE FROM sessions WHERE user_id = (SELECT id FROM users WHERE uuid = ?1) \
                 AND uuid IS NOT ?2 RETURNING uuid",
            )?;
            all(&mut statement, params![user, keep], |columns| {
                columns.uuid().map(SessionId::from_uuid)
            })
        });
        Ok(removed.await?)
    }

    async fn list_sessions(
        &self,
        user: &UserId,
        now: OffsetDateTime,
    ) -> vnet_core::Result<Vec<Session>> {
        Ok(self.read(|connection| list(connection, *user, now))?)
    }

    async fn remove_expired_sessions(&self, now: OffsetDateTime) -> vnet_core::Result<u64> {
        let removed = self.write(move |connection| {
            let mut statement =
                connection.prepare_cached("DELETE FROM sessions WHERE expires_at <= ?1")?;
            Ok(statement.execute([micros(now)])?)
        });
        Ok(removed.await? as u64)
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;
    use crate::file::{self, Tuning};

    #[test]
    fn the_read_of_every_request_is_planned_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vnet.sqlite3");
        let tuning = Tuning::default();
        drop(file::open_writer(&path, &tuning).unwrap());
        let connection = file::open_reader(&path, &tuning).unwrap();
        for second in 0..5 {
            let now = OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(second);
            assert!(
                find(&connection, &SessionHash([7; 32]), now)
                    .unwrap()
                    .is_none()
            );
        }
        let statement = connection.prepare_cached(FIND).unwrap();
        assert_eq!(statement.get_status(StatementStatus::Run), 5);
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
        assert_eq!(statement.get_status(StatementStatus::FullscanStep), 0);
    }
}
