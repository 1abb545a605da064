//! What both directions speak of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{ParticipantId, TrackId};

/// What a track shows or lets hear.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Somebody's voice.
    Microphone,
    /// Somebody's picture.
    Camera,
    /// A shared screen.
    Screen,
    /// The sound of a shared screen.
    ScreenAudio,
}

/// Sound or picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Sound.
    Audio,
    /// Picture.
    Video,
}

impl Source {
    /// Whether it is heard or seen.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Microphone | Self::ScreenAudio => Kind::Audio,
            Self::Camera | Self::Screen => Kind::Video,
        }
    }
}

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the meeting.
    Host,
    /// Takes part in it.
    Guest,
}

impl From<vnet_core::conference::Role> for Role {
    fn from(role: vnet_core::conference::Role) -> Self {
        match role {
            vnet_core::conference::Role::Host => Self::Host,
            // Roles that this server does not know may do no more than a guest.
            _ => Self::Guest,
        }
    }
}

impl From<Role> for vnet_core::conference::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Host => Self::Host,
            Role::Guest => Self::Guest,
        }
    }
}

/// Somebody in the meeting, as all others see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Participant {
    /// Their number.
    pub id: ParticipantId,
    /// The account; two entries of one account (two devices) are two participants.
    pub user_id: Uuid,
    /// The name to show.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whether their hand is up.
    pub hand: bool,
    /// `false` while their signalling connection is lost and may still come back.
    pub connected: bool,
}

/// One published source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Track {
    /// Its number.
    pub id: TrackId,
    /// Who publishes it.
    pub participant: ParticipantId,
    /// What it is.
    pub source: Source,
    /// Published, but nothing is sent at the moment.
    pub muted: bool,
}

/// Which track plays in a slot of the receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SlotState {
    /// The receive-only media section of the offer that is the slot (`a=mid`).
    pub mid: String,
    /// The track that plays there now; `null`: none.
    pub track: Option<TrackId>,
    /// Nothing is sent although a track is assigned: there is not enough bandwidth for it.
    pub paused: bool,
}

/// How much a wanted track matters; under a narrow link the first gets its picture first.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// A tile among others.
    #[default]
    Tile,
    /// Who is speaking.
    Speaker,
    /// What the viewer chose to see large.
    Pinned,
}

/// Whether a receiver wants a track and how large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Want {
    /// The track.
    pub track: TrackId,
    /// `false`: do not send it (it is not shown, or comes another way).
    pub on: bool,
    /// How wide it is shown, in physical pixels; without it the largest is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// How much it matters.
    #[serde(default)]
    pub priority: Priority,
}

/// A line of chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChatLine {
    /// Who wrote it.
    pub from: ParticipantId,
    /// Their name when they wrote it.
    pub name: String,
    /// Only to this participant; to all without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<ParticipantId>,
    /// The text, as it was written.
    pub text: String,
    /// When: milliseconds since 1970 (UTC).
    pub at: i64,
}

/// The state of the meeting itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MeetingState {
    /// Nobody new comes in, except hosts. Who was in before and was not removed is not new.
    pub locked: bool,
    /// Who is new waits until a host lets them in, except hosts.
    pub lobby: bool,
    /// When the first person entered: milliseconds since 1970 (UTC).
    pub started_at: i64,
}

/// Somebody waiting in the lobby, as hosts see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Waiting {
    /// The number they will have.
    pub id: ParticipantId,
    /// The account.
    pub user_id: Uuid,
    /// The name to show.
    pub name: String,
}

/// Who is heard, loudest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Speaking {
    /// Who.
    pub participant: ParticipantId,
    /// How loud: 0 (silent) to 127 (full scale), smoothed.
    pub level: u8,
}

/// How well somebody's connection works.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// Nothing arrives.
    Lost,
    /// Much is lost or late.
    Poor,
    /// Some is lost.
    Fair,
    /// As it should be.
    Good,
}

/// Why somebody is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Leave {
    /// They left.
    Left,
    /// Their connection was lost for too long.
    Lost,
    /// A host removed them.
    Removed,
    /// They signed out.
    SessionEnded,
    /// The meeting was ended.
    Ended,
    /// The server could not go on with them: their media broke, or they sent too much.
    Failed,
}
