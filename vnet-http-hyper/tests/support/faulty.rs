//! A store that breaks when told to.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use time::OffsetDateTime;
use vnet_core::help::{Article, ArticleDraft, ArticleId, HelpQuery};
use vnet_core::id::{AvatarId, Page, Revision, SessionId, UserId};
use vnet_core::identity::{AccessToken, Identity, IdentityRecord, PendingDeletion};
use vnet_core::meeting::{Meeting, MeetingId, MeetingQuery};
use vnet_core::memory::MemoryStore;
use vnet_core::password::PasswordHash;
use vnet_core::session::{Session, SessionHash, SignedIn};
use vnet_core::store::{
    HelpStore, IdentityStore, MeetingStore, SessionStore, UserQuery, UserStore,
};
use vnet_core::user::{Avatar, Credentials, Email, NewUser, User, Username};
use vnet_core::{Error, ErrorKind, Result, async_trait};

/// What only the operator may read.
pub(crate) const INTERNALS: &str = "disk-I/O-error-at-/srv/secret.db";

/// How it breaks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// It cannot do it now.
    Unavailable,
    /// It has a bug.
    Panic,
}

/// A memory store of which one method, or every one (`*`), breaks. Clones are the same store.
#[derive(Clone, Debug, Default)]
pub(crate) struct FaultyStore {
    inner: MemoryStore,
    broken: Arc<Mutex<Option<(&'static str, Fault)>>>,
    hits: Arc<AtomicUsize>,
}

impl FaultyStore {
    pub(crate) fn break_at(&self, method: &'static str, fault: Fault) {
        *self.broken.lock().unwrap() = Some((method, fault));
    }

    pub(crate) fn mend(&self) {
        *self.broken.lock().unwrap() = None;
    }

    /// How often something broke.
    pub(crate) fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }

    fn pass(&self, method: &str) -> Result<()> {
        let broken = *self.broken.lock().unwrap();
        match broken {
            Some((at, fault)) if at == method || at == "*" => {
                self.hits.fetch_add(1, Ordering::SeqCst);
                match fault {
                    Fault::Unavailable => {
                        let source = std::io::Error::other(INTERNALS);
                        Err(Error::new(ErrorKind::Unavailable, "store_away", INTERNALS)
                            .with_source(source))
                    }
                    // Without the message on the terminal that a hook would print.
                    Fault::Panic => std::panic::resume_unwind(Box::new(INTERNALS)),
                }
            }
            _ => Ok(()),
        }
    }
}

macro_rules! delegate {
    ($($store:ident { $($name:ident($($arg:ident: $type:ty),*) -> $out:ty;)* })*) => {
        /// The names of all methods.
        pub(crate) const METHODS: &[&str] = &[$($(stringify!($name)),*),*];

        $(
            #[async_trait]
            impl $store for FaultyStore {
                $(
                    async fn $name(&self, $($arg: $type),*) -> Result<$out> {
                        self.pass(stringify!($name))?;
                        $store::$name(&self.inner, $($arg),*).await
                    }
                )*
            }
        )*
    };
}

delegate! {
    UserStore {
        insert_user(new: NewUser) -> User;
        get_user(id: &UserId) -> Option<User>;
        find_user(username: &Username) -> Option<User>;
        find_user_by_email(email: &Email) -> Option<User>;
        find_credentials(username: &Username) -> Option<Credentials>;
        update_user(user: &User) -> User;
        record_login(id: &UserId, at: OffsetDateTime) -> bool;
        set_password(id: &UserId, hash: &PasswordHash) -> bool;
        set_avatar(id: &UserId, avatar: Option<Avatar>) -> bool;
        get_avatar(id: &AvatarId) -> Option<Avatar>;
        remove_user(id: &UserId, now: OffsetDateTime) -> bool;
        list_users(query: &UserQuery) -> Page<User>;
    }
    SessionStore {
        insert_session(session: &Session) -> ();
        find_session(hash: &SessionHash, now: OffsetDateTime) -> Option<SignedIn>;
        is_live(id: &SessionId, now: OffsetDateTime) -> bool;
        touch_session(id: &SessionId, seen_at: OffsetDateTime, expires_at: OffsetDateTime) -> bool;
        remove_session(id: &SessionId) -> bool;
        remove_sessions(user: &UserId, keep: Option<SessionId>) -> Vec<SessionId>;
        list_sessions(user: &UserId, now: OffsetDateTime) -> Vec<Session>;
        remove_expired_sessions(now: OffsetDateTime) -> u64;
    }
    IdentityStore {
        insert_identity(record: &IdentityRecord) -> ();
        get_identity(user: &UserId) -> Option<IdentityRecord>;
        replace_identity(record: &IdentityRecord, expected: &Identity) -> bool;
        set_token(user: &UserId, identity: &Identity, token: &AccessToken) -> bool;
        list_due_users(now: OffsetDateTime, before: OffsetDateTime, limit: u32) -> Vec<UserId>;
        queue_deletion(identity: &Identity, now: OffsetDateTime) -> ();
        list_due_deletions(now: OffsetDateTime, limit: u32) -> Vec<PendingDeletion>;
        postpone_deletion(identity: &Identity, not_before: OffsetDateTime) -> bool;
        confirm_deletion(identity: &Identity) -> bool;
    }
    MeetingStore {
        insert_meeting(meeting: &Meeting) -> Meeting;
        get_meeting(id: &MeetingId) -> Option<Meeting>;
        update_meeting(meeting: &Meeting) -> Meeting;
        remove_meeting(id: &MeetingId) -> bool;
        list_meetings(query: &MeetingQuery) -> Page<Meeting>;
    }
    HelpStore {
        seed_articles(articles: &[ArticleDraft], now: OffsetDateTime) -> bool;
        insert_article(draft: &ArticleDraft, now: OffsetDateTime) -> Article;
        get_article(id: ArticleId) -> Option<Article>;
        update_article(
            id: ArticleId,
            draft: &ArticleDraft,
            expected: Revision,
            now: OffsetDateTime
        ) -> Article;
        remove_article(id: ArticleId) -> bool;
        search_articles(query: &HelpQuery) -> Vec<Article>;
    }
}
