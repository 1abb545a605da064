//! Encrypted connections: pages, cookies and sockets.
#![cfg(feature = "tls")]
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod support;

use futures_util::SinkExt;
use scraper::{Html, Selector};
use serde_json::json;
use support::tls::{TlsServer, start};
use support::{PASSWORD, json_of, refusal};
use tokio::io::AsyncReadExt;
use tokio_tungstenite::tungstenite::Message;
use vnet_http_hyper::HttpConfig;

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// Signs in with the form, as a browser does; the cookie that comes back.
async fn sign_in(server: &TlsServer, name: &str) -> String {
    server.server.sign_up(name).await;
    let origin = format!("https://{}", server.host);
    let headers = [
        FORM,
        ("Origin", origin.as_str()),
        ("Sec-Fetch-Site", "same-origin"),
    ];
    let body = format!("username={name}&password={}", PASSWORD.replace(' ', "+"));
    let answer = server
        .request("POST", "/account/sign-in/", &headers, body.as_bytes())
        .await;
    assert_eq!(answer.status, 302);
    let cookie = answer.header("set-cookie").unwrap();
    for attribute in ["; Secure", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(attribute), "{attribute} is missing");
    }
    cookie.split(';').next().unwrap().to_owned()
}

/// Where the page says that rooms are.
async fn signalling_server(server: &TlsServer, cookie: &str) -> String {
    let page = server
        .request("GET", "/meet/", &[("Cookie", cookie)], b"")
        .await;
    assert_eq!(page.status, 200);
    let html = Html::parse_document(&String::from_utf8(page.body).unwrap());
    let shell = Selector::parse("[data-signalling-server]").unwrap();
    let shell = html.select(&shell).next().unwrap();
    shell.attr("data-signalling-server").unwrap().to_owned()
}

#[tokio::test]
async fn two_browsers_meet_over_wss() {
    let server = start(HttpConfig::default()).await;
    let (ada, eve) = (sign_in(&server, "ada").await, sign_in(&server, "eve").await);
    let rooms = signalling_server(&server, &ada).await;
    assert_eq!(rooms, format!("wss://{}/vnet/ps/", server.host));
    let url = format!("{rooms}907308/");
    let origin = format!("https://{}", server.host);
    let enter = async |cookie: &str| {
        let headers = [("cookie", cookie), ("origin", origin.as_str())];
        server.socket(&url, &headers).await.unwrap()
    };
    let mut one = enter(&ada).await;
    assert_eq!(json_of(&mut one).await["peers_count"], 1);
    let mut two = enter(&eve).await;
    assert_eq!(json_of(&mut two).await["peers_count"], 2);
    assert_eq!(json_of(&mut one).await["peers_count"], 2);
    // Longer than a TLS record.
    let sdp = "a=candidate\r\n".repeat(3_000);
    let offer = json!({"type": "offer", "content": {"sdp": sdp}, "name": "Ada"});
    one.send(Message::text(offer.to_string())).await.unwrap();
    let relayed =
        json!({"type": "offer", "description": {"sdp": sdp}, "sent_by": "Ada", "sender": "ada"});
    assert_eq!(json_of(&mut two).await, relayed);
    assert_eq!(server.server.service.open_sockets(), 2);
    drop(two);
    let echo = json_of(&mut one).await;
    assert_eq!(echo["type"], "offer", "the sender hears itself");
    assert_eq!(json_of(&mut one).await["type"], "signal_disconnected");
}

#[tokio::test]
async fn wss_is_refused_to_strangers_and_foreign_pages() {
    let server = start(HttpConfig::default()).await;
    let ada = sign_in(&server, "ada").await;
    let url = format!("wss://{}/vnet/ps/907308/", server.host);
    assert_eq!(refusal(server.socket(&url, &[]).await), 401);
    for origin in ["https://evil.example", "https://localhost", "null"] {
        let headers = [("cookie", ada.as_str()), ("origin", origin)];
        assert_eq!(
            refusal(server.socket(&url, &headers).await),
            403,
            "{origin}"
        );
    }
    assert_eq!(server.server.service.open_sockets(), 0);
}

#[tokio::test]
async fn http_2_is_what_clients_of_both_get() {
    let server = start(HttpConfig::default()).await;
    let stream = server.connect(b"h2").await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let stream = server.connect(b"http/1.1").await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
}

#[tokio::test]
async fn plain_http_at_an_encrypted_port_ends_and_harms_nobody() {
    let server = start(HttpConfig::default()).await;
    let mut plain = server.server.connect().await;
    let request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    tokio::io::AsyncWriteExt::write_all(&mut plain, request)
        .await
        .unwrap();
    let mut bytes = Vec::new();
    let end = tokio::time::timeout(support::PATIENCE, plain.read_to_end(&mut bytes));
    let _alert_or_reset = end.await.expect("the server must end the connection");
    assert!(
        !bytes.starts_with(b"HTTP"),
        "nothing is answered in the clear"
    );
    let answer = server.request("GET", "/healthz", &[], b"").await;
    assert_eq!(answer.status, 200);
}
