//! What a room asks of its media and hears from it.

use mockall::predicate::{always, eq};
use serde_json::json;

use super::support::{ALICE, BOB, Hall, join};
use crate::ids::{ParticipantId, TrackId};
use crate::limits::SfuLimits;
use crate::media::{Answer, MediaError, MediaOutput, MockMedia};
use crate::room::RoomOutput;
use crate::wire::{Encode, ErrorCode, Priority, Quality, Slot, Speaking, Want};

fn answer(sdp: &str) -> Answer {
    Answer {
        sdp: sdp.into(),
        slots: vec![Slot {
            mid: "5".into(),
            kind: crate::wire::Kind::Video,
        }],
        ufrag: format!("ufrag of {sdp}"),
    }
}

/// Two come in; the second publishes what the first wants, mutes it, takes it back.
fn expecting() -> MockMedia {
    let mut media = MockMedia::new();
    let alice = ParticipantId(1);
    media
        .expect_connect()
        .withf(|_, offer, _| offer == "an offer")
        .times(2)
        .returning(|_, _, _| Ok(answer("first")));
    media
        .expect_publish()
        .withf(|who, track, publish, _| {
            (*who, *track, publish.mid.as_str(), publish.muted)
                == (ParticipantId(2), TrackId(1), "camera", false)
        })
        .times(1)
        .returning(|_, _, _, _| Ok(()));
    let want = Want {
        track: TrackId(1),
        on: true,
        width: Some(320),
        priority: Priority::Pinned,
    };
    media
        .expect_want()
        .with(eq(alice), eq(want), always())
        .times(1)
        .return_const(());
    media
        .expect_set_muted()
        .with(eq(TrackId(1)), eq(true), always())
        .times(1)
        .return_const(());
    media
        .expect_renegotiate()
        .with(eq(alice), eq("again"), always())
        .times(1)
        .returning(|_, _, _| Ok(answer("other")));
    media
        .expect_unpublish()
        .with(eq(TrackId(1)), always())
        .times(1)
        .return_const(());
    media.expect_poll().returning(|| None);
    media.expect_deadline().return_const(None);
    media
}

#[test]
fn every_request_reaches_media_once_and_with_its_own_words() {
    let media = expecting();
    let mut hall = Hall::of(media, SfuLimits::default());
    let conn = hall.knock(ALICE, vnet_core::conference::Role::Host, join(&[]));
    assert_eq!(
        hall.next(conn)["slots"],
        json!([{"mid": "5", "kind": "video"}])
    );
    let bob = hall.publisher(BOB, &["camera"]);
    hall.done(
        conn,
        json!({"type": "want", "tracks": [
            {"track": 1, "on": true, "width": 320, "priority": "pinned"},
            {"track": 7, "on": false},
        ]}),
    );
    hall.done(
        bob.conn,
        json!({"type": "want", "tracks": [{"track": 1, "on": true}]}),
    );
    hall.done(bob.conn, json!({"type": "mute", "track": 1, "muted": true}));
    hall.forget_all();
    let answer = hall.ask(conn, json!({"type": "offer", "offer": "again"}));
    assert_eq!(
        (&answer["type"], &answer["answer"]),
        (&json!("answer"), &json!("other"))
    );
    assert!(
        matches!(&hall.others[..], [RoomOutput::Ufrag { ufrag, .. }] if ufrag == "ufrag of other")
    );
    hall.done(bob.conn, json!({"type": "unpublish", "track": 1}));
}

