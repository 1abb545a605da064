//! Who is who at the conference provider.

use rusqlite::{Connection, params};
use time::OffsetDateTime;
use vnet_core::id::UserId;
use vnet_core::identity::{AccessToken, Identity, IdentityRecord, PendingDeletion};
use vnet_core::store::IdentityStore;
use vnet_core::{Secret, async_trait};

use super::SqliteStore;
use super::users::row_of;
use crate::error::{Error, Result};
use crate::row::{Blob16, Columns, all, first, micros, micros_up};

fn read_identity(columns: &mut Columns<'_, '_>) -> Result<Identity> {
    Identity::new(columns.str()?).map_err(|_rule| columns.bad())
}

fn get(connection: &Connection, user: UserId) -> Result<Option<IdentityRecord>> {
    let mut statement = connection.prepare_cached(
        "SELECT i.identity, i.token, i.token_expires_at \
         FROM users u JOIN identities i ON i.user_id = u.id WHERE u.uuid = ?1",
    )?;
    first(&mut statement, [Blob16(*user.as_uuid())], |columns| {
        let identity = read_identity(columns)?;
        let token = columns.optional_text()?.map(Secret::new);
        let expires_at = columns.optional_time()?;
        Ok(IdentityRecord {
            user_id: user,
            identity,
            token: token
                .zip(expires_at)
                .map(|(token, expires_at)| AccessToken { token, expires_at }),
        })
    })
}

fn insert(connection: &Connection, record: &IdentityRecord) -> Result<()> {
    let user = row_of(connection, record.user_id)?.ok_or(Error::NotFound("user"))?;
    let known = connection
        .prepare_cached("SELECT 1 FROM identities WHERE user_id = ?1")?
        .exists([user])?;
    if known {
        return Err(Error::Taken("user"));
    }
    let token = record.token.as_ref();
    connection
        .prepare_cached(
            "INSERT INTO identities (user_id, identity, token, token_expires_at) \
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            user,
            record.identity.as_str(),
            token.map(|token| token.token.expose()),
            token.map(|token| micros(token.expires_at)),
        ])?;
    Ok(())
}

fn replace(connection: &Connection, record: &IdentityRecord, expected: &Identity) -> Result<bool> {
    let token = record.token.as_ref();
    let changed = connection
        .prepare_cached(
            "UPDATE identities SET identity = ?3, token = ?4, token_expires_at = ?5 \
             WHERE user_id = (SELECT id FROM users WHERE uuid = ?1) AND identity = ?2",
        )?
        .execute(params![
            Blob16(*record.user_id.as_uuid()),
            expected.as_str(),
            record.identity.as_str(),
            token.map(|token| token.token.expose()),
            token.map(|token| micros(token.expires_at)),
        ])?;
    Ok(changed > 0)
}

/// Goes through the accounts: a task of the background, not of a request.
fn due_users(
    connection: &Connection,
    now: OffsetDateTime,
    before: OffsetDateTime,
    limit: u32,
) -> Result<Vec<UserId>> {
    let mut statement = connection.prepare_cached(
        "SELECT u.uuid FROM users u LEFT JOIN identities i ON i.user_id = u.id \
         WHERE u.is_active AND (i.token_expires_at IS NULL OR i.token_expires_at < ?2) \
         AND EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = u.id AND s.expires_at > ?1) \
         ORDER BY i.token_expires_at, u.uuid LIMIT ?3",
    )?;
    let params = [micros(now), micros_up(before), i64::from(limit)];
    all(&mut statement, params, |columns| {
        columns.uuid().map(UserId::from_uuid)
    })
}

fn due_deletions(
    connection: &Connection,
    now: OffsetDateTime,
    limit: u32,
) -> Result<Vec<PendingDeletion>> {
    let mut statement = connection.prepare_cached(
        "SELECT identity, attempts, not_before FROM pending_deletions \
         WHERE not_before <= ?1 ORDER BY not_before, identity LIMIT ?2",
    )?;
    all(&mut statement, [micros(now), i64::from(limit)], |columns| {
        Ok(PendingDeletion {
            identity: read_identity(columns)?,
            attempts: u32::try_from(columns.int()?).map_err(|_range| columns.bad())?,
            not_before: columns.time()?,
        })
    })
}

