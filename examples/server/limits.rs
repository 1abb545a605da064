//! The limits that `--limit` sets: one table, from which the help, the errors and the values come.

use std::fmt::Write as _;

use vnet::Limits;
use vnet::http::{Rate, RateLimits, RateRule};
use vnet::sfu::SfuLimits;

use crate::failure::Failure;

/// What can be limited.
#[derive(Clone, Copy, Debug)]
enum Limit {
    /// Counted where requests come in.
    Http(RateRule),
    /// Counted in the rooms.
    Signal,
    /// Counted in meetings.
    Conference,
}

impl Limit {
    fn all() -> impl Iterator<Item = Self> {
        let http = RateRule::ALL.into_iter().map(Self::Http);
        http.chain([Self::Signal, Self::Conference])
    }

    fn name(self) -> &'static str {
        match self {
            Self::Http(rule) => rule.name(),
            Self::Signal => "signal",
            Self::Conference => "conference",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Self::Http(rule) => rule.about(),
            Self::Signal => "messages of one peer in a signalling room",
            Self::Conference => "messages of one person in a meeting",
        }
    }

    /// The default as it would be typed.
    fn default_rate(self) -> String {
        match self {
            Self::Http(rule) => RateLimits::default().get(rule).to_string(),
            Self::Signal => {
                let limits = Limits::default();
                let seconds = limits.signal_burst / limits.signal_rate.max(1);
                format!("{}/{seconds}s", limits.signal_burst)
            }
            Self::Conference => {
                let limits = SfuLimits::default();
                let seconds = limits.message_burst / limits.message_rate.max(1);
                format!("{}/{seconds}s", limits.message_burst)
            }
        }
    }
}

/// The part of the help that lists the limits.
pub(crate) fn help() -> String {
    let mut text = String::from("Limits (--limit NAME=COUNT/PERIOD), with their defaults:\n");
    for limit in Limit::all() {
        let setting = format!("{}={}", limit.name(), limit.default_rate());
        // Writing into a String cannot fail.
        let _ = writeln!(text, "  {setting:<18} {}", limit.about());
    }
    text
}

/// Every limit that `--limit` can set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Read {
    pub(crate) rates: RateLimits,
    pub(crate) rooms: Limits,
    pub(crate) conference: SfuLimits,
}

/// Reads what was typed after `--limit`.
pub(crate) fn read(typed: &[String]) -> Result<Read, Failure> {
    let mut read = Read::default();
    for text in typed {
        let setting = format!("--limit {text}");
        let Some((name, rate)) = text.split_once('=') else {
            let right = "write NAME=COUNT/PERIOD, like `sign-up=100/1h`";
            return Err(Failure::setting(setting, "it is no limit", right));
        };
        let name = name.trim();
        let Some(limit) = Limit::all().find(|limit| limit.name() == name) else {
            let names = Limit::all().map(Limit::name).collect::<Vec<_>>();
            let wrong = format!("there is no limit `{name}`");
            let right = format!("the names are {}", names.join(", "));
            return Err(Failure::setting(setting, wrong, right));
        };
        let rate: Rate = rate
            .trim()
            .parse()
            .map_err(|error| Failure::refused(&setting, &error))?;
        match limit {
            Limit::Http(rule) => read.rates = read.rates.with(rule, rate),
            Limit::Signal => {
                read.rooms.signal_burst = rate.count();
                read.rooms.signal_rate = each_second(rate, &setting)?;
            }
            Limit::Conference => {
                read.conference.message_burst = rate.count();
                read.conference.message_rate = each_second(rate, &setting)?;
            }
        }
    }
    Ok(read)
}

/// So many at once, coming back evenly; sockets count in whole messages a second.
fn each_second(rate: Rate, setting: &str) -> Result<u32, Failure> {
    let seconds = rate.period().as_secs().max(1);
    let each_second = u64::from(rate.count()) / seconds;
    match u32::try_from(each_second) {
        Ok(each_second @ 1..) => Ok(each_second),
        _ => {
            let wrong = "that is less than one message a second";
            let right = format!("write {seconds}/{seconds}s or more");
            Err(Failure::setting(setting, wrong, right))
        }
    }
}
