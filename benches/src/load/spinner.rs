//! Threads before and behind all others: a load generator that shares its cores with what it measures,
//! and one that takes all time that nobody else wants.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;

use anyhow::{Context as _, Result, anyhow};
use thread_priority::ThreadPriority;
use thread_priority::unix::{
    NormalThreadSchedulePolicy, RealtimeThreadSchedulePolicy, ThreadSchedulePolicy,
    set_thread_priority_and_policy, thread_native_id,
};

use crate::machine::Cores;

/// Computes under `SCHED_IDLE` until it is dropped.
#[derive(Debug)]
pub struct Spinner {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Spinner {
    /// Starts on the server's core, or on those of the thread that calls.
    ///
    /// # Errors
    /// When the system refuses the core or the priority.
    pub fn start(cores: Cores, on_server_core: bool) -> Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let (ready, is_ready) = mpsc::channel();
        let spin = move || {
            let begun = give_way();
            let may_go_on = begun.is_ok();
            let _nobody_asks = ready.send(begun);
            while may_go_on && !stopped.load(Ordering::Relaxed) {
                std::hint::spin_loop();
            }
        };
        // The choice of cores is that of one thread; it begins with that of the thread that starts it.
        let thread = std::thread::Builder::new().spawn(move || {
            if !on_server_core {
                spin();
                return;
            }
            let pinned = cores.on_server_core(|| {
                spin();
                Ok(())
            });
            // Without its core it has not begun, and the channel's end says so.
            drop(pinned);
        })?;
        let spinner = Self {
            stop,
            thread: Some(thread),
        };
        is_ready.recv().context("the spinner ended early")??;
        Ok(spinner)
    }
}

/// Runs `load` on a thread that goes before all ordinary ones (`SCHED_FIFO`): users are elsewhere and do not
/// wait for the server's cores before they ask. It is told whether the system allows that: root may.
///
/// # Errors
/// Those of `load`, or when it panics.
pub fn go_first<T: Send>(load: impl FnOnce(bool) -> Result<T> + Send) -> Result<T> {
    std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            let policy = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo);
            let set =
                set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, policy);
            load(set.is_ok())
        });
        let done = first.join();
        done.map_err(|_panic| anyhow!("the load generator panicked"))?
    })
}

fn give_way() -> Result<()> {
    let policy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
    set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, policy)
        .map_err(|error| anyhow!("cannot lower the priority: {error}"))
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _it_does_not_panic = thread.join();
        }
    }
}
