//! With Azure Communication Services, as its emulator speaks.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::tempdir;
use vnet::Secret;
use vnet::acs::Operation;
use vnet::acs::emulator::{AcsEmulator, EmulatorServer, Fault, TokenState};
use vnet::core::identity::Identity;

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
    let variables = [("VNET_ACS_CONNECTION_STRING", string.expose())];
    Server::start_with(data, &["--acs-endpoint-insecure"], &variables).await
}

/// Looks again and again until what happens in another process has happened.
async fn eventually(what: &str, mut done: impl FnMut() -> bool) {
    let happened = async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let happened = tokio::time::timeout(PATIENCE, happened).await;
    happened.unwrap_or_else(|_late| panic!("never happened: {what}"));
}

fn count(acs: &EmulatorServer, operation: Operation) -> usize {
    let requests = acs.emulator().requests();
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
    eventually("identities follow", || {
        acs.emulator().identities_count() == 2
    })
    .await;

    let token = acs_token(&ada).await;
    assert!(matches!(
        acs.emulator().token_state(&token),
        TokenState::Valid
    ));
    let details = ada.get_json("/account/get/user-details/?acs=1").await;
    let identity = Identity::new(details["acs_identity"].as_str().unwrap()).unwrap();
    assert!(acs.emulator().knows(&identity));
    assert_eq!(
        count(&acs, Operation::CreateIdentity),
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
    eventually("the identity is deleted", || {
        !acs.emulator().knows(&identity)
    })
    .await;
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
    eventually("it was tried", || {
        count(&acs, Operation::CreateIdentity) > 0
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
    eventually("the token is revoked", || !is_valid(&before)).await;
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
    let renewed = async {
        while !is_valid(&acs_token(&ada).await) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, renewed)
        .await
        .expect("a new token follows");
    server.stop().await;
}
