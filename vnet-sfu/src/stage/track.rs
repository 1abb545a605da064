//! A published source and the layers it comes in.

use std::time::{Duration, Instant};

use str0m::format::PayloadParams;
use str0m::media::{Mid, Pt, Rid};
use str0m::rtp::Ssrc;

use super::clock::LayerClock;
use super::encode::Told;
use super::keyframe::Asker;
use super::rate::{Bucket, Meter};
use super::speaker::Voice;
use crate::ids::{ParticipantId, TrackId};
use crate::wire::{Kind, Source};

/// A layer that has sent nothing for this long is not there, whoever wants it.
const SILENT: Duration = Duration::from_millis(1_500);

/// Where a track plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) peer: usize,
    pub(super) slot: usize,
}

/// One encoding of a track.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) rid: Option<Rid>,
    /// `rid` as the wire says it; empty without.
    pub(super) name: String,
    pub(super) meter: Meter,
    /// Bits a second when it was last measured.
    pub(super) known_rate: Option<u64>,
    /// Part that was lost on the way here, when it was last reported.
    pub(super) loss: Option<f32>,
    pub(super) seen: Option<Instant>,
    pub(super) width: Option<u32>,
    pub(super) asker: Asker,
    pub(super) clock: LayerClock,
    /// The stream that it last came in.
    pub(super) ssrc: Option<Ssrc>,
}

impl Layer {
    fn new(rid: Option<Rid>, now: Instant) -> Self {
        Self {
            rid,
            name: rid.map(|rid| rid.to_string()).unwrap_or_default(),
            meter: Meter::new(now),
            known_rate: None,
            loss: None,
            seen: None,
            width: None,
            asker: Asker::default(),
            clock: LayerClock::default(),
            ssrc: None,
        }
    }

    /// Whether packets of it come.
    pub(super) fn flows(&self, now: Instant) -> bool {
        self.seen
            .is_some_and(|seen| now.saturating_duration_since(seen) < SILENT)
    }
}

/// A published source.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) id: TrackId,
    pub(super) participant: ParticipantId,
    /// The publisher's peer.
    pub(super) peer: usize,
    pub(super) source: Source,
    pub(super) mid: Mid,
    pub(super) muted: bool,
    /// Smallest first.
    pub(super) layers: Vec<Layer>,
    /// What it is encoded in, as of its last packet, and the payload type of that packet, which is
    /// another than the codec's if it is wrapped (RED).
    pub(super) codec: Option<(Pt, PayloadParams)>,
    pub(super) places: Vec<Place>,
    pub(super) bucket: Bucket,
    pub(super) dropped: u64,
    /// Which layers the publisher was told to send.
    pub(super) told: Told,
    /// How loud it is, if it is sound.
    pub(super) voice: Voice,
}

impl Track {
    #[expect(
        clippy::too_many_arguments,
        reason = "all are independent facts, used once"
    )]
    pub(super) fn new(
        id: TrackId,
        participant: ParticipantId,
        peer: usize,
        source: Source,
        mid: Mid,
        rids: &[Rid],
        bitrate: u64,
        now: Instant,
    ) -> Self {
        let layers = if rids.is_empty() {
            vec![Layer::new(None, now)]
        } else {
            rids.iter().map(|rid| Layer::new(Some(*rid), now)).collect()
        };
        let told = Told::all(layers.len());
        Self {
            id,
            participant,
            peer,
            source,
            mid,
            muted: false,
            layers,
            codec: None,
            places: Vec::new(),
            bucket: Bucket::new(bitrate, now),
            dropped: 0,
            told,
            voice: Voice::default(),
        }
    }

    pub(super) const fn kind(&self) -> Kind {
        self.source.kind()
    }
}
