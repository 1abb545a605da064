//! Rules about waiting, and about who does not read.

use std::sync::Arc;
use std::task::Poll;

use super::seat::{Seat, open, person, signal};
use crate::error::ErrorKind;
use crate::share::{ShareAction, ShareBroker, ShareEvent};
use crate::testkit::assert_kind;

/// A queue that takes more signals than this counts as unbounded.
const MOST_QUEUED: usize = 50_000;

/// A sharer and a receiver.
async fn pair(broker: &dyn ShareBroker) -> (Seat, Seat) {
    let mut ada = Seat::enter(broker, person("ada")).await;
    let mut bob = Seat::enter(broker, person("bob")).await;
    let (_, code) = open(&mut ada).await;
    ada.let_in(&mut bob, code).await;
    (ada, bob)
}

/// Who does not read is put out, which is as if it had left, and delays nobody.
pub async fn a_device_that_does_not_read_is_put_out(broker: Arc<dyn ShareBroker>) {
    let (mut ada, mut bob) = pair(&*broker).await;
    let (_, link) = ada.up(bob.device).expect("a link");
    let mut number = 0;
    while ada.members.len() == 2 {
        let say = signal(bob.device, link, number);
        ada.asks(say).await.expect("who reads is not put out");
        number += 1;
        assert!(number < MOST_QUEUED, "the queue of a device is bounded");
    }
    assert!(number > 1, "a queue holds more than one signal");
    // What was queued may still come, in order; then the events end.
    let mut next = 0;
    while let Some(event) = bob.recv().await {
        if let ShareEvent::Signal { data, .. } = event {
            assert_eq!(data.as_str(), next.to_string());
            next += 1;
        }
    }
    let said = bob.member.say(ShareAction::Open);
    assert_kind(said, ErrorKind::Unavailable, "saying something after that");
    assert_eq!(bob.recv().await, None, "the end stays the end");
    ada.until_near(&[], &[]).await;
    drop(bob);
    let mut carl = Seat::enter(&*broker, person("carl")).await;
    carl.until_near(&["ada"], &[("ada", 0)]).await;
}

/// Giving up waiting loses no event.
pub async fn a_dropped_wait_loses_no_event(broker: Arc<dyn ShareBroker>) {
    let (mut ada, mut bob) = pair(&*broker).await;
    let (_, link) = ada.up(bob.device).expect("a link");
    // Everything that is on its way so far.
    bob.asks(ShareAction::Capacity { children: 1 })
        .await
        .unwrap();
    for number in 0..20 {
        {
            let mut wait = Box::pin(bob.member.recv());
            let waiting =
                std::future::poll_fn(|cx| Poll::Ready(wait.as_mut().poll(cx).is_pending()));
            assert!(waiting.await, "nothing was sent yet");
        }
        ada.asks(signal(bob.device, link, number)).await.unwrap();
        let event = bob.next().await;
        let ShareEvent::Signal { data, .. } = &event else {
            panic!("a signal: {event:?}");
        };
        assert_eq!(data.as_str(), number.to_string());
    }
}

/// Who waits is woken by what happens, wherever it waits.
pub async fn a_waiting_device_is_woken(broker: Arc<dyn ShareBroker>) {
    let (mut ada, mut bob) = pair(&*broker).await;
    let (device, (_, link)) = (bob.device, ada.up(bob.device).expect("a link"));
    let waiting = tokio::spawn(async move {
        for number in 0..100 {
            let event = bob.next().await;
            let ShareEvent::Signal { data, .. } = &event else {
                panic!("a signal: {event:?}");
            };
            assert_eq!(data.as_str(), number.to_string());
        }
        bob
    });
    for number in 0..100 {
        ada.asks(signal(device, link, number)).await.unwrap();
        tokio::task::yield_now().await;
    }
    drop(waiting.await.unwrap());
    ada.until_members(1).await;
}
