//! What happens in a meeting, for an embedder that wants to know.

use std::fmt;

use auto_impl::auto_impl;
use serde::Serialize;
use time::OffsetDateTime;

use crate::conference::Role;
use crate::id::UserId;
use crate::meeting::MeetingId;

/// Somebody in a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attendee {
    /// Their number in this meeting, new for each entry.
    pub participant: u32,
    /// The account.
    pub user_id: UserId,
    /// The name others see.
    pub display_name: String,
    /// What this person may do.
    pub role: Role,
}

/// Why somebody is no longer in a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LeaveReason {
    /// They left.
    Left,
    /// Their connection was lost and did not come back in time.
    Lost,
    /// A host removed them.
    Removed,
    /// Their session ended.
    SessionEnded,
    /// The meeting was ended.
    Ended,
    /// The server could not go on with them: their media broke, or they sent too much.
    Failed,
}

/// Something that happened in a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConferenceEvent {
    /// The first person entered.
    Started {
        /// The meeting.
        meeting: MeetingId,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// Somebody entered; who waits in the lobby has not.
    Joined {
        /// The meeting.
        meeting: MeetingId,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
        /// Who.
        attendee: Attendee,
    },
    /// Somebody who had entered is gone.
    Left {
        /// The meeting.
        meeting: MeetingId,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
        /// Who.
        attendee: Attendee,
        /// Why.
        reason: LeaveReason,
    },
    /// The last person is gone, or a host ended the meeting.
    Ended {
        /// The meeting.
        meeting: MeetingId,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
}

/// Hears what happens in meetings.
///
/// # Contract
/// Called in order, on a thread that carries media: it returns at once and never waits. Put the event
/// into a channel to do more with it.
#[cfg_attr(any(test, feature = "testkit"), mockall::automock)]
#[auto_impl(&, Arc, Box)]
pub trait ConferenceObserver: fmt::Debug + Send + Sync + 'static {
    /// `event` has happened.
    fn observe(&self, event: &ConferenceEvent);
}
