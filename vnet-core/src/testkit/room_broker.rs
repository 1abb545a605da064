//! The contract of [`RoomBroker`].

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::samples::{peer, signal};
use super::{assert_kind, at_once};
use crate::error::ErrorKind;
use crate::room::{Membership, Peer, RoomBroker, RoomCode, RoomEvent};
use crate::signal::Signal;

/// How long an event may be on its way.
const PATIENCE: Duration = Duration::from_secs(20);
/// A queue that takes more messages than this counts as unbounded.
const MOST_QUEUED: usize = 50_000;

/// An event that can be compared.
#[derive(Debug, PartialEq, Eq)]
enum Heard {
    Connected(usize),
    Disconnected(usize),
    Signal(Bytes),
    End,
}

fn code(text: &str) -> RoomCode {
    RoomCode::parse(text).expect("six digits")
}

async fn hear(member: &mut Membership) -> Heard {
    let begun = tokio::time::Instant::now();
    let event = tokio::time::timeout(PATIENCE, member.recv()).await;
    // The end of patience looks once more: what it finds then was there, but woke nobody.
    assert!(
        begun.elapsed() < PATIENCE,
        "an event must come, and wake who waits"
    );
    match event.expect("an event must come") {
        Some(RoomEvent::Connected { peers_count }) => Heard::Connected(peers_count),
        Some(RoomEvent::Disconnected { peers_count }) => Heard::Disconnected(peers_count),
        Some(RoomEvent::Signal(bytes)) => Heard::Signal(bytes),
        None => Heard::End,
    }
}

async fn join(broker: &dyn RoomBroker, room: &str, peer: Peer) -> Membership {
    let member = broker.join(code(room), peer).await;
    member.expect("a room with a free place takes a peer")
}

/// Enters and hears the own arrival.
async fn enter(broker: &dyn RoomBroker, room: &str, name: &str, count: usize) -> Membership {
    let mut member = join(broker, room, peer(name)).await;
    assert_eq!(
        hear(&mut member).await,
        Heard::Connected(count),
        "the own arrival comes first"
    );
    member
}

/// Two peers, `ada` and `bob`, who have heard everything so far.
async fn pair(broker: &dyn RoomBroker, room: &str) -> (Membership, Membership) {
    let mut ada = enter(broker, room, "ada", 1).await;
    let bob = enter(broker, room, "bob", 2).await;
    assert_eq!(hear(&mut ada).await, Heard::Connected(2));
    (ada, bob)
}

/// Asserts that the next message is this one.
async fn hears(member: &mut Membership, sender: &str, signal: &Signal, what: &str) {
    let wanted = Heard::Signal(Bytes::from(signal.to_wire(sender)));
    assert_eq!(hear(member).await, wanted, "{what}");
}

