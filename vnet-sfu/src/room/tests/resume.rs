//! Lost connections that come back.

use std::time::Duration;

use serde_json::json;
use vnet_core::Secret;
use vnet_core::conference::Role;

use super::support::{ALICE, BOB, CAROL, Hall, join};
use crate::ids::TrackId;
use crate::limits::SfuLimits;
use crate::media::MediaOutput;
use crate::wire::{Quality, Speaking};

#[test]
fn who_comes_back_gets_what_was_missed_and_media_has_not_noticed() {
    let (mut hall, alice) = Hall::hosted();
    let bob = hall.publisher(BOB, &["camera"]);
    hall.done(bob.conn, json!({"type": "hand", "raised": true}));
    let seen = hall.inbox(bob.conn).pop().unwrap()["event"]
        .as_u64()
        .unwrap();
    hall.lose(bob.conn);
    hall.done(alice.conn, json!({"type": "chat", "text": "where is Bob?"}));
    hall.done(
        alice.conn,
        json!({"type": "chat", "text": "(to myself)", "to": 1}),
    );
    hall.pass(Duration::from_secs(29));
    let speakers = vec![Speaking {
        participant: alice.id,
        level: 90,
    }];
    hall.media_says(MediaOutput::Speakers {
        speakers,
        dominant: None,
    });
    hall.media_says(MediaOutput::Quality(alice.id, Quality::Fair));
    hall.media_says(MediaOutput::Lost(bob.id));
    hall.forget_all();
    let back = hall.resume(bob.conn, seen);
    let heard = hall.inbox(back);
    let types: Vec<_> = heard
        .iter()
        .map(|one| one["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        types,
        [
            "resumed",
            "changed",
            "chat",
            "changed",
            "slots",
            "unplayable",
            "encode",
            "media_lost",
            "speakers",
            "quality",
        ]
    );
    assert_eq!(heard[0], json!({"type": "resumed", "id": 2, "you": 2}));
    assert_eq!(heard[1]["participant"]["connected"], false);
    assert_eq!(heard[3]["participant"]["connected"], true);
    assert_eq!(heard[3]["participant"]["hand"], true);
    assert!(hall.media().tracks.contains_key(&TrackId(1)));
    assert!(
        hall.others.is_empty(),
        "nothing about packets: {:?}",
        hall.others
    );
    hall.pass(Duration::from_secs(60));
    hall.done(back, json!({"type": "hand", "raised": false}));
    assert!(hall.events.is_empty());
}

#[test]
fn a_second_connection_replaces_the_first() {
    let (mut hall, alice) = Hall::hosted();
    let bob = hall.guest(BOB);
    hall.forget_all();
    let second = hall.resume(bob.conn, 2);
    assert_eq!(hall.closed[&bob.conn], 4409);
    assert_eq!(hall.types(second)[0], "resumed");
    assert!(hall.inbox(alice.conn).is_empty(), "nobody noticed");
    hall.lose(bob.conn);
    hall.say(bob.conn, json!({"type": "leave"}));
    assert!(hall.inbox(alice.conn).is_empty(), "the old one has no say");
    let third = hall.resume(bob.conn, 2);
    assert_eq!(hall.closed[&second], 4409);
    hall.done(third, json!({"type": "react", "emoji": "👍"}));
}

#[test]
fn who_missed_too_much_gets_everything() {
    let mut hall = Hall::with(SfuLimits {
        event_log: 3,
        ..SfuLimits::default()
    });
    let (alice, bob) = (hall.host(ALICE), hall.guest(BOB));
    hall.lose(bob.conn);
    for n in 0..3 {
        hall.done(
            alice.conn,
            json!({"type": "chat", "text": format!("line {n}")}),
        );
    }
    let back = hall.resume(bob.conn, 2);
    let snapshot = &hall.inbox(back)[0]["snapshot"];
    assert_eq!(snapshot["chat"].as_array().unwrap().len(), 3);
    assert_eq!(snapshot["event"], 7);
    assert_eq!(snapshot["participants"][1]["connected"], true);
}

#[test]
fn what_was_before_ones_time_is_not_told() {
    let (mut hall, alice) = Hall::hosted();
    hall.done(
        alice.conn,
        json!({"type": "chat", "text": "(to myself)", "to": 1}),
    );
    let bob = hall.guest(BOB);
    for lie in [0, 1, u64::MAX] {
        let back = hall.resume(bob.conn, lie);
        let heard = hall.inbox(back);
        assert_eq!(heard[0]["snapshot"]["chat"], json!([]));
        assert_eq!(heard[1]["type"], "slots");
    }
}

#[test]
fn wrong_sessions_and_versions_are_refused() {
    let (mut hall, alice) = Hall::hosted();
    let nobody = hall.resume(crate::ids::ConnId(99), 0);
    assert_eq!(hall.next(nobody)["code"], "unknown_session");
    assert_eq!(hall.closed[&nobody], 4401);
    hall.lose(alice.conn);
    hall.pass(Duration::from_secs(30));
    assert!(hall.ended);
}

#[test]
fn who_is_removed_while_away_stays_away() {
    let (mut hall, alice) = Hall::hosted();
    let bob = hall.guest(BOB);
    hall.lose(bob.conn);
    hall.done(alice.conn, json!({"type": "remove", "participant": 2}));
    let back = hall.resume(bob.conn, 2);
    assert_eq!(hall.next(back)["code"], "unknown_session");
}

#[test]
fn a_session_is_resumed_by_its_own_user_only() {
    let (mut hall, _alice) = Hall::hosted();
    let bob = hall.guest(BOB);
    let eve = hall.resume_as(Some(CAROL), bob.conn, 2);
    assert_eq!(hall.next(eve)["code"], "unknown_session");
    assert!(!hall.closed.contains_key(&bob.conn), "he has not noticed");
    let back = hall.resume_as(Some(BOB), bob.conn, 2);
    assert_eq!(hall.types(back)[0], "resumed");
}

#[test]
fn a_page_that_was_loaded_anew_takes_the_place_of_the_one_before() {
    let mut hall = Hall::with(SfuLimits {
        people_per_meeting: 2,
        ..SfuLimits::default()
    });
    let (alice, bob) = (hall.host(ALICE), hall.publisher(BOB, &["camera"]));
    hall.forget_all();
    let mut anew = join(&["camera"]);
    anew.replaces = Some(Secret::new(format!("session of {}", bob.conn)));
    let again = hall.knock(BOB, Role::Guest, anew);
    assert_eq!(hall.closed[&bob.conn], 4409);
    let welcome = hall.next(again);
    assert_eq!(welcome["type"], "welcome", "there is a place: {welcome}");
    assert_eq!(welcome["snapshot"]["tracks"].as_array().unwrap().len(), 1);
    assert_eq!(
        hall.types(alice.conn),
        ["left", "joined", "track_added"],
        "in this order"
    );
}

#[test]
fn nobody_takes_the_place_of_somebody_else() {
    let (mut hall, _alice) = Hall::hosted();
    let bob = hall.guest(BOB);
    for session in [format!("session of {}", bob.conn), "no session".into()] {
        let mut eve = join(&[]);
        eve.replaces = Some(Secret::new(session));
        let eve = hall.knock(CAROL, Role::Guest, eve);
        assert_eq!(hall.next(eve)["type"], "welcome");
    }
    // Two devices of one account are two people.
    let second = hall.guest(BOB);
    assert!(hall.closed.is_empty());
    assert_ne!(second.id, bob.id);
}

#[test]
fn the_last_one_may_load_the_page_anew() {
    let (mut hall, alice) = Hall::hosted();
    let mut anew = join(&[]);
    anew.replaces = Some(Secret::new(format!("session of {}", alice.conn)));
    let again = hall.knock(ALICE, Role::Host, anew);
    assert_eq!(hall.next(again)["type"], "welcome");
    assert!(!hall.ended);
}
