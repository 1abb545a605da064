//! The traits of everything that is kept.
//!
//! Every adapter runs the contracts of `vnet_core::testkit`; the memory adapters in
//! [`crate::memory`] are the contracts in code. What holds for all of them:
//!
//! - A write that returned `Ok` is there for every later read, on every clone and handle.
//! - Uniqueness is decided by the store, atomically, and reported as `AlreadyExists` with the field.
//! - A miss is `None` or `false`, not an error.
//! - Times are kept to the microsecond, rounded towards the past.

use std::fmt;

use async_trait::async_trait;
use auto_impl::auto_impl;
use time::OffsetDateTime;

use crate::error::Result;
use crate::help::{Article, ArticleDraft, ArticleId, HelpQuery};
use crate::id::{AvatarId, Cursor, Page, Revision, SessionId, UserId};
use crate::identity::{AccessToken, Identity, IdentityRecord, PendingDeletion};
use crate::meeting::{Meeting, MeetingId, MeetingQuery};
use crate::password::PasswordHash;
use crate::session::{Session, SessionHash, SignedIn};
use crate::user::{Avatar, Credentials, Email, NewUser, User, Username};

/// Which users a page of a list holds, by when they joined, oldest first; by default the first
/// hundred of all.
#[derive(Clone, Debug)]
pub struct UserQuery {
    /// Only those whose username, e-mail, first, last or meeting name contains this, in any case.
    pub search: Option<String>,
    /// Where to go on; from the beginning if `None`.
    pub cursor: Option<Cursor>,
    /// How many at most; 1 to 1,000.
    pub limit: u32,
}

impl Default for UserQuery {
    fn default() -> Self {
        Self {
            search: None,
            cursor: None,
            limit: 100,
        }
    }
}

/// Keeps accounts, their password hashes and pictures.
#[cfg_attr(any(test, feature = "testkit"), mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait UserStore: fmt::Debug + Send + Sync + 'static {
    /// Adds an account, with revision 0.
    ///
    /// # Errors
    /// `AlreadyExists` with field `username` or `email` (both compared by `key()`), `username`
    /// first when both are taken; with field `id` if the id is. Nothing is overwritten.
    async fn insert_user(&self, new: NewUser) -> Result<User>;

    /// The account with this id.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn get_user(&self, id: &UserId) -> Result<Option<User>>;

    /// The account with this name, in any case.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn find_user(&self, username: &Username) -> Result<Option<User>>;

    /// The account with this e-mail, in any case.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn find_user_by_email(&self, email: &Email) -> Result<Option<User>>;

    /// The account with this name and its password hash.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn find_credentials(&self, username: &Username) -> Result<Option<Credentials>>;

    /// Changes the account to `user`, whose `revision` is the one that was read, and returns it with
    /// its new revision. `avatar`, `last_login`, `date_joined` and the hash are not touched.
    ///
    /// # Errors
    /// `Conflict`: it was changed meanwhile. `NotFound`: it is gone. `AlreadyExists`: field
    /// `username` or `email`.
    async fn update_user(&self, user: &User) -> Result<User>;

    /// Writes the moment of the last sign-in and nothing else; the revision stays. `false` if the
    /// account is gone.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn record_login(&self, id: &UserId, at: OffsetDateTime) -> Result<bool>;

    /// Sets the hash and raises the sessions epoch and the revision. `false` if the account is gone.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn set_password(&self, id: &UserId, hash: &PasswordHash) -> Result<bool>;

    /// Sets or removes the picture; the former one is dropped, the revision raised. `false` if the
    /// account is gone.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn set_avatar(&self, id: &UserId, avatar: Option<Avatar>) -> Result<bool>;

    /// The picture with this id.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn get_avatar(&self, id: &AvatarId) -> Result<Option<Avatar>>;

    /// Removes the account with its picture, sessions and the meetings it hosts, all at once. Its
    /// identity, if it has one, is moved to the pending deletions (due at `now`) in the same step.
    /// `false` if it was gone.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn remove_user(&self, id: &UserId, now: OffsetDateTime) -> Result<bool>;

    /// A page of accounts.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn list_users(&self, query: &UserQuery) -> Result<Page<User>>;
}

/// Keeps the sessions of signed-in browsers.
#[cfg_attr(any(test, feature = "testkit"), mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait SessionStore: fmt::Debug + Send + Sync + 'static {
    /// Adds a session. Never overwrites, so an id or hash cannot take over a session.
    ///
    /// # Errors
    /// `AlreadyExists` with field `id` or `hash`. `NotFound`: the user is gone.
    async fn insert_session(&self, session: &Session) -> Result<()>;

    /// The session with this hash and its account; `None` if it is unknown, expired at `now`, or
    /// its account is inactive. The hot path of every request: one point read.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn find_session(
        &self,
        hash: &SessionHash,
        now: OffsetDateTime,
    ) -> Result<Option<SignedIn>>;

    /// Whether the session is there, not expired at `now`, and its account active.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn is_live(&self, id: &SessionId, now: OffsetDateTime) -> Result<bool>;

    /// Writes that the session was used, and its new end. `false` if it is gone; a session that
    /// ended is never revived.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn touch_session(
        &self,
        id: &SessionId,
        seen_at: OffsetDateTime,
        expires_at: OffsetDateTime,
    ) -> Result<bool>;

    /// Ends a session. `false` if it was gone.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn remove_session(&self, id: &SessionId) -> Result<bool>;

    /// Ends all sessions of a user but `keep`, and returns which.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn remove_sessions(
        &self,
        user: &UserId,
        keep: Option<SessionId>,
    ) -> Result<Vec<SessionId>>;

    /// The sessions of a user that have not expired at `now`, newest first.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn list_sessions(&self, user: &UserId, now: OffsetDateTime) -> Result<Vec<Session>>;

    /// Drops what expired before `now` and says how many.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn remove_expired_sessions(&self, now: OffsetDateTime) -> Result<u64>;
}

