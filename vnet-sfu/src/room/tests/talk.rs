//! Chat, hands, reactions.

use serde_json::json;

use super::support::{ALICE, BOB, CAROL, Hall};
use crate::limits::SfuLimits;

#[test]
fn what_is_written_to_all_is_heard_by_all_and_kept() {
    let (mut hall, alice) = Hall::hosted();
    let bob = hall.guest(BOB);
    hall.forget_all();
    hall.done(bob.conn, json!({"type": "chat", "text": "hello"}));
    let heard = hall.inbox(alice.conn);
    let line = &heard[0]["line"];
    assert_eq!(
        line,
        &json!({"from": 2, "name": "user 2", "text": "hello", "at": 1_893_499_200_000_i64})
    );
    assert_eq!(hall.inbox(bob.conn), heard);
    let conn = hall.knock(
        CAROL,
        vnet_core::conference::Role::Guest,
        super::support::join(&[]),
    );
    assert_eq!(hall.next(conn)["snapshot"]["chat"], json!([line]));
}

#[test]
fn what_is_written_to_one_is_heard_by_two() {
    let (mut hall, alice) = Hall::hosted();
    let (bob, carol) = (hall.guest(BOB), hall.guest(CAROL));
    hall.forget_all();
    hall.done(
        bob.conn,
        json!({"type": "chat", "text": "psst", "to": carol.id.0}),
    );
    assert!(hall.inbox(alice.conn).is_empty());
    assert_eq!(hall.types(bob.conn), ["chat"]);
    assert_eq!(hall.inbox(carol.conn)[0]["line"]["to"], carol.id.0);
    for (who, lines) in [(alice, 0), (bob, 1), (carol, 1)] {
        assert_eq!(hall.room.snapshot(who.id).chat.len(), lines);
    }
    let nobody = json!({"type": "chat", "text": "psst", "to": 99});
    assert_eq!(hall.refused(bob.conn, nobody), "no_such_participant");
}

#[test]
fn texts_are_bounded_and_so_is_what_is_kept() {
    let mut hall = Hall::with(SfuLimits {
        chat_chars: 5,
        chat_history: 2,
        ..SfuLimits::default()
    });
    let alice = hall.host(ALICE);
    for bad in ["", " \n", "sixsix"] {
        assert_eq!(
            hall.refused(alice.conn, json!({"type": "chat", "text": bad})),
            "bad_text"
        );
    }
    for text in ["one", "two", "äöüäö"] {
        hall.done(alice.conn, json!({"type": "chat", "text": text}));
    }
    let kept = hall.room.snapshot(alice.id).chat;
    let texts: Vec<_> = kept.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts, ["two", "äöüäö"]);
}

#[test]
fn hands_go_up_and_a_host_may_lower_them() {
    let (mut hall, alice) = Hall::hosted();
    let bob = hall.guest(BOB);
    hall.forget_all();
    let hand = |raised| json!({"type": "hand", "raised": raised});
    hall.done(bob.conn, hand(true));
    hall.done(bob.conn, hand(true));
    assert_eq!(hall.types(alice.conn), ["changed"], "once");
    hall.done(
        alice.conn,
        json!({"type": "hand", "raised": false, "participant": 2}),
    );
    assert_eq!(
        hall.inbox(bob.conn).pop().unwrap()["participant"]["hand"],
        false
    );
    let raise = json!({"type": "hand", "raised": true, "participant": 2});
    assert_eq!(hall.refused(alice.conn, raise), "bad_message");
    let nobody = json!({"type": "hand", "raised": false, "participant": 9});
    assert_eq!(hall.refused(alice.conn, nobody), "no_such_participant");
}

#[test]
fn reactions_are_one_emoji() {
    let (mut hall, alice) = Hall::hosted();
    hall.forget_all();
    let react = |emoji: &str| json!({"type": "react", "emoji": emoji});
    hall.done(alice.conn, react("👩🏽‍❤️‍💋‍👨🏿"));
    let heard = hall.inbox(alice.conn);
    assert_eq!(
        (&heard[0]["type"], &heard[0]["participant"]),
        (&json!("reaction"), &json!(1))
    );
    for bad in ["", "a b", "\u{7}", &"👍".repeat(17)] {
        assert_eq!(hall.refused(alice.conn, react(bad)), "bad_text", "{bad}");
    }
}

#[test]
fn first_messages_are_not_said_twice() {
    let (mut hall, alice) = Hall::hosted();
    let join = json!({"type": "join", "version": 1, "ticket": "t", "offer": "o"});
    assert_eq!(hall.refused(alice.conn, join), "wrong_state");
    let resume = json!({"type": "resume", "version": 1, "session": "s", "last_event": 0});
    assert_eq!(hall.refused(alice.conn, resume), "wrong_state");
}
