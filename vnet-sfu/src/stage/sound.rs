//! Sound: who is heard by whom, and who is said to speak.

use std::cmp::Reverse;
use std::time::{Duration, Instant};

use str0m::rtp::RtpPacket;

use super::Stage;
use super::track::Track;
use crate::ids::ParticipantId;
use crate::media::MediaOutput;
use crate::wire::{Kind, Source, Speaking};

/// How long a slot of sound is kept after its last word, while others wait.
const HOLD: Duration = Duration::from_secs(2);
/// How much louder somebody who speaks must be to take a slot from somebody who speaks too.
const LOUDER: u8 = 10;
/// How often speakers are told at most.
const TELL_EVERY: Duration = Duration::from_millis(250);
/// Levels are told in steps, so that news are news.
const STEP: u8 = 8;

/// Who speaks, as far as it was told.
#[derive(Debug, Default)]
pub(super) struct Floor {
    holder: Option<usize>,
    told: (Vec<Speaking>, Option<ParticipantId>),
    told_at: Option<Instant>,
    /// All tracks of sound, those that should be heard first first.
    ranking: Vec<usize>,
}

impl Floor {
    pub(super) fn forget(&mut self, track: usize) {
        self.ranking.retain(|other| *other != track);
        if self.holder == Some(track) {
            self.holder = None;
        }
    }

    pub(super) fn add(&mut self, track: usize) {
        self.ranking.push(track);
    }
}

impl Stage {
    pub(super) fn hear_level(&mut self, track: usize, packet: &RtpPacket) {
        let track = &mut self.tracks[track];
        if track.kind() != Kind::Audio || track.muted {
            return;
        }
        let values = &packet.header.ext_vals;
        if let Some(level) = values.audio_level {
            // Negative decibels of full scale; noise that is no voice counts little.
            let level = 127u8.saturating_sub(level.unsigned_abs());
            let voice = values.voice_activity.unwrap_or(true);
            track.voice.hear(if voice { level } else { level / 2 });
        }
    }

    /// Takes stock of all voices, ranks them, and tells who speaks.
    pub(super) fn listen(&mut self, now: Instant) {
        for (_, track) in &mut self.tracks {
            if track.kind() == Kind::Audio {
                track.voice.look(now);
            }
        }
        let tracks = &self.tracks;
        self.floor.ranking.sort_by_key(|number| {
            let track = &tracks[*number];
            let voice = &track.voice;
            (
                track.source != Source::ScreenAudio,
                track.muted,
                !voice.speaks(),
                if voice.speaks() {
                    Reverse(voice.level())
                } else {
                    Reverse(0)
                },
                Reverse(voice.spoke),
                track.id,
            )
        });
        self.find_holder();
        self.tell_speakers(now);
    }

    fn find_holder(&mut self) {
        let holder = self.floor.holder.and_then(|number| {
            let track = self.tracks.get(number).filter(|track| !track.muted)?;
            Some((number, track))
        });
        self.floor.holder = holder.map(|(number, _)| number);
        let best = self
            .microphones()
            .filter(|(number, track)| Some(*number) != self.floor.holder && !track.muted)
            .filter_map(|(number, track)| {
                let margin = track.voice.beats(holder.map(|(_, track)| &track.voice))?;
                Some((margin, number))
            })
            .max_by(|(a, _), (b, _)| a.total_cmp(b));
        if let Some((_, number)) = best {
            self.floor.holder = Some(number);
        }
    }

    fn microphones(&self) -> impl Iterator<Item = (usize, &Track)> {
        self.tracks
            .iter()
            .filter(|(_, track)| track.source == Source::Microphone)
    }

    fn tell_speakers(&mut self, now: Instant) {
        let floor = &self.floor;
        if floor
            .told_at
            .is_some_and(|at| now.saturating_duration_since(at) < TELL_EVERY)
        {
            return;
        }
        let mut speakers: Vec<Speaking> = self
            .microphones()
            .filter(|(_, track)| !track.muted && track.voice.speaks())
            .map(|(_, track)| Speaking {
                participant: track.participant,
                level: (track.voice.level() / STEP * STEP).max(1),
            })
            .collect();
        speakers.sort_by_key(|speaking| (Reverse(speaking.level), speaking.participant));
        let dominant = floor.holder.map(|number| self.tracks[number].participant);
        let told = (speakers, dominant);
        if told == floor.told {
            return;
        }
        self.floor.told = told.clone();
        self.floor.told_at = Some(now);
        let (speakers, dominant) = told;
        self.say(MediaOutput::Speakers { speakers, dominant });
    }

    /// The sound that a peer gets: all that it wants, or the loudest if its slots are fewer.
    pub(super) fn choose_sound(&mut self, number: usize, now: Instant) -> Vec<usize> {
        let peer = &self.peers[number];
        let wanted: Vec<usize> = self
            .floor
            .ranking
            .iter()
            .copied()
            .filter(|track| {
                let track = &self.tracks[*track];
                track.peer != number && peer.wants.get(&track.id).is_none_or(|want| want.on)
            })
            .collect();
        let slots = self.open_slots(number, Kind::Audio);
        let wanted = if wanted.len() > slots {
            self.loudest(number, wanted, slots, now)
        } else {
            wanted
        };
        self.only_playable(number, wanted, Kind::Audio)
    }

    /// Puts those in front who keep their slots: a slot changes hands when its track has been silent
    /// for a while, or is clearly less loud.
    fn loudest(&self, number: usize, ranked: Vec<usize>, slots: usize, now: Instant) -> Vec<usize> {
        let playing = |track: &usize| {
            self.tracks[*track]
                .places
                .iter()
                .any(|place| place.peer == number)
        };
        let (mut heard, waiting): (Vec<usize>, Vec<usize>) = ranked.into_iter().partition(playing);
        let mut waiting = waiting.into_iter().peekable();
        while heard.len() < slots
            && let Some(track) = waiting.next()
        {
            heard.push(track);
        }
        let mut rest = Vec::new();
        // The weakest of those heard is last.
        for challenger in waiting {
            let takes = heard
                .last()
                .is_some_and(|weakest| self.gives_way(*weakest, challenger, now));
            if takes && let Some(weakest) = heard.pop() {
                rest.push(weakest);
                heard.insert(0, challenger);
            } else {
                rest.push(challenger);
            }
        }
        heard.extend(rest);
        heard
    }

    fn gives_way(&self, holder: usize, challenger: usize, now: Instant) -> bool {
        let (holder, challenger) = (&self.tracks[holder], &self.tracks[challenger]);
        if challenger.source == Source::ScreenAudio {
            return holder.source != Source::ScreenAudio;
        }
        if challenger.muted || holder.source == Source::ScreenAudio || !challenger.voice.speaks() {
            return false;
        }
        let silent = holder
            .voice
            .spoke
            .is_none_or(|spoke| now.saturating_duration_since(spoke) >= HOLD);
        silent || holder.muted || challenger.voice.level() > holder.voice.level() + LOUDER
    }
}
