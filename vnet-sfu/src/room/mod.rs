//! Who is in a meeting and what they may do: pure, with the media behind a trait.
//!
//! [`Room::handle`] takes what happens, with the time; after it, [`Room::poll`] is called until it gives
//! nothing. Nothing here knows a socket, a task or a clock.

mod awaited;
mod entry;
mod exit;
mod hear;
mod host;
mod io;
mod log;
mod person;
mod request;
mod talk;
mod tell;
mod tracks;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use uuid::Uuid;
use vnet_core::meeting::MeetingId;

pub use self::io::{Moment, RoomInput, RoomOutput, RoomStatistics};
use self::log::EventLog;
use self::person::{Person, Seat, Standing, Visitor};
use crate::ids::{ConnId, ParticipantId, TrackId};
use crate::limits::SfuLimits;
use crate::media::{Media, MediaOutput, Need, Route};
use crate::wire::{ChatLine, CloseCode, MeetingState, Speaking, Track};

/// One meeting. It begins with the first that comes in and ends with the last that leaves.
#[derive(Debug)]
pub struct Room<M> {
    meeting: MeetingId,
    media: M,
    limits: Arc<SfuLimits>,
    /// When the latest input came.
    at: Moment,
    state: MeetingState,
    people: BTreeMap<ParticipantId, Person>,
    /// In the order they came, as their numbers are.
    waiting: BTreeMap<ParticipantId, Visitor>,
    tracks: BTreeMap<TrackId, Track>,
    seats: HashMap<ConnId, Seat>,
    chat: VecDeque<ChatLine>,
    log: EventLog,
    standings: HashMap<Uuid, Standing>,
    speakers: Vec<Speaking>,
    dominant: Option<ParticipantId>,
    /// What media said in the midst of something else.
    heard: VecDeque<MediaOutput>,
    outputs: VecDeque<RoomOutput>,
    last_participant: u32,
    last_track: u32,
    /// When the first of those whose connection is lost has left.
    next_loss: Option<Instant>,
    /// When somebody's media has to have come, or they are told that it has not.
    next_wait: Option<Instant>,
    has_started: bool,
    /// Requests refused so far.
    refused: u64,
    life: Life,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    /// Somebody is in, or nobody has come yet.
    Open,
    /// Nobody will come any more; what media has left to say is passed on.
    Over,
    /// That was said as well.
    Told,
}

impl<M: Media> Room<M> {
    /// An empty room. Its first input is a `Join`.
    #[must_use]
    pub fn new(meeting: MeetingId, media: M, limits: Arc<SfuLimits>, at: Moment) -> Self {
        Self {
            meeting,
            media,
            at,
            state: MeetingState {
                locked: false,
                lobby: false,
                started_at: 0,
            },
            people: BTreeMap::new(),
            waiting: BTreeMap::new(),
            tracks: BTreeMap::new(),
            seats: HashMap::new(),
            chat: VecDeque::new(),
            log: EventLog::new(&limits),
            standings: HashMap::new(),
            speakers: Vec::new(),
            dominant: None,
            heard: VecDeque::new(),
            outputs: VecDeque::new(),
            last_participant: 0,
            last_track: 0,
            next_loss: None,
            next_wait: None,
            has_started: false,
            refused: 0,
            life: Life::Open,
            limits,
        }
    }

    /// The meeting that this is.
    #[must_use]
    pub const fn meeting(&self) -> &MeetingId {
        &self.meeting
    }

    /// Its media.
    #[must_use]
    pub const fn media(&self) -> &M {
        &self.media
    }

    /// Takes what happened. Afterwards [`poll`](Self::poll) until it gives nothing.
    pub fn handle(&mut self, input: RoomInput<'_>, at: Moment) {
        self.at = at;
        if self.life != Life::Open {
            if let RoomInput::Join { conn, .. } | RoomInput::Resume { conn, .. } = input {
                self.close(conn, CloseCode::Ended, "the meeting is over");
            }
            return;
        }
        match input {
            RoomInput::Packet {
                participant,
                route,
                contents,
            } => self.packet(participant, route, contents),
            RoomInput::Timeout => self.timeout(),
            RoomInput::Join {
                conn,
                claims,
                session,
                request_id,
                join,
            } => self.knock(conn, claims, session, request_id, join),
            RoomInput::Resume {
                conn,
                user,
                request_id,
                resume,
            } => self.resume(conn, user, request_id, &resume),
            RoomInput::Message { conn, request } => self.message(conn, request),
            RoomInput::Gone { conn, why } => self.gone(conn, why),
            RoomInput::Share(each) => return self.share(each),
            RoomInput::ReachedAt(candidates) => return self.media.reached_at(candidates),
            RoomInput::Stop => self.stop(),
        }
        if self.people.is_empty() && self.life == Life::Open {
            self.finish(CloseCode::Ended, "the meeting is over");
        }
    }

    /// What is to be done, in order.
    pub fn poll(&mut self) -> Option<RoomOutput> {
        loop {
            if let Some(output) = self.outputs.pop_front() {
                return Some(output);
            }
            match self.heard.pop_front().or_else(|| self.media.poll()) {
                // The way of nearly all outputs.
                Some(MediaOutput::Transmit(transmit)) => {
                    return Some(RoomOutput::Transmit(transmit));
                }
                Some(said) => self.hear(said),
                None if self.life == Life::Over => {
                    self.life = Life::Told;
                    return Some(RoomOutput::Ended);
                }
                None => return None,
            }
        }
    }

    /// When [`RoomInput::Timeout`] is due.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let media = self.media.deadline();
        let own = self.next_loss.into_iter().chain(self.next_wait);
        own.chain(media).min()
    }

    /// What its people have to be sent and could use.
    #[must_use]
    pub fn needs(&self) -> Vec<Need> {
        self.media.needs()
    }

    /// Its figures.
    pub fn statistics(&mut self) -> RoomStatistics {
        let disconnected = self.people.values().filter(|one| one.conn.is_none());
        let publishes = |id: &&ParticipantId| {
            let mut tracks = self.tracks.values();
            tracks.any(|track| track.participant == **id)
        };
        RoomStatistics {
            participants: self.people.len(),
            disconnected: disconnected.count(),
            waiting: self.waiting.len(),
            publishers: self.people.keys().filter(publishes).count(),
            tracks: self.tracks.len(),
            events: self.log.last(),
            refused: self.refused,
            peers: self.media.statistics(),
        }
    }

    fn packet(&mut self, participant: ParticipantId, route: Route, contents: &[u8]) {
        if !self.people.contains_key(&participant) {
            return;
        }
        let now = self.at.now;
        if self.media.receive(participant, route, contents, now) {
            self.outputs
                .push_back(RoomOutput::Authentic { participant, route });
        }
    }

    fn timeout(&mut self) {
        let now = self.at.now;
        if self.media.deadline().is_some_and(|due| due <= now) {
            self.media.timeout(now);
            self.settle();
        }
        if self.next_loss.is_some_and(|due| due <= now) {
            self.give_up_the_lost();
        }
        if self.next_wait.is_some_and(|due| due <= now) {
            self.look_for_media();
        }
    }

    fn share(&mut self, each: u64) {
        self.media.share(each, self.at.now);
        self.settle();
    }

    /// Media speaks after every call; what it says is passed on when the room has come to an end with
    /// what it is doing.
    fn settle(&mut self) {
        while let Some(said) = self.media.poll() {
            self.heard.push_back(said);
        }
    }
}

#[cfg(test)]
mod tests;
