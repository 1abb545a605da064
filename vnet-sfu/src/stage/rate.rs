//! How much flows: a sliding second, and a bucket that bounds.

use std::time::{Duration, Instant};

const PARTS: usize = 10;
const PART: Duration = Duration::from_millis(100);

/// Bits a second over the last second.
#[derive(Debug)]
pub(super) struct Meter {
    bytes: [u64; PARTS],
    sum: u64,
    at: usize,
    /// When the current part began.
    began: Instant,
    /// How many parts have been filled since the flow began.
    filled: usize,
}

impl Meter {
    pub(super) const fn new(now: Instant) -> Self {
        Self {
            bytes: [0; PARTS],
            sum: 0,
            at: 0,
            began: now,
            filled: 0,
        }
    }

    /// `bytes` more.
    pub(super) fn add(&mut self, bytes: usize, now: Instant) {
        self.forward(now);
        self.bytes[self.at] += bytes as u64;
        self.sum += bytes as u64;
    }

    fn forward(&mut self, now: Instant) {
        let mut steps = 0;
        while now.saturating_duration_since(self.began) >= PART {
            steps += 1;
            if steps > PARTS {
                *self = Self::new(now);
                return;
            }
            self.began += PART;
            self.at = (self.at + 1) % PARTS;
            self.sum -= self.bytes[self.at];
            self.bytes[self.at] = 0;
            self.filled = if self.sum == 0 {
                0
            } else {
                (self.filled + 1).min(PARTS)
            };
        }
    }

    /// Bits a second; a flow younger than a second is judged by what there is of it.
    pub(super) fn bits(&mut self, now: Instant) -> u64 {
        self.forward(now);
        // The part that is being filled counts half.
        let halves = (2 * self.filled + 1).min(2 * PARTS) as u64;
        self.sum * 8 * 20 / halves
    }

    /// Whether [`Self::bits`] rests on at least half a second.
    pub(super) const fn is_settled(&self) -> bool {
        self.filled >= PARTS / 2
    }
}

/// Lets a sustained rate through, and two seconds' worth of it at once.
#[derive(Debug)]
pub(super) struct Bucket {
    bits_per_second: u64,
    /// Bits that may pass now.
    level: u64,
    at: Instant,
}

impl Bucket {
    pub(super) const fn new(bits_per_second: u64, now: Instant) -> Self {
        Self {
            bits_per_second,
            level: bits_per_second * 2,
            at: now,
        }
    }

    /// Whether `bytes` more may pass.
    pub(super) fn take(&mut self, bytes: usize, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.at);
        let micros = u64::try_from(passed.as_micros()).unwrap_or(u64::MAX);
        let gained = self.bits_per_second.saturating_mul(micros) / 1_000_000;
        if gained > 0 {
            self.at = now;
            self.level = self
                .level
                .saturating_add(gained)
                .min(self.bits_per_second * 2);
        }
        let bits = bytes as u64 * 8;
        let fits = bits <= self.level;
        if fits {
            self.level -= bits;
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_flow_is_measured_early_and_forgotten_when_it_ends() {
        let begin = Instant::now();
        let mut meter = Meter::new(begin);
        for ms in (0..2_000).step_by(10) {
            let now = begin + Duration::from_millis(ms);
            meter.add(1_250, now);
            if ms > 500 {
                let bits = meter.bits(now);
                assert!((900_000..1_150_000).contains(&bits), "{bits} after {ms} ms");
                assert!(meter.is_settled());
            }
        }
        assert_eq!(meter.bits(begin + Duration::from_secs(4)), 0);
    }

    #[test]
    fn a_bucket_lets_a_burst_through_and_then_the_rate() {
        let begin = Instant::now();
        let mut bucket = Bucket::new(80_000, begin);
        let burst = (0..100).filter(|_| bucket.take(1_000, begin)).count();
        assert_eq!(burst, 20);
        let sustained = (1..=10_000)
            .filter(|ms| bucket.take(100, begin + Duration::from_millis(*ms)))
            .count();
        assert!((990..=1_010).contains(&sustained), "{sustained}");
    }
}
