//! Coming in: by a ticket, through the lobby, or back after a lost connection.

use std::collections::BTreeSet;

use vnet_core::Secret;
use vnet_core::conference::ConferenceEvent;
use vnet_core::id::UserId;

use super::Room;
use super::io::RoomOutput;
use super::person::{Arrival, Outcome, Person, Refusal, Seat, Standing, Visitor, refuse};
use crate::ids::{ConnId, ParticipantId, TrackId};
use crate::media::{Answer, Media};
use crate::rate::Pace;
use crate::ticket::Claims;
use crate::wire::{
    CloseCode, ErrorCode, Join, Leave, MeetingEvent, Participant, Resume, ServerMessage, Track,
    VERSION, Welcome,
};

impl<M: Media> Room<M> {
    /// Somebody shows a good ticket.
    pub(super) fn knock(
        &mut self,
        conn: ConnId,
        claims: Claims,
        session: Secret,
        request_id: Option<u32>,
        join: Join,
    ) {
        self.take_over(&claims, &join);
        self.last_participant += 1;
        let visitor = Visitor {
            id: ParticipantId(self.last_participant),
            conn,
            claims,
            session,
            request_id,
            join,
            pace: Pace::new(&self.limits, self.at.now),
        };
        let outcome = match self.must_wait(&visitor) {
            Ok(true) => {
                self.wait(visitor);
                Ok(())
            }
            Ok(false) => self.enter(visitor),
            Err(refusal) => Err(refusal),
        };
        if let Err(refusal) = outcome {
            self.turn_away(conn, request_id, refusal);
        }
    }

    /// The browser was here before and has forgotten it: whatever becomes of it now, who it was is gone.
    fn take_over(&mut self, claims: &Claims, join: &Join) {
        let Some(session) = &join.replaces else {
            return;
        };
        let user = claims.user_id.as_uuid();
        let mut people = self.people.iter();
        let old = people.find(|(_, one)| one.session == *session && one.seen.user_id == *user);
        if let Some(id) = old.map(|(id, _)| *id) {
            let elsewhere = "this participant has entered anew";
            self.leave(id, Leave::Left, Some((CloseCode::Replaced, elsewhere)));
        }
    }

    fn must_wait(&self, visitor: &Visitor) -> Outcome<bool> {
        check_version(visitor.join.version)?;
        let standing = self.standings.get(visitor.claims.user_id.as_uuid());
        if visitor.is_host() || standing == Some(&Standing::Known) {
            return Ok(false);
        }
        if self.state.locked {
            return Err(refuse(ErrorCode::Locked, "The meeting is locked."));
        }
        let must_wait = self.state.lobby || standing == Some(&Standing::Removed);
        if must_wait && self.waiting.len() >= self.limits.waiting_per_meeting {
            let full = "Too many people wait for this meeting.";
            return Err(refuse(ErrorCode::MeetingFull, full));
        }
        Ok(must_wait)
    }

    fn wait(&mut self, visitor: Visitor) {
        let (id, conn) = (visitor.id, visitor.conn);
        self.seats.insert(conn, Seat::Waiting(id));
        let message = ServerMessage::Waiting {
            id: visitor.request_id,
            you: id,
        };
        self.send(conn, &message);
        let waiting = visitor.seen();
        self.waiting.insert(id, visitor);
        self.emit_to_hosts(MeetingEvent::WaitingAdded { waiting });
    }

    /// Whether one more fits in.
    pub(super) fn check_space(&self) -> Outcome<()> {
        match self.people.len() < self.limits.people_per_meeting {
            true => Ok(()),
            false => Err(refuse(ErrorCode::MeetingFull, "The meeting is full.")),
        }
    }

    /// Lets somebody in. Nothing has changed when it fails.
    pub(super) fn enter(&mut self, visitor: Visitor) -> Outcome<()> {
        self.check_space()?;
        let (id, conn) = (visitor.id, visitor.conn);
        let tracks = self.plan_tracks(&visitor)?;
        let answer = self.connect(&visitor, &tracks)?;
        self.start();
        let seen = Participant {
            id,
            user_id: *visitor.claims.user_id.as_uuid(),
            name: visitor.claims.name.clone(),
            role: visitor.claims.role.into(),
            hand: false,
            connected: true,
        };
        self.outputs.push_back(RoomOutput::Ufrag {
            participant: id,
            ufrag: answer.ufrag.clone(),
        });
        self.emit_to_all(MeetingEvent::Joined {
            participant: seen.clone(),
        });
        for track in tracks {
            self.tracks.insert(track.id, track.clone());
            self.emit_to_all(MeetingEvent::TrackAdded { track });
        }
        self.remember(seen.user_id, Standing::Known);
        let person = Person {
            seen,
            conn: Some(conn),
            gone_at: None,
            session: visitor.session.clone(),
            since: self.log.last(),
            pace: visitor.pace,
            quality: None,
            arrival: Arrival::Unasked,
            media_lost: false,
            unplayable: BTreeSet::new(),
        };
        let attendee = person.attendee();
        self.people.insert(id, person);
        self.seats.insert(conn, Seat::In(id));
        if !answer.slots.is_empty() || !visitor.join.publish.is_empty() {
            self.await_media(id);
        }
        self.observed(ConferenceEvent::Joined {
            meeting: self.meeting.clone(),
            at: self.at.utc,
            attendee,
        });
        self.welcome(id, conn, visitor.request_id, visitor.session, answer);
        Ok(())
    }

