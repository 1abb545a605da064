//! Who is in a room, and who waits before it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::time::Instant;

use vnet_core::Secret;
use vnet_core::conference::Attendee;
use vnet_core::id::UserId;

use crate::ids::{ConnId, ParticipantId, TrackId};
use crate::media::MediaError;
use crate::rate::Pace;
use crate::ticket::Claims;
use crate::wire::{ErrorCode, Join, Participant, Quality, Role, Waiting};

/// Somebody in the meeting.
#[derive(Debug)]
pub(super) struct Person {
    /// As the others see them.
    pub(super) seen: Participant,
    /// Where they are spoken to; `None` while their connection is lost.
    pub(super) conn: Option<ConnId>,
    /// When they have left unless they come back.
    pub(super) gone_at: Option<Instant>,
    pub(super) session: Secret,
    /// The number of the last event before they came.
    pub(super) since: u64,
    pub(super) pace: Pace,
    pub(super) quality: Option<Quality>,
    /// Whether their media has come.
    pub(super) arrival: Arrival,
    /// Nothing arrives of their media.
    pub(super) media_lost: bool,
    /// What they want and cannot play.
    pub(super) unplayable: BTreeSet<TrackId>,
}

impl Person {
    pub(super) fn attendee(&self) -> Attendee {
        Attendee {
            participant: self.seen.id.0,
            user_id: UserId::from_uuid(self.seen.user_id),
            display_name: self.seen.name.clone(),
            role: self.seen.role.into(),
        }
    }

    pub(super) fn is_host(&self) -> bool {
        self.seen.role == Role::Host
    }
}

/// Whether somebody's media has connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// There is none.
    Unasked,
    /// Not yet.
    Awaited {
        /// When they are put out.
        until: Instant,
        /// When they are told so; `None` afterwards.
        warn: Option<Instant>,
    },
    /// It has, at least once.
    Came,
}

/// Somebody at the door, with all that is needed to let them in.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) id: ParticipantId,
    pub(super) conn: ConnId,
    pub(super) claims: Claims,
    pub(super) session: Secret,
    pub(super) request_id: Option<u32>,
    pub(super) join: Join,
    pub(super) pace: Pace,
}

impl Visitor {
    pub(super) fn seen(&self) -> Waiting {
        Waiting {
            id: self.id,
            user_id: *self.claims.user_id.as_uuid(),
            name: self.claims.name.clone(),
        }
    }

    pub(super) fn is_host(&self) -> bool {
        Role::from(self.claims.role) == Role::Host
    }
}

/// What a connection is to the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seat {
    In(ParticipantId),
    Waiting(ParticipantId),
}

/// Whether an account was in this meeting before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// They may come back, whatever is locked.
    Known,
    /// A host put them out or sent them away: they wait until a host lets them in.
    Removed,
}

/// A request that is not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: ErrorCode,
    pub(super) message: Cow<'static, str>,
}

impl From<MediaError> for Refusal {
    fn from(error: MediaError) -> Self {
        Self {
            code: error.code,
            message: error.message.into(),
        }
    }
}

pub(super) fn refuse(code: ErrorCode, message: &'static str) -> Refusal {
    let message = Cow::Borrowed(message);
    Refusal { code, message }
}

/// What a request that was carried out is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Ok,
    Track(TrackId),
    /// It was answered already, or nobody is there to answer.
    None,
}

pub(super) type Outcome<T = Reply> = Result<T, Refusal>;
