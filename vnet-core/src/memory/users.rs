//! Accounts.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::{MemoryStore, State, contains, page, stored};
use crate::error::{Error, Result};
use crate::id::{AvatarId, Cursor, Page, Revision, UserId};
use crate::identity::PendingDeletion;
use crate::password::PasswordHash;
use crate::store::{UserQuery, UserStore};
use crate::user::{Avatar, Credentials, Email, NewUser, User, Username};

impl State {
    /// Fails if another account than `user` has its name or address.
    fn check_unique(&self, user: &User) -> Result<()> {
        let others = || {
            let users = self.users.values().map(|known| &known.user);
            users.filter(|other| other.id != user.id)
        };
        let (name, email) = (user.username.key(), user.email.key());
        if others().any(|other| other.username.key() == name) {
            Err(Error::already_exists("username"))
        } else if others().any(|other| other.email.key() == email) {
            Err(Error::already_exists("email"))
        } else {
            Ok(())
        }
    }

    fn find(&self, is_it: impl Fn(&User) -> bool) -> Option<&Credentials> {
        self.users.values().find(|known| is_it(&known.user))
    }
}

/// The account as it is kept.
fn stored_user(mut user: User) -> User {
    user.date_joined = stored(user.date_joined);
    user.last_login = user.last_login.map(stored);
    user
}

#[async_trait]
impl UserStore for MemoryStore {
    async fn insert_user(&self, new: NewUser) -> Result<User> {
        let mut state = self.lock();
        state.check_unique(&new.user)?;
        if state.user(&new.user.id).is_some() {
            return Err(Error::already_exists("id"));
        }
        let user = stored_user(User {
            revision: Revision(0),
            ..new.user
        });
        let number = state.number();
        let credentials = Credentials {
            user: user.clone(),
            password_hash: new.password_hash,
        };
        state.users.insert(number, credentials);
        Ok(user)
    }

    async fn get_user(&self, id: &UserId) -> Result<Option<User>> {
        Ok(self.lock().user(id).cloned())
    }

    async fn find_user(&self, username: &Username) -> Result<Option<User>> {
        let found = self.find_credentials(username).await?;
        Ok(found.map(|found| found.user))
    }

    async fn find_user_by_email(&self, email: &Email) -> Result<Option<User>> {
        let key = email.key();
        let state = self.lock();
        let found = state.find(|user| user.email.key() == key);
        Ok(found.map(|found| found.user.clone()))
    }

    async fn find_credentials(&self, username: &Username) -> Result<Option<Credentials>> {
        let key = username.key();
        let state = self.lock();
        Ok(state.find(|user| user.username.key() == key).cloned())
    }

    async fn update_user(&self, user: &User) -> Result<User> {
        let mut state = self.lock();
        let known = state
            .user(&user.id)
            .ok_or_else(|| Error::not_found("user"))?;
        if known.revision != user.revision {
            return Err(Error::stale("user"));
        }
        let updated = User {
            avatar: known.avatar,
            last_login: known.last_login,
            date_joined: known.date_joined,
            revision: known.revision.next(),
            ..user.clone()
        };
        state.check_unique(&updated)?;
        if let Some(known) = state.credentials_mut(&user.id) {
            known.user = updated.clone();
        }
        Ok(updated)
    }

    async fn record_login(&self, id: &UserId, at: OffsetDateTime) -> Result<bool> {
        let mut state = self.lock();
        let Some(known) = state.credentials_mut(id) else {
            return Ok(false);
        };
        known.user.last_login = Some(stored(at));
        Ok(true)
    }

    async fn set_password(&self, id: &UserId, hash: &PasswordHash) -> Result<bool> {
        let mut state = self.lock();
        let Some(known) = state.credentials_mut(id) else {
            return Ok(false);
        };
        known.password_hash = hash.clone();
        known.user.sessions_epoch += 1;
        known.user.revision = known.user.revision.next();
        Ok(true)
    }

    async fn set_avatar(&self, id: &UserId, avatar: Option<Avatar>) -> Result<bool> {
        let mut state = self.lock();
        let Some(known) = state.credentials_mut(id) else {
            return Ok(false);
        };
        let new = avatar.as_ref().map(|avatar| avatar.id);
        let former = std::mem::replace(&mut known.user.avatar, new);
        known.user.revision = known.user.revision.next();
        if let Some(former) = former {
            state.avatars.remove(&former);
        }
        if let Some(avatar) = avatar {
            state.avatars.insert(avatar.id, avatar);
        }
        Ok(true)
    }

    async fn get_avatar(&self, id: &AvatarId) -> Result<Option<Avatar>> {
        Ok(self.lock().avatars.get(id).cloned())
    }

    async fn remove_user(&self, id: &UserId, now: OffsetDateTime) -> Result<bool> {
        let mut state = self.lock();
        let Some(avatar) = state.user(id).map(|user| user.avatar) else {
            return Ok(false);
        };
        state.users.retain(|_number, known| known.user.id != *id);
        if let Some(avatar) = avatar {
            state.avatars.remove(&avatar);
        }
        state.sessions.retain(|_id, session| session.user_id != *id);
        state
            .meetings
            .retain(|_number, meeting| meeting.host_id != *id);
        if let Some(record) = state.identities.remove(id) {
            let pending = PendingDeletion {
                identity: record.identity.clone(),
                attempts: 0,
                not_before: stored(now),
            };
            state.deletions.entry(record.identity).or_insert(pending);
        }
        Ok(true)
    }

    async fn list_users(&self, query: &UserQuery) -> Result<Page<User>> {
        let after = query.cursor.map_or(0, |cursor| cursor.number);
        let wanted = |user: &User| {
            query.search.as_ref().is_none_or(|part| {
                [user.username.as_str(), user.email.as_str()]
                    .into_iter()
                    .chain([&*user.first_name, &*user.last_name, &*user.meeting_name])
                    .any(|text| contains(text, part))
            })
        };
        let state = self.lock();
        let found = state
            .users
            .iter()
            .map(|(number, known)| (*number, &known.user));
        let found = found.filter(|(number, user)| *number > after && wanted(user));
        let found = found.map(|(number, user)| (Cursor::at(number), user.clone()));
        Ok(page(found, query.limit))
    }
}
