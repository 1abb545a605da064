//! The contract of [`UserStore`](crate::store::UserStore).

use std::sync::Arc;

use time::{Duration, OffsetDateTime};

use super::samples::{self, NOW};
use super::{assert_kind, assert_taken, at_once};
use crate::error::ErrorKind;
use crate::id::{AvatarId, Revision, UserId};
use crate::store::{UserQuery, UserStore};
use crate::user::User;

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

/// An update changes names, address, flags and epoch, and leaves the rest as it is.
pub async fn an_update_changes_what_it_may_and_nothing_else(store: Arc<dyn UserStore>) {
    let ada = insert(&store, "ada").await;
    let bob = insert(&store, "bob").await;
    let avatar = samples::avatar();
    assert!(
        store
            .set_avatar(&ada.id, Some(avatar.clone()))
            .await
            .unwrap()
    );
    assert!(store.record_login(&ada.id, NOW).await.unwrap());
    let before = get(&store, ada.id).await;
    let mut wanted = before.clone();
    wanted.username = "Countess".parse().unwrap();
    wanted.email = "countess@example.com".parse().unwrap();
    (wanted.first_name, wanted.last_name) = ("Ada".into(), "Lovelace".into());
    wanted.meeting_name = "The Countess".into();
    (wanted.is_staff, wanted.is_active) = (true, false);
    wanted.sessions_epoch += 1;
    let mut sent = wanted.clone();
    (sent.avatar, sent.last_login) = (None, None);
    sent.date_joined = NOW - Duration::WEEK;
    let updated = store.update_user(&sent).await.unwrap();
    wanted.revision = before.revision.next();
    assert_eq!(updated, wanted);
    assert_eq!(get(&store, ada.id).await, wanted);
    assert_eq!(store.get_avatar(&avatar.id).await.unwrap(), Some(avatar));
    let found = store.find_credentials(&wanted.username).await.unwrap();
    assert_eq!(found.unwrap().password_hash, samples::password_hash());
    assert_eq!(get(&store, bob.id).await, bob, "nobody else is changed");
}

/// Whoever read an older state has to read again.
pub async fn a_stale_update_is_a_conflict_and_changes_nothing(store: Arc<dyn UserStore>) {
    let read = insert(&store, "ada").await;
    let mut first = read.clone();
    first.first_name = "First".into();
    let first = store.update_user(&first).await.unwrap();
    let mut second = read;
    second.first_name = "Second".into();
    assert_kind(
        store.update_user(&second).await,
        ErrorKind::Conflict,
        "an older revision",
    );
    assert_eq!(get(&store, first.id).await, first);
    second.revision = Revision(1_000);
    assert_kind(
        store.update_user(&second).await,
        ErrorKind::Conflict,
        "a revision to come",
    );
    assert_eq!(get(&store, first.id).await, first);
}

/// Who is gone cannot be changed, nor brought back.
pub async fn an_update_of_a_removed_user_is_not_found(store: Arc<dyn UserStore>) {
    let ada = insert(&store, "ada").await;
    assert!(store.remove_user(&ada.id, NOW).await.unwrap());
    assert_kind(
        store.update_user(&ada).await,
        ErrorKind::NotFound,
        "a removed user",
    );
    assert!(store.get_user(&ada.id).await.unwrap().is_none());
}

/// An update cannot take what is another's.
pub async fn an_update_cannot_take_a_name_or_an_email(store: Arc<dyn UserStore>) {
    let ada = insert(&store, "ada").await;
    insert(&store, "bob").await;
    let mut wrong = ada.clone();
    wrong.username = "BOB".parse().unwrap();
    assert_taken(
        store.update_user(&wrong).await,
        "username",
        "another's name",
    );
    let mut wrong = ada.clone();
    wrong.email = "Bob@example.org".parse().unwrap();
    assert_taken(
        store.update_user(&wrong).await,
        "email",
        "another's address",
    );
    assert_eq!(get(&store, ada.id).await, ada);
}

