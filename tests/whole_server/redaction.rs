//! Nothing secret and nothing personal is logged, however much is.

use serde_json::json;
use tempfile::tempdir;

use crate::server::{self, Server};
use crate::support::person::{PASSWORD, Person};

/// A whole life with the server at the most talkative level.
#[tokio::test]
async fn no_secret_and_no_address_reaches_the_log() {
    let data = tempdir().unwrap();
    let server = Server::start(data.path(), &["--log", "trace"]).await;
    let ada = Person::sign_up(&server.url, "ada_1").await;
    let bob = Person::sign_up(&server.url, "bob_1").await;
    // What goes wrong tempts most to be logged with all its details.
    Person::new(&server.url, "ada_1").try_sign_up().await;
    let wrong = [("username", "ada_1"), ("password", "hunter2-hunter2")];
    Person::new(&server.url, "ada_1")
        .post_form("/account/sign-in/", &wrong)
        .await;
    let broken = json!({"username": ["hunter2-hunter2"], "password": {"x": "hunter2-hunter2"}});
    Person::new(&server.url, "ada_1")
        .post_json("/account/p-login/", &broken)
        .await;

    let details = ada.get_json("/account/get/user-details/?acs=1").await;
    let ticket = ada.post_json("/account/acs-token/", &json!({})).await;
    let ticket: serde_json::Value = ticket.json().await.unwrap();
    let meeting = ada.schedule("A title that nobody else reads").await;
    let id = meeting["meeting_id"].as_str().unwrap();
    bob.post_json(&format!("/meeting/meetings/{id}/join/"), &json!({}))
        .await;
    let (mut one, mut two) = (ada.enter("577215", "").await, bob.enter("577215", "").await);
    // Nothing is kept for who comes later: both have to be in.
    while two.hear().await["peers_count"] != 2 {}
    one.say("offer", json!({"sdp": "a=ice-pwd:very-secret-ice"}))
        .await;
    while two.hear().await["type"] != "offer" {}
    let cookies = [ada.cookie().unwrap(), bob.cookie().unwrap()];
    let change = [
        ("current", PASSWORD),
        ("password", "another-fine-passphrase"),
        ("password_2", "another-fine-passphrase"),
    ];
    ada.post_form("/account/password/", &change).await;
    ada.post_form("/account/sign-out/", &[]).await;
    bob.post_form("/account/delete/", &[("password", PASSWORD)])
        .await;
    let mut log = server.stop().await;
    let flags = [
        "create-admin",
        "root_1",
        "--log",
        "trace",
        "--data-dir",
        data.path().to_str().unwrap(),
    ];
    log.push_str(&String::from_utf8_lossy(
        &server::run(&flags, &format!("{PASSWORD}\n")).await.stderr,
    ));

    assert!(
        log.contains("DEBUG") && log.lines().count() > 20,
        "the log is really that talkative"
    );
    let key = std::fs::read(data.path().join("secret.key")).unwrap();
    let tokens = [
        (&details, "acs_token"),
        (&details, "auth_token"),
        (&ticket, "token"),
    ];
    assert_silent(&log, &secrets(&key, &cookies, &tokens));
}

/// Everything that must not be found.
fn secrets(key: &[u8], cookies: &[String], tokens: &[(&serde_json::Value, &str)]) -> Vec<String> {
    let mut secrets = vec![
        PASSWORD.to_owned(),
        "hunter2-hunter2".to_owned(),
        "another-fine-passphrase".to_owned(),
        "very-secret-ice".to_owned(),
        "mail.example.org".to_owned(),
        "ps/577215".to_owned(),
        "=577215".to_owned(),
        format!("{key:?}"),
    ];
    for cookie in cookies {
        secrets.extend(cookie.split('=').nth(1).map(str::to_owned));
    }
    for (from, field) in tokens {
        let token = from[*field].as_str().expect("a token");
        // The head of a JWT is the same in all of them: what is signed is what counts.
        secrets.extend(token.rsplit('.').next().map(str::to_owned));
    }
    secrets
}

fn assert_silent(log: &str, secrets: &[String]) {
    for secret in secrets {
        assert!(secret.len() >= 6, "something to look for");
        let at = log.find(secret.as_str());
        let around = at.map(|at| log[..at].lines().last().unwrap_or_default().to_owned());
        assert!(at.is_none(), "in the log: {secret} after {around:?}");
    }
}
