//! What goes into a room and what comes out.

use std::borrow::Cow;
use std::time::Instant;

use bytes::Bytes;
use time::OffsetDateTime;
use vnet_core::Secret;
use vnet_core::conference::{ConferenceEvent, Gone};
use vnet_core::id::UserId;

use crate::ids::{ConnId, ParticipantId};
use crate::media::{PeerStatistics, Route, Transmit};
use crate::stage::LocalCandidate;
use crate::ticket::Claims;
use crate::wire::{CloseCode, Join, Request, Resume};

/// The time: for measuring, and for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Never goes back.
    pub now: Instant,
    /// The date and time, UTC.
    pub utc: OffsetDateTime,
}

impl Moment {
    /// Milliseconds since 1970 (UTC).
    #[must_use]
    pub fn millis(self) -> i64 {
        let nanos = self.utc.unix_timestamp_nanos();
        i64::try_from(nanos.div_euclid(1_000_000)).unwrap_or(i64::MAX)
    }
}

/// What happens to a room.
#[derive(Debug)]
pub enum RoomInput<'a> {
    /// A connection shows a ticket that was found good and for this meeting.
    Join {
        /// Which connection.
        conn: ConnId,
        /// What the ticket says.
        claims: Claims,
        /// Fresh and random, made outside.
        session: Secret,
        /// The number of the request.
        request_id: Option<u32>,
        /// The request.
        join: Join,
    },
    /// A connection goes on for a lost one.
    Resume {
        /// Which connection.
        conn: ConnId,
        /// Whose it is, where that is known.
        user: Option<UserId>,
        /// The number of the request.
        request_id: Option<u32>,
        /// The request.
        resume: Resume,
    },
    /// A later message of a connection.
    Message {
        /// Which connection.
        conn: ConnId,
        /// What it says.
        request: Request,
    },
    /// A connection is over. Unknown ones are ignored: the room has closed them itself.
    Gone {
        /// Which connection.
        conn: ConnId,
        /// Why.
        why: Gone,
    },
    /// A packet arrived that is this participant's: by its ufrag, or by where it comes from.
    Packet {
        /// Whose.
        participant: ParticipantId,
        /// The way it came.
        route: Route,
        /// The packet.
        contents: &'a [u8],
    },
    /// [`Room::deadline`](super::Room::deadline) was reached.
    Timeout,
    /// At most so many bits a second may be sent to each participant from now on.
    Share(u64),
    /// Browsers are told from now on that media is reached here.
    ReachedAt(&'a [LocalCandidate]),
    /// The server shuts down: everybody is told, and the room ends.
    Stop,
}

/// What a room wants done.
#[derive(Clone, Debug)]
pub enum RoomOutput {
    /// Send a packet.
    Transmit(Transmit),
    /// Send a text. Serialised once for all who get the same.
    Send {
        /// To which connection.
        conn: ConnId,
        /// JSON.
        text: Bytes,
    },
    /// End a connection after what was sent on it; the room knows nothing of it any more.
    Close {
        /// Which connection.
        conn: ConnId,
        /// The close code.
        code: CloseCode,
        /// The reason, for people; at most 123 bytes.
        reason: Cow<'static, str>,
    },
    /// From now on packets with this ufrag are this participant's, and those with its older one are
    /// nobody's.
    Ufrag {
        /// Whose.
        participant: ParticipantId,
        /// Our ICE user-name fragment.
        ufrag: String,
    },
    /// Packets that come this way are this participant's: a packet with its ufrag was authentic.
    Authentic {
        /// Whose.
        participant: ParticipantId,
        /// The way.
        route: Route,
    },
    /// Nothing more is this participant's: neither ufrags nor ways.
    Forget {
        /// Whose.
        participant: ParticipantId,
    },
    /// For whoever watches meetings.
    Event(ConferenceEvent),
    /// It is over: the room may be dropped. The last output.
    Ended,
}

/// The figures of one room.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RoomStatistics {
    /// People in the meeting, those with a lost connection included.
    pub participants: usize,
    /// Of them those whose connection is lost.
    pub disconnected: usize,
    /// People in the lobby.
    pub waiting: usize,
    /// Of the participants those who publish.
    pub publishers: usize,
    /// Published sources.
    pub tracks: usize,
    /// Numbered events so far.
    pub events: u64,
    /// Requests refused so far.
    pub refused: u64,
    /// Everybody's media.
    pub peers: Vec<PeerStatistics>,
}
