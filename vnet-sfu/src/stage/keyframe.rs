//! Asking a publisher for key frames, not too often: each costs it and everybody bandwidth.

use std::time::{Duration, Instant};

/// The least time between two requests for one layer. Conference servers use half a second to one.
pub(super) const BETWEEN: Duration = Duration::from_millis(500);

/// The requests for one layer.
#[derive(Debug, Default)]
pub(super) struct Asker {
    asked: Option<Instant>,
    waiting: bool,
}

impl Asker {
    /// Somebody needs a key frame. Whether to ask now; otherwise [`Self::due`] says so later.
    pub(super) fn want(&mut self, now: Instant) -> bool {
        self.waiting = true;
        self.due(now)
    }

    /// Whether a request that had to wait is to be made now; it is then made.
    pub(super) fn due(&mut self, now: Instant) -> bool {
        let due = self.waiting
            && self
                .asked
                .is_none_or(|asked| now.saturating_duration_since(asked) >= BETWEEN);
        if due {
            self.asked = Some(now);
            self.waiting = false;
        }
        due
    }

    /// A key frame came: whoever waits has one.
    pub(super) const fn arrived(&mut self) {
        self.waiting = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_immediate_and_the_next_wait() {
        let now = Instant::now();
        let mut asker = Asker::default();
        assert!(asker.want(now));
        for ms in [1, 100, 499] {
            assert!(!asker.want(now + Duration::from_millis(ms)));
        }
        assert!(asker.due(now + BETWEEN));
        assert!(!asker.due(now + BETWEEN * 3));
    }

    #[test]
    fn a_key_frame_ends_the_waiting() {
        let now = Instant::now();
        let mut asker = Asker::default();
        assert!(asker.want(now));
        assert!(!asker.want(now + Duration::from_millis(10)));
        asker.arrived();
        assert!(!asker.due(now + BETWEEN * 2));
    }
}
