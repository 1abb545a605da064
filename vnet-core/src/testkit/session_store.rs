//! The contract of [`SessionStore`](crate::store::SessionStore), which needs users beside it.

use std::sync::Arc;

use time::{Duration, OffsetDateTime};

use super::samples::{self, NOW};
use super::{assert_kind, assert_taken, at_once};
use crate::error::ErrorKind;
use crate::id::{SessionId, UserId};
use crate::session::Session;
use crate::store::Store;
use crate::user::User;

async fn user(store: &dyn Store, name: &str) -> User {
    let user = store.insert_user(samples::new_user(name)).await;
    user.expect("a user with a free name can be inserted")
}

async fn insert(store: &dyn Store, user: UserId) -> Session {
    let session = samples::session(user);
    let inserted = store.insert_session(&session).await;
    inserted.expect("a new session can be inserted");
    session
}

/// Whether the session is found by its hash at `now`.
async fn found(store: &dyn Store, session: &Session, now: OffsetDateTime) -> bool {
    let by_hash = store.find_session(&session.hash, now).await.unwrap();
    let live = store.is_live(&session.id, now).await.unwrap();
    assert_eq!(by_hash.is_some(), live, "both ways of asking agree");
    live
}

/// A session comes back with its account, at once.
pub async fn a_session_is_found_with_its_user(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    let session = insert(&store, ada.id).await;
    let found = store
        .find_session(&session.hash, NOW)
        .await
        .unwrap()
        .expect("a session");
    assert_eq!(found.session, session);
    assert_eq!(found.user, ada);
    assert!(store.is_live(&session.id, NOW).await.unwrap());
}

/// The account is the one of now, not the one of the sign-in.
pub async fn a_session_shows_the_user_as_it_is_now(store: Arc<dyn Store>) {
    let mut ada = user(&store, "ada").await;
    let session = insert(&store, ada.id).await;
    ada.first_name = "Changed".into();
    let ada = store.update_user(&ada).await.unwrap();
    let found = store
        .find_session(&session.hash, NOW)
        .await
        .unwrap()
        .expect("a session");
    assert_eq!(found.user, ada);
}

