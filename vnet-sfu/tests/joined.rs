//! Browsers on the whole embedded conference: tickets, sockets without a network, threads, real media.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod pipe;

use std::net::{IpAddr, Ipv4Addr};

use pipe::{Browser, PATIENCE, ticket};
use serde_json::json;
use tokio::sync::mpsc;
use vnet_core::conference::{ConferenceEvent, ConferenceObserver, Role};
use vnet_core::id::UserId;
use vnet_core::meeting::Meeting;
use vnet_core::testkit::samples;
use vnet_core::token::SigningKey;
use vnet_sfu::{Sfu, SfuBuilder, SfuLimits};

fn builder() -> SfuBuilder {
    Sfu::builder(SigningKey::generate().unwrap())
        .with_addresses(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)])
        .with_media_port(0)
}

fn meeting() -> Meeting {
    samples::meeting(UserId::generate())
}

#[derive(Debug)]
struct Watch(mpsc::UnboundedSender<String>);

impl ConferenceObserver for Watch {
    fn observe(&self, event: &ConferenceEvent) {
        let text = match event {
            ConferenceEvent::Started { .. } => "started".into(),
            ConferenceEvent::Joined { attendee, .. } => format!("{} joined", attendee.display_name),
            ConferenceEvent::Left {
                attendee, reason, ..
            } => format!("{} left: {reason:?}", attendee.display_name),
            ConferenceEvent::Ended { .. } => "ended".into(),
            other => format!("{other:?}"),
        };
        drop(self.0.send(text));
    }
}

#[tokio::test]
async fn two_meet_one_is_cut_off_and_comes_back_and_the_host_ends_it() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let sfu = builder().with_observer(Watch(tell)).start().unwrap();
    let meeting = meeting();
    let mut ada = Browser::open(&sfu, &meeting);
    let welcome = ada
        .join(&ticket(&sfu, &meeting, "Ada", Role::Host).await)
        .await;
    assert!(welcome["answer"].as_str().unwrap().contains("a=ice-lite"));
    let mut bob = Browser::open(&sfu, &meeting);
    let welcome = bob
        .join(&ticket(&sfu, &meeting, "Bob", Role::Guest).await)
        .await;
    assert_eq!(welcome["snapshot"]["tracks"].as_array().unwrap().len(), 2);
    assert_eq!(ada.hear("joined").await["participant"]["name"], "Bob");

    drop(bob);
    assert_eq!(ada.hear("changed").await["participant"]["connected"], false);
    ada.say(json!({"type": "chat", "text": "Bob?"})).await;
    let mut bob = Browser::open(&sfu, &meeting);
    bob.say(json!({
        "type": "resume", "version": 1,
        "session": welcome["session"], "last_event": welcome["snapshot"]["event"],
    }))
    .await;
    assert_eq!(bob.hear("resumed").await["you"], welcome["you"]);
    assert_eq!(bob.hear("chat").await["line"]["text"], "Bob?");
    assert_eq!(bob.hear("changed").await["participant"]["connected"], true);

    let (of, figures) = sfu.statistics().await.remove(0);
    assert_eq!((of, figures.participants), (meeting.id.clone(), 2));
    ada.say(json!({"type": "end"})).await;
    assert_eq!(
        (ada.close_code().await, bob.close_code().await),
        (4410, 4410)
    );
    tokio::time::timeout(PATIENCE, bob.task)
        .await
        .unwrap()
        .unwrap();
    let mut heard = Vec::new();
    while heard.last().is_none_or(|last| last != "ended") {
        let next = tokio::time::timeout(PATIENCE, told.recv()).await;
        heard.push(next.unwrap().unwrap());
    }
    let expected = [
        "started",
        "Ada joined",
        "Bob joined",
        "Ada left: Ended",
        "Bob left: Ended",
        "ended",
    ];
    assert_eq!(heard, expected);
    sfu.stop().await;
}

#[tokio::test]
async fn who_has_no_good_ticket_or_session_is_turned_away() {
    let sfu = builder().start().unwrap();
    let meeting = meeting();
    let used = ticket(&sfu, &meeting, "Ada", Role::Host).await;
    let mut ada = Browser::open(&sfu, &meeting);
    ada.join(&used).await;
    let elsewhere = ticket(&sfu, &self::meeting(), "Eve", Role::Guest).await;
    for bad in [used.as_str(), elsewhere.as_str(), "none"] {
        let mut eve = Browser::open(&sfu, &meeting);
        eve.ask_in(bad).await;
        assert_eq!(eve.hear("error").await["code"], "bad_ticket");
        assert_eq!(eve.close_code().await, 4401);
    }
    // In a meeting that is under way, and in one that is not.
    for place in [&meeting, &self::meeting()] {
        let mut eve = Browser::open(&sfu, place);
        eve.say(json!({"type": "resume", "version": 1, "session": "guess", "last_event": 0}))
            .await;
        assert_eq!(eve.hear("error").await["code"], "unknown_session");
        assert_eq!(eve.close_code().await, 4401);
    }
    sfu.stop().await;
}

#[tokio::test]
async fn a_full_server_takes_no_other_meeting_until_one_ends() {
    let limits = SfuLimits {
        meetings: 1,
        ..SfuLimits::default()
    };
    let sfu = builder().with_limits(limits).start().unwrap();
    let (first, second) = (meeting(), meeting());
    let mut ada = Browser::open(&sfu, &first);
    ada.join(&ticket(&sfu, &first, "Ada", Role::Host).await)
        .await;
    let mut bob = Browser::open(&sfu, &second);
    bob.ask_in(&ticket(&sfu, &second, "Bob", Role::Host).await)
        .await;
    assert_eq!(bob.hear("error").await["code"], "server_full");
    assert_eq!(bob.close_code().await, 4423);
    ada.say(json!({"type": "leave"})).await;
    assert_eq!(ada.close_code().await, 1000);
    let mut bob = Browser::open(&sfu, &second);
    bob.join(&ticket(&sfu, &second, "Bob", Role::Host).await)
        .await;
    sfu.stop().await;
}

#[tokio::test]
async fn a_server_that_stops_says_goodbye_and_takes_nobody_else() {
    let sfu = builder().start().unwrap();
    let meeting = meeting();
    let mut ada = Browser::open(&sfu, &meeting);
    ada.join(&ticket(&sfu, &meeting, "Ada", Role::Host).await)
        .await;
    sfu.stop().await;
    assert_eq!(ada.close_code().await, 1001);
    let mut late = Browser::open(&sfu, &meeting);
    late.ask_in(&ticket(&sfu, &meeting, "Eve", Role::Guest).await)
        .await;
    assert_eq!(late.close_code().await, 1001);
}
