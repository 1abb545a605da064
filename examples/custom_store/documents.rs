//! What stands in the file, and how it becomes what the traits speak of.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use vnet::core::help::{Article, ArticleDraft, ArticleId};
use vnet::core::id::{AvatarId, Revision, SessionId, UserId};
use vnet::core::identity::{AccessToken, Identity, IdentityRecord, PendingDeletion};
use vnet::core::meeting::{GroupId, Meeting, OPEN_END};
use vnet::core::password::PasswordHash;
use vnet::core::session::{Session, SessionHash};
use vnet::core::user::{Avatar, Credentials, User};
use vnet::{Error, Result, Secret};

/// A moment: microseconds since 1970, rounded towards the past as the traits demand.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Moment(i64);

impl From<OffsetDateTime> for Moment {
    fn from(time: OffsetDateTime) -> Self {
        let micros = time.unix_timestamp_nanos().div_euclid(1_000);
        Self(i64::try_from(micros).unwrap_or(i64::MAX))
    }
}

impl Moment {
    pub(crate) fn micros(self) -> i64 {
        self.0
    }

    pub(crate) fn time(self) -> Result<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000)
            .map_err(|source| damaged().with_source(source))
    }
}

/// The file says what VNET never wrote.
fn damaged() -> Error {
    Error::new(vnet::ErrorKind::Internal, "damaged", "the file is damaged")
}

/// An account with its password hash.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct UserDocument {
    pub(crate) id: UserId,
    pub(crate) username: String,
    pub(crate) email: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) meeting_name: String,
    pub(crate) avatar: Option<AvatarId>,
    pub(crate) is_staff: bool,
    pub(crate) is_active: bool,
    pub(crate) date_joined: Moment,
    pub(crate) last_login: Option<Moment>,
    pub(crate) sessions_epoch: u64,
    pub(crate) revision: Revision,
    pub(crate) password_hash: String,
}

impl UserDocument {
    pub(crate) fn new(user: &User, password_hash: &PasswordHash) -> Self {
        Self {
            id: user.id,
            username: user.username.to_string(),
            email: user.email.as_str().to_owned(),
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            meeting_name: user.meeting_name.clone(),
            avatar: user.avatar,
            is_staff: user.is_staff,
            is_active: user.is_active,
            date_joined: user.date_joined.into(),
            last_login: user.last_login.map(Moment::from),
            sessions_epoch: user.sessions_epoch,
            revision: user.revision,
            password_hash: password_hash.as_phc().to_owned(),
        }
    }

    pub(crate) fn user(&self) -> Result<User> {
        Ok(User {
            id: self.id,
            username: self.username.parse().map_err(|_wrong| damaged())?,
            email: self.email.parse().map_err(|_wrong| damaged())?,
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            meeting_name: self.meeting_name.clone(),
            avatar: self.avatar,
            is_staff: self.is_staff,
            is_active: self.is_active,
            date_joined: self.date_joined.time()?,
            last_login: self.last_login.map(Moment::time).transpose()?,
            sessions_epoch: self.sessions_epoch,
            revision: self.revision,
        })
    }

    pub(crate) fn credentials(&self) -> Result<Credentials> {
        Ok(Credentials {
            user: self.user()?,
            password_hash: PasswordHash::from_phc(self.password_hash.as_str())?,
        })
    }
}

/// A picture.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct AvatarDocument {
    pub(crate) id: AvatarId,
    mime: String,
    bytes: Vec<u8>,
}

impl From<Avatar> for AvatarDocument {
    fn from(avatar: Avatar) -> Self {
        Self {
            id: avatar.id,
            mime: avatar.mime,
            bytes: avatar.bytes,
        }
    }
}

impl From<&AvatarDocument> for Avatar {
    fn from(document: &AvatarDocument) -> Self {
        Self {
            id: document.id,
            mime: document.mime.clone(),
            bytes: document.bytes.clone(),
        }
    }
}

/// A session.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SessionDocument {
    pub(crate) id: SessionId,
    pub(crate) user_id: UserId,
    pub(crate) hash: [u8; 32],
    pub(crate) created_at: Moment,
    pub(crate) last_seen_at: Moment,
    pub(crate) expires_at: Moment,
    user_agent: String,
    address: String,
}

impl From<&Session> for SessionDocument {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id,
            user_id: session.user_id,
            hash: session.hash.0,
            created_at: session.created_at.into(),
            last_seen_at: session.last_seen_at.into(),
            expires_at: session.expires_at.into(),
            user_agent: session.user_agent.clone(),
            address: session.address.clone(),
        }
    }
}

