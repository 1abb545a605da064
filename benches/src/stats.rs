//! Medians, spreads and percentiles.

use std::time::Duration;

/// The middle of several runs with the least and the greatest beside it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The median.
    pub median: f64,
    /// The least.
    pub least: f64,
    /// The greatest.
    pub greatest: f64,
    /// How many runs.
    pub runs: usize,
}

impl Spread {
    /// Over `values`; all zero if there are none.
    #[must_use]
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(0.0);
        let runs = values.len();
        let upper = runs / 2;
        let lower = runs.saturating_sub(1) / 2;
        Self {
            median: f64::midpoint(at(lower), at(upper)),
            least: at(0),
            greatest: at(runs.saturating_sub(1)),
            runs,
        }
    }

    /// The same with every value divided by `unit`.
    #[must_use]
    pub fn per(self, unit: f64) -> Self {
        Self {
            median: self.median / unit,
            least: self.least / unit,
            greatest: self.greatest / unit,
            runs: self.runs,
        }
    }
}

/// Latencies, or what else is counted in time.
#[derive(Clone, Debug, Default)]
pub struct Times {
    nanos: Vec<u64>,
    sorted: bool,
}

impl Times {
    /// Adds one.
    pub fn push(&mut self, time: Duration) {
        self.nanos
            .push(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
        self.sorted = false;
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nanos.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nanos.is_empty()
    }

    /// The time that `percent` of all do not exceed (nearest rank); zero if there are none.
    pub fn percentile(&mut self, percent: f64) -> Duration {
        if !self.sorted {
            self.nanos.sort_unstable();
            self.sorted = true;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a rank among far fewer than 2^52 values"
        )]
        let rank = (self.nanos.len() as f64 * percent / 100.0).ceil() as usize;
        let index = rank.saturating_sub(1);
        Duration::from_nanos(self.nanos.get(index).copied().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_the_mean_of_the_two_middles() {
        let odd = Spread::of(vec![3.0, 1.0, 2.0]);
        assert_eq!(
            (odd.least, odd.median, odd.greatest, odd.runs),
            (1.0, 2.0, 3.0, 3)
        );
        assert_eq!(Spread::of(vec![4.0, 1.0, 2.0, 3.0]).median, 2.5);
        assert_eq!(Spread::of(Vec::new()).median, 0.0);
    }

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let mut times = Times::default();
        for micros in (1..=200).rev() {
            times.push(Duration::from_micros(micros));
        }
        assert_eq!(times.percentile(50.0), Duration::from_micros(100));
        assert_eq!(times.percentile(99.0), Duration::from_micros(198));
        assert_eq!(times.percentile(100.0), Duration::from_micros(200));
        assert_eq!(Times::default().percentile(99.0), Duration::ZERO);
    }
}
