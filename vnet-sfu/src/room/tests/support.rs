//! A room under test, and those who talk with it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use time::macros::datetime;
use uuid::Uuid;
use vnet_core::Secret;
use vnet_core::conference::{ConferenceEvent, Gone, Role};
use vnet_core::id::UserId;
use vnet_core::meeting::MeetingId;

use crate::ids::{ConnId, ParticipantId, TrackId};
use crate::limits::SfuLimits;
use crate::media::{Answer, Media, MediaError, MediaOutput, Need, PeerStatistics, Route};
use crate::room::{Moment, Room, RoomInput, RoomOutput};
use crate::stage::LocalCandidate;
use crate::ticket::Claims;
use crate::wire::{Encode, ErrorCode, Join, Publish, Request, Resume, SlotState, VERSION, Want};

/// Remembers; refuses the offer and the media section `bad`.
#[derive(Debug, Default)]
pub(super) struct FakeMedia {
    pub(super) connected: BTreeSet<ParticipantId>,
    pub(super) tracks: BTreeMap<TrackId, (ParticipantId, bool)>,
    pub(super) wants: Vec<(ParticipantId, Want)>,
    pub(super) says: VecDeque<MediaOutput>,
    pub(super) share: Option<u64>,
    /// Browsers behind a wall.
    pub(super) never_connects: bool,
    offers: u32,
}

impl FakeMedia {
    fn answer(&mut self, participant: ParticipantId, offer: &str) -> Result<Answer, MediaError> {
        if offer == "bad" {
            return Err(MediaError {
                code: ErrorCode::BadOffer,
                message: "no SDP".into(),
            });
        }
        self.offers += 1;
        Ok(Answer {
            sdp: format!("answer to {offer}"),
            slots: Vec::new(),
            ufrag: format!("{participant}x{}", self.offers),
        })
    }
}

impl Media for FakeMedia {
    fn connect(
        &mut self,
        participant: ParticipantId,
        offer: &str,
        _now: Instant,
    ) -> Result<Answer, MediaError> {
        let answer = self.answer(participant, offer)?;
        assert!(self.connected.insert(participant), "connected twice");
        if !self.never_connects {
            self.says.push_back(MediaOutput::Connected(participant));
        }
        Ok(answer)
    }

    fn renegotiate(
        &mut self,
        participant: ParticipantId,
        offer: &str,
        _now: Instant,
    ) -> Result<Answer, MediaError> {
        assert!(self.connected.contains(&participant));
        self.answer(participant, offer)
    }

    fn disconnect(&mut self, participant: ParticipantId, _now: Instant) {
        self.connected.remove(&participant);
        self.tracks.retain(|_, (owner, _)| *owner != participant);
    }

    fn publish(
        &mut self,
        participant: ParticipantId,
        track: TrackId,
        publish: &Publish,
        _now: Instant,
    ) -> Result<(), MediaError> {
        if publish.mid == "bad" {
            return Err(MediaError {
                code: ErrorCode::BadMid,
                message: "no such section".into(),
            });
        }
        let old = self.tracks.insert(track, (participant, publish.muted));
        assert_eq!(old, None, "a number was used twice");
        Ok(())
    }

    fn unpublish(&mut self, track: TrackId, _now: Instant) {
        self.tracks.remove(&track);
    }

    fn set_muted(&mut self, track: TrackId, muted: bool, _now: Instant) {
        self.tracks.get_mut(&track).expect("it is published").1 = muted;
    }

    fn want(&mut self, participant: ParticipantId, want: Want, _now: Instant) {
        self.wants.push((participant, want));
    }

    fn slots(&self, _participant: ParticipantId) -> Vec<SlotState> {
        vec![SlotState {
            mid: "9".into(),
            track: None,
            paused: false,
        }]
    }

    fn encodes(&self, participant: ParticipantId) -> Vec<Encode> {
        let own = self.tracks.iter().filter(|(_, one)| one.0 == participant);
        own.map(|(track, _)| Encode {
            track: *track,
            layers: Vec::new(),
        })
        .collect()
    }

    fn receive(&mut self, _who: ParticipantId, _on: Route, contents: &[u8], _now: Instant) -> bool {
        contents == b"authentic"
    }

    fn timeout(&mut self, _now: Instant) {}

