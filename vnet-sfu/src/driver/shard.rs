//! The rooms of one thread: what arrives goes to its room, what a room says goes where it belongs.
//! No socket, no clock, no thread in here.

mod egress;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use vnet_core::conference::{ConferenceEvent, ConferenceObserver, Gone};
use vnet_core::meeting::MeetingId;

pub(super) use self::egress::{Egress, Shares};
use super::demux::{Demux, Peer};
use super::seats::Seats;
use crate::command::{Command, Entry, Said};
use crate::ids::ConnId;
use crate::media::{Need, Route, Transmit};
use crate::outbox::Outbox;
use crate::room::{Moment, RoomInput, RoomOutput, RoomStatistics};
use crate::stage::{LocalCandidate, StageCounters};
use crate::wire::{CloseCode, ErrorCode};

/// A room, as a shard sees it.
pub(crate) trait Space {
    /// Something happened.
    fn handle(&mut self, input: RoomInput<'_>, at: Moment);
    /// What there is to say, in order.
    fn poll(&mut self) -> Option<RoomOutput>;
    /// When `Timeout` is due.
    fn deadline(&self) -> Option<Instant>;
    /// What its people have to be sent and could use.
    fn needs(&self) -> Vec<Need>;
    /// Its figures.
    fn statistics(&mut self) -> RoomStatistics;
    /// What its media has refused so far.
    fn counters(&self) -> StageCounters;
}

/// Makes rooms.
pub(super) type MakeRoom<S> = Box<dyn FnMut(&MeetingId, Moment) -> S + Send>;

/// What is to be done with sockets after the shard was told something.
#[derive(Debug, Default)]
pub(super) struct Effects {
    /// Packets to send, in order.
    pub(super) transmits: Vec<Transmit>,
    /// Ways whose other end has shown who it is.
    pub(super) proven: Vec<Route>,
    /// Ways that lead to nobody any more.
    pub(super) abandoned: Vec<Route>,
}

/// Packets that came to nobody, and rooms that failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ShardCounts {
    /// Packets of people in rooms.
    pub(super) packets: u64,
    /// Their bytes.
    pub(super) bytes: u64,
    /// Packets of strangers.
    pub(super) strangers: u64,
    /// Rooms dropped because of a panic.
    pub(super) failed_rooms: u64,
    /// Packets that are none, or not from who they claim to be from.
    pub(super) malformed: u64,
    /// Media packets beyond a track's bit rate.
    pub(super) over_rate: u64,
    /// People lost to a failure of their media.
    pub(super) failed_peers: u64,
    /// Key frames asked for.
    pub(super) key_frames_asked: u64,
}

impl ShardCounts {
    /// What a room counted since the last time.
    const fn add(&mut self, before: StageCounters, now: StageCounters) {
        self.malformed += now.malformed - before.malformed;
        self.over_rate += now.over_rate - before.over_rate;
        self.failed_peers += now.failed - before.failed;
        self.key_frames_asked += now.key_frames_asked - before.key_frames_asked;
    }
}

struct Slot<S> {
    meeting: MeetingId,
    room: S,
    conns: HashSet<ConnId>,
    /// The earliest entry in the heap; others are left-overs.
    scheduled: Option<Instant>,
    /// What its media had counted when it was last looked at.
    counted: StageCounters,
    /// Whether it is on the list of those whose deadline may have changed.
    touched: bool,
}

struct Conn {
    room: u64,
    outbox: Outbox,
}

/// The rooms of one thread.
pub(super) struct Shard<S> {
    make: MakeRoom<S>,
    seats: Seats,
    shares: Shares,
    observer: Option<Arc<dyn ConferenceObserver>>,
    rooms: HashMap<u64, Slot<S>>,
    by_meeting: HashMap<MeetingId, u64>,
    conns: HashMap<ConnId, Conn>,
    demux: Demux,
    deadlines: BinaryHeap<Reverse<(Instant, u64)>>,
    touched: Vec<u64>,
    next_room: u64,
    outputs: Vec<RoomOutput>,
    pub(super) effects: Effects,
    pub(super) counts: ShardCounts,
}

