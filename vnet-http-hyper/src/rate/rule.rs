//! The names of the limits, and how they are written in settings.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use vnet_core::{Error, ErrorKind};

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RateRule {
    /// `sign-in`: attempts to sign in from one address; of these, a tenth for one user name.
    SignIn,
    /// `sign-up`: attempts to make an account from one address.
    SignUp,
    /// `join`: entries into signalling rooms, sockets of meetings and of shares by one user.
    Join,
    /// `watch`: sockets of second screens, which have no account, from one address.
    Watch,
    /// `token`: access tokens and join tickets given to one user.
    Token,
    /// `write`: other changes (meetings, profile) by one user.
    Write,
}

impl RateRule {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::SignIn,
        Self::SignUp,
        Self::Join,
        Self::Watch,
        Self::Token,
        Self::Write,
    ];

    /// The name in settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::SignUp => "sign-up",
            Self::Join => "join",
            Self::Watch => "watch",
            Self::Token => "token",
            Self::Write => "write",
        }
    }

    /// What it counts, for `--help`.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::SignIn => {
                "attempts to sign in from one address; a tenth of them for one user name"
            }
            Self::SignUp => "attempts to make an account from one address",
            Self::Join => "entries into signalling rooms, meetings and shares by one user",
            Self::Watch => "second screens that connect from one address",
            Self::Token => "access tokens and join tickets for one user",
            Self::Write => "changes of meetings and profile by one user",
        }
    }

    const fn default_rate(self) -> Rate {
        let minute = 60;
        match self {
            Self::SignIn => Rate::new(300, 10 * minute),
            Self::SignUp => Rate::new(200, 60 * minute),
            Self::Join | Self::Watch | Self::Token => Rate::new(120, minute),
            Self::Write => Rate::new(600, 10 * minute),
        }
    }

    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

impl FromStr for RateRule {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|rule| rule.name() == text);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            invalid(format!("there is no limit `{text}`: the names are {names}"))
        })
    }
}

/// So many in such a time: they may come all at once, and come back evenly.
///
/// # Examples
/// ```
/// use vnet_http_hyper::Rate;
///
/// let rate: Rate = "100/1h".parse()?;
/// assert_eq!((rate.count(), rate.period().as_secs()), (100, 3_600));
/// # Ok::<(), vnet_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    count: u32,
    seconds: u32,
}

impl Rate {
    const MAX_COUNT: u32 = 1_000_000_000;
    const MAX_SECONDS: u32 = 30 * 24 * 60 * 60;

    const fn new(count: u32, seconds: u32) -> Self {
        Self { count, seconds }
    }

    /// How many.
    #[must_use]
    pub fn count(self) -> u32 {
        self.count
    }

    /// In what time.
    #[must_use]
    pub fn period(self) -> Duration {
        Duration::from_secs(self.seconds.into())
    }

    /// One in `parts` of it, at least one.
    pub(crate) fn share(self, parts: u32) -> Self {
        Self::new((self.count / parts).max(1), self.seconds)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (amount, unit) = match self.seconds {
            seconds if seconds % 86_400 == 0 => (seconds / 86_400, "d"),
            seconds if seconds % 3_600 == 0 => (seconds / 3_600, "h"),
            seconds if seconds % 60 == 0 => (seconds / 60, "m"),
            seconds => (seconds, "s"),
        };
        write!(f, "{}/{amount}{unit}", self.count)
    }
}

impl FromStr for Rate {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let fail = |why: &str| {
            Err(invalid(format!(
                "`{text}` is no rate: {why}; write COUNT/PERIOD, like `100/1h`, `10/30s` or `5/m`"
            )))
        };
        let Some((count, period)) = text.split_once('/') else {
            return fail("the `/` is missing");
        };
        let Some(count @ 1..=Self::MAX_COUNT) = number(count) else {
            return fail("the count must be a whole number from 1 to 1000000000");
        };
        let unit = match period.as_bytes().last() {
            Some(b's') => 1,
            Some(b'm') => 60,
            Some(b'h') => 3_600,
            Some(b'd') => 86_400,
            _ => return fail("the period must end in `s`, `m`, `h` or `d`"),
        };
        let amount = match &period[..period.len() - 1] {
            "" => Some(1),
            digits => number(digits),
        };
        match amount.and_then(|amount| amount.checked_mul(unit)) {
            Some(seconds @ 1..=Self::MAX_SECONDS) => Ok(Self::new(count, seconds)),
            _ => fail("the period must be from 1 second to 30 days"),
        }
    }
}

fn number(digits: &str) -> Option<u32> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidInput, "bad_limit", message)
}

/// A rate for every rule.
///
/// # Examples
/// ```
/// use vnet_http_hyper::{RateLimits, RateRule};
///
/// let mut limits = RateLimits::default();
/// limits.set("sign-up=100/1h")?;
/// assert_eq!(limits.get(RateRule::SignUp).to_string(), "100/1h");
/// # Ok::<(), vnet_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits([Rate; RateRule::ALL.len()]);

impl Default for RateLimits {
    fn default() -> Self {
        Self(RateRule::ALL.map(RateRule::default_rate))
    }
}

impl RateLimits {
    /// The rate of a rule.
    #[must_use]
    pub fn get(&self, rule: RateRule) -> Rate {
        self.0[rule.index()]
    }

    /// Sets the rate of a rule.
    #[must_use]
    pub fn with(mut self, rule: RateRule, rate: Rate) -> Self {
        self.0[rule.index()] = rate;
        self
    }

    /// Sets a rate written as `NAME=COUNT/PERIOD`.
    ///
    /// # Errors
    /// `InvalidInput` with code `bad_limit` and a message that says what is wrong and what is right.
    pub fn set(&mut self, text: &str) -> Result<(), Error> {
        let Some((name, rate)) = text.split_once('=') else {
            return Err(invalid(format!(
                "`{text}` is no limit: write NAME=COUNT/PERIOD, like `sign-up=100/1h`"
            )));
        };
        self.0[name.trim().parse::<RateRule>()?.index()] = rate.trim().parse()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rules_have_their_own_place() {
        for (place, rule) in RateRule::ALL.into_iter().enumerate() {
            assert_eq!(rule.index(), place);
            assert_eq!(rule.name().parse::<RateRule>().unwrap(), rule);
        }
    }

    #[test]
    fn a_hundred_sign_ups_an_hour_are_fine() {
        let rate = RateLimits::default().get(RateRule::SignUp);
        assert!(rate.count() >= 100 && rate.period() <= Duration::from_secs(3_600));
    }

    #[test]
    fn mistakes_are_named() {
        for (bad, hint) in [
            ("x", "NAME=COUNT/PERIOD"),
            ("nope=1/s", "sign-in, sign-up"),
            ("join=1", "`/` is missing"),
            ("join=0/s", "count"),
            ("join=-1/s", "count"),
            ("join=1/10", "must end in"),
            ("join=1/0s", "period must be"),
            ("join=1/99999999999d", "period must be"),
            ("join=1/ä", "must end in"),
            ("join=/s", "count"),
        ] {
            let error = RateLimits::default().set(bad).unwrap_err();
            assert!(error.to_string().contains(hint), "{bad}: {error}");
        }
    }

    proptest! {
        #[test]
        fn rates_go_through_text(count in 1_u32..1_000_000_000, seconds in 1_u32..2_592_000) {
            let rate = Rate::new(count, seconds);
            prop_assert_eq!(rate.to_string().parse::<Rate>().unwrap(), rate);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "(join=)?\\PC{0,20}") {
            let _ = RateLimits::default().set(&text);
        }
    }
}
