//! The contract of [`IdentityStore`](crate::store::IdentityStore), which needs users and sessions
//! beside it.

use std::sync::Arc;

use time::{Duration, OffsetDateTime};

use super::samples::{self, NOW};
use super::{assert_kind, assert_taken, at_once};
use crate::error::ErrorKind;
use crate::id::UserId;
use crate::identity::{Identity, IdentityRecord, PendingDeletion};
use crate::store::Store;

async fn user(store: &dyn Store, name: &str) -> UserId {
    let user = store.insert_user(samples::new_user(name)).await;
    user.expect("a user with a free name can be inserted").id
}

async fn insert(store: &dyn Store, user: UserId) -> IdentityRecord {
    let record = samples::identity_record(user);
    let inserted = store.insert_identity(&record).await;
    inserted.expect("a new identity can be inserted");
    record
}

/// A user with a session that lives an hour, and with an identity whose token ends at `token`.
async fn signed_in(store: &dyn Store, name: &str, token: Option<OffsetDateTime>) -> UserId {
    let user = user(store, name).await;
    store
        .insert_session(&samples::session(user))
        .await
        .expect("a session");
    let mut record = samples::identity_record(user);
    record.token = token.map(samples::token);
    store.insert_identity(&record).await.expect("an identity");
    user
}

async fn due(store: &dyn Store, now: OffsetDateTime) -> Vec<PendingDeletion> {
    let due = store.list_due_deletions(now, 1000).await;
    due.expect("deletions can be listed")
}

fn pending(identity: &Identity, attempts: u32, not_before: OffsetDateTime) -> PendingDeletion {
    PendingDeletion {
        identity: identity.clone(),
        attempts,
        not_before,
    }
}

/// An identity comes back with its token, or without one.
pub async fn an_identity_is_found_by_its_user(store: Arc<dyn Store>) {
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    let record = insert(&store, ada).await;
    assert_eq!(store.get_identity(&ada).await.unwrap(), Some(record));
    assert_eq!(store.get_identity(&bob).await.unwrap(), None);
    let mut bare = samples::identity_record(bob);
    bare.token = None;
    store.insert_identity(&bare).await.unwrap();
    assert_eq!(store.get_identity(&bob).await.unwrap(), Some(bare));
}

/// What is not there is `None`, `false` or nothing.
pub async fn a_miss_is_no_error(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    let record = samples::identity_record(ada);
    let token = samples::token(NOW);
    assert!(
        store
            .get_identity(&UserId::generate())
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        !store
            .replace_identity(&record, &record.identity)
            .await
            .unwrap()
    );
    assert!(
        !store
            .set_token(&ada, &record.identity, &token)
            .await
            .unwrap()
    );
    assert!(
        !store
            .postpone_deletion(&record.identity, NOW)
            .await
            .unwrap()
    );
    assert!(!store.confirm_deletion(&record.identity).await.unwrap());
    assert!(
        store.get_identity(&ada).await.unwrap().is_none(),
        "nothing was made"
    );
    assert!(due(&store, NOW).await.is_empty());
    assert!(store.list_due_users(NOW, NOW, 10).await.unwrap().is_empty());
}

/// A user has one identity, and a second one does not overwrite it.
pub async fn a_user_has_at_most_one_identity(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    let record = insert(&store, ada).await;
    let second = samples::identity_record(ada);
    assert_taken(
        store.insert_identity(&second).await,
        "user",
        "a second identity",
    );
    assert_eq!(store.get_identity(&ada).await.unwrap(), Some(record));
}

/// Two users never share an identity.
pub async fn an_identity_belongs_to_one_user(store: Arc<dyn Store>) {
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    let record = insert(&store, ada).await;
    let mut same = samples::identity_record(bob);
    same.identity = record.identity.clone();
    assert_taken(
        store.insert_identity(&same).await,
        "identity",
        "another user's identity",
    );
    assert_eq!(store.get_identity(&bob).await.unwrap(), None);
    let own = insert(&store, bob).await;
    let replaced = store.replace_identity(&same, &own.identity).await;
    assert_taken(replaced, "identity", "another user's identity");
    assert_eq!(store.get_identity(&bob).await.unwrap(), Some(own));
    assert_eq!(store.get_identity(&ada).await.unwrap(), Some(record));
}

/// Identities are compared exactly.
pub async fn identities_that_differ_in_case_are_two(store: Arc<dyn Store>) {
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    for (user, id) in [(ada, "8:test:a"), (bob, "8:test:A")] {
        let mut record = samples::identity_record(user);
        record.identity = Identity::new(id).unwrap();
        store.insert_identity(&record).await.unwrap();
        assert_eq!(store.get_identity(&user).await.unwrap(), Some(record));
    }
}

