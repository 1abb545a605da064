//! Accounts.

use time::OffsetDateTime;
use vnet::core::async_trait;
use vnet::core::id::{AvatarId, Cursor, Page, Revision, UserId};
use vnet::core::password::PasswordHash;
use vnet::core::store::{UserQuery, UserStore};
use vnet::core::user::{Avatar, Credentials, Email, NewUser, User, Username};
use vnet::{Error, Result};

use crate::documents::{DeletionDocument, Moment, UserDocument};
use crate::{JsonStore, Tables};

impl Tables {
    pub(crate) fn user(&self, id: &UserId) -> Option<&UserDocument> {
        self.users.values().find(|user| user.id == *id)
    }

    fn user_mut(&mut self, id: &UserId) -> Option<&mut UserDocument> {
        self.users.values_mut().find(|user| user.id == *id)
    }

    /// Fails if somebody else has the name or the address, compared without regard to case.
    fn check_unique(&self, wanted: &User) -> Result<()> {
        let others = || self.users.values().filter(|user| user.id != wanted.id);
        if others().any(|user| user.username.eq_ignore_ascii_case(wanted.username.as_str())) {
            return Err(Error::already_exists("username"));
        }
        let email = wanted.email.key();
        if others().any(|user| user.email.to_lowercase() == email) {
            return Err(Error::already_exists("email"));
        }
        Ok(())
    }
}

#[async_trait]
impl UserStore for JsonStore {
    async fn insert_user(&self, new: NewUser) -> Result<User> {
        self.write(|tables| {
            if tables.user(&new.user.id).is_some() {
                return Err(Error::already_exists("id"));
            }
            tables.check_unique(&new.user)?;
            let mut document = UserDocument::new(&new.user, &new.password_hash);
            document.revision = Revision(0);
            let user = document.user();
            let number = tables.next_number();
            tables.users.insert(number, document);
            user
        })
    }

    async fn get_user(&self, id: &UserId) -> Result<Option<User>> {
        self.read(|tables| tables.user(id).map(UserDocument::user).transpose())
    }

    async fn find_user(&self, username: &Username) -> Result<Option<User>> {
        let found = self.find_credentials(username).await?;
        Ok(found.map(|credentials| credentials.user))
    }

    async fn find_user_by_email(&self, email: &Email) -> Result<Option<User>> {
        let key = email.key();
        self.read(|tables| {
            let found = tables
                .users
                .values()
                .find(|user| user.email.to_lowercase() == key);
            found.map(UserDocument::user).transpose()
        })
    }

    async fn find_credentials(&self, username: &Username) -> Result<Option<Credentials>> {
        let name = username.as_str();
        self.read(|tables| {
            let mut users = tables.users.values();
            let found = users.find(|user| user.username.eq_ignore_ascii_case(name));
            found.map(UserDocument::credentials).transpose()
        })
    }

    async fn update_user(&self, user: &User) -> Result<User> {
        self.write(|tables| {
            let known = tables
                .user(&user.id)
                .ok_or_else(|| Error::not_found("user"))?;
            if known.revision != user.revision {
                return Err(Error::stale("user"));
            }
            tables.check_unique(user)?;
            let place = tables
                .user_mut(&user.id)
                .ok_or_else(|| Error::not_found("user"))?;
            place.username = user.username.to_string();
            place.email = user.email.as_str().to_owned();
            place.first_name.clone_from(&user.first_name);
            place.last_name.clone_from(&user.last_name);
            place.meeting_name.clone_from(&user.meeting_name);
            (place.is_staff, place.is_active) = (user.is_staff, user.is_active);
            place.sessions_epoch = user.sessions_epoch;
            place.revision = place.revision.next();
            place.user()
        })
    }

    async fn record_login(&self, id: &UserId, at: OffsetDateTime) -> Result<bool> {
        self.write(|tables| {
            let user = tables.user_mut(id);
            Ok(user.map(|user| user.last_login = Some(at.into())).is_some())
        })
    }