    fn deadline(&self) -> Option<Instant> {
        None
    }

    fn poll(&mut self) -> Option<MediaOutput> {
        self.says.pop_front()
    }

    fn needs(&self) -> Vec<Need> {
        Vec::new()
    }

    fn share(&mut self, each: u64, _now: Instant) {
        self.share = Some(each);
    }

    fn reached_at(&mut self, _candidates: &[LocalCandidate]) {}

    fn statistics(&mut self) -> Vec<PeerStatistics> {
        Vec::new()
    }
}

/// A room, and everything that came out of it.
#[derive(Debug)]
pub(super) struct Hall<M = FakeMedia> {
    pub(super) room: Room<M>,
    pub(super) at: Moment,
    /// What each connection was sent since somebody looked.
    inboxes: BTreeMap<ConnId, Vec<Value>>,
    pub(super) closed: BTreeMap<ConnId, u16>,
    pub(super) events: Vec<ConferenceEvent>,
    pub(super) others: Vec<RoomOutput>,
    pub(super) ended: bool,
    conns: u64,
}

/// Somebody in the hall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Guest {
    pub(super) conn: ConnId,
    pub(super) id: ParticipantId,
}

pub(super) const ALICE: u128 = 1;
pub(super) const BOB: u128 = 2;
pub(super) const CAROL: u128 = 3;

impl Hall {
    pub(super) fn new() -> Self {
        Self::with(SfuLimits::default())
    }

    pub(super) fn with(limits: SfuLimits) -> Self {
        Self::of(FakeMedia::default(), limits)
    }

    /// Alice, the host, is in.
    pub(super) fn hosted() -> (Self, Guest) {
        let mut hall = Self::new();
        let alice = hall.host(ALICE);
        (hall, alice)
    }

    pub(super) fn media(&mut self) -> &mut FakeMedia {
        &mut self.room.media
    }

    /// Media says something by itself.
    pub(super) fn media_says(&mut self, said: MediaOutput) {
        self.media().says.push_back(said);
        self.collect();
    }
}

impl<M: Media> Hall<M> {
    pub(super) fn of(media: M, limits: SfuLimits) -> Self {
        let at = Moment {
            now: Instant::now(),
            utc: datetime!(2030-01-01 12:00 UTC),
        };
        let meeting: MeetingId = "abcdefghjk".parse().unwrap();
        Self {
            room: Room::new(meeting, media, Arc::new(limits), at),
            at,
            inboxes: BTreeMap::new(),
            closed: BTreeMap::new(),
            events: Vec::new(),
            others: Vec::new(),
            ended: false,
            conns: 0,
        }
    }

    pub(super) fn conn(&mut self) -> ConnId {
        self.conns += 1;
        ConnId(self.conns)
    }

    pub(super) fn handle(&mut self, input: RoomInput<'_>) {
        self.room.handle(input, self.at);
        self.collect();
    }

    pub(super) fn collect(&mut self) {
        while let Some(output) = self.room.poll() {
            assert!(!self.ended, "something after the end: {output:?}");
            match output {
                RoomOutput::Send { conn, text } => {
                    assert!(!self.closed.contains_key(&conn), "a text after the close");
                    let text = serde_json::from_slice(&text).unwrap();
                    self.inboxes.entry(conn).or_default().push(text);
                }
                RoomOutput::Close { conn, code, reason } => {
                    assert!(reason.len() <= 123, "{reason}");
                    assert_eq!(self.closed.insert(conn, code.number()), None);
                }
                RoomOutput::Event(event) => self.events.push(event),
                RoomOutput::Ended => self.ended = true,
                other => self.others.push(other),
            }
        }
    }

    pub(super) fn pass(&mut self, time: Duration) {
        self.at.now += time;
        self.at.utc += time;
        if self.room.deadline().is_some_and(|due| due <= self.at.now) {
            self.handle(RoomInput::Timeout);
        }
    }

    /// Shows a ticket; returns the connection.
    pub(super) fn knock(&mut self, user: u128, role: Role, join: Join) -> ConnId {
        let conn = self.conn();
        self.handle(RoomInput::Join {
            conn,
            claims: Claims {
                meeting: "abcdefghjk".into(),
                user_id: UserId::from_uuid(Uuid::from_u128(user)),
                name: format!("user {user}"),
                role,
                id: Uuid::from_u128(0),
                expires: 0,
            },
            session: Secret::new(format!("session of {conn}")),
            request_id: Some(1),
            join,
        });
        conn
    }

