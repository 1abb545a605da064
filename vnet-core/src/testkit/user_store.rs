//! The contract of [`UserStore`].

use std::sync::Arc;

use time::{Duration, OffsetDateTime};

use super::samples::{self, NOW};
use super::{assert_taken, at_once};
use crate::id::{AvatarId, Revision, UserId};
use crate::store::{UserQuery, UserStore};
use crate::user::User;

mod changes;
mod lists;

pub use changes::{
    a_former_name_and_email_are_free, a_login_is_recorded_and_the_revision_stays,
    a_new_password_raises_epoch_and_revision, a_new_picture_takes_the_place_of_the_former,
    a_removed_user_is_gone_with_its_picture, a_stale_update_is_a_conflict_and_changes_nothing,
    an_update_cannot_take_a_name_or_an_email, an_update_changes_what_it_may_and_nothing_else,
    an_update_may_respell_the_own_name_and_email, an_update_of_a_removed_user_is_not_found,
    of_many_updates_of_one_revision_exactly_one_wins,
};
pub use lists::{
    a_search_finds_part_of_any_name_in_any_case, every_user_stands_on_exactly_one_page,
    paging_skips_and_repeats_nobody_while_others_join,
};

async fn insert(store: &dyn UserStore, name: &str) -> User {
    let user = store.insert_user(samples::new_user(name)).await;
    user.expect("a user with a free name can be inserted")
}

async fn get(store: &dyn UserStore, id: UserId) -> User {
    let user = store.get_user(&id).await.expect("users can be read");
    user.expect("the user is there")
}

/// Reads the whole list, `limit` users at a time, in at most a hundred pages.
async fn list(store: &dyn UserStore, search: Option<&str>, limit: u32) -> Vec<String> {
    let mut query = UserQuery {
        search: search.map(str::to_owned),
        cursor: None,
        limit,
    };
    let mut names = Vec::new();
    for _page in 0..100 {
        let page = store.list_users(&query).await.expect("users can be listed");
        assert!(page.items.len() <= limit as usize, "the limit is kept");
        names.extend(page.items.iter().map(|user| user.username.to_string()));
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => return names,
        }
    }
    panic!("the list never ends");
}

/// A new user is there at once, for every way of looking.
pub async fn what_was_inserted_is_found_by_id_name_and_email(store: Arc<dyn UserStore>) {
    let new = samples::new_user("Ada_1");
    let user = store.insert_user(new.clone()).await.unwrap();
    assert_eq!(user, new.user);
    let (name, email) = (
        "aDA_1".parse().unwrap(),
        "ADA_1@example.ORG".parse().unwrap(),
    );
    assert_eq!(
        store.get_user(&user.id).await.unwrap().as_ref(),
        Some(&user)
    );
    assert_eq!(store.find_user(&name).await.unwrap().as_ref(), Some(&user));
    assert_eq!(
        store.find_user_by_email(&email).await.unwrap().as_ref(),
        Some(&user)
    );
    let found = store
        .find_credentials(&name)
        .await
        .unwrap()
        .expect("credentials");
    assert_eq!(
        (&found.user, &found.password_hash),
        (&user, &new.password_hash)
    );
}

/// Every field comes back, whatever it holds.
pub async fn every_field_comes_back_as_it_was_given(store: Arc<dyn UserStore>) {
    let mut new = samples::new_user("ada");
    new.user.first_name = "Åsa 'quoted' \"Ω\" 🦀".into();
    new.user.last_name = "O'Neil; -- % _ \\".into();
    new.user.meeting_name = "Ada the first".into();
    new.user.is_staff = true;
    new.user.is_active = false;
    new.user.last_login = Some(NOW - Duration::DAY);
    new.user.sessions_epoch = 7;
    assert_eq!(store.insert_user(new.clone()).await.unwrap(), new.user);
    assert_eq!(get(&store, new.user.id).await, new.user);
}

/// The caller's revision is ignored.
pub async fn a_new_user_has_revision_0(store: Arc<dyn UserStore>) {
    let mut new = samples::new_user("ada");
    new.user.revision = Revision(42);
    assert_eq!(store.insert_user(new).await.unwrap().revision, Revision(0));
}

