//! What participants publish, mute and want.

use std::time::Instant;

use super::Stage;
use super::track::Track;
use crate::ids::{ParticipantId, TrackId};
use crate::media::MediaError;
use crate::wire::{ErrorCode, Kind, Publish, Want};

/// Wishes of one participant that are remembered: tracks that are gone are forgotten, so this is
/// reached only by naming tracks that never were.
const MOST_WANTS: usize = 2_000;

fn refuse<T>(code: ErrorCode, message: impl Into<String>) -> Result<T, MediaError> {
    Err(MediaError {
        code,
        message: message.into(),
    })
}

impl Stage {
    pub(super) fn do_publish(
        &mut self,
        participant: ParticipantId,
        id: TrackId,
        publish: &Publish,
        now: Instant,
    ) -> Result<(), MediaError> {
        let Some(number) = self.peer(participant) else {
            return refuse(ErrorCode::BadMid, "no media connection");
        };
        let peer = &self.peers[number];
        let source = publish.source;
        let Some(section) = peer.sending(&publish.mid, source.kind()) else {
            return refuse(
                ErrorCode::BadMid,
                "the offer has no section of this `mid` that sends this kind",
            );
        };
        let section = section.clone();
        let mut own = peer.tracks.iter().map(|track| &self.tracks[*track]);
        if own.clone().any(|track| track.source == source) {
            return refuse(
                ErrorCode::AlreadyPublished,
                "this source is published already",
            );
        }
        if own.any(|track| track.mid == section.mid) {
            return refuse(ErrorCode::BadMid, "another source is sent in this section");
        }
        self.check_room(number)?;
        if self.track_numbers.contains_key(&id) {
            return refuse(ErrorCode::Internal, "this track number is taken");
        }
        let mut track = Track::new(
            id,
            participant,
            number,
            source,
            section.mid,
            &section.rids,
            self.config.limits.track_bitrate,
            now,
        );
        track.muted = publish.muted;
        let sound = track.kind() == Kind::Audio;
        let track = self.tracks.insert(track);
        if sound {
            self.floor.add(track);
        }
        self.track_numbers.insert(id, track);
        let peer = &mut self.peers[number];
        peer.tracks.push(track);
        peer.streams.clear();
        self.everybody_stale();
        Ok(())
    }

    fn check_room(&self, number: usize) -> Result<(), MediaError> {
        let limits = &self.config.limits;
        let own = self.peers[number].tracks.len();
        if own >= limits.tracks_per_participant {
            return refuse(
                ErrorCode::TooManyTracks,
                "too many sources of one participant",
            );
        }
        let publishers = self
            .peers
            .iter()
            .filter(|(_, peer)| !peer.tracks.is_empty())
            .count();
        if own == 0 && publishers >= limits.publishers {
            return refuse(ErrorCode::TooManyTracks, "too many people publish already");
        }
        Ok(())
    }

    pub(super) fn remove_track(&mut self, number: usize) {
        let Some(track) = self.tracks.try_remove(number) else {
            return;
        };
        self.track_numbers.remove(&track.id);
        self.floor.forget(number);
        for place in &track.places {
            if let Some(slot) = self
                .peers
                .get_mut(place.peer)
                .and_then(|peer| peer.slots.get_mut(place.slot))
            {
                slot.stop();
            }
        }
        if let Some(peer) = self.peers.get_mut(track.peer) {
            peer.tracks.retain(|other| *other != number);
            peer.streams.clear();
        }
        for (_, peer) in &mut self.peers {
            peer.wants.remove(&track.id);
            peer.unplayable.retain(|other| *other != track.id);
        }
        self.everybody_stale();
    }

    pub(super) fn do_set_muted(&mut self, id: TrackId, muted: bool, now: Instant) {
        let Some(&number) = self.track_numbers.get(&id) else {
            return;
        };
        let track = &mut self.tracks[number];
        if track.muted == muted {
            return;
        }
        track.muted = muted;
        if muted {
            track.voice.hush();
        }
        let mut waited = Vec::new();
        for place in &track.places {
            if let Some(playing) = self
                .peers
                .get_mut(place.peer)
                .and_then(|peer| peer.slots.get_mut(place.slot))
                .and_then(|slot| slot.playing.as_mut())
            {
                // What was left out must not be missed: a new piece, from a key frame.
                playing.current = None;
                waited.extend(playing.target);
            }
        }
        if !muted {
            waited.sort_unstable();
            waited.dedup();
            for layer in waited {
                self.ask(number, layer, now);
            }
        }
        self.everybody_stale();
    }

    pub(super) fn do_want(&mut self, participant: ParticipantId, want: Want) {
        let Some(number) = self.peer(participant) else {
            return;
        };
        let peer = &mut self.peers[number];
        if self.track_numbers.contains_key(&want.track)
            && (peer.wants.len() < MOST_WANTS || peer.wants.contains_key(&want.track))
            && peer.wants.insert(want.track, want) != Some(want)
        {
            self.mark(number);
        }
    }

    pub(super) fn everybody_stale(&mut self) {
        for (number, _) in &self.peers {
            self.stale.mark(number);
        }
    }
}