/// Keeps who is who at the conference provider, and what is still to be deleted there.
#[cfg_attr(any(test, feature = "testkit"), mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait IdentityStore: fmt::Debug + Send + Sync + 'static {
    /// Adds the identity of a user.
    ///
    /// # Errors
    /// `AlreadyExists`: field `user` (it has one) or `identity` (another user's). `NotFound`: the
    /// user is gone.
    async fn insert_identity(&self, record: &IdentityRecord) -> Result<()>;

    /// The identity of a user.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn get_identity(&self, user: &UserId) -> Result<Option<IdentityRecord>>;

    /// Puts `record` in the place of the user's identity if that still is `expected`; the former
    /// one is forgotten, not queued for deletion. `false` if it is another one or gone.
    ///
    /// # Errors
    /// `AlreadyExists` with field `identity`: another user's.
    async fn replace_identity(&self, record: &IdentityRecord, expected: &Identity) -> Result<bool>;

    /// Keeps a new token if the user's identity still is `identity`. `false` otherwise.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn set_token(
        &self,
        user: &UserId,
        identity: &Identity,
        token: &AccessToken,
    ) -> Result<bool>;

    /// Active users with a session live at `now` whose token ends before `before`, or who have no
    /// token or no identity; who ends first comes first, who has none before all. At most `limit`.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn list_due_users(
        &self,
        now: OffsetDateTime,
        before: OffsetDateTime,
        limit: u32,
    ) -> Result<Vec<UserId>>;

    /// Queues an identity for deletion at the provider, due at `now`; idempotent.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn queue_deletion(&self, identity: &Identity, now: OffsetDateTime) -> Result<()>;

    /// Deletions that are due at `now`, longest due first. At most `limit`.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn list_due_deletions(
        &self,
        now: OffsetDateTime,
        limit: u32,
    ) -> Result<Vec<PendingDeletion>>;

    /// Counts a failed attempt and sets when to try next. `false` if it is not queued.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn postpone_deletion(
        &self,
        identity: &Identity,
        not_before: OffsetDateTime,
    ) -> Result<bool>;

    /// Forgets a deletion that the provider confirmed. `false` if it was not queued.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn confirm_deletion(&self, identity: &Identity) -> Result<bool>;
}

/// Keeps meetings.
#[cfg_attr(any(test, feature = "testkit"), mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait MeetingStore: fmt::Debug + Send + Sync + 'static {
    /// Adds a meeting, with revision 0.
    ///
    /// # Errors
    /// `AlreadyExists`: field `meeting_id` or `meeting_uuid`. `NotFound`: the host is gone.
    async fn insert_meeting(&self, meeting: &Meeting) -> Result<Meeting>;

    /// The meeting with this code.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn get_meeting(&self, id: &MeetingId) -> Result<Option<Meeting>>;

    /// Changes title, notes, start and end; `revision` is the one that was read. Returns the
    /// meeting with its new revision.
    ///
    /// # Errors
    /// `Conflict`: changed meanwhile. `NotFound`: gone.
    async fn update_meeting(&self, meeting: &Meeting) -> Result<Meeting>;

    /// Removes a meeting. `false` if it was gone.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn remove_meeting(&self, id: &MeetingId) -> Result<bool>;

    /// A page of meetings.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn list_meetings(&self, query: &MeetingQuery) -> Result<Page<Meeting>>;
}

/// Keeps help articles.
#[cfg_attr(any(test, feature = "testkit"), mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait HelpStore: fmt::Debug + Send + Sync + 'static {
    /// Adds the articles that come with the product, once in the life of the store: `false`, and
    /// nothing done, if it was called before, whatever became of the articles.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn seed_articles(&self, articles: &[ArticleDraft], now: OffsetDateTime) -> Result<bool>;

    /// Adds an article under the next number; a number is never given again.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn insert_article(&self, draft: &ArticleDraft, now: OffsetDateTime) -> Result<Article>;

    /// The article with this number.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn get_article(&self, id: ArticleId) -> Result<Option<Article>>;

    /// Changes an article; `expected` is the revision that was read.
    ///
    /// # Errors
    /// `Conflict`: changed meanwhile. `NotFound`: gone.
    async fn update_article(
        &self,
        id: ArticleId,
        draft: &ArticleDraft,
        expected: Revision,
        now: OffsetDateTime,
    ) -> Result<Article>;

    /// Removes an article. `false` if it was gone.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn remove_article(&self, id: ArticleId) -> Result<bool>;

    /// The articles that [`HelpQuery::matches`], by number.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the store.
    async fn search_articles(&self, query: &HelpQuery) -> Result<Vec<Article>>;
}

/// Everything that is kept, in one store.
pub trait Store: UserStore + SessionStore + IdentityStore + MeetingStore + HelpStore {}

impl<T> Store for T where T: UserStore + SessionStore + IdentityStore + MeetingStore + HelpStore {}