/// What is not there is `None` or `false`.
pub async fn a_miss_is_no_error(store: Arc<dyn UserStore>) {
    let nobody = samples::user("nobody");
    assert!(store.get_user(&nobody.id).await.unwrap().is_none());
    assert!(store.find_user(&nobody.username).await.unwrap().is_none());
    assert!(
        store
            .find_user_by_email(&nobody.email)
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        store
            .find_credentials(&nobody.username)
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        store
            .get_avatar(&AvatarId::generate())
            .await
            .unwrap()
            .is_none()
    );
    assert!(!store.record_login(&nobody.id, NOW).await.unwrap());
    assert!(
        !store
            .set_password(&nobody.id, &samples::password_hash())
            .await
            .unwrap()
    );
    assert!(
        !store
            .set_avatar(&nobody.id, Some(samples::avatar()))
            .await
            .unwrap()
    );
    assert!(!store.set_avatar(&nobody.id, None).await.unwrap());
    assert!(!store.remove_user(&nobody.id, NOW).await.unwrap());
    assert_eq!(list(&store, None, 10).await, Vec::<String>::new());
}

/// A taken name is refused and overwrites nothing.
pub async fn a_username_is_unique_in_any_case(store: Arc<dyn UserStore>) {
    let ada = insert(&store, "Ada").await;
    let mut other = samples::new_user("other");
    other.user.username = "aDA".parse().unwrap();
    assert_taken(
        store.insert_user(other.clone()).await,
        "username",
        "the name in other case",
    );
    assert_eq!(get(&store, ada.id).await, ada);
    assert!(store.get_user(&other.user.id).await.unwrap().is_none());
}

/// A taken address is refused and overwrites nothing.
pub async fn an_email_is_unique_in_any_case(store: Arc<dyn UserStore>) {
    let ada = insert(&store, "ada").await;
    let mut other = samples::new_user("other");
    other.user.email = "ADA@Example.org".parse().unwrap();
    assert_taken(
        store.insert_user(other.clone()).await,
        "email",
        "the address in other case",
    );
    assert_eq!(get(&store, ada.id).await, ada);
    assert!(
        store
            .find_user(&other.user.username)
            .await
            .unwrap()
            .is_none()
    );
}

/// Letters beyond ASCII have upper and lower case too.
pub async fn an_email_beyond_ascii_is_unique_in_any_case(store: Arc<dyn UserStore>) {
    let mut ada = samples::new_user("ada");
    ada.user.email = "ÜNÏ@exämple.org".parse().unwrap();
    store.insert_user(ada).await.unwrap();
    let mut other = samples::new_user("other");
    other.user.email = "ünï@EXÄMPLE.org".parse().unwrap();
    assert_taken(
        store.insert_user(other).await,
        "email",
        "the address in other case",
    );
}

/// One field is named, always the same one.
pub async fn the_username_is_named_when_both_are_taken(store: Arc<dyn UserStore>) {
    insert(&store, "ada").await;
    assert_taken(
        store.insert_user(samples::new_user("ada")).await,
        "username",
        "both taken",
    );
}

/// An id cannot take over an account.
pub async fn an_id_is_never_taken_over(store: Arc<dyn UserStore>) {
    let ada = insert(&store, "ada").await;
    let mut other = samples::new_user("other");
    other.user.id = ada.id;
    assert_taken(
        store.insert_user(other).await,
        "id",
        "the id of another account",
    );
    assert_eq!(get(&store, ada.id).await, ada);
}

/// Uniqueness is decided atomically, by the store.
pub async fn of_many_inserts_of_one_name_exactly_one_wins(store: Arc<dyn UserStore>) {
    let attempts = (0..16).map(|i| {
        let store = Arc::clone(&store);
        let mut new = samples::new_user(&format!("user_{i}"));
        new.user.username = if i % 2 == 0 { "Ada" } else { "aDA" }.parse().unwrap();
        async move { store.insert_user(new).await }
    });
    let mut won = Vec::new();
    for result in at_once(attempts).await {
        match result {
            Ok(user) => won.push(user),
            lost => assert_taken(lost, "username", "a lost race"),
        }
    }
    assert_eq!(won.len(), 1, "exactly one wins");
    let stored = store.find_user(&"ada".parse().unwrap()).await.unwrap();
    assert_eq!(
        stored.as_ref(),
        won.first(),
        "the winner is the one that is kept"
    );
}

