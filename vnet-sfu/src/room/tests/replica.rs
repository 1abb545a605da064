//! What a browser makes of what it hears: the protocol as a front end implements it.

use crate::ids::ParticipantId;
use crate::wire::{
    ChatLine, MeetingEvent, MeetingState, Participant, Role, ServerMessage, Snapshot, Track,
    Waiting,
};

/// The state of one browser, from its messages alone.
#[derive(Clone, Debug)]
pub(super) struct Replica {
    pub(super) you: ParticipantId,
    pub(super) event: u64,
    pub(super) meeting: MeetingState,
    pub(super) participants: Vec<Participant>,
    pub(super) tracks: Vec<Track>,
    pub(super) chat: Vec<ChatLine>,
    pub(super) waiting: Vec<Waiting>,
}

impl Replica {
    pub(super) fn new(you: ParticipantId, snapshot: Snapshot) -> Self {
        Self {
            you,
            event: snapshot.event,
            meeting: snapshot.meeting,
            participants: snapshot.participants,
            tracks: snapshot.tracks,
            chat: snapshot.chat,
            waiting: snapshot.waiting,
        }
    }

    pub(super) fn hear(&mut self, message: ServerMessage) {
        match message {
            ServerMessage::Event(numbered) => {
                assert!(numbered.event > self.event, "in order and once");
                self.event = numbered.event;
                self.apply(numbered.what);
            }
            ServerMessage::Resumed { you, snapshot, .. } => {
                assert_eq!(you, self.you);
                if let Some(snapshot) = snapshot {
                    *self = Self::new(you, *snapshot);
                }
            }
            _ => {}
        }
    }

    fn apply(&mut self, what: MeetingEvent) {
        match what {
            MeetingEvent::Joined { participant } => self.participants.push(participant),
            MeetingEvent::Changed { participant } => {
                if participant.id == self.you && participant.role == Role::Guest {
                    self.waiting.clear();
                }
                let old = self
                    .participants
                    .iter_mut()
                    .find(|one| one.id == participant.id);
                *old.expect("one that is there changes") = participant;
            }
            MeetingEvent::Left { participant, .. } => {
                self.participants.retain(|one| one.id != participant);
                self.tracks.retain(|one| one.participant != participant);
            }
            MeetingEvent::TrackAdded { track } => self.tracks.push(track),
            MeetingEvent::TrackChanged { track, .. } => {
                let old = self.tracks.iter_mut().find(|one| one.id == track.id);
                *old.expect("one that is there changes") = track;
            }
            MeetingEvent::TrackRemoved { track } => self.tracks.retain(|one| one.id != track),
            MeetingEvent::Chat { line } => self.chat.push(line),
            MeetingEvent::Reaction { .. } => {}
            MeetingEvent::MeetingChanged { meeting } => self.meeting = meeting,
            MeetingEvent::WaitingAdded { waiting } => self.waiting.push(waiting),
            MeetingEvent::WaitingRemoved { participant } => {
                self.waiting.retain(|one| one.id != participant);
            }
        }
    }

    /// Compares with what the room would tell a newcomer in this one's place.
    pub(super) fn check(&self, truth: &Snapshot) {
        assert_eq!(self.meeting, truth.meeting);
        // The room lists people by number, and who waited came in later.
        let mut participants = self.participants.clone();
        participants.sort_by_key(|one| one.id);
        assert_eq!(participants, truth.participants);
        assert_eq!(self.tracks, truth.tracks);
        assert_eq!(self.waiting, truth.waiting);
        // The room keeps the latest lines only.
        assert!(self.chat.ends_with(&truth.chat), "{self:?} {truth:?}");
    }
}
