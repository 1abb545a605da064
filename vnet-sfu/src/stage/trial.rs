//! Trying what does not seem to fit: an estimate does not grow while nothing is sent, so that a picture
//! that comes in one size only would stay away for long after a bad moment.

use std::time::{Duration, Instant};

/// How long a trial lasts; by then the estimate has grown, or there is no room.
const LASTS: Duration = Duration::from_secs(4);
/// How long after a trial that came to nothing the next one begins.
const FIRST_WAIT: Duration = Duration::from_secs(4);
/// The longest of these waits, each twice as long as the one before.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The trials of one picture at one subscriber.
#[derive(Debug, Default)]
pub(super) struct Trial {
    began: Option<Instant>,
    failed: Option<Failed>,
}

#[derive(Clone, Copy, Debug)]
struct Failed {
    at: Instant,
    wait: Duration,
}

impl Trial {
    /// Whether one may begin, or the one under way may go on.
    pub(super) fn may(&self, now: Instant) -> bool {
        match (self.began, self.failed) {
            (Some(began), _) => now.saturating_duration_since(began) < LASTS,
            (None, Some(failed)) => now.saturating_duration_since(failed.at) >= failed.wait,
            (None, None) => true,
        }
    }

    /// Takes in what came of it: whether the picture is sent on trial, and whether it is sent at all.
    pub(super) fn note(&mut self, tried: bool, sent: bool, now: Instant) {
        if tried {
            self.began.get_or_insert(now);
        } else if self.began.take().is_some() && !sent {
            let recent = self
                .failed
                .filter(|last| now.saturating_duration_since(last.at) < 2 * LONGEST_WAIT);
            let wait = recent.map_or(FIRST_WAIT, |last| (last.wait * 2).min(LONGEST_WAIT));
            self.failed = Some(Failed { at: now, wait });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What happens in ten minutes in which every trial comes to nothing: when they began, and all the
    /// time that something was sent.
    fn hopeless() -> (Vec<u64>, Duration) {
        let begin = Instant::now();
        let mut trial = Trial::default();
        let (mut begins, mut sent) = (Vec::new(), Duration::ZERO);
        let step = Duration::from_millis(100);
        for n in 0..6_000_u32 {
            let now = begin + step * n;
            let may = trial.may(now);
            if may && trial.began.is_none() {
                begins.push(now.duration_since(begin).as_secs());
            }
            if may {
                sent += step;
            }
            trial.note(may, may, now);
        }
        (begins, sent)
    }

    #[test]
    fn what_never_fits_is_tried_less_and_less_often() {
        let (begins, sent) = hopeless();
        assert_eq!(begins[..5], [0, 8, 20, 40, 76]);
        assert!(begins.len() <= 14, "{begins:?}");
        assert!(sent <= LASTS * 14, "{sent:?}");
    }

    #[test]
    fn what_fits_in_the_end_is_no_trial_any_more() {
        let now = Instant::now();
        let mut trial = Trial::default();
        trial.note(true, true, now);
        trial.note(false, true, now + Duration::from_secs(2));
        let later = now + Duration::from_secs(60);
        assert!(trial.may(later), "another bad moment, another trial");
        trial.note(true, true, later);
        assert!(trial.may(later + LASTS / 2));
        assert!(!trial.may(later + LASTS));
        trial.note(false, false, later + LASTS);
        assert!(!trial.may(later + LASTS + FIRST_WAIT / 2));
        assert!(trial.may(later + LASTS + FIRST_WAIT));
    }
}
