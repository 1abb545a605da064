//! With Azure Communication Services, as its emulator speaks.

use std::sync::Arc;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::tempdir;
use vnet::Secret;
use vnet::acs::Operation;
use vnet::acs::emulator::{AcsEmulator, EmulatorServer, Fault, GoneAnswer, TokenState};
use vnet::core::identity::Identity;
use vnet::core::testkit::ManualClock;
use vnet::core::{Clock as _, SystemClock};

use crate::server::Server;
use crate::support::PATIENCE;
use crate::support::person::{PASSWORD, Person};

async fn emulator() -> EmulatorServer {
    let emulator = AcsEmulator::builder().build().expect("an emulator");
    emulator.spawn().await.expect("a free port")
}

/// A server that gets its identities from `acs`.
async fn start(data: &std::path::Path, acs: &EmulatorServer) -> Server {
    let string = acs.connection_string();
    let variables = [
        ("VNET_ACS_CONNECTION_STRING", string.expose()),
        ("VNET_LIMIT", "token=100000/1m"),
    ];
    Server::start_with(data, &["--acs-endpoint-insecure"], &variables).await
}

/// Waits until what happens in another process has happened, as the emulator sees it.
async fn eventually(acs: &EmulatorServer, what: &str, done: impl Fn(&AcsEmulator) -> bool + Send) {
    let happened = tokio::time::timeout(PATIENCE, acs.emulator().wait_until(done)).await;
    happened.unwrap_or_else(|_late| panic!("never happened: {what}"));
}

fn count(acs: &AcsEmulator, operation: Operation) -> usize {
    let requests = acs.requests();
    requests
        .iter()
        .filter(|request| request.operation == Some(operation))
        .count()
}

/// The token that `/account/acs-token/` gives.
async fn acs_token(person: &Person) -> Secret {
    let answer = person.post_json("/account/acs-token/", &json!({})).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let answer: Value = answer.json().await.unwrap();
    assert!(answer["expires_on"].is_string(), "{answer}");
    Secret::from(answer["token"].as_str().expect("a token"))
}

/// The whole life of an account: made, met, gone, here and at the provider.
#[tokio::test]
async fn an_account_lives_and_ends_here_and_at_the_provider() {
    let (data, acs) = (tempdir().unwrap(), emulator().await);
    let server = start(data.path(), &acs).await;
    assert!(
        server
            .banner
            .join("\n")
            .contains("Azure Communication Services")
    );
    let ada = Person::sign_up(&server.url, "ada_1").await;
    let bob = Person::sign_up(&server.url, "bob_1").await;
    eventually(&acs, "identities follow", |acs| acs.identities_count() == 2).await;

    let token = acs_token(&ada).await;
    assert!(matches!(
        acs.emulator().token_state(&token),
        TokenState::Valid
    ));
    let details = ada.get_json("/account/get/user-details/?acs=1").await;
    let identity = Identity::new(details["acs_identity"].as_str().unwrap()).unwrap();
    assert!(acs.emulator().knows(&identity));
    assert_eq!(
        count(acs.emulator(), Operation::CreateIdentity),
        2,
        "one each, however many ask"
    );

    a_guest_gets_a_ticket(&acs, &ada, &bob).await;
    let (mut one, mut two) = (
        ada.enter("161803", "").await,
        bob.enter("161803", "?echo=off").await,
    );
    while one.hear().await["peers_count"] != 2 {}
    one.say("offer", json!({"sdp": "v=0"})).await;
    while two.hear().await["type"] != "offer" {}
    two.say("answer", json!({"sdp": "v=0"})).await;
    while one.hear().await["type"] != "answer" {}
    one.say("candidate", json!({"candidate": "c"})).await;
    assert_eq!(two.hear().await["candidates"]["candidate"], "c");

    bob.post_form("/account/sign-out/", &[]).await;
    assert_eq!(two.closed().await, 4401);
    let gone = ada
        .post_form("/account/delete/", &[("password", PASSWORD)])
        .await;
    assert!(gone.status().is_redirection(), "{}", gone.status());
    assert_eq!(one.closed().await, 4401);
    eventually(&acs, "the identity is deleted", |acs| !acs.knows(&identity)).await;
    assert_eq!(acs.emulator().identities_count(), 1, "the other one stays");
    server.stop().await;
}

/// What a guest needs to enter a meeting of ACS.
async fn a_guest_gets_a_ticket(acs: &EmulatorServer, host: &Person, guest: &Person) {
    let meeting = host.schedule("Standup").await;
    let id = meeting["meeting_id"].as_str().unwrap();
    let ticket = guest
        .post_json(&format!("/meeting/meetings/{id}/join/"), &json!({}))
        .await;
    assert_eq!(ticket.status(), StatusCode::OK);
    let ticket: Value = ticket.json().await.unwrap();
    assert_eq!(ticket["provider"], "acs");
    assert_eq!(ticket["group_id"], meeting["meeting_uuid"]);
    assert_eq!(ticket["role"], "guest");
    let theirs = Secret::from(ticket["token"].as_str().unwrap());
    assert!(matches!(
        acs.emulator().token_state(&theirs),
        TokenState::Valid
    ));
}

