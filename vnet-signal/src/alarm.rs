//! Tells wake-ups that matter rarely from those of every message.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

use futures_util::task::{ArcWake, AtomicWaker, waker, waker_ref};

/// Wakes a task and remembers that it did: the futures that were polled with the alarm need to be
/// polled only then, not whenever the task is woken for something else.
#[derive(Debug)]
pub(crate) struct Alarm {
    bell: Arc<Bell>,
}

#[derive(Debug)]
struct Bell {
    rang: AtomicBool,
    task: AtomicWaker,
}

impl Alarm {
    /// An alarm that has rung already, so that everything is polled once.
    pub(crate) fn new() -> Self {
        Self {
            bell: Arc::new(Bell {
                rang: AtomicBool::new(true),
                task: AtomicWaker::new(),
            }),
        }
    }

    /// Sees to it that the task of `cx` is woken, and tells whether the alarm rang since.
    pub(crate) fn rang(&self, cx: &Context<'_>) -> bool {
        // Handed over each time, also when it did not ring: a ring that was seen before it had come
        // to its end uses the waker up afterwards.
        self.bell.task.register(cx.waker());
        self.bell.take()
    }

    /// A waker that rings.
    pub(crate) fn bell(&self) -> Waker {
        waker(Arc::clone(&self.bell))
    }

    /// Polls with the alarm in place of the task.
    pub(crate) fn poll<T>(&self, poll: impl FnOnce(&mut Context<'_>) -> Poll<T>) -> Poll<T> {
        poll(&mut Context::from_waker(&waker_ref(&self.bell)))
    }
}

impl Bell {
    fn take(&self) -> bool {
        self.rang.load(Ordering::Acquire) && self.rang.swap(false, Ordering::AcqRel)
    }
}

impl ArcWake for Bell {
    fn wake_by_ref(bell: &Arc<Self>) {
        bell.rang.store(true, Ordering::Release);
        bell.task.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::task::noop_waker;
    use std::sync::atomic::AtomicUsize;

    #[derive(Default)]
    struct Task(AtomicUsize);

    impl ArcWake for Task {
        fn wake_by_ref(task: &Arc<Self>) {
            task.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn it_rings_once_for_each_time_and_wakes_whichever_task_waits() {
        let alarm = Alarm::new();
        let tasks = [Arc::new(Task::default()), Arc::new(Task::default())];
        let wakers = tasks.clone().map(futures_util::task::waker);
        let mut cx = Context::from_waker(&wakers[0]);
        assert!(alarm.rang(&cx), "everything is polled once");
        assert!(!alarm.rang(&cx));
        for times in 1..4 {
            alarm.bell().wake();
            assert_eq!(tasks[0].0.load(Ordering::Relaxed), times);
            assert!(alarm.rang(&cx));
            assert!(!alarm.rang(&cx));
        }
        cx = Context::from_waker(&wakers[1]);
        assert!(!alarm.rang(&cx));
        alarm.bell().wake();
        assert_eq!(tasks[1].0.load(Ordering::Relaxed), 1);
        assert!(alarm.rang(&Context::from_waker(&noop_waker())));
    }

    /// Ringing has two steps; a poll may come between them.
    #[test]
    fn a_ring_that_is_seen_before_its_end_costs_no_later_one() {
        let alarm = Alarm::new();
        let task = Arc::new(Task::default());
        let waker = futures_util::task::waker(Arc::clone(&task));
        let cx = Context::from_waker(&waker);
        assert!(alarm.rang(&cx));
        alarm.bell.rang.store(true, Ordering::Release);
        assert!(alarm.rang(&cx), "seen after the first step");
        alarm.bell.task.wake();
        assert!(!alarm.rang(&cx), "woken by the second step for nothing");
        let before = task.0.load(Ordering::Relaxed);
        alarm.bell().wake();
        assert_eq!(task.0.load(Ordering::Relaxed), before + 1);
        assert!(alarm.rang(&cx));
    }
}