    /// The sources that are published from the start.
    fn plan_tracks(&mut self, visitor: &Visitor) -> Outcome<Vec<Track>> {
        let publish = &visitor.join.publish;
        self.check_tracks(visitor.id, publish.len())?;
        let mut tracks: Vec<Track> = Vec::with_capacity(publish.len());
        for one in publish {
            if tracks.iter().any(|track| track.source == one.source) {
                let twice = "Each source can be published once.";
                return Err(refuse(ErrorCode::AlreadyPublished, twice));
            }
            self.last_track += 1;
            tracks.push(Track {
                id: TrackId(self.last_track),
                participant: visitor.id,
                source: one.source,
                muted: one.muted,
            });
        }
        Ok(tracks)
    }

    fn connect(&mut self, visitor: &Visitor, tracks: &[Track]) -> Outcome<Answer> {
        let (id, now) = (visitor.id, self.at.now);
        let answer = self.media.connect(id, &visitor.join.offer, now);
        self.settle();
        let answer = answer?;
        for (track, publish) in tracks.iter().zip(&visitor.join.publish) {
            let published = self.media.publish(id, track.id, publish, now);
            self.settle();
            if let Err(error) = published {
                self.media.disconnect(id, now);
                self.settle();
                return Err(error.into());
            }
        }
        Ok(answer)
    }

    fn start(&mut self) {
        if self.has_started {
            return;
        }
        self.has_started = true;
        self.state.started_at = self.at.millis();
        self.observed(ConferenceEvent::Started {
            meeting: self.meeting.clone(),
            at: self.at.utc,
        });
    }

    fn welcome(
        &mut self,
        you: ParticipantId,
        conn: ConnId,
        id: Option<u32>,
        session: Secret,
        answer: Answer,
    ) {
        let within = self.limits.resume_within.as_secs();
        let welcome = Welcome {
            id,
            version: VERSION,
            you,
            session,
            resume_within: u32::try_from(within).unwrap_or(u32::MAX),
            answer: answer.sdp,
            slots: answer.slots,
            snapshot: self.snapshot(you),
        };
        self.send(conn, &ServerMessage::Welcome(Box::new(welcome)));
        self.tell_the_unnumbered(conn);
    }

    /// Keeps in mind how an account stands; not of endless many.
    pub(super) fn remember(&mut self, user: uuid::Uuid, standing: Standing) {
        let most = self.limits.people_per_meeting.saturating_mul(10);
        if self.standings.len() < most || self.standings.contains_key(&user) {
            self.standings.insert(user, standing);
        }
    }

    /// A connection goes on for another one.
    pub(super) fn resume(
        &mut self,
        conn: ConnId,
        user: Option<UserId>,
        request_id: Option<u32>,
        resume: &Resume,
    ) {
        match self.find(user, resume) {
            Ok(id) => self.go_on(id, conn, request_id, resume.last_event),
            Err(refusal) => self.turn_away(conn, request_id, refusal),
        }
    }

    fn find(&self, user: Option<UserId>, resume: &Resume) -> Result<ParticipantId, Refusal> {
        check_version(resume.version)?;
        let mut people = self.people.iter();
        let is_theirs = |one: &Person| user.is_none_or(|user| one.seen.user_id == *user.as_uuid());
        let found = people.find(|(_, one)| one.session == resume.session && is_theirs(one));
        let unknown = "This session is unknown or over: join anew.";
        found
            .map(|(id, _)| *id)
            .ok_or_else(|| refuse(ErrorCode::UnknownSession, unknown))
    }

    fn go_on(&mut self, you: ParticipantId, conn: ConnId, id: Option<u32>, seen: u64) {
        let Some(person) = self.people.get_mut(&you) else {
            return;
        };
        let (old, since) = (person.conn.take(), person.since);
        person.gone_at = None;
        if let Some(old) = old {
            let elsewhere = "this participant goes on over another connection";
            self.close(old, CloseCode::Replaced, elsewhere);
        }
        self.set_connected(you, true);
        // What happened before one came is nobody's business but the snapshot's.
        let missed = match seen >= since {
            true => self.log.missed(you, seen, self.at.now),
            false => None,
        };
        self.seats.insert(conn, Seat::In(you));
        if let Some(person) = self.people.get_mut(&you) {
            person.conn = Some(conn);
        }
        self.reckon_losses();
        let snapshot = match missed {
            Some(_) => None,
            None => Some(Box::new(self.snapshot(you))),
        };
        self.send(conn, &ServerMessage::Resumed { id, you, snapshot });
        for text in missed.into_iter().flatten() {
            self.send_text(conn, text);
        }
        self.tell_media_state(you, conn);
        self.tell_the_unnumbered(conn);
    }

    fn tell_media_state(&mut self, you: ParticipantId, conn: ConnId) {
        let slots = self.media.slots(you);
        self.send(conn, &ServerMessage::Slots { slots });
        self.tell_unplayable(you);
        let tracks = self.media.encodes(you);
        if !tracks.is_empty() {
            self.send(conn, &ServerMessage::Encode { tracks });
        }
        if self.people.get(&you).is_some_and(|one| one.media_lost) {
            self.send(conn, &ServerMessage::MediaLost);
        }
        self.tell_no_media(you);
    }

    /// Tells all, if it is news.
    pub(super) fn set_connected(&mut self, id: ParticipantId, connected: bool) {
        let Some(person) = self.people.get_mut(&id) else {
            return;
        };
        if person.seen.connected != connected {
            person.seen.connected = connected;
            self.emit_changed(id);
        }
    }
}

fn check_version(version: u32) -> Outcome<()> {
    match version == VERSION {
        true => Ok(()),
        false => Err(refuse(
            ErrorCode::UnsupportedVersion,
            "This server speaks version 1 of the protocol.",
        )),
    }
}
