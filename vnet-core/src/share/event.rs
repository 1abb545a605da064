//! What the server says.

use std::sync::Arc;

use bytes::Bytes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::share::{DeviceId, LinkId, ShareCode, ShareErrorCode, ShareId, ShareReport, SignalData};

/// The bounds of the tree and of codes, as far as devices need them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShareBounds {
    /// To how many devices a sharer sends at most.
    pub children: u32,
    /// To how many devices a receiver sends on at most.
    pub relay_children: u32,
    /// Links between the sharer and the farthest receiver at most.
    pub depth: u32,
    /// How long a code is good.
    pub code_seconds: u32,
}

/// Somebody of the meeting who appears on the same network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NearbyDevice {
    /// Their number.
    pub device: DeviceId,
    /// The name to show.
    pub name: String,
}

/// What somebody nearby shares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NearbyShare {
    /// Its number.
    pub share: ShareId,
    /// Who shares.
    pub device: DeviceId,
    /// Their name.
    pub name: String,
    /// How many receive it.
    pub receivers: u32,
    /// Whether its sharer has let one's account in before: who asks is let in at once.
    pub known: bool,
}

/// A device in a share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShareMember {
    /// Its number.
    pub device: DeviceId,
    /// The name to show.
    pub name: String,
    /// Whether it is a second screen without an account.
    pub viewer: bool,
    /// The device that sends to it and makes the offer; `null` for the sharer.
    pub parent: Option<DeviceId>,
    /// The link to its parent; `null` for the sharer.
    pub link: Option<LinkId>,
    /// Links between it and the sharer; 0 is the sharer.
    pub depth: u32,
    /// Whether it can send on what it receives.
    pub can_relay: bool,
    /// The codecs that it can take and send on as they come.
    pub encoded: Vec<String>,
}

/// How somebody who asks found the share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AskedBy {
    /// By its code.
    Code,
    /// It is nearby.
    Nearby,
}

/// Why one no longer receives, or no longer asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EndedReason {
    /// The sharer stopped.
    Closed,
    /// The sharer is gone.
    Left,
    /// The sharer did not let one in.
    Refused,
    /// The sharer put one out.
    PutOut,
    /// There is no device left with room for one more.
    Full,
    /// No link worked.
    Unreachable,
    /// The sharer's session has ended.
    SessionEnded,
}

/// What the server says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ShareEvent {
    /// The first event.
    Welcome {
        /// The version of this protocol: 2.
        version: u32,
        /// One's own number.
        device: DeviceId,
        /// The bounds in force.
        limits: ShareBounds,
    },
    /// A request was carried out; comes after what it brought.
    Ok {
        /// Repeats the request's.
        id: u32,
    },
    /// A request was refused; nothing changed.
    Error {
        /// Repeats the request's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<u32>,
        /// What is wrong, for programs.
        code: ShareErrorCode,
        /// What is wrong, for people who write programs.
        message: String,
        /// With `too_many_tries`: seconds until codes are looked at again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u32>,
    },
    /// Who of the meeting is on the same network, without oneself: the whole list, at first and after each
    /// change.
    Nearby {
        /// The devices.
        devices: Vec<NearbyDevice>,
        /// What they share.
        shares: Vec<NearbyShare>,
    },
    /// One shares.
    Opened {
        /// One's own share.
        share: ShareId,
        /// The code to tell.
        code: ShareCode,
        /// Seconds until another code takes its place.
        expires_in: u32,
    },
    /// The share has another code: it was asked for, or the old one expired.
    Code {
        /// The code to tell.
        code: ShareCode,
        /// Seconds until another code takes its place.
        expires_in: u32,
    },
    /// To the sharer: somebody wants to receive.
    Asked {
        /// Who.
        device: DeviceId,
        /// Their name.
        name: String,
        /// How they found the share.
        by: AskedBy,
        /// Whether it is a second screen without an account.
        viewer: bool,
    },
    /// To the sharer: who asked is gone, or has been answered.
    AskedOff {
        /// Who.
        device: DeviceId,
    },
    /// Somebody nearby invites one to receive.
    Invited {
        /// What.
        share: ShareId,
        /// Who.
        device: DeviceId,
        /// Their name.
        name: String,
    },
    /// An invitation is void.
    InviteOff {
        /// What one was invited to.
        share: ShareId,
    },
    /// To the sharer: an invited device does not want to.
    Declined {
        /// Who.
        device: DeviceId,
        /// Their name.
        name: String,
    },
    /// One receives.
    Admitted {
        /// What.
        share: ShareId,
        /// Who shares.
        device: DeviceId,
        /// Their name.
        name: String,
    },
    /// To the sharer and all receivers: everybody in the share and who sends to whom, after each change.
    Members {
        /// Everybody; the sharer first.
        members: Arc<Vec<ShareMember>>,
    },
    /// Something from the device at the other end of a link.
    Signal {
        /// The device.
        from: DeviceId,
        /// The link between the two.
        link: LinkId,
        /// What it sent.
        data: SignalData,
    },
    /// To the sharer: what arrives at a receiver.
    Reported {
        /// Which.
        device: DeviceId,
        /// What it got so far.
        #[serde(flatten)]
        report: ShareReport,
    },
    /// One no longer receives, or no longer asks.
    Ended {
        /// Why.
        reason: EndedReason,
    },
}

impl ShareEvent {
    /// The refusal of the request with this number.
    #[must_use]
    pub fn error(id: Option<u32>, code: ShareErrorCode) -> Self {
        Self::Error {
            id,
            code,
            message: code.about().into(),
            retry_after: None,
        }
    }

    /// The text that goes over the wire.
    ///
    /// # Panics
    /// Never: no event has a map with keys that are no strings, or anything that fails by itself.
    #[must_use]
    pub fn to_text(&self) -> Bytes {
        let text = serde_json::to_vec(self).expect("an event can be written as JSON");
        Bytes::from(text)
    }
}
