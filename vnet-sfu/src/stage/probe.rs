//! When to look for more bandwidth: while somebody gets less than is wanted, every now and then, less
//! often if nothing is found.

use std::time::{Duration, Instant};

const FIRST: Duration = Duration::from_millis(300);
const LONGEST: Duration = Duration::from_secs(8);
/// How long padding keeps up the rate after a look, so that what was found is not lost at once: an
/// estimate does not grow beyond what is sent.
const KEEP_UP: Duration = Duration::from_millis(1_500);

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Look for more now.
    Look,
    /// Fill up with padding what media leaves free.
    KeepUp,
    /// Send what there is to send.
    Rest,
}

/// The looks of one peer.
#[derive(Debug)]
pub(super) struct Prober {
    wait: Duration,
    looked: Option<Instant>,
    /// Since when somebody gets less than is wanted.
    short: Option<Instant>,
    estimate: u64,
}

impl Default for Prober {
    fn default() -> Self {
        Self {
            wait: FIRST,
            looked: None,
            short: None,
            estimate: 0,
        }
    }
}

impl Prober {
    /// Takes in how things are.
    pub(super) fn step(&mut self, short: bool, estimate: u64, now: Instant) -> Step {
        if !short {
            *self = Self::default();
            return Step::Rest;
        }
        let short = *self.short.get_or_insert(now);
        let since = now.saturating_duration_since(self.looked.unwrap_or(short));
        if since >= self.wait {
            let found = estimate > self.estimate + self.estimate / 10;
            self.wait = if self.looked.is_none() || found {
                FIRST * 2
            } else {
                (self.wait * 2).min(LONGEST)
            };
            self.estimate = estimate;
            self.looked = Some(now);
            return Step::Look;
        }
        if self.looked.is_some() && since < KEEP_UP {
            Step::KeepUp
        } else {
            Step::Rest
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_soon_and_then_less_often() {
        let begin = Instant::now();
        let mut prober = Prober::default();
        let mut looks = Vec::new();
        for ms in (0..30_000).step_by(100) {
            let now = begin + Duration::from_millis(ms);
            if prober.step(true, 300_000, now) == Step::Look {
                looks.push(ms);
            }
        }
        assert_eq!(looks[0], 300);
        assert!(looks[1] <= 1_000);
        assert!((5..8).contains(&looks.len()), "{looks:?}");
    }

    #[test]
    fn what_is_found_is_followed_up_and_then_it_rests() {
        let begin = Instant::now();
        let mut prober = Prober::default();
        let at = |ms| begin + Duration::from_millis(ms);
        assert_eq!(prober.step(true, 100, at(0)), Step::Rest);
        assert_eq!(prober.step(true, 100, at(300)), Step::Look);
        assert_eq!(prober.step(true, 100, at(400)), Step::KeepUp);
        assert_eq!(prober.step(true, 200, at(900)), Step::Look);
        assert_eq!(prober.step(true, 400, at(1_500)), Step::Look);
        assert_eq!(prober.step(false, 400, at(1_600)), Step::Rest);
    }
}
