//! What a browser says.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vnet_core::Secret;

use crate::ids::{ParticipantId, TrackId};
use crate::wire::model::{Source, Want};

/// A message and the number its answer is to carry.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Request {
    /// Chosen by the browser; `ok`, `answer`, `welcome`, `resumed` and `error` repeat it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u32>,
    /// What is said.
    #[serde(flatten)]
    pub message: ClientMessage,
}

/// A source that will be sent in a media section of the offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Publish {
    /// What it is; each source once.
    pub source: Source,
    /// The media section of the offer (`a=mid`) it is sent in.
    pub mid: String,
    /// Published, but nothing is sent for now.
    #[serde(default)]
    pub muted: bool,
}

/// The first message of a new participant.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Join {
    /// The version of this protocol that the browser speaks: 1.
    pub version: u32,
    /// The ticket of the meeting's `join` call.
    #[serde(with = "crate::wire::secret")]
    #[schemars(with = "String")]
    pub ticket: Secret,
    /// The offer (SDP): send-only sections for what may be published, receive-only ones as slots.
    pub offer: String,
    /// What is published from the start.
    #[serde(default)]
    pub publish: Vec<Publish>,
    /// The `session` of an earlier entry that this one takes the place of: the page was loaded anew.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "crate::wire::some_secret"
    )]
    #[schemars(with = "Option<String>")]
    pub replaces: Option<Secret>,
}

/// The first message on a new connection of somebody whose old one was lost.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Resume {
    /// The version of this protocol that the browser speaks: 1.
    pub version: u32,
    /// The `session` of `welcome`.
    #[serde(with = "crate::wire::secret")]
    #[schemars(with = "String")]
    pub session: Secret,
    /// The `event` number of the last event that arrived.
    pub last_event: u64,
}

/// What a browser says.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// Enters the meeting; answered by `welcome`, or `waiting` and later `welcome`.
    Join(Join),
    /// Goes on after a lost connection; answered by `resumed` and the events that were missed.
    Resume(Resume),
    /// A new offer: after a network change (ICE restart) or with more slots; answered by `answer`.
    Offer {
        /// SDP.
        offer: String,
    },
    /// Publishes a source; answered by `ok`, everybody hears `track_added`.
    Publish(Publish),
    /// Takes a source back.
    Unpublish {
        /// One's own track.
        track: TrackId,
    },
    /// Says that a track sends nothing, or does again.
    Mute {
        /// One's own track.
        track: TrackId,
        /// Whether it is silent.
        muted: bool,
    },
    /// Says which tracks are shown and how large. Those not named stay as they are. At first all
    /// sound is wanted and no picture.
    Want {
        /// Per track.
        tracks: Vec<Want>,
    },
    /// Writes to all, or to one.
    Chat {
        /// The text.
        text: String,
        /// Only to this participant.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<ParticipantId>,
    },
    /// Raises or lowers one's hand; a host may lower somebody else's.
    Hand {
        /// Whether it is up.
        raised: bool,
        /// Whose; one's own without.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        participant: Option<ParticipantId>,
    },
    /// Shows a reaction to all for a moment.
    React {
        /// One emoji.
        emoji: String,
    },
    /// Host: stops somebody's track; its owner may start it again.
    MuteTrack {
        /// Whose track it is does not matter.
        track: TrackId,
    },
    /// Host: puts somebody out.
    Remove {
        /// Whom.
        participant: ParticipantId,
    },
    /// Host: locks or unlocks the meeting.
    Lock {
        /// Whether nobody new comes in.
        locked: bool,
    },
    /// Host: switches the lobby on or off; switching it off lets in those who wait.
    Lobby {
        /// Whether who comes waits.
        enabled: bool,
    },
    /// Host: lets somebody in.
    Admit {
        /// Who waits.
        participant: ParticipantId,
    },
    /// Host: sends somebody away.
    Deny {
        /// Who waits.
        participant: ParticipantId,
    },
    /// Host: makes somebody else the host and becomes a guest.
    HandOver {
        /// The new host.
        participant: ParticipantId,
    },
    /// Host: ends the meeting for all.
    End,
    /// Leaves.
    Leave,
}
