//! What hosts may do, and nobody else.

use std::time::Duration;

use serde_json::json;
use vnet_core::conference::Role;

use super::support::{ALICE, BOB, CAROL, Guest, Hall, join};
use crate::limits::SfuLimits;

/// A hall with a lobby in which Bob waits.
fn lobby() -> (Hall, Guest, crate::ids::ConnId) {
    let (mut hall, alice) = Hall::hosted();
    hall.done(alice.conn, json!({"type": "lobby", "enabled": true}));
    let bob = hall.knock(BOB, Role::Guest, join(&["camera"]));
    (hall, alice, bob)
}

#[test]
fn guests_may_do_nothing_of_it() {
    let (mut hall, _alice) = Hall::hosted();
    let bob = hall.publisher(BOB, &["camera"]);
    for action in [
        json!({"type": "mute_track", "track": 1}),
        json!({"type": "remove", "participant": 1}),
        json!({"type": "lock", "locked": true}),
        json!({"type": "lobby", "enabled": true}),
        json!({"type": "admit", "participant": 3}),
        json!({"type": "deny", "participant": 3}),
        json!({"type": "hand_over", "participant": 2}),
        json!({"type": "hand", "raised": false, "participant": 1}),
        json!({"type": "end"}),
    ] {
        assert_eq!(
            hall.refused(bob.conn, action.clone()),
            "not_host",
            "{action}"
        );
    }
    assert!(hall.closed.is_empty());
}

#[test]
fn a_host_mutes_and_the_owner_speaks_again() {
    let (mut hall, alice) = Hall::hosted();
    let bob = hall.publisher(BOB, &["microphone"]);
    hall.forget_all();
    hall.done(alice.conn, json!({"type": "mute_track", "track": 1}));
    let heard = hall.inbox(bob.conn);
    assert_eq!(
        (&heard[0]["track"]["muted"], &heard[0]["by"]),
        (&json!(true), &json!(1))
    );
    hall.done(alice.conn, json!({"type": "mute_track", "track": 1}));
    assert!(hall.inbox(bob.conn).is_empty(), "no news");
    hall.done(
        bob.conn,
        json!({"type": "mute", "track": 1, "muted": false}),
    );
    let heard = hall.inbox(bob.conn);
    assert_eq!(
        (&heard[0]["track"]["muted"], heard[0].get("by")),
        (&json!(false), None)
    );
    assert!(!hall.media().tracks[&crate::ids::TrackId(1)].1);
    assert_eq!(
        hall.refused(alice.conn, json!({"type": "mute_track", "track": 9})),
        "no_such_track"
    );
}

#[test]
fn who_was_removed_comes_back_only_through_the_lobby() {
    let (mut hall, alice) = Hall::hosted();
    let bob = hall.guest(BOB);
    hall.done(alice.conn, json!({"type": "remove", "participant": 2}));
    assert_eq!(hall.closed[&bob.conn], 4403);
    assert_eq!(hall.inbox(alice.conn).pop().unwrap()["reason"], "removed");
    let gone = hall.refused(alice.conn, json!({"type": "remove", "participant": 2}));
    assert_eq!(gone, "no_such_participant");
    let again = hall.knock(BOB, Role::Guest, join(&[]));
    assert_eq!(hall.next(again)["type"], "waiting");
    hall.done(alice.conn, json!({"type": "admit", "participant": 3}));
    assert_eq!(hall.next(again)["type"], "welcome");
    hall.say(again, json!({"type": "leave"}));
    hall.guest(BOB);
}

#[test]
fn a_locked_meeting_lets_in_hosts_and_who_was_in_before() {
    let (mut hall, alice) = Hall::hosted();
    let bob = hall.guest(BOB);
    hall.say(bob.conn, json!({"type": "leave"}));
    hall.done(alice.conn, json!({"type": "lock", "locked": true}));
    assert_eq!(
        hall.inbox(alice.conn).pop().unwrap()["meeting"]["locked"],
        true
    );
    let carol = hall.knock(CAROL, Role::Guest, join(&[]));
    assert_eq!(hall.next(carol)["code"], "locked");
    assert_eq!(hall.closed[&carol], 4423);
    hall.guest(BOB);
    hall.host(4);
    hall.done(alice.conn, json!({"type": "lock", "locked": false}));
    hall.guest(CAROL);
}

#[test]
fn who_waits_is_let_in() {
    let (mut hall, alice, bob) = lobby();
    let waiting = hall.next(bob);
    assert_eq!(
        (&waiting["type"], &waiting["you"], &waiting["id"]),
        (&json!("waiting"), &json!(2), &json!(1))
    );
    let told = hall.inbox(alice.conn).pop().unwrap();
    assert_eq!(
        (&told["type"], &told["waiting"]["name"]),
        (&json!("waiting_added"), &json!("user 2"))
    );
    assert_eq!(
        hall.refused(bob, json!({"type": "chat", "text": "let me in"})),
        "wrong_state"
    );
    assert!(
        !hall
            .media()
            .connected
            .contains(&crate::ids::ParticipantId(2))
    );
    hall.done(alice.conn, json!({"type": "admit", "participant": 2}));
    let welcome = hall.next(bob);
    assert_eq!((&welcome["you"], &welcome["id"]), (&json!(2), &json!(1)));
    assert_eq!(
        hall.types(alice.conn),
        ["waiting_removed", "joined", "track_added"]
    );
    let gone = hall.refused(alice.conn, json!({"type": "admit", "participant": 2}));
    assert_eq!(gone, "no_such_participant");
    let host = hall.knock(4, Role::Host, join(&[]));
    assert_eq!(hall.next(host)["type"], "welcome", "hosts do not wait");
}

