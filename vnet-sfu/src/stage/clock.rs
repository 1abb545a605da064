//! When a packet was captured, on one scale for all that one publisher sends: for lip-sync, and for
//! timestamps that go on evenly when a layer is switched.
//!
//! Publishers say now and then which time of their clock belongs to which RTP timestamp (sender
//! reports). Their clock is matched with ours by the packet that travelled fastest.

use std::time::{Duration, Instant, SystemTime};

/// How much later than expected packets may become each second before the match follows: clocks drift
/// and routes get longer.
const LEAK_PER_SECOND: Duration = Duration::from_millis(1);
/// Reports that put a packet this far from its arrival are not believed.
const ABSURD: Duration = Duration::from_secs(10);

/// The publisher's clock against ours.
#[derive(Debug, Default)]
pub(super) struct PublisherClock {
    matched: Option<Matched>,
}

#[derive(Clone, Copy, Debug)]
struct Matched {
    theirs: SystemTime,
    ours: Instant,
    at: Instant,
}

/// The RTP clock of one layer against the publisher's.
#[derive(Debug, Default)]
pub(super) struct LayerClock {
    report: Option<(u32, SystemTime)>,
}

impl LayerClock {
    /// A sender report: `time` (RTP) is `theirs`.
    pub(super) const fn reported(&mut self, time: u32, theirs: SystemTime) {
        self.report = Some((time, theirs));
    }

    /// When, by the publisher's clock, something with this timestamp was captured.
    fn theirs(&self, time: u32, rate: u32) -> Option<SystemTime> {
        let (reported, theirs) = self.report?;
        let ticks = i64::from(time.wrapping_sub(reported).cast_signed());
        let micros = ticks.checked_mul(1_000_000)? / i64::from(rate.max(1));
        let distance = Duration::from_micros(micros.unsigned_abs());
        if micros < 0 {
            theirs.checked_sub(distance)
        } else {
            theirs.checked_add(distance)
        }
    }
}

impl PublisherClock {
    /// When, by our clock, the packet was captured (plus the shortest way here); `arrived` as long as
    /// nothing better is known.
    pub(super) fn captured(
        &mut self,
        layer: &LayerClock,
        time: u32,
        rate: u32,
        arrived: Instant,
    ) -> Instant {
        let Some(theirs) = layer.theirs(time, rate) else {
            return arrived;
        };
        let expected = self.matched.and_then(|matched| {
            let leak = LEAK_PER_SECOND
                .mul_f64(arrived.saturating_duration_since(matched.at).as_secs_f64());
            let ours = matched.ours + leak;
            match theirs.duration_since(matched.theirs) {
                Ok(later) => ours.checked_add(later),
                Err(earlier) => ours.checked_sub(earlier.duration()),
            }
        });
        match expected {
            Some(expected) if expected <= arrived => {
                if arrived - expected > ABSURD {
                    self.matched = Some(Matched::new(theirs, arrived));
                    return arrived;
                }
                expected
            }
            // Nothing travelled faster so far.
            _ => {
                self.matched = Some(Matched::new(theirs, arrived));
                arrived
            }
        }
    }
}

impl Matched {
    const fn new(theirs: SystemTime, ours: Instant) -> Self {
        Self {
            theirs,
            ours,
            at: ours,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_report_the_arrival_counts() {
        let now = Instant::now();
        let mut clock = PublisherClock::default();
        assert_eq!(clock.captured(&LayerClock::default(), 5, 90_000, now), now);
    }

    #[test]
    fn jitter_is_taken_out_and_two_layers_agree() {
        let now = Instant::now();
        let theirs = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        let mut clock = PublisherClock::default();
        let (mut low, mut high) = (LayerClock::default(), LayerClock::default());
        low.reported(u32::MAX - 100, theirs);
        high.reported(7_000_000, theirs);
        let start = clock.captured(&low, u32::MAX - 100, 90_000, now);
        assert_eq!(start, now);
        let second = now + Duration::from_secs(1);
        let late = second + Duration::from_millis(40);
        let of_low = clock.captured(&low, (u32::MAX - 100).wrapping_add(90_000), 90_000, late);
        let of_high = clock.captured(&high, 7_090_000, 90_000, late);
        assert_eq!(of_low, of_high);
        let off = of_low.saturating_duration_since(second);
        assert!(off < Duration::from_millis(2), "{off:?}");
    }
}