    async fn set_password(&self, id: &UserId, hash: &PasswordHash) -> Result<bool> {
        self.write(|tables| {
            let Some(user) = tables.user_mut(id) else {
                return Ok(false);
            };
            hash.as_phc().clone_into(&mut user.password_hash);
            user.sessions_epoch += 1;
            user.revision = user.revision.next();
            Ok(true)
        })
    }

    async fn set_avatar(&self, id: &UserId, avatar: Option<Avatar>) -> Result<bool> {
        self.write(|tables| {
            let Some(user) = tables.user_mut(id) else {
                return Ok(false);
            };
            let new = avatar.as_ref().map(|avatar| avatar.id);
            let former = std::mem::replace(&mut user.avatar, new);
            user.revision = user.revision.next();
            tables.avatars.retain(|kept| Some(kept.id) != former);
            tables.avatars.extend(avatar.map(Into::into));
            Ok(true)
        })
    }

    async fn get_avatar(&self, id: &AvatarId) -> Result<Option<Avatar>> {
        Ok(self.read(|tables| {
            let found = tables.avatars.iter().find(|avatar| avatar.id == *id);
            found.map(Avatar::from)
        }))
    }

    async fn remove_user(&self, id: &UserId, now: OffsetDateTime) -> Result<bool> {
        self.write(|tables| {
            let Some(avatar) = tables.user(id).map(|user| user.avatar) else {
                return Ok(false);
            };
            tables.users.retain(|_number, user| user.id != *id);
            tables.avatars.retain(|kept| Some(kept.id) != avatar);
            tables.sessions.retain(|session| session.user_id != *id);
            tables
                .meetings
                .retain(|_number, meeting| meeting.host_id != *id);
            let theirs = tables
                .identities
                .iter()
                .position(|known| known.user_id == *id);
            if let Some(place) = theirs {
                let identity = tables.identities.remove(place).identity;
                tables.queue_deletion(identity, now.into());
            }
            Ok(true)
        })
    }

    async fn list_users(&self, query: &UserQuery) -> Result<Page<User>> {
        let part = query.search.as_ref().map(|part| part.to_lowercase());
        let wanted = |user: &UserDocument| {
            let texts = [
                &user.username,
                &user.email,
                &user.first_name,
                &user.last_name,
                &user.meeting_name,
            ];
            let has = |part: &String| texts.iter().any(|text| text.to_lowercase().contains(part));
            part.as_ref().is_none_or(has)
        };
        let after = query.cursor.map_or(0, |cursor| cursor.number);
        self.read(|tables| {
            let found = tables.users.range(after.saturating_add(1)..);
            let found = found.filter(|(_number, user)| wanted(user));
            let found = found.map(|(number, user)| (Cursor::at(*number), user));
            page(found, query.limit, UserDocument::user)
        })
    }
}

impl Tables {
    /// Remembers to delete an identity, once.
    pub(crate) fn queue_deletion(
        &mut self,
        identity: vnet::core::identity::Identity,
        not_before: Moment,
    ) {
        if self
            .deletions
            .iter()
            .all(|known| known.identity != identity)
        {
            self.deletions.push(DeletionDocument {
                identity,
                attempts: 0,
                not_before,
            });
        }
    }
}

/// The first `limit` of what was found, and where to go on if there is more.
pub(crate) fn page<'a, D: 'a, T>(
    found: impl Iterator<Item = (Cursor, &'a D)>,
    limit: u32,
    read: impl Fn(&D) -> Result<T>,
) -> Result<Page<T>> {
    let mut found = found.peekable();
    let mut page = Page::default();
    while let Some((place, document)) = found.next() {
        page.items.push(read(document)?);
        if page.items.len() >= limit.clamp(1, 1000) as usize {
            page.next = found.peek().map(|_more| place);
            break;
        }
    }
    Ok(page)
}