#[test]
fn who_waits_is_sent_away_or_goes() {
    let (mut hall, alice, bob) = lobby();
    hall.forget_all();
    hall.done(alice.conn, json!({"type": "deny", "participant": 2}));
    assert_eq!(hall.next(bob)["code"], "denied");
    assert_eq!(hall.closed[&bob], 4403);
    assert_eq!(hall.types(alice.conn), ["waiting_removed"]);
    let carol = hall.knock(CAROL, Role::Guest, join(&[]));
    hall.say(carol, json!({"type": "leave"}));
    assert_eq!(hall.closed[&carol], 1000);
    let carol = hall.knock(CAROL, Role::Guest, join(&[]));
    hall.lose(carol);
    let added_removed = ["waiting_added", "waiting_removed"];
    assert_eq!(
        hall.types(alice.conn),
        [added_removed, added_removed].concat()
    );
}

#[test]
fn an_offer_that_turns_out_bad_is_refused_at_the_door() {
    let (mut hall, alice, _bob) = lobby();
    let mut bad = join(&[]);
    bad.offer = "bad".into();
    let carol = hall.knock(CAROL, Role::Guest, bad);
    hall.done(alice.conn, json!({"type": "admit", "participant": 3}));
    assert_eq!(hall.inbox(carol).pop().unwrap()["code"], "bad_offer");
    assert_eq!(hall.closed[&carol], 4400);
}

#[test]
fn without_a_lobby_nobody_waits_any_longer() {
    let (mut hall, alice, bob) = lobby();
    let carol = hall.knock(CAROL, Role::Guest, join(&[]));
    hall.forget_all();
    hall.done(alice.conn, json!({"type": "lobby", "enabled": false}));
    assert_eq!(hall.next(bob)["type"], "welcome");
    assert_eq!(hall.next(carol)["type"], "welcome");
    assert_eq!(hall.room.statistics().waiting, 0);
}

#[test]
fn a_full_meeting_keeps_the_others_waiting() {
    let mut hall = Hall::with(SfuLimits {
        people_per_meeting: 2,
        waiting_per_meeting: 2,
        ..SfuLimits::default()
    });
    let (alice, bob) = (hall.host(ALICE), hall.guest(BOB));
    hall.done(alice.conn, json!({"type": "lobby", "enabled": true}));
    let carol = hall.knock(CAROL, Role::Guest, join(&[]));
    let admit = json!({"type": "admit", "participant": 3});
    assert_eq!(hall.refused(alice.conn, admit.clone()), "meeting_full");
    hall.knock(4, Role::Guest, join(&[]));
    let fifth = hall.knock(5, Role::Guest, join(&[]));
    assert_eq!(hall.next(fifth)["code"], "meeting_full");
    hall.say(bob.conn, json!({"type": "leave"}));
    hall.done(alice.conn, admit);
    assert_eq!(hall.inbox(carol).pop().unwrap()["type"], "welcome");
}

#[test]
fn the_host_hands_over() {
    let (mut hall, alice, _waiting) = lobby();
    let carol = hall.host(CAROL);
    hall.done(
        carol.conn,
        json!({"type": "hand_over", "participant": alice.id.0}),
    );
    let dave = {
        hall.done(alice.conn, json!({"type": "lobby", "enabled": false}));
        hall.guest(4)
    };
    hall.done(alice.conn, json!({"type": "lobby", "enabled": true}));
    hall.knock(5, Role::Guest, join(&[]));
    hall.forget_all();
    hall.done(
        alice.conn,
        json!({"type": "hand_over", "participant": dave.id.0}),
    );
    assert_eq!(
        hall.types(dave.conn),
        ["changed", "waiting_added", "changed"]
    );
    assert_eq!(hall.types(alice.conn), ["changed", "changed"]);
    assert_eq!(hall.refused(alice.conn, json!({"type": "end"})), "not_host");
    hall.done(dave.conn, json!({"type": "lock", "locked": true}));
    assert_eq!(
        hall.refused(dave.conn, json!({"type": "hand_over", "participant": 99})),
        "no_such_participant"
    );
    hall.done(
        dave.conn,
        json!({"type": "hand_over", "participant": dave.id.0}),
    );
    hall.done(dave.conn, json!({"type": "lock", "locked": false}));
}

#[test]
fn the_host_ends_the_meeting_for_all() {
    let (mut hall, alice, waiting) = lobby();
    let carol = hall.host(CAROL);
    hall.lose(carol.conn);
    hall.forget_all();
    hall.say(alice.conn, json!({"type": "end", "id": 3}));
    assert_eq!(
        (hall.closed[&alice.conn], hall.closed[&waiting]),
        (4410, 4410)
    );
    assert!(hall.ended && hall.media().connected.is_empty());
    assert_eq!(
        hall.events.len(),
        3,
        "two left, and the end: {:?}",
        hall.events
    );
    hall.at.now += Duration::from_secs(60);
    assert_eq!(hall.room.deadline(), None);
}
