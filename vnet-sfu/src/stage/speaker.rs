//! Who speaks: smoothed loudness for showing and for choosing whom to forward, and the dominant speaker,
//! who should not change with every cough.
//!
//! # Source
//! Levels: RFC 6464. Dominant speaker: Volfin and Cohen, "Dominant speaker identification for
//! multipoint videoconferencing", 2013: the speech activity of each participant over a short, a medium
//! and a long time is scored; the floor goes to one who beats its holder in all three.

use std::time::{Duration, Instant};

/// From this smoothed level on somebody counts as speaking (-45 dB of full scale) …
const SPEAKS: f32 = 82.0;
/// … and below this one no longer does.
const SILENT: f32 = 70.0;
/// How long a pause between words may be.
const PAUSE: Duration = Duration::from_millis(600);

/// One step of the short scale, in levels.
const STEP: u8 = 10;
const STEPS: usize = 13;
/// Steps of the short scale that make a sample of the medium one active.
const LOUD: u8 = 7;
/// Short samples in a medium one, and medium ones in the long one.
const MEDIUM: usize = 5;
const LONG: usize = 10;
/// Active short samples that make a medium one active.
const DENSE: usize = 4;
/// By how much (in logarithms of scores) a challenger must beat the holder: short, medium, long.
const BEATS: [f64; 3] = [3.0, 2.0, 0.0];

/// The loudness of one microphone.
#[derive(Clone, Debug)]
pub(super) struct Voice {
    smoothed: f32,
    /// The loudest since the last look.
    loudest: Option<u8>,
    /// The latest short samples, newest first.
    samples: [u8; MEDIUM * LONG],
    speaks: bool,
    /// When it was last loud enough to be speaking.
    pub(super) spoke: Option<Instant>,
    scores: [f64; 3],
}

impl Default for Voice {
    fn default() -> Self {
        Self {
            smoothed: 0.0,
            loudest: None,
            samples: [0; MEDIUM * LONG],
            speaks: false,
            spoke: None,
            scores: [f64::MIN_POSITIVE; 3],
        }
    }
}

impl Voice {
    /// A packet came with this level: 0 (silent) to 127 (full scale).
    pub(super) fn hear(&mut self, level: u8) {
        let level = level.min(127);
        self.loudest = Some(self.loudest.map_or(level, |loudest| loudest.max(level)));
        self.push(level / STEP);
    }

    fn push(&mut self, sample: u8) {
        self.samples.rotate_right(1);
        self.samples[0] = sample;
    }

    /// Takes stock, every tenth of a second. Silence may come as no packets at all.
    pub(super) fn look(&mut self, now: Instant) {
        let loudest = self.loudest.take();
        if loudest.is_none() {
            for _ in 0..MEDIUM {
                self.push(0);
            }
        }
        let level = f32::from(loudest.unwrap_or(0));
        let weight = if level > self.smoothed { 0.5 } else { 0.25 };
        self.smoothed += (level - self.smoothed) * weight;
        if self.smoothed >= SPEAKS || (self.speaks && self.smoothed >= SILENT) {
            self.speaks = true;
            self.spoke = Some(now);
        } else if self
            .spoke
            .is_none_or(|spoke| now.saturating_duration_since(spoke) >= PAUSE)
        {
            self.speaks = false;
        }
        self.scores = scores(&self.samples);
    }

    pub(super) fn hush(&mut self) {
        *self = Self {
            spoke: self.spoke,
            ..Self::default()
        };
    }

    pub(super) const fn speaks(&self) -> bool {
        self.speaks
    }

    /// Smoothed, 0 to 127.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a mean of numbers from 0 to 127"
    )]
    pub(super) fn level(&self) -> u8 {
        self.smoothed.round() as u8
    }

    /// Whether it takes the floor from `holder`; how clearly.
    pub(super) fn beats(&self, holder: Option<&Self>) -> Option<f64> {
        if !self.speaks {
            return None;
        }
        let Some(holder) = holder else {
            return Some(self.scores[1]);
        };
        let mut margins = [0.0; 3];
        for (n, margin) in margins.iter_mut().enumerate() {
            *margin = (self.scores[n] / holder.scores[n]).ln();
            if *margin <= BEATS[n] {
                return None;
            }
        }
        Some(margins[1])
    }
}

fn scores(samples: &[u8; MEDIUM * LONG]) -> [f64; 3] {
    let short = usize::from(samples[0]).min(STEPS);
    let mut medium = 0;
    let mut long = 0;
    for (n, group) in samples.chunks(MEDIUM).enumerate() {
        let active = group.iter().filter(|sample| **sample > LOUD).count();
        if n == 0 {
            medium = active;
        }
        long += usize::from(active >= DENSE);
    }
    [
        score(short, STEPS, 0.78),
        score(medium, MEDIUM, 24.0),
        score(long, LONG, 47.0),
    ]
}

/// How much more likely `active` of `all` are under speech than under silence.
fn score(active: usize, all: usize, lambda: f64) -> f64 {
    let choose: f64 = (0..active)
        .map(|n| ((all - n) as f64 / (n + 1) as f64).ln())
        .sum();
    let score = choose + all as f64 * 0.5f64.ln() - lambda.ln() + lambda * active as f64;
    score.max(1e-10)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICK: Duration = Duration::from_millis(100);

    struct Talk {
        now: Instant,
    }

    impl Talk {
        fn new() -> Self {
            Self {
                now: Instant::now(),
            }
        }

        /// Five packets each and a look.
        fn tick(&mut self, voices: &mut [(&mut Voice, u8)]) {
            self.now += TICK;
            for (voice, level) in voices {
                for _ in 0..5 {
                    voice.hear(*level);
                }
                voice.look(self.now);
            }
        }
    }

    #[test]
    fn speech_is_noticed_quickly_and_survives_pauses() {
        let (mut talk, mut voice) = (Talk::new(), Voice::default());
        for _ in 0..4 {
            talk.tick(&mut [(&mut voice, 100)]);
        }
        assert!(voice.speaks());
        for _ in 0..5 {
            talk.tick(&mut [(&mut voice, 20)]);
        }
        assert!(voice.speaks(), "a pause between words");
        for _ in 0..10 {
            talk.tick(&mut [(&mut voice, 20)]);
        }
        assert!(!voice.speaks());
        assert!(voice.level() < 30);
    }

    #[test]
    fn a_cough_does_not_take_the_floor_and_speech_does() {
        let mut talk = Talk::new();
        let (mut holder, mut other) = (Voice::default(), Voice::default());
        for _ in 0..20 {
            talk.tick(&mut [(&mut holder, 95), (&mut other, 10)]);
        }
        assert!(holder.beats(None).is_some());
        talk.tick(&mut [(&mut holder, 95), (&mut other, 127)]);
        assert_eq!(other.beats(Some(&holder)), None);
        let mut taken = None;
        for n in 0..30 {
            talk.tick(&mut [(&mut holder, 10), (&mut other, 100)]);
            if other.beats(Some(&holder)).is_some() {
                taken = Some(n);
                break;
            }
        }
        assert!(
            taken.is_some_and(|ticks| (2..20).contains(&ticks)),
            "{taken:?}"
        );
    }

    #[test]
    fn silence_may_come_without_packets() {
        let (mut talk, mut voice) = (Talk::new(), Voice::default());
        for _ in 0..10 {
            talk.tick(&mut [(&mut voice, 100)]);
        }
        for n in 1..20 {
            voice.look(talk.now + TICK * n);
        }
        assert!(!voice.speaks());
        assert_eq!(voice.beats(None), None);
    }
}
