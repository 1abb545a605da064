use time::{Duration, OffsetDateTime};
use vnet_core::async_trait;
use vnet_core::id::{AvatarId, Cursor, Page, Revision, UserId};
use vnet_core::password::PasswordHash;
use vnet_core::store::{IdentityStore, UserQuery, UserStore};
use vnet_core::testkit::samples::NOW;
use vnet_core::user::{Avatar, Credentials, Email, NewUser, User, Username};
use vnet_core::{Error, ErrorKind, Result};

use super::{Broken, Defect};

impl Broken {
    /// Makes place for `new` by removing whoever has its id, name or address.
    async fn make_place(&self, new: &NewUser) -> Result<()> {
        let mut taken = vec![Some(new.user.id)];
        let user = self.store.find_user(&new.user.username).await?;
        taken.push(user.map(|user| user.id));
        let user = self.store.find_user_by_email(&new.user.email).await?;
        taken.push(user.map(|user| user.id));
        for id in taken.into_iter().flatten() {
            self.store.remove_user(&id, NOW).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl UserStore for Broken {
    async fn insert_user(&self, mut new: NewUser) -> Result<User> {
        match self.defect {
            Defect::Forgets => return Ok(new.user),
            Defect::OverwritesOnInsert => self.make_place(&new).await?,
            Defect::ChecksThenInserts => {
                if self.store.find_user(&new.user.username).await?.is_some() {
                    return Err(Error::already_exists("username"));
                }
                tokio::task::yield_now().await;
                self.make_place(&new).await?;
            }
            Defect::ComparesNamesByCase => {
                let known = self.store.find_user(&new.user.username).await?;
                if known.is_some_and(|known| known.username != new.user.username) {
                    return Ok(new.user);
                }
            }
            Defect::RoundsTowardsZero if new.user.date_joined < OffsetDateTime::UNIX_EPOCH => {
                new.user.date_joined += Duration::nanoseconds(999);
            }
            _ => {}
        }
        let given = new.user.revision;
        let mut inserted = self.store.insert_user(new).await;
        if self.has(Defect::NamesAnotherField) && inserted.is_err() {
            return Err(Error::already_exists("email"));
        }
        if self.has(Defect::KeepsTheGivenRevision) {
            inserted = inserted.map(|user| User {
                revision: given,
                ..user
            });
        }
        inserted
    }

    async fn get_user(&self, id: &UserId) -> Result<Option<User>> {
        self.store.get_user(id).await
    }

    async fn find_user(&self, username: &Username) -> Result<Option<User>> {
        let found = self.store.find_user(username).await?;
        let is_it =
            |user: &User| !self.has(Defect::ComparesNamesByCase) || user.username == *username;
        Ok(found.filter(is_it))
    }

    async fn find_user_by_email(&self, email: &Email) -> Result<Option<User>> {
        self.store.find_user_by_email(email).await
    }

    async fn find_credentials(&self, username: &Username) -> Result<Option<Credentials>> {
        self.store.find_credentials(username).await
    }

    async fn update_user(&self, user: &User) -> Result<User> {
        let mut user = user.clone();
        if self.has(Defect::IgnoresRevisions) {
            let known = self.store.get_user(&user.id).await?;
            user.revision = known.map_or(Revision(0), |known| known.revision);
        }
        if self.has(Defect::UpdatesTooMuch) {
            let at = user.last_login.unwrap_or(user.date_joined);
            self.store.record_login(&user.id, at).await?;
        }
        self.store.update_user(&user).await
    }

    async fn record_login(&self, id: &UserId, at: OffsetDateTime) -> Result<bool> {
        if self.has(Defect::LoginRaisesRevision)
            && let Some(user) = self.store.get_user(id).await?
        {
            self.store.update_user(&user).await?;
        }
        self.store.record_login(id, at).await
    }

    async fn set_password(&self, id: &UserId, hash: &PasswordHash) -> Result<bool> {
        let done = self.store.set_password(id, hash).await?;
        if self.has(Defect::PasswordKeepsEpoch)
            && let Some(mut user) = self.store.get_user(id).await?
        {
            user.sessions_epoch -= 1;
            self.store.update_user(&user).await?;
        }
        Ok(done)
    }

    async fn set_avatar(&self, id: &UserId, avatar: Option<Avatar>) -> Result<bool> {
        self.seen.lock().unwrap().avatars.extend(avatar.clone());
        self.store.set_avatar(id, avatar).await
    }

    async fn get_avatar(&self, id: &AvatarId) -> Result<Option<Avatar>> {
        if self.has(Defect::KeepsFormerPictures) {
            let seen = self.seen.lock().unwrap();
            return Ok(seen.avatars.iter().find(|avatar| avatar.id == *id).cloned());
        }
        self.store.get_avatar(id).await
    }

    async fn remove_user(&self, id: &UserId, now: OffsetDateTime) -> Result<bool> {
        let record = self.store.get_identity(id).await?;
        let removed = self.store.remove_user(id, now).await?;
        if self.has(Defect::LosesTheIdentity)
            && let Some(record) = record
        {
            self.store.confirm_deletion(&record.identity).await?;
        }
        Ok(removed)
    }

    async fn list_users(&self, query: &UserQuery) -> Result<Page<User>> {
        let mut query = query.clone();
        let part = query.search.clone().unwrap_or_default();
        if self.has(Defect::TakesWildcards) && part.contains('%') {
            query.search = None;
        }
        let mut page = self.store.list_users(&query).await?;
        match self.defect {
            Defect::SkipsOnPaging => page.next = page.next.map(|next| Cursor::at(next.number + 1)),
            Defect::RepeatsOnPaging => {
                page.next = page.next.map(|next| Cursor::at(next.number - 1))
            }
            Defect::SearchesByCase => page.items.retain(|user| {
                let texts = [user.username.as_str(), &user.first_name, &user.meeting_name];
                texts.iter().any(|text| text.contains(&part))
            }),
            _ => {}
        }
        if page.items.is_empty() && page.next.is_some() {
            return Err(Error::new(ErrorKind::Internal, "empty", "an empty page"));
        }
        Ok(page)
    }
}
