//! The background upkeep.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use support::{house, house_of};
use time::macros::datetime;
use tokio_util::sync::CancellationToken;
use vnet_core::identity::{AccessToken, Identity};
use vnet_core::log::LINES;
use vnet_core::store::SessionStore;
use vnet_core::testkit::logs::Logs;
use vnet_core::testkit::mocks::MockIdentityProvider;
use vnet_core::{Error, ErrorKind, Limits};

fn access(life: Duration) -> (Identity, AccessToken) {
    let expires_at = datetime!(2026-11-21 09:00 UTC) + life;
    (
        Identity::new("8:test:1").expect("a good id"),
        AccessToken {
            token: "t".into(),
            expires_at,
        },
    )
}

const DAY: Duration = Duration::from_secs(24 * 3600);

#[tokio::test]
async fn tokens_of_live_sessions_are_renewed_before_they_run_out_and_others_left_alone() {
    let mut provider = MockIdentityProvider::new();
    let mut made = 0;
    provider
        .expect_create_identity()
        .times(2)
        .returning(move |_| {
            made += 1;
            let (_, token) = access(DAY);
            Ok((Identity::new(format!("8:test:{made}")).unwrap(), token))
        });
    provider
        .expect_issue_token()
        .times(1)
        .returning(|_, _| Ok(access(DAY * 2).1));
    let house = house_of(Arc::new(provider));
    let (ada, eve) = (house.user("ada").await, house.user("eve").await);
    house.session(&ada).await;
    house.vnet.identities().access(&ada.id).await.unwrap();
    house.vnet.identities().access(&eve.id).await.unwrap();
    assert_eq!(house.vnet.upkeep_round().await.unwrap().renewed, 0);
    house
        .clock
        .advance(DAY - Duration::from_secs(2 * 3600 + 60));
    assert_eq!(house.vnet.upkeep_round().await.unwrap().renewed, 1);
    assert_eq!(house.vnet.upkeep_round().await.unwrap().renewed, 0);
}

#[tokio::test]
async fn a_deletion_is_repeated_until_the_provider_confirms_it() {
    let mut provider = MockIdentityProvider::new();
    provider
        .expect_create_identity()
        .returning(|_| Ok(access(DAY)));
    let mut tries = 0;
    provider
        .expect_delete_identity()
        .times(3)
        .returning(move |_| {
            tries += 1;
            match tries {
                1 | 2 => Err(Error::new(ErrorKind::Unavailable, "down", "down")),
                _ => Err(Error::not_found("identity")),
            }
        });
    let house = house_of(Arc::new(provider));
    let ada = house.user("ada").await;
    house.vnet.identities().access(&ada.id).await.unwrap();
    house.vnet.accounts().delete(&ada.id).await.unwrap();
    assert_eq!(house.vnet.upkeep_round().await.unwrap().failed, 1);
    // Not due again at once, so it is not tried.
    assert_eq!(house.vnet.upkeep_round().await.unwrap().failed, 0);
    house.clock.advance(Duration::from_secs(61));
    assert_eq!(house.vnet.upkeep_round().await.unwrap().failed, 1);
    house.clock.advance(Duration::from_secs(121));
    assert_eq!(house.vnet.upkeep_round().await.unwrap().failed, 0);
    house.clock.advance(DAY * 30);
    assert_eq!(house.vnet.upkeep_round().await.unwrap().failed, 0);
}

#[tokio::test]
async fn a_provider_that_asks_for_a_pause_ends_the_round() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let mut provider = MockIdentityProvider::new();
    provider.expect_create_identity().returning(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        Err(
            Error::new(ErrorKind::RateLimited, "throttled", "too many requests")
                .with_retry_after(Duration::from_secs(17)),
        )
    });
    let house = house_of(Arc::new(provider));
    for number in 0..30 {
        let user = house.user(&format!("user_{number}")).await;
        house.session(&user).await;
    }
    let round = house.vnet.upkeep_round().await.unwrap();
    assert_eq!(round.retry_after, Some(Duration::from_secs(17)));
    assert!(calls.load(Ordering::SeqCst) < 20, "{calls:?}");
}

#[tokio::test(start_paused = true)]
async fn upkeep_runs_until_it_is_stopped_and_is_woken_by_a_sign_in() {
    let made = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&made);
    let mut provider = MockIdentityProvider::new();
    provider.expect_create_identity().returning(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        Ok(access(DAY))
    });
    let house = house_of(Arc::new(provider));
    let stop = CancellationToken::new();
    let upkeep = tokio::spawn({
        let (vnet, stop) = (house.vnet.clone(), stop.clone());
        async move { vnet.run_upkeep(stop).await }
    });
    let ada = house.user("ada").await;
    let began = tokio::time::Instant::now();
    house.session(&ada).await;
    while made.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(began.elapsed() < Limits::default().refresh_interval);
    stop.cancel();
    upkeep.await.unwrap();
}

#[tokio::test]
async fn expired_sessions_are_swept() {
    let house = house();
    let ada = house.user("ada").await;
    house.session(&ada).await;
    house
        .clock
        .advance(Limits::default().session_lifetime + Duration::from_secs(1));
    house.vnet.upkeep_round().await.unwrap();
    let long_ago = datetime!(2026-11-21 09:00 UTC);
    assert!(
        house
            .store
            .list_sessions(&ada.id, long_ago)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_provider_that_stays_down_does_not_fill_the_log() {
    let mut provider = MockIdentityProvider::new();
    provider
        .expect_create_identity()
        .returning(|_| Ok(access(DAY)));
    provider
        .expect_issue_token()
        .returning(|_, _| Err(Error::new(ErrorKind::Unavailable, "down", "down")));
    let house = house_of(Arc::new(provider));
    let ada = house.user("ada").await;
    house.session(&ada).await;
    house.vnet.identities().access(&ada.id).await.unwrap();
    house.clock.advance(DAY - Duration::from_secs(3600));
    let logs = Logs::new();
    let _guard = tracing::subscriber::set_default(logs.clone());
    for _ in 0..200 {
        house.vnet.identities().access(&ada.id).await.unwrap();
        assert_eq!(house.vnet.upkeep_round().await.unwrap().failed, 1);
    }
    let lines = logs.lines();
    let about = |what: &str| lines.iter().filter(|line| line.contains(what)).count();
    let (all, kept) = (about("cannot renew a token"), about("the kept one goes on"));
    assert_eq!((all - kept, kept), (LINES as usize, LINES as usize));
}