    fn come_in(&mut self, user: u128, role: Role, join: Join) -> Guest {
        let conn = self.knock(user, role, join);
        let welcome = self.next(conn);
        assert_eq!(welcome["type"], "welcome", "{welcome}");
        let id = welcome["you"].as_u64().unwrap().try_into().unwrap();
        let id = ParticipantId(id);
        Guest { conn, id }
    }

    pub(super) fn host(&mut self, user: u128) -> Guest {
        self.come_in(user, Role::Host, join(&[]))
    }

    pub(super) fn guest(&mut self, user: u128) -> Guest {
        self.come_in(user, Role::Guest, join(&[]))
    }

    pub(super) fn publisher(&mut self, user: u128, publish: &[&str]) -> Guest {
        self.come_in(user, Role::Guest, join(publish))
    }

    pub(super) fn resume(&mut self, session_of: ConnId, last_event: u64) -> ConnId {
        self.resume_as(None, session_of, last_event)
    }

    /// On a connection of somebody who is known.
    pub(super) fn resume_as(
        &mut self,
        user: Option<u128>,
        session_of: ConnId,
        last_event: u64,
    ) -> ConnId {
        let conn = self.conn();
        self.handle(RoomInput::Resume {
            conn,
            user: user.map(|user| UserId::from_uuid(Uuid::from_u128(user))),
            request_id: Some(2),
            resume: Resume {
                version: VERSION,
                session: Secret::new(format!("session of {session_of}")),
                last_event,
            },
        });
        conn
    }

    pub(super) fn lose(&mut self, conn: ConnId) {
        let why = Gone::Lost;
        self.handle(RoomInput::Gone { conn, why });
    }

    pub(super) fn say(&mut self, conn: ConnId, message: Value) {
        let request: Request = serde_json::from_value(message).unwrap();
        self.handle(RoomInput::Message { conn, request });
    }

    /// Says something; returns what was answered, which comes last.
    pub(super) fn ask(&mut self, conn: ConnId, mut message: Value) -> Value {
        message["id"] = json!(77);
        self.say(conn, message);
        let inbox = self.inboxes.entry(conn).or_default();
        let place = inbox.iter().rposition(|one| one["id"] == 77);
        inbox.remove(place.expect("an answer"))
    }

    /// Says something that is refused; returns the error's id.
    pub(super) fn refused(&mut self, conn: ConnId, message: Value) -> String {
        let answer = self.ask(conn, message);
        assert_eq!(answer["type"], "error", "{answer}");
        assert!(!answer["message"].as_str().unwrap().is_empty());
        answer["code"].as_str().unwrap().to_owned()
    }

    pub(super) fn done(&mut self, conn: ConnId, message: Value) -> Value {
        let answer = self.ask(conn, message);
        assert_eq!(answer["type"], "ok", "{answer}");
        answer
    }

    /// What a connection was sent since somebody looked.
    pub(super) fn inbox(&mut self, conn: ConnId) -> Vec<Value> {
        self.inboxes.remove(&conn).unwrap_or_default()
    }

    pub(super) fn types(&mut self, conn: ConnId) -> Vec<String> {
        let inbox = self.inbox(conn);
        let types = inbox.iter().map(|one| one["type"].as_str().unwrap());
        types.map(str::to_owned).collect()
    }

    /// The first of what a connection was sent; the rest stays.
    pub(super) fn next(&mut self, conn: ConnId) -> Value {
        self.inboxes.get_mut(&conn).expect("something").remove(0)
    }

    pub(super) fn forget_all(&mut self) {
        self.inboxes.clear();
        self.events.clear();
        self.others.clear();
    }
}

/// A join that publishes these sources, each in the section of its name.
pub(super) fn join(publish: &[&str]) -> Join {
    serde_json::from_value(json!({
        "version": VERSION,
        "ticket": "t",
        "offer": "an offer",
        "publish": publish.iter().map(|source| json!({"source": source, "mid": source})).collect::<Vec<_>>(),
    }))
    .unwrap()
}
