//! The real media of one room: who sends what, who gets which of it, and how much fits.
//!
//! A stage has no socket, no clock and no thread: packets and the time go in, packets and news come
//! out. Inside, `link` holds one WebRTC engine per participant and is the only place that enters it;
//! `forward` takes a publisher's packet to the slots that it plays in; `arrange` decides which track
//! plays in which slot and in which layer, with `allocator` spending the bandwidth; `rewrite` makes
//! one stream of what plays in a slot.

mod allocator;
mod arrange;
mod carried;
mod clock;
mod config;
mod connect;
mod encode;
mod forward;
mod hear;
mod keyframe;
mod link;
mod outgoing;
mod payload;
mod peer;
mod probe;
mod publish;
mod rate;
mod reported;
mod rewrite;
mod sdp;
mod slot;
mod sound;
mod speaker;
mod stale;
mod starved;
mod stats;
mod tick;
mod track;
mod trial;

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::time::Instant;

use slab::Slab;

pub use self::config::{Certificate, LocalCandidate, StageConfig, StageLimits};
use self::link::Said;
use self::peer::Peer;
use self::sound::Floor;
use self::stale::Stale;
use self::track::Track;
use crate::ids::{ParticipantId, TrackId};
use crate::media::{Answer, Media, MediaError, MediaOutput, Need, PeerStatistics, Route};
use crate::wire::{Encode, Publish, SlotState, Want};

/// Peers whose packets leave with one telling of the time: the first ones need not wait for the last of a
/// large room, nor what arrives meanwhile.
const FLUSHED_AT_ONCE: usize = 32;

/// What a stage has refused so far, for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StageCounters {
    /// Packets that are none, or that did not come from who they claim to come from.
    pub malformed: u64,
    /// Media packets beyond a track's bit rate.
    pub over_rate: u64,
    /// Participants lost to a failure of the media engine.
    pub failed: u64,
    /// Key frames asked for.
    pub key_frames_asked: u64,
}

/// The media of one room.
#[derive(Debug)]
pub struct Stage {
    config: StageConfig,
    peers: Slab<Peer>,
    participants: HashMap<ParticipantId, usize>,
    tracks: Slab<Track>,
    track_numbers: HashMap<TrackId, usize>,
    said: Said,
    /// When peers are due: earliest first; entries may be outdated, never missing.
    due: BinaryHeap<Reverse<(Instant, usize)>>,
    next_tick: Option<Instant>,
    ticks: usize,
    /// The latest time that was told.
    now: Option<Instant>,
    /// Peers for which packets were written: they leave when the time is told, some at a time.
    unflushed: VecDeque<usize>,
    /// Peers for which something changed that slots and layers depend on.
    stale: Stale,
    floor: Floor,
    /// What each participant may be sent, bits a second, if the server is bound.
    share: Option<u64>,
    counters: StageCounters,
}

impl Stage {
    /// An empty stage.
    #[must_use]
    pub fn new(config: StageConfig) -> Self {
        Self {
            config,
            peers: Slab::new(),
            participants: HashMap::new(),
            tracks: Slab::new(),
            track_numbers: HashMap::new(),
            said: Said::default(),
            due: BinaryHeap::new(),
            next_tick: None,
            ticks: 0,
            now: None,
            unflushed: VecDeque::new(),
            stale: Stale::default(),
            floor: Floor::default(),
            share: None,
            counters: StageCounters::default(),
        }
    }

    /// What was refused so far.
    #[must_use]
    pub const fn counters(&self) -> StageCounters {
        self.counters
    }

    fn peer(&self, participant: ParticipantId) -> Option<usize> {
        self.participants.get(&participant).copied()
    }

    /// Works through what engines have said until nothing is left to do.
    fn settle(&mut self, now: Instant) {
        self.now = Some(now);
        loop {
            while let Some((peer, event)) = self.said.events.pop_front() {
                self.hear(peer, event, now);
            }
            if !self.arrange_stale(now) && self.said.events.is_empty() {
                break;
            }
        }
        if self.next_tick.is_none() && !self.peers.is_empty() {
            self.next_tick = Some(now + tick::EVERY);
        }
    }

    fn mark(&mut self, number: usize) {
        self.stale.mark(number);
    }

    /// Puts a peer's deadline into the heap if it is earlier than what is there.
    fn schedule(&mut self, number: usize) {
        if let Some(peer) = self.peers.get_mut(number) {
            let deadline = peer.link.deadline();
            if peer.queued.is_none_or(|queued| deadline < queued) {
                peer.queued = Some(deadline);
                self.due.push(Reverse((deadline, number)));
            }
        }
    }

