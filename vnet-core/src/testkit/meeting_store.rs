//! The contract of [`MeetingStore`](crate::store::MeetingStore), which needs users beside it.

mod by_start;
mod lists;

use std::sync::Arc;

pub use by_start::{
    a_list_may_begin_with_the_latest, a_list_may_begin_with_the_soonest,
    paging_by_start_goes_on_where_it_was_whatever_becomes_of_the_place,
};
pub use lists::{
    a_list_may_hold_one_host_only, a_list_may_hold_only_what_is_over,
    a_list_may_leave_out_what_is_over, a_search_finds_part_of_title_or_code_in_any_case,
    every_meeting_stands_on_exactly_one_page,
    paging_skips_and_repeats_nothing_while_others_schedule,
};
use time::{Duration, OffsetDateTime};

use super::samples::{self, NOW};
use super::{assert_kind, assert_taken, at_once};
use crate::error::ErrorKind;
use crate::id::{Revision, UserId};
use crate::meeting::{GroupId, Meeting, MeetingId, MeetingQuery};
use crate::store::Store;

async fn user(store: &dyn Store, name: &str) -> UserId {
    let user = store.insert_user(samples::new_user(name)).await;
    user.expect("a user with a free name can be inserted").id
}

async fn insert(store: &dyn Store, host: UserId, title: &str) -> Meeting {
    let mut meeting = samples::meeting(host);
    meeting.title = title.into();
    let inserted = store.insert_meeting(&meeting).await;
    inserted.expect("a new meeting can be inserted")
}

async fn get(store: &dyn Store, id: &MeetingId) -> Option<Meeting> {
    store.get_meeting(id).await.expect("meetings can be read")
}

/// Reads the titles of the whole list, page by page, in at most a hundred pages.
async fn list(store: &dyn Store, query: MeetingQuery) -> Vec<String> {
    let mut query = query;
    let mut titles = Vec::new();
    for _page in 0..100 {
        let page = store
            .list_meetings(&query)
            .await
            .expect("meetings can be listed");
        assert!(
            page.items.len() <= query.limit as usize,
            "the limit is kept"
        );
        titles.extend(page.items.into_iter().map(|meeting| meeting.title));
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => return titles,
        }
    }
    panic!("the list never ends");
}

fn all() -> MeetingQuery {
    MeetingQuery {
        limit: 100,
        ..MeetingQuery::default()
    }
}

/// A meeting comes back as it was given, at once, with revision 0.
pub async fn a_meeting_is_found_by_its_code(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    let mut meeting = samples::meeting(ada);
    meeting.title = "O'Neil's \"Ω\" 🦀 -- %_\\".into();
    meeting.notes = "Zeile eins\nZeile zwei".into();
    meeting.revision = Revision(42);
    let inserted = store.insert_meeting(&meeting).await.unwrap();
    meeting.revision = Revision(0);
    assert_eq!(inserted, meeting);
    assert_eq!(get(&store, &meeting.id).await, Some(meeting));
    let mut open = samples::meeting(ada);
    (open.end_time, open.notes) = (None, String::new());
    store.insert_meeting(&open).await.unwrap();
    assert_eq!(get(&store, &open.id).await, Some(open));
}

/// What is not there is `None` or `false`.
pub async fn a_miss_is_no_error(store: Arc<dyn Store>) {
    let id = MeetingId::generate().unwrap();
    assert_eq!(get(&store, &id).await, None);
    assert!(!store.remove_meeting(&id).await.unwrap());
    assert_eq!(list(&store, all()).await, Vec::<String>::new());
}

/// Code and group belong to one meeting, and are not overwritten.
pub async fn code_and_group_are_unique(store: Arc<dyn Store>) {
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    let meeting = insert(&store, ada, "first").await;
    let mut same = samples::meeting(bob);
    same.id = meeting.id.clone();
    assert_taken(
        store.insert_meeting(&same).await,
        "meeting_id",
        "the code of another",
    );
    let mut same = samples::meeting(bob);
    same.group_id = meeting.group_id;
    assert_taken(
        store.insert_meeting(&same).await,
        "meeting_uuid",
        "the group of another",
    );
    assert_eq!(get(&store, &same.id).await, None);
    assert_eq!(get(&store, &meeting.id).await, Some(meeting));
}

/// Of meetings with one code made at once, one is kept.
pub async fn of_many_inserts_of_one_code_exactly_one_wins(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    let id = MeetingId::generate().unwrap();
    let attempts = (0..16).map(|_| {
        let (store, mut meeting) = (Arc::clone(&store), samples::meeting(ada));
        meeting.id = id.clone();
        async move { store.insert_meeting(&meeting).await }
    });
    let mut won = Vec::new();
    for result in at_once(attempts).await {
        match result {
            Ok(meeting) => won.push(meeting),
            lost => assert_taken(lost, "meeting_id", "a lost race"),
        }
    }
    assert_eq!(won.len(), 1, "exactly one wins");
    assert_eq!(get(&store, &id).await, won.pop());
}

/// Nobody hosts nothing.
pub async fn a_meeting_of_nobody_is_not_found(store: Arc<dyn Store>) {
    let meeting = samples::meeting(UserId::generate());
    assert_kind(
        store.insert_meeting(&meeting).await,
        ErrorKind::NotFound,
        "no such host",
    );
    assert_eq!(get(&store, &meeting.id).await, None);
}

