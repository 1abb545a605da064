//! The rules of accounts, sessions and bearer tokens.

mod support;

use std::time::Duration;

use support::{PASSWORD, form, house, house_with};
use vnet_core::accounts::{PasswordChange, ProfileChange, SignUpPolicy};
use vnet_core::store::UserStore;
use vnet_core::{ErrorKind, Limits};

fn fields(error: &vnet_core::Error) -> Vec<(&str, &str)> {
    error
        .fields()
        .iter()
        .map(|field| (field.field, field.message.as_ref()))
        .collect()
}

#[tokio::test]
async fn signing_up_names_every_wrong_field_at_once_in_the_order_of_the_form() {
    let house = house();
    house.user("ada").await;
    let mut form = form("ADA");
    form.email = "Ada@Example.org".into();
    form.last_name = " ".into();
    form.password = "short".into();
    let error = house.vnet.accounts().sign_up(&form).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(
        fields(&error),
        [
            ("username", "The username 'ADA' already exists"),
            ("email", "The email 'Ada@Example.org' already exists"),
            ("last_name", "This field is required."),
            (
                "password",
                "This password is too short. It must contain at least 8 characters."
            ),
            ("password_2", "The passwords do not match"),
        ]
    );
}

#[tokio::test]
async fn of_two_who_want_one_name_at_once_one_gets_it_and_the_other_is_told() {
    let house = house();
    let mut other = form("ADA");
    other.email = "other@example.org".into();
    let first_form = form("ada");
    let (first, second) = tokio::join!(
        house.vnet.accounts().sign_up(&first_form),
        house.vnet.accounts().sign_up(&other)
    );
    let failed = [first, second]
        .into_iter()
        .filter_map(Result::err)
        .collect::<Vec<_>>();
    assert_eq!(failed.len(), 1);
    assert_eq!(
        (failed[0].kind(), failed[0].field()),
        (ErrorKind::InvalidInput, Some("username"))
    );
}

#[tokio::test]
async fn a_closed_house_takes_nobody_but_staff_lets_people_in() {
    let house = house_with(|builder| builder.with_sign_up(SignUpPolicy::Closed));
    let error = house
        .vnet
        .accounts()
        .sign_up(&form("ada"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::PermissionDenied, "sign_up_closed")
    );
    let boss = house.staff("boss").await;
    let staff = house.vnet.staff(&boss).unwrap();
    assert!(
        !staff
            .create_user(&form("ada"), false)
            .await
            .unwrap()
            .is_staff
    );
}

