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
    /// The waker that the bell has: comparing is cheaper than handing it over each time.
    task: Option<Waker>,
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
            task: None,
        }
    }

    /// Sees to it that the task of `cx` is woken, and tells whether the alarm rang since.
    pub(crate) fn rang(&mut self, cx: &Context<'_>) -> bool {
        let mut rang = self.bell.take();
        let same_task = |task: &Waker| task.will_wake(cx.waker());
        if rang || !self.task.as_ref().is_some_and(same_task) {
            // Ringing used the waker up; what rang before the new one was there is seen now.
            self.bell.task.register(cx.waker());
            self.task = Some(cx.waker().clone());
            rang |= self.bell.take();
        }
        rang
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
        let mut alarm = Alarm::new();
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
}
