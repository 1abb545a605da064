//! How fast somebody may speak.

use std::time::{Duration, Instant};

use crate::limits::SfuLimits;

/// Whether a message may be acted upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It may.
    Fine,
    /// It is to be refused.
    TooFast,
    /// It was one too many: the connection is to be closed.
    Hopeless,
}

/// A token bucket that counts in time, and how often in a row it was empty.
#[derive(Clone, Debug)]
pub(crate) struct Pace {
    /// What one message costs.
    price: Duration,
    /// The most that can be saved.
    most: Duration,
    saved: Duration,
    last: Instant,
    strikes: u32,
    most_strikes: u32,
}

impl Pace {
    pub(crate) fn new(limits: &SfuLimits, now: Instant) -> Self {
        let price = Duration::from_secs(1) / limits.message_rate.max(1);
        let most = price.saturating_mul(limits.message_burst.max(1));
        Self {
            price,
            most,
            saved: most,
            last: now,
            strikes: 0,
            most_strikes: limits.message_strikes,
        }
    }

    pub(crate) fn check(&mut self, now: Instant) -> Verdict {
        let earned = now.saturating_duration_since(self.last);
        self.last = self.last.max(now);
        self.saved = self.saved.saturating_add(earned).min(self.most);
        if let Some(rest) = self.saved.checked_sub(self.price) {
            self.saved = rest;
            self.strikes = 0;
            return Verdict::Fine;
        }
        self.strikes = self.strikes.saturating_add(1);
        match self.strikes > self.most_strikes {
            true => Verdict::Hopeless,
            false => Verdict::TooFast,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_taken_then_the_rate_then_nothing() {
        let limits = SfuLimits {
            message_rate: 10,
            message_burst: 3,
            message_strikes: 2,
            ..SfuLimits::default()
        };
        let start = Instant::now();
        let mut pace = Pace::new(&limits, start);
        let verdicts: Vec<_> = (0..6).map(|_| pace.check(start)).collect();
        use Verdict::{Fine, Hopeless, TooFast};
        assert_eq!(verdicts, [Fine, Fine, Fine, TooFast, TooFast, Hopeless]);
        let later = start + Duration::from_millis(100);
        assert_eq!(pace.check(later), Fine);
        assert_eq!(pace.check(later), TooFast, "counted anew");
        assert_eq!(
            pace.check(start),
            TooFast,
            "time that goes back earns nothing"
        );
        let much_later = start + Duration::from_secs(3600);
        let fine = (0..10).filter(|_| pace.check(much_later) == Fine).count();
        assert_eq!(fine, 3, "no more is saved than the burst");
    }
}
