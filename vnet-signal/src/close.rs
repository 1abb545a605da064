//! Why the server closes a connection, as the client reads it.

use std::fmt;

/// Why the server closes a connection: a close code and a reason for each.
///
/// # Source
/// RFC 6455, section 7.4: 1001 to 1013 are registered, 4000 to 4999 are the application's own.
/// Where it can, the second half of a code of ours is the HTTP status that means the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Close {
    /// 1001: the server shuts down; connect again in a moment.
    ShuttingDown,
    /// 1002: what was sent is no WebSocket protocol.
    ProtocolError,
    /// 1003: a binary frame was sent; all messages are text.
    Binary,
    /// 1007: a text frame was not UTF-8.
    InvalidUtf8,
    /// 1009: a message was larger than the server takes.
    TooLarge,
    /// 1013: the rooms are out of reach; try again later.
    Unavailable,
    /// 4400: the first message is not one that a conversation begins with.
    BadMessage,
    /// 4401: the session ended, by sign-out or otherwise; sign in again.
    SessionEnded,
    /// 4408: a ping was not answered in time, or what was written was not taken in time.
    Unresponsive,
    /// 4409: the room has two peers already.
    RoomFull,
    /// 4410: messages for this peer piled up because it did not read.
    TooSlow,
    /// 4411: the connection reached its longest life; connect again.
    TooOld,
    /// 4429: the peer went on sending faster than allowed.
    RateExceeded,
}

impl Close {
    /// Every one there is, for documentation and tests.
    pub const ALL: [Self; 13] = [
        Self::ShuttingDown,
        Self::ProtocolError,
        Self::Binary,
        Self::InvalidUtf8,
        Self::TooLarge,
        Self::Unavailable,
        Self::BadMessage,
        Self::SessionEnded,
        Self::Unresponsive,
        Self::RoomFull,
        Self::TooSlow,
        Self::TooOld,
        Self::RateExceeded,
    ];

    /// The close code.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::ShuttingDown => 1001,
            Self::ProtocolError => 1002,
            Self::Binary => 1003,
            Self::InvalidUtf8 => 1007,
            Self::TooLarge => 1009,
            Self::Unavailable => 1013,
            Self::BadMessage => 4400,
            Self::SessionEnded => 4401,
            Self::Unresponsive => 4408,
            Self::RoomFull => 4409,
            Self::TooSlow => 4410,
            Self::TooOld => 4411,
            Self::RateExceeded => 4429,
        }
    }

    /// The reason sent along, at most 123 bytes (RFC 6455, section 5.5).
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::ShuttingDown => "the server shuts down",
            Self::ProtocolError => "not the WebSocket protocol",
            Self::Binary => "messages are text frames with JSON",
            Self::InvalidUtf8 => "a text frame must be UTF-8",
            Self::TooLarge => "the message is too large",
            Self::Unavailable => "the rooms are out of reach, try again later",
            Self::BadMessage => "no conversation begins like this",
            Self::SessionEnded => "the session ended, sign in again",
            Self::Unresponsive => "no answer in time",
            Self::RoomFull => "the room is full: it already has two peers",
            Self::TooSlow => "messages were not read in time",
            Self::TooOld => "the connection reached its longest life, connect again",
            Self::RateExceeded => "too many messages",
        }
    }
}

impl fmt::Display for Close {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code(), self.reason())
    }
}

#[cfg(test)]
mod tests {
    use super::Close;
    use std::collections::HashSet;

    #[test]
    fn every_code_is_its_own_and_every_reason_fits() {
        let codes: HashSet<u16> = Close::ALL.iter().map(|close| close.code()).collect();
        assert_eq!(codes.len(), Close::ALL.len());
        for close in Close::ALL {
            assert!((1..=123).contains(&close.reason().len()), "{close}");
            assert!(matches!(close.code(), 1001..=1013 | 4000..=4999), "{close}");
        }
    }
}
