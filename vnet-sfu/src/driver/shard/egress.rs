//! How much the whole server sends: one bound for the rooms of all shards, shared out anew every second.
//!
//! Each shard tells what its people have and want. From that comes one figure, the same for everybody:
//! so much may be sent to each person. Who wants less leaves the rest to the others.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Shard, Space};
use crate::media::Need;
use crate::room::{Moment, RoomInput};

/// How often the bound is shared out.
const EVERY: Duration = Duration::from_secs(1);
/// Bits a second without which nobody more is let in: some voices, or a small picture.
pub(in crate::driver) const LEAST: u64 = 100_000;

/// The bound, for all shards.
#[derive(Clone, Debug, Default)]
pub(in crate::driver) struct Egress(Option<Arc<Bound>>);

#[derive(Debug)]
struct Bound {
    bits: u64,
    /// What everybody needs, by shard. Held for a look at all of them, some times a second.
    needs: Mutex<Vec<Vec<Need>>>,
}

impl Egress {
    /// Bits a second of all shards together; `None`: no bound.
    pub(in crate::driver) fn new(bits: Option<u64>, shards: usize) -> Self {
        let bound = |bits| Bound {
            bits,
            needs: Mutex::new(vec![Vec::new(); shards]),
        };
        Self(bits.map(bound).map(Arc::new))
    }

    /// The part of one shard.
    pub(in crate::driver) fn of(&self, shard: usize) -> Shares {
        Shares {
            egress: self.clone(),
            shard,
            each: None,
            due: None,
        }
    }
}

impl Bound {
    fn needs(&self) -> MutexGuard<'_, Vec<Vec<Need>>> {
        self.needs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is enough for one more; then it is put by until the shard tells more of them.
    fn admit(&self, shard: usize) -> bool {
        let mut needs = self.needs();
        let fits = sent_at(LEAST, &needs).saturating_add(LEAST) <= self.bits;
        if fits && let Some(own) = needs.get_mut(shard) {
            own.push(Need {
                least: 0,
                wish: LEAST,
            });
        }
        fits
    }

    /// What each person may be sent, now that a shard's people need this.
    fn report(&self, shard: usize, own: Vec<Need>) -> u64 {
        let mut needs = self.needs();
        if let Some(known) = needs.get_mut(shard) {
            *known = own;
        }
        share(self.bits, &needs)
    }
}

/// What is sent to all when each may have so much.
fn sent_at(each: u64, needs: &[Vec<Need>]) -> u64 {
    let sent = |need: &Need| need.wish.min(each).max(need.least);
    needs
        .iter()
        .flatten()
        .map(sent)
        .fold(0, u64::saturating_add)
}

/// The largest share for each with which all together keep within `bits`.
fn share(bits: u64, needs: &[Vec<Need>]) -> u64 {
    let (mut fits, mut too_much) = (0, bits.saturating_add(1));
    while too_much - fits > 1 {
        let each = fits + (too_much - fits) / 2;
        if sent_at(each, needs) <= bits {
            fits = each;
        } else {
            too_much = each;
        }
    }
    fits
}

/// A shard's part in the bound.
#[derive(Debug, Default)]
pub(in crate::driver) struct Shares {
    egress: Egress,
    shard: usize,
    /// What each person may be sent.
    each: Option<u64>,
    /// When it is shared out again; `None` without rooms.
    due: Option<Instant>,
}

impl Shares {
    /// Whether there is enough for one more person.
    pub(super) fn admit(&mut self, now: Instant) -> bool {
        let Some(bound) = &self.egress.0 else {
            return true;
        };
        // Then it is known whether somebody has come of it.
        self.due.get_or_insert(now + EVERY);
        bound.admit(self.shard)
    }

    /// What each person of a new room may be sent, if there is a bound.
    pub(super) fn begin(&mut self, now: Instant) -> Option<u64> {
        let bound = self.egress.0.as_ref()?;
        self.due.get_or_insert(now + EVERY);
        let each = || share(bound.bits, &bound.needs());
        Some(*self.each.get_or_insert_with(each))
    }

