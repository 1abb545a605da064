//! Who is who at the conference provider.

use time::OffsetDateTime;
use vnet::core::async_trait;
use vnet::core::id::UserId;
use vnet::core::identity::{AccessToken, Identity, IdentityRecord, PendingDeletion};
use vnet::core::store::IdentityStore;
use vnet::{Error, Result};

use crate::documents::{DeletionDocument, IdentityDocument, TokenDocument};
use crate::{JsonStore, Tables};

impl Tables {
    fn identity(&self, user: &UserId) -> Option<&IdentityDocument> {
        self.identities.iter().find(|known| known.user_id == *user)
    }

    fn identity_mut(
        &mut self,
        user: &UserId,
        identity: &Identity,
    ) -> Option<&mut IdentityDocument> {
        let mut all = self.identities.iter_mut();
        all.find(|known| known.user_id == *user && known.identity == *identity)
    }

    fn check_free(&self, record: &IdentityRecord) -> Result<()> {
        let mut others = self
            .identities
            .iter()
            .filter(|known| known.user_id != record.user_id);
        if others.any(|known| known.identity == record.identity) {
            return Err(Error::already_exists("identity"));
        }
        Ok(())
    }
}

#[async_trait]
impl IdentityStore for JsonStore {
    async fn insert_identity(&self, record: &IdentityRecord) -> Result<()> {
        self.write(|tables| {
            if tables.user(&record.user_id).is_none() {
                return Err(Error::not_found("user"));
            }
            if tables.identity(&record.user_id).is_some() {
                return Err(Error::already_exists("user"));
            }
            tables.check_free(record)?;
            tables.identities.push(record.into());
            Ok(())
        })
    }

    async fn get_identity(&self, user: &UserId) -> Result<Option<IdentityRecord>> {
        self.read(|tables| {
            tables
                .identity(user)
                .map(IdentityDocument::record)
                .transpose()
        })
    }

    async fn replace_identity(&self, record: &IdentityRecord, expected: &Identity) -> Result<bool> {
        self.write(|tables| {
            if tables
                .identity(&record.user_id)
                .is_none_or(|known| known.identity != *expected)
            {
                return Ok(false);
            }
            tables.check_free(record)?;
            let known = tables.identity_mut(&record.user_id, expected);
            Ok(known.map(|known| *known = record.into()).is_some())
        })
    }

    async fn set_token(
        &self,
        user: &UserId,
        identity: &Identity,
        token: &AccessToken,
    ) -> Result<bool> {
        self.write(|tables| {
            let known = tables.identity_mut(user, identity);
            Ok(known
                .map(|known| known.token = Some(token.into()))
                .is_some())
        })
    }

    async fn list_due_users(
        &self,
        now: OffsetDateTime,
        before: OffsetDateTime,
        limit: u32,
    ) -> Result<Vec<UserId>> {
        self.read(|tables| {
            let mut due = Vec::new();
            for user in tables.users.values().filter(|user| user.is_active) {
                let is_here = |user_id| {
                    let mut sessions = tables.sessions.iter();
                    sessions.any(|session| session.user_id == user_id && session.is_open(now))
                };
                let token = tables
                    .identity(&user.id)
                    .and_then(|known| known.token.as_ref());
                let end = token
                    .map(|token: &TokenDocument| token.expires_at.time())
                    .transpose()?;
                if is_here(user.id) && end.is_none_or(|end| end < before) {
                    due.push((end, user.id));
                }
            }
            // Who has no token comes before all who have one: `None` is less than any moment.
            due.sort_unstable();
            Ok(due
                .into_iter()
                .take(limit as usize)
                .map(|(_end, user)| user)
                .collect())
        })
    }

    async fn queue_deletion(&self, identity: &Identity, now: OffsetDateTime) -> Result<()> {
        self.write(|tables| {
            tables.queue_deletion(identity.clone(), now.into());
            Ok(())
        })
    }

    async fn list_due_deletions(
        &self,
        now: OffsetDateTime,
        limit: u32,
    ) -> Result<Vec<PendingDeletion>> {
        self.read(|tables| {
            let pending = tables.deletions.iter().map(DeletionDocument::pending);
            let mut due = pending.collect::<Result<Vec<_>>>()?;
            due.retain(|pending| pending.not_before <= now);
            due.sort_by(|a, b| (a.not_before, &a.identity).cmp(&(b.not_before, &b.identity)));
            due.truncate(limit as usize);
            Ok(due)
        })
    }

    async fn postpone_deletion(
        &self,
        identity: &Identity,
        not_before: OffsetDateTime,
    ) -> Result<bool> {
        self.write(|tables| {
            let mut all = tables.deletions.iter_mut();
            let Some(pending) = all.find(|known| known.identity == *identity) else {
                return Ok(false);
            };
            pending.attempts = pending.attempts.saturating_add(1);
            pending.not_before = not_before.into();
            Ok(true)
        })
    }

    async fn confirm_deletion(&self, identity: &Identity) -> Result<bool> {
        self.write(|tables| {
            let before = tables.deletions.len();
            tables.deletions.retain(|known| known.identity != *identity);
            Ok(tables.deletions.len() < before)
        })
    }
}