/// What is not there is `None`, `false` or nothing.
pub async fn a_miss_is_no_error(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    let session = samples::session(ada.id);
    assert!(!found(&store, &session, NOW).await);
    assert!(
        !store
            .touch_session(&session.id, NOW, NOW + Duration::HOUR)
            .await
            .unwrap()
    );
    assert!(!store.remove_session(&session.id).await.unwrap());
    assert!(
        store
            .remove_sessions(&ada.id, None)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(store.list_sessions(&ada.id, NOW).await.unwrap().is_empty());
    assert!(
        store
            .list_sessions(&UserId::generate(), NOW)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(store.remove_expired_sessions(NOW).await.unwrap(), 0);
}

/// A session cannot be taken over by one with its id or hash.
pub async fn an_insert_never_overwrites(store: Arc<dyn Store>) {
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    let session = insert(&store, ada.id).await;
    let mut same_id = samples::session(bob.id);
    same_id.id = session.id;
    assert_taken(
        store.insert_session(&same_id).await,
        "id",
        "the id of another session",
    );
    let mut same_hash = samples::session(bob.id);
    same_hash.hash = session.hash;
    assert_taken(
        store.insert_session(&same_hash).await,
        "hash",
        "the hash of another session",
    );
    let kept = store
        .find_session(&session.hash, NOW)
        .await
        .unwrap()
        .expect("a session");
    assert_eq!((kept.session, kept.user.id), (session, ada.id));
    assert!(store.list_sessions(&bob.id, NOW).await.unwrap().is_empty());
}

/// Nobody is signed in without an account.
pub async fn a_session_of_nobody_is_not_found(store: Arc<dyn Store>) {
    let session = samples::session(UserId::generate());
    assert_kind(
        store.insert_session(&session).await,
        ErrorKind::NotFound,
        "no such user",
    );
    assert!(!found(&store, &session, NOW).await);
}

/// A session is good until its end, and at its end no longer.
pub async fn an_expired_session_is_not_found(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    let session = insert(&store, ada.id).await;
    assert!(found(&store, &session, session.expires_at - Duration::MICROSECOND).await);
    assert!(!found(&store, &session, session.expires_at).await);
    assert!(!found(&store, &session, session.expires_at + Duration::DAY).await);
    assert!(
        store
            .list_sessions(&ada.id, session.expires_at)
            .await
            .unwrap()
            .is_empty()
    );
}

/// Who may not sign in is not signed in; who may again, is again.
pub async fn sessions_of_an_inactive_user_are_hidden(store: Arc<dyn Store>) {
    let mut ada = user(&store, "ada").await;
    let session = insert(&store, ada.id).await;
    ada.is_active = false;
    let mut ada = store.update_user(&ada).await.unwrap();
    assert!(!found(&store, &session, NOW).await);
    ada.is_active = true;
    store.update_user(&ada).await.unwrap();
    assert!(found(&store, &session, NOW).await);
}

/// Using a session moves its end.
pub async fn a_touch_moves_the_end(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    let session = insert(&store, ada.id).await;
    let other = insert(&store, ada.id).await;
    let (seen, end) = (NOW + Duration::MINUTE, NOW + Duration::DAY);
    assert!(store.touch_session(&session.id, seen, end).await.unwrap());
    let touched = store
        .find_session(&session.hash, end - Duration::SECOND)
        .await
        .unwrap();
    let touched = touched.expect("a session").session;
    let wanted = Session {
        last_seen_at: seen,
        expires_at: end,
        ..session
    };
    assert_eq!(touched, wanted);
    assert!(
        !found(&store, &other, end - Duration::SECOND).await,
        "only the touched one"
    );
}

/// A session that ended stays ended.
pub async fn a_touch_never_revives(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    let end = NOW + Duration::DAY;
    let removed = insert(&store, ada.id).await;
    assert!(store.remove_session(&removed.id).await.unwrap());
    assert!(!store.touch_session(&removed.id, NOW, end).await.unwrap());
    assert!(!found(&store, &removed, NOW).await);
    let expired = insert(&store, ada.id).await;
    assert!(
        !store
            .touch_session(&expired.id, expired.expires_at, end)
            .await
            .unwrap()
    );
    let late = expired.expires_at + Duration::SECOND;
    assert!(!store.touch_session(&expired.id, late, end).await.unwrap());
    assert!(!found(&store, &expired, late).await);
}

/// A touch that comes too late brings nothing back, whoever was first.
pub async fn a_touch_and_a_removal_at_once_leave_no_session(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    for _round in 0..8 {
        let session = insert(&store, ada.id).await;
        let attempts = (0..8).map(|i| {
            let (store, id) = (Arc::clone(&store), session.id);
            async move {
                if i == 4 {
                    store.remove_session(&id).await
                } else {
                    store.touch_session(&id, NOW, NOW + Duration::DAY).await
                }
            }
        });
        for result in at_once(attempts).await {
            result.expect("neither fails");
        }
        assert!(!found(&store, &session, NOW).await);
    }
}

/// Signing out ends one session, once.
pub async fn a_removed_session_is_gone(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    let (session, other) = (insert(&store, ada.id).await, insert(&store, ada.id).await);
    assert!(store.remove_session(&session.id).await.unwrap());
    assert!(!found(&store, &session, NOW).await);
    assert!(found(&store, &other, NOW).await);
    assert!(!store.remove_session(&session.id).await.unwrap());
}

/// All sessions of one user end, but the one to keep, and they are named.
pub async fn all_sessions_of_a_user_end_but_the_kept_one(store: Arc<dyn Store>) {
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    let bobs = insert(&store, bob.id).await;
    let kept = insert(&store, ada.id).await;
    let mut ended = vec![
        insert(&store, ada.id).await.id,
        insert(&store, ada.id).await.id,
    ];
    let mut named = store.remove_sessions(&ada.id, Some(kept.id)).await.unwrap();
    ended.sort_unstable();
    named.sort_unstable();
    assert_eq!(named, ended);
    assert!(found(&store, &kept, NOW).await);
    let named = store.remove_sessions(&ada.id, Some(bobs.id)).await.unwrap();
    assert_eq!(named, [kept.id], "another's session to keep keeps nothing");
    assert!(!found(&store, &kept, NOW).await);
    assert!(found(&store, &bobs, NOW).await, "another's sessions stay");
}

/// The list is of one user, newest first, without what expired.
pub async fn sessions_are_listed_newest_first(store: Arc<dyn Store>) {
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    insert(&store, bob.id).await;
    let mut wanted: Vec<(OffsetDateTime, SessionId)> = Vec::new();
    for minutes in [3, 1, 2] {
        let mut session = samples::session(ada.id);
        session.created_at = NOW + Duration::minutes(minutes);
        store.insert_session(&session).await.unwrap();
        wanted.push((session.created_at, session.id));
    }
    let mut expired = samples::session(ada.id);
    expired.expires_at = NOW + Duration::MINUTE;
    store.insert_session(&expired).await.unwrap();
    wanted.sort_by_key(|(created, _)| std::cmp::Reverse(*created));
    let listed = store
        .list_sessions(&ada.id, NOW + Duration::minutes(10))
        .await
        .unwrap();
    let listed: Vec<_> = listed.iter().map(|s| (s.created_at, s.id)).collect();
    assert_eq!(listed, wanted);
}

/// What is over is dropped and counted; what is not, stays.
pub async fn expired_sessions_are_dropped_and_counted(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    for _ in 0..3 {
        insert(&store, ada.id).await;
    }
    let mut long = samples::session(ada.id);
    long.expires_at = NOW + Duration::WEEK;
    store.insert_session(&long).await.unwrap();
    let later = NOW + Duration::DAY;
    assert_eq!(store.remove_expired_sessions(later).await.unwrap(), 3);
    assert_eq!(store.remove_expired_sessions(later).await.unwrap(), 0);
    assert!(found(&store, &long, later).await);
    assert_eq!(store.list_sessions(&ada.id, NOW).await.unwrap(), [long]);
}

/// Who is gone is not signed in.
pub async fn a_removed_user_takes_the_sessions_along(store: Arc<dyn Store>) {
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    let (adas, bobs) = (insert(&store, ada.id).await, insert(&store, bob.id).await);
    assert!(store.remove_user(&ada.id, NOW).await.unwrap());
    assert!(!found(&store, &adas, NOW).await);
    assert!(
        !store
            .touch_session(&adas.id, NOW, NOW + Duration::DAY)
            .await
            .unwrap()
    );
    assert!(
        !store.remove_session(&adas.id).await.unwrap(),
        "it is gone already"
    );
    assert!(found(&store, &bobs, NOW).await);
}

/// Whichever comes first, no session outlives its user.
pub async fn a_sign_in_while_the_user_is_removed_leaves_no_session(store: Arc<dyn Store>) {
    for round in 0..8 {
        let ada = user(&store, &format!("ada_{round}")).await;
        let session = samples::session(ada.id);
        let attempts = [true, false].map(|removes| {
            let (store, session) = (Arc::clone(&store), session.clone());
            async move {
                if removes {
                    assert!(store.remove_user(&session.user_id, NOW).await.unwrap());
                } else if let Err(error) = store.insert_session(&session).await {
                    assert_eq!(error.kind(), ErrorKind::NotFound, "{error:?}");
                }
            }
        });
        at_once(attempts).await;
        assert!(!found(&store, &session, NOW).await);
        assert!(store.list_sessions(&ada.id, NOW).await.unwrap().is_empty());
    }
}

/// Finer times are rounded towards the past.
pub async fn times_are_kept_to_the_microsecond(store: Arc<dyn Store>) {
    let ada = user(&store, "ada").await;
    let mut session = samples::session(ada.id);
    session.created_at = NOW + Duration::nanoseconds(1_999);
    session.last_seen_at = NOW + Duration::nanoseconds(2_001);
    session.expires_at = NOW + Duration::HOUR + Duration::nanoseconds(999);
    store.insert_session(&session).await.unwrap();
    let kept = store
        .find_session(&session.hash, NOW)
        .await
        .unwrap()
        .unwrap()
        .session;
    assert_eq!(kept.created_at, NOW + Duration::microseconds(1));
    assert_eq!(kept.last_seen_at, NOW + Duration::microseconds(2));
    assert_eq!(kept.expires_at, NOW + Duration::HOUR);
    let finer = NOW + Duration::DAY + Duration::nanoseconds(1_500);
    assert!(
        store
            .touch_session(&session.id, finer - Duration::DAY, finer)
            .await
            .unwrap()
    );
    let kept = store
        .find_session(&session.hash, NOW)
        .await
        .unwrap()
        .unwrap()
        .session;
    assert_eq!(
        kept.expires_at,
        NOW + Duration::DAY + Duration::microseconds(1)
    );
    assert_eq!(kept.last_seen_at, NOW + Duration::microseconds(1));
}

/// The contract of [`SessionStore`](crate::store::SessionStore) as tests.
///
/// `$new` names an `async fn` without arguments that returns a new, empty
/// [`Store`](crate::store::Store).
#[macro_export]
macro_rules! session_store_contract {
    ($new:ident) => {
        $crate::__contract!(
            session_store,
            dyn $crate::store::Store,
            $new,
            [
                a_session_is_found_with_its_user,
                a_session_shows_the_user_as_it_is_now,
                a_miss_is_no_error,
                an_insert_never_overwrites,
                a_session_of_nobody_is_not_found,
                an_expired_session_is_not_found,
                sessions_of_an_inactive_user_are_hidden,
                a_touch_moves_the_end,
                a_touch_never_revives,
                a_touch_and_a_removal_at_once_leave_no_session,
                a_removed_session_is_gone,
                all_sessions_of_a_user_end_but_the_kept_one,
                sessions_are_listed_newest_first,
                expired_sessions_are_dropped_and_counted,
                a_removed_user_takes_the_sessions_along,
                a_sign_in_while_the_user_is_removed_leaves_no_session,
                times_are_kept_to_the_microsecond,
            ]
        );
    };
}
