//! The five operations, end to end.

mod support;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use support::{pair, pair_with, provider_for};
use vnet_acs::emulator::{AcsEmulator, TokenState};
use vnet_acs::{AcsIdentityProvider, TeamsUserToken};
use vnet_core::identity::{Identity, IdentityProvider, TokenRequest, TokenScope};
use vnet_core::testkit::ManualClock;
use vnet_core::{ErrorKind, Secret};

const NOW: time::OffsetDateTime = time::macros::datetime!(2026-08-14 09:30:00.123_456_7 UTC);

#[tokio::test]
async fn an_identity_lives_its_life() {
    let (server, provider) = pair().await;
    let emulator = server.emulator();
    let (identity, first) = provider.create_identity(&[TokenScope::Voip]).await.unwrap();
    assert!(
        identity
            .as_str()
            .starts_with(&format!("8:acs:{}_", emulator.resource_id()))
    );
    let second = provider
        .issue_token(&identity, &TokenRequest::voip())
        .await
        .unwrap();
    assert_eq!(emulator.token_state(&first.token), TokenState::Valid);
    provider.revoke_tokens(&identity).await.unwrap();
    assert_eq!(emulator.token_state(&first.token), TokenState::Revoked);
    assert_eq!(emulator.token_state(&second.token), TokenState::Revoked);
    let third = provider
        .issue_token(&identity, &TokenRequest::voip())
        .await
        .unwrap();
    assert_eq!(emulator.token_state(&third.token), TokenState::Valid);
    provider.delete_identity(&identity).await.unwrap();
    assert_eq!(emulator.token_state(&third.token), TokenState::Revoked);
    let targets: Vec<_> = emulator
        .requests()
        .into_iter()
        .map(|request| request.target)
        .collect();
    assert!(
        targets
            .iter()
            .all(|target| target.ends_with("?api-version=2023-10-01"))
    );
    assert!(
        targets[1].starts_with("/identities/8%3Aacs%3A"),
        "{targets:?}"
    );
}

#[tokio::test]
async fn tokens_end_when_they_say() {
    let clock = ManualClock::new(NOW);
    let emulator = AcsEmulator::builder()
        .clock(std::sync::Arc::new(clock.clone()))
        .clock_tolerance(None);
    let (server, provider) = pair_with(emulator).await;
    let (identity, first) = provider.create_identity(&[TokenScope::Chat]).await.unwrap();
    assert_eq!(first.expires_at, NOW + time::Duration::hours(24));
    let ask = TokenRequest {
        scopes: vec![TokenScope::VoipJoin],
        lifetime: Some(Duration::from_secs(3600)),
    };
    let short = provider.issue_token(&identity, &ask).await.unwrap();
    assert_eq!(short.expires_at, NOW + time::Duration::hours(1));
    clock.advance(Duration::from_secs(3600));
    assert_eq!(
        server.emulator().token_state(&short.token),
        TokenState::Expired
    );
    assert_eq!(
        server.emulator().token_state(&first.token),
        TokenState::Valid
    );
}

#[tokio::test]
async fn two_keys_work_and_renewing_one_ends_its_tokens() {
    let emulator = AcsEmulator::builder()
        .access_key("cHJpbWFyeQ==")
        .access_key("c2Vjb25kYXJ5");
    let (server, primary) = pair_with(emulator).await;
    let secondary = AcsIdentityProvider::builder()
        .endpoint(format!("http://{}", server.address()))
        .access_key("c2Vjb25kYXJ5")
        .allow_insecure_loopback(true)
        .build()
        .unwrap();
    let (identity, one) = primary.create_identity(&[TokenScope::Voip]).await.unwrap();
    let two = secondary
        .issue_token(&identity, &TokenRequest::voip())
        .await
        .unwrap();
    server.emulator().revoke_tokens_of_key(0);
    assert_eq!(
        server.emulator().token_state(&one.token),
        TokenState::Revoked
    );
    assert_eq!(server.emulator().token_state(&two.token), TokenState::Valid);
}

#[tokio::test]
async fn identities_that_cannot_be_addressed_are_refused_unsent() {
    let (server, provider) = pair().await;
    for id in [".", ".."] {
        let identity = Identity::new(id).unwrap();
        let error = provider.delete_identity(&identity).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{id}");
    }
    assert!(server.emulator().requests().is_empty());
}

fn teams_token(payload: &serde_json::Value) -> Secret {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    Secret::new(format!(
        "{}.{}.c2ln",
        part("{}"),
        part(&payload.to_string())
    ))
}

#[tokio::test]
async fn teams_tokens_are_exchanged() {
    let clock = ManualClock::new(NOW);
    let emulator = AcsEmulator::builder().clock(std::sync::Arc::new(clock.clone()));
    let (server, _) = pair_with(emulator).await;
    let provider = provider_for(&server)
        .clock(std::sync::Arc::new(clock))
        .build()
        .unwrap();
    let user = |token: Secret| TeamsUserToken {
        token,
        app_id: "app".into(),
        user_id: "user".into(),
    };
    let end = NOW.unix_timestamp() + 4000;
    let good = teams_token(&serde_json::json!({ "exp": end, "appid": "app" }));
    let token = provider
        .exchange_teams_user_token(&user(good))
        .await
        .unwrap();
    assert_eq!(token.expires_at.unix_timestamp(), end);
    assert_eq!(
        server.emulator().token_state(&token.token),
        TokenState::Valid
    );

    let expired = serde_json::json!({ "exp": NOW.unix_timestamp() - 1 });
    for bad in [Secret::new(""), Secret::new("a.b"), teams_token(&expired)] {
        let error = provider
            .exchange_teams_user_token(&user(bad))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    }
    let other_app = teams_token(&serde_json::json!({ "exp": end, "appid": "other" }));
    let error = provider
        .exchange_teams_user_token(&user(other_app))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn changes_at_the_emulator_can_be_waited_for() {
    let (server, provider) = pair().await;
    let emulator = server.emulator().clone();
    // What holds already is not waited for.
    emulator
        .wait_until(|emulator| emulator.identities_count() == 0)
        .await;
    let waiting = tokio::spawn({
        let emulator = emulator.clone();
        let mut asked = 0;
        async move {
            let first_was_made = |emulator: &AcsEmulator| {
                asked += 1;
                emulator.identities_count() == 1
            };
            emulator.wait_until(first_was_made).await;
            asked
        }
    });
    let (identity, token) = provider.create_identity(&[TokenScope::Voip]).await.unwrap();
    let asked = waiting.await.unwrap();
    assert!(asked <= 2, "asked only after changes, but {asked} times");

    let gone = tokio::spawn({
        let (emulator, identity) = (emulator.clone(), identity.clone());
        async move {
            emulator
                .wait_until(|emulator| !emulator.knows(&identity))
                .await;
        }
    });
    emulator.delete_identity(&identity);
    gone.await.unwrap();
    assert_eq!(emulator.token_state(&token.token), TokenState::Revoked);
    let refused = provider.issue_token(&identity, &TokenRequest::voip()).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::NotFound);
}