/// Joins as soon as there is a place: leaving may take a moment to arrive.
async fn join_when_free(broker: &dyn RoomBroker, room: &str, name: &str) -> Membership {
    tokio::time::timeout(PATIENCE, async {
        loop {
            match broker.join(code(room), peer(name)).await {
                Ok(member) => return member,
                Err(error) => assert_eq!(error.code(), "room_full", "{error:?}"),
            }
            // Nobody inside tells the one outside, so it asks again.
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await
    .expect("the place must become free")
}

/// The first thing a peer hears is that it entered.
pub async fn the_first_event_is_the_own_arrival(broker: Arc<dyn RoomBroker>) {
    let mut ada = enter(&broker, "000000", "ada", 1).await;
    assert_eq!(ada.peers_count(), 1);
    let bob = enter(&broker, "000000", "bob", 2).await;
    assert_eq!(
        hear(&mut ada).await,
        Heard::Connected(2),
        "those inside hear of it too"
    );
    assert_eq!((ada.peers_count(), bob.peers_count()), (2, 2));
}

/// Everybody hears a message, its sender included, as the same bytes.
pub async fn a_message_reaches_everybody_as_the_same_bytes(broker: Arc<dyn RoomBroker>) {
    let (mut ada, mut bob) = pair(&broker, "111111").await;
    let message = signal(1);
    ada.send(&message).unwrap();
    hears(&mut ada, "ada", &message, "the sender").await;
    hears(&mut bob, "ada", &message, "the other").await;
    bob.send(&message).unwrap();
    hears(
        &mut ada,
        "bob",
        &message,
        "the sender is named by the server",
    )
    .await;
    hears(&mut bob, "bob", &message, "the sender").await;
}

/// A peer that is alone talks to itself.
pub async fn a_peer_that_is_alone_hears_itself(broker: Arc<dyn RoomBroker>) {
    let mut ada = enter(&broker, "222222", "ada", 1).await;
    ada.send(&signal(1)).unwrap();
    hears(&mut ada, "ada", &signal(1), "the sender").await;
}

/// Who asked not to hear itself hears the other only; the other hears both.
pub async fn a_peer_without_echo_does_not_hear_itself(broker: Arc<dyn RoomBroker>) {
    let mut ada = join(
        &broker,
        "333333",
        Peer {
            echo: false,
            ..peer("ada")
        },
    )
    .await;
    assert_eq!(
        hear(&mut ada).await,
        Heard::Connected(1),
        "arrivals are no echo"
    );
    let mut bob = enter(&broker, "333333", "bob", 2).await;
    assert_eq!(hear(&mut ada).await, Heard::Connected(2));
    ada.send(&signal(1)).unwrap();
    hears(&mut bob, "ada", &signal(1), "the other").await;
    bob.send(&signal(2)).unwrap();
    hears(&mut bob, "bob", &signal(2), "who has echo hears itself").await;
    hears(&mut ada, "bob", &signal(2), "nothing own came before").await;
}

/// The same account may sit at both ends; echo is about the connection.
pub async fn echo_is_about_the_connection_not_the_account(broker: Arc<dyn RoomBroker>) {
    let mut one = join(
        &broker,
        "343434",
        Peer {
            echo: false,
            ..peer("ada")
        },
    )
    .await;
    assert_eq!(hear(&mut one).await, Heard::Connected(1));
    let mut two = join(
        &broker,
        "343434",
        Peer {
            echo: false,
            ..peer("ada")
        },
    )
    .await;
    assert_eq!(hear(&mut two).await, Heard::Connected(2));
    assert_eq!(hear(&mut one).await, Heard::Connected(2));
    one.send(&signal(1)).unwrap();
    hears(&mut two, "ada", &signal(1), "the other end").await;
    two.send(&signal(2)).unwrap();
    hears(&mut one, "ada", &signal(2), "the other end").await;
}

/// What one peer sends reaches every peer in the order it was sent, however much is on its way.
pub async fn messages_of_one_peer_keep_their_order(broker: Arc<dyn RoomBroker>) {
    let (ada, bob) = pair(&broker, "444444").await;
    // Each reads while the other sends, few enough at a time for any queue.
    let talk = |mut own: Membership, sender: &'static str, other: &'static str| async move {
        let (mut sent, mut echoed, mut heard) = (0, 0, 0);
        while echoed < 400 || heard < 400 {
            if sent < 400 && sent < echoed + 20 && sent < heard + 20 {
                own.send(&signal(sent)).unwrap();
                sent += 1;
                continue;
            }
            match hear(&mut own).await {
                Heard::Signal(bytes) if bytes == signal(echoed).to_wire(sender) => echoed += 1,
                Heard::Signal(bytes) if bytes == signal(heard).to_wire(other) => heard += 1,
                unexpected => panic!("after {echoed} and {heard}: {unexpected:?}"),
            }
        }
        own
    };
    let one = tokio::spawn(talk(ada, "ada", "bob"));
    let other = tokio::spawn(talk(bob, "bob", "ada"));
    let _kept_until_both_ended = (one.await.unwrap(), other.await.unwrap());
}

/// The third is told so, and those inside notice nothing.
pub async fn a_third_peer_is_refused_and_changes_nothing(broker: Arc<dyn RoomBroker>) {
    let (mut ada, mut bob) = pair(&broker, "555555").await;
    let refused = broker.join(code("555555"), peer("eve")).await;
    let error = assert_kind(refused, ErrorKind::Conflict, "a third peer");
    assert_eq!(error.code(), "room_full");
    assert_eq!((ada.peers_count(), bob.peers_count()), (2, 2));
    ada.send(&signal(1)).unwrap();
    hears(&mut ada, "ada", &signal(1), "nothing came before").await;
    hears(&mut bob, "ada", &signal(1), "nothing came before").await;
}

/// Who gets the places is decided atomically.
pub async fn of_many_joins_at_once_exactly_two_win(broker: Arc<dyn RoomBroker>) {
    for round in 0..16 {
        let room = format!("60{round:04}");
        let attempts = (0..8).map(|i| {
            let (broker, room) = (Arc::clone(&broker), code(&room));
            async move { broker.join(room, peer(&format!("peer_{i}"))).await }
        });
        let mut inside = Vec::new();
        for result in at_once(attempts).await {
            match result {
                Ok(member) => inside.push(member),
                lost => drop(assert_kind(lost, ErrorKind::Conflict, "a full room")),
            }
        }
        assert_eq!(inside.len(), 2, "exactly two are inside");
        let mut heard = Vec::new();
        for member in &mut inside {
            let own = hear(member).await;
            if own == Heard::Connected(1) {
                assert_eq!(hear(member).await, Heard::Connected(2));
            }
            heard.push(own);
        }
        heard.sort_by_key(|event| *event == Heard::Connected(2));
        assert_eq!(heard, [Heard::Connected(1), Heard::Connected(2)]);
    }
}

/// Dropping a membership leaves the room; the other hears it and stays.
pub async fn dropping_a_membership_leaves_the_room(broker: Arc<dyn RoomBroker>) {
    let (mut ada, bob) = pair(&broker, "666666").await;
    drop(bob);
    assert_eq!(hear(&mut ada).await, Heard::Disconnected(1));
    assert_eq!(ada.peers_count(), 1);
    ada.send(&signal(1)).unwrap();
    hears(&mut ada, "ada", &signal(1), "who stayed").await;
}

/// What was sent before leaving still arrives, before the news of it.
pub async fn the_last_words_of_a_peer_arrive(broker: Arc<dyn RoomBroker>) {
    let (mut ada, mut bob) = pair(&broker, "676767").await;
    bob.send(&signal(1)).unwrap();
    bob.send(&signal(2)).unwrap();
    drop(bob);
    hears(&mut ada, "bob", &signal(1), "the first").await;
    hears(&mut ada, "bob", &signal(2), "the second").await;
    assert_eq!(hear(&mut ada).await, Heard::Disconnected(1));
}

/// A place that became free is taken by the next one.
pub async fn a_free_place_is_taken_again(broker: Arc<dyn RoomBroker>) {
    let (mut ada, bob) = pair(&broker, "777777").await;
    drop(bob);
    assert_eq!(hear(&mut ada).await, Heard::Disconnected(1));
    let mut carl = enter(&broker, "777777", "carl", 2).await;
    assert_eq!(hear(&mut ada).await, Heard::Connected(2));
    ada.send(&signal(1)).unwrap();
    hears(&mut carl, "ada", &signal(1), "the newcomer").await;
}

/// A room that everybody left is a new room: nothing is kept for who comes later.
pub async fn a_code_is_used_again_after_everybody_left(broker: Arc<dyn RoomBroker>) {
    let (mut ada, bob) = pair(&broker, "888888").await;
    ada.send(&signal(1)).unwrap();
    drop((ada, bob));
    let mut carl = join_when_free(&*broker, "888888", "carl").await;
    let first = hear(&mut carl).await;
    if first == Heard::Connected(2) {
        // One of the two was still on its way out.
        assert_eq!(hear(&mut carl).await, Heard::Disconnected(1));
    } else {
        assert_eq!(first, Heard::Connected(1));
    }
    carl.send(&signal(2)).unwrap();
    hears(&mut carl, "carl", &signal(2), "nothing old came before").await;
}

/// Joining while another leaves ends with the places that there are, and everybody knows them.
pub async fn a_join_while_another_leaves_is_clean(broker: Arc<dyn RoomBroker>) {
    for round in 0..32 {
        let room = format!("90{round:04}");
        let (mut ada, bob) = pair(&broker, &room).await;
        let mut bob = Some(bob);
        let attempts = [false, true].map(|leaves| {
            let (broker, room) = (Arc::clone(&broker), room.clone());
            let leaving = if leaves { bob.take() } else { None };
            async move {
                drop(leaving);
                if leaves {
                    return None;
                }
                let carl = join_when_free(&*broker, &room, "carl").await;
                Some(carl)
            }
        });
        let mut results = at_once(attempts).await;
        let mut carl = results.swap_remove(0).expect("carl came in");
        assert_eq!(
            hear(&mut ada).await,
            Heard::Disconnected(1),
            "first one leaves"
        );
        assert_eq!(hear(&mut ada).await, Heard::Connected(2), "then one comes");
        assert_eq!(hear(&mut carl).await, Heard::Connected(2));
        carl.send(&signal(1)).unwrap();
        hears(&mut ada, "carl", &signal(1), "who stayed").await;
    }
}

/// Rooms know nothing of each other.
pub async fn rooms_do_not_mix(broker: Arc<dyn RoomBroker>) {
    let (mut ada, mut bob) = pair(&broker, "123456").await;
    let mut eve = enter(&broker, "123457", "eve", 1).await;
    ada.send(&signal(1)).unwrap();
    hears(&mut bob, "ada", &signal(1), "the same room").await;
    drop(bob);
    eve.send(&signal(2)).unwrap();
    hears(
        &mut eve,
        "eve",
        &signal(2),
        "nothing of the other room came before",
    )
    .await;
    hears(&mut ada, "ada", &signal(1), "the own message").await;
    assert_eq!(hear(&mut ada).await, Heard::Disconnected(1));
}

/// Who does not read is put out, and the other goes on all the while.
pub async fn a_peer_that_does_not_read_is_put_out(broker: Arc<dyn RoomBroker>) {
    let (mut ada, mut bob) = pair(&broker, "101010").await;
    let mut number = 0;
    // `ada` reads each of her messages before she sends the next: `bob` never delays her.
    loop {
        ada.send(&signal(number)).expect("who reads is not put out");
        match hear(&mut ada).await {
            Heard::Signal(bytes) => assert_eq!(bytes, signal(number).to_wire("ada")),
            Heard::Disconnected(1) => {
                hears(&mut ada, "ada", &signal(number), "nothing is lost").await;
                break;
            }
            unexpected => panic!("{unexpected:?}"),
        }
        number += 1;
        assert!(number < MOST_QUEUED, "the queue of a peer must be bounded");
        if hears_departure_now(&mut ada).await {
            break;
        }
    }
    assert_eq!(ada.peers_count(), 1);
    assert!(number > 1, "a queue holds more than one message");
    // What was queued may still come, in order; then the events end.
    let mut next = 0;
    loop {
        match hear(&mut bob).await {
            Heard::End => break,
            Heard::Signal(bytes) => assert_eq!(bytes, signal(next).to_wire("ada")),
            unexpected => panic!("{unexpected:?}"),
        }
        next += 1;
    }
    assert_kind(
        bob.send(&signal(0)),
        ErrorKind::Unavailable,
        "sending after being put out",
    );
    assert_eq!(hear(&mut bob).await, Heard::End, "the end stays the end");
    let carl = enter(&broker, "101010", "carl", 2).await;
    assert_eq!(
        hear(&mut ada).await,
        Heard::Connected(2),
        "the place is free"
    );
    drop(bob);
    ada.send(&signal(7)).unwrap();
    hears(&mut ada, "ada", &signal(7), "nobody leaves twice").await;
    drop(carl);
}

/// Whether the news that the other was put out has come already.
async fn hears_departure_now(member: &mut Membership) -> bool {
    let event = std::future::poll_fn(|cx| match member.poll_recv(cx) {
        std::task::Poll::Ready(event) => std::task::Poll::Ready(Some(event)),
        std::task::Poll::Pending => std::task::Poll::Ready(None),
    });
    match event.await {
        None => false,
        Some(Some(RoomEvent::Disconnected { peers_count: 1 })) => true,
        Some(unexpected) => panic!("{unexpected:?}"),
    }
}

/// Giving up waiting loses no event.
pub async fn a_dropped_wait_loses_no_event(broker: Arc<dyn RoomBroker>) {
    let (mut ada, mut bob) = pair(&broker, "121212").await;
    for number in 0..20 {
        {
            let mut wait = Box::pin(ada.recv());
            let waiting = std::future::poll_fn(|cx| {
                std::task::Poll::Ready(wait.as_mut().poll(cx).is_pending())
            });
            assert!(waiting.await, "nothing was sent yet");
        }
        bob.send(&signal(number)).unwrap();
        hears(&mut ada, "bob", &signal(number), "after a dropped wait").await;
    }
}

/// Who waits is woken by what happens, wherever it waits.
pub async fn a_waiting_peer_is_woken(broker: Arc<dyn RoomBroker>) {
    let (mut ada, mut bob) = pair(&broker, "131313").await;
    let waiting = tokio::spawn(async move {
        for number in 0..100 {
            hears(&mut bob, "ada", &signal(number), "the waiting one").await;
        }
        bob
    });
    for number in 0..100 {
        ada.send(&signal(number)).unwrap();
        hears(&mut ada, "ada", &signal(number), "the sender").await;
        tokio::task::yield_now().await;
    }
    drop(waiting.await.unwrap());
    assert_eq!(hear(&mut ada).await, Heard::Disconnected(1));
}

/// The contract of [`RoomBroker`](crate::room::RoomBroker) as tests.
///
/// `$new` names an `async fn` without arguments that returns a broker without rooms, whose queues
/// ([`Limits::room_queue`](crate::Limits::room_queue)) hold 64 to 50,000 messages.
#[macro_export]
macro_rules! room_broker_contract {
    ($new:ident) => {
        $crate::__contract!(
            room_broker,
            dyn $crate::room::RoomBroker,
            $new,
            [
                the_first_event_is_the_own_arrival,
                a_message_reaches_everybody_as_the_same_bytes,
                a_peer_that_is_alone_hears_itself,
                a_peer_without_echo_does_not_hear_itself,
                echo_is_about_the_connection_not_the_account,
                messages_of_one_peer_keep_their_order,
                a_third_peer_is_refused_and_changes_nothing,
                of_many_joins_at_once_exactly_two_win,
                dropping_a_membership_leaves_the_room,
                the_last_words_of_a_peer_arrive,
                a_free_place_is_taken_again,
                a_code_is_used_again_after_everybody_left,
                a_join_while_another_leaves_is_clean,
                rooms_do_not_mix,
                a_peer_that_does_not_read_is_put_out,
                a_dropped_wait_loses_no_event,
                a_waiting_peer_is_woken,
            ]
        );
    };
}
