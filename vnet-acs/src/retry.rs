//! What is sent again, when, and for how long.

use std::future::Future;
use std::time::Duration;

use httpdate::parse_http_date;
use time::OffsetDateTime;
use tokio::time::{Instant, sleep, timeout_at};

use crate::error::{AcsError, Repeat};
use crate::operation::Operation;

/// How often and how patiently an operation is repeated.
///
/// Repeated are failures to connect, broken connections, attempts that took too long, 408, 500,
/// 502, 503 and 504, and 429 when the service says how long to wait. Every attempt is signed
/// anew. Between attempts passes what the service asks for, and at least the back-off: doubling,
/// drawn from the upper half of its interval. When the wait would go beyond the deadline, the
/// operation fails at once.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Attempts after the first. Default 3.
    pub max_retries: u32,
    /// Attempts after a first one to create an identity that may have succeeded unnoticed: each
    /// may leave an identity behind that nobody knows. Default 1.
    pub max_create_retries: u32,
    /// The first back-off. Default 250 ms.
    pub initial_backoff: Duration,
    /// The longest back-off. Default 4 s.
    pub max_backoff: Duration,
    /// Longest time of one attempt. Default 4 s.
    pub attempt_timeout: Duration,
    /// Longest time of an operation with all its attempts and waits. Default 9 s, so that it ends
    /// before a request that waits for it ([`vnet_core::Limits::provider_deadline`]).
    pub deadline: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_retries: 3,
            max_create_retries: 1,
            initial_backoff: Duration::from_millis(250),
            max_backoff: Duration::from_secs(4),
            attempt_timeout: Duration::from_secs(4),
            deadline: Duration::from_secs(9),
        }
    }
}

impl RetryPolicy {
    /// The wait after attempt number `attempt` (from 0), with `random` spread over all `u64`.
    fn backoff(&self, attempt: u32, random: u64) -> Duration {
        let factor = 1_u32.checked_shl(attempt).unwrap_or(u32::MAX);
        let full = self
            .initial_backoff
            .saturating_mul(factor)
            .min(self.max_backoff);
        let half = full / 2;
        let share = u32::try_from(random >> 32).expect("32 bits are left");
        half + half.mul_f64(f64::from(share) / f64::from(u32::MAX))
    }

    /// How long to wait before sending again, or `None` to give up.
    fn wait(&self, operation: Operation, attempt: u32, error: &AcsError) -> Option<Duration> {
        let allowed = match error.repeat() {
            Repeat::Never => 0,
            Repeat::Ambiguous if operation == Operation::CreateIdentity => {
                self.max_create_retries.min(self.max_retries)
            }
            Repeat::Safe | Repeat::Ambiguous => self.max_retries,
        };
        if attempt >= allowed {
            return None;
        }
        // Without random bytes the wait is the shortest one: jitter is no reason to fail.
        let random = getrandom::u64().unwrap_or(0);
        let backoff = self.backoff(attempt, random);
        Some(
            error
                .retry_after()
                .map_or(backoff, |asked| asked.max(backoff)),
        )
    }

    /// Runs `send` until it succeeds, is hopeless, or time is up. `send` is given the number of
    /// the attempt, from 0.
    pub(crate) async fn run<T, F, Fut>(
        &self,
        operation: Operation,
        mut send: F,
    ) -> Result<T, AcsError>
    where
        F: FnMut(u32) -> Fut,
        Fut: Future<Output = Result<T, AcsError>>,
    {
        let deadline = Instant::now() + self.deadline;
        let mut attempt = 0;
        loop {
            let until = deadline.min(Instant::now() + self.attempt_timeout);
            let result = timeout_at(until, send(attempt)).await;
            let error = match result.unwrap_or(Err(AcsError::Timeout)) {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let Some(wait) = self.wait(operation, attempt, &error) else {
                return Err(error);
            };
            if Instant::now() + wait >= deadline {
                return Err(error);
            }
            tracing::debug!(
                acs.operation = %operation,
                attempt,
                wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                error = %error,
                "{operation} failed, trying again"
            );
            sleep(wait).await;
            attempt += 1;
        }
    }
}

/// Reads `Retry-After`: seconds, or a date, which is in the past at worst.
///
/// # Source
/// RFC 9110, section 10.2.3.
pub(crate) fn parse_retry_after(value: &str, now: OffsetDateTime) -> Option<Duration> {
    const LONGEST: Duration = Duration::from_secs(24 * 3600);
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        let seconds = value.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(LONGEST));
    }
    let date = OffsetDateTime::from(parse_http_date(value).ok()?);
    let wait = Duration::try_from(date - now).unwrap_or(Duration::ZERO);
    Some(wait.min(LONGEST))
}

#[cfg(test)]
#[path = "retry/tests.rs"]
mod tests;
