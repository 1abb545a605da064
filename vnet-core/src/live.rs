//! Sessions that have open sockets, so that ending a session ends them.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::id::SessionId;
use crate::store::Store;

/// Which sessions of this process have sockets open.
#[derive(Clone, Debug, Default)]
pub(crate) struct LiveSessions {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    open: Mutex<HashMap<SessionId, Open>>,
    /// How often this process has ended sessions; raised under the lock of `open`.
    ends: AtomicU64,
}

#[derive(Debug)]
struct Open {
    ended: CancellationToken,
    watches: usize,
}

/// A point in time between two ends of sessions: see [`LiveSessions::moment`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment(u64);

impl LiveSessions {
    /// Now. Taken before a session is read from the store, it tells [`watch`](Self::watch) whether that
    /// session may have ended between the two, so that the store need not be asked again.
    pub(crate) fn moment(&self) -> Moment {
        // Who sees an end counted reads the store after what was ended is gone from it.
        Moment(self.shared.ends.load(Ordering::Acquire))
    }

    /// Watches a session that was found alive by a read that began at `seen` or later.
    pub(crate) fn watch(
        &self,
        id: SessionId,
        seen: Moment,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        check_interval: Duration,
    ) -> SessionWatch {
        let mut open = self.shared.lock();
        let entry = open.entry(id).or_insert_with(|| Open {
            ended: CancellationToken::new(),
            watches: 0,
        });
        entry.watches += 1;
        let ended = entry.ended.clone();
        // An end after this line finds the watch; one before it is counted.
        let is_fresh = self.moment() == seen;
        drop(open);
        SessionWatch {
            live: self.clone(),
            id,
            ended,
            is_fresh: AtomicBool::new(is_fresh),
            store,
            clock,
            check_interval,
        }
    }

    /// Tells the sockets of these sessions, which are gone from the store, that it is over.
    pub(crate) fn end(&self, ids: impl IntoIterator<Item = SessionId>) {
        let open = self.shared.lock();
        self.shared.ends.fetch_add(1, Ordering::Release);
        for id in ids {
            if let Some(entry) = open.get(&id) {
                entry.ended.cancel();
            }
        }
    }

    fn leave(&self, id: SessionId) {
        let mut open = self.shared.lock();
        if let Some(entry) = open.get_mut(&id) {
            entry.watches -= 1;
            if entry.watches == 0 {
                open.remove(&id);
            }
        }
    }
}

impl Shared {
    /// The map holds plain data and nothing panics under its lock.
    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells a socket when the session it was opened under is over.
pub struct SessionWatch {
    live: LiveSessions,
    id: SessionId,
    ended: CancellationToken,
    /// The session was alive when the watch began, and nobody has waited yet.
    is_fresh: AtomicBool,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    check_interval: Duration,
}

impl SessionWatch {
    /// Waits until the session has ended: at once when this process ends it, within
    /// [`crate::Limits::session_check_interval`] when it expires or another process ends it.
    ///
    /// While the store cannot be asked the session counts as alive.
    ///
    /// # Cancel safety
    /// Safe: waiting again goes on.
    pub async fn ended(&self) {
        // Otherwise first of all: the session may have ended before this watch began.
        let mut is_known = self.is_fresh.swap(false, Ordering::Relaxed);
        loop {
            if !is_known && !self.is_live().await {
                return;
            }
            is_known = false;
            let told = tokio::time::timeout(self.check_interval, self.ended.cancelled()).await;
            if told.is_ok() {
                return;
            }
        }
    }

    async fn is_live(&self) -> bool {
        let answer = self.store.is_live(&self.id, self.clock.now()).await;
        answer.unwrap_or_else(|error| {
            tracing::warn!(session.id = %self.id, %error, "cannot ask whether a session lives");
            true
        })
    }
}

impl fmt::Debug for SessionWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionWatch")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Drop for SessionWatch {
    fn drop(&mut self) {
        self.live.leave(self.id);
    }
}
