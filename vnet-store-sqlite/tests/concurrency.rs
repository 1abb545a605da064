//! Many readers, many writers, several stores.

use std::sync::Arc;

use time::Duration;
use vnet_core::ErrorKind;
use vnet_core::meeting::{MeetingId, MeetingOrder, MeetingQuery};
use vnet_core::store::{HelpStore, MeetingStore, SessionStore, UserQuery, UserStore};
use vnet_core::testkit::samples::{self, NOW};
use vnet_store_sqlite::SqliteStore;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_acknowledged_write_is_read_at_once_by_every_task() {
    let store = SqliteStore::open_temporary().unwrap();
    let tasks: Vec<_> = (0..16)
        .map(|task| {
            let store = store.clone();
            tokio::spawn(async move {
                for number in 0..10 {
                    let name = format!("user_{task}_{number}");
                    let user = store.insert_user(samples::new_user(&name)).await.unwrap();
                    let session = samples::session(user.id);
                    store.insert_session(&session).await.unwrap();
                    let reader = store.clone();
                    let found = tokio::spawn(async move {
                        reader.find_session(&session.hash, NOW).await.unwrap()
                    });
                    let found = found.await.unwrap().expect("written before");
                    assert_eq!(found.user, user);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn two_stores_on_one_file_see_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shared.sqlite3");
    let (one, two) = (
        SqliteStore::open(&path).unwrap(),
        SqliteStore::open(&path).unwrap(),
    );
    let writes = (0..20).map(|number| {
        let store = if number % 2 == 0 {
            one.clone()
        } else {
            two.clone()
        };
        tokio::spawn(async move {
            store
                .insert_user(samples::new_user(&format!("user_{number}")))
                .await
                .unwrap()
        })
    });
    for write in writes.collect::<Vec<_>>() {
        let user = write.await.unwrap();
        assert_eq!(one.get_user(&user.id).await.unwrap().as_ref(), Some(&user));
        assert_eq!(two.get_user(&user.id).await.unwrap().as_ref(), Some(&user));
    }
    one.close().await;
    let ada = two.insert_user(samples::new_user("ada")).await.unwrap();
    assert_eq!(two.get_user(&ada.id).await.unwrap(), Some(ada));
}

#[tokio::test]
async fn many_stores_live_side_by_side() {
    let stores: Vec<_> = (0..20)
        .map(|_| SqliteStore::open_temporary().unwrap())
        .collect();
    for (number, store) in stores.iter().enumerate() {
        store
            .insert_user(samples::new_user(&format!("user_{number}")))
            .await
            .unwrap();
    }
    for (number, store) in stores.iter().enumerate() {
        let page = store
            .list_users(&UserQuery {
                limit: 10,
                ..UserQuery::default()
            })
            .await;
        let names: Vec<_> = page
            .unwrap()
            .items
            .into_iter()
            .map(|u| u.username)
            .collect();
        assert_eq!(names, [format!("user_{number}").parse().unwrap()]);
    }
}

#[tokio::test]
async fn a_closed_store_says_so_and_may_be_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("closed.sqlite3");
    let store = SqliteStore::open(&path).unwrap();
    let ada = store.insert_user(samples::new_user("ada")).await.unwrap();
    assert!(store.get_user(&ada.id).await.unwrap().is_some());
    store.close().await;
    store.close().await;
    let read = store.get_user(&ada.id).await.unwrap_err();
    assert_eq!(read.kind(), ErrorKind::Unavailable);
    let write = store
        .insert_user(samples::new_user("bob"))
        .await
        .unwrap_err();
    assert_eq!(write.kind(), ErrorKind::Unavailable);
    let again = SqliteStore::open(&path).unwrap();
    assert_eq!(again.get_user(&ada.id).await.unwrap(), Some(ada));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queue_of_one_makes_writers_wait_and_loses_none() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::builder(folder.path().join("small.sqlite3"))
        .queue(0)
        .readers(0)
        .cache_bytes(0)
        .map_bytes(0)
        .open()
        .unwrap();
    let store = Arc::new(store);
    let writes: Vec<_> = (0..50)
        .map(|number| {
            let store = Arc::clone(&store);
            let draft = samples::article(&format!("Article {number}"));
            tokio::spawn(async move { store.insert_article(&draft, NOW).await })
        })
        .collect();
    for write in writes {
        write.await.unwrap().unwrap();
    }
    let found = store.search_articles(&Default::default()).await.unwrap();
    assert_eq!(found.len(), 50);
}

/// The codes of a whole list, page by page.
async fn whole_list(store: &SqliteStore, mut query: MeetingQuery) -> Vec<MeetingId> {
    let mut found = Vec::new();
    loop {
        let page = store.list_meetings(&query).await.expect("a page");
        found.extend(page.items.into_iter().map(|meeting| meeting.id));
        query.cursor = page.next;
        if query.cursor.is_none() {
            return found;
        }
    }
}

/// Both plans for "not over" give the same list, and so do both for "over".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_lists_by_end_are_paged_as_short_ones() {
    let store = SqliteStore::open_temporary().unwrap();
    let host = store.insert_user(samples::new_user("host")).await.unwrap();
    let other = store.insert_user(samples::new_user("other")).await.unwrap();
    let mut hosted = Vec::new();
    for number in 0..1_500_i64 {
        let mut meeting = samples::meeting(if number % 13 == 0 { other.id } else { host.id });
        let over = number % 5 == 0;
        meeting.end_time = (number % 3 != 0).then_some(NOW + Duration::hours(3));
        meeting.start_time = if over {
            NOW - Duration::hours(12)
        } else {
            // Many at once, and not in the order of their numbers.
            NOW + Duration::minutes(120 - number % 7)
        };
        if over {
            meeting.end_time = meeting.end_time.map(|_| NOW + Duration::MINUTE);
        }
        if number % 13 != 0 {
            hosted.push((over, meeting.start_time, meeting.id.clone()));
        }
        tokio::spawn({
            let store = store.clone();
            async move { store.insert_meeting(&meeting).await.unwrap() }
        })
        .await
        .unwrap();
        // At first few are not over, in the end more than are sorted on the spot.
        if [200, 1_499].contains(&number) {
            for (order, over) in [
                MeetingOrder::OldestFirst,
                MeetingOrder::NewestFirst,
                MeetingOrder::SoonestFirst,
                MeetingOrder::LatestFirst,
            ]
            .into_iter()
            .flat_map(|order| [(order, false), (order, true)])
            {
                let at = Some(NOW + Duration::hours(1));
                let query = MeetingQuery {
                    host_id: Some(host.id),
                    not_over_at: at.filter(|_| !over),
                    over_at: at.filter(|_| over),
                    order,
                    limit: 97,
                    ..MeetingQuery::default()
                };
                let found = whole_list(&store, query).await;
                let mut wanted = hosted.clone();
                wanted.retain(|(is_over, ..)| *is_over == over);
                if order.is_by_start() {
                    wanted.sort_by_key(|(_, start, _)| *start);
                }
                if order.is_descending() {
                    wanted.reverse();
                }
                let wanted: Vec<_> = wanted.into_iter().map(|(.., id)| id).collect();
                assert_eq!(found, wanted, "after {number}, {order:?}, over: {over}");
            }
        }
    }
}
