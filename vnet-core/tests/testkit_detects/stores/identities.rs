use time::{Duration, OffsetDateTime};
use vnet_core::Result;
use vnet_core::async_trait;
use vnet_core::id::UserId;
use vnet_core::identity::{AccessToken, Identity, IdentityRecord, PendingDeletion};
use vnet_core::store::{IdentityStore, UserQuery, UserStore};

use super::{Broken, Defect};

#[async_trait]
impl IdentityStore for Broken {
    async fn insert_identity(&self, record: &IdentityRecord) -> Result<()> {
        let inserted = self.store.insert_identity(record).await;
        let is_shared = inserted
            .as_ref()
            .is_err_and(|error| error.field() == Some("identity"));
        if self.has(Defect::SharesIdentities) && is_shared {
            return Ok(());
        }
        inserted
    }

    async fn get_identity(&self, user: &UserId) -> Result<Option<IdentityRecord>> {
        self.store.get_identity(user).await
    }

    async fn replace_identity(&self, record: &IdentityRecord, expected: &Identity) -> Result<bool> {
        let known = self.store.get_identity(&record.user_id).await?;
        let known = known.map(|known| known.identity);
        let known = known.filter(|_| self.has(Defect::ReplacesUnseen));
        let expected = known.as_ref().unwrap_or(expected);
        let replaced = self.store.replace_identity(record, expected).await?;
        if self.has(Defect::ReplacingQueues) && replaced {
            self.store
                .queue_deletion(expected, OffsetDateTime::UNIX_EPOCH)
                .await?;
        }
        Ok(replaced)
    }

    async fn set_token(
        &self,
        user: &UserId,
        identity: &Identity,
        token: &AccessToken,
    ) -> Result<bool> {
        let known = self.store.get_identity(user).await?;
        match known {
            Some(known) if self.has(Defect::KeepsTokensOfOthers) => {
                self.store.set_token(user, &known.identity, token).await
            }
            _ => self.store.set_token(user, identity, token).await,
        }
    }

    async fn list_due_users(
        &self,
        now: OffsetDateTime,
        before: OffsetDateTime,
        limit: u32,
    ) -> Result<Vec<UserId>> {
        let mut due = self.store.list_due_users(now, before, limit).await?;
        match self.defect {
            Defect::DueInAnyOrder => due.reverse(),
            Defect::DueWithoutSession => {
                let query = UserQuery {
                    limit,
                    ..UserQuery::default()
                };
                let users = self.store.list_users(&query).await?.items;
                due = users.into_iter().map(|user| user.id).collect();
            }
            _ => {}
        }
        Ok(due)
    }

    async fn queue_deletion(&self, identity: &Identity, now: OffsetDateTime) -> Result<()> {
        self.store.queue_deletion(identity, now).await
    }

    async fn list_due_deletions(
        &self,
        mut now: OffsetDateTime,
        limit: u32,
    ) -> Result<Vec<PendingDeletion>> {
        if self.has(Defect::DeletesTooEarly) {
            now += Duration::HOUR;
        }
        let mut due = self.store.list_due_deletions(now, limit).await?;
        match self.defect {
            Defect::DueInAnyOrder => due.reverse(),
            Defect::DeletesTwice => due.extend(due.clone()),
            Defect::CountsNoAttempts => due.iter_mut().for_each(|pending| pending.attempts = 0),
            _ => {}
        }
        Ok(due)
    }

    async fn postpone_deletion(
        &self,
        identity: &Identity,
        not_before: OffsetDateTime,
    ) -> Result<bool> {
        self.store.postpone_deletion(identity, not_before).await
    }

    async fn confirm_deletion(&self, identity: &Identity) -> Result<bool> {
        self.store.confirm_deletion(identity).await
    }
}
