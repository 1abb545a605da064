//! What a room asks of its media, and what it hears from it: the seam between who is there
//! and what flows. `Stage` carries real media; tests of rooms use a mock.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::ids::{ParticipantId, TrackId};
use crate::stage::LocalCandidate;
use crate::wire::{Encode, ErrorCode, Publish, Quality, Slot, SlotState, Speaking, Want};

/// How packets travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// One datagram a packet.
    Udp,
    /// ICE-TCP, passive (RFC 6544); framing (RFC 4571) is the driver's.
    Tcp,
}

/// Where a packet comes from or goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Route {
    /// How.
    pub transport: Transport,
    /// Our address: that of a socket, as a candidate of ours names it.
    pub local: SocketAddr,
    /// The browser's address.
    pub remote: SocketAddr,
}

/// A packet to send.
#[derive(Clone, Debug)]
pub struct Transmit {
    /// Where.
    pub route: Route,
    /// What.
    pub contents: Bytes,
}

/// An answer to an offer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The SDP.
    pub sdp: String,
    /// The slots that the offer holds, in order.
    pub slots: Vec<Slot>,
    /// The ICE user-name fragment that packets of this participant's checks carry for us: whole-server
    /// unique, new after an ICE restart.
    pub ufrag: String,
}

/// Why the media of a participant does not do something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct MediaError {
    /// For programs.
    pub code: ErrorCode,
    /// For people: what is wrong, and what would be right.
    pub message: String,
}

/// What media has to say.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum MediaOutput {
    /// A packet to send.
    Transmit(Transmit),
    /// A participant's media connection works, for the first time or again.
    Connected(ParticipantId),
    /// Nothing arrives from a participant any more; it may come back.
    Lost(ParticipantId),
    /// A participant's media is beyond help (a panic, a protocol error): it was dropped.
    Failed(ParticipantId),
    /// Which track plays where for a participant has changed.
    Slots(ParticipantId, Vec<SlotState>),
    /// Whether a participant can play a track that it wants: its browser does not know what the track
    /// is encoded in, so it is in no slot, or now it does. Playable is what nothing was said about.
    Playable {
        /// Who wants it.
        participant: ParticipantId,
        /// What.
        track: TrackId,
        /// Whether it can be played.
        playable: bool,
    },
    /// Which layers a publisher should encode has changed.
    Encode(ParticipantId, Encode),
    /// Who speaks has changed.
    Speakers {
        /// Loudest first.
        speakers: Vec<Speaking>,
        /// Who holds the floor.
        dominant: Option<ParticipantId>,
    },
    /// How well a connection works has changed.
    Quality(ParticipantId, Quality),
}

/// The media of one room. After every call, [`poll`](Self::poll) until it gives nothing.
#[cfg_attr(test, mockall::automock)]
pub trait Media {
    /// A newcomer's offer is answered; its slots are empty until tracks are published and wanted.
    ///
    /// # Errors
    /// `BadOffer`, `ServerFull`.
    fn connect(
        &mut self,
        participant: ParticipantId,
        offer: &str,
        now: Instant,
    ) -> Result<Answer, MediaError>;

    /// A new offer of somebody connected: ICE restart, more slots.
    ///
    /// # Errors
    /// `BadOffer`; the old connection goes on.
    fn renegotiate(
        &mut self,
        participant: ParticipantId,
        offer: &str,
        now: Instant,
    ) -> Result<Answer, MediaError>;

    /// Ends a participant's media, and the tracks it published. Unknown ones are ignored.
    fn disconnect(&mut self, participant: ParticipantId, now: Instant);

    /// A participant sends `publish.source` in a media section of its offer, known as `track`.
    ///
    /// # Errors
    /// `BadMid`, `AlreadyPublished`, `TooManyTracks`.
    fn publish(
        &mut self,
        participant: ParticipantId,
        track: TrackId,
        publish: &Publish,
        now: Instant,
    ) -> Result<(), MediaError>;

    /// Takes a track back. Unknown ones are ignored.
    fn unpublish(&mut self, track: TrackId, now: Instant);

    /// While a track is muted nothing of it is forwarded and its slots are kept.
    fn set_muted(&mut self, track: TrackId, muted: bool, now: Instant);

    /// Whether and how a participant wants a track. Unknown tracks are ignored: they may just be gone.
    fn want(&mut self, participant: ParticipantId, want: Want, now: Instant);

    /// All slots of a participant, the unchanged too: for one that resumes.
    fn slots(&self, participant: ParticipantId) -> Vec<SlotState>;

    /// The wanted layers of all tracks of a participant: for one that resumes.
    fn encodes(&self, participant: ParticipantId) -> Vec<Encode>;

    /// A packet of a participant arrived. Returns whether it was authentic in the sense of ICE, so that
    /// the driver may send what comes from there to this participant without looking again.
    fn receive(
        &mut self,
        participant: ParticipantId,
        route: Route,
        contents: &[u8],
        now: Instant,
    ) -> bool;

    /// Time has passed: [`deadline`](Self::deadline) was reached.
    fn timeout(&mut self, now: Instant);

    /// When [`timeout`](Self::timeout) is due.
    fn deadline(&self) -> Option<Instant>;

    /// What there is to say, in order.
    fn poll(&mut self) -> Option<MediaOutput>;

    /// What everybody here has to be sent and could use.
    fn needs(&self) -> Vec<Need>;

    /// From now on at most so many bits a second are sent to each participant: the server has no more.
    fn share(&mut self, each: u64, now: Instant);

    /// From now on those who come, and those who offer anew, are told that we are reached here.
    fn reached_at(&mut self, candidates: &[LocalCandidate]);

    /// The figures of everybody's media since the last call.
    fn statistics(&mut self) -> Vec<PeerStatistics>;
}

/// What one participant needs of what the server can send, in bits a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Need {
    /// What is sent in any case: sound.
    pub least: u64,
    /// What would be sent if the participant's connection were the only bound.
    pub wish: u64,
}

/// How one participant's media fares.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PeerStatistics {
    /// Who; `None` only in `Default`.
    pub participant: Option<ParticipantId>,
    /// Bytes received and sent so far, everything included.
    pub bytes_in: u64,
    /// Bytes sent so far, everything included.
    pub bytes_out: u64,
    /// Media packets received so far.
    pub packets_in: u64,
    /// Media packets forwarded to them so far.
    pub packets_out: u64,
    /// Part of what they sent that was lost lately, 0 to 1.
    pub loss_in: Option<f32>,
    /// Part of what was sent to them that was lost lately, 0 to 1.
    pub loss_out: Option<f32>,
    /// Round trip.
    pub rtt: Option<Duration>,
    /// Jitter of what they send.
    pub jitter: Option<Duration>,
    /// What can be sent to them, bits a second, as estimated.
    pub estimate: Option<u64>,
    /// What they send, layer by layer.
    pub receiving: Vec<LayerStatistics>,
    /// What is sent to them, track by track: the layer that they get.
    pub sending: Vec<LayerStatistics>,
}

/// How one layer of a track fares on the way from its publisher, or to one who gets it.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerStatistics {
    /// The track.
    pub track: TrackId,
    /// The layer's `a=rid`; empty without layers.
    pub layer: String,
    /// Bits a second.
    pub bitrate: u64,
    /// Part of it that was lost lately, 0 to 1, as the last receiver report has it (RFC 3550, section
    /// 6.4.1). Unknown before the first.
    pub loss: Option<f32>,
}