/// Uniqueness is decided atomically, by the store.
pub async fn of_many_inserts_of_one_email_exactly_one_wins(store: Arc<dyn UserStore>) {
    let attempts = (0..16).map(|i| {
        let store = Arc::clone(&store);
        let mut new = samples::new_user(&format!("user_{i}"));
        new.user.email = "one@example.org".parse().unwrap();
        async move { store.insert_user(new).await }
    });
    let mut won = 0;
    for result in at_once(attempts).await {
        match result {
            Ok(_user) => won += 1,
            lost => assert_taken(lost, "email", "a lost race"),
        }
    }
    assert_eq!(won, 1, "exactly one wins");
}

/// No write is lost among others.
pub async fn inserts_at_the_same_time_are_all_kept(store: Arc<dyn UserStore>) {
    let attempts = (0..32).map(|i| {
        let store = Arc::clone(&store);
        async move {
            store
                .insert_user(samples::new_user(&format!("user_{i}")))
                .await
        }
    });
    for result in at_once(attempts).await {
        let user = result.expect("different names do not disturb each other");
        assert_eq!(get(&store, user.id).await, user);
    }
    assert_eq!(list(&store, None, 1000).await.len(), 32);
}

/// Finer times are rounded towards the past, also before 1970.
pub async fn times_are_kept_to_the_microsecond(store: Arc<dyn UserStore>) {
    let old = OffsetDateTime::UNIX_EPOCH - Duration::seconds(3);
    for (i, base) in [NOW, old].into_iter().enumerate() {
        let mut new = samples::new_user(&format!("user_{i}"));
        new.user.date_joined = base + Duration::nanoseconds(1_999);
        let user = store.insert_user(new).await.unwrap();
        assert_eq!(user.date_joined, base + Duration::microseconds(1));
        let at = base + Duration::nanoseconds(999_999_999);
        assert!(store.record_login(&user.id, at).await.unwrap());
        let user = get(&store, user.id).await;
        assert_eq!(user.date_joined, base + Duration::microseconds(1));
        assert_eq!(
            user.last_login,
            Some(base + Duration::microseconds(999_999))
        );
    }
}

/// The contract of [`UserStore`](crate::store::UserStore) as tests.
///
/// `$new` names an `async fn` without arguments that returns a new, empty store.
#[macro_export]
macro_rules! user_store_contract {
    ($new:ident) => {
        $crate::__contract!(
            user_store,
            dyn $crate::store::UserStore,
            $new,
            [
                what_was_inserted_is_found_by_id_name_and_email,
                every_field_comes_back_as_it_was_given,
                a_new_user_has_revision_0,
                a_miss_is_no_error,
                a_username_is_unique_in_any_case,
                an_email_is_unique_in_any_case,
                an_email_beyond_ascii_is_unique_in_any_case,
                the_username_is_named_when_both_are_taken,
                an_id_is_never_taken_over,
                of_many_inserts_of_one_name_exactly_one_wins,
                of_many_inserts_of_one_email_exactly_one_wins,
                inserts_at_the_same_time_are_all_kept,
                an_update_changes_what_it_may_and_nothing_else,
                a_stale_update_is_a_conflict_and_changes_nothing,
                an_update_of_a_removed_user_is_not_found,
                an_update_cannot_take_a_name_or_an_email,
                an_update_may_respell_the_own_name_and_email,
                a_former_name_and_email_are_free,
                of_many_updates_of_one_revision_exactly_one_wins,
                a_login_is_recorded_and_the_revision_stays,
                a_new_password_raises_epoch_and_revision,
                a_new_picture_takes_the_place_of_the_former,
                a_removed_user_is_gone_with_its_picture,
                every_user_stands_on_exactly_one_page,
                paging_skips_and_repeats_nobody_while_others_join,
                a_search_finds_part_of_any_name_in_any_case,
                times_are_kept_to_the_microsecond,
            ]
        );
    };
}