/// The own name in another spelling is not taken.
pub async fn an_update_may_respell_the_own_name_and_email(store: Arc<dyn UserStore>) {
    let mut ada = insert(&store, "ada").await;
    ada.username = "ADA".parse().unwrap();
    ada.email = "ADA@example.org".parse().unwrap();
    let ada = store.update_user(&ada).await.unwrap();
    assert_eq!(ada.username.as_str(), "ADA");
    let found = store.find_user(&"ada".parse().unwrap()).await.unwrap();
    assert_eq!(found, Some(ada));
}

/// What a user gave up is free, and no longer leads to that user.
pub async fn a_former_name_and_email_are_free(store: Arc<dyn UserStore>) {
    let mut ada = insert(&store, "ada").await;
    ada.username = "countess".parse().unwrap();
    ada.email = "countess@example.org".parse().unwrap();
    store.update_user(&ada).await.unwrap();
    assert!(
        store
            .find_user(&"ada".parse().unwrap())
            .await
            .unwrap()
            .is_none()
    );
    let email = "ada@example.org".parse().unwrap();
    assert!(store.find_user_by_email(&email).await.unwrap().is_none());
    insert(&store, "ada").await;
}

/// Nobody's change is overwritten unseen.
pub async fn of_many_updates_of_one_revision_exactly_one_wins(store: Arc<dyn UserStore>) {
    let ada = insert(&store, "ada").await;
    let attempts = (0..16).map(|i| {
        let (store, mut user) = (Arc::clone(&store), ada.clone());
        user.first_name = format!("Name {i}");
        async move { store.update_user(&user).await }
    });
    let mut won = Vec::new();
    for result in at_once(attempts).await {
        match result {
            Ok(user) => won.push(user),
            lost => drop(assert_kind(lost, ErrorKind::Conflict, "a lost race")),
        }
    }
    assert_eq!(won.len(), 1, "exactly one wins");
    assert_eq!(Some(&get(&store, ada.id).await), won.first());
}

/// Signing in does not disturb those who edit the account.
pub async fn a_login_is_recorded_and_the_revision_stays(store: Arc<dyn UserStore>) {
    let mut ada = insert(&store, "ada").await;
    assert!(
        store
            .record_login(&ada.id, NOW + Duration::SECOND)
            .await
            .unwrap()
    );
    ada.last_login = Some(NOW + Duration::SECOND);
    assert_eq!(get(&store, ada.id).await, ada);
}

/// A new password ends what the old one allowed.
pub async fn a_new_password_raises_epoch_and_revision(store: Arc<dyn UserStore>) {
    let ada = insert(&store, "ada").await;
    let hash = samples::other_password_hash();
    assert!(store.set_password(&ada.id, &hash).await.unwrap());
    let found = store
        .find_credentials(&ada.username)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.password_hash, hash);
    let mut wanted = ada.clone();
    wanted.sessions_epoch += 1;
    wanted.revision = ada.revision.next();
    assert_eq!(found.user, wanted);
    assert_kind(
        store.update_user(&ada).await,
        ErrorKind::Conflict,
        "read before the change",
    );
}

/// There is one picture of a user at most.
pub async fn a_new_picture_takes_the_place_of_the_former(store: Arc<dyn UserStore>) {
    let ada = insert(&store, "ada").await;
    let (first, second) = (samples::avatar(), samples::avatar());
    assert!(
        store
            .set_avatar(&ada.id, Some(first.clone()))
            .await
            .unwrap()
    );
    assert_eq!(
        store.get_avatar(&first.id).await.unwrap().as_ref(),
        Some(&first)
    );
    let with_first = get(&store, ada.id).await;
    assert_eq!(with_first.avatar, Some(first.id));
    assert_eq!(with_first.revision, ada.revision.next());
    assert!(
        store
            .set_avatar(&ada.id, Some(second.clone()))
            .await
            .unwrap()
    );
    assert!(
        store.get_avatar(&first.id).await.unwrap().is_none(),
        "the former is dropped"
    );
    assert_eq!(
        store.get_avatar(&second.id).await.unwrap().as_ref(),
        Some(&second)
    );
    assert!(store.set_avatar(&ada.id, None).await.unwrap());
    assert!(store.get_avatar(&second.id).await.unwrap().is_none());
    let without = get(&store, ada.id).await;
    assert_eq!((without.avatar, without.revision), (None, Revision(3)));
}

