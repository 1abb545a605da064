//! The background upkeep: tokens renewed before they run out, deletions repeated, sessions swept.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::error::{ErrorKind, Result};
use crate::vnet::Vnet;

/// Renewals that run at the same time.
const AT_ONCE: usize = 8;

/// How a round of upkeep went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Tokens renewed.
    pub renewed: usize,
    /// Renewals and deletions that failed.
    pub failed: usize,
    /// How long the provider asked to be left alone.
    pub retry_after: Option<Duration>,
}

impl Vnet {
    /// Keeps tokens fresh and the store swept until `stop`; run it as a task beside the server.
    pub async fn run_upkeep(&self, stop: CancellationToken) {
        let mut failures = 0_u32;
        loop {
            let round = tokio::select! {
                () = stop.cancelled() => return,
                round = self.upkeep_round() => round,
            };
            let round = round.unwrap_or_else(|error| {
                tracing::warn!(%error, "upkeep failed");
                Round {
                    failed: 1,
                    ..Round::default()
                }
            });
            failures = if round.failed == 0 {
                0
            } else {
                failures.saturating_add(1)
            };
            let pause = self.upkeep_pause(failures, round.retry_after);
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
                // While the provider fails, new sign-ins do not make it be asked more often.
                () = self.identities().woken(), if failures == 0 => {}
            }
        }
    }

    fn upkeep_pause(&self, failures: u32, retry_after: Option<Duration>) -> Duration {
        let limits = self.limits();
        let backoff = limits
            .refresh_interval
            .saturating_mul(1 << failures.min(16));
        let longest = limits.refresh_max_backoff.max(limits.refresh_interval);
        backoff.min(longest).max(retry_after.unwrap_or_default())
    }

    /// One round of upkeep, for those who have a schedule of their own.
    ///
    /// # Errors
    /// `Unavailable`: the store. What the provider says is counted, not returned.
    pub async fn upkeep_round(&self) -> Result<Round> {
        let now = self.clock().now();
        let swept = self.store().remove_expired_sessions(now).await?;
        if swept > 0 {
            tracing::debug!(sessions = swept, "expired sessions swept");
        }
        let mut round = Round::default();
        if !self.identities().delete_due(now).await? {
            round.failed += 1;
        }
        let mut due = self.identities().due_users(now).await?.into_iter();
        let mut running = JoinSet::new();
        loop {
            while round.retry_after.is_none() && running.len() < AT_ONCE {
                let Some(user) = due.next() else { break };
                let identities = self.identities().clone();
                running.spawn(async move { identities.renew(&user).await });
            }
            match running.join_next().await {
                None => return Ok(round),
                Some(Ok(Ok(_access))) => round.renewed += 1,
                Some(Ok(Err(error))) => {
                    // A user who was deleted meanwhile is nobody's failure.
                    if error.kind() != ErrorKind::NotFound {
                        self.identities().note_failure(&error);
                        round.failed += 1;
                    }
                    if error.kind() == ErrorKind::RateLimited {
                        let wait = error.retry_after().unwrap_or(Duration::from_secs(30));
                        round.retry_after = Some(wait);
                    }
                }
                Some(Err(_panic)) => round.failed += 1,
            }
        }
    }
}
