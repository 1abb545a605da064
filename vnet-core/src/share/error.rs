//! What can be wrong with what a device says.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is wrong, for programs. Names are part of the protocol and do not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ShareErrorCode {
    /// No JSON, an unknown `type`, or a field that is missing or wrong.
    BadMessage,
    /// The first message must be `hello`, later ones must not; or this device can not say that now.
    WrongState,
    /// This server speaks another version of the protocol.
    UnsupportedVersion,
    /// No share has this code now: it is wrong, expired, or another meeting's.
    UnknownCode,
    /// Too many wrong codes from this network: none is looked at until `retry_after` seconds have passed.
    TooManyTries,
    /// No such share, or none that this device may know of.
    UnknownShare,
    /// No such device, or none that this is about.
    NoSuchDevice,
    /// Only who shares may do that.
    NotSharer,
    /// The share has as many receivers, or as many who ask, as it takes.
    ShareFull,
    /// The server has as many shares, or this meeting or network as many devices, as it takes.
    ServerFull,
    /// Too many messages.
    TooFast,
    /// The device shares or receives already.
    Already,
    /// The name is empty, too long, or has line breaks.
    BadName,
}

impl ShareErrorCode {
    /// What is wrong, in words for people who write programs.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::BadMessage => "The message is not one of this protocol.",
            Self::WrongState => "This can not be said now.",
            Self::UnsupportedVersion => "This server speaks version 2 of the share protocol.",
            Self::UnknownCode => "No share has this code now.",
            Self::TooManyTries => "Too many wrong codes: wait before you try again.",
            Self::UnknownShare => "There is no such share here.",
            Self::NoSuchDevice => "There is no such device here.",
            Self::NotSharer => "Only who shares may do that.",
            Self::ShareFull => "The share has as many devices as it takes.",
            Self::ServerFull => "There are as many shares or devices as the server takes.",
            Self::TooFast => "Too many messages: slow down.",
            Self::Already => "This device shares or receives already: leave that first.",
            Self::BadName => "A name has 1 to 60 characters, on one line.",
        }
    }
}
