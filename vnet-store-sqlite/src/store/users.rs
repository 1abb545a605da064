//! Accounts.

use rusqlite::{CachedStatement, Connection, OptionalExtension, params};
use time::OffsetDateTime;
use vnet_core::async_trait;
use vnet_core::id::{AvatarId, Cursor, Page, Revision, UserId};
use vnet_core::password::PasswordHash;
use vnet_core::store::{UserQuery, UserStore};
use vnet_core::user::{Avatar, Credentials, Email, NewUser, User, Username};

use super::{SqliteStore, page, page_limit, rows};
use crate::error::{Error, Result};
use crate::row::{Blob16, Columns, all, first, kept, micros};

/// The columns of an account, as [`read_user`] reads them.
macro_rules! user_columns {
    () => {
        "u.uuid, u.username, u.email, u.first_name, u.last_name, u.meeting_name, u.avatar_uuid, \
         u.is_staff, u.is_active, u.date_joined, u.last_login, u.sessions_epoch, u.revision"
    };
}
pub(super) use user_columns;

pub(super) fn read_user(columns: &mut Columns<'_, '_>) -> Result<User> {
    Ok(User {
        id: UserId::from_uuid(columns.uuid()?),
        username: columns.str()?.parse().map_err(|_rule| columns.bad())?,
        email: columns.str()?.parse().map_err(|_rule| columns.bad())?,
        first_name: columns.text()?,
        last_name: columns.text()?,
        meeting_name: columns.text()?,
        avatar: columns.optional_uuid()?.map(AvatarId::from_uuid),
        is_staff: columns.flag()?,
        is_active: columns.flag()?,
        date_joined: columns.time()?,
        last_login: columns.optional_time()?,
        sessions_epoch: columns.count()?,
        revision: Revision(columns.count()?),
    })
}

fn by_id(connection: &Connection, id: UserId) -> Result<Option<User>> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        user_columns!(),
        " FROM users u WHERE u.uuid = ?1"
    ))?;
    first(&mut statement, [Blob16(*id.as_uuid())], read_user)
}

/// The number of the row of a user.
pub(super) fn row_of(connection: &Connection, id: UserId) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT id FROM users WHERE uuid = ?1")?;
    first(&mut statement, [Blob16(*id.as_uuid())], |columns| {
        columns.int()
    })
}

fn insert(connection: &Connection, new: NewUser) -> Result<User> {
    let NewUser {
        user,
        password_hash,
    } = new;
    let written = connection
        .prepare_cached(
            "INSERT INTO users (uuid, username, email, first_name, last_name, meeting_name, \
             avatar_uuid, is_staff, is_active, date_joined, last_login, sessions_epoch, revision, \
             password_hash, username_key, email_key) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0, ?13, ?14, ?15)",
        )?
        .execute(params![
            Blob16(*user.id.as_uuid()),
            user.username.as_str(),
            user.email.as_str(),
            user.first_name,
            user.last_name,
            user.meeting_name,
            user.avatar.map(|id| Blob16(*id.as_uuid())),
            user.is_staff,
            user.is_active,
            micros(user.date_joined),
            user.last_login.map(micros),
            user.sessions_epoch.cast_signed(),
            password_hash.as_phc(),
            user.username.key(),
            user.email.key(),
        ]);
    if let Err(error) = written {
        return Err(name_first(connection, &user, error)?);
    }
    Ok(User {
        date_joined: kept(user.date_joined),
        last_login: user.last_login.map(kept),
        revision: Revision(0),
        ..user
    })
}

