//! Lists of meetings.

use std::sync::Arc;

use time::Duration;

use super::{all, insert, list, user};
use crate::id::UserId;
use crate::meeting::{Meeting, MeetingOrder, MeetingQuery};
use crate::store::Store;
use crate::testkit::samples::{self, NOW};

/// Whatever the size of the pages and the direction, each meeting stands on one.
pub async fn every_meeting_stands_on_exactly_one_page(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    let mut titles = Vec::new();
    for i in 0..7 {
        let mut meeting = samples::meeting(ada);
        meeting.title = format!("meeting {i}");
        meeting.created_at = NOW + Duration::minutes(i);
        meeting.start_time = NOW + Duration::hours(20 - i);
        meeting.end_time = None;
        titles.push(store.insert_meeting(&meeting).await.unwrap().title);
    }
    for limit in [1, 2, 3, 6, 7, 8, 1000] {
        for order in [MeetingOrder::OldestFirst, MeetingOrder::NewestFirst] {
            let query = MeetingQuery {
                limit,
                order,
                ..all()
            };
            assert_eq!(
                list(&store, query).await,
                titles,
                "pages of {limit}, {order:?}"
            );
            titles.reverse();
        }
    }
}

/// Who schedules or deletes while somebody pages moves nothing else.
pub async fn paging_skips_and_repeats_nothing_while_others_schedule(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    let mut meetings = Vec::new();
    for i in 0..4 {
        meetings.push(insert(&store, ada, &format!("old {i}")).await);
    }
    for order in [MeetingOrder::OldestFirst, MeetingOrder::NewestFirst] {
        let mut query = MeetingQuery {
            limit: 2,
            order,
            ..all()
        };
        let first = store.list_meetings(&query).await.unwrap();
        let mut titles: Vec<_> = first.items.iter().map(|m| m.title.clone()).collect();
        insert(&store, ada, "new").await;
        query.cursor = first.next;
        titles.extend(list(&store, query).await);
        titles.retain(|title| title != "new");
        if order == MeetingOrder::NewestFirst {
            titles.reverse();
        }
        assert_eq!(titles, ["old 0", "old 1", "old 2", "old 3"]);
    }
    let query = MeetingQuery { limit: 2, ..all() };
    let first = store.list_meetings(&query).await.unwrap();
    assert!(store.remove_meeting(&meetings[1].id).await.unwrap());
    let rest = list(
        &store,
        MeetingQuery {
            cursor: first.next,
            ..query
        },
    )
    .await;
    assert_eq!(
        rest[..2],
        ["old 2", "old 3"],
        "what is removed moves nothing"
    );
}

/// A host sees the own meetings, page by page.
pub async fn a_list_may_hold_one_host_only(store: Arc<dyn Store>) {
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    for (host, title) in [
        (ada, "a1"),
        (bob, "b1"),
        (ada, "a2"),
        (bob, "b2"),
        (ada, "a3"),
    ] {
        insert(&store, host, title).await;
    }
    let of = |host, limit| MeetingQuery {
        host_id: Some(host),
        limit,
        ..all()
    };
    assert_eq!(list(&store, of(ada, 2)).await, ["a1", "a2", "a3"]);
    assert_eq!(list(&store, of(bob, 1)).await, ["b1", "b2"]);
    assert_eq!(
        list(&store, of(UserId::generate(), 9)).await,
        Vec::<String>::new()
    );
}

/// The search looks into title and code, at any place, in any case.
pub async fn a_search_finds_part_of_title_or_code_in_any_case(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    let wanted = insert(&store, ada, "Über 100%_sicher").await;
    let mut other = samples::meeting(ada);
    while other.id.as_str().contains(&wanted.id.as_str()[2..8]) {
        other = samples::meeting(ada);
    }
    other.notes = "sicher".into();
    store.insert_meeting(&other).await.unwrap();
    let find = |part: &str| MeetingQuery {
        search: Some(part.to_owned()),
        limit: 1,
        ..all()
    };
    let code = wanted.id.as_str()[2..8].to_uppercase();
    for part in ["über", "ÜBER", "SICHER", "0%_s", code.as_str()] {
        assert_eq!(
            list(&store, find(part)).await,
            [wanted.title.as_str()],
            "search for {part}"
        );
    }
    for part in ["zz zz", "%sicher%", "r_1", "*", "'"] {
        assert_eq!(
            list(&store, find(part)).await,
            Vec::<String>::new(),
            "search for {part}"
        );
    }
}

