//! Sessions that have open sockets, so that ending a session ends them.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::id::SessionId;
use crate::store::Store;

/// Which sessions of this process have sockets open.
#[derive(Clone, Debug, Default)]
pub(crate) struct LiveSessions {
    open: Arc<Mutex<HashMap<SessionId, Open>>>,
}

#[derive(Debug)]
struct Open {
    ended: CancellationToken,
    watches: usize,
}

impl LiveSessions {
    pub(crate) fn watch(
        &self,
        id: SessionId,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        check_interval: Duration,
    ) -> SessionWatch {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = open.entry(id).or_insert_with(|| Open {
            ended: CancellationToken::new(),
            watches: 0,
        });
        entry.watches += 1;
        let ended = entry.ended.clone();
        SessionWatch {
            live: self.clone(),
            id,
            ended,
            store,
            clock,
            check_interval,
        }
    }

    /// Tells the sockets of these sessions that it is over.
    pub(crate) fn end(&self, ids: impl IntoIterator<Item = SessionId>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for id in ids {
            if let Some(entry) = open.get_mut(&id) {
                entry.ended.cancel();
            }
        }
    }

    fn leave(&self, id: SessionId) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = open.get_mut(&id) {
            entry.watches -= 1;
            if entry.watches == 0 {
                open.remove(&id);
            }
        }
    }
}

/// Tells a socket when the session it was opened under is over.
pub struct SessionWatch {
    live: LiveSessions,
    id: SessionId,
    ended: CancellationToken,
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
        loop {
            // First of all: the session may have ended before this watch began.
            match self.store.is_live(&self.id, self.clock.now()).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    tracing::warn!(session.id = %self.id, %error, "cannot ask whether a session lives");
                }
            }
            let told = tokio::time::timeout(self.check_interval, self.ended.cancelled()).await;
            if told.is_ok() {
                return;
            }
        }
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