#[tokio::test]
async fn a_password_with_blanks_at_its_ends_is_used_as_typed() {
    let house = house();
    let mut form = form("ada");
    form.password = "  two blanks each  ".into();
    form.password_2 = form.password.clone();
    house.vnet.accounts().sign_up(&form).await.unwrap();
    let accounts = house.vnet.accounts();
    assert!(
        accounts
            .check_password("ada", "  two blanks each  ".into())
            .await
            .is_ok()
    );
    assert!(
        accounts
            .check_password("ada", "two blanks each".into())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn wrong_name_wrong_password_and_inactive_account_are_one_answer() {
    let house = house();
    let boss = house.staff("boss").await;
    let ada = house.user("ada").await;
    let accounts = house.vnet.accounts();
    assert_eq!(
        accounts
            .check_password(" Ada ", PASSWORD.into())
            .await
            .unwrap()
            .id,
        ada.id
    );
    let mut errors = vec![
        accounts
            .check_password("nobody", PASSWORD.into())
            .await
            .unwrap_err(),
        accounts
            .check_password("no such@name", PASSWORD.into())
            .await
            .unwrap_err(),
        accounts
            .check_password("ada", "wrong".into())
            .await
            .unwrap_err(),
    ];
    house
        .vnet
        .staff(&boss)
        .unwrap()
        .set_active(&ada.id, false)
        .await
        .unwrap();
    errors.push(
        accounts
            .check_password("ada", PASSWORD.into())
            .await
            .unwrap_err(),
    );
    let known: Vec<bool> = errors
        .iter()
        .map(|error| error.to_string().contains(&ada.id.to_string()))
        .collect();
    assert_eq!(
        known.iter().filter(|known| **known).count(),
        2,
        "{errors:?}"
    );
    assert_eq!(
        known[known.len() - 2..],
        [true, true],
        "for the log: the account"
    );
    for error in &errors {
        assert_eq!(error.code(), "wrong_credentials");
        assert_eq!(error.message(), errors[0].message(), "for people: nothing");
    }
}

#[tokio::test]
async fn a_session_slides_with_its_use_and_ends_without() {
    let house = house();
    let ada = house.user("ada").await;
    let key = house.session(&ada).await;
    let accounts = house.vnet.accounts();
    house.clock.advance(Duration::from_secs(60));
    assert!(!accounts.authenticate(&key).await.unwrap().unwrap().renewed);
    let nearly = Limits::default().session_lifetime - Duration::from_secs(120);
    for _ in 0..3 {
        house.clock.advance(nearly);
        let found = accounts.authenticate(&key).await.unwrap().unwrap();
        assert!(found.renewed);
        assert_eq!(found.signed_in.user.id, ada.id);
    }
    house
        .clock
        .advance(Limits::default().session_lifetime + Duration::from_secs(1));
    assert!(accounts.authenticate(&key).await.unwrap().is_none());
}

#[tokio::test]
async fn the_oldest_session_gives_way_when_there_are_too_many() {
    let mut limits = Limits::default();
    limits.sessions_per_user = 2;
    let house = house_with(|builder| builder.with_limits(limits));
    let ada = house.user("ada").await;
    let mut keys = Vec::new();
    for _ in 0..3 {
        house.clock.advance(Duration::from_secs(1));
        keys.push(house.session(&ada).await);
    }
    let accounts = house.vnet.accounts();
    assert!(accounts.authenticate(&keys[0]).await.unwrap().is_none());
    assert!(accounts.authenticate(&keys[1]).await.unwrap().is_some());
    assert!(accounts.authenticate(&keys[2]).await.unwrap().is_some());
}

#[tokio::test]
async fn signing_out_tells_the_sockets_of_that_session_only() {
    let house = house();
    let ada = house.user("ada").await;
    let accounts = house.vnet.accounts();
    let one = accounts
        .authenticate(&house.session(&ada).await)
        .await
        .unwrap()
        .unwrap();
    let two = accounts
        .authenticate(&house.session(&ada).await)
        .await
        .unwrap()
        .unwrap();
    let watch_one = accounts.watch_session(&one);
    let watch_two = accounts.watch_session(&two);
    assert!(
        accounts
            .end_session(&one.signed_in.session.id)
            .await
            .unwrap()
    );
    watch_one.ended().await;
    tokio::select! {
        biased;
        () = watch_two.ended() => panic!("the other session goes on"),
        () = std::future::ready(()) => {}
    }
}

#[tokio::test]
async fn a_socket_that_was_opened_while_its_session_ended_is_told_at_once() {
    let house = house();
    let ada = house.user("ada").await;
    let key = house.session(&ada).await;
    let accounts = house.vnet.accounts();
    let seen = accounts.authenticate(&key).await.unwrap().unwrap();
    accounts
        .end_session(&seen.signed_in.session.id)
        .await
        .unwrap();
    accounts.watch_session(&seen).ended().await;
}

#[tokio::test(start_paused = true)]
async fn the_store_is_not_asked_again_unless_sessions_ended_meanwhile() {
    let house = house();
    let ada = house.user("ada").await;
    let accounts = house.vnet.accounts();
    let seen = accounts
        .authenticate(&house.session(&ada).await)
        .await
        .unwrap()
        .unwrap();
    let other = accounts.sessions(&ada.id).await.unwrap()[0].id;
    let known = accounts.watch_session(&seen);
    // Its time is over, which only the store tells.
    house.clock.advance(Limits::default().session_lifetime * 2);
    let began = tokio::time::Instant::now();
    known.ended().await;
    assert_eq!(began.elapsed(), Limits::default().session_check_interval);
    // Somebody's session ended since this one was looked up: it could have been this one.
    accounts.end_session(&other).await.unwrap();
    let began = tokio::time::Instant::now();
    accounts.watch_session(&seen).ended().await;
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_while_a_socket_is_opened_always_ends_the_socket() {
    let house = house();
    let ada = house.user("ada").await;
    for round in 0..300 {
        let key = house.session(&ada).await;
        let accounts = house.vnet.accounts().clone();
        let session = accounts.sessions(&ada.id).await.unwrap()[0].id;
        let ending = tokio::spawn({
            let accounts = accounts.clone();
            async move { accounts.end_session(&session).await.unwrap() }
        });
        if let Some(seen) = accounts.authenticate(&key).await.unwrap() {
            let watch = accounts.watch_session(&seen);
            let told = tokio::time::timeout(Duration::from_secs(20), watch.ended()).await;
            assert!(told.is_ok(), "round {round}");
        }
        assert!(ending.await.unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_that_ends_elsewhere_is_noticed_by_its_sockets() {
    let house = house();
    let ada = house.user("ada").await;
    let key = house.session(&ada).await;
    let accounts = house.vnet.accounts();
    let seen = accounts.authenticate(&key).await.unwrap().unwrap();
    let watch = accounts.watch_session(&seen);
    house
        .clock
        .advance(Limits::default().session_lifetime + Duration::from_secs(1));
    let began = tokio::time::Instant::now();
    watch.ended().await;
    assert!(began.elapsed() <= Limits::default().session_check_interval * 2);
}

#[tokio::test]
async fn nobody_ends_the_session_of_another() {
    let house = house();
    let (ada, eve) = (house.user("ada").await, house.user("eve").await);
    let key = house.session(&ada).await;
    let accounts = house.vnet.accounts();
    let session = accounts.sessions(&ada.id).await.unwrap()[0].id;
    assert!(!accounts.end_own_session(&eve.id, &session).await.unwrap());
    assert!(accounts.authenticate(&key).await.unwrap().is_some());
    assert!(accounts.end_own_session(&ada.id, &session).await.unwrap());
    assert!(accounts.authenticate(&key).await.unwrap().is_none());
}

#[tokio::test]
async fn a_bearer_token_dies_with_time_sessions_and_account() {
    let house = house();
    let boss = house.staff("boss").await;
    let ada = house.user("ada").await;
    let accounts = house.vnet.accounts();
    let token = accounts.issue_bearer(&ada);
    assert_eq!(
        accounts
            .authenticate_bearer(token.expose())
            .await
            .unwrap()
            .id,
        ada.id
    );

    accounts.end_all_sessions(&ada.id, None).await.unwrap();
    let error = accounts
        .authenticate_bearer(token.expose())
        .await
        .unwrap_err();
    assert_eq!(error.code(), "invalid_token");

    let token = accounts.issue_bearer(&accounts.get(&ada.id).await.unwrap());
    house.clock.advance(Limits::default().bearer_lifetime);
    assert_eq!(
        accounts
            .authenticate_bearer(token.expose())
            .await
            .unwrap_err()
            .code(),
        "invalid_token"
    );

    let token = accounts.issue_bearer(&accounts.get(&ada.id).await.unwrap());
    house
        .vnet
        .staff(&boss)
        .unwrap()
        .set_active(&ada.id, false)
        .await
        .unwrap();
    assert_eq!(
        accounts
            .authenticate_bearer(token.expose())
            .await
            .unwrap_err()
            .code(),
        "inactive_user"
    );
}

#[tokio::test]
async fn a_new_password_ends_every_other_session_and_token() {
    let house = house();
    let ada = house.user("ada").await;
    let (here, there) = (house.session(&ada).await, house.session(&ada).await);
    let accounts = house.vnet.accounts();
    let token = accounts.issue_bearer(&ada);
    let keep = accounts
        .authenticate(&here)
        .await
        .unwrap()
        .unwrap()
        .signed_in
        .session
        .id;
    let mut change = PasswordChange {
        current: "wrong".into(),
        password: "another good one".into(),
        password_2: "another good 1".into(),
    };
    let error = accounts
        .change_password(&ada, &change, Some(keep))
        .await
        .unwrap_err();
    assert_eq!(
        fields(&error),
        [
            ("current", "This is not your current password."),
            ("password_2", "The passwords do not match"),
        ]
    );
    change.current = PASSWORD.into();
    change.password_2 = change.password.clone();
    accounts
        .change_password(&ada, &change, Some(keep))
        .await
        .unwrap();
    assert!(accounts.authenticate(&here).await.unwrap().is_some());
    assert!(accounts.authenticate(&there).await.unwrap().is_none());
    assert!(accounts.authenticate_bearer(token.expose()).await.is_err());
    assert!(
        accounts
            .check_password("ada", "another good one".into())
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_profile_changes_as_a_whole_or_not_at_all() {
    let house = house();
    let (ada, _eve) = (house.user("ada").await, house.user("eve").await);
    let accounts = house.vnet.accounts();
    let mut change = ProfileChange {
        username: "EVE".into(),
        email: "new@example.org".into(),
        first_name: " Augusta ".into(),
        last_name: "King".into(),
        meeting_name: "Ada K.".into(),
    };
    let error = accounts.update_profile(&ada, &change).await.unwrap_err();
    assert_eq!(
        fields(&error),
        [("username", "The username 'EVE' already exists")]
    );
    assert_eq!(accounts.get(&ada.id).await.unwrap(), ada);

    change.username = "augusta".into();
    let changed = accounts.update_profile(&ada, &change).await.unwrap();
    assert_eq!(
        (changed.first_name.as_str(), changed.meeting_name.as_str()),
        ("Augusta", "Ada K.")
    );
    // The first reading is stale now: it cannot undo the change.
    assert_eq!(
        accounts
            .update_profile(&ada, &change)
            .await
            .unwrap_err()
            .code(),
        "stale"
    );
}

#[tokio::test]
async fn staff_cannot_lock_itself_out_and_others_are_no_staff() {
    let house = house();
    let boss = house.staff("boss").await;
    let ada = house.user("ada").await;
    assert_eq!(house.vnet.staff(&ada).unwrap_err().code(), "not_staff");
    let staff = house.vnet.staff(&boss).unwrap();
    assert_eq!(
        staff.set_staff(&boss.id, false).await.unwrap_err().code(),
        "own_account"
    );
    assert_eq!(
        staff.set_active(&boss.id, false).await.unwrap_err().code(),
        "own_account"
    );
    assert_eq!(
        staff.delete_user(&boss.id).await.unwrap_err().code(),
        "own_account"
    );
    assert!(staff.set_staff(&ada.id, true).await.unwrap().is_staff);
    assert!(staff.delete_user(&ada.id).await.unwrap());
    assert!(house.store.get_user(&ada.id).await.unwrap().is_none());
}