impl SessionDocument {
    pub(crate) fn session(&self) -> Result<Session> {
        Ok(Session {
            id: self.id,
            user_id: self.user_id,
            hash: SessionHash(self.hash),
            created_at: self.created_at.time()?,
            last_seen_at: self.last_seen_at.time()?,
            expires_at: self.expires_at.time()?,
            user_agent: self.user_agent.clone(),
            address: self.address.clone(),
        })
    }
}

/// A token of a provider and when it ends.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct TokenDocument {
    token: String,
    pub(crate) expires_at: Moment,
}

impl From<&AccessToken> for TokenDocument {
    fn from(token: &AccessToken) -> Self {
        Self {
            token: token.token.expose().to_owned(),
            expires_at: token.expires_at.into(),
        }
    }
}

impl TokenDocument {
    fn token(&self) -> Result<AccessToken> {
        let token = Secret::from(self.token.as_str());
        Ok(AccessToken {
            token,
            expires_at: self.expires_at.time()?,
        })
    }
}

/// Who a user is at the provider.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct IdentityDocument {
    pub(crate) user_id: UserId,
    pub(crate) identity: Identity,
    pub(crate) token: Option<TokenDocument>,
}

impl From<&IdentityRecord> for IdentityDocument {
    fn from(record: &IdentityRecord) -> Self {
        Self {
            user_id: record.user_id,
            identity: record.identity.clone(),
            token: record.token.as_ref().map(TokenDocument::from),
        }
    }
}

impl IdentityDocument {
    pub(crate) fn record(&self) -> Result<IdentityRecord> {
        Ok(IdentityRecord {
            user_id: self.user_id,
            identity: self.identity.clone(),
            token: self.token.as_ref().map(TokenDocument::token).transpose()?,
        })
    }
}

/// An identity that is still to be deleted at the provider.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct DeletionDocument {
    pub(crate) identity: Identity,
    pub(crate) attempts: u32,
    pub(crate) not_before: Moment,
}

impl DeletionDocument {
    pub(crate) fn pending(&self) -> Result<PendingDeletion> {
        Ok(PendingDeletion {
            identity: self.identity.clone(),
            attempts: self.attempts,
            not_before: self.not_before.time()?,
        })
    }
}

/// A meeting.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct MeetingDocument {
    pub(crate) id: String,
    pub(crate) group_id: GroupId,
    pub(crate) host_id: UserId,
    pub(crate) title: String,
    pub(crate) notes: String,
    pub(crate) start_time: Moment,
    pub(crate) end_time: Option<Moment>,
    pub(crate) created_at: Moment,
    pub(crate) revision: Revision,
}

impl MeetingDocument {
    /// See [`Meeting::over_at`].
    pub(crate) fn over_at(&self) -> Result<OffsetDateTime> {
        match self.end_time {
            Some(end) => end.time(),
            None => Ok(self.start_time.time()? + OPEN_END),
        }
    }
}

impl From<&Meeting> for MeetingDocument {
    fn from(meeting: &Meeting) -> Self {
        Self {
            id: meeting.id.to_string(),
            group_id: meeting.group_id,
            host_id: meeting.host_id,
            title: meeting.title.clone(),
            notes: meeting.notes.clone(),
            start_time: meeting.start_time.into(),
            end_time: meeting.end_time.map(Moment::from),
            created_at: meeting.created_at.into(),
            revision: meeting.revision,
        }
    }
}

impl MeetingDocument {
    pub(crate) fn meeting(&self) -> Result<Meeting> {
        Ok(Meeting {
            id: self.id.parse().map_err(|_wrong| damaged())?,
            group_id: self.group_id,
            host_id: self.host_id,
            title: self.title.clone(),
            notes: self.notes.clone(),
            start_time: self.start_time.time()?,
            end_time: self.end_time.map(Moment::time).transpose()?,
            created_at: self.created_at.time()?,
            revision: self.revision,
        })
    }
}

/// A help article.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ArticleDocument {
    title: String,
    content: String,
    tags: Vec<String>,
    updated_at: Moment,
    pub(crate) revision: Revision,
}

impl ArticleDocument {
    pub(crate) fn new(draft: &ArticleDraft, now: OffsetDateTime, revision: Revision) -> Self {
        Self {
            title: draft.title.clone(),
            content: draft.content.clone(),
            tags: draft.tags.clone(),
            updated_at: now.into(),
            revision,
        }
    }

    pub(crate) fn article(&self, number: u64) -> Result<Article> {
        Ok(Article {
            id: ArticleId::new(number).ok_or_else(damaged)?,
            draft: ArticleDraft {
                title: self.title.clone(),
                content: self.content.clone(),
                tags: self.tags.clone(),
            },
            updated_at: self.updated_at.time()?,
            revision: self.revision,
        })
    }
}
