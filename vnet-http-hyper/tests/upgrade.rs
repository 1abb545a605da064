//! Signalling sockets through the HTTP server.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod support;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use support::{PATIENCE, refusal, start, start_with};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use vnet_http_hyper::{HttpConfig, RateLimits, UpgradeSlot};

type Socket = WebSocketStream<TcpStream>;
const ROOM: &str = "/vnet/ps/907308/";

async fn next<S>(socket: &mut WebSocketStream<S>) -> Message
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let next = tokio::time::timeout(PATIENCE, socket.next()).await;
    next.unwrap().unwrap().unwrap()
}

async fn json_of<S>(socket: &mut WebSocketStream<S>) -> Value
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    serde_json::from_str(next(socket).await.to_text().unwrap()).unwrap()
}

async fn close_code(socket: &mut Socket) -> u16 {
    loop {
        if let Message::Close(Some(CloseFrame { code, .. })) = next(socket).await {
            return code.into();
        }
    }
}

#[tokio::test]
async fn two_peers_exchange_an_offer() {
    let server = start().await;
    let (ada, eve) = (server.browser("ada").await, server.browser("eve").await);
    let quiet = format!("{ROOM}?echo=off");
    let mut one = server
        .socket(&quiet, &[("cookie", &ada.cookie)])
        .await
        .unwrap();
    assert_eq!(json_of(&mut one).await["peers_count"], 1);
    let mut two = server
        .socket(ROOM, &[("cookie", &eve.cookie)])
        .await
        .unwrap();
    assert_eq!(json_of(&mut two).await["peers_count"], 2);
    assert_eq!(json_of(&mut one).await["peers_count"], 2);
    let offer = json!({"type": "offer", "content": {"sdp": "v=0"}, "name": "Ada"});
    one.send(Message::text(offer.to_string())).await.unwrap();
    let relayed =
        json!({"type": "offer", "description": {"sdp": "v=0"}, "sent_by": "Ada", "sender": "ada"});
    assert_eq!(json_of(&mut two).await, relayed);
    two.send(Message::text(
        json!({"type": "answer", "content": 1}).to_string(),
    ))
    .await
    .unwrap();
    assert_eq!(
        json_of(&mut two).await["sender"],
        "eve",
        "the sender hears itself"
    );
    assert_eq!(
        json_of(&mut one).await["type"],
        "answer",
        "and who asked not to does not"
    );
    let mut third = server
        .socket(ROOM, &[("cookie", &eve.cookie)])
        .await
        .unwrap();
    assert_eq!(close_code(&mut third).await, 4409);
    drop(two);
    assert_eq!(json_of(&mut one).await["type"], "signal_disconnected");
}

#[tokio::test]
async fn who_may_not_enter_is_told_at_once_and_in_order() {
    let mut limits = RateLimits::default();
    limits.set("join=2/1h").unwrap();
    let server = start_with(HttpConfig::default().with_rate_limits(limits)).await;
    let ada = server.browser("ada").await;
    let cookie = ("cookie", ada.cookie.as_str());
    let evil = ("origin", "https://evil.example");
    for path in [
        "/vnet/ps/12345/",
        "/vnet/ps/abcdef/",
        "/vnet/ps/1234567/",
        "/foo/vnet/ps/123456/",
    ] {
        assert_eq!(refusal(server.socket(path, &[]).await), 404, "{path}");
    }
    assert_eq!(refusal(server.socket("/vnet/ps/123456", &[]).await), 301);
    assert_eq!(refusal(server.socket(ROOM, &[evil]).await), 401);
    let token = server.vnet.accounts().issue_bearer(&ada.user);
    let header = format!("Token {}", token.expose());
    assert_eq!(
        refusal(server.socket(ROOM, &[("authorization", &header)]).await),
        401
    );
    assert_eq!(refusal(server.socket(ROOM, &[cookie, evil]).await), 403);
    assert_eq!(
        refusal(server.socket(ROOM, &[cookie, ("origin", "null")]).await),
        403
    );
    let own = format!("http://{}", server.address);
    let mut entered = server
        .socket(ROOM, &[cookie, ("origin", &own)])
        .await
        .unwrap();
    assert_eq!(
        json_of(&mut entered).await["peers_count"],
        1,
        "refused tries changed nothing"
    );
    let plain = server.get_as(&ada, ROOM).await;
    assert_eq!(
        (plain.status, plain.header("upgrade")),
        (426, Some("websocket"))
    );
    assert_eq!(refusal(server.socket(ROOM, &[cookie]).await), 429);
}

