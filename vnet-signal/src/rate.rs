//! A token bucket in one instant of time.

use std::time::{Duration, Instant};

/// Lets through a sustained rate and a burst beyond it.
///
/// # Source
/// The generic cell rate algorithm, ITU-T I.371, as virtual scheduling: what is kept is when the
/// next message would be due if messages came evenly.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    interval: Duration,
    tolerance: Duration,
    due: Instant,
}

impl Bucket {
    /// A full bucket: `per_second` (at least one) sustained, `burst` (at least one) at once.
    pub(crate) fn new(per_second: u32, burst: u32, now: Instant) -> Self {
        let interval = Duration::from_secs(1) / per_second.max(1);
        Self {
            interval,
            tolerance: interval.saturating_mul(burst.max(1) - 1),
            due: now,
        }
    }

    /// Whether the bucket is full again: the sender has been calm for long enough.
    pub(crate) fn is_full(&self, now: Instant) -> bool {
        self.due <= now
    }

    /// Takes one token, if there is one.
    pub(crate) fn take(&mut self, now: Instant) -> bool {
        let due = self.due.max(now);
        let ahead = due.saturating_duration_since(now);
        let allowed = ahead <= self.tolerance;
        if allowed {
            self.due = due + self.interval;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_sustained_rate() {
        let start = Instant::now();
        let mut bucket = Bucket::new(10, 3, start);
        assert!(bucket.is_full(start));
        let passed = (0..10).filter(|_| bucket.take(start)).count();
        assert_eq!(passed, 3);
        assert!(!bucket.is_full(start));
        let later = start + Duration::from_millis(100);
        assert!(bucket.take(later));
        assert!(!bucket.take(later));
        let calm = later + Duration::from_secs(1);
        assert!(bucket.is_full(calm));
        assert_eq!((0..10).filter(|_| bucket.take(calm)).count(), 3);
    }

    #[test]
    fn a_sustained_rate_is_never_refused() {
        let start = Instant::now();
        let mut bucket = Bucket::new(100, 1, start);
        assert!((0..1_000).all(|n| bucket.take(start + Duration::from_millis(10) * n)));
    }

    #[test]
    fn settings_of_nothing_still_let_something_through() {
        let start = Instant::now();
        let mut bucket = Bucket::new(0, 0, start);
        assert!(bucket.take(start));
        assert!(!bucket.take(start));
        assert!(bucket.take(start + Duration::from_secs(1)));
    }
}