/// Nobody has no identity.
pub async fn an_identity_of_nobody_is_not_found(store: Arc<dyn Store>) {
    let record = samples::identity_record(UserId::generate());
    assert_kind(
        store.insert_identity(&record).await,
        ErrorKind::NotFound,
        "no such user",
    );
    assert_eq!(store.get_identity(&record.user_id).await.unwrap(), None);
}

/// Of identities made for one user at once, one is kept.
pub async fn of_many_identities_of_one_user_exactly_one_wins(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    let attempts = (0..16).map(|_| {
        let (store, record) = (Arc::clone(&store), samples::identity_record(ada));
        async move { store.insert_identity(&record).await.map(|()| record) }
    });
    let mut won = Vec::new();
    for result in at_once(attempts).await {
        match result {
            Ok(record) => won.push(record),
            lost => assert_taken(lost, "user", "a lost race"),
        }
    }
    assert_eq!(won.len(), 1, "exactly one wins");
    assert_eq!(store.get_identity(&ada).await.unwrap(), won.pop());
}

/// An identity that is gone at the provider is replaced once, and not deleted there again.
pub async fn an_identity_is_replaced_if_it_is_the_expected_one(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    let first = insert(&store, ada).await;
    let second = samples::identity_record(ada);
    assert!(
        store
            .replace_identity(&second, &first.identity)
            .await
            .unwrap()
    );
    assert_eq!(
        store.get_identity(&ada).await.unwrap(),
        Some(second.clone())
    );
    let third = samples::identity_record(ada);
    assert!(
        !store
            .replace_identity(&third, &first.identity)
            .await
            .unwrap()
    );
    assert_eq!(store.get_identity(&ada).await.unwrap(), Some(second));
    assert!(
        due(&store, NOW + Duration::WEEK).await.is_empty(),
        "nothing is queued"
    );
    let bob = user(&store, "bob").await;
    let mut freed = samples::identity_record(bob);
    freed.identity = first.identity;
    store
        .insert_identity(&freed)
        .await
        .expect("the former one is forgotten");
}

/// A token is kept for the identity it was issued to only.
pub async fn a_token_is_kept_if_the_identity_still_is_the_same(store: Arc<dyn Store>) {
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    let (mut record, bobs) = (insert(&store, ada).await, insert(&store, bob).await);
    let token = samples::token(NOW + Duration::WEEK);
    assert!(
        store
            .set_token(&ada, &record.identity, &token)
            .await
            .unwrap()
    );
    record.token = Some(token);
    assert_eq!(
        store.get_identity(&ada).await.unwrap().as_ref(),
        Some(&record)
    );
    let other = samples::token(NOW + Duration::DAY);
    assert!(!store.set_token(&ada, &bobs.identity, &other).await.unwrap());
    assert!(
        !store
            .set_token(&ada, &samples::identity(), &other)
            .await
            .unwrap()
    );
    assert_eq!(store.get_identity(&ada).await.unwrap(), Some(record));
    assert_eq!(store.get_identity(&bob).await.unwrap(), Some(bobs));
}

/// Who has no token comes first, then by when it ends; those with a token that lasts do not come.
pub async fn due_users_come_in_the_order_of_need(store: Arc<dyn Store>) {
    let minutes = |n| Some(NOW + Duration::minutes(n));
    let later = signed_in(&store, "later", minutes(20)).await;
    let sooner = signed_in(&store, "sooner", minutes(10)).await;
    let ended = signed_in(&store, "ended", minutes(-10)).await;
    signed_in(&store, "lasting", minutes(60)).await;
    let without_token = signed_in(&store, "without_token", None).await;
    let without_identity = user(&store, "without_identity").await;
    let session = samples::session(without_identity);
    store.insert_session(&session).await.unwrap();
    let before = NOW + Duration::minutes(60);
    let due = store.list_due_users(NOW, before, 10).await.unwrap();
    assert_eq!(due.len(), 5, "{due:?}");
    let mut first = due[..2].to_vec();
    let mut wanted = [without_token, without_identity];
    first.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(first, wanted, "who has none comes before all");
    assert_eq!(due[2..], [ended, sooner, later]);
    let few = store.list_due_users(NOW, before, 3).await.unwrap();
    assert_eq!(
        (few.len(), few[2]),
        (3, ended),
        "the neediest, at most so many"
    );
}

