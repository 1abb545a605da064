//! Coming in and going out.

use std::time::Duration;

use serde_json::json;
use vnet_core::conference::{ConferenceEvent, Gone, LeaveReason, Role};

use super::support::{ALICE, BOB, CAROL, Hall, join};
use crate::limits::SfuLimits;
use crate::room::{RoomInput, RoomOutput};

#[test]
fn a_newcomer_gets_the_state_and_the_others_hear_of_it() {
    let (mut hall, alice) = Hall::hosted();
    let conn = hall.knock(BOB, Role::Guest, join(&["microphone", "camera"]));
    let welcome = hall.next(conn);
    assert_eq!(
        (&welcome["type"], &welcome["id"]),
        (&json!("welcome"), &json!(1))
    );
    assert_eq!(welcome["you"], 2);
    assert_eq!(welcome["answer"], "answer to an offer");
    assert_eq!(welcome["resume_within"], 30);
    let snapshot = &welcome["snapshot"];
    assert_eq!(snapshot["participants"].as_array().unwrap().len(), 2);
    assert_eq!(snapshot["participants"][0]["role"], "host");
    assert_eq!(snapshot["tracks"].as_array().unwrap().len(), 2);
    assert_eq!(snapshot["meeting"]["started_at"], 1_893_499_200_000_i64);
    assert_eq!(
        hall.inbox(conn),
        Vec::<serde_json::Value>::new(),
        "oneself is in the snapshot"
    );
    let heard = hall.inbox(alice.conn);
    assert_eq!(heard[0]["type"], "joined");
    assert_eq!(heard[0]["participant"], snapshot["participants"][1]);
    assert_eq!(heard[1]["track"], snapshot["tracks"][0]);
    assert_eq!(heard[2]["event"], snapshot["event"], "the last it contains");
    assert_eq!(hall.media().tracks.len(), 2);
}

#[test]
fn those_who_watch_hear_of_start_joins_leaves_and_end() {
    let (mut hall, alice) = Hall::hosted();
    let bob = hall.guest(BOB);
    hall.say(bob.conn, json!({"type": "leave"}));
    hall.handle(RoomInput::Gone {
        conn: alice.conn,
        why: Gone::SessionEnded,
    });
    use ConferenceEvent::{Ended, Joined, Left, Started};
    let names = hall.events.iter().map(|event| match event {
        Started { .. } => "started".to_owned(),
        Joined { attendee, .. } => format!("{} {:?} joined", attendee.display_name, attendee.role),
        Left {
            attendee, reason, ..
        } => format!("{} left: {reason:?}", attendee.display_name),
        Ended { .. } => "ended".to_owned(),
        _ => unreachable!(),
    });
    let names: Vec<_> = names.collect();
    assert_eq!(
        names,
        [
            "started",
            "user 1 Host joined",
            "user 2 Guest joined",
            "user 2 left: Left",
            "user 1 left: SessionEnded",
            "ended",
        ]
    );
    assert!(hall.ended);
    assert_eq!(hall.closed[&bob.conn], 1000);
}

#[test]
fn packets_find_their_participant_while_it_is_there() {
    let (mut hall, alice) = Hall::hosted();
    let _other = hall.guest(BOB);
    let route = crate::media::Route {
        transport: crate::media::Transport::Udp,
        local: "192.0.2.1:10000".parse().unwrap(),
        remote: "192.0.2.2:5000".parse().unwrap(),
    };
    let packet = |contents| RoomInput::Packet {
        participant: alice.id,
        route,
        contents,
    };
    assert!(
        matches!(&hall.others[0], RoomOutput::Ufrag { participant, ufrag } if *participant == alice.id && ufrag == "p1x1")
    );
    hall.forget_all();
    hall.handle(packet(b"media"));
    assert!(hall.others.is_empty());
    hall.handle(packet(b"authentic"));
    assert!(
        matches!(hall.others[0], RoomOutput::Authentic { participant, .. } if participant == alice.id)
    );
    hall.say(alice.conn, json!({"type": "leave"}));
    assert!(
        matches!(hall.others[1], RoomOutput::Forget { participant } if participant == alice.id)
    );
    hall.handle(packet(b"authentic"));
    assert_eq!(hall.others.len(), 2);
}

#[test]
fn a_join_that_fails_leaves_nothing_behind() {
    let (mut hall, alice) = Hall::hosted();
    let mut bad = join(&["microphone", "camera"]);
    bad.publish[1].mid = "bad".into();
    let mut twice = join(&["microphone", "microphone"]);
    twice.publish[1].mid = "other".into();
    let mut offer = join(&[]);
    offer.offer = "bad".into();
    let mut version = join(&[]);
    version.version = 2;
    for (join, code) in [
        (bad, "bad_mid"),
        (twice, "already_published"),
        (offer, "bad_offer"),
        (version, "unsupported_version"),
    ] {
        let conn = hall.knock(BOB, Role::Guest, join);
        let error = hall.next(conn);
        assert_eq!((&error["code"], &error["id"]), (&json!(code), &json!(1)));
        assert_eq!(hall.closed[&conn], 4400);
        assert_eq!(hall.media().connected.len(), 1);
        assert!(hall.media().tracks.is_empty());
        assert!(hall.inbox(alice.conn).is_empty());
    }
    assert_eq!(hall.events.len(), 2);
}

#[test]
fn a_room_that_nobody_came_into_ends_without_a_word() {
    let mut hall = Hall::new();
    let mut bad = join(&[]);
    bad.offer = "bad".into();
    hall.knock(ALICE, Role::Host, bad);
    assert!(hall.ended && hall.events.is_empty());
}

