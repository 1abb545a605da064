//! Where the time comes from.

use std::fmt;

use time::OffsetDateTime;

/// Tells the time; handed in, so that tests can set it.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The current moment, in UTC.
    fn now(&self) -> OffsetDateTime;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the machine"
    )]
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}
