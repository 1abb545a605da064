//! Which layers a publisher should send: those that somebody gets or is about to get. More is said at
//! once, less when it has been so for a while.

use std::time::{Duration, Instant};

use super::Stage;
use super::track::Track;
use crate::media::MediaOutput;
use crate::wire::{Encode, Kind};

/// How long a layer must be unwanted before its publisher hears of it: slots and speakers change
/// often, and starting a layer anew costs a key frame.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// What a publisher was told.
#[derive(Debug)]
pub(super) struct Told {
    wanted: Vec<bool>,
    fewer_since: Option<Instant>,
}

impl Told {
    /// Publishers begin with all their layers.
    pub(super) fn all(layers: usize) -> Self {
        Self {
            wanted: vec![true; layers],
            fewer_since: None,
        }
    }

    /// Takes in what is wanted now; whether the publisher is to be told.
    fn update(&mut self, wanted: &[bool], now: Instant) -> bool {
        let more = self
            .wanted
            .iter()
            .zip(wanted)
            .any(|(old, new)| !old && *new);
        let fewer = self
            .wanted
            .iter()
            .zip(wanted)
            .any(|(old, new)| *old && !new);
        if more {
            for (old, new) in self.wanted.iter_mut().zip(wanted) {
                *old |= new;
            }
        }
        if !fewer {
            self.fewer_since = None;
            return more;
        }
        let since = *self.fewer_since.get_or_insert(now);
        if now.saturating_duration_since(since) < PATIENCE {
            return more;
        }
        self.fewer_since = None;
        self.wanted.copy_from_slice(wanted);
        true
    }
}

impl Track {
    /// What its publisher should send; `None` for sound, which is always wanted.
    pub(super) fn encode(&self) -> Option<Encode> {
        (self.kind() == Kind::Video).then(|| Encode {
            track: self.id,
            layers: self
                .layers
                .iter()
                .zip(&self.told.wanted)
                .filter(|(_, wanted)| **wanted)
                .map(|(layer, _)| layer.name.clone())
                .collect(),
        })
    }
}

impl Stage {
    /// Tells the publisher of a track which of its layers are wanted, if that has changed.
    pub(super) fn tell_publisher(&mut self, number: usize, now: Instant) {
        let Some(track) = self.tracks.get_mut(number) else {
            return;
        };
        if track.kind() == Kind::Audio {
            return;
        }
        let mut wanted = vec![false; track.layers.len()];
        for place in &track.places {
            let playing = self
                .peers
                .get(place.peer)
                .and_then(|peer| peer.slots.get(place.slot))
                .and_then(|slot| slot.playing.as_ref());
            let Some(playing) = playing else { continue };
            let target = playing.target.and(playing.current);
            for layer in [playing.goal, playing.target, target].into_iter().flatten() {
                wanted[layer] = true;
            }
        }
        if track.told.update(&wanted, now)
            && let Some(encode) = track.encode()
        {
            let participant = track.participant;
            self.say(MediaOutput::Encode(participant, encode));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_is_told_at_once_and_less_later() {
        let now = Instant::now();
        let mut told = Told::all(3);
        assert!(!told.update(&[true, false, false], now));
        assert!(!told.update(&[true, false, false], now + PATIENCE / 2));
        assert!(told.update(&[true, false, false], now + PATIENCE));
        assert_eq!(told.wanted, [true, false, false]);
        assert!(told.update(&[true, true, false], now + PATIENCE));
        assert_eq!(told.wanted, [true, true, false]);
    }

    #[test]
    fn a_short_lull_is_not_told() {
        let now = Instant::now();
        let mut told = Told::all(1);
        assert!(!told.update(&[false], now));
        assert!(!told.update(&[true], now + PATIENCE / 2));
        assert!(!told.update(&[false], now + PATIENCE));
        assert!(!told.update(&[false], now + PATIENCE * 3 / 2));
        assert!(told.update(&[false], now + PATIENCE * 2));
    }
}