impl<S> fmt::Debug for Shard<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shard")
            .field("rooms", &self.rooms.len())
            .field("conns", &self.conns.len())
            .finish_non_exhaustive()
    }
}

impl<S: Space> Shard<S> {
    pub(super) fn new(
        make: MakeRoom<S>,
        seats: Seats,
        observer: Option<Arc<dyn ConferenceObserver>>,
    ) -> Self {
        Self {
            make,
            seats,
            shares: Shares::default(),
            observer,
            rooms: HashMap::new(),
            by_meeting: HashMap::new(),
            conns: HashMap::new(),
            demux: Demux::default(),
            deadlines: BinaryHeap::new(),
            touched: Vec::new(),
            next_room: 0,
            outputs: Vec::new(),
            effects: Effects::default(),
            counts: ShardCounts::default(),
        }
    }

    /// With a part in the bound on what the server sends.
    pub(super) fn with_shares(mut self, shares: Shares) -> Self {
        self.shares = shares;
        self
    }

    /// Rooms there are.
    pub(super) fn rooms(&self) -> usize {
        self.rooms.len()
    }

    /// People with media.
    pub(super) fn peers(&self) -> usize {
        self.demux.peers()
    }

    /// A packet arrived.
    pub(super) fn packet(&mut self, route: Route, contents: &[u8], at: Moment) {
        let Some(peer) = self.demux.find(&route, contents) else {
            self.counts.strangers += 1;
            return;
        };
        self.counts.packets += 1;
        self.counts.bytes += contents.len() as u64;
        let participant = peer.participant;
        let input = RoomInput::Packet {
            participant,
            route,
            contents,
        };
        self.tell(peer.room, input, at);
    }

    /// A connection was closed: nothing comes that way any more.
    pub(super) fn closed(&mut self, route: &Route) {
        self.demux.forget_route(route);
    }

    /// A signalling connection says something.
    pub(super) fn command(&mut self, command: Command, at: Moment) {
        let conn = command.conn;
        match command.said {
            Said::Open { outbox, entry } => {
                self.open(command.meeting, conn, outbox, *entry, at);
            }
            Said::Message(request) => {
                if let Some(room) = self.conns.get(&conn).map(|conn| conn.room) {
                    let request = *request;
                    self.tell(room, RoomInput::Message { conn, request }, at);
                }
            }
            Said::Gone(why) => self.gone(conn, why, at),
        }
    }

    fn open(&mut self, meeting: MeetingId, conn: ConnId, outbox: Outbox, entry: Entry, at: Moment) {
        let (input, request_id, is_join) = match entry {
            Entry::Join {
                claims,
                session,
                request_id,
                join,
            } => {
                let input = RoomInput::Join {
                    conn,
                    claims,
                    session,
                    request_id,
                    join,
                };
                (input, request_id, true)
            }
            Entry::Resume {
                user,
                request_id,
                resume,
            } => {
                let input = RoomInput::Resume {
                    conn,
                    user,
                    request_id,
                    resume,
                };
                (input, request_id, false)
            }
        };
        if is_join && !self.shares.admit(at.now) {
            let message = "this server sends as much as it may: try again later";
            return outbox.refuse(request_id, ErrorCode::ServerFull, message);
        }
        let room = match self.by_meeting.get(&meeting) {
            Some(room) => *room,
            None if !is_join => {
                let message = "the meeting is over or this server was started anew: join again";
                return outbox.refuse(request_id, ErrorCode::UnknownSession, message);
            }
            None if !self.seats.take() => {
                let message = "this server has as many meetings as it takes";
                return outbox.refuse(request_id, ErrorCode::ServerFull, message);
            }
            None => self.add_room(meeting, at),
        };
        if let Some(slot) = self.rooms.get_mut(&room) {
            slot.conns.insert(conn);
        }
        self.conns.insert(conn, Conn { room, outbox });
        self.tell(room, input, at);
    }

