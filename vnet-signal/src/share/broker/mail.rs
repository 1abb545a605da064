//! What waits for one device.

use std::collections::VecDeque;
use std::task::Waker;

use vnet_core::Limits;
use vnet_core::share::{ShareEvent, ShareId};

/// An emptied queue that has grown beyond this gives its memory back.
const KEPT_CAPACITY: usize = 16;

/// What a device is to be told. Lists are made when it reads them, so that who is slow does not get, and
/// nobody keeps, those that are out of date.
#[derive(Debug)]
pub(super) enum Letter {
    Event(ShareEvent),
    Nearby,
    Members(ShareId),
}

/// The queue of one device.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    letters: VecDeque<Letter>,
    /// Of the signals among them.
    bytes: usize,
    /// Whether the list of those near is to be read yet.
    has_nearby: bool,
    /// The share whose members are to be read yet.
    has_members: Option<ShareId>,
    pub(super) waker: Option<Waker>,
}

impl Mailbox {
    /// Takes a letter in; `false`: there is no room.
    pub(super) fn put(&mut self, letter: Letter, limits: &Limits) -> bool {
        match &letter {
            Letter::Nearby if self.has_nearby => return true,
            Letter::Members(share) if self.has_members == Some(*share) => return true,
            _ => {}
        }
        let bytes = weight(&letter);
        let is_full = self.letters.len() >= limits.share_queue.max(1)
            || (bytes > 0 && self.bytes > 0 && self.bytes + bytes > limits.share_queue_bytes);
        if is_full {
            return false;
        }
        match &letter {
            Letter::Nearby => self.has_nearby = true,
            Letter::Members(share) => self.has_members = Some(*share),
            Letter::Event(_) => {}
        }
        self.bytes += bytes;
        self.letters.push_back(letter);
        true
    }

    pub(super) fn take(&mut self) -> Option<Letter> {
        let letter = self.letters.pop_front()?;
        if self.letters.is_empty() && self.letters.capacity() > KEPT_CAPACITY {
            self.letters = VecDeque::new();
        }
        self.bytes -= weight(&letter);
        match &letter {
            Letter::Nearby => self.has_nearby = false,
            Letter::Members(share) if self.has_members == Some(*share) => self.has_members = None,
            Letter::Members(_) | Letter::Event(_) => {}
        }
        Some(letter)
    }
}

fn weight(letter: &Letter) -> usize {
    match letter {
        Letter::Event(ShareEvent::Signal { data, .. }) => data.as_str().len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::value::RawValue;
    use vnet_core::share::{DeviceId, LinkId};

    fn signal(bytes: usize) -> Letter {
        let text = "1".repeat(bytes);
        let raw = RawValue::from_string(text).unwrap();
        Letter::Event(ShareEvent::Signal {
            from: DeviceId(1),
            link: LinkId(1),
            data: (&*raw).into(),
        })
    }

    fn limits(queue: usize, bytes: usize) -> Limits {
        let mut limits = Limits::default();
        (limits.share_queue, limits.share_queue_bytes) = (queue, bytes);
        limits
    }

    #[test]
    fn letters_and_bytes_are_bounded() {
        let mut mail = Mailbox::default();
        let few = limits(3, 10);
        assert!(mail.put(signal(100), &few), "a single one is always taken");
        assert!(!mail.put(signal(1), &few), "too many bytes");
        assert!(mail.put(Letter::Event(ShareEvent::Ok { id: 1 }), &few));
        assert!(mail.put(Letter::Nearby, &few));
        assert!(
            !mail.put(Letter::Event(ShareEvent::Ok { id: 2 }), &few),
            "too many letters"
        );
        assert!(mail.take().is_some());
        assert!(mail.put(signal(9), &few));
    }

    #[test]
    fn lists_that_were_not_read_yet_wait_once() {
        let (mut mail, few) = (Mailbox::default(), limits(3, 10));
        for _ in 0..10 {
            assert!(mail.put(Letter::Nearby, &few));
            assert!(mail.put(Letter::Members(ShareId(1)), &few));
        }
        assert!(mail.put(Letter::Members(ShareId(2)), &few));
        assert_eq!(std::iter::from_fn(|| mail.take()).count(), 3);
        assert!(mail.put(Letter::Nearby, &few));
        assert!(matches!(mail.take(), Some(Letter::Nearby)));
    }
}