    /// When [`Shard::share_out`] has something to do.
    pub(super) const fn due(&self) -> Option<Instant> {
        self.due
    }
}

impl<S: Space> Shard<S> {
    /// Asks the rooms what they need, and tells them what they get, once a second if there is a bound.
    pub(super) fn share_out(&mut self, at: Moment) {
        let bound = match &self.shares.egress.0 {
            Some(bound) if self.shares.due.is_some_and(|due| due <= at.now) => Arc::clone(bound),
            _ => return,
        };
        let mut needs = Vec::new();
        for slot in self.rooms.values() {
            // A room that panics here does so again when it is told something, and is dropped.
            needs.extend(catch_unwind(AssertUnwindSafe(|| slot.room.needs())).unwrap_or_default());
        }
        let each = bound.report(self.shares.shard, needs);
        self.shares.due = (!self.rooms.is_empty()).then(|| at.now + EVERY);
        self.shares.each = (!self.rooms.is_empty()).then_some(each);
        for room in self.rooms.keys().copied().collect::<Vec<_>>() {
            self.tell(room, RoomInput::Share(each), at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn need(least: u64, wish: u64) -> Need {
        Need { least, wish }
    }

    #[test]
    fn who_wants_little_leaves_the_rest_to_others_wherever_they_are() {
        let egress = Egress::new(Some(1_000_000), 2);
        let bound = egress.0.unwrap();
        let modest = vec![need(40_000, 100_000); 2];
        assert_eq!(
            bound.report(0, modest.clone()),
            1_000_000,
            "no need to share"
        );
        assert_eq!(bound.report(1, vec![need(0, 2_000_000)]), 800_000);
        let two = vec![need(0, 2_000_000); 2];
        assert_eq!(bound.report(1, two), 400_000);
        assert_eq!(bound.report(0, modest), 400_000, "the same everywhere");
        assert_eq!(bound.report(0, Vec::new()), 500_000, "they are gone");
    }

    #[test]
    fn people_are_let_in_until_the_least_is_left_for_each() {
        let egress = Egress::new(Some(10 * LEAST), 2);
        let mut shares = [egress.of(0), egress.of(1)];
        let now = Instant::now();
        let admitted = (0..30).filter(|n| shares[n % 2].admit(now)).count();
        assert_eq!(admitted, 10, "both shards together");
        let bound = egress.0.as_ref().unwrap();
        assert_eq!(bound.report(0, vec![need(0, 5_000_000); 5]), LEAST);
        assert!(!shares[0].admit(now) && !shares[1].admit(now));
        bound.report(1, vec![need(0, 5_000_000); 4]);
        assert!(shares[1].admit(now), "one has left");
        assert!(!shares[0].admit(now));
        // Sound that is sent whatever happens counts.
        bound.report(1, Vec::new());
        bound.report(0, vec![need(11 * LEAST, 11 * LEAST)]);
        assert!(!shares[1].admit(now));
    }

    #[test]
    fn without_a_bound_nothing_is_shared_out() {
        let mut shares = Egress::new(None, 1).of(0);
        let now = Instant::now();
        assert!((0..10_000).all(|_| shares.admit(now)));
        assert_eq!(shares.begin(now), None);
        assert_eq!(shares.due(), None);
    }

    proptest! {
        #[test]
        fn the_bound_is_kept_and_used(
            bits in 0u64..10_000,
            needs in prop::collection::vec(prop::collection::vec((0u64..50, 0u64..2_000), 0..8), 0..4),
        ) {
            let needs: Vec<Vec<Need>> = needs
                .into_iter()
                .map(|shard| shard.into_iter().map(|(least, wish)| need(least, wish)).collect())
                .collect();
            let each = share(bits, &needs);
            let least = sent_at(0, &needs);
            prop_assert!(sent_at(each, &needs) <= bits.max(least));
            let wishes: u64 = sent_at(u64::MAX, &needs);
            if least <= bits && bits < wishes {
                prop_assert!(sent_at(each + 1, &needs) > bits, "something is left over");
            }
        }
    }
}
