//! People whose media never connects.

use std::time::Duration;

use serde_json::json;

use super::support::{ALICE, BOB, Guest, Hall};
use crate::limits::SfuLimits;
use crate::media::MediaOutput;

const SECOND: Duration = Duration::from_secs(1);

/// Alice, the host, has no media; Bob sends a picture that nobody receives.
fn blocked() -> (Hall, Guest, Guest) {
    let (mut hall, alice) = Hall::hosted();
    hall.media().never_connects = true;
    let bob = hall.publisher(BOB, &["camera"]);
    hall.forget_all();
    (hall, alice, bob)
}

#[test]
fn whose_media_never_comes_is_told_and_put_out_in_the_end() {
    let (mut hall, alice, bob) = blocked();
    hall.pass(9 * SECOND);
    assert!(hall.inbox(bob.conn).is_empty());
    hall.pass(SECOND);
    let warning = json!({"type": "no_media", "seconds": 20});
    assert_eq!(hall.inbox(bob.conn), [warning]);
    hall.pass(19 * SECOND);
    assert!(hall.inbox(bob.conn).is_empty(), "once");
    hall.pass(SECOND);
    let last = hall.next(bob.conn);
    assert_eq!(
        (&last["type"], &last["code"]),
        (&json!("error"), &json!("no_media"))
    );
    assert_eq!(hall.closed[&bob.conn], 4412);
    let left = hall.next(alice.conn);
    assert_eq!(
        (&left["type"], &left["reason"]),
        (&json!("left"), &json!("failed"))
    );
    hall.pass(60 * SECOND);
    assert!(!hall.closed.contains_key(&alice.conn), "she wants no media");
}

#[test]
fn media_that_comes_late_is_in_time() {
    let (mut hall, _alice, bob) = blocked();
    hall.pass(29 * SECOND);
    hall.media_says(MediaOutput::Connected(bob.id));
    hall.pass(60 * SECOND);
    assert_eq!(hall.room.deadline(), None);
    hall.media_says(MediaOutput::Lost(bob.id));
    hall.pass(60 * SECOND);
    assert!(hall.closed.is_empty(), "that is another story");
}

#[test]
fn the_time_runs_on_over_another_connection_and_the_warning_is_repeated() {
    let (mut hall, _alice, bob) = blocked();
    hall.pass(12 * SECOND);
    let back = hall.resume(bob.conn, 3);
    let heard = hall.inbox(back);
    let warning = json!({"type": "no_media", "seconds": 18});
    assert!(heard.contains(&warning), "{heard:?}");
    hall.pass(18 * SECOND);
    assert_eq!(hall.closed[&back], 4412);
}

#[test]
fn who_begins_to_send_later_has_the_time_from_then() {
    let (mut hall, _alice, _bob) = blocked();
    let carol = hall.guest(super::support::CAROL);
    hall.pass(100 * SECOND);
    hall.done(
        carol.conn,
        json!({"type": "publish", "source": "camera", "mid": "camera"}),
    );
    hall.pass(29 * SECOND);
    assert!(!hall.closed.contains_key(&carol.conn));
    hall.pass(SECOND);
    assert_eq!(hall.closed[&carol.conn], 4412);
}

#[test]
fn without_a_bound_nobody_is_put_out() {
    for media_within in [None, Some(Duration::MAX)] {
        let mut hall = Hall::with(SfuLimits {
            media_within,
            ..SfuLimits::default()
        });
        hall.media().never_connects = true;
        hall.host(ALICE);
        hall.publisher(BOB, &["camera"]);
        hall.pass(10_000 * SECOND);
        assert!(hall.closed.is_empty());
    }
}