    /// Sends what was written, to some of those who get something.
    fn flush(&mut self, now: Instant) {
        for _ in 0..FLUSHED_AT_ONCE {
            let Some(number) = self.unflushed.pop_front() else {
                break;
            };
            // Those who were removed meanwhile have nothing to send, nor have those who took the place.
            let Some(peer) = self.peers.get_mut(number) else {
                continue;
            };
            if peer.link.flush(now, &mut self.said).is_err() {
                self.fail(number, now);
            } else {
                self.schedule(number);
            }
        }
    }

    /// Turns the engines that are due.
    fn advance(&mut self, now: Instant) {
        while let Some(&Reverse((at, number))) = self.due.peek() {
            if at > now {
                break;
            }
            self.due.pop();
            let Some(peer) = self.peers.get_mut(number) else {
                continue;
            };
            if peer.queued != Some(at) {
                continue;
            }
            peer.queued = None;
            if peer.link.deadline() <= now && peer.link.advance(now, &mut self.said).is_err() {
                self.fail(number, now);
            } else {
                self.schedule(number);
            }
        }
    }
}

impl Media for Stage {
    fn connect(
        &mut self,
        participant: ParticipantId,
        offer: &str,
        now: Instant,
    ) -> Result<Answer, MediaError> {
        let answer = self.do_connect(participant, offer, now);
        self.settle(now);
        answer
    }

    fn renegotiate(
        &mut self,
        participant: ParticipantId,
        offer: &str,
        now: Instant,
    ) -> Result<Answer, MediaError> {
        let answer = self.do_renegotiate(participant, offer, now);
        self.settle(now);
        answer
    }

    fn disconnect(&mut self, participant: ParticipantId, now: Instant) {
        if let Some(number) = self.peer(participant) {
            self.remove(number, now);
            self.settle(now);
        }
    }

    fn publish(
        &mut self,
        participant: ParticipantId,
        track: TrackId,
        publish: &Publish,
        now: Instant,
    ) -> Result<(), MediaError> {
        let published = self.do_publish(participant, track, publish, now);
        self.settle(now);
        published
    }

    fn unpublish(&mut self, track: TrackId, now: Instant) {
        if let Some(&number) = self.track_numbers.get(&track) {
            self.remove_track(number);
            self.settle(now);
        }
    }

    fn set_muted(&mut self, track: TrackId, muted: bool, now: Instant) {
        self.do_set_muted(track, muted, now);
        self.settle(now);
    }

    fn want(&mut self, participant: ParticipantId, want: Want, now: Instant) {
        self.do_want(participant, want);
        self.settle(now);
    }

    fn slots(&self, participant: ParticipantId) -> Vec<SlotState> {
        self.peer(participant)
            .and_then(|number| self.peers.get(number))
            .map(|peer| peer.slots.iter().map(slot::Slot::state).collect())
            .unwrap_or_default()
    }

    fn encodes(&self, participant: ParticipantId) -> Vec<Encode> {
        self.peer(participant)
            .and_then(|number| self.peers.get(number))
            .into_iter()
            .flat_map(|peer| &peer.tracks)
            .filter_map(|track| self.tracks.get(*track)?.encode())
            .collect()
    }

    fn receive(
        &mut self,
        participant: ParticipantId,
        route: Route,
        contents: &[u8],
        now: Instant,
    ) -> bool {
        let authentic = self.do_receive(participant, route, contents, now);
        self.settle(now);
        authentic
    }

    fn timeout(&mut self, now: Instant) {
        self.flush(now);
        self.advance(now);
        if self.next_tick.is_some_and(|tick| tick <= now) {
            self.tick(now);
        }
        self.settle(now);
    }

    fn deadline(&self) -> Option<Instant> {
        // At once: but only after all packets that arrived together, which then leave together.
        let written = self.now.filter(|_| !self.unflushed.is_empty());
        let peers = self.due.peek().map(|Reverse((at, _))| *at);
        [written, peers, self.next_tick].into_iter().flatten().min()
    }

    fn poll(&mut self) -> Option<MediaOutput> {
        self.said.outputs.pop_front()
    }

    fn needs(&self) -> Vec<Need> {
        self.peers.iter().map(|(_, peer)| peer.need).collect()
    }

    fn share(&mut self, each: u64, now: Instant) {
        if self.share.replace(each) != Some(each) {
            for number in 0..self.peers.capacity() {
                self.mark(number);
            }
            self.settle(now);
        }
    }

    fn reached_at(&mut self, candidates: &[LocalCandidate]) {
        self.config.candidates = candidates.to_vec();
    }

    fn statistics(&mut self) -> Vec<PeerStatistics> {
        self.all_figures()
    }
}
