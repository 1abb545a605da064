//! What media says, for those it concerns.

use super::Room;
use crate::ids::{ParticipantId, TrackId};
use crate::media::{Media, MediaOutput};
use crate::wire::{CloseCode, Leave, Quality, ServerMessage};

impl<M: Media> Room<M> {
    pub(super) fn hear(&mut self, said: MediaOutput) {
        match said {
            MediaOutput::Transmit(transmit) => {
                self.outputs
                    .push_back(super::RoomOutput::Transmit(transmit));
            }
            MediaOutput::Connected(id) => {
                self.media_arrived(id);
                self.set_media_lost(id, false);
            }
            MediaOutput::Lost(id) => self.set_media_lost(id, true),
            MediaOutput::Failed(id) => self.failed(id),
            MediaOutput::Slots(id, slots) => self.tell(id, &ServerMessage::Slots { slots }),
            MediaOutput::Playable {
                participant,
                track,
                playable,
            } => self.set_playable(participant, track, playable),
            MediaOutput::Encode(id, encode) => {
                let tracks = vec![encode];
                self.tell(id, &ServerMessage::Encode { tracks });
            }
            MediaOutput::Speakers { speakers, dominant } => {
                self.speakers.clone_from(&speakers);
                self.dominant = dominant;
                self.tell_all(&ServerMessage::Speakers { speakers, dominant });
            }
            MediaOutput::Quality(id, quality) => self.set_quality(id, quality),
        }
    }

    fn set_media_lost(&mut self, id: ParticipantId, lost: bool) {
        if let Some(person) = self.people.get_mut(&id) {
            person.media_lost = lost;
            if lost {
                self.tell(id, &ServerMessage::MediaLost);
            }
        }
    }

    fn set_playable(&mut self, id: ParticipantId, track: TrackId, playable: bool) {
        let is_there = self.tracks.contains_key(&track);
        if let Some(person) = self.people.get_mut(&id) {
            let is_news = match playable {
                true => person.unplayable.remove(&track),
                false => is_there && person.unplayable.insert(track),
            };
            if is_news {
                self.tell_unplayable(id);
            }
        }
    }

    pub(super) fn tell_unplayable(&mut self, id: ParticipantId) {
        if let Some(person) = self.people.get(&id) {
            let tracks = person.unplayable.iter().copied().collect();
            self.tell(id, &ServerMessage::Unplayable { tracks });
        }
    }

    fn set_quality(&mut self, id: ParticipantId, quality: Quality) {
        if let Some(person) = self.people.get_mut(&id) {
            person.quality = Some(quality);
            let participants = vec![(id, quality)];
            self.tell_all(&ServerMessage::Quality { participants });
        }
    }

    fn failed(&mut self, id: ParticipantId) {
        let why = "the server could not go on with this participant's media";
        self.leave(id, Leave::Failed, Some((CloseCode::Failed, why)));
        if self.people.is_empty() && self.life == super::Life::Open {
            self.finish(CloseCode::Ended, "the meeting is over");
        }
    }
}
