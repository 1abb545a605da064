//! Counting attempts.

use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use governor::clock::{Clock, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter as Keyed};
use vnet_core::id::UserId;

use crate::audit::TooSoon;
use crate::error::HttpError;
use crate::rate::rule::{Rate, RateLimits, RateRule};

/// Beyond so many keys of one rule, those that are calm again are dropped; what comes then shares
/// [`SHARED_KEYS`] keys. So memory is bounded, and limits hold for strangers in great numbers, too.
const MAX_KEYS: usize = 50_000;
const SHARED_KEYS: u64 = 4_096;

type Counter = Keyed<
    u64,
    HashMapStateStore<u64>,
    MonotonicClock,
    NoOpMiddleware<<MonotonicClock as Clock>::Instant>,
>;

/// Counts attempts by rule and key.
pub(crate) struct RateLimiter {
    rules: [Counter; RateRule::ALL.len()],
    sign_in_names: Counter,
    hasher: RandomState,
    clock: MonotonicClock,
    start: Instant,
    /// The second since `start` in which keys were looked through last.
    swept: AtomicU64,
}

impl RateLimiter {
    pub(crate) fn new(limits: &RateLimits) -> Self {
        Self {
            rules: RateRule::ALL.map(|rule| counter(limits.get(rule))),
            sign_in_names: counter(limits.get(RateRule::SignIn).share(10)),
            hasher: RandomState::new(),
            clock: MonotonicClock,
            start: Instant::now(),
            swept: AtomicU64::new(0),
        }
    }

    /// Counts an attempt by a user.
    ///
    /// # Errors
    /// 429 with how long to wait; then it was not counted.
    pub(crate) fn check_user(&self, rule: RateRule, user: UserId) -> Result<(), HttpError> {
        let refused = TooSoon {
            rule,
            user: Some(user),
        };
        self.count(&self.rules[rule.index()], user, refused)
    }

    /// Counts an attempt by whatever else tells those apart who try.
    fn check(&self, rule: RateRule, key: impl Hash) -> Result<(), HttpError> {
        self.count(&self.rules[rule.index()], key, TooSoon { rule, user: None })
    }

    /// Counts an attempt from an address. Neighbours in one IPv6 network of a household count as one.
    ///
    /// # Errors
    /// As [`check_user`](Self::check_user).
    pub(crate) fn check_address(&self, rule: RateRule, address: IpAddr) -> Result<(), HttpError> {
        match address.to_canonical() {
            IpAddr::V4(address) => self.check(rule, address),
            IpAddr::V6(address) => self.check(rule, &address.octets()[..8]),
        }
    }

    /// Counts an attempt to sign in as `username` from `address`.
    ///
    /// # Errors
    /// As [`check_user`](Self::check_user).
    pub(crate) fn check_sign_in(&self, address: IpAddr, username: &str) -> Result<(), HttpError> {
        self.check_address(RateRule::SignIn, address)?;
        let refused = TooSoon {
            rule: RateRule::SignIn,
            user: None,
        };
        let name = username.trim().to_ascii_lowercase();
        self.count(&self.sign_in_names, name, refused)
    }

    /// Whether it is time to look through all keys again: at most once a second, since a flood of
    /// strangers must not buy a long look with every request.
    fn may_sweep(&self) -> bool {
        let now = self.start.elapsed().as_secs() + 1;
        self.swept.fetch_max(now, Ordering::Relaxed) < now
    }

    fn count(&self, counter: &Counter, key: impl Hash, refused: TooSoon) -> Result<(), HttpError> {
        let mut key = self.hasher.hash_one(key);
        if counter.len() >= MAX_KEYS {
            if self.may_sweep() {
                counter.retain_recent();
            }
            if counter.len() >= MAX_KEYS {
                key %= SHARED_KEYS;
            }
        }
        counter.check_key(&key).map_err(|not_yet| {
            HttpError::too_many(not_yet.wait_time_from(self.clock.now()), refused)
        })
    }
}

fn counter(rate: Rate) -> Counter {
    let count = NonZeroU32::new(rate.count()).unwrap_or(NonZeroU32::MIN);
    // Not below a nanosecond, which a quota cannot be.
    let each = (rate.period() / count.get()).max(std::time::Duration::from_nanos(1));
    let quota = Quota::with_period(each)
        .expect("the period of one is more than nothing")
        .allow_burst(count);
    Keyed::hashmap_with_clock(quota, MonotonicClock)
}

impl fmt::Debug for RateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimiter").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(rule: &str) -> RateLimiter {
        let mut limits = RateLimits::default();
        limits.set(rule).unwrap();
        RateLimiter::new(&limits)
    }

    #[test]
    fn the_count_passes_and_no_more_each_key_by_itself() {
        let limiter = limiter("join=3/1h");
        for _ in 0..3 {
            limiter.check(RateRule::Join, "ada").unwrap();
        }
        let error = limiter.check(RateRule::Join, "ada").unwrap_err();
        assert_eq!(error.status(), 429);
        let wait = error.retry_after().unwrap().as_secs();
        assert!((1_100..=1_200).contains(&wait), "{wait}");
        limiter.check(RateRule::Join, "eve").unwrap();
    }

    #[test]
    fn a_name_gets_a_tenth_wherever_attempts_come_from() {
        let limiter = limiter("sign-in=20/1h");
        let from = |n: u8| IpAddr::from([10, 0, 0, n]);
        limiter.check_sign_in(from(1), "Ada").unwrap();
        limiter.check_sign_in(from(2), " ada").unwrap();
        assert!(limiter.check_sign_in(from(3), "ADA").is_err());
        limiter.check_sign_in(from(3), "eve").unwrap();
    }

    #[test]
    fn an_ipv6_network_is_one_client() {
        let limiter = limiter("sign-up=1/1h");
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        limiter
            .check_address(RateRule::SignUp, address("2001:db8::1"))
            .unwrap();
        assert!(
            limiter
                .check_address(RateRule::SignUp, address("2001:db8::2"))
                .is_err()
        );
        limiter
            .check_address(RateRule::SignUp, address("2001:db8:1::2"))
            .unwrap();
        limiter
            .check_address(RateRule::SignUp, address("10.0.0.1"))
            .unwrap();
        assert!(
            limiter
                .check_address(RateRule::SignUp, address("::ffff:10.0.0.1"))
                .is_err()
        );
    }

    #[test]
    fn strangers_in_great_numbers_do_not_fill_the_memory() {
        let limiter = limiter("join=1/1h");
        for key in 0..MAX_KEYS + 20_000 {
            let _ = limiter.check(RateRule::Join, key);
        }
        let kept = limiter.rules[RateRule::Join.index()].len();
        assert!(kept <= MAX_KEYS + SHARED_KEYS as usize, "{kept}");
    }

    #[test]
    fn enormous_rates_work() {
        let limiter = limiter("join=1000000000/1s");
        assert!((0..1_000).all(|_| limiter.check(RateRule::Join, 1).is_ok()));
    }
}
