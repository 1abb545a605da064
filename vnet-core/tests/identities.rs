//! Identities and tokens: made once, renewed once, replaced when gone, deleted for sure.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use support::{house, house_of};
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::sync::Semaphore;
use vnet_core::identity::{AccessToken, Identity, IdentityProvider, TokenRequest, TokenScope};
use vnet_core::store::IdentityStore;
use vnet_core::testkit::mocks::MockIdentityProvider;
use vnet_core::{Error, ErrorKind, Result, async_trait};

const START: OffsetDateTime = datetime!(2026-11-21 09:00 UTC);

fn token(text: &str, life: Duration) -> AccessToken {
    AccessToken {
        token: text.into(),
        expires_at: START + life,
    }
}

fn hours(n: u64) -> Duration {
    Duration::from_secs(n * 3600)
}

fn identity(n: usize) -> Identity {
    Identity::new(format!("8:test:{n}")).expect("a good id")
}

fn down() -> Error {
    Error::new(ErrorKind::Unavailable, "down", "the provider is down")
}

/// A provider that answers only when it is let.
#[derive(Debug)]
struct Gate {
    open: Semaphore,
    created: AtomicUsize,
}

impl Gate {
    fn closed() -> Arc<Self> {
        Arc::new(Self {
            open: Semaphore::new(0),
            created: AtomicUsize::new(0),
        })
    }
}

#[async_trait]
impl IdentityProvider for Gate {
    async fn create_identity(&self, _scopes: &[TokenScope]) -> Result<(Identity, AccessToken)> {
        let number = self.created.fetch_add(1, Ordering::SeqCst);
        self.open.acquire().await.expect("never closed").forget();
        Ok((identity(number), token("first", hours(24))))
    }

    async fn issue_token(&self, _identity: &Identity, _: &TokenRequest) -> Result<AccessToken> {
        Err(down())
    }

    async fn revoke_tokens(&self, _identity: &Identity) -> Result<()> {
        Ok(())
    }

