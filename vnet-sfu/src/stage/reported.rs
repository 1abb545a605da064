//! What fits to a browser that reports its own estimate (REMB) rather than each arrival.
//!
//! Such an estimate is no measure of the link: it never rises far above what arrives, so what is sent less
//! would never be sent more. It means something when it falls, that is, when too much was sent. Then what
//! was reported is a ceiling for a while, and longer the next time.
//!
//! # Source
//! draft-alvestrand-rmcat-remb-03. A report is for the streams that it names: some stacks name all of them in
//! one, others report each alone, so the latest ones of all streams add up.

use std::time::{Duration, Instant};

use str0m::media::Mid;

/// Reports are repeated about once a second while something arrives.
const FRESH: Duration = Duration::from_secs(3);
/// So long the first ceiling holds, and the longest.
const FIRST_HOLD: Duration = Duration::from_secs(4);
const LONGEST_HOLD: Duration = Duration::from_secs(60);

/// The reports of one peer.
#[derive(Debug, Default)]
pub(super) struct Reported {
    streams: Vec<Report>,
    fell: bool,
    ceiling: Option<Ceiling>,
}

#[derive(Clone, Copy, Debug)]
struct Report {
    mid: Mid,
    bits: u64,
    at: Instant,
}

#[derive(Clone, Copy, Debug)]
struct Ceiling {
    bits: u64,
    since: Instant,
    hold: Duration,
}

impl Ceiling {
    fn holds(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.since) < self.hold
    }
}

impl Reported {
    /// Takes a report of the stream in a section.
    pub(super) fn take(&mut self, mid: Mid, bits: u64, now: Instant) {
        self.forget(now);
        let report = Report { mid, bits, at: now };
        if let Some(known) = self.streams.iter_mut().find(|known| known.mid == mid) {
            // Those that tremble do not fall.
            self.fell |= bits < known.bits - known.bits / 20;
            *known = report;
        } else {
            self.streams.push(report);
        }
    }

    /// What all that arrives may take, as reported.
    pub(super) fn sum(&self) -> Option<u64> {
        let bits = self.streams.iter().map(|report| report.bits);
        (!self.streams.is_empty()).then(|| bits.fold(0, u64::saturating_add))
    }

    /// What may be sent (`None`: whatever is wanted), when so much is sent now; bits a second.
    pub(super) fn bound(&mut self, sent: u64, now: Instant) -> Option<u64> {
        self.forget(now);
        let told = self.sum().filter(|told| *told < sent);
        if std::mem::take(&mut self.fell)
            && let Some(bits) = told
        {
            let hold = match self.ceiling {
                Some(before) if before.holds(now) => before.hold,
                // Soon after the last one ended: the link is as it was.
                Some(before)
                    if now.saturating_duration_since(before.since) < before.hold + LONGEST_HOLD =>
                {
                    (before.hold * 2).min(LONGEST_HOLD)
                }
                _ => FIRST_HOLD,
            };
            let since = now;
            self.ceiling = Some(Ceiling { bits, since, hold });
        }
        self.ceiling
            .filter(|ceiling| ceiling.holds(now))
            .map(|ceiling| ceiling.bits)
    }

    fn forget(&mut self, now: Instant) {
        self.streams
            .retain(|report| now.saturating_duration_since(report.at) < FRESH);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn mid(name: &str) -> Mid {
        Mid::from(name)
    }

    #[test]
    fn an_estimate_that_follows_what_arrives_is_no_bound() {
        let (mut reported, now) = (Reported::default(), Instant::now());
        reported.take(mid("1"), 225_000, now);
        assert_eq!(reported.bound(150_000, now), None);
        assert_eq!(reported.bound(500_000, now), None, "it only lags behind");
        reported.take(mid("1"), 400_000, now + SECOND);
        assert_eq!(reported.bound(500_000, now + SECOND), None);
    }

    #[test]
    fn reports_of_single_streams_add_up() {
        let (mut reported, now) = (Reported::default(), Instant::now());
        for bits in [30_000_000, 450_000] {
            reported.take(mid("1"), bits, now);
            reported.take(mid("2"), bits, now);
        }
        assert_eq!(reported.sum(), Some(900_000));
        assert_eq!(reported.bound(800_000, now), None);
        reported.take(mid("2"), 300_000, now);
        assert_eq!(reported.bound(1_000_000, now), Some(750_000));
    }

    #[test]
    fn a_ceiling_ends_and_holds_longer_the_next_time() {
        let (mut reported, start) = (Reported::default(), Instant::now());
        let overuse = |reported: &mut Reported, now: Instant| {
            reported.take(mid("1"), 1_000_000, now);
            reported.take(mid("1"), 300_000, now);
            reported.bound(500_000, now)
        };
        assert_eq!(overuse(&mut reported, start), Some(300_000));
        // Nothing arrives any more, so nothing is reported.
        assert_eq!(reported.bound(0, start + SECOND * 3), Some(300_000));
        let later = start + FIRST_HOLD;
        assert_eq!(reported.bound(0, later), None, "it is tried again");
        assert_eq!(overuse(&mut reported, later), Some(300_000));
        assert_eq!(reported.bound(0, later + FIRST_HOLD), Some(300_000));
        assert_eq!(reported.bound(0, later + FIRST_HOLD * 2), None);
        let much_later = later + LONGEST_HOLD * 3;
        overuse(&mut reported, much_later);
        assert_eq!(reported.bound(0, much_later + FIRST_HOLD), None);
    }

    #[test]
    fn what_falls_far_below_what_is_sent_counts_once() {
        let (mut reported, now) = (Reported::default(), Instant::now());
        reported.take(mid("1"), 2_000_000, now);
        reported.take(mid("1"), 1_500_000, now);
        assert_eq!(reported.bound(500_000, now), None, "it is still enough");
        assert_eq!(reported.bound(1_600_000, now), None, "more was not sent");
    }
}
