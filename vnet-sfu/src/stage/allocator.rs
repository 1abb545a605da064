//! Spends the bandwidth that a subscriber has on the pictures it wants.
//!
//! Everybody first gets the smallest layer, in the order of importance, as far as it goes; who gets
//! none is paused. What is left raises the pictures step by step, the more important ones first. Down
//! goes at once, up needs room to spare.
//!
//! The most important picture is tried in its smallest size with half of what that takes, when nothing
//! would be seen otherwise: what it takes may only be believed, and an estimate hardly grows meanwhile.

/// What has to be left over, in percent of the new layer, before a picture is raised: estimates move,
/// and each change costs a key frame.
pub(super) const SPARE_PERCENT: u64 = 15;

/// A picture that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Demand {
    /// Lower is more important; equal ones are raised in turns.
    pub(super) rank: u8,
    /// Bits a second of the layers that make sense, smallest first; not empty.
    pub(super) layers: Vec<u64>,
    /// Nothing of it is sent now: it takes its place, but no bandwidth.
    pub(super) silent: bool,
    /// What it has now.
    pub(super) current: Option<usize>,
    /// Whether more than now is allowed: not shortly after it was lowered.
    pub(super) may_rise: bool,
    /// Whether it may be sent on trial.
    pub(super) may_try: bool,
}

/// What everybody gets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Spending {
    /// Per demand, the layer; `None`: paused.
    pub(super) layers: Vec<Option<usize>>,
    /// Bits a second of all of it.
    pub(super) total: u64,
    /// Bits a second that all wishes together would take.
    pub(super) ideal: u64,
    /// Bits a second with which the next picture could be raised; `None` if all have what they want.
    pub(super) next: Option<u64>,
    /// The demand that is met on trial, although it takes more than there is.
    pub(super) tried: Option<usize>,
}

/// Spends `budget` bits a second (`None`: as much as is wanted) on demands, sorted by rank.
pub(super) fn spend(budget: Option<u64>, demands: &[Demand]) -> Spending {
    let mut purse = Purse {
        budget,
        spending: Spending {
            layers: vec![None; demands.len()],
            ideal: demands
                .iter()
                .filter_map(|demand| demand.layers.last())
                .sum(),
            ..Spending::default()
        },
    };
    for (index, demand) in demands.iter().enumerate() {
        purse.raise(index, demand);
    }
    let mut begin = 0;
    while begin < demands.len() {
        let rank = demands[begin].rank;
        let end = begin
            + demands[begin..]
                .iter()
                .take_while(|demand| demand.rank == rank)
                .count();
        loop {
            let mut raised = false;
            for (index, demand) in demands.iter().enumerate().take(end).skip(begin) {
                raised |= purse.raise(index, demand);
            }
            if !raised {
                break;
            }
        }
        begin = end;
    }
    purse.try_first(demands);
    purse.spending
}

struct Purse {
    budget: Option<u64>,
    spending: Spending,
}

impl Purse {
    /// Sends the most important picture on trial, if nothing is sent otherwise.
    fn try_first(&mut self, demands: &[Demand]) {
        let mut seen = demands.iter().enumerate();
        let first = seen.find(|(_, demand)| !demand.silent);
        let (Some(budget), Some((index, demand))) = (self.budget, first) else {
            return;
        };
        if let Some(&rate) = demand.layers.first()
            && self.spending.total == 0
            && demand.may_try
            && (demand.may_rise || demand.current.is_some())
            && budget >= rate / 2
        {
            self.spending.layers[index] = Some(0);
            self.spending.total = rate;
            self.spending.tried = Some(index);
        }
    }

    /// Gives a demand one layer more, if it may have it and it fits.
    fn raise(&mut self, index: usize, demand: &Demand) -> bool {
        let has = self.spending.layers[index];
        let to = has.map_or(0, |layer| layer + 1);
        let Some(&rate) = demand.layers.get(to) else {
            return false;
        };
        let rises = demand.current.is_none_or(|current| to > current);
        let rate = if demand.silent { 0 } else { rate };
        let paid = has
            .filter(|_| !demand.silent)
            .map_or(0, |layer| demand.layers[layer]);
        let total = self.spending.total + rate.saturating_sub(paid);
        let spare = if rises { rate * SPARE_PERCENT / 100 } else { 0 };
        if self.budget.is_some_and(|budget| total + spare > budget) {
            let next = self.spending.next.unwrap_or(u64::MAX);
            self.spending.next = Some(next.min(total + spare));
            return false;
        }
        if rises && !demand.may_rise {
            return false;
        }
        self.spending.layers[index] = Some(to);
        self.spending.total = total;
        true
    }
}

#[cfg(test)]
mod tests;
