//! Sockets of meetings through the HTTP server, and the tickets that lead there.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod support;

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http_body_util::Full;
use serde_json::json;
use support::{Answer, Browser, PATIENCE, Server, refusal, start, start_of};
use time::macros::datetime;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use vnet_core::conference::{
    ConferenceProvider, ConferenceSignalling, Gone, JoinTicket, Participant, TextSocket,
};
use vnet_core::id::UserId;
use vnet_core::meeting::{Meeting, MeetingId};
use vnet_core::{Result, async_trait};
use vnet_http_hyper::{HttpConfig, RateLimits};

const SOCKET: &str = "/vnet/sfu/abcdefghjk/";

/// Repeats what it hears, says whose the socket is, closes when told to, and tells the test why a socket is gone.
#[derive(Debug)]
struct Parrot(mpsc::UnboundedSender<(MeetingId, Gone)>);

#[async_trait]
impl ConferenceSignalling for Parrot {
    fn max_text_bytes(&self) -> usize {
        100_000
    }

    async fn serve(
        &self,
        meeting: MeetingId,
        user: Option<UserId>,
        mut socket: Box<dyn TextSocket>,
    ) {
        let gone = loop {
            match socket.receive().await {
                Ok(text) if text == "go" => {
                    socket.close(4410, "the meeting was ended").await;
                    break Gone::Lost;
                }
                Ok(text) if text == "who" => {
                    let who = user.map(|user| user.to_string());
                    let who = who.unwrap_or_default().into();
                    socket.send(&[who]).await.unwrap();
                }
                Ok(text) => socket.send(&[text]).await.unwrap(),
                Err(gone) => break gone,
            }
        };
        self.0.send((meeting, gone)).unwrap();
    }
}

/// Gives tickets without looking.
#[derive(Debug)]
struct Tickets;

#[async_trait]
impl ConferenceProvider for Tickets {
    fn needs_access(&self) -> bool {
        false
    }

    async fn join(&self, meeting: &Meeting, participant: &Participant) -> Result<JoinTicket> {
        Ok(JoinTicket::Sfu {
            url: format!("/vnet/sfu/{}/", meeting.id),
            ticket: "secret".into(),
            expires_on: datetime!(2030-01-01 12:00 UTC),
            ice_servers: Vec::new(),
            display_name: participant.display_name.clone(),
            role: participant.role,
        })
    }
}

type Told = mpsc::UnboundedReceiver<(MeetingId, Gone)>;

async fn parrot(config: HttpConfig) -> (Server, Told) {
    let (tell, told) = mpsc::unbounded_channel();
    let config = config.with_conference(Some(Arc::new(Parrot(tell))));
    let vnet = vnet_core::Vnet::builder(
        vnet_core::memory::MemoryStore::new(),
        vnet_core::memory::MemoryRooms::default(),
        vnet_core::token::SigningKey::from_bytes([7; 32]),
    )
    .with_hasher(vnet_core::password::Hasher::weak_for_tests())
    .with_conference(Tickets)
    .build();
    (start_of(vnet, config, |serving| serving).await, told)
}

async fn open(server: &Server, browser: &Browser) -> WebSocketStream<TcpStream> {
    let cookie = ("cookie", browser.cookie.as_str());
    server.socket(SOCKET, &[cookie]).await.unwrap()
}

async fn next(socket: &mut WebSocketStream<TcpStream>) -> Message {
    let next = tokio::time::timeout(PATIENCE, socket.next()).await;
    next.unwrap().unwrap().unwrap()
}

/// Why the server closes; reads to the end, which consents to it.
async fn close_code(socket: &mut WebSocketStream<TcpStream>) -> u16 {
    let Message::Close(Some(frame)) = next(socket).await else {
        panic!("no close frame");
    };
    while let Ok(Some(Ok(_))) = tokio::time::timeout(PATIENCE, socket.next()).await {}
    frame.code.into()
}

async fn gone(told: &mut Told) -> Gone {
    let told = tokio::time::timeout(PATIENCE, told.recv()).await;
    let (meeting, gone) = told.unwrap().unwrap();
    assert_eq!(meeting.as_str(), "abcdefghjk");
    gone
}