    fn add_room(&mut self, meeting: MeetingId, at: Moment) -> u64 {
        let number = self.next_room;
        self.next_room += 1;
        let slot = Slot {
            room: (self.make)(&meeting, at),
            meeting: meeting.clone(),
            conns: HashSet::new(),
            scheduled: None,
            counted: StageCounters::default(),
            touched: false,
        };
        self.rooms.insert(number, slot);
        self.by_meeting.insert(meeting, number);
        if let Some(each) = self.shares.begin(at.now) {
            self.tell(number, RoomInput::Share(each), at);
        }
        number
    }

    fn gone(&mut self, conn: ConnId, why: Gone, at: Moment) {
        let Some(Conn { room, .. }) = self.conns.remove(&conn) else {
            return;
        };
        if let Some(slot) = self.rooms.get_mut(&room) {
            slot.conns.remove(&conn);
        }
        self.tell(room, RoomInput::Gone { conn, why }, at);
    }

    /// Tells a room something and does what it says. A panic in there costs that room.
    fn tell(&mut self, number: u64, input: RoomInput<'_>, at: Moment) {
        let Some(slot) = self.rooms.get_mut(&number) else {
            return;
        };
        if !slot.touched {
            slot.touched = true;
            self.touched.push(number);
        }
        let mut outputs = std::mem::take(&mut self.outputs);
        let told = catch_unwind(AssertUnwindSafe(|| {
            slot.room.handle(input, at);
            while let Some(output) = slot.room.poll() {
                outputs.push(output);
            }
        }));
        let mut deaf = Vec::new();
        for output in outputs.drain(..) {
            self.act(number, output, &mut deaf);
        }
        self.outputs = outputs;
        if told.is_err() {
            self.fail(number);
        }
        for conn in deaf {
            self.gone(conn, Gone::Lost, at);
        }
    }

    fn act(&mut self, room: u64, output: RoomOutput, deaf: &mut Vec<ConnId>) {
        let peer = |participant| Peer { room, participant };
        match output {
            RoomOutput::Transmit(transmit) => self.effects.transmits.push(transmit),
            RoomOutput::Send { conn, text } => {
                if let Some(known) = self.conns.get_mut(&conn)
                    && !known.outbox.push(text)
                {
                    deaf.push(conn);
                }
            }
            RoomOutput::Close { conn, code, reason } => {
                if let Some(known) = self.drop_conn(conn) {
                    known.outbox.close(code, reason);
                }
            }
            RoomOutput::Ufrag { participant, ufrag } => self.demux.name(peer(participant), ufrag),
            RoomOutput::Authentic { participant, route } => {
                self.demux.remember(route, peer(participant));
                self.effects.proven.push(route);
            }
            RoomOutput::Forget { participant } => {
                let routes = self.demux.forget(peer(participant));
                self.effects.abandoned.extend(routes);
            }
            RoomOutput::Event(event) => self.observe(&event),
            RoomOutput::Ended => self.drop_room(room, CloseCode::Ended, "the meeting is over"),
        }
    }

    fn drop_conn(&mut self, conn: ConnId) -> Option<Conn> {
        let known = self.conns.remove(&conn)?;
        if let Some(slot) = self.rooms.get_mut(&known.room) {
            slot.conns.remove(&conn);
        }
        Some(known)
    }

    fn fail(&mut self, room: u64) {
        if self.rooms.contains_key(&room) {
            tracing::error!("a room failed and was dropped: this is a bug, please report it");
            self.counts.failed_rooms += 1;
            let reason = "the server could not go on with this meeting: join anew";
            self.drop_room(room, CloseCode::Failed, reason);
        }
    }

