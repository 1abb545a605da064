//! What the server says.

use bytes::Bytes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vnet_core::Secret;

use crate::ids::{ParticipantId, TrackId};
use crate::wire::error::ErrorCode;
use crate::wire::model::{
    ChatLine, Kind, Leave, MeetingState, Participant, Quality, SlotState, Speaking, Track, Waiting,
};

/// A receive-only media section of the offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Slot {
    /// Its `a=mid`.
    pub mid: String,
    /// What can play there.
    pub kind: Kind,
}

/// Everything about the meeting that a newcomer, or a resuming browser that missed too much, needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Snapshot {
    /// The number of the last event that this contains.
    pub event: u64,
    /// The meeting itself.
    pub meeting: MeetingState,
    /// Everybody, oneself included.
    pub participants: Vec<Participant>,
    /// Everything published, one's own included.
    pub tracks: Vec<Track>,
    /// What was written to all, or to or by oneself, oldest first; at most the last hundred.
    pub chat: Vec<ChatLine>,
    /// Who waits in the lobby; empty for guests.
    pub waiting: Vec<Waiting>,
}

/// The answer to `join`: one is in.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Welcome {
    /// Repeats the request's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u32>,
    /// The version of this protocol that is spoken.
    pub version: u32,
    /// One's own number.
    pub you: ParticipantId,
    /// Shown by `resume` after a lost connection: a secret.
    #[serde(with = "crate::wire::secret")]
    #[schemars(with = "String")]
    pub session: Secret,
    /// How long a lost connection may take to come back, in seconds.
    pub resume_within: u32,
    /// The answer (SDP) to the offer.
    pub answer: String,
    /// The slots of the offer.
    pub slots: Vec<Slot>,
    /// The state of everything.
    pub snapshot: Snapshot,
}

/// Something that happened in the meeting. Events are numbered; a resuming browser gets those it
/// missed, once and in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum MeetingEvent {
    /// Somebody entered.
    Joined {
        /// Who.
        participant: Participant,
    },
    /// Somebody changed: hand, role, connection.
    Changed {
        /// As they are now.
        participant: Participant,
    },
    /// Somebody is gone, and their tracks with them.
    Left {
        /// Who.
        participant: ParticipantId,
        /// Why.
        reason: Leave,
    },
    /// A source was published.
    TrackAdded {
        /// The track.
        track: Track,
    },
    /// A track fell silent or sends again.
    TrackChanged {
        /// As it is now.
        track: Track,
        /// The host who muted it; its owner should stop sending.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<ParticipantId>,
    },
    /// A source is no longer published.
    TrackRemoved {
        /// The track.
        track: TrackId,
    },
    /// Somebody wrote.
    Chat {
        /// What.
        line: ChatLine,
    },
    /// Somebody shows a reaction.
    Reaction {
        /// Who.
        participant: ParticipantId,
        /// One emoji.
        emoji: String,
    },
    /// The meeting was locked, unlocked, or its lobby switched.
    MeetingChanged {
        /// As it is now.
        meeting: MeetingState,
    },
    /// To hosts: somebody waits in the lobby.
    WaitingAdded {
        /// Who.
        waiting: Waiting,
    },
    /// To hosts: somebody no longer waits.
    WaitingRemoved {
        /// Who.
        participant: ParticipantId,
    },
}

/// A numbered event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Numbered {
    /// Its number: larger than that of every event before it.
    pub event: u64,
    /// What happened.
    #[serde(flatten)]
    pub what: MeetingEvent,
}

/// Which simulcast layers of a track somebody wants, so that its publisher encodes no others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Encode {
    /// One's own track.
    pub track: TrackId,
    /// The `a=rid` of the wanted layers; for a track without layers the one empty name. An empty list:
    /// nobody wants anything of it.
    pub layers: Vec<String>,
}

/// What the server says.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// One is in.
    Welcome(Box<Welcome>),
    /// One waits in the lobby until a host lets one in: then comes `welcome`.
    Waiting {
        /// Repeats the request's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<u32>,
        /// One's own number.
        you: ParticipantId,
    },
    /// The connection goes on. The missed events follow, or `snapshot` holds everything if there
    /// were too many. Then `slots`, `unplayable`, `encode`, `speakers` and `quality` are said anew.
    Resumed {
        /// Repeats the request's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<u32>,
        /// One's own number.
        you: ParticipantId,
        /// Everything, when the missed events are no longer known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        snapshot: Option<Box<Snapshot>>,
    },
    /// The answer to a new offer.
    Answer {
        /// Repeats the request's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<u32>,
        /// SDP.
        answer: String,
        /// All slots of the offer.
        slots: Vec<Slot>,
    },
    /// A request was carried out.
    Ok {
        /// Repeats the request's.
        id: u32,
        /// The track that `publish` made.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        track: Option<TrackId>,
    },
    /// A request was refused; nothing changed.
    Error {
        /// Repeats the request's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<u32>,
        /// What is wrong, for programs.
        code: ErrorCode,
        /// What is wrong and what would be right, for people.
        message: String,
    },
    /// Which track plays where has changed; only the slots that changed are named.
    Slots {
        /// The changed slots.
        slots: Vec<SlotState>,
    },
    /// Which of the wanted tracks this browser cannot play, because it does not know what they are
    /// encoded in; they are in no slot. All of them, in the place of those named before.
    Unplayable {
        /// Which.
        tracks: Vec<TrackId>,
    },
    /// Which of one's own layers are wanted has changed.
    Encode {
        /// Per track that changed.
        tracks: Vec<Encode>,
    },
    /// Who speaks now, loudest first; at most a few times a second, and only when it changed.
    Speakers {
        /// Who.
        speakers: Vec<Speaking>,
        /// Who holds the floor.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dominant: Option<ParticipantId>,
    },
    /// How well the connections of participants work; only those that changed.
    Quality {
        /// Who and how.
        participants: Vec<(ParticipantId, Quality)>,
    },
    /// The server gets no media any more: the browser should offer anew (ICE restart).
    MediaLost,
    /// No media has connected so far: something in between may block it. If that goes on, one is out
    /// (`no_media`).
    NoMedia {
        /// How long it may still take.
        seconds: u32,
    },
    /// Something happened in the meeting.
    #[serde(untagged)]
    Event(Numbered),
}

impl ServerMessage {
    /// The text that goes over the wire.
    ///
    /// # Panics
    /// Never: no message has a map with keys that are no strings, or anything that fails by itself.
    #[must_use]
    pub fn to_text(&self) -> Bytes {
        let text = serde_json::to_vec(self).expect("a message can be written as JSON");
        Bytes::from(text)
    }
}
