//! What the provider makes of a service in trouble.

mod support;

use std::time::Duration;

use support::{pair, pair_with, provider_for, quick};
use vnet_acs::Operation;
use vnet_acs::emulator::{AcsEmulator, Fault, TokenState};
use vnet_core::ErrorKind;
use vnet_core::identity::{IdentityProvider, TokenRequest, TokenScope};

const VOIP: &[TokenScope] = &[TokenScope::Voip];

fn throttle(retry_after: Option<&str>) -> Fault {
    Fault::Throttle {
        retry_after: retry_after.map(Into::into),
    }
}

fn html() -> Fault {
    Fault::HtmlUnavailable { retry_after: None }
}

#[tokio::test]
async fn each_passing_fault_is_survived() {
    let (server, provider) = pair().await;
    let (identity, _) = provider.create_identity(VOIP).await.unwrap();
    for fault in [
        throttle(Some("0")),
        throttle(Some("Fri, 14 Aug 2020 09:30:00 GMT")),
        Fault::ServerError,
        html(),
        Fault::HtmlUnavailable {
            retry_after: Some("0".into()),
        },
        Fault::Truncated,
        Fault::DropBefore,
        Fault::DropAfter,
        Fault::slow(Duration::from_millis(20)),
    ] {
        server
            .emulator()
            .order_fault(Operation::IssueToken, fault.clone());
        let token = provider.issue_token(&identity, &TokenRequest::voip()).await;
        let token = token.unwrap_or_else(|error| panic!("{fault:?}: {error:?}"));
        assert_eq!(
            server.emulator().token_state(&token.token),
            TokenState::Valid
        );
    }
}

#[tokio::test]
async fn lasting_faults_are_told_apart() {
    let (server, provider) = pair().await;
    let (identity, _) = provider.create_identity(VOIP).await.unwrap();
    for (fault, kind, attempts) in [
        (throttle(None), ErrorKind::RateLimited, 1),
        (throttle(Some("3600")), ErrorKind::RateLimited, 1),
        (throttle(Some("0")), ErrorKind::RateLimited, 4),
        (Fault::ServerError, ErrorKind::Unavailable, 4),
        (html(), ErrorKind::Unavailable, 4),
        (Fault::DropBefore, ErrorKind::Unavailable, 4),
        (Fault::Truncated, ErrorKind::Unavailable, 4),
        (Fault::GarbageJson, ErrorKind::Internal, 1),
    ] {
        server.emulator().reset();
        for _ in 0..attempts {
            server
                .emulator()
                .order_fault(Operation::IssueToken, fault.clone());
        }
        let error = provider
            .issue_token(&identity, &TokenRequest::voip())
            .await
            .unwrap_err();
        assert_eq!(error.kind(), kind, "{fault:?}: {error:?}");
        assert_eq!(server.emulator().requests().len(), attempts, "{fault:?}");
        let hour = Duration::from_secs(3600);
        let asked = (fault == throttle(Some("3600"))).then_some(hour);
        if kind == ErrorKind::RateLimited && attempts == 1 {
            assert_eq!(error.retry_after(), asked);
        }
    }
}

#[tokio::test]
async fn every_attempt_is_signed_anew() {
    let clock = vnet_core::testkit::ManualClock::new(time::OffsetDateTime::UNIX_EPOCH);
    let emulator = AcsEmulator::builder().clock_tolerance(None);
    let (server, _) = pair_with(emulator).await;
    // Each look at the clock is a second later, so each signature has a date of its own.
    #[derive(Debug)]
    struct Ticking(vnet_core::testkit::ManualClock);
    impl vnet_core::Clock for Ticking {
        fn now(&self) -> time::OffsetDateTime {
            self.0.advance(Duration::from_secs(1))
        }
    }
    let provider = provider_for(&server)
        .clock(std::sync::Arc::new(Ticking(clock)))
        .build()
        .unwrap();
    for _ in 0..3 {
        server
            .emulator()
            .order_fault(Operation::RevokeTokens, html());
    }
    let (identity, _) = provider.create_identity(VOIP).await.unwrap();
    provider.revoke_tokens(&identity).await.unwrap();
    let requests = server.emulator().requests();
    let revokes: Vec<_> = requests
        .iter()
        .filter(|request| request.operation == Some(Operation::RevokeTokens))
        .collect();
    assert_eq!(revokes.len(), 4);
    for pair in revokes.windows(2) {
        assert_ne!(pair[0].date, pair[1].date);
        assert_ne!(pair[0].authorization, pair[1].authorization);
        assert_eq!(pair[0].client_request_id, pair[1].client_request_id);
    }
}

#[tokio::test]
async fn a_deletion_that_was_done_unnoticed_is_a_success() {
    let (server, provider) = pair().await;
    let (identity, _) = provider.create_identity(VOIP).await.unwrap();
    server
        .emulator()
        .order_fault(Operation::DeleteIdentity, Fault::DropAfter);
    provider.delete_identity(&identity).await.unwrap();
    assert!(!server.emulator().knows(&identity));
    let again = provider.delete_identity(&identity).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn creating_leaves_one_orphan_at_most() {
    let (server, provider) = pair().await;
    for _ in 0..5 {
        server
            .emulator()
            .order_fault(Operation::CreateIdentity, Fault::DropAfter);
    }
    let error = provider.create_identity(VOIP).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(server.emulator().identities_count(), 2);
}

#[tokio::test]
async fn a_slow_service_is_given_up_in_time() {
    let (server, _) = pair().await;
    let mut policy = quick();
    policy.attempt_timeout = Duration::from_millis(30);
    policy.max_retries = 1;
    let provider = provider_for(&server).retry(policy).build().unwrap();
    for _ in 0..2 {
        let fault = Fault::slow(Duration::from_secs(600));
        server
            .emulator()
            .order_fault(Operation::CreateIdentity, fault);
    }
    let error = provider.create_identity(VOIP).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn a_wrong_key_is_denied_and_never_repeated() {
    let (server, _) = pair().await;
    let provider = vnet_acs::AcsIdentityProvider::builder()
        .endpoint(format!("http://{}", server.address()))
        .access_key("d3Jvbmc=")
        .allow_insecure_loopback(true)
        .retry(quick())
        .build()
        .unwrap();
    let error = provider.create_identity(VOIP).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert!(error.context().iter().any(|(key, _)| *key == "acs.ms_cv"));
    assert_eq!(server.emulator().requests().len(), 1);
}

#[tokio::test]
async fn a_clock_that_is_off_is_denied() {
    let clock = vnet_core::testkit::ManualClock::new(time::macros::datetime!(2020-01-01 0:00 UTC));
    let (server, _) = pair().await;
    let provider = provider_for(&server)
        .clock(std::sync::Arc::new(clock))
        .build()
        .unwrap();
    let error = provider.create_identity(VOIP).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
}

#[tokio::test]
async fn nobody_listening_is_unavailable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let provider = vnet_acs::AcsIdentityProvider::builder()
        .endpoint(format!("http://{address}"))
        .access_key("a2V5")
        .allow_insecure_loopback(true)
        .retry(quick())
        .build()
        .unwrap();
    let error = provider.create_identity(VOIP).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}
