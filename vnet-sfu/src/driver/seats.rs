//! How many meetings there may be, over all shards.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Free places for meetings, shared by all shards.
#[derive(Clone, Debug)]
pub(super) struct Seats(Arc<AtomicUsize>);

impl Seats {
    /// So many.
    pub(super) fn new(free: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(free)))
    }

    /// Takes one; `false` if there is none.
    pub(super) fn take(&self) -> bool {
        let less = |free: usize| free.checked_sub(1);
        let taken = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        taken.is_ok()
    }

    /// Gives one back.
    pub(super) fn give_back(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
