//! What changes a user, and what ends one.

use std::sync::Arc;

use time::Duration;

use super::{get, insert};
use crate::error::ErrorKind;
use crate::id::Revision;
use crate::store::UserStore;
use crate::testkit::samples::{self, NOW};
use crate::testkit::{assert_kind, assert_taken, at_once};

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
