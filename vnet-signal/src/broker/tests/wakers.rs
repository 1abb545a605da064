//! Who is woken, when, and that nobody is forgotten.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Wake;

use super::*;

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A peer that has heard everything so far, and waits.
struct Waiting {
    member: Membership,
    woken: Arc<Woken>,
}

impl Waiting {
    fn new(member: Membership) -> Self {
        let mut waiting = Self {
            member,
            woken: Arc::default(),
        };
        waiting.wait();
        waiting
    }

    /// Hears everything and waits for more; how many events there were.
    fn wait(&mut self) -> usize {
        let waker = Arc::clone(&self.woken).into();
        let mut cx = Context::from_waker(&waker);
        let mut events = 0;
        while let Poll::Ready(Some(_)) = self.member.poll_recv(&mut cx) {
            events += 1;
        }
        events
    }

    fn woken(&self) -> usize {
        self.woken.0.load(Ordering::Relaxed)
    }
}

#[test]
fn what_is_pushed_wakes_the_other_once_when_it_is_flushed() {
    let rooms = rooms(8, 1_000);
    let mut ada = enter(&rooms, true).unwrap();
    let mut bob = Waiting::new(enter(&rooms, true).unwrap());
    for _ in 0..3 {
        ada.push(&signal("1")).unwrap();
    }
    assert_eq!(bob.woken(), 0);
    ada.flush();
    assert_eq!(bob.woken(), 1);
    assert_eq!(bob.wait(), 3);
    ada.flush();
    assert_eq!(bob.woken(), 1, "there is nothing new");
}

#[test]
fn what_is_pushed_is_heard_without_a_flush_too_when_the_peer_speaks_on_or_leaves() {
    let rooms = rooms(8, 1_000);
    let mut ada = enter(&rooms, true).unwrap();
    let mut bob = Waiting::new(enter(&rooms, true).unwrap());
    ada.push(&signal("1")).unwrap();
    ada.send(&signal("2")).unwrap();
    assert_eq!((bob.woken(), bob.wait()), (1, 2));
    ada.push(&signal("3")).unwrap();
    assert_eq!(
        heard(&mut ada).len(),
        5,
        "the other's waiting delays nobody"
    );
    drop(ada);
    assert!(bob.woken() > 1);
    assert_eq!(bob.wait(), 2, "the last word and the leaving");
}

#[test]
fn who_is_put_out_is_woken_even_if_its_place_is_taken_before_the_flush() {
    let rooms = rooms(4, 1_000);
    let mut ada = enter(&rooms, false).unwrap();
    let mut bob = Waiting::new(enter(&rooms, false).unwrap());
    for _ in 0..5 {
        ada.push(&signal("1")).unwrap();
    }
    let mut carl = Waiting::new(enter(&rooms, false).unwrap());
    ada.push(&signal("2")).unwrap();
    ada.flush();
    assert_eq!((bob.woken(), bob.wait()), (1, 0));
    assert_eq!(bob.member.end_reason(), EndReason::PutOut);
    assert_eq!((carl.woken(), carl.wait()), (1, 1));
}

/// A waker that calls back into the room on the spot.
struct OnTheSpot {
    member: Mutex<Option<Membership>>,
    events: AtomicUsize,
}

impl Wake for OnTheSpot {
    fn wake(self: Arc<Self>) {
        let waker = Arc::clone(&self).into();
        let mut cx = Context::from_waker(&waker);
        let mut member = self.member.lock().unwrap();
        let member = member.as_mut().unwrap();
        assert!(member.peers_count() <= 2);
        while let Poll::Ready(Some(_)) = member.poll_recv(&mut cx) {
            self.events.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[test]
fn wakers_are_called_with_no_lock_held() {
    let rooms = rooms(2, 1_000);
    let mut ada = enter(&rooms, false).unwrap();
    assert!(ada.wakes_unlocked());
    let bob = Arc::new(OnTheSpot {
        member: Mutex::new(Some(enter(&rooms, false).unwrap())),
        events: AtomicUsize::new(0),
    });
    let events = || bob.events.load(Ordering::Relaxed);
    Arc::clone(&bob).wake();
    assert_eq!(events(), 1, "the own arrival");
    heard(&mut ada);
    ada.send(&signal("1")).unwrap();
    assert_eq!(events(), 2);
    ada.push(&signal("2")).unwrap();
    ada.push(&signal("3")).unwrap();
    ada.flush();
    assert_eq!(events(), 4);
    drop(ada);
    assert_eq!(events(), 5, "the leaving");
    let ada = enter(&rooms, false).unwrap();
    assert_eq!(events(), 6, "the arrival");
    rooms.shutdown();
    assert_eq!(ada.end_reason(), EndReason::BrokerEnded);
    let mut bob = bob.member.lock().unwrap().take().unwrap();
    assert_eq!(heard(&mut bob), ["end"]);
}