    fn drop_room(&mut self, room: u64, code: CloseCode, reason: &'static str) {
        let Some(slot) = self.rooms.remove(&room) else {
            return;
        };
        self.counts.add(slot.counted, slot.room.counters());
        self.by_meeting.remove(&slot.meeting);
        self.seats.give_back();
        for conn in slot.conns {
            if let Some(known) = self.conns.remove(&conn) {
                known.outbox.close(code, reason);
            }
        }
        self.effects.abandoned.extend(self.demux.forget_room(room));
        // What a room holds after a panic may panic again when it is dropped.
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(slot.room)));
        if dropped.is_err() {
            tracing::error!("a room failed when it was dropped: this is a bug, please report it");
        }
    }

    fn observe(&self, event: &ConferenceEvent) {
        let Some(observer) = &self.observer else {
            return;
        };
        if catch_unwind(AssertUnwindSafe(|| observer.observe(event))).is_err() {
            tracing::error!("the observer of meetings panicked");
        }
    }

    /// Time has passed: rooms whose deadline was reached are told.
    pub(super) fn timeout(&mut self, at: Moment) {
        self.share_out(at);
        self.schedule();
        while let Some(Reverse((due, room))) = self.deadlines.peek().copied() {
            if due > at.now {
                break;
            }
            self.deadlines.pop();
            let Some(slot) = self.rooms.get_mut(&room) else {
                continue;
            };
            if slot.scheduled != Some(due) {
                continue;
            }
            slot.scheduled = None;
            if slot.room.deadline().is_some_and(|due| due <= at.now) {
                self.tell(room, RoomInput::Timeout, at);
            } else if !slot.touched {
                slot.touched = true;
                self.touched.push(room);
            }
        }
    }

    /// Asks the rooms that were told something when they want to be told the time.
    fn schedule(&mut self) {
        for room in self.touched.drain(..) {
            let Some(slot) = self.rooms.get_mut(&room) else {
                continue;
            };
            slot.touched = false;
            // A later deadline than the one in the heap is found when that one is reached.
            let earlier = |due: &Instant| slot.scheduled.is_none_or(|before| *due < before);
            if let Some(due) = slot.room.deadline().filter(earlier) {
                slot.scheduled = Some(due);
                self.deadlines.push(Reverse((due, room)));
            }
        }
    }

    /// When [`timeout`](Self::timeout) is due.
    pub(super) fn deadline(&mut self) -> Option<Instant> {
        self.schedule();
        while let Some(Reverse((due, room))) = self.deadlines.peek().copied() {
            let slot = self.rooms.get(&room);
            if slot.is_some_and(|slot| slot.scheduled == Some(due)) {
                return self.shares.due().into_iter().chain([due]).min();
            }
            self.deadlines.pop();
        }
        self.shares.due()
    }

    /// Media is reached here from now on.
    pub(super) fn reached_at(&mut self, candidates: &[LocalCandidate], at: Moment) {
        for room in self.rooms.keys().copied().collect::<Vec<_>>() {
            self.tell(room, RoomInput::ReachedAt(candidates), at);
        }
    }

    /// The figures of all rooms.
    pub(super) fn statistics(&mut self) -> Vec<(MeetingId, RoomStatistics)> {
        let mut all = Vec::with_capacity(self.rooms.len());
        let mut failed = Vec::new();
        for (number, slot) in &mut self.rooms {
            match catch_unwind(AssertUnwindSafe(|| slot.room.statistics())) {
                Ok(statistics) => {
                    let now = slot.room.counters();
                    self.counts.add(slot.counted, now);
                    slot.counted = now;
                    all.push((slot.meeting.clone(), statistics));
                }
                Err(_panic) => failed.push(*number),
            }
        }
        for room in failed {
            self.fail(room);
        }
        all
    }

    /// The server shuts down: everybody is told.
    pub(super) fn stop(&mut self, at: Moment) {
        let rooms = self.rooms.keys().copied().collect::<Vec<_>>();
        for room in rooms {
            self.tell(room, RoomInput::Stop, at);
            self.drop_room(room, CloseCode::GoingAway, "the server shuts down");
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