#[tokio::test]
async fn broken_handshakes_are_4xx() {
    let server = start().await;
    let ada = server.browser("ada").await;
    let good = [
        ("Cookie", ada.cookie.as_str()),
        ("Upgrade", "websocket"),
        ("Connection", "upgrade"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    for (name, value, status) in [
        ("Upgrade", "h2c", 426),
        ("Sec-WebSocket-Version", "12", 426),
        ("Sec-WebSocket-Key", "short", 400),
        ("Sec-WebSocket-Key", "", 400),
    ] {
        let headers = good.map(|(key, was)| (key, if key == name { value } else { was }));
        let answer = server.request("GET", ROOM, &headers, b"").await;
        assert_eq!(answer.status, status, "{name}: {value}");
    }
    let answer = server.request("POST", ROOM, &good, b"").await;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET")));
}

#[tokio::test]
async fn a_session_that_ends_ends_its_sockets() {
    let server = start().await;
    let ada = server.browser("ada").await;
    let mut socket = server
        .socket(ROOM, &[("cookie", &ada.cookie)])
        .await
        .unwrap();
    json_of(&mut socket).await;
    server
        .vnet
        .accounts()
        .end_session(&ada.session.id)
        .await
        .unwrap();
    assert_eq!(close_code(&mut socket).await, 4401);
    assert_eq!(
        refusal(server.socket(ROOM, &[("cookie", &ada.cookie)]).await),
        401
    );
}

#[tokio::test]
async fn a_framework_can_hand_over_the_stream() {
    let server = start().await;
    let ada = server.browser("ada").await;
    let (slot, handover) = UpgradeSlot::new();
    let mut request = http::Request::get(ROOM)
        .header("cookie", &ada.cookie)
        .header("connection", "keep-alive, Upgrade")
        .header("upgrade", "WebSocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        .body(http_body_util::Empty::<bytes::Bytes>::new())
        .unwrap();
    request.extensions_mut().insert(slot);
    let mut service = server.service.clone();
    let response = tower_service::Service::call(&mut service, request)
        .await
        .unwrap();
    assert_eq!(response.status(), 101);
    assert_eq!(
        response.headers()["sec-websocket-accept"],
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    );
    let (client, upgraded) = tokio::io::duplex(4_096);
    handover.hand_over(upgraded);
    let role = tokio_tungstenite::tungstenite::protocol::Role::Client;
    let mut socket = WebSocketStream::from_raw_socket(client, role, None).await;
    assert_eq!(json_of(&mut socket).await["peers_count"], 1);
}

#[tokio::test]
async fn stopping_tells_sockets_1001_and_waits() {
    let mut server = start().await;
    let ada = server.browser("ada").await;
    let mut socket = server
        .socket(ROOM, &[("cookie", &ada.cookie)])
        .await
        .unwrap();
    json_of(&mut socket).await;
    assert_eq!(server.service.open_sockets(), 1);
    server.stop();
    assert_eq!(close_code(&mut socket).await, 1001);
    while socket.next().await.is_some() {}
    let service = server.service.clone();
    let address = server.address;
    server.ended().await;
    assert_eq!(service.open_sockets(), 0);
    let refused = TcpStream::connect(address).await;
    assert!(refused.is_err(), "nobody listens");
}

/// A request for a room, with a head that is longer by `padding` bytes.
fn request(host: impl std::fmt::Display, cookie: &str, padding: usize) -> Vec<u8> {
    format!(
        "GET {ROOM} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nUpgrade: websocket\r\n\
         Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nX-Padding: {}\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        "x".repeat(padding)
    )
    .into_bytes()
}

#[tokio::test]
async fn frames_sent_along_with_the_request_are_not_lost() {
    let server = start().await;
    let ada = server.browser("ada").await;
    let bare = request(server.address, &ada.cookie, 0).len();
    // The first read of a connection ends within the request, at its end, within the frames, after them.
    let within = (0..=12).map(|before| 1024 - before - bare);
    for padding in [0, 3_000].into_iter().chain(within) {
        let mut bytes = request(server.address, &ada.cookie, padding);
        // `[]` as a masked text frame, and a close frame.
        bytes.extend_from_slice(&[0x81, 0x82, 0, 0, 0, 0, b'[', b']']);
        bytes.extend_from_slice(&[0x88, 0x80, 0, 0, 0, 0]);
        let answer = server.raw(&bytes).await;
        assert_eq!(answer.status, 101);
        let frames = String::from_utf8_lossy(&answer.body);
        assert!(
            frames.contains("signal_connected") && frames.contains("not_an_object"),
            "{padding}: {frames}"
        );
    }
}

#[tokio::test]
async fn the_first_notice_comes_along_with_the_answer() {
    let server = start().await;
    let ada = server.browser("ada").await;
    let mut stream = server.connect().await;
    let request = request(server.address, &ada.cookie, 0);
    stream.write_all(&request).await.unwrap();
    let mut bytes = [0; 4_096];
    let read = tokio::time::timeout(PATIENCE, stream.read(&mut bytes)).await;
    let answer = String::from_utf8_lossy(&bytes[..read.unwrap().unwrap()]).into_owned();
    assert!(
        answer.starts_with("HTTP/1.1 101 ") && answer.contains("signal_connected"),
        "{answer}"
    );
}
