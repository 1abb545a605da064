//! What can be wrong with what a browser says, and why connections end.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is wrong, for programs. Names are part of the protocol and do not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorCode {
    /// No JSON, an unknown `type`, or a field that is missing or wrong.
    BadMessage,
    /// The first message must be `join` or `resume`, later ones must not.
    WrongState,
    /// This server speaks another version of the protocol.
    UnsupportedVersion,
    /// The ticket is not valid, expired, used already or another meeting's: ask for a new one.
    BadTicket,
    /// The ticket is somebody else's than who is signed in on this connection.
    Forbidden,
    /// The session is unknown or over: join anew.
    UnknownSession,
    /// The offer cannot be answered.
    BadOffer,
    /// No such media section in the offer, or it is not for sending this kind.
    BadMid,
    /// No such participant.
    NoSuchParticipant,
    /// No such track, or not one's own.
    NoSuchTrack,
    /// This source is published already.
    AlreadyPublished,
    /// Only a host may do that.
    NotHost,
    /// The meeting is locked.
    Locked,
    /// A host does not let one in.
    Denied,
    /// The meeting has as many people as it takes.
    MeetingFull,
    /// The server has as many meetings or carries as much as it takes.
    ServerFull,
    /// Too many publish, or too many tracks.
    TooManyTracks,
    /// A text is too long or empty.
    BadText,
    /// Too many messages.
    TooFast,
    /// No media connection came about in time.
    NoMedia,
    /// The server made a mistake; it is in its log.
    Internal,
}

impl ErrorCode {
    /// How a connection ends whose first message is refused with this.
    #[must_use]
    pub const fn closes_with(self) -> CloseCode {
        match self {
            Self::BadTicket | Self::Forbidden | Self::UnknownSession => CloseCode::Unauthorized,
            Self::Denied => CloseCode::Removed,
            Self::Locked | Self::MeetingFull | Self::ServerFull | Self::TooManyTracks => {
                CloseCode::Refused
            }
            Self::TooFast => CloseCode::TooFast,
            Self::NoMedia => CloseCode::NoMedia,
            Self::Internal => CloseCode::Failed,
            _ => CloseCode::BadMessage,
        }
    }
}

/// Why the server closes a connection: WebSocket close codes of the range for applications.
///
/// # Source
/// RFC 6455, section 7.4.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CloseCode {
    /// 1000: one left.
    Left,
    /// 1001: the server shuts down: join anew in a moment.
    GoingAway,
    /// 4400: what was sent is hopeless.
    BadMessage,
    /// 4401: no valid ticket or session: ask for a new ticket and join anew.
    Unauthorized,
    /// 4403: removed by a host, or not let in: do not come back by oneself.
    Removed,
    /// 4408: the first message or the reading of ours took too long.
    Timeout,
    /// 4409: this participant goes on over another connection.
    Replaced,
    /// 4410: the meeting was ended.
    Ended,
    /// 4412: no media connection came about in time.
    NoMedia,
    /// 4423: the meeting is locked or full.
    Refused,
    /// 4429: too many messages.
    TooFast,
    /// 4500: the server could not go on with this participant: join anew.
    Failed,
}

impl CloseCode {
    /// Every one there is, for documentation and tests.
    pub const ALL: [Self; 12] = [
        Self::Left,
        Self::GoingAway,
        Self::BadMessage,
        Self::Unauthorized,
        Self::Removed,
        Self::Timeout,
        Self::Replaced,
        Self::Ended,
        Self::NoMedia,
        Self::Refused,
        Self::TooFast,
        Self::Failed,
    ];

    /// The number on the wire.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Left => 1000,
            Self::GoingAway => 1001,
            Self::BadMessage => 4400,
            Self::Unauthorized => 4401,
            Self::Removed => 4403,
            Self::Timeout => 4408,
            Self::Replaced => 4409,
            Self::Ended => 4410,
            Self::NoMedia => 4412,
            Self::Refused => 4423,
            Self::TooFast => 4429,
            Self::Failed => 4500,
        }
    }
}
