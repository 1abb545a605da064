mod wakers;

use super::*;
use futures_util::FutureExt;
use serde_json::value::RawValue;
use vnet_core::id::PeerId;

fn rooms(messages: usize, bytes: usize) -> InProcessRooms {
    let mut limits = Limits::default();
    limits.room_queue = messages;
    limits.room_queue_bytes = bytes;
    InProcessRooms::new(&limits)
}

fn enter(rooms: &InProcessRooms, echo: bool) -> Result<Membership> {
    let peer = Peer {
        id: PeerId::generate(),
        sender: "ada".into(),
        echo,
    };
    let code = RoomCode::parse("123456").unwrap();
    rooms.join(code, peer).now_or_never().unwrap()
}

fn signal(content: &str) -> Signal {
    let content = RawValue::from_string(content.to_owned()).unwrap();
    Signal::new("candidate", &content, None).unwrap()
}

/// All events that wait, as short texts; `end` at the end of events.
fn heard(member: &mut Membership) -> Vec<String> {
    let mut heard = Vec::new();
    while let Some(event) = member.recv().now_or_never() {
        heard.push(match event {
            Some(RoomEvent::Connected { peers_count }) => format!("+{peers_count}"),
            Some(RoomEvent::Disconnected { peers_count }) => format!("-{peers_count}"),
            Some(RoomEvent::Signal(text)) => String::from_utf8(text.to_vec()).unwrap(),
            Some(_) => unreachable!(),
            None => {
                heard.push("end".into());
                return heard;
            }
        });
    }
    heard
}

#[test]
fn a_room_is_forgotten_when_the_last_peer_leaves() {
    let rooms = rooms(8, 1_000);
    let ada = enter(&rooms, true).unwrap();
    let bob = enter(&rooms, true).unwrap();
    assert_eq!(rooms.rooms_count(), 1);
    drop(ada);
    assert_eq!(rooms.rooms_count(), 1);
    drop(bob);
    assert_eq!(rooms.rooms_count(), 0);
}

#[test]
fn a_refused_peer_leaves_no_trace() {
    let rooms = rooms(8, 1_000);
    let mut ada = enter(&rooms, true).unwrap();
    let mut bob = enter(&rooms, true).unwrap();
    for _ in 0..100 {
        assert_eq!(enter(&rooms, true).unwrap_err().code(), "room_full");
    }
    assert_eq!(heard(&mut ada), ["+1", "+2"]);
    assert_eq!(heard(&mut bob), ["+2"]);
}

#[test]
fn bytes_are_bounded_too_but_one_message_always_fits() {
    let rooms = rooms(1_000, 500);
    let mut ada = enter(&rooms, false).unwrap();
    let mut bob = enter(&rooms, true).unwrap();
    heard(&mut bob);
    let large = signal(&format!("[\"{}\"]", "x".repeat(600)));
    ada.send(&large).unwrap();
    assert_eq!(bob.peers_count(), 2);
    assert_eq!(heard(&mut bob).len(), 1);
    for _ in 0..5 {
        ada.send(&signal("[1]")).unwrap();
    }
    assert_eq!(bob.peers_count(), 2, "five small ones fit");
    ada.send(&large).unwrap();
    assert_eq!(heard(&mut bob), ["end"]);
    assert_eq!(bob.end_reason(), EndReason::PutOut);
    assert_eq!(heard(&mut ada), ["+1", "+2", "-1"]);
}

#[test]
fn a_lone_peer_that_drowns_in_its_echo_leaves_no_room_behind() {
    let rooms = rooms(4, 1_000);
    let mut ada = enter(&rooms, true).unwrap();
    for _ in 0..4 {
        ada.send(&signal("[1]")).unwrap();
    }
    assert_eq!(heard(&mut ada), ["end"]);
    assert_eq!(rooms.rooms_count(), 0);
    assert_eq!(ada.send(&signal("[1]")).unwrap_err().code(), "put_out");
    // The same code is a new room, which the one put out cannot disturb by leaving late.
    let mut bob = enter(&rooms, true).unwrap();
    drop(ada);
    assert_eq!(heard(&mut bob), ["+1"]);
    assert_eq!(rooms.rooms_count(), 1);
}

#[test]
fn a_place_taken_by_somebody_else_is_not_given_back_by_its_former_holder() {
    let rooms = rooms(4, 1_000);
    let mut ada = enter(&rooms, false).unwrap();
    let bob = enter(&rooms, true).unwrap();
    for _ in 0..4 {
        ada.send(&signal("[1]")).unwrap();
    }
    assert_eq!(bob.peers_count(), 0, "put out");
    let mut carl = enter(&rooms, true).unwrap();
    drop(bob);
    assert_eq!(heard(&mut carl), ["+2"]);
    assert_eq!(carl.peers_count(), 2);
}

#[test]
fn a_newcomer_hears_its_own_arrival_before_it_hears_that_the_full_one_went() {
    let rooms = rooms(1, 1_000);
    let mut ada = enter(&rooms, true).unwrap();
    // The queue of `ada` is full with her own arrival.
    let mut bob = enter(&rooms, true).unwrap();
    let first = bob.recv().now_or_never().unwrap();
    assert!(first.is_none_or(|event| matches!(event, RoomEvent::Connected { peers_count: 2 })));
    assert_eq!(heard(&mut ada), ["end"]);
}

#[test]
fn the_sender_is_not_woken_by_itself_but_the_other_is() {
    use futures_util::task::{ArcWake, waker};
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[derive(Default)]
    struct Count(AtomicUsize);
    impl ArcWake for Count {
        fn wake_by_ref(this: &Arc<Self>) {
            this.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    let rooms = rooms(8, 1_000);
    let mut ada = enter(&rooms, true).unwrap();
    let mut bob = enter(&rooms, true).unwrap();
    let counts = [Arc::new(Count::default()), Arc::new(Count::default())];
    for (member, count) in [&mut ada, &mut bob].into_iter().zip(&counts) {
        heard(member);
        let waker = waker(Arc::clone(count));
        assert!(
            member
                .poll_recv(&mut Context::from_waker(&waker))
                .is_pending()
        );
    }
    ada.send(&signal("[1]")).unwrap();
    ada.send(&signal("[2]")).unwrap();
    let woken = counts.map(|count| count.0.load(Ordering::Relaxed));
    assert_eq!(woken, [0, 1], "and once for a whole burst");
    assert_eq!(heard(&mut ada).len(), 2);
    assert_eq!(heard(&mut bob).len(), 2);
}

#[test]
fn a_shutdown_ends_all_rooms_for_good() {
    let rooms = rooms(8, 1_000);
    let mut ada = enter(&rooms, true).unwrap();
    let other_handle = rooms.clone();
    other_handle.shutdown();
    assert_eq!(heard(&mut ada), ["end"]);
    assert_eq!(ada.end_reason(), EndReason::BrokerEnded);
    assert_eq!(ada.send(&signal("[1]")).unwrap_err().code(), "rooms_ended");
    let error = enter(&rooms, true).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(rooms.rooms_count(), 0);
}

#[test]
fn nothing_secret_is_shown() {
    let rooms = rooms(8, 1_000);
    let ada = enter(&rooms, true).unwrap();
    let shown = format!("{rooms:?} {ada:?}");
    assert!(!shown.contains("123456"), "{shown}");
}
