//! Lists of meetings.

use std::sync::Arc;

use time::Duration;

use super::{all, insert, list, user};
use crate::id::UserId;
use crate::meeting::{MeetingOrder, MeetingQuery};
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
    let ada = some_over_some_not(&store).await;
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

/// What one list leaves out as over is what the other holds; both at once hold what ends between.
pub async fn a_list_may_hold_only_what_is_over(store: Arc<dyn Store>) {
    let ada = some_over_some_not(&store).await;
    let over = ["ended", "ends now", "began long ago, open"];
    for limit in [1, 2, 3, 1000] {
        let query = MeetingQuery {
            over_at: Some(NOW),
            limit,
            ..all()
        };
        assert_eq!(list(&store, query.clone()).await, over, "pages of {limit}");
        let query = MeetingQuery {
            host_id: Some(ada),
            order: MeetingOrder::NewestFirst,
            ..query
        };
        let mut newest_first = over;
        newest_first.reverse();
        assert_eq!(
            list(&store, query.clone()).await,
            newest_first,
            "pages of {limit}"
        );
        let query = MeetingQuery {
            search: Some("NOW".into()),
            ..query
        };
        assert_eq!(
            list(&store, query.clone()).await,
            ["ends now"],
            "all filters at once"
        );
        let query = MeetingQuery {
            not_over_at: Some(NOW - Duration::MINUTE),
            search: None,
            ..query
        };
        assert_eq!(list(&store, query).await, ["ends now"], "what ends between");
    }
}

/// Meetings of one host, some of which are over at [`NOW`].
async fn some_over_some_not(store: &dyn Store) -> UserId {
    let ada = user(store, "ada").await;
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
        let inserted = store.insert_meeting(&meeting).await;
        inserted.expect("a new meeting can be inserted");
    }
    ada
}