#[async_trait]
impl IdentityStore for SqliteStore {
    async fn insert_identity(&self, record: &IdentityRecord) -> vnet_core::Result<()> {
        let record = record.clone();
        Ok(self
            .write(move |connection| insert(connection, &record))
            .await?)
    }

    async fn get_identity(&self, user: &UserId) -> vnet_core::Result<Option<IdentityRecord>> {
        Ok(self.read(|connection| get(connection, *user))?)
    }

    async fn replace_identity(
        &self,
        record: &IdentityRecord,
        expected: &Identity,
    ) -> vnet_core::Result<bool> {
        let (record, expected) = (record.clone(), expected.clone());
        let replaced = self.write(move |connection| replace(connection, &record, &expected));
        Ok(replaced.await?)
    }

    async fn set_token(
        &self,
        user: &UserId,
        identity: &Identity,
        token: &AccessToken,
    ) -> vnet_core::Result<bool> {
        let (user, identity, token) = (Blob16(*user.as_uuid()), identity.clone(), token.clone());
        let changed = self.write(move |connection| {
            let mut statement = connection.prepare_cached(
                "UPDATE identities SET token = ?3, token_expires_at = ?4 \
                 WHERE user_id = (SELECT id FROM users WHERE uuid = ?1) AND identity = ?2",
            )?;
            Ok(statement.execute(params![
                user,
                identity.as_str(),
                token.token.expose(),
                micros(token.expires_at),
            ])?)
        });
        Ok(changed.await? > 0)
    }

    async fn list_due_users(
        &self,
        now: OffsetDateTime,
        before: OffsetDateTime,
        limit: u32,
    ) -> vnet_core::Result<Vec<UserId>> {
        let due = self.search(move |connection| due_users(connection, now, before, limit));
        Ok(due.await?)
    }

    async fn queue_deletion(
        &self,
        identity: &Identity,
        now: OffsetDateTime,
    ) -> vnet_core::Result<()> {
        let identity = identity.clone();
        let queued = self.write(move |connection| {
            let mut statement = connection.prepare_cached(
                "INSERT INTO pending_deletions (identity, attempts, not_before) \
                 VALUES (?1, 0, ?2) ON CONFLICT (identity) DO NOTHING",
            )?;
            Ok(statement.execute(params![identity.as_str(), micros(now)])?)
        });
        queued.await?;
        Ok(())
    }

    async fn list_due_deletions(
        &self,
        now: OffsetDateTime,
        limit: u32,
    ) -> vnet_core::Result<Vec<PendingDeletion>> {
        Ok(self.read(|connection| due_deletions(connection, now, limit))?)
    }

    async fn postpone_deletion(
        &self,
        identity: &Identity,
        not_before: OffsetDateTime,
    ) -> vnet_core::Result<bool> {
        let identity = identity.clone();
        let changed = self.write(move |connection| {
            // Stays within the 32 bits it is read back into.
            let mut statement = connection.prepare_cached(
                "UPDATE pending_deletions SET attempts = min(attempts + 1, 4294967295), \
                 not_before = ?2 WHERE identity = ?1",
            )?;
            Ok(statement.execute(params![identity.as_str(), micros(not_before)])?)
        });
        Ok(changed.await? > 0)
    }

    async fn confirm_deletion(&self, identity: &Identity) -> vnet_core::Result<bool> {
        let identity = identity.clone();
        let removed = self.write(move |connection| {
            let mut statement =
                connection.prepare_cached("DELETE FROM pending_deletions WHERE identity = ?1")?;
            Ok(statement.execute([identity.as_str()])?)
        });
        Ok(removed.await? > 0)
    }
}