/// Nothing of a removed user stays, and its names are free.
pub async fn a_removed_user_is_gone_with_its_picture(store: Arc<dyn UserStore>) {
    let ada = insert(&store, "ada").await;
    let bob = insert(&store, "bob").await;
    let avatar = samples::avatar();
    assert!(
        store
            .set_avatar(&ada.id, Some(avatar.clone()))
            .await
            .unwrap()
    );
    assert!(store.remove_user(&ada.id, NOW).await.unwrap());
    assert!(store.get_user(&ada.id).await.unwrap().is_none());
    assert!(store.find_user(&ada.username).await.unwrap().is_none());
    assert!(
        store
            .find_user_by_email(&ada.email)
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        store
            .find_credentials(&ada.username)
            .await
            .unwrap()
            .is_none()
    );
    assert!(store.get_avatar(&avatar.id).await.unwrap().is_none());
    assert!(
        !store.remove_user(&ada.id, NOW).await.unwrap(),
        "gone only once"
    );
    assert_eq!(get(&store, bob.id).await, bob);
    insert(&store, "ada").await;
}

/// Whatever the size of the pages, each user stands on one, oldest first.
pub async fn every_user_stands_on_exactly_one_page(store: Arc<dyn UserStore>) {
    let mut names = Vec::new();
    for i in 0..7 {
        let mut new = samples::new_user(&format!("user_{}", 9 - i));
        new.user.date_joined = NOW + Duration::minutes(i);
        names.push(store.insert_user(new).await.unwrap().username.to_string());
    }
    for limit in [1, 2, 3, 6, 7, 8, 1000] {
        assert_eq!(list(&store, None, limit).await, names, "pages of {limit}");
    }
}

/// Who joins while somebody pages moves nobody.
pub async fn paging_skips_and_repeats_nobody_while_others_join(store: Arc<dyn UserStore>) {
    for i in 0..4 {
        insert(&store, &format!("old_{i}")).await;
    }
    let mut query = UserQuery {
        search: None,
        cursor: None,
        limit: 2,
    };
    let first = store.list_users(&query).await.unwrap();
    insert(&store, "newcomer").await;
    store.remove_user(&first.items[0].id, NOW).await.unwrap();
    query.cursor = first.next;
    query.limit = 10;
    let rest = store.list_users(&query).await.unwrap();
    let names: Vec<_> = first
        .items
        .iter()
        .chain(&rest.items)
        .map(|u| u.username.as_str())
        .collect();
    assert_eq!(names, ["old_0", "old_1", "old_2", "old_3", "newcomer"]);
    assert_eq!(rest.next, None);
}

/// The search looks into all names and the address, at any place, in any case.
pub async fn a_search_finds_part_of_any_name_in_any_case(store: Arc<dyn UserStore>) {
    insert(&store, "plain").await;
    let mut new = samples::new_user("Ada_1");
    (new.user.first_name, new.user.last_name) = ("Åsa".into(), "Ørsted".into());
    new.user.email = "write_me@example.com".parse().unwrap();
    new.user.meeting_name = "The 100% Countess".into();
    store.insert_user(new).await.unwrap();
    for part in [
        "aDA", "åSA", "ÅSA", "øRST", "WRITE_me", "countess", "100%", "_1", "%",
    ] {
        assert_eq!(
            list(&store, Some(part), 10).await,
            ["Ada_1"],
            "search for {part}"
        );
    }
    for part in ["zzz", "a_a", "%a%", "*", "'"] {
        assert_eq!(
            list(&store, Some(part), 10).await,
            Vec::<String>::new(),
            "search for {part}"
        );
    }
    assert_eq!(
        list(&store, Some("EXAMPLE"), 1).await,
        ["plain", "Ada_1"],
        "paged"
    );
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