#[tokio::test]
async fn texts_go_both_ways_until_one_side_ends_it() {
    let (server, mut told) = parrot(HttpConfig::default()).await;
    let ada = server.browser("ada").await;
    let mut socket = open(&server, &ada).await;
    // Larger than a signalling message may be.
    for text in ["one".to_owned(), "x".repeat(80_000)] {
        socket.send(Message::text(text.clone())).await.unwrap();
        assert_eq!(next(&mut socket).await.into_text().unwrap(), text);
    }
    socket.send(Message::text("who")).await.unwrap();
    let who = next(&mut socket).await.into_text().unwrap();
    assert_eq!(who, ada.user.id.to_string(), "who is signed in");
    socket.send(Message::text("go")).await.unwrap();
    assert_eq!(close_code(&mut socket).await, 4410);
    assert_eq!(gone(&mut told).await, Gone::Lost);
    let mut socket = open(&server, &ada).await;
    socket
        .send(Message::text("y".repeat(100_001)))
        .await
        .unwrap();
    assert_eq!(close_code(&mut socket).await, 1009);
    let socket = open(&server, &ada).await;
    drop(socket);
    assert_eq!(gone(&mut told).await, Gone::Lost);
}

#[tokio::test]
async fn who_may_not_enter_is_told_at_once_and_in_order() {
    let mut limits = RateLimits::default();
    limits.set("join=2/1h").unwrap();
    let config = HttpConfig::default().with_rate_limits(limits);
    let (server, _told) = parrot(config).await;
    let ada = server.browser("ada").await;
    let cookie = ("cookie", ada.cookie.as_str());
    let evil = ("origin", "https://evil.example");
    for path in [
        "/vnet/sfu/abc/",
        "/vnet/sfu/abcdefghj0/",
        "/vnet/sfu//",
        "/x/vnet/sfu/abcdefghjk/",
    ] {
        assert_eq!(refusal(server.socket(path, &[cookie]).await), 404, "{path}");
    }
    assert_eq!(
        refusal(server.socket("/vnet/sfu/abcdefghjk", &[]).await),
        301
    );
    assert_eq!(refusal(server.socket(SOCKET, &[evil]).await), 401);
    assert_eq!(refusal(server.socket(SOCKET, &[cookie, evil]).await), 403);
    let post = server.send_json(&ada, "POST", SOCKET, &json!({})).await;
    assert_eq!((post.status, post.header("allow")), (405, Some("GET")));
    let own = format!("http://{}", server.address);
    server
        .socket(SOCKET, &[cookie, ("origin", &own)])
        .await
        .unwrap();
    let plain = server.get_as(&ada, SOCKET).await;
    assert_eq!(
        (plain.status, plain.header("upgrade")),
        (426, Some("websocket"))
    );
    assert_eq!(refusal(server.socket(SOCKET, &[cookie]).await), 429);
}

#[tokio::test]
async fn without_a_conference_there_is_no_such_socket() {
    let server = start().await;
    let ada = server.browser("ada").await;
    let cookie = ("cookie", ada.cookie.as_str());
    assert_eq!(refusal(server.socket(SOCKET, &[cookie]).await), 404);
}

#[tokio::test]
async fn who_signs_out_is_out() {
    let (server, mut told) = parrot(HttpConfig::default()).await;
    let ada = server.browser("ada").await;
    let mut socket = open(&server, &ada).await;
    socket.send(Message::text("here")).await.unwrap();
    assert_eq!(next(&mut socket).await.into_text().unwrap(), "here");
    let ended = server.vnet.accounts().end_session(&ada.session.id).await;
    assert!(ended.unwrap());
    assert_eq!(close_code(&mut socket).await, 4401);
    assert_eq!(gone(&mut told).await, Gone::SessionEnded);
}

#[tokio::test]
async fn a_server_that_ends_tells_its_sockets_and_waits_for_them() {
    let (mut server, mut told) = parrot(HttpConfig::default()).await;
    let ada = server.browser("ada").await;
    let mut socket = open(&server, &ada).await;
    assert_eq!(server.service.open_sockets(), 1);
    server.stop();
    assert_eq!(close_code(&mut socket).await, 1001);
    assert_eq!(gone(&mut told).await, Gone::Stopping);
    server.ended().await;
}

