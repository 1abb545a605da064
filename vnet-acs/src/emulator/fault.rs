//! Faults on demand.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::operation::Operation;

/// Something that goes wrong with one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fault {
    /// 429, with this `Retry-After` (seconds or a date) if any.
    Throttle {
        /// The header's value.
        #[serde(default)]
        retry_after: Option<String>,
    },
    /// 500 with an error body.
    ServerError,
    /// 503 with a page of the front door, with this `Retry-After` if any.
    HtmlUnavailable {
        /// The header's value.
        #[serde(default)]
        retry_after: Option<String>,
    },
    /// The right status with a body that is no JSON.
    GarbageJson,
    /// An answer that ends in the middle of its body.
    Truncated,
    /// The request is handled after this many milliseconds.
    Slow {
        /// How long it takes.
        milliseconds: u64,
    },
    /// The connection is dropped; nothing is done.
    DropBefore,
    /// The request is handled, then the connection is dropped without an answer.
    DropAfter,
}

impl Fault {
    /// A request that is handled after `time`, cut to milliseconds.
    #[must_use]
    pub fn slow(time: Duration) -> Self {
        Self::Slow {
            milliseconds: u64::try_from(time.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// What was ordered: one queue per operation, one fault per request.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<HashMap<Operation, VecDeque<Fault>>>);

impl Faults {
    /// The most faults that wait for one operation.
    pub(crate) const MAX_WAITING: usize = 10_000;

    /// Queues `fault`; `false` if the queue is full.
    pub(crate) fn push(&self, operation: Operation, fault: Fault) -> bool {
        let mut queues = super::state::lock(&self.0);
        let queue = queues.entry(operation).or_default();
        let room = queue.len() < Self::MAX_WAITING;
        if room {
            queue.push_back(fault);
        }
        room
    }

    pub(crate) fn next(&self, operation: Operation) -> Option<Fault> {
        super::state::lock(&self.0).get_mut(&operation)?.pop_front()
    }

    pub(crate) fn clear(&self) {
        super::state::lock(&self.0).clear();
    }
}
