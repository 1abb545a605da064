//! What is published, and who wants to see and hear it.

use super::Room;
use super::io::RoomOutput;
use super::person::{Outcome, Reply, refuse};
use crate::ids::{ParticipantId, TrackId};
use crate::media::Media;
use crate::wire::{ErrorCode, MeetingEvent, Publish, ServerMessage, Track, Want};

impl<M: Media> Room<M> {
    /// A new offer on a connection that exists.
    pub(super) fn renegotiate(
        &mut self,
        me: ParticipantId,
        request_id: Option<u32>,
        offer: &str,
    ) -> Outcome {
        let answer = self.media.renegotiate(me, offer, self.at.now);
        self.settle();
        let answer = answer?;
        self.outputs.push_back(RoomOutput::Ufrag {
            participant: me,
            ufrag: answer.ufrag,
        });
        if !answer.slots.is_empty() {
            self.await_media(me);
        }
        let message = ServerMessage::Answer {
            id: request_id,
            answer: answer.sdp,
            slots: answer.slots,
        };
        self.tell(me, &message);
        Ok(Reply::None)
    }

    /// Whether `me` may publish so many sources more.
    pub(super) fn check_tracks(&self, me: ParticipantId, more: usize) -> Outcome<()> {
        if more == 0 {
            return Ok(());
        }
        let full = |message| Err(refuse(ErrorCode::TooManyTracks, message));
        if self.tracks.len().saturating_add(more) > self.limits.tracks_per_meeting {
            return full("Too many sources are published in this meeting.");
        }
        let mut publishers: Vec<_> = self.tracks.values().map(|one| one.participant).collect();
        publishers.sort_unstable();
        publishers.dedup();
        let is_new = !publishers.contains(&me);
        if is_new && publishers.len() >= self.limits.publishers_per_meeting {
            return full("Too many people publish in this meeting.");
        }
        Ok(())
    }

    pub(super) fn publish(&mut self, me: ParticipantId, publish: &Publish) -> Outcome {
        let mut own = self.tracks.values().filter(|one| one.participant == me);
        if own.any(|track| track.source == publish.source) {
            let twice = "`source` is published already.";
            return Err(refuse(ErrorCode::AlreadyPublished, twice));
        }
        self.check_tracks(me, 1)?;
        let id = TrackId(self.last_track + 1);
        let published = self.media.publish(me, id, publish, self.at.now);
        self.settle();
        published?;
        self.last_track = id.0;
        let track = Track {
            id,
            participant: me,
            source: publish.source,
            muted: publish.muted,
        };
        self.tracks.insert(id, track.clone());
        self.emit_to_all(MeetingEvent::TrackAdded { track });
        self.await_media(me);
        Ok(Reply::Track(id))
    }

    fn check_own(&self, me: ParticipantId, track: TrackId) -> Outcome<()> {
        let track = self.tracks.get(&track);
        match track.is_some_and(|track| track.participant == me) {
            true => Ok(()),
            false => Err(no_such_track()),
        }
    }

    pub(super) fn unpublish(&mut self, me: ParticipantId, track: TrackId) -> Outcome {
        self.check_own(me, track)?;
        self.media.unpublish(track, self.at.now);
        self.settle();
        self.tracks.remove(&track);
        for person in self.people.values_mut() {
            person.unplayable.remove(&track);
        }
        self.emit_to_all(MeetingEvent::TrackRemoved { track });
        Ok(Reply::Ok)
    }

    pub(super) fn mute(&mut self, me: ParticipantId, track: TrackId, muted: bool) -> Outcome {
        self.check_own(me, track)?;
        self.set_muted(track, muted, None)
    }

    /// Says whether a track is silent; `by` a host.
    pub(super) fn set_muted(
        &mut self,
        id: TrackId,
        muted: bool,
        by: Option<ParticipantId>,
    ) -> Outcome {
        let track = self.tracks.get_mut(&id).ok_or_else(no_such_track)?;
        if track.muted == muted {
            return Ok(Reply::Ok);
        }
        track.muted = muted;
        let track = track.clone();
        self.media.set_muted(id, muted, self.at.now);
        self.settle();
        self.emit_to_all(MeetingEvent::TrackChanged { track, by });
        Ok(Reply::Ok)
    }

    pub(super) fn want(&mut self, me: ParticipantId, wants: Vec<Want>) -> Outcome {
        for want in wants {
            // One that is not there may just be gone; one's own is never sent back.
            let track = self.tracks.get(&want.track);
            if track.is_some_and(|track| track.participant != me) {
                self.media.want(me, want, self.at.now);
                self.settle();
            }
        }
        Ok(Reply::Ok)
    }
}

fn no_such_track() -> super::person::Refusal {
    let message = "No such track, or not your own.";
    refuse(ErrorCode::NoSuchTrack, message)
}