    async fn delete_identity(&self, _identity: &Identity) -> Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn however_many_wait_one_identity_is_made() {
    let gate = Gate::closed();
    let house = house_of(Arc::clone(&gate));
    let ada = house.user("ada").await;
    let waiting: Vec<_> = (0..50)
        .map(|_| {
            let (vnet, id) = (house.vnet.clone(), ada.id);
            tokio::spawn(async move { vnet.identities().access(&id).await })
        })
        .collect();
    tokio::task::yield_now().await;
    gate.open.add_permits(50);
    for waiter in waiting {
        assert_eq!(waiter.await.unwrap().unwrap().0, identity(0));
    }
    assert_eq!(gate.created.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_renewal_goes_on_when_nobody_waits_any_more() {
    let gate = Gate::closed();
    let house = house_of(Arc::clone(&gate));
    let ada = house.user("ada").await;
    tokio::select! {
        biased;
        _ = house.vnet.identities().access(&ada.id) => panic!("the gate is closed"),
        () = async {
            while gate.created.load(Ordering::SeqCst) == 0 {
                tokio::task::yield_now().await;
            }
        } => {}
    }
    gate.open.add_permits(1);
    assert_eq!(
        house.vnet.identities().access(&ada.id).await.unwrap().0,
        identity(0)
    );
    assert_eq!(gate.created.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_does_not_answer_is_given_up() {
    let house = house_of(Gate::closed());
    let ada = house.user("ada").await;
    let error = house.vnet.identities().access(&ada.id).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Unavailable, "provider_timeout")
    );
}

#[tokio::test]
async fn a_user_deleted_while_the_identity_is_made_leaves_none_behind() {
    let gate = Gate::closed();
    let house = house_of(Arc::clone(&gate));
    let ada = house.user("ada").await;
    let (vnet, id) = (house.vnet.clone(), ada.id);
    let access = tokio::spawn(async move { vnet.identities().access(&id).await });
    while gate.created.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    assert!(house.vnet.accounts().delete(&ada.id).await.unwrap());
    gate.open.add_permits(1);
    assert_eq!(
        access.await.unwrap().unwrap_err().kind(),
        ErrorKind::NotFound
    );
    let queued = house.store.list_due_deletions(START, 10).await.unwrap();
    assert_eq!(
        queued
            .iter()
            .map(|queued| &queued.identity)
            .collect::<Vec<_>>(),
        [&identity(0)]
    );
}

#[tokio::test]
async fn a_token_is_renewed_when_less_than_two_hours_are_left() {
    let mut provider = MockIdentityProvider::new();
    provider
        .expect_create_identity()
        .times(1)
        .returning(|_| Ok((identity(1), token("first", hours(24)))));
    provider
        .expect_issue_token()
        .withf(|asked, request| *asked == identity(1) && request.scopes == [TokenScope::Voip])
        .times(1)
        .returning(|_, _| Ok(token("second", hours(46))));
    let house = house_of(Arc::new(provider));
    let ada = house.user("ada").await;
    let access = || house.vnet.identities().access(&ada.id);
    assert_eq!(access().await.unwrap().1.token.expose(), "first");
    house.clock.advance(hours(22));
    assert_eq!(access().await.unwrap().1.token.expose(), "first");
    house.clock.advance(Duration::from_secs(1));
    assert_eq!(access().await.unwrap().1.token.expose(), "second");
    assert_eq!(access().await.unwrap().1.token.expose(), "second");
}

#[tokio::test]
async fn a_provider_of_short_tokens_is_not_asked_on_every_request() {
    let mut provider = MockIdentityProvider::new();
    let life = Duration::from_secs(3600);
    provider
        .expect_create_identity()
        .times(1)
        .returning(move |_| Ok((identity(1), token("first", life))));
    provider
        .expect_issue_token()
        .times(1)
        .returning(move |_, _| Ok(token("second", life * 2)));
    let house = house_of(Arc::new(provider));
    let ada = house.user("ada").await;
    for _ in 0..5 {
        let (_, token) = house.vnet.identities().access(&ada.id).await.unwrap();
        assert_eq!(token.token.expose(), "first");
        house.clock.advance(Duration::from_secs(60));
    }
    house.clock.advance(Duration::from_secs(30 * 60));
    let (_, token) = house.vnet.identities().access(&ada.id).await.unwrap();
    assert_eq!(token.token.expose(), "second");
}

#[tokio::test]
async fn while_the_provider_is_down_a_kept_token_goes_on_until_it_ends() {
    let mut provider = MockIdentityProvider::new();
    provider
        .expect_create_identity()
        .times(1)
        .returning(|_| Ok((identity(1), token("first", hours(24)))));
    provider
        .expect_issue_token()
        .times(2)
        .returning(|_, _| Err(down()));
    let house = house_of(Arc::new(provider));
    let ada = house.user("ada").await;
    let access = || house.vnet.identities().access(&ada.id);
    access().await.unwrap();
    house.clock.advance(hours(23));
    assert_eq!(access().await.unwrap().1.token.expose(), "first");
    house.clock.advance(hours(1));
    assert_eq!(access().await.unwrap_err().code(), "down");
}

#[tokio::test]
async fn an_identity_that_the_provider_calls_gone_is_replaced() {
    let mut provider = MockIdentityProvider::new();
    let mut number = 0;
    provider
        .expect_create_identity()
        .times(2)
        .returning(move |_| {
            number += 1;
            Ok((
                identity(number),
                token("made", hours(24 * u64::try_from(number).unwrap())),
            ))
        });
    provider
        .expect_issue_token()
        .times(1)
        .returning(|_, _| Err(Error::not_found("identity")));
    let house = house_of(Arc::new(provider));
    let ada = house.user("ada").await;
    let access = || house.vnet.identities().access(&ada.id);
    assert_eq!(access().await.unwrap().0, identity(1));
    house.clock.advance(hours(23));
    assert_eq!(access().await.unwrap().0, identity(2));
    assert_eq!(
        house
            .vnet
            .identities()
            .kept(&ada.id)
            .await
            .unwrap()
            .unwrap()
            .identity,
        identity(2)
    );
}

#[tokio::test]
async fn revoking_the_tokens_of_an_identity_that_is_gone_replaces_it() {
    let mut provider = MockIdentityProvider::new();
    let mut number = 0;
    provider
        .expect_create_identity()
        .times(2)
        .returning(move |_| {
            number += 1;
            Ok((identity(number), token("made", hours(24))))
        });
    let gone = || Err(Error::not_found("identity"));
    provider
        .expect_revoke_tokens()
        .times(1)
        .returning(move |_| gone());
    provider
        .expect_issue_token()
        .times(1)
        .returning(|_, _| Err(Error::not_found("identity")));
    let house = house_of(Arc::new(provider));
    let ada = house.user("ada").await;
    house.vnet.identities().access(&ada.id).await.unwrap();
    house
        .vnet
        .accounts()
        .end_all_sessions(&ada.id, None)
        .await
        .unwrap();
    while house
        .vnet
        .identities()
        .kept(&ada.id)
        .await
        .unwrap()
        .unwrap()
        .identity
        != identity(2)
    {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn signing_up_succeeds_while_the_provider_is_down_and_the_identity_follows() {
    let mut provider = MockIdentityProvider::new();
    let mut calls = 0;
    provider
        .expect_create_identity()
        .times(2)
        .returning(move |_| {
            calls += 1;
            if calls == 1 {
                Err(down())
            } else {
                Ok((identity(1), token("late", hours(24))))
            }
        });
    let house = house_of(Arc::new(provider));
    let ada = house.user("ada").await;
    house.session(&ada).await;
    assert_eq!(house.vnet.upkeep_round().await.unwrap().failed, 1);
    assert!(
        house
            .vnet
            .identities()
            .kept(&ada.id)
            .await
            .unwrap()
            .is_none()
    );
    let round = house.vnet.upkeep_round().await.unwrap();
    assert_eq!((round.renewed, round.failed), (1, 0));
    assert_eq!(
        house
            .vnet
            .identities()
            .kept(&ada.id)
            .await
            .unwrap()
            .unwrap()
            .identity,
        identity(1)
    );
}

#[tokio::test]
async fn local_identities_serve_without_any_cloud() {
    let house = house();
    let ada = house.user("ada").await;
    let (identity, token) = house.vnet.identities().access(&ada.id).await.unwrap();
    assert!(identity.as_str().starts_with("8:vnet:"), "{identity}");
    assert!(token.expires_at - START >= time::Duration::hours(2));
}