/// A provider that is down stops nobody from signing up, and the identity follows.
#[tokio::test]
async fn sign_up_does_not_need_the_provider() {
    let (data, acs) = (tempdir().unwrap(), emulator().await);
    for _ in 0..1_000 {
        acs.emulator()
            .order_fault(Operation::CreateIdentity, Fault::DropBefore);
    }
    let server = start(data.path(), &acs).await;
    let ada = Person::sign_up(&server.url, "ada_2").await;
    eventually(&acs, "it was tried", |acs| {
        count(acs, Operation::CreateIdentity) > 0
    })
    .await;
    let refused = ada.post_json("/account/acs-token/", &json!({})).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key("retry-after"));
    // What needs no provider goes on.
    let details = ada.get_json("/account/get/user-details/?acs=1").await;
    assert_eq!(details["acs_identity"], Value::Null);
    assert!(details["auth_token"].is_string());
    ada.schedule("Without a provider").await;
    for path in ["/", "/account/", "/help/"] {
        assert_eq!(ada.get(path).await.status(), StatusCode::OK, "{path}");
    }
    acs.emulator().reset();
    let token = acs_token(&ada).await;
    assert!(matches!(
        acs.emulator().token_state(&token),
        TokenState::Valid
    ));
    assert_eq!(acs.emulator().identities_count(), 1);
    server.stop().await;
}

/// A new password makes the tokens that somebody may have stolen useless, at the provider, too.
#[tokio::test]
async fn a_new_password_revokes_the_tokens_at_the_provider() {
    let (data, acs) = (tempdir().unwrap(), emulator().await);
    let server = start(data.path(), &acs).await;
    let ada = Person::sign_up(&server.url, "ada_3").await;
    let before = acs_token(&ada).await;
    let elsewhere = Person::sign_in(&server.url, "ada_3", PASSWORD).await;
    let change = [
        ("current", PASSWORD),
        ("password", "another fine passphrase"),
        ("password_2", "another fine passphrase"),
    ];
    let changed = ada.post_form("/account/password/", &change).await;
    assert!(changed.status().is_redirection(), "{}", changed.status());
    let is_valid = |token: &Secret| matches!(acs.emulator().token_state(token), TokenState::Valid);
    eventually(&acs, "the token is revoked", |_acs| !is_valid(&before)).await;
    let details = "/account/get/user-details/";
    assert_eq!(
        elsewhere.get(details).await.status(),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        ada.get(details).await.status(),
        StatusCode::OK,
        "this browser stays signed in"
    );
    eventually(&acs, "a new token follows", |acs| {
        count(acs, Operation::IssueToken) > 0
    })
    .await;
    // The provider has answered; the server keeps the answer any moment now.
    while !is_valid(&acs_token(&ada).await) {}
    server.stop().await;
}

/// Somebody else with the access key deletes an identity: its user gets another one, and notices nothing.
#[tokio::test]
async fn an_identity_that_is_gone_is_replaced() {
    for gone in [GoneAnswer::NotFound, GoneAnswer::NotOwned] {
        let now = SystemClock.now();
        let clock = ManualClock::new(now - time::Duration::minutes(23 * 60));
        let acs = AcsEmulator::builder()
            .gone_answer(gone)
            .clock(Arc::new(clock.clone()))
            .clock_tolerance(None)
            .build()
            .expect("an emulator");
        let acs = acs.spawn().await.expect("a free port");
        let data = tempdir().unwrap();
        let server = start(data.path(), &acs).await;
        // Ada's token has an hour to live, which is well as long as nobody's lives longer.
        let ada = Person::sign_up(&server.url, "ada_4").await;
        acs_token(&ada).await;
        let details = ada.get_json("/account/get/user-details/?acs=1").await;
        let former = Identity::new(details["acs_identity"].as_str().unwrap()).unwrap();
        assert!(acs.emulator().knows(&former));
        acs.emulator().delete_identity(&former);
        // Bob's lives a day, so Ada is to have a better one.
        clock.set(now);
        let bob = Person::sign_up(&server.url, "bob_4").await;
        acs_token(&bob).await;

        let token = acs_token(&ada).await;
        assert_eq!(acs.emulator().token_state(&token), TokenState::Valid);
        let details = ada.get_json("/account/get/user-details/?acs=1").await;
        let identity = Identity::new(details["acs_identity"].as_str().unwrap()).unwrap();
        assert_ne!(identity, former, "{gone:?}");
        assert!(acs.emulator().knows(&identity));
        assert_eq!(acs.emulator().identities_count(), 2);
        assert_eq!(
            count(acs.emulator(), Operation::CreateIdentity),
            3,
            "Ada's, Bob's, Ada's again"
        );
        let log = server.stop().await;
        assert!(log.contains("making another"), "{log}");
    }
}
