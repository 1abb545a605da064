//! Without any cloud: the server as it starts with nothing set.

use reqwest::{Method, StatusCode};
use serde_json::json;
use tempfile::tempdir;

use crate::server::Server;
use crate::support::person::{PASSWORD, Person};
use crate::support::socket::Socket;

/// Offers, answers and candidates go through a room of two, and a third is told that it is full.
#[tokio::test]
async fn two_people_negotiate_through_a_room() {
    let data = tempdir().unwrap();
    let server = Server::start(data.path(), &[]).await;
    let ada = Person::sign_up(&server.url, "ada_1").await;
    let bob = Person::sign_up(&server.url, "bob_1").await;
    let eve = Person::sign_up(&server.url, "eve_1").await;

    let mut one = ada.enter("271828", "").await;
    let entered = json!({"type": "signal_connected", "code": "271828", "peers_count": 1});
    assert_eq!(one.hear().await, entered);
    let mut two = bob.enter("271828", "?echo=off").await;
    let both = json!({"type": "signal_connected", "code": "271828", "peers_count": 2});
    assert_eq!((one.hear().await, two.hear().await), (both.clone(), both));
    let mut third = eve.enter("271828", "").await;
    assert_eq!(third.closed().await, 4409);

    let offer = json!({"descriptionMessage": {"type": "offer", "sdp": "v=0\r\n"}, "metaData": []});
    one.say("offer", offer.clone()).await;
    let relayed = json!({
        "type": "offer", "description": offer, "sent_by": "Display Name", "sender": "ada_1",
    });
    assert_eq!(one.hear().await, relayed, "the sender hears itself");
    assert_eq!(two.hear().await, relayed);
    two.say("answer", json!({"type": "answer", "sdp": "v=0\r\n"}))
        .await;
    two.say("candidate", json!({"candidate": "c", "sdpMid": "0"}))
        .await;
    assert_eq!(one.hear().await["description"]["type"], "answer");
    let candidate = one.hear().await;
    assert_eq!(candidate["candidates"]["candidate"], "c");
    assert_eq!(candidate["sender"], "bob_1");

    drop(two);
    let left = json!({"type": "signal_disconnected", "code": "271828", "peers_count": 1});
    assert_eq!(one.hear().await, left);
    server.stop().await;
}

/// Who has no session, or comes from another site, does not get into a room.
#[tokio::test]
async fn strangers_are_refused_before_the_upgrade() {
    let data = tempdir().unwrap();
    let server = Server::start(data.path(), &[]).await;
    let ada = Person::sign_up(&server.url, "ada_2").await;
    let cookie = ada.cookie().unwrap();
    let status = |opened: Result<Socket, _>| match opened {
        Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => answer.status().as_u16(),
        Err(other) => panic!("no HTTP answer: {other}"),
        Ok(_socket) => 101,
    };
    let open = |path: &'static str, cookie: &str| {
        let (url, cookie) = (server.url.clone(), cookie.to_owned());
        async move { Socket::open(&url, path, &cookie).await }
    };
    assert_eq!(
        status(open("/vnet/ps/123456/", "sessionid=nonsense").await),
        401
    );
    assert_eq!(status(open("/vnet/ps/12345/", &cookie).await), 404);
    assert_eq!(status(open("/foo/vnet/ps/123456/", &cookie).await), 404);
    assert_eq!(status(open("/vnet/ps/123456/", &cookie).await), 101);
    let foreign = ada.request(Method::GET, "/vnet/ps/123456/").headers(
        [
            ("origin", "https://evil.example"),
            ("connection", "upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ]
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect(),
    );
    assert_eq!(ada.send(foreign).await.status(), StatusCode::FORBIDDEN);
    server.stop().await;
}

/// Accounts, sessions, meetings, identities and tokens outlive the process.
#[tokio::test]
async fn a_restart_keeps_everything() {
    let data = tempdir().unwrap();
    let server = Server::start(data.path(), &[]).await;
    let ada = Person::sign_up(&server.url, "ada_3").await;
    let meeting = ada.schedule("Standup").await;
    let before = ada.post_json("/account/acs-token/", &json!({})).await;
    assert_eq!(before.status(), StatusCode::OK);
    let details = ada.get_json("/account/get/user-details/?acs=1").await;
    let identity = details["acs_identity"]
        .as_str()
        .expect("an identity")
        .to_owned();
    assert!(identity.starts_with("8:vnet:"), "{identity}");
    server.stop().await;

    let server = Server::start(data.path(), &[]).await;
    let again = ada.at(&server.url);
    let after = again.get_json("/account/get/user-details/?acs=1").await;
    assert_eq!(after["acs_identity"], identity.as_str());
    assert_eq!(
        after["acs_token"], details["acs_token"],
        "a token with hours to live is kept"
    );
    let id = meeting["meeting_id"].as_str().unwrap();
    assert_eq!(
        again.get_json(&format!("/meeting/meetings/{id}/")).await,
        meeting
    );
    // A bearer token of the former process is good in this one.
    let bearer = Person::new(&server.url, "ada_3");
    let token = format!("Token {}", details["auth_token"].as_str().unwrap());
    let request = bearer
        .request(Method::GET, "/meeting/meetings/")
        .header("authorization", token);
    assert_eq!(bearer.send(request).await.status(), StatusCode::OK);
    Person::sign_in(&server.url, "ADA_3", PASSWORD).await;
    server.stop().await;
}

/// A session's end is the end of its sockets, and the server's end is told to those that are open.
#[tokio::test]
async fn sockets_end_with_their_session_and_with_the_server() {
    let data = tempdir().unwrap();
    let server = Server::start(data.path(), &[]).await;
    let ada = Person::sign_up(&server.url, "ada_4").await;
    let elsewhere = Person::sign_in(&server.url, "ada_4", PASSWORD).await;
    let (mut here, mut there) = (
        ada.enter("100000", "").await,
        elsewhere.enter("200000", "").await,
    );
    here.hear().await;
    there.hear().await;
    let out = ada.post_form("/account/sign-out/", &[]).await;
    assert_eq!(out.status(), StatusCode::FOUND);
    assert_eq!(here.closed().await, 4401);
    assert_eq!(
        ada.get("/account/get/user-details/").await.status(),
        StatusCode::UNAUTHORIZED
    );
    server.signal("TERM").await;
    assert_eq!(there.closed().await, 1001);
    let (code, log) = server.wait().await;
    assert_eq!(code, Some(0), "{log}");
}
