//! How a room speaks: to one, to all, to those who watch.

use std::borrow::Cow;

use bytes::Bytes;
use vnet_core::conference::ConferenceEvent;

use super::Room;
use super::io::RoomOutput;
use super::log::Audience;
use super::person::Refusal;
use crate::ids::{ConnId, ParticipantId};
use crate::media::Media;
use crate::wire::{ChatLine, CloseCode, MeetingEvent, ServerMessage, Snapshot, Waiting};

impl<M: Media> Room<M> {
    pub(super) fn send(&mut self, conn: ConnId, message: &ServerMessage) {
        self.send_text(conn, message.to_text());
    }

    pub(super) fn send_text(&mut self, conn: ConnId, text: Bytes) {
        self.outputs.push_back(RoomOutput::Send { conn, text });
    }

    /// To a participant, if it is connected.
    pub(super) fn tell(&mut self, participant: ParticipantId, message: &ServerMessage) {
        let person = self.people.get(&participant);
        if let Some(conn) = person.and_then(|person| person.conn) {
            self.send(conn, message);
        }
    }

    /// To everybody connected.
    pub(super) fn tell_all(&mut self, message: &ServerMessage) {
        let text = message.to_text();
        for conn in self.people.values().filter_map(|person| person.conn) {
            let text = text.clone();
            self.outputs.push_back(RoomOutput::Send { conn, text });
        }
    }

    /// Something happened: it is numbered, kept, and told to those it is for.
    pub(super) fn emit(&mut self, what: MeetingEvent, audience: &Audience) {
        let text = self.log.push(what, audience.clone(), self.at.now);
        for (id, person) in &self.people {
            if let (Some(conn), true) = (person.conn, audience.holds(*id)) {
                let text = text.clone();
                self.outputs.push_back(RoomOutput::Send { conn, text });
            }
        }
    }

    pub(super) fn emit_to_all(&mut self, what: MeetingEvent) {
        self.emit(what, &Audience::All);
    }

    pub(super) fn emit_to_hosts(&mut self, what: MeetingEvent) {
        let hosts = self.people.iter().filter(|(_, person)| person.is_host());
        let hosts = hosts.map(|(id, _)| *id).collect();
        self.emit(what, &Audience::Only(hosts));
    }

    /// A participant as it is now, to all.
    pub(super) fn emit_changed(&mut self, participant: ParticipantId) {
        if let Some(person) = self.people.get(&participant) {
            let participant = person.seen.clone();
            self.emit_to_all(MeetingEvent::Changed { participant });
        }
    }

    pub(super) fn observed(&mut self, event: ConferenceEvent) {
        self.outputs.push_back(RoomOutput::Event(event));
    }

    pub(super) fn close(
        &mut self,
        conn: ConnId,
        code: CloseCode,
        reason: impl Into<Cow<'static, str>>,
    ) {
        self.seats.remove(&conn);
        let reason = reason.into();
        self.outputs
            .push_back(RoomOutput::Close { conn, code, reason });
    }

    pub(super) fn error(&mut self, conn: ConnId, request_id: Option<u32>, refusal: Refusal) {
        self.refused += 1;
        let message = ServerMessage::Error {
            id: request_id,
            code: refusal.code,
            message: refusal.message.into_owned(),
        };
        self.send(conn, &message);
    }

    /// Refuses the request that opened a connection, and ends it.
    pub(super) fn turn_away(&mut self, conn: ConnId, request_id: Option<u32>, refusal: Refusal) {
        let code = refusal.code.closes_with();
        let reason = short(&refusal.message);
        self.error(conn, request_id, refusal);
        self.close(conn, code, reason);
    }

    /// Everything that `viewer` may know.
    pub(super) fn snapshot(&self, viewer: ParticipantId) -> Snapshot {
        let is_host = self.people.get(&viewer).is_some_and(|one| one.is_host());
        let waiting: Vec<Waiting> = match is_host {
            true => self.waiting.values().map(|one| one.seen()).collect(),
            false => Vec::new(),
        };
        let is_for_viewer =
            |line: &&ChatLine| line.to.is_none() || line.to == Some(viewer) || line.from == viewer;
        Snapshot {
            event: self.log.last(),
            meeting: self.state,
            participants: self.people.values().map(|one| one.seen.clone()).collect(),
            tracks: self.tracks.values().cloned().collect(),
            chat: self.chat.iter().filter(is_for_viewer).cloned().collect(),
            waiting,
        }
    }

    /// What is not numbered, for somebody who has just come or come back.
    pub(super) fn tell_the_unnumbered(&mut self, conn: ConnId) {
        if !self.speakers.is_empty() || self.dominant.is_some() {
            let message = ServerMessage::Speakers {
                speakers: self.speakers.clone(),
                dominant: self.dominant,
            };
            self.send(conn, &message);
        }
        let known = self.people.iter();
        let participants: Vec<_> = known
            .filter_map(|(id, one)| Some((*id, one.quality?)))
            .collect();
        if !participants.is_empty() {
            self.send(conn, &ServerMessage::Quality { participants });
        }
    }
}

/// As much of a text as a close frame takes (RFC 6455, section 5.5).
fn short(text: &str) -> String {
    text[..text.floor_char_boundary(123)].to_owned()
}
