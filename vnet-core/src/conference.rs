//! What a browser needs to enter a meeting, what happens in one, and the channel some media systems
//! talk with their browsers over.

use std::fmt;

use async_trait::async_trait;
use auto_impl::auto_impl;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::error::Result;
use crate::id::UserId;
use crate::identity::{AccessToken, Identity};
use crate::meeting::{GroupId, Meeting};
use crate::secret::Secret;

mod channel;
mod event;

pub use channel::{ConferenceSignalling, Gone, TextSocket};
pub use event::{Attendee, ConferenceEvent, ConferenceObserver, LeaveReason};

/// What somebody may do in a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// Scheduled the meeting.
    Host,
    /// Was invited to it.
    Guest,
}

/// Somebody about to enter a meeting.
#[derive(Clone, Debug)]
pub struct Participant {
    /// The account.
    pub user_id: UserId,
    /// The name others see.
    pub display_name: String,
    /// What this person may do.
    pub role: Role,
    /// The identity and a fresh token, for providers that ask for one.
    pub access: Option<(Identity, AccessToken)>,
}

/// What one browser needs to enter one meeting now, tagged with the provider.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "provider", rename_all = "snake_case")]
#[non_exhaustive]
pub enum JoinTicket {
    /// A group call of Azure Communication Services.
    Acs {
        /// The group call.
        group_id: GroupId,
        /// Who joins.
        user_id: Identity,
        /// The access token of `user_id`.
        #[serde(serialize_with = "expose")]
        token: Secret,
        /// When the token stops working.
        #[serde(with = "time::serde::rfc3339")]
        expires_on: OffsetDateTime,
        /// The name others see.
        display_name: String,
        /// What this person may do.
        role: Role,
    },
    /// A meeting on the embedded media server.
    Sfu {
        /// The WebSocket to connect to. A provider gives the path below the server's root
        /// (`/vnet/sfu/…/`); the HTTP layer makes it absolute before a browser sees it.
        url: String,
        /// What the first message on that socket shows: short-lived, for one entry.
        #[serde(serialize_with = "expose")]
        ticket: Secret,
        /// When the ticket stops working.
        #[serde(with = "time::serde::rfc3339")]
        expires_on: OffsetDateTime,
        /// Servers that help through firewalls, as `RTCPeerConnection` takes them.
        ice_servers: Vec<IceServer>,
        /// The name others see.
        display_name: String,
        /// What this person may do.
        role: Role,
    },
}

/// A STUN or TURN server and how to use it.
///
/// # Source
/// W3C WebRTC 1.0, dictionary `RTCIceServer`.
#[derive(Clone, Debug, Serialize)]
pub struct IceServer {
    /// `stun:`, `turn:` or `turns:` URLs of one server.
    pub urls: Vec<String>,
    /// The user name, for TURN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The password, for TURN.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "expose_some"
    )]
    pub credential: Option<Secret>,
}

fn expose_some<S: serde::Serializer>(
    secret: &Option<Secret>,
    to: S,
) -> std::result::Result<S::Ok, S::Error> {
    secret.as_ref().map(Secret::expose).serialize(to)
}

fn expose<S: serde::Serializer>(secret: &Secret, to: S) -> std::result::Result<S::Ok, S::Error> {
    to.serialize_str(secret.expose())
}

/// Lets people into meetings of one media system.
///
/// # Contract
/// A ticket is for one participant and one meeting and goes to that participant's browser only.
/// Asking twice gives two good tickets.
#[cfg_attr(any(test, feature = "testkit"), mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait ConferenceProvider: fmt::Debug + Send + Sync + 'static {
    /// Whether [`join`](Self::join) wants [`Participant::access`].
    fn needs_access(&self) -> bool;

    /// Everything a browser needs to enter `meeting` now.
    ///
    /// # Errors
    /// `InvalidInput`: `access` is needed and missing. `Unavailable`, `RateLimited`: the
    /// provider, for now.
    async fn join(&self, meeting: &Meeting, participant: &Participant) -> Result<JoinTicket>;
}
