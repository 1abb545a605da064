//! What a connection carried before nothing was sent through it.
//!
//! While no picture is sent, because all come another way for instance, an estimate means little: it follows the
//! few packets that there are, and any delay of theirs lowers it. When a picture is wanted again it begins
//! with what the connection carried last, and is measured anew from there: a moment of too much costs less than
//! seconds of nothing. The engine tells means of the last seconds, of which some were before: until these are over,
//! what it says once a second of the moment is believed instead.

use std::time::{Duration, Instant};

/// Older ones say nothing any more.
const GOOD_FOR: Duration = Duration::from_secs(15 * 60);
/// Pictures have to be gone for so long: shorter breaks leave the estimate as it was.
const BREAK: Duration = Duration::from_millis(500);
/// What the engine tells is a mean of so long.
const MEAN_OF: Duration = Duration::from_secs(3);
/// For so long after a new beginning the engine still measures the little that was sent before: it is not believed.
const SETTLES: Duration = Duration::from_secs(1);

/// The memory of one connection.
#[derive(Debug, Default)]
pub(super) struct Carried {
    /// The estimate while pictures were sent last.
    last: Option<(u64, Instant)>,
    /// Since when none is wanted.
    idle: Option<Instant>,
    /// What the estimate began anew with, or was after that, and when it began.
    anew: Option<(u64, Instant)>,
}

impl Carried {
    /// Takes in the `estimate`, whether pictures are `wanted` and whether some are `sent`; returns the estimate to begin
    /// anew with, when they are wanted again and it has fallen meanwhile.
    pub(super) fn take(
        &mut self,
        estimate: u64,
        wanted: bool,
        sent: bool,
        now: Instant,
    ) -> Option<u64> {
        if !wanted {
            self.idle.get_or_insert(now);
            return None;
        }
        if sent {
            self.last = Some((estimate, now));
        }
        let idle = self.idle.take()?;
        let (bits, at) = self.last?;
        let is_good = now.saturating_duration_since(at) < GOOD_FOR;
        let is_break = now.saturating_duration_since(idle) >= BREAK;
        let begins = is_good && is_break && bits > estimate;
        begins.then_some(bits)
    }

    /// The estimate begins anew with so much, because of `take` or for another reason.
    pub(super) const fn begin(&mut self, bits: u64, now: Instant) {
        self.anew = Some((bits, now));
    }

    /// What to believe when the engine tells this `mean`.
    pub(super) fn believe(&self, mean: u64, now: Instant) -> u64 {
        self.just_anew(now).unwrap_or(mean)
    }

    /// Takes in the estimate of this moment; returns it if it is to be believed rather than means.
    pub(super) fn measured(&mut self, moment: u64, now: Instant) -> Option<u64> {
        self.just_anew(now)?;
        let (bits, at) = self.anew.as_mut()?;
        if now.saturating_duration_since(*at) < SETTLES {
            return None;
        }
        *bits = moment;
        Some(moment)
    }

    fn just_anew(&self, now: Instant) -> Option<u64> {
        let (bits, at) = self.anew?;
        (now.saturating_duration_since(at) < MEAN_OF).then_some(bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn what_fell_while_nothing_was_sent_is_taken_up_again_once() {
        let now = Instant::now();
        let mut carried = Carried::default();
        assert_eq!(carried.take(900, true, true, now), None);
        assert_eq!(carried.take(300, false, false, now + SECOND), None);
        assert_eq!(carried.take(50, false, false, now + SECOND * 9), None);
        assert_eq!(carried.take(50, true, false, now + SECOND * 10), Some(900));
        assert_eq!(carried.take(60, true, false, now + SECOND * 11), None);
    }

    #[test]
    fn means_of_the_time_before_are_not_believed() {
        let now = Instant::now();
        let mut carried = Carried::default();
        carried.take(900, true, true, now);
        carried.take(50, false, false, now + SECOND);
        assert_eq!(carried.believe(50, now + SECOND), 50);
        assert_eq!(carried.measured(50, now + SECOND), None);
        let back = now + SECOND * 2;
        assert_eq!(carried.take(50, true, false, back), Some(900));
        carried.begin(900, back);
        assert_eq!(carried.measured(100, back + SECOND / 10), None);
        assert_eq!(carried.believe(200, back + SECOND / 2), 900);
        assert_eq!(carried.measured(700, back + SECOND), Some(700));
        assert_eq!(carried.believe(300, back + SECOND * 2), 700);
        assert_eq!(carried.believe(600, back + SECOND * 3), 600);
        assert_eq!(carried.measured(800, back + SECOND * 3), None);
    }

    #[test]
    fn what_has_not_fallen_or_is_old_or_was_never_sent_begins_nothing_anew() {
        let now = Instant::now();
        let mut grown = Carried::default();
        grown.take(900, true, true, now);
        grown.take(900, false, false, now + SECOND);
        assert_eq!(grown.take(1_000, true, false, now + SECOND * 3), None);

        let mut old = Carried::default();
        old.take(900, true, true, now);
        old.take(900, false, false, now + SECOND);
        assert_eq!(old.take(50, true, false, now + GOOD_FOR), None);

        let mut new = Carried::default();
        new.take(600, false, false, now);
        assert_eq!(new.take(50, true, false, now + SECOND * 3), None);
    }

    #[test]
    fn a_short_break_is_none() {
        let now = Instant::now();
        let mut carried = Carried::default();
        carried.take(900, true, true, now);
        carried.take(800, false, false, now + SECOND);
        let soon = now + SECOND + BREAK / 2;
        assert_eq!(carried.take(200, true, false, soon), None);
    }
}