fn update(connection: &Connection, user: &User) -> Result<User> {
    let id = Blob16(*user.id.as_uuid());
    let written = connection
        .prepare_cached(
            "UPDATE users SET username = ?3, email = ?4, first_name = ?5, last_name = ?6, \
             meeting_name = ?7, is_staff = ?8, is_active = ?9, sessions_epoch = ?10, \
             revision = revision + 1, username_key = ?11, email_key = ?12 \
             WHERE uuid = ?1 AND revision = ?2",
        )?
        .execute(params![
            id,
            user.revision.0.cast_signed(),
            user.username.as_str(),
            user.email.as_str(),
            user.first_name,
            user.last_name,
            user.meeting_name,
            user.is_staff,
            user.is_active,
            user.sessions_epoch.cast_signed(),
            user.username.key(),
            user.email.key(),
        ]);
    match written {
        Ok(0) if by_id(connection, user.id)?.is_some() => Err(Error::Stale("user")),
        Ok(_) => by_id(connection, user.id)?.ok_or(Error::NotFound("user")),
        Err(error) => Err(name_first(connection, user, error)?),
    }
}

/// SQLite names any one of the broken unique indexes; the contract names the username first.
fn name_first(connection: &Connection, user: &User, error: rusqlite::Error) -> Result<Error> {
    let unique = error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation);
    if unique {
        let other: Option<i64> = connection
            .prepare_cached("SELECT id FROM users WHERE username_key = ?1 AND uuid <> ?2")?
            .query_row(
                params![user.username.key(), Blob16(*user.id.as_uuid())],
                |row| row.get(0),
            )
            .optional()?;
        if other.is_some() {
            return Ok(Error::Taken("username"));
        }
    }
    Ok(error.into())
}