#[test]
fn what_media_refuses_is_refused_and_nothing_has_changed() {
    let mut media = MockMedia::new();
    media.expect_connect().returning(|_, _, _| {
        Ok(Answer {
            sdp: String::new(),
            slots: Vec::new(),
            ufrag: "u".into(),
        })
    });
    let refused = || MediaError {
        code: ErrorCode::BadMid,
        message: "no `7` in the offer".into(),
    };
    media
        .expect_publish()
        .times(1)
        .returning(move |_, _, _, _| Err(refused()));
    let refused = || MediaError {
        code: ErrorCode::BadOffer,
        message: "no SDP".into(),
    };
    media
        .expect_renegotiate()
        .times(1)
        .returning(move |_, _, _| Err(refused()));
    media.expect_poll().returning(|| None);
    let mut hall = Hall::of(media, SfuLimits::default());
    let alice = hall.host(ALICE);
    hall.forget_all();
    let answer = hall.ask(
        alice.conn,
        json!({"type": "publish", "source": "camera", "mid": "7"}),
    );
    assert_eq!(
        (&answer["code"], &answer["message"]),
        (&json!("bad_mid"), &json!("no `7` in the offer"))
    );
    assert_eq!(
        hall.refused(alice.conn, json!({"type": "offer", "offer": "x"})),
        "bad_offer"
    );
    assert!(hall.others.is_empty() && hall.inbox(alice.conn).is_empty());
}

#[test]
fn each_source_is_published_once_and_taken_back_by_its_owner() {
    let (mut hall, alice) = Hall::hosted();
    let bob = hall.guest(BOB);
    hall.forget_all();
    let camera = json!({"type": "publish", "source": "camera", "mid": "1"});
    assert_eq!(hall.done(alice.conn, camera.clone())["track"], 1);
    assert_eq!(hall.types(alice.conn), ["track_added"]);
    assert_eq!(hall.inbox(bob.conn)[0]["track"]["participant"], 1);
    assert_eq!(
        hall.refused(alice.conn, camera.clone()),
        "already_published"
    );
    for request in [
        json!({"type": "unpublish", "track": 1}),
        json!({"type": "mute", "track": 1, "muted": true}),
    ] {
        assert_eq!(hall.refused(bob.conn, request), "no_such_track");
    }
    hall.done(alice.conn, json!({"type": "unpublish", "track": 1}));
    assert_eq!(hall.types(bob.conn), ["track_removed"]);
    assert_eq!(
        hall.done(alice.conn, camera)["track"],
        2,
        "numbers are not used again"
    );
}

#[test]
fn what_media_says_goes_to_those_it_concerns() {
    let (mut hall, alice) = Hall::hosted();
    let bob = hall.publisher(BOB, &["camera"]);
    hall.forget_all();
    hall.media_says(MediaOutput::Slots(alice.id, Vec::new()));
    hall.media_says(MediaOutput::Encode(
        bob.id,
        Encode {
            track: TrackId(1),
            layers: Vec::new(),
        },
    ));
    hall.media_says(MediaOutput::Lost(alice.id));
    let speakers = vec![Speaking {
        participant: bob.id,
        level: 90,
    }];
    hall.media_says(MediaOutput::Speakers {
        speakers,
        dominant: Some(bob.id),
    });
    hall.media_says(MediaOutput::Quality(bob.id, Quality::Poor));
    let unplayable = |playable| MediaOutput::Playable {
        participant: alice.id,
        track: TrackId(1),
        playable,
    };
    hall.media_says(unplayable(false));
    hall.media_says(unplayable(false));
    assert_eq!(
        hall.types(alice.conn),
        ["slots", "media_lost", "speakers", "quality", "unplayable"]
    );
    assert_eq!(hall.types(bob.conn), ["encode", "speakers", "quality"]);
    hall.media_says(unplayable(true));
    assert_eq!(hall.inbox(alice.conn)[0]["tracks"], json!([]));
    let carol = hall.knock(3, vnet_core::conference::Role::Guest, join(&[]));
    assert_eq!(hall.types(carol), ["welcome", "speakers", "quality"]);
}

#[test]
fn who_fails_is_out_and_the_rest_goes_on() {
    let (mut hall, alice) = Hall::hosted();
    let bob = hall.publisher(BOB, &["camera"]);
    hall.forget_all();
    hall.media_says(MediaOutput::Failed(bob.id));
    assert_eq!(hall.closed[&bob.conn], 4500);
    let left = hall.inbox(alice.conn);
    assert_eq!(
        (&left[0]["type"], &left[0]["reason"]),
        (&json!("left"), &json!("failed"))
    );
    hall.media_says(MediaOutput::Failed(alice.id));
    assert!(hall.ended);
}
