//! The emulator against clients that speak badly.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod support;

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use vnet_acs::emulator::{AcsEmulator, EmulatorServer};
use vnet_acs::signing::{http_date, sign};
use vnet_acs::{AccessKey, Operation};
use vnet_core::{Clock as _, SystemClock};

const KEY: &str = "dm5ldC1mYWtlLWFjcy1rZXktb25lLTMyLWJ5dGVzISE=";

const CREATE: &str = "/identities?api-version=2023-10-01";

async fn server() -> EmulatorServer {
    let emulator = AcsEmulator::builder().access_key(KEY).control(true);
    emulator.build().unwrap().spawn().await.unwrap()
}

/// Sends `bytes`, ends the sending side, and gives back all that comes.
async fn talk(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may have refused and closed before everything was written.
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// A genuine request, as bytes.
fn genuine(address: SocketAddr, method: &str, target: &str, body: &str) -> String {
    let key = AccessKey::from_base64(KEY).unwrap();
    let host = address.to_string();
    let date = http_date(SystemClock.now());
    let signature = sign(&key, method, target, &host, &date, body.as_bytes());
    format!(
        "{method} {target} HTTP/1.1\r\nHOST: {host}\r\nX-MS-Date: {date}\r\n\
         x-ms-CONTENT-sha256: {}\r\nauthorization: {}\r\ncontent-length: {}\r\n\
         x-ms-client-request-id: my-id\r\nconnection: close\r\n\r\n{body}",
        signature.content_hash,
        signature.authorization,
        body.len()
    )
}

async fn status(server: &EmulatorServer, method: &str, target: &str, body: &str) -> (u16, String) {
    let request = genuine(server.address(), method, target, body);
    let answer = talk(server.address(), request.as_bytes()).await;
    let status = answer.split(' ').nth(1).and_then(|text| text.parse().ok());
    (status.unwrap_or_else(|| panic!("{answer}")), answer)
}

#[tokio::test]
async fn genuine_requests_are_answered_with_the_headers_of_the_service() {
    let server = server().await;
    let (code, answer) = status(&server, "POST", "/identities?api-version=2023-10-01", "").await;
    assert_eq!(code, 201, "{answer}");
    for header in [
        "content-type: application/json; charset=utf-8",
        "api-supported-versions: ",
        "ms-cv: ",
        "x-ms-client-request-id: my-id",
        "content-length: ",
    ] {
        assert!(answer.contains(header), "{header}: {answer}");
    }
    assert!(!answer.contains("accessToken"));
    let nulls = r#"{"createTokenWithScopes":null,"expiresInMinutes":null}"#;
    let (code, answer) = status(&server, "POST", "/identities?api-version=2022-10-01", nulls).await;
    assert_eq!(code, 201, "{answer}");
}

#[tokio::test]
async fn wrong_bodies_get_the_recorded_refusals() {
    let server = server().await;
    for (body, word) in [
        (r#"{"expiresInMinutes":59}"#, "value 59 is invalid"),
        (
            r#"{"expiresInMinutes":1441}"#,
            "\"target\":\"ExpiresInMinutes\"",
        ),
        (r#"{"expiresInMinutes":60.5}"#, "ValidationError"),
        (
            r#"{"createTokenWithScopes":["x"]}"#,
            "\"target\":\"Scopes\"",
        ),
        ("{", "ValidationError"),
        ("[]", "ValidationError"),
    ] {
        let (code, answer) = status(&server, "POST", CREATE, body).await;
        assert_eq!(code, 400, "{body}: {answer}");
        assert!(answer.contains(word), "{body}: {answer}");
    }
    let id = server.emulator().resource_id();
    let issue = format!("/identities/8:acs:{id}_1/:issueAccessToken?api-version=2023-10-01");
    // Ownership comes before the body.
    let (code, answer) = status(&server, "POST", &issue, "{").await;
    assert_eq!(code, 404, "{answer}");
    assert!(
        answer.contains("Provided identity doesn't exist."),
        "{answer}"
    );
    assert_eq!(server.emulator().identities_count(), 0);
}

#[tokio::test]
async fn wrong_addresses_get_the_recorded_refusals() {
    let server = server().await;
    let foreign = "/identities/8:acs:x_1/:issueAccessToken?api-version=2023-10-01";
    let early = "/teamsUser/:exchangeAccessToken?api-version=2021-03-07";
    for (method, target, code, word) in [
        ("GET", CREATE, 405, "MethodNotAllowed"),
        ("POST", "/identities", 400, "ApiVersionUnspecified"),
        (
            "POST",
            "/identities?api-version=2030-01-01",
            400,
            "UnsupportedApiVersion",
        ),
        ("POST", early, 400, "UnsupportedApiVersion"),
        ("POST", foreign, 401, "IdentityNotOwned"),
        (
            "POST",
            "/nothing?api-version=2023-10-01",
            404,
            "ResourceNotFound",
        ),
    ] {
        let (got, answer) = status(&server, method, target, "").await;
        assert_eq!(got, code, "{target}: {answer}");
        assert!(answer.contains(word), "{target}: {answer}");
    }
}

#[tokio::test]
async fn a_body_that_was_changed_is_told_from_a_wrong_signature() {
    let server = server().await;
    let request = genuine(
        server.address(),
        "POST",
        "/identities?api-version=2023-10-01",
        "{}",
    );
    let changed = request.replace("\r\n\r\n{}", "\r\n\r\n[]");
    let answer = talk(server.address(), changed.as_bytes()).await;
    assert!(
        answer.contains("differs from generated content hash"),
        "{answer}"
    );
    let changed = request.replace("2023-10-01 HTTP", "2022-10-01 HTTP");
    let answer = talk(server.address(), changed.as_bytes()).await;
    assert!(
        answer.starts_with("HTTP/1.1 401") && answer.contains("Denied by"),
        "{answer}"
    );
    let repeated = request.replace("HOST: ", "x-other: ");
    let answer = talk(server.address(), repeated.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
}

#[tokio::test]
async fn noise_is_refused_and_the_next_client_is_served() {
    let server = server().await;
    let long = format!("POST /{} HTTP/1.1\r\n\r\n", "x".repeat(200_000));
    let large = format!(
        "POST /identities HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n{}",
        "x".repeat(100_000)
    );
    for noise in [
        "",
        "\r\n\r\n",
        "nonsense\r\n\r\n",
        "POST /identities HTTP/9.9\r\n\r\n",
        "POST /identities HTTP/1.1\r\nbad header\r\n\r\n",
        "POST /identities HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        "POST /identities HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf",
        "POST /identities HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        "POST * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        "POST /identities/%ff%00 HTTP/1.1\r\nhost: \u{fc}\r\nconnection: close\r\n\r\n",
        &long,
        &large,
    ] {
        let answer = talk(server.address(), noise.as_bytes()).await;
        let refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
        assert!(refused, "{:?}: {answer}", noise.get(..60));
    }
    let (code, _) = status(&server, "POST", "/identities?api-version=2023-10-01", "").await;
    assert_eq!(code, 201);
}

#[tokio::test]
async fn faults_can_be_ordered_over_http() {
    let server = server().await;
    let order = r#"{"operation":"create_identity","times":2,
        "fault":{"kind":"throttle","retry_after":"7"}}"#;
    assert_eq!(
        status(&server, "POST", "/_emulator/faults", order).await.0,
        204
    );
    for _ in 0..2 {
        let (code, answer) =
            status(&server, "POST", "/identities?api-version=2023-10-01", "").await;
        assert_eq!(code, 429);
        assert!(answer.contains("retry-after: 7"), "{answer}");
    }
    let (code, list) = status(&server, "GET", "/_emulator/requests", "").await;
    assert_eq!(code, 200);
    assert!(
        list.contains("create_identity") && !list.contains("HMAC-SHA256"),
        "{list}"
    );
    assert_eq!(server.emulator().requests().len(), 2);
    assert_eq!(
        server.emulator().requests()[0].operation,
        Some(Operation::CreateIdentity)
    );
    assert_eq!(
        status(&server, "POST", "/_emulator/faults", "{}").await.0,
        400
    );
    assert_eq!(status(&server, "POST", "/_emulator/reset", "").await.0, 204);
    assert!(server.emulator().requests().is_empty());
}