/// Nobody asks the provider for those who are away.
pub async fn only_active_users_with_a_live_session_are_due(store: Arc<dyn Store>) {
    let ada = signed_in(&store, "ada", None).await;
    user(&store, "without_session").await;
    let inactive = signed_in(&store, "inactive", None).await;
    let mut inactive = store.get_user(&inactive).await.unwrap().unwrap();
    inactive.is_active = false;
    store.update_user(&inactive).await.unwrap();
    assert_eq!(store.list_due_users(NOW, NOW, 10).await.unwrap(), [ada]);
    let later = NOW + Duration::HOUR;
    assert!(
        store
            .list_due_users(later, later, 10)
            .await
            .unwrap()
            .is_empty(),
        "sessions ended"
    );
}

/// However many browsers somebody uses.
pub async fn a_user_with_many_sessions_is_due_once(store: Arc<dyn Store>) {
    let ada = signed_in(&store, "ada", Some(NOW)).await;
    for _ in 0..3 {
        store.insert_session(&samples::session(ada)).await.unwrap();
    }
    let due = store
        .list_due_users(NOW, NOW + Duration::HOUR, 10)
        .await
        .unwrap();
    assert_eq!(due, [ada]);
}

/// Deletions come when they are due, longest due first.
pub async fn due_deletions_come_longest_due_first(store: Arc<dyn Store>) {
    let ids = [
        samples::identity(),
        samples::identity(),
        samples::identity(),
    ];
    for (id, minutes) in ids.iter().zip([2, 1, 3]) {
        let at = NOW + Duration::minutes(minutes);
        store.queue_deletion(id, at).await.unwrap();
    }
    assert!(due(&store, NOW).await.is_empty());
    let at = NOW + Duration::minutes(2);
    let second = pending(&ids[0], 0, at);
    let first = pending(&ids[1], 0, NOW + Duration::MINUTE);
    assert_eq!(due(&store, at).await, [first.clone(), second]);
    assert_eq!(store.list_due_deletions(at, 1).await.unwrap(), [first]);
    assert_eq!(due(&store, NOW + Duration::HOUR).await.len(), 3);
}

/// Asking twice deletes once, and forgets nothing of what was tried.
pub async fn an_identity_is_queued_for_deletion_once(store: Arc<dyn Store>) {
    let id = samples::identity();
    store.queue_deletion(&id, NOW).await.unwrap();
    store.queue_deletion(&id, NOW).await.unwrap();
    assert_eq!(due(&store, NOW).await, [pending(&id, 0, NOW)]);
    let attempts = (0..8).map(|_| {
        let (store, id) = (Arc::clone(&store), id.clone());
        async move { store.queue_deletion(&id, NOW).await }
    });
    for result in at_once(attempts).await {
        result.expect("queueing is idempotent");
    }
    assert_eq!(due(&store, NOW).await.len(), 1);
}

/// A failed deletion is tried again later, and its attempts are counted.
pub async fn a_postponed_deletion_waits_and_counts(store: Arc<dyn Store>) {
    let id = samples::identity();
    store.queue_deletion(&id, NOW).await.unwrap();
    let later = NOW + Duration::MINUTE;
    assert!(store.postpone_deletion(&id, later).await.unwrap());
    assert!(due(&store, NOW).await.is_empty());
    assert_eq!(due(&store, later).await, [pending(&id, 1, later)]);
    assert!(
        store
            .postpone_deletion(&id, later + Duration::MINUTE)
            .await
            .unwrap()
    );
    assert_eq!(due(&store, NOW + Duration::HOUR).await[0].attempts, 2);
}

/// What the provider confirmed is forgotten; what it did not, is not.
pub async fn a_confirmed_deletion_is_forgotten(store: Arc<dyn Store>) {
    let (done, other) = (samples::identity(), samples::identity());
    store.queue_deletion(&done, NOW).await.unwrap();
    store.queue_deletion(&other, NOW).await.unwrap();
    assert!(store.confirm_deletion(&done).await.unwrap());
    assert!(!store.confirm_deletion(&done).await.unwrap());
    assert!(!store.postpone_deletion(&done, NOW).await.unwrap());
    assert_eq!(due(&store, NOW).await, [pending(&other, 0, NOW)]);
}