async fn join(server: &Server, browser: &Browser, headers: &[(&str, &str)]) -> Answer {
    let draft = vnet_core::meetings::MeetingDraft {
        title: "Weekly".into(),
        notes: "Bring figures".into(),
        start_time: datetime!(2030-01-01 12:00 UTC),
        end_time: None,
    };
    let meeting = server.vnet.meetings().create(&browser.user, draft).await;
    let path = format!("/meeting/meetings/{}/join/", meeting.unwrap().id);
    let cookie = [("Cookie", browser.cookie.as_str())];
    let headers = [&cookie, headers].concat();
    let answer = server.request("POST", &path, &headers, b"").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

#[tokio::test]
async fn a_ticket_leads_to_where_the_browser_is() {
    let (server, _told) = parrot(HttpConfig::default()).await;
    let ada = server.browser("ada").await;
    let ticket = join(&server, &ada, &[]).await.json();
    assert_eq!(
        (&ticket["provider"], &ticket["ticket"]),
        (&json!("sfu"), &json!("secret"))
    );
    assert_eq!(ticket["role"], "host");
    let url = ticket["url"].as_str().unwrap();
    let path = url
        .strip_prefix(&format!("ws://{}", server.address))
        .unwrap();
    let cookie = ("cookie", ada.cookie.as_str());
    server.socket(path, &[cookie]).await.unwrap();
    let named = join(&server, &ada, &[("Host", "meet.example:8080")]).await;
    let url = named.json()["url"].as_str().unwrap().to_owned();
    assert!(url.starts_with("ws://meet.example:8080/vnet/sfu/"), "{url}");
}

#[tokio::test]
async fn a_ticket_knows_prefix_and_proxy() {
    let config = HttpConfig::default()
        .with_path_prefix("/vnet-app".parse().unwrap())
        .with_trusted_proxies(vec!["127.0.0.1".parse().unwrap()]);
    let (server, _told) = parrot(config).await;
    let ada = server.browser("ada").await;
    let forwarded = [
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "meet.example.org"),
    ];
    let ticket = join(&server, &ada, &forwarded).await.json();
    let url = ticket["url"].as_str().unwrap();
    assert!(
        url.starts_with("wss://meet.example.org/vnet-app/vnet/sfu/"),
        "{url}"
    );
    let cookie = ("cookie", ada.cookie.as_str());
    let socket = server
        .socket("/vnet-app/vnet/sfu/abcdefghjk/", &[cookie])
        .await;
    drop(socket.unwrap());
}

#[tokio::test]
async fn pages_may_open_the_sockets() {
    let config =
        HttpConfig::default().with_public_url(Some("https://meet.example.org".parse().unwrap()));
    let (server, _told) = parrot(config).await;
    let page = server.get("/").await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains("; connect-src 'self' wss://meet.example.org; "),
        "{policy}"
    );
    let policy = start().await.get("/").await;
    let policy = policy.header("content-security-policy").unwrap();
    assert!(policy.contains("; connect-src 'self'; "), "{policy}");
}

/// A framework that is not built on hyper hands the stream over.
#[tokio::test]
async fn a_handed_over_stream_is_served() {
    let (server, mut told) = parrot(HttpConfig::default()).await;
    let ada = server.browser("ada").await;
    let (slot, handover) = vnet_http_hyper::UpgradeSlot::new();
    let mut request = http::Request::get(SOCKET)
        .header("host", "localhost")
        .header("cookie", &ada.cookie)
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        .body(Full::<Bytes>::default())
        .unwrap();
    request.extensions_mut().insert(slot);
    let answer = hyper::service::Service::call(&server.service, request)
        .await
        .unwrap();
    assert_eq!(answer.status(), 101);
    let (near, far) = tokio::io::duplex(4_096);
    handover.hand_over(far);
    let role = tokio_tungstenite::tungstenite::protocol::Role::Client;
    let mut client = WebSocketStream::from_raw_socket(near, role, None).await;
    client.send(Message::text("hello")).await.unwrap();
    assert_eq!(
        client.next().await.unwrap().unwrap().into_text().unwrap(),
        "hello"
    );
    drop(client);
    assert_eq!(gone(&mut told).await, Gone::Lost);
}
