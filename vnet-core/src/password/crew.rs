//! Threads that hash, and the queue before them.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use argon2::Params;
use tokio::sync::oneshot;

use super::argon::Furnace;
use super::priority::Priority;
use crate::error::{Error, ErrorKind, Result};

/// What a crew is made with.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// Name of the threads.
    pub(super) name: &'static str,
    /// Their priority.
    pub(super) priority: Priority,
    /// How many there are at most.
    pub(super) threads: usize,
    /// How many jobs may wait for one of them.
    pub(super) waiting: usize,
    /// How long a thread that has nothing to do keeps its memory; it ends then.
    pub(super) linger: Duration,
    /// The parameters of new hashes.
    pub(super) params: Params,
}

/// A bounded number of threads that do jobs in the order in which they came. They start when they are
/// needed and end when they are not.
pub(super) struct Crew {
    shared: Arc<Shared>,
}

struct Shared {
    plan: Plan,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    queue: VecDeque<Box<dyn Job>>,
    threads: usize,
    idle: usize,
    under_way: usize,
    /// When a job was last done, or the first one came.
    progress: Instant,
    is_closed: bool,
}

trait Job: Send {
    /// Whether nobody waits for it any more.
    fn is_abandoned(&self) -> bool;

    /// Does it, ends `under_way`, and tells the result.
    fn run(self: Box<Self>, furnace: &mut Furnace, under_way: UnderWay<'_>);
}

struct Work<F, T> {
    work: F,
    answer: oneshot::Sender<Result<T>>,
}

impl<F, T> Job for Work<F, T>
where
    F: FnOnce(&mut Furnace) -> Result<T> + Send,
    T: Send,
{
    fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }

    fn run(self: Box<Self>, furnace: &mut Furnace, under_way: UnderWay<'_>) {
        let result = (self.work)(furnace);
        // First: whoever hears of the result may have the next job at hand.
        drop(under_way);
        let _nobody_waits = self.answer.send(result);
    }
}

/// Counts a job among those that are under way until it is dropped, by a panic too.
struct UnderWay<'a>(&'a Shared);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.under_way -= 1;
        state.progress = Instant::now();
    }
}

impl fmt::Debug for Crew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crew")
            .field("plan", &self.shared.plan)
            .finish_non_exhaustive()
    }
}

impl Crew {
    pub(super) fn new(plan: Plan) -> Self {
        let state = State {
            queue: VecDeque::new(),
            threads: 0,
            idle: 0,
            under_way: 0,
            progress: Instant::now(),
            is_closed: false,
        };
        Self {
            shared: Arc::new(Shared {
                plan,
                state: Mutex::new(state),
                changed: Condvar::new(),
            }),
        }
    }

    /// Queues `work`; what it comes to is received. Work whose receiver is gone is not begun.
    ///
    /// # Errors
    /// `Unavailable`: too much is waiting. `Internal`: no thread can be started.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Furnace) -> Result<T> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T>>> {
        let (answer, receiver) = oneshot::channel();
        let mut state = self.shared.lock();
        let plan = &self.shared.plan;
        if state.jobs() >= plan.threads + plan.waiting {
            state.queue.retain(|job| !job.is_abandoned());
        }
        if state.jobs() >= plan.threads + plan.waiting {
            let message = "too many password checks are waiting";
            return Err(Error::new(ErrorKind::Unavailable, "busy", message)
                .with_retry_after(Duration::from_secs(2)));
        }
        if state.jobs() == 0 {
            state.progress = Instant::now();
        }
        if state.queue.len() >= state.idle && state.threads < plan.threads {
            self.start_thread(&mut state)?;
        }
        state.queue.push_back(Box::new(Work { work, answer }));
        drop(state);
        self.shared.changed.notify_one();
        Ok(receiver)
    }

    fn start_thread(&self, state: &mut State) -> Result<()> {
        let shared = Arc::clone(&self.shared);
        let started = thread::Builder::new()
            .name(shared.plan.name.to_owned())
            .spawn(move || shared.work());
        match started {
            Ok(_detached) => state.threads += 1,
            Err(error) if state.threads > 0 => {
                tracing::debug!(%error, "no further hashing thread");
            }
            Err(error) => return Err(Error::internal("cannot start a hashing thread", error)),
        }
        Ok(())
    }

    /// For how long nothing was done although there is something to do.
    pub(super) fn stuck_for(&self) -> Duration {
        let state = self.shared.lock();
        if state.jobs() == 0 {
            Duration::ZERO
        } else {
            state.progress.elapsed()
        }
    }

    /// Waits until no thread is left.
    #[cfg(test)]
    pub(super) fn wait_for_end(&self) -> impl FnOnce() + use<> {
        let shared = Arc::clone(&self.shared);
        move || {
            let mut state = shared.lock();
            while state.threads > 0 {
                state = shared
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.is_closed = true;
        state.queue.clear();
        drop(state);
        self.shared.changed.notify_all();
    }
}

impl State {
    fn jobs(&self) -> usize {
        self.queue.len() + self.under_way
    }

    /// The next job that somebody waits for.
    fn take_job(&mut self) -> Option<Box<dyn Job>> {
        let job = std::iter::from_fn(|| self.queue.pop_front()).find(|job| !job.is_abandoned());
        self.under_way += usize::from(job.is_some());
        job
    }
}

impl Shared {
    /// Nothing under the lock panics.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a thread does from its start to its end.
    fn work(&self) {
        self.plan.priority.take();
        let mut furnace = Furnace::new(self.plan.params.clone());
        while let Some(job) = self.next_job(&mut furnace) {
            let under_way = UnderWay(self);
            // Whoever waits learns of a panic by getting no answer.
            let run = AssertUnwindSafe(|| job.run(&mut furnace, under_way));
            if catch_unwind(run).is_err() {
                tracing::error!("a password hash panicked");
            }
        }
    }

    /// Waits for a job. None when there was none for long, or the crew is gone: then the thread is no
    /// longer counted and has to end.
    fn next_job(&self, furnace: &mut Furnace) -> Option<Box<dyn Job>> {
        let mut state = self.lock();
        let mut waited_in_vain = false;
        loop {
            if let Some(job) = state.take_job() {
                return Some(job);
            }
            if state.is_closed || waited_in_vain {
                state.threads -= 1;
                self.changed.notify_all();
                return None;
            }
            if furnace.is_dirty() {
                drop(state);
                furnace.wipe();
                state = self.lock();
                continue;
            }
            state.idle += 1;
            let (guard, waited) = self
                .changed
                .wait_timeout(state, self.plan.linger)
                .unwrap_or_else(PoisonError::into_inner);
            state = guard;
            state.idle -= 1;
            waited_in_vain = waited.timed_out();
        }
    }
}