#[test]
fn the_meeting_takes_so_many_people_publishers_and_tracks() {
    let mut hall = Hall::with(SfuLimits {
        people_per_meeting: 3,
        publishers_per_meeting: 2,
        tracks_per_meeting: 3,
        ..SfuLimits::default()
    });
    let alice = hall.publisher(ALICE, &["microphone", "camera"]);
    let too_many = hall.knock(BOB, Role::Guest, join(&["microphone", "camera"]));
    assert_eq!(hall.next(too_many)["code"], "too_many_tracks");
    assert_eq!(hall.closed[&too_many], 4423);
    hall.publisher(BOB, &["microphone"]);
    let carol = hall.guest(CAROL);
    hall.done(alice.conn, json!({"type": "unpublish", "track": 1}));
    let third = json!({"type": "publish", "source": "camera", "mid": "1"});
    assert_eq!(hall.refused(carol.conn, third), "too_many_tracks");
    let full = hall.knock(4, Role::Host, join(&[]));
    assert_eq!(hall.next(full)["code"], "meeting_full");
    assert_eq!(hall.closed[&full], 4423);
    hall.say(carol.conn, json!({"type": "leave"}));
    hall.guest(5);
}

#[test]
fn a_lost_connection_is_waited_for_then_given_up() {
    let (mut hall, alice) = Hall::hosted();
    let bob = hall.publisher(BOB, &["camera"]);
    hall.forget_all();
    hall.lose(bob.conn);
    let heard = hall.inbox(alice.conn);
    assert_eq!(
        (
            heard[0]["type"].as_str(),
            &heard[0]["participant"]["connected"]
        ),
        (Some("changed"), &json!(false))
    );
    hall.pass(Duration::from_millis(29_999));
    assert!(hall.inbox(alice.conn).is_empty());
    assert_eq!(hall.media().connected.len(), 2, "media goes on");
    hall.pass(Duration::from_millis(1));
    let heard = hall.inbox(alice.conn);
    assert_eq!(
        (&heard[0]["type"], &heard[0]["reason"]),
        (&json!("left"), &json!("lost"))
    );
    assert!(hall.media().tracks.is_empty());
    assert!(matches!(
        &hall.events[..],
        [ConferenceEvent::Left {
            reason: LeaveReason::Lost,
            ..
        }]
    ));
    hall.lose(alice.conn);
    assert!(!hall.ended);
    hall.pass(Duration::from_secs(30));
    assert!(hall.ended);
    assert_eq!(hall.room.deadline(), None);
}

#[test]
fn who_signs_out_is_out_at_once() {
    let (mut hall, alice) = Hall::hosted();
    let bob = hall.guest(BOB);
    hall.forget_all();
    hall.handle(RoomInput::Gone {
        conn: bob.conn,
        why: Gone::SessionEnded,
    });
    assert_eq!(hall.inbox(alice.conn)[0]["reason"], "session_ended");
    let back = hall.resume(bob.conn, 0);
    assert_eq!(hall.next(back)["code"], "unknown_session");
    assert_eq!(hall.closed[&back], 4401);
}

#[test]
fn when_the_server_stops_all_are_told() {
    let (mut hall, alice) = Hall::hosted();
    hall.done(alice.conn, json!({"type": "lobby", "enabled": true}));
    let waiting = hall.knock(BOB, Role::Guest, join(&[]));
    hall.handle(RoomInput::Stop);
    assert_eq!(
        (hall.closed[&alice.conn], hall.closed[&waiting]),
        (1001, 1001)
    );
    assert!(hall.ended && hall.media().connected.is_empty());
    let late = hall.conn();
    hall.room.handle(
        RoomInput::Gone {
            conn: late,
            why: Gone::Lost,
        },
        hall.at,
    );
    assert!(hall.room.poll().is_none(), "the end is said once");
}

#[test]
fn who_floods_is_warned_then_put_out() {
    let mut hall = Hall::with(SfuLimits {
        message_rate: 1,
        message_burst: 2,
        message_strikes: 3,
        ..SfuLimits::default()
    });
    let (alice, bob) = (hall.host(ALICE), hall.guest(BOB));
    hall.forget_all();
    let up = |raised| json!({"type": "hand", "raised": raised});
    hall.done(bob.conn, up(true));
    hall.done(bob.conn, up(false));
    for _ in 0..3 {
        assert_eq!(hall.refused(bob.conn, up(true)), "too_fast");
    }
    assert_eq!(
        hall.inbox(alice.conn).len(),
        2,
        "what is refused is not done"
    );
    hall.say(bob.conn, up(true));
    assert_eq!(hall.closed[&bob.conn], 4429);
    assert_eq!(hall.inbox(alice.conn)[0]["reason"], "failed");
    hall.done(alice.conn, up(true));
}

#[test]
fn statistics_count_who_is_there() {
    let (mut hall, alice) = Hall::hosted();
    let _bob = hall.publisher(BOB, &["camera", "screen"]);
    hall.done(alice.conn, json!({"type": "lobby", "enabled": true}));
    hall.knock(CAROL, Role::Guest, join(&[]));
    hall.refused(alice.conn, json!({"type": "chat", "text": ""}));
    hall.lose(alice.conn);
    let figures = hall.room.statistics();
    assert_eq!(figures.refused, 1);
    assert_eq!(
        (
            figures.participants,
            figures.disconnected,
            figures.waiting,
            figures.publishers,
            figures.tracks
        ),
        (2, 1, 1, 1, 2)
    );
}
