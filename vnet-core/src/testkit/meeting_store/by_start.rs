//! Lists of meetings by when they begin.

use std::sync::Arc;

use time::Duration;

use super::{all, list, user};
use crate::id::UserId;
use crate::meeting::{Meeting, MeetingOrder, MeetingQuery};
use crate::store::Store;
use crate::testkit::samples::{self, NOW};

/// A meeting that begins so many hours from now.
async fn insert_at(store: &dyn Store, host: UserId, title: &str, hours: i64) -> Meeting {
    let mut meeting = samples::meeting(host);
    meeting.title = title.into();
    meeting.start_time = NOW + Duration::hours(hours);
    meeting.end_time = None;
    let inserted = store.insert_meeting(&meeting).await;
    inserted.expect("a new meeting can be inserted")
}

fn by_start(order: MeetingOrder, limit: u32) -> MeetingQuery {
    MeetingQuery {
        order,
        limit,
        ..all()
    }
}

/// Meetings of two hosts, several at once, one of which was moved: by start `h-20`, `e-9`, `b1`, `d1`,
/// `f1`, `g1`, `c2`, `i2`, `a3`, of which `c2` and `g1` are not the first host's.
async fn some_at_once(store: &dyn Store) -> UserId {
    let (ada, bob) = (user(store, "ada").await, user(store, "bob").await);
    for (host, title, hours) in [
        (ada, "a3", 3),
        (ada, "b1", 1),
        (bob, "c2", 2),
        (ada, "d1", 1),
        (ada, "e-9", -9),
        (ada, "f1", 1),
        (bob, "g1", 1),
        (ada, "h-20", -20),
    ] {
        insert_at(store, host, title, hours).await;
    }
    // What is changed finds its new place.
    let mut moved = insert_at(store, ada, "i2", 9).await;
    moved.start_time = NOW + Duration::hours(2);
    let updated = store.update_meeting(&moved).await;
    updated.expect("a meeting can be moved");
    ada
}

/// Reads, in pages of `limit`, all meetings, the host's, of those what is not over, and of these what a
/// search for `1` finds by title: a code may have the digit, too.
async fn lists(
    store: &dyn Store,
    host: UserId,
    order: MeetingOrder,
    limit: u32,
) -> [Vec<String>; 4] {
    let all = by_start(order, limit);
    let of_host = MeetingQuery {
        host_id: Some(host),
        ..all.clone()
    };
    let not_over = MeetingQuery {
        not_over_at: Some(NOW),
        ..of_host.clone()
    };
    let found = MeetingQuery {
        search: Some("1".into()),
        ..not_over.clone()
    };
    let mut lists = [
        list(store, all).await,
        list(store, of_host).await,
        list(store, not_over).await,
        list(store, found).await,
    ];
    lists[3].retain(|title| title.ends_with('1'));
    lists
}

/// By start, whatever the size of the pages; of those that begin at once the one scheduled first.
pub async fn a_list_may_begin_with_the_soonest(store: Arc<dyn Store>) {
    let ada = some_at_once(&store).await;
    let of_ada = ["h-20", "e-9", "b1", "d1", "f1", "i2", "a3"];
    for limit in [1, 2, 3, 4, 1000] {
        let lists = lists(&store, ada, MeetingOrder::SoonestFirst, limit).await;
        let [all, of_host, not_over, found] = &lists;
        let every = ["h-20", "e-9", "b1", "d1", "f1", "g1", "c2", "i2", "a3"];
        assert_eq!(all[..], every, "pages of {limit}");
        assert_eq!(of_host[..], of_ada, "pages of {limit}");
        assert_eq!(not_over[..], of_ada[1..], "not over, pages of {limit}");
        assert_eq!(found[..], ["b1", "d1", "f1"], "search, pages of {limit}");
    }
}

/// The same backwards: of those that begin at once the one scheduled last.
pub async fn a_list_may_begin_with_the_latest(store: Arc<dyn Store>) {
    let ada = some_at_once(&store).await;
    let of_ada = ["a3", "i2", "f1", "d1", "b1", "e-9", "h-20"];
    for limit in [1, 2, 3, 4, 1000] {
        let lists = lists(&store, ada, MeetingOrder::LatestFirst, limit).await;
        let [all, of_host, not_over, found] = &lists;
        let every = ["a3", "i2", "c2", "g1", "f1", "d1", "b1", "e-9", "h-20"];
        assert_eq!(all[..], every, "pages of {limit}");
        assert_eq!(of_host[..], of_ada, "pages of {limit}");
        assert_eq!(not_over[..], of_ada[..6], "not over, pages of {limit}");
        assert_eq!(found[..], ["f1", "d1", "b1"], "search, pages of {limit}");
        let over = MeetingQuery {
            host_id: Some(ada),
            over_at: Some(NOW + Duration::hours(13)),
            ..by_start(MeetingOrder::LatestFirst, limit)
        };
        assert_eq!(list(&store, over).await, of_ada[2..], "pages of {limit}");
    }
}

/// What stood last on a page may be moved or deleted meanwhile, and others may come.
pub async fn paging_by_start_goes_on_where_it_was_whatever_becomes_of_the_place(
    store: Arc<dyn Store>,
) {
    let ada = user(&store, "ada").await;
    let mut meetings = Vec::new();
    for (title, hours) in [("a1", 1), ("b2", 2), ("c2", 2), ("d2", 2), ("e3", 3)] {
        meetings.push(insert_at(&store, ada, title, hours).await);
    }
    let query = by_start(MeetingOrder::SoonestFirst, 2);
    let first = store.list_meetings(&query).await.unwrap();
    assert_eq!(first.items, meetings[..2]);
    let rest = MeetingQuery {
        cursor: first.next,
        ..query
    };
    let query = by_start(MeetingOrder::LatestFirst, 3);
    let latest = store.list_meetings(&query).await.unwrap();
    assert_eq!(
        latest.items,
        [4, 3, 2].map(|number: usize| meetings[number].clone())
    );
    let earlier = MeetingQuery {
        cursor: latest.next,
        ..query
    };
    let mut moved = meetings[1].clone();
    moved.start_time = NOW;
    store.update_meeting(&moved).await.unwrap();
    assert_eq!(list(&store, rest.clone()).await, ["c2", "d2", "e3"]);
    assert_eq!(list(&store, earlier.clone()).await, ["a1", "b2"]);
    assert!(store.remove_meeting(&meetings[1].id).await.unwrap());
    assert_eq!(list(&store, rest.clone()).await, ["c2", "d2", "e3"]);
    assert!(store.remove_meeting(&meetings[2].id).await.unwrap());
    insert_at(&store, ada, "f1", 1).await;
    insert_at(&store, ada, "g2", 2).await;
    assert_eq!(list(&store, rest).await, ["d2", "g2", "e3"]);
    assert_eq!(list(&store, earlier).await, ["f1", "a1"]);
}
