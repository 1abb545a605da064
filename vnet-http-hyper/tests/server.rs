//! The life of connections: half-closed, slow, idle, encrypted, and the end of the server.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod support;

use std::time::Duration;

use support::{Answer, PATIENCE, start, start_with};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use vnet_http_hyper::HttpConfig;

const QUICK: Duration = Duration::from_millis(60);

async fn ends(stream: &mut tokio::net::TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
    // A reset is an end, too.
    let _end_or_reset = read.expect("the server must end the connection");
    bytes
}

#[tokio::test]
async fn a_client_that_has_said_all_still_gets_its_answer() {
    let server = start().await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    stream.shutdown().await.unwrap();
    assert_eq!(Answer::parse(&ends(&mut stream).await).status, 200);
}

#[tokio::test]
async fn a_connection_serves_many_requests() {
    let server = start().await;
    let mut stream = server.connect().await;
    stream
        .write_all(&b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3))
        .await
        .unwrap();
    stream.shutdown().await.unwrap();
    let text = String::from_utf8(ends(&mut stream).await).unwrap();
    assert_eq!(text.matches("HTTP/1.1 200").count(), 3, "{text}");
}

#[tokio::test]
async fn those_who_say_nothing_or_too_little_are_cut() {
    let config = HttpConfig::default().with_idle_timeout(QUICK);
    let server = start_with(config).await;
    for start in [
        &b""[..],
        b"P",
        b"PRI * HTTP/2.0\r\n",
        b"GET / HT",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: ",
    ] {
        let mut stream = server.connect().await;
        stream.write_all(start).await.unwrap();
        ends(&mut stream).await;
    }
    // Between two requests as well.
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(Answer::parse(&ends(&mut stream).await).status, 200);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_408() {
    let config = HttpConfig::default().with_body_timeout(QUICK);
    let server = start_with(config).await;
    let head = b"POST /account/p-login/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{";
    assert_eq!(server.raw(head).await.status, 408);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_trouble() {
    let server = start().await;
    let mut stream = server.connect().await;
    let head = b"POST /account/p-login/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{";
    stream.write_all(head).await.unwrap();
    stream.shutdown().await.unwrap();
    let bytes = ends(&mut stream).await;
    if !bytes.is_empty() {
        assert_eq!(Answer::parse(&bytes).status, 400);
    }
    assert_eq!(server.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn a_client_that_expects_100_gets_it_and_a_too_large_body_does_not() {
    let server = start().await;
    let mut stream = server.connect().await;
    let head = "POST /account/p-login/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: ";
    stream
        .write_all(format!("{head}2\r\n\r\n").as_bytes())
        .await
        .unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 100");
    stream.write_all(b"{}").await.unwrap();
    let rest = ends(&mut stream).await;
    let text = String::from_utf8_lossy(&rest);
    assert!(text.contains("HTTP/1.1 400"), "{text}");
    let answer = server
        .raw(format!("{head}99999999\r\n\r\n").as_bytes())
        .await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn stopping_lets_requests_end() {
    let mut server = start().await;
    let mut stream = server.connect().await;
    let head = b"POST /account/p-login/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{";
    stream.write_all(head).await.unwrap();
    // The request is there when a second connection, opened later, is answered.
    assert_eq!(server.get("/healthz").await.status, 200);
    server.stop();
    stream.write_all(b"}").await.unwrap();
    assert_eq!(Answer::parse(&ends(&mut stream).await).status, 400);
    server.ended().await;
}

#[tokio::test]
async fn stopping_does_not_wait_for_ever() {
    let config = HttpConfig::default().with_drain_timeout(QUICK);
    let mut server = start_with(config).await;
    let mut stream = server.connect().await;
    let head = b"POST /account/p-login/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{";
    stream.write_all(head).await.unwrap();
    assert_eq!(server.get("/healthz").await.status, 200);
    server.stop();
    server.ended().await;
    assert!(ends(&mut stream).await.is_empty());
}

#[tokio::test]
async fn more_connections_than_places_wait() {
    let config = HttpConfig::default().with_max_connections(1);
    let server = start_with(config).await;
    let mut first = server.connect().await;
    first
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    first.readable().await.unwrap();
    let second = server.get("/healthz");
    tokio::pin!(second);
    let early = tokio::time::timeout(QUICK, second.as_mut()).await;
    assert!(early.is_err(), "the only place is taken");
    drop(first);
    assert_eq!(second.await.status, 200);
}

#[tokio::test]
async fn http_2_is_spoken_by_prior_knowledge() {
    let server = start().await;
    let mut stream = server.connect().await;
    // Preface and an empty SETTINGS frame.
    stream
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .await
        .unwrap();
    let mut head = [0; 9];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(head[3], 4, "the server answers with its SETTINGS");
}

/// Text goes out packed to whoever takes it so, and each encoding is told apart by caches.
#[tokio::test]
async fn files_come_in_the_encoding_that_was_asked_for() {
    let server = start().await;
    let path = "/static/vnet.css";
    let plain = server.get(path).await;
    let mut tags = vec![plain.header("etag").unwrap().to_owned()];
    for (accepted, coding) in [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0.2, gzip;q=0.8", "gzip"),
    ] {
        let headers = [("Accept-Encoding", accepted)];
        let packed = server.request("GET", path, &headers, b"").await;
        assert_eq!(packed.header("content-encoding"), Some(coding));
        assert_eq!(packed.header("vary"), Some("Accept-Encoding"));
        assert_eq!(packed.header("content-type"), plain.header("content-type"));
        let length = packed.body.len();
        assert!(length < plain.body.len() / 2, "{coding}: {length} bytes");
        let mut bytes = Vec::new();
        match coding {
            "br" => brotli::BrotliDecompress(&mut &*packed.body, &mut bytes).map(drop),
            _ => {
                let mut unpacking = flate2::read::GzDecoder::new(&*packed.body);
                std::io::Read::read_to_end(&mut unpacking, &mut bytes).map(drop)
            }
        }
        .unwrap();
        assert_eq!(bytes, plain.body, "{coding}");
        let head = server.request("HEAD", path, &headers, b"").await;
        assert_eq!(head.header("content-length"), Some(&*length.to_string()));
        assert_eq!(head.header("content-encoding"), Some(coding));

        let tag = packed.header("etag").unwrap().to_owned();
        let headers = [("Accept-Encoding", accepted), ("If-None-Match", &tag)];
        let known = server.request("GET", path, &headers, b"").await;
        assert_eq!((known.status, known.body.len()), (304, 0));
        assert_eq!(known.header("vary"), Some("Accept-Encoding"));
        assert_eq!(known.header("etag"), Some(&*tag));
        // What was kept for one encoding says nothing of another.
        let other = server
            .request("GET", path, &[("If-None-Match", &tag)], b"")
            .await;
        assert_eq!((other.status, other.body.len()), (200, plain.body.len()));
        tags.push(tag);
    }
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 3, "a tag for each encoding: {tags:?}");
    for accepted in ["identity", "*;q=0", "br;q=0"] {
        let headers = [("Accept-Encoding", accepted)];
        let answer = server.request("GET", path, &headers, b"").await;
        assert_eq!(answer.header("content-encoding"), None, "{accepted}");
        assert_eq!(answer.header("vary"), Some("Accept-Encoding"));
        assert_eq!(answer.body, plain.body);
    }
}
