//! Ending a server, and refusing before the upgrade.

mod support;

use std::time::Duration;

use support::{Server, soon};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use vnet_core::Limits;

#[tokio::test]
async fn a_shutdown_tells_everybody_and_waits_for_them() {
    let server = Server::start(Limits::default()).await;
    let (mut ada, mut bob) = server.pair().await;
    // A connection that has not said anything yet does not hold it up.
    let silent = TcpStream::connect(server.address).await.unwrap();
    let mut hanging = TcpStream::connect(server.address).await.unwrap();
    hanging
        .write_all(request("/vnet/ps/123456/?refuse=hang", "").as_bytes())
        .await
        .unwrap();
    server.shutdown.cancel();
    for peer in [&mut ada, &mut bob] {
        let (code, reason) = peer.closed().await;
        assert_eq!(code, 1001);
        assert!(reason.contains("shuts down"), "{reason}");
    }
    soon("the end of the server", server.task)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(server.rooms.rooms_count(), 0);
    assert!(
        TcpStream::connect(server.address).await.is_err(),
        "nobody listens"
    );
    assert!(
        !server.signalling.is_stopping(),
        "only the listener's own handle was stopped"
    );
    drop(silent);
}

#[tokio::test]
async fn a_peer_that_does_not_answer_the_close_does_not_hold_up_the_end() {
    let mut limits = Limits::default();
    limits.signal_close_within = Duration::from_millis(100);
    let server = Server::start(limits).await;
    let (ada, bob) = server.pair().await;
    server.signalling.stop();
    soon("the end of the server", server.task)
        .await
        .unwrap()
        .unwrap();
    drop((ada, bob));
}

#[tokio::test]
async fn requests_that_open_no_room_get_a_status() {
    let server = Server::start_with(Limits::default(), |serve| {
        serve.allow_origins(["https://meet.example.org"])
    })
    .await;
    let good = "/vnet/ps/123456/";
    let origin = |origin: &str| format!("Origin: {origin}\r\n");
    for (request, status) in [
        (request("/vnet/ps/12345/", ""), "404"),
        (request("/vnet/ps/1234567/", ""), "404"),
        (request("/vnet/ps/123456", ""), "404"),
        (request("/foo/vnet/ps/123456/", ""), "404"),
        (request("/vnet/ps/123456/bar/", ""), "404"),
        (
            request("/vnet/ps/%D9%A1%D9%A2%D9%A3%D9%A4%D9%A5%D9%A6/", ""),
            "404",
        ),
        (request("/", ""), "404"),
        (request("*", ""), "404"),
        (request(&format!("{good}?refuse=401"), ""), "401"),
        (request(&format!("{good}?refuse=403"), ""), "403"),
        (request(&format!("{good}?refuse=429"), ""), "429"),
        (request(&format!("{good}?refuse=500"), ""), "500"),
        (request(good, &origin("https://evil.example")), "403"),
        (request(good, &origin("null")), "403"),
        (request(good, &origin("https://MEET.example.org")), "101"),
        (request(good, ""), "101"),
        (format!("GET {good} HTTP/1.1\r\nHost: x\r\n\r\n"), "426"),
        (request(good, "").replace("GET", "POST"), "405"),
        (request(good, "").replace("HTTP/1.1", "HTTP/1.0"), "505"),
        (request(good, "").replace("==", ""), "400"),
        (
            request(good, "").replace("Version: 13", "Version: 8"),
            "426",
        ),
        ("nonsense\r\n\r\n".into(), "400"),
        (
            request(good, &format!("X: {}\r\n", "x".repeat(20_000))),
            "431",
        ),
        (request(good, &"X: y\r\n".repeat(300)), "431"),
    ] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = vec![0; 12];
        soon("the status", stream.read_exact(&mut answer))
            .await
            .unwrap();
        let answer = String::from_utf8(answer).unwrap();
        assert_eq!(
            answer,
            format!("HTTP/1.1 {status}"),
            "{}",
            &request[..60.min(request.len())]
        );
    }
}

#[tokio::test]
async fn a_refusal_says_when_to_come_back_and_why() {
    let server = Server::start(Limits::default()).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let text = request("/vnet/ps/123456/?refuse=429", "");
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    soon("the answer", stream.read_to_string(&mut answer))
        .await
        .unwrap();
    assert!(
        answer.to_ascii_lowercase().contains("retry-after: 7\r\n"),
        "{answer}"
    );
    assert!(
        answer.ends_with("\r\n\r\n{\"error\":\"slow_down\"}"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_client_that_never_finishes_its_request_is_hung_up_on() {
    let server = Server::start_with(Limits::default(), |serve| {
        serve.handshake_within(Duration::from_millis(100))
    })
    .await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"GET /vnet/ps/123456/ HT").await.unwrap();
    let mut answer = Vec::new();
    // Reset or ended: both are over.
    let _ = soon("the end", stream.read_to_end(&mut answer)).await;
    assert!(answer.is_empty());
}

#[tokio::test]
async fn frames_sent_right_behind_the_request_are_not_lost() {
    let server = Server::start(Limits::default()).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let mut bytes = request("/vnet/ps/123456/?name=ada", "").into_bytes();
    let message = br#"{"type":"x","content":[1]}"#;
    bytes.extend_from_slice(&[
        0x81,
        0x80 | u8::try_from(message.len()).unwrap(),
        0,
        0,
        0,
        0,
    ]);
    bytes.extend_from_slice(message);
    stream.write_all(&bytes).await.unwrap();
    let mut heard = Vec::new();
    while !String::from_utf8_lossy(&heard).contains(r#""candidates":[1]"#) {
        assert_ne!(
            soon("the echo", stream.read_buf(&mut heard)).await.unwrap(),
            0
        );
    }
}

fn request(path: &str, headers: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
    )
}
