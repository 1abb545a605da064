//! How many lines of one kind the log takes: whoever, or whatever, can provoke a line can provoke a
//! million.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// So many lines of one kind are written within [`PERIOD`]; the others are counted.
pub const LINES: u32 = 60;
/// See [`LINES`].
pub const PERIOD: Duration = Duration::from_secs(60);

/// The lines of one kind.
///
/// # Examples
/// ```
/// # use vnet_core::log::Bound;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let lines = Bound::new("a sign-in failed", None);
/// if lines.admit() {
///     tracing::info!(client.address = "192.0.2.7", "{}", lines.what());
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct Bound {
    /// What the lines say.
    what: &'static str,
    /// Of which limit, if of one.
    limit: Option<&'static str>,
    window: Mutex<Window>,
}

#[derive(Debug, Default)]
struct Window {
    /// `None` before the first line.
    ends: Option<Instant>,
    written: u32,
    left_out: u64,
}

impl Bound {
    /// Lines that say this, for each value of a limit if they speak of one.
    #[must_use]
    pub fn new(what: &'static str, limit: Option<&'static str>) -> Arc<Self> {
        Arc::new(Self {
            what,
            limit,
            window: Mutex::default(),
        })
    }

    /// What the lines say.
    #[must_use]
    pub fn what(&self) -> &'static str {
        self.what
    }

    /// Whether a line may be written. One that may not is counted, and when the period is over, or the
    /// program ends before, the log says how many there were.
    ///
    /// # Panics
    /// If a line is left out where no Tokio runtime is.
    #[must_use]
    pub fn admit(self: &Arc<Self>) -> bool {
        let now = Instant::now();
        let mut window = self.lock();
        if window.ends.is_none_or(|ends| ends <= now) {
            let before = std::mem::take(&mut *window);
            window.ends = Some(now + PERIOD);
            window.written = 1;
            drop(window);
            self.sum_up(before.left_out);
            return true;
        }
        if window.written < LINES {
            window.written += 1;
            return true;
        }
        window.left_out += 1;
        if window.left_out == 1 {
            let ends = window.ends.unwrap_or(now);
            let rest = Rest(Arc::clone(self));
            tokio::spawn(async move {
                sleep_until(ends).await;
                drop(rest);
            });
        }
        false
    }

    fn sum_up(&self, left_out: u64) {
        if left_out > 0 {
            tracing::info!(
                lines.left_out = left_out,
                limit = self.limit,
                "{} … and {left_out} more",
                self.what
            );
        }
    }

    fn lock(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says what was left out when it is dropped: at the end of the period, or with the runtime.
struct Rest(Arc<Bound>);

impl Drop for Rest {
    fn drop(&mut self) {
        let left_out = std::mem::take(&mut self.0.lock().left_out);
        self.0.sum_up(left_out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::logs::Logs;
    use tokio::time::advance;
    use tracing::subscriber::set_default;

    /// The summaries so far.
    fn summaries(logs: &Logs) -> Vec<String> {
        let mut lines = logs.lines();
        lines.retain(|line| line.contains("it happened … and"));
        lines
    }

    /// How many of `count` lines may be written now.
    fn admitted(bound: &Arc<Bound>, count: usize) -> usize {
        (0..count).filter(|_| bound.admit()).count()
    }

    #[tokio::test(start_paused = true)]
    async fn a_flood_is_some_lines_and_a_sum() {
        let (logs, bound) = (Logs::new(), Bound::new("it happened", None));
        let _guard = set_default(logs.clone());
        let most = LINES as usize;
        assert_eq!(admitted(&bound, most + 1_234), most);
        assert_eq!(summaries(&logs), [""; 0], "not before the period is over");
        // Nobody has to come by for the sum to be told.
        tokio::time::sleep(PERIOD + Duration::from_millis(1)).await;
        let told = summaries(&logs);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("and 1234 more"), "{told:?}");

        assert_eq!(admitted(&bound, 3), 3, "the next period has its own lines");
        tokio::time::sleep(PERIOD * 2).await;
        assert_eq!(summaries(&logs).len(), 1, "nothing was left out");
    }

    #[tokio::test(start_paused = true)]
    async fn each_period_is_summed_up_by_itself() {
        let (logs, bound) = (Logs::new(), Bound::new("it happened", None));
        let _guard = set_default(logs.clone());
        let most = LINES as usize;
        for flood in 1..=3 {
            assert_eq!(admitted(&bound, most + flood), most);
            // The next line may come before the task that waits for the end of the period.
            advance(PERIOD).await;
        }
        assert!(bound.admit());
        let told = summaries(&logs);
        assert_eq!(told.len(), 3, "{told:?}");
        for (flood, line) in (1..).zip(&told) {
            assert!(line.contains(&format!("and {flood} more")), "{line}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn lines_now_and_then_are_all_written() {
        let (logs, bound) = (Logs::new(), Bound::new("it happened", None));
        let _guard = set_default(logs.clone());
        for _ in 0..LINES * 3 {
            assert!(bound.admit());
            advance(PERIOD / LINES + Duration::from_millis(1)).await;
        }
        assert_eq!(summaries(&logs), [""; 0]);
    }

    #[test]
    fn what_was_left_out_is_told_when_the_program_ends() {
        let (logs, bound) = (Logs::new(), Bound::new("it happened", None));
        let _guard = set_default(logs.clone());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(async { admitted(&bound, LINES as usize + 5) });
        assert_eq!(summaries(&logs), [""; 0]);
        drop(runtime);
        assert!(summaries(&logs)[0].contains("and 5 more"));
    }
}
