//! How urgent a thread is to the operating system.

/// What a thread stands back for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Priority {
    /// For every other thread that has something to do: it gets what they leave.
    Background,
    /// For nobody.
    Usual,
}

impl Priority {
    /// Gives the thread that calls this priority. Where the system refuses, or knows no such thing, the
    /// thread does its work all the same.
    pub(super) fn take(self) {
        if self == Self::Background
            && let Err(error) = stand_back()
        {
            tracing::debug!(%error, "password hashes run at the usual priority");
        }
    }
}

/// `SCHED_IDLE`: such a thread is interrupted as soon as another one wakes, which a low priority alone
/// (nice 19) does not bring about: there it is let run to the end of its slice, milliseconds later.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn stand_back() -> Result<(), thread_priority::Error> {
    use thread_priority::unix::{
        NormalThreadSchedulePolicy, ThreadSchedulePolicy, set_thread_priority_and_policy,
        thread_native_id,
    };

    set_thread_priority_and_policy(
        thread_native_id(),
        thread_priority::ThreadPriority::Min,
        ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle),
    )
}

#[cfg(any(target_os = "macos", target_os = "windows"))]
fn stand_back() -> Result<(), thread_priority::Error> {
    thread_priority::ThreadPriority::Min.set_for_current()
}

/// Elsewhere a priority is that of the whole process.
#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_os = "macos",
    target_os = "windows"
)))]
fn stand_back() -> Result<(), &'static str> {
    Err("this system has no priorities of threads")
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use thread_priority::unix::{
        NormalThreadSchedulePolicy, ThreadSchedulePolicy, thread_schedule_policy,
    };

    use super::*;

    #[test]
    fn a_thread_in_the_background_runs_when_no_other_does() {
        for (priority, policy) in [
            (Priority::Usual, NormalThreadSchedulePolicy::Other),
            (Priority::Background, NormalThreadSchedulePolicy::Idle),
        ] {
            let found = std::thread::spawn(move || {
                priority.take();
                thread_schedule_policy()
            });
            let found = found.join().unwrap().unwrap();
            assert_eq!(found, ThreadSchedulePolicy::Normal(policy), "{priority:?}");
        }
    }
}