/// Who is removed leaves an identity to be deleted, and nobody else does.
pub async fn a_removed_user_leaves_the_identity_to_be_deleted(store: Arc<dyn Store>) {
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    let without = user(&store, "without").await;
    let (adas, bobs) = (insert(&store, ada).await, insert(&store, bob).await);
    let now = NOW + Duration::MINUTE;
    assert!(store.remove_user(&ada, now).await.unwrap());
    assert!(store.remove_user(&without, now).await.unwrap());
    assert_eq!(store.get_identity(&ada).await.unwrap(), None);
    assert_eq!(due(&store, NOW).await, [], "not before it was removed");
    assert_eq!(due(&store, now).await, [pending(&adas.identity, 0, now)]);
    assert!(
        !store
            .set_token(&ada, &adas.identity, &samples::token(NOW))
            .await
            .unwrap()
    );
    assert_eq!(store.get_identity(&bob).await.unwrap(), Some(bobs));
    assert!(!store.remove_user(&ada, now).await.unwrap());
    assert_eq!(due(&store, now).await.len(), 1);
}

/// An identity is either kept for a user or queued for deletion, or was refused: never lost.
pub async fn an_identity_made_while_the_user_is_removed_is_not_lost(store: Arc<dyn Store>) {
    for round in 0..8 {
        let ada = user(&store, &format!("ada_{round}")).await;
        let record = samples::identity_record(ada);
        let attempts = [true, false].map(|removes| {
            let (store, record) = (Arc::clone(&store), record.clone());
            async move {
                if removes {
                    store.remove_user(&record.user_id, NOW).await
                } else {
                    store.insert_identity(&record).await.map(|()| true)
                }
            }
        });
        let results = at_once(attempts).await;
        assert!(matches!(results[0], Ok(true)), "{results:?}");
        let queued = due(&store, NOW)
            .await
            .iter()
            .any(|p| p.identity == record.identity);
        match &results[1] {
            Ok(_) => assert!(queued, "it was taken in, so it must be queued"),
            Err(error) => assert_eq!((error.kind(), queued), (ErrorKind::NotFound, false)),
        }
        assert_eq!(store.get_identity(&ada).await.unwrap(), None);
    }
}

/// Finer times are rounded towards the past.
pub async fn times_are_kept_to_the_microsecond(store: Arc<dyn Store>) {
    let fine = NOW + Duration::nanoseconds(1_999);
    let kept = NOW + Duration::microseconds(1);
    let ada = signed_in(&store, "ada", Some(fine)).await;
    let record = store.get_identity(&ada).await.unwrap().unwrap();
    assert_eq!(record.token.map(|token| token.expires_at), Some(kept));
    let token = samples::token(fine + Duration::DAY);
    assert!(
        store
            .set_token(&ada, &record.identity, &token)
            .await
            .unwrap()
    );
    let record = store.get_identity(&ada).await.unwrap().unwrap();
    assert_eq!(
        record.token.map(|token| token.expires_at),
        Some(kept + Duration::DAY)
    );
    let id = samples::identity();
    store.queue_deletion(&id, fine).await.unwrap();
    assert_eq!(due(&store, kept).await, [pending(&id, 0, kept)]);
    assert!(
        store
            .postpone_deletion(&id, fine + Duration::DAY)
            .await
            .unwrap()
    );
    let later = kept + Duration::DAY;
    assert_eq!(due(&store, later).await, [pending(&id, 1, later)]);
}

/// The contract of [`IdentityStore`](crate::store::IdentityStore) as tests.
///
/// `$new` names an `async fn` without arguments that returns a new, empty
/// [`Store`](crate::store::Store).
#[macro_export]
macro_rules! identity_store_contract {
    ($new:ident) => {
        $crate::__contract!(
            identity_store,
            dyn $crate::store::Store,
            $new,
            [
                an_identity_is_found_by_its_user,
                a_miss_is_no_error,
                a_user_has_at_most_one_identity,
                an_identity_belongs_to_one_user,
                identities_that_differ_in_case_are_two,
                an_identity_of_nobody_is_not_found,
                of_many_identities_of_one_user_exactly_one_wins,
                an_identity_is_replaced_if_it_is_the_expected_one,
                a_token_is_kept_if_the_identity_still_is_the_same,
                due_users_come_in_the_order_of_need,
                only_active_users_with_a_live_session_are_due,
                a_user_with_many_sessions_is_due_once,
                due_deletions_come_longest_due_first,
                an_identity_is_queued_for_deletion_once,
                a_postponed_deletion_waits_and_counts,
                a_confirmed_deletion_is_forgotten,
                a_removed_user_leaves_the_identity_to_be_deleted,
                an_identity_made_while_the_user_is_removed_is_not_lost,
                times_are_kept_to_the_microsecond,
            ]
        );
    };
}