/// A meeting is over at its end; without one, twelve hours after its start.
pub async fn a_list_may_leave_out_what_is_over(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    let hours = |n| NOW + Duration::hours(n);
    for (title, start, end) in [
        ("runs", hours(-1), Some(hours(1))),
        ("ended", hours(-2), Some(hours(-1))),
        ("ends now", hours(-1), Some(NOW)),
        ("began long ago, open", hours(-13), None),
        ("began, open", hours(-11), None),
        ("comes, open", hours(1), None),
        ("comes", hours(1), Some(hours(2))),
    ] {
        let mut meeting = samples::meeting(ada);
        (meeting.title, meeting.start_time, meeting.end_time) = (title.into(), start, end);
        store.insert_meeting(&meeting).await.unwrap();
    }
    let query = MeetingQuery {
        not_over_at: Some(NOW),
        limit: 2,
        ..all()
    };
    assert_eq!(
        list(&store, query.clone()).await,
        ["runs", "began, open", "comes, open", "comes"]
    );
    let query = MeetingQuery {
        search: Some("COMES".into()),
        host_id: Some(ada),
        order: MeetingOrder::NewestFirst,
        ..query
    };
    assert_eq!(
        list(&store, query).await,
        ["comes", "comes, open"],
        "all filters at once"
    );
}

/// A meeting that begins so many hours from now.
async fn insert_at(store: &dyn Store, host: UserId, title: &str, hours: i64) -> Meeting {
    let mut meeting = samples::meeting(host);
    meeting.title = title.into();
    meeting.start_time = NOW + Duration::hours(hours);
    meeting.end_time = None;
    let inserted = store.insert_meeting(&meeting).await;
    inserted.expect("a new meeting can be inserted")
}

fn soonest_first(limit: u32) -> MeetingQuery {
    MeetingQuery {
        order: MeetingOrder::SoonestFirst,
        limit,
        ..all()
    }
}

/// By start, whatever the size of the pages; of those that begin at once the one scheduled first.
pub async fn a_list_may_begin_with_the_soonest(store: Arc<dyn Store>) {
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
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
        insert_at(&store, host, title, hours).await;
    }
    // What is changed finds its new place.
    let mut moved = insert_at(&store, ada, "i2", 9).await;
    moved.start_time = NOW + Duration::hours(2);
    store.update_meeting(&moved).await.unwrap();
    let of_ada = ["h-20", "e-9", "b1", "d1", "f1", "i2", "a3"];
    for limit in [1, 2, 3, 4, 1000] {
        let query = soonest_first(limit);
        assert_eq!(
            list(&store, query.clone()).await,
            ["h-20", "e-9", "b1", "d1", "f1", "g1", "c2", "i2", "a3"],
            "pages of {limit}"
        );
        let query = MeetingQuery {
            host_id: Some(ada),
            ..query
        };
        assert_eq!(
            list(&store, query.clone()).await,
            of_ada,
            "pages of {limit}"
        );
        let query = MeetingQuery {
            not_over_at: Some(NOW),
            ..query
        };
        assert_eq!(
            list(&store, query.clone()).await,
            of_ada[1..],
            "not over, pages of {limit}"
        );
        let query = MeetingQuery {
            search: Some("1".into()),
            ..query
        };
        let mut found = list(&store, query).await;
        // A code may have the digit, too.
        found.retain(|title| title.ends_with('1'));
        assert_eq!(found, ["b1", "d1", "f1"], "search, pages of {limit}");
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
    let query = soonest_first(2);
    let first = store.list_meetings(&query).await.unwrap();
    assert_eq!(first.items, meetings[..2]);
    let rest = MeetingQuery {
        cursor: first.next,
        ..query
    };
    let mut moved = meetings[1].clone();
    moved.start_time = NOW;
    store.update_meeting(&moved).await.unwrap();
    assert_eq!(list(&store, rest.clone()).await, ["c2", "d2", "e3"]);
    assert!(store.remove_meeting(&meetings[1].id).await.unwrap());
    assert_eq!(list(&store, rest.clone()).await, ["c2", "d2", "e3"]);
    insert_at(&store, ada, "f1", 1).await;
    insert_at(&store, ada, "g2", 2).await;
    assert_eq!(list(&store, rest).await, ["c2", "d2", "g2", "e3"]);
}
