//! When an estimate that lets no picture through is not believed any more.
//!
//! Beside sound there is little to measure a connection by: an estimate that a bad moment has lowered, or that never
//! grew, may stay low for minutes, and with it a picture that comes in one size away. After a while without any it is
//! sent as if it fitted, and measured then; less and less often where it does not fit.

use std::time::{Duration, Instant};

/// How long nothing may be seen at first; by then an estimate has usually grown by itself.
const FIRST: Duration = Duration::from_secs(10);
/// The longest of these waits, each twice as long as the one before.
const LONGEST: Duration = Duration::from_secs(120);
/// What was sent for so long without a break did fit.
const FITS: Duration = Duration::from_secs(10);

/// One subscriber's time without pictures.
#[derive(Debug)]
pub(super) struct Starved {
    wait: Duration,
    /// Since when none is sent although some are wanted.
    without: Option<Instant>,
    /// Since when some are sent.
    with: Option<Instant>,
}

impl Default for Starved {
    fn default() -> Self {
        Self {
            wait: FIRST,
            without: None,
            with: None,
        }
    }
}

impl Starved {
    /// Takes in whether pictures are `wanted` and whether some are `sent`; returns whether the estimate is not to be
    /// believed now.
    pub(super) fn take(&mut self, wanted: bool, sent: bool, now: Instant) -> bool {
        if sent {
            self.without = None;
            let with = *self.with.get_or_insert(now);
            if now.saturating_duration_since(with) >= FITS {
                self.wait = FIRST;
            }
            return false;
        }
        self.with = None;
        if !wanted {
            self.without = None;
            return false;
        }
        let without = *self.without.get_or_insert(now);
        let is_over = now.saturating_duration_since(without) >= self.wait;
        if is_over {
            self.wait = (self.wait * 2).min(LONGEST);
            self.without = Some(now);
        }
        is_over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn what_never_fits_is_sent_less_and_less_often() {
        let begin = Instant::now();
        let mut starved = Starved::default();
        let mut sent_until = 0;
        let mut times = Vec::new();
        for at in 0..600 {
            if starved.take(true, at < sent_until, begin + SECOND * at) {
                times.push(at);
                sent_until = at + 3;
            }
        }
        assert_eq!(times, [10, 33, 76, 159, 282, 405, 528]);
    }

    #[test]
    fn it_is_soon_again_after_what_did_fit_and_never_while_none_is_wanted() {
        let begin = Instant::now();
        let at = |seconds| begin + SECOND * seconds;
        let mut starved = Starved::default();
        assert!(!starved.take(true, false, at(0)));
        assert!(starved.take(true, false, at(10)));
        assert!(!starved.take(true, true, at(11)));
        assert!(!starved.take(true, true, at(21)));
        assert!(!starved.take(false, false, at(30)));
        assert!(!starved.take(false, false, at(60)));
        assert!(!starved.take(true, false, at(61)));
        assert!(!starved.take(true, false, at(70)));
        assert!(starved.take(true, false, at(71)));
    }
}