/// An update changes title, notes, start and end, and leaves the rest as it is.
pub async fn an_update_changes_what_it_may_and_nothing_else(store: Arc<dyn Store>) {
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    let other = insert(&store, ada, "other").await;
    let mut wanted = insert(&store, ada, "before").await;
    (wanted.title, wanted.notes) = ("after".into(), "changed".into());
    wanted.start_time += Duration::DAY;
    wanted.end_time = None;
    let mut sent = wanted.clone();
    sent.group_id = GroupId::generate();
    sent.host_id = bob;
    sent.created_at += Duration::DAY;
    let updated = store.update_meeting(&sent).await.unwrap();
    wanted.revision = wanted.revision.next();
    assert_eq!(updated, wanted);
    assert_eq!(get(&store, &wanted.id).await, Some(wanted));
    assert_eq!(get(&store, &other.id).await, Some(other));
}

/// Whoever read an older state has to read again.
pub async fn a_stale_update_is_a_conflict_and_changes_nothing(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    let read = insert(&store, ada, "read").await;
    let mut first = read.clone();
    first.title = "first".into();
    let first = store.update_meeting(&first).await.unwrap();
    let mut second = read;
    second.title = "second".into();
    assert_kind(
        store.update_meeting(&second).await,
        ErrorKind::Conflict,
        "an older revision",
    );
    assert_eq!(get(&store, &first.id).await, Some(first));
}

/// What is gone cannot be changed, nor brought back.
pub async fn an_update_of_a_removed_meeting_is_not_found(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    let meeting = insert(&store, ada, "gone").await;
    assert!(store.remove_meeting(&meeting.id).await.unwrap());
    assert_kind(
        store.update_meeting(&meeting).await,
        ErrorKind::NotFound,
        "a removed meeting",
    );
    assert_eq!(get(&store, &meeting.id).await, None);
    assert!(
        !store.remove_meeting(&meeting.id).await.unwrap(),
        "gone only once"
    );
}

/// Nobody's change is overwritten unseen.
pub async fn of_many_updates_of_one_revision_exactly_one_wins(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    let meeting = insert(&store, ada, "read").await;
    let attempts = (0..16).map(|i| {
        let (store, mut meeting) = (Arc::clone(&store), meeting.clone());
        meeting.title = format!("title {i}");
        async move { store.update_meeting(&meeting).await }
    });
    let mut won = Vec::new();
    for result in at_once(attempts).await {
        match result {
            Ok(meeting) => won.push(meeting),
            lost => drop(assert_kind(lost, ErrorKind::Conflict, "a lost race")),
        }
    }
    assert_eq!(won.len(), 1, "exactly one wins");
    assert_eq!(get(&store, &meeting.id).await, won.pop());
}

/// Meetings go with their host; others stay.
pub async fn a_removed_user_takes_the_hosted_meetings_along(store: Arc<dyn Store>) {
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    let adas = insert(&store, ada, "ada's").await;
    let bobs = insert(&store, bob, "bob's").await;
    assert!(store.remove_user(&ada, NOW).await.unwrap());
    assert_eq!(get(&store, &adas.id).await, None);
    assert_kind(
        store.update_meeting(&adas).await,
        ErrorKind::NotFound,
        "removed with its host",
    );
    assert_eq!(get(&store, &bobs.id).await, Some(bobs));
    assert_eq!(list(&store, all()).await, ["bob's"]);
}

/// Finer times are rounded towards the past, also before 1970.
pub async fn times_are_kept_to_the_microsecond(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    let old = OffsetDateTime::UNIX_EPOCH - Duration::DAY;
    let (fine, kept) = (Duration::nanoseconds(1_999), Duration::microseconds(1));
    for base in [NOW, old] {
        let mut meeting = samples::meeting(ada);
        (meeting.created_at, meeting.start_time) = (base + fine, base + fine);
        meeting.end_time = Some(base + Duration::HOUR + fine);
        let inserted = store.insert_meeting(&meeting).await.unwrap();
        assert_eq!(Some(&inserted), get(&store, &meeting.id).await.as_ref());
        assert_eq!(
            (inserted.created_at, inserted.start_time),
            (base + kept, base + kept)
        );
        assert_eq!(inserted.end_time, Some(base + Duration::HOUR + kept));
        meeting.start_time = base + fine + kept;
        let updated = store.update_meeting(&meeting).await.unwrap();
        assert_eq!(updated.start_time, base + kept + kept);
        assert_eq!(Some(updated), get(&store, &meeting.id).await);
    }
}

/// The contract of [`MeetingStore`](crate::store::MeetingStore) as tests.
///
/// `$new` names an `async fn` without arguments that returns a new, empty
/// [`Store`](crate::store::Store).
#[macro_export]
macro_rules! meeting_store_contract {
    ($new:ident) => {
        $crate::__contract!(
            meeting_store,
            dyn $crate::store::Store,
            $new,
            [
                a_meeting_is_found_by_its_code,
                a_miss_is_no_error,
                code_and_group_are_unique,
                of_many_inserts_of_one_code_exactly_one_wins,
                a_meeting_of_nobody_is_not_found,
                an_update_changes_what_it_may_and_nothing_else,
                a_stale_update_is_a_conflict_and_changes_nothing,
                an_update_of_a_removed_meeting_is_not_found,
                of_many_updates_of_one_revision_exactly_one_wins,
                every_meeting_stands_on_exactly_one_page,
                paging_skips_and_repeats_nothing_while_others_schedule,
                a_list_may_hold_one_host_only,
                a_search_finds_part_of_title_or_code_in_any_case,
                a_list_may_leave_out_what_is_over,
                a_list_may_hold_only_what_is_over,
                a_list_may_begin_with_the_soonest,
                a_list_may_begin_with_the_latest,
                paging_by_start_goes_on_where_it_was_whatever_becomes_of_the_place,
                a_removed_user_takes_the_hosted_meetings_along,
                times_are_kept_to_the_microsecond,
            ]
        );
    };
}
