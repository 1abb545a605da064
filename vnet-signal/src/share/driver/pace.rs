//! How fast a device may speak.

use tokio::time::Instant;
use vnet_core::Limits;

use crate::rate::Bucket;

/// Whether a message may be acted upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Fine,
    /// It is to be refused.
    TooFast,
    /// It was one too many: the connection is to be closed.
    Hopeless,
}

/// The rate of signalling connections, and how many messages were beyond it without a calm moment.
#[derive(Debug)]
pub(super) struct Pace {
    bucket: Bucket,
    refusals: u32,
    most: u32,
}

impl Pace {
    pub(super) fn new(limits: &Limits) -> Self {
        let now = Instant::now().into_std();
        Self {
            bucket: Bucket::new(limits.signal_rate, limits.signal_burst, now),
            refusals: 0,
            most: limits.signal_burst,
        }
    }

    pub(super) fn check(&mut self) -> Verdict {
        let now = Instant::now().into_std();
        if self.bucket.is_full(now) {
            self.refusals = 0;
        }
        if self.bucket.take(now) {
            return Verdict::Fine;
        }
        self.refusals += 1;
        match self.refusals > self.most {
            true => Verdict::Hopeless,
            false => Verdict::TooFast,
        }
    }
}
