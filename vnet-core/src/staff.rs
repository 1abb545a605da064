//! What staff may do to accounts, meetings and articles.

use crate::accounts::SignUp;
use crate::error::{Error, ErrorKind, Result};
use crate::help::{Article, ArticleDraft, ArticleId, HelpQuery};
use crate::id::{Page, Revision, UserId};
use crate::meeting::{Meeting, MeetingId, MeetingQuery};
use crate::secret::Secret;
use crate::store::UserQuery;
use crate::user::User;
use crate::vnet::Vnet;

/// The view of an installation that staff has; see [`Vnet::staff`].
#[derive(Clone, Debug)]
pub struct Staff<'a> {
    vnet: &'a Vnet,
    actor: UserId,
}

impl Vnet {
    /// The staff's view, if `actor` is staff.
    ///
    /// # Errors
    /// `PermissionDenied` with code `not_staff`.
    pub fn staff(&self, actor: &User) -> Result<Staff<'_>> {
        if actor.is_staff && actor.is_active {
            Ok(Staff {
                vnet: self,
                actor: actor.id,
            })
        } else {
            let message = "this page is for the staff of this server";
            Err(Error::new(
                ErrorKind::PermissionDenied,
                "not_staff",
                message,
            ))
        }
    }
}

impl Staff<'_> {
    /// A page of accounts.
    ///
    /// # Errors
    /// `Unavailable`: the store.
    pub async fn users(&self, query: &UserQuery) -> Result<Page<User>> {
        self.vnet.store().list_users(query).await
    }

    /// Makes an account, whatever the sign-up policy is.
    ///
    /// # Errors
    /// `InvalidInput` with every wrong field. `Unavailable`: the store.
    pub async fn create_user(&self, form: &SignUp, is_staff: bool) -> Result<User> {
        let user = self.vnet.accounts().create_any(form, is_staff).await?;
        tracing::info!(actor.id = %self.actor, user.id = %user.id, "staff made an account");
        Ok(user)
    }

    /// Lets an account sign in or not; sessions and tokens of a deactivated one are over at once.
    ///
    /// # Errors
    /// `Conflict` with code `own_account`: nobody locks himself out. `NotFound`: gone.
    pub async fn set_active(&self, id: &UserId, active: bool) -> Result<User> {
        let user = self.change(id, |user| user.is_active = active).await?;
        if !active {
            self.vnet.accounts().end_all_sessions(id, None).await?;
        }
        Ok(user)
    }

    /// Makes an account staff, or takes that away.
    ///
    /// # Errors
    /// `Conflict` with code `own_account`. `NotFound`: gone.
    pub async fn set_staff(&self, id: &UserId, staff: bool) -> Result<User> {
        self.change(id, |user| user.is_staff = staff).await
    }

    /// Ends all sessions and tokens of an account, and says how many sessions.
    ///
    /// # Errors
    /// `Unavailable`: the store.
    pub async fn end_sessions(&self, id: &UserId) -> Result<usize> {
        let ended = self.vnet.accounts().end_all_sessions(id, None).await?;
        tracing::info!(actor.id = %self.actor, user.id = %id, sessions = ended, "staff ended sessions");
        Ok(ended)
    }

    /// Gives an account a new password.
    ///
    /// # Errors
    /// `InvalidInput`: the rules of passwords. `NotFound`: gone.
    pub async fn reset_password(&self, id: &UserId, password: Secret) -> Result<()> {
        tracing::info!(actor.id = %self.actor, user.id = %id, "staff sets a password");
        self.vnet.accounts().reset_password(id, password).await
    }

    /// Deletes an account. `false` if it was gone.
    ///
    /// # Errors
    /// `Conflict` with code `own_account`. `Unavailable`: the store.
    pub async fn delete_user(&self, id: &UserId) -> Result<bool> {
        self.refuse_self(id)?;
        tracing::info!(actor.id = %self.actor, user.id = %id, "staff deletes an account");
        self.vnet.accounts().delete(id).await
    }

    /// A page of meetings.
    ///
    /// # Errors
    /// `Unavailable`: the store.
    pub async fn meetings(&self, query: &MeetingQuery) -> Result<Page<Meeting>> {
        self.vnet.store().list_meetings(query).await
    }

    /// Deletes a meeting. `false` if it was gone.
    ///
    /// # Errors
    /// `Unavailable`: the store.
    pub async fn delete_meeting(&self, id: &MeetingId) -> Result<bool> {
        tracing::info!(actor.id = %self.actor, meeting.id = %id, "staff deletes a meeting");
        self.vnet.store().remove_meeting(id).await
    }

    /// The help articles, by number.
    ///
    /// # Errors
    /// `Unavailable`: the store.
    pub async fn articles(&self) -> Result<Vec<Article>> {
        self.vnet.search_help(&HelpQuery::default()).await
    }

    /// Adds a help article under the next number.
    ///
    /// # Errors
    /// `Unavailable`: the store.
    pub async fn create_article(&self, draft: &ArticleDraft) -> Result<Article> {
        let now = self.vnet.clock().now();
        let article = self.vnet.store().insert_article(draft, now).await?;
        tracing::info!(actor.id = %self.actor, article.id = %article.id, "staff wrote an article");
        Ok(article)
    }

    /// Changes a help article; `expected` is the revision that was read.
    ///
    /// # Errors
    /// `Conflict`: changed meanwhile. `NotFound`: gone. `Unavailable`: the store.
    pub async fn update_article(
        &self,
        id: ArticleId,
        draft: &ArticleDraft,
        expected: Revision,
    ) -> Result<Article> {
        let now = self.vnet.clock().now();
        let article = self
            .vnet
            .store()
            .update_article(id, draft, expected, now)
            .await?;
        tracing::info!(actor.id = %self.actor, article.id = %id, "staff changed an article");
        Ok(article)
    }

    /// Deletes a help article. `false` if it was gone.
    ///
    /// # Errors
    /// `Unavailable`: the store.
    pub async fn delete_article(&self, id: ArticleId) -> Result<bool> {
        tracing::info!(actor.id = %self.actor, article.id = %id, "staff deletes an article");
        self.vnet.store().remove_article(id).await
    }

    fn refuse_self(&self, id: &UserId) -> Result<()> {
        if *id == self.actor {
            let message = "staff cannot do this to its own account: ask a colleague";
            return Err(Error::new(ErrorKind::Conflict, "own_account", message));
        }
        Ok(())
    }

    async fn change(&self, id: &UserId, change: impl Fn(&mut User) + Send + Sync) -> Result<User> {
        self.refuse_self(id)?;
        loop {
            let mut user = self.vnet.accounts().get(id).await?;
            change(&mut user);
            match self.vnet.store().update_user(&user).await {
                Err(error) if error.code() == "stale" => {}
                changed => {
                    tracing::info!(actor.id = %self.actor, user.id = %id, "staff changed an account");
                    return changed;
                }
            }
        }
    }
}
