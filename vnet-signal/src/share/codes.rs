//! The codes that are good now, and who has tried too many. Pure but for where codes are drawn from.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::time::{Duration, Instant};

use vnet_core::share::{NetworkGroup, ShareCode, ShareId};

/// Draws a code; `None` if the system has no random bytes.
pub(super) type Draw = Box<dyn FnMut() -> Option<ShareCode> + Send>;

/// Draws in search of one that nobody has: of a million codes at most some ten thousand are taken.
const MOST_DRAWS: usize = 1_000;

/// Which code leads to which share.
pub(super) struct Codes {
    shares: HashMap<ShareCode, ShareId>,
    draw: Draw,
}

impl Codes {
    pub(super) fn new(draw: Draw) -> Self {
        Self {
            shares: HashMap::new(),
            draw,
        }
    }

    /// A code for `share` that no other has; `None`: none could be had.
    pub(super) fn assign(&mut self, share: ShareId) -> Option<ShareCode> {
        for _ in 0..MOST_DRAWS {
            let code = (self.draw)()?;
            if let Entry::Vacant(free) = self.shares.entry(code) {
                free.insert(share);
                return Some(code);
            }
        }
        None
    }

    /// Takes the code back, if it is still this share's.
    pub(super) fn release(&mut self, code: ShareCode, share: ShareId) {
        if self.find(code) == Some(share) {
            self.shares.remove(&code);
        }
    }

    pub(super) fn find(&self, code: ShareCode) -> Option<ShareId> {
        self.shares.get(&code).copied()
    }
}

impl fmt::Debug for Codes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Codes")
            .field("count", &self.shares.len())
            .finish_non_exhaustive()
    }
}

/// Networks that are remembered by themselves; what comes beyond counts together. So memory is bounded, and
/// the limit holds for strangers in great numbers as well.
const MOST_NETWORKS: usize = 20_000;

/// Wrong codes of late, by network.
#[derive(Debug)]
pub(super) struct Tries {
    most: usize,
    within: Duration,
    networks: HashMap<NetworkGroup, VecDeque<Instant>>,
    others: VecDeque<Instant>,
}

impl Tries {
    pub(super) fn new(most: usize, within: Duration) -> Self {
        Self {
            most: most.max(1),
            within,
            networks: HashMap::new(),
            others: VecDeque::new(),
        }
    }

    /// How long codes of this network are not looked at.
    pub(super) fn wait(&mut self, network: NetworkGroup, now: Instant) -> Option<Duration> {
        let within = self.within;
        let is_full = self.networks.len() >= MOST_NETWORKS;
        let tries = match self.networks.get_mut(&network) {
            Some(tries) => tries,
            None if is_full => &mut self.others,
            None => return None,
        };
        forget(tries, within, now);
        if tries.len() < self.most {
            return None;
        }
        let first = tries.front().copied()?;
        Some((first + within).saturating_duration_since(now))
    }

    /// Counts a wrong code.
    pub(super) fn count(&mut self, network: NetworkGroup, now: Instant) {
        let within = self.within;
        if self.networks.len() >= MOST_NETWORKS && !self.networks.contains_key(&network) {
            self.networks.retain(|_, tries| {
                forget(tries, within, now);
                !tries.is_empty()
            });
        }
        let tries = if self.networks.len() < MOST_NETWORKS || self.networks.contains_key(&network) {
            self.networks.entry(network).or_default()
        } else {
            &mut self.others
        };
        forget(tries, within, now);
        tries.push_back(now);
    }
}

fn forget(tries: &mut VecDeque<Instant>, within: Duration, now: Instant) {
    let is_old = |at: &Instant| now.saturating_duration_since(*at) >= within;
    while tries.front().is_some_and(is_old) {
        tries.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(number: u32) -> NetworkGroup {
        NetworkGroup::of(std::net::Ipv4Addr::from(number + 1).into(), &[])
    }

    #[test]
    fn a_code_is_one_shares_only() {
        let mut numbers = [7, 7, 7, 8].into_iter();
        let draw = move || numbers.next().and_then(ShareCode::from_number);
        let mut codes = Codes::new(Box::new(draw));
        let first = codes.assign(ShareId(1)).unwrap();
        let second = codes.assign(ShareId(2)).unwrap();
        assert_ne!(first, second);
        assert_eq!(codes.find(first), Some(ShareId(1)));
        codes.release(second, ShareId(1));
        assert_eq!(codes.find(second), Some(ShareId(2)));
        codes.release(first, ShareId(1));
        assert_eq!(codes.find(first), None);
        assert_eq!(codes.assign(ShareId(3)), None, "nothing more is drawn");
    }

    #[test]
    fn wrong_codes_are_counted_by_network_and_forgotten() {
        let minute = Duration::from_secs(60);
        let (mut tries, start) = (Tries::new(2, minute), Instant::now());
        tries.count(network(1), start);
        assert_eq!(tries.wait(network(1), start), None);
        let later = start + Duration::from_secs(20);
        tries.count(network(1), later);
        assert_eq!(
            tries.wait(network(1), later),
            Some(minute - Duration::from_secs(20))
        );
        assert_eq!(tries.wait(network(2), later), None);
        assert_eq!(tries.wait(network(1), start + minute), None);
    }

    #[test]
    fn strangers_in_great_numbers_do_not_fill_the_memory() {
        let (mut tries, start) = (Tries::new(1, Duration::from_secs(60)), Instant::now());
        for number in 0..MOST_NETWORKS as u32 + 1_000 {
            tries.count(network(number), start);
        }
        assert_eq!(tries.networks.len(), MOST_NETWORKS);
        assert!(tries.wait(network(u32::MAX - 1), start).is_some());
        let later = start + Duration::from_secs(60);
        tries.count(network(u32::MAX - 1), later);
        assert_eq!(tries.networks.len(), 1);
    }
}
