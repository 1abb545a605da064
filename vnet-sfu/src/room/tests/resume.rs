//! Lost connections that come back.

use std::time::Duration;

use serde_json::json;

use super::support::{ALICE, BOB, Hall};
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