fn set_avatar(connection: &Connection, id: UserId, avatar: Option<Avatar>) -> Result<bool> {
    let Some(user) = row_of(connection, id)? else {
        return Ok(false);
    };
    connection
        .prepare_cached("DELETE FROM avatars WHERE user_id = ?1")?
        .execute([user])?;
    let new = avatar.as_ref().map(|avatar| Blob16(*avatar.id.as_uuid()));
    connection
        .prepare_cached("UPDATE users SET avatar_uuid = ?2, revision = revision + 1 WHERE id = ?1")?
        .execute(params![user, new])?;
    if let Some(avatar) = avatar {
        connection
            .prepare_cached(
                "INSERT INTO avatars (user_id, uuid, mime, bytes) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![user, new, avatar.mime, avatar.bytes])?;
    }
    Ok(true)
}

/// Pictures, sessions, meetings and the identity go along by their foreign keys.
fn remove(connection: &Connection, id: UserId, now: OffsetDateTime) -> Result<bool> {
    let Some(user) = row_of(connection, id)? else {
        return Ok(false);
    };
    connection
        .prepare_cached(
            "INSERT INTO pending_deletions (identity, attempts, not_before) \
             SELECT identity, 0, ?2 FROM identities WHERE user_id = ?1 \
             ON CONFLICT (identity) DO NOTHING",
        )?
        .execute([user, micros(now)])?;
    connection
        .prepare_cached("DELETE FROM users WHERE id = ?1")?
        .execute([user])?;
    Ok(true)
}

fn list(
    mut statement: CachedStatement<'_>,
    params: impl rusqlite::Params,
) -> Result<Vec<(Cursor, User)>> {
    all(&mut statement, params, |columns| {
        Ok((Cursor::at(columns.int()?), read_user(columns)?))
    })
}

#[async_trait]
impl UserStore for SqliteStore {
    async fn insert_user(&self, new: NewUser) -> vnet_core::Result<User> {
        Ok(self
            .write(move |connection| insert(connection, new))
            .await?)
    }

    async fn get_user(&self, id: &UserId) -> vnet_core::Result<Option<User>> {
        Ok(self.read(|connection| by_id(connection, *id))?)
    }

    async fn find_user(&self, username: &Username) -> vnet_core::Result<Option<User>> {
        Ok(self.read(|connection| {
            let mut statement = connection.prepare_cached(concat!(
                "SELECT ",
                user_columns!(),
                " FROM users u WHERE u.username_key = ?1"
            ))?;
            first(&mut statement, [username.key()], read_user)
        })?)
    }

    async fn find_user_by_email(&self, email: &Email) -> vnet_core::Result<Option<User>> {
        Ok(self.read(|connection| {
            let mut statement = connection.prepare_cached(concat!(
                "SELECT ",
                user_columns!(),
                " FROM users u WHERE u.email_key = ?1"
            ))?;
            first(&mut statement, [email.key()], read_user)
        })?)
    }

    async fn find_credentials(
        &self,
        username: &Username,
    ) -> vnet_core::Result<Option<Credentials>> {
        Ok(self.read(|connection| {
            let mut statement = connection.prepare_cached(concat!(
                "SELECT ",
                user_columns!(),
                ", u.password_hash FROM users u WHERE u.username_key = ?1"
            ))?;
            first(&mut statement, [username.key()], |columns| {
                let user = read_user(columns)?;
                let hash = PasswordHash::from_phc(columns.text()?);
                Ok(Credentials {
                    user,
                    password_hash: hash.map_err(|_error| columns.bad())?,
                })
            })
        })?)
    }

    async fn update_user(&self, user: &User) -> vnet_core::Result<User> {
        let user = user.clone();
        Ok(self
            .write(move |connection| update(connection, &user))
            .await?)
    }

    async fn record_login(&self, id: &UserId, at: OffsetDateTime) -> vnet_core::Result<bool> {
        let id = Blob16(*id.as_uuid());
        let changed = self.write(move |connection| {
            let mut statement =
                connection.prepare_cached("UPDATE users SET last_login = ?2 WHERE uuid = ?1")?;
            Ok(statement.execute(params![id, micros(at)])?)
        });
        Ok(changed.await? > 0)
    }

    async fn set_password(&self, id: &UserId, hash: &PasswordHash) -> vnet_core::Result<bool> {
        let (id, hash) = (Blob16(*id.as_uuid()), hash.clone());
        let changed = self.write(move |connection| {
            let mut statement = connection.prepare_cached(
                "UPDATE users SET password_hash = ?2, sessions_epoch = sessions_epoch + 1, \
                 revision = revision + 1 WHERE uuid = ?1",
            )?;
            Ok(statement.execute(params![id, hash.as_phc()])?)
        });
        Ok(changed.await? > 0)
    }

    async fn set_avatar(&self, id: &UserId, avatar: Option<Avatar>) -> vnet_core::Result<bool> {
        let id = *id;
        let set = self.write(move |connection| set_avatar(connection, id, avatar));
        Ok(set.await?)
    }

    async fn get_avatar(&self, id: &AvatarId) -> vnet_core::Result<Option<Avatar>> {
        let avatar = self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT mime, bytes FROM avatars WHERE uuid = ?1")?;
            first(&mut statement, [Blob16(*id.as_uuid())], |columns| {
                Ok(Avatar {
                    id: *id,
                    mime: columns.text()?,
                    bytes: columns.bytes()?.to_vec(),
                })
            })
        });
        Ok(avatar?)
    }

    async fn remove_user(&self, id: &UserId, now: OffsetDateTime) -> vnet_core::Result<bool> {
        let id = *id;
        Ok(self
            .write(move |connection| remove(connection, id, now))
            .await?)
    }

    async fn list_users(&self, query: &UserQuery) -> vnet_core::Result<Page<User>> {
        let limit = page_limit(query.limit);
        let after = query.cursor.map_or(i64::MIN, |cursor| cursor.number);
        let found = match &query.search {
            None => self.read(|connection| {
                let statement = connection.prepare_cached(concat!(
                    "SELECT u.id, ",
                    user_columns!(),
                    " FROM users u WHERE u.id > ?1 ORDER BY u.id LIMIT ?2"
                ))?;
                list(statement, [after, rows(limit + 1)])
            })?,
            Some(part) => {
                let part = part.to_lowercase();
                let find = move |connection: &Connection| {
                    let statement = connection.prepare_cached(concat!(
                        "SELECT u.id, ",
                        user_columns!(),
                        " FROM users u WHERE u.id > ?1 AND contains_folded(?3, u.username, \
                         u.email, u.first_name, u.last_name, u.meeting_name) \
                         ORDER BY u.id LIMIT ?2"
                    ))?;
                    list(statement, params![after, rows(limit + 1), part])
                };
                self.search(find).await?
            }
        };
        Ok(page(found, limit))
    }
}
