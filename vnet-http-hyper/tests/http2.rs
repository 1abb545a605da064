//! HTTP/2 with a real client, over TLS.
#![cfg(feature = "tls")]
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod support;

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::future::join_all;
use futures_util::stream;
use http::{Method, Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::client::conn::http2::SendRequest;
use hyper_util::rt::{TokioExecutor, TokioIo};
use support::tls::{TlsServer, start};
use support::{PASSWORD, PATIENCE};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::io::InspectReader;
use vnet_http_hyper::HttpConfig;

type Body = UnsyncBoxBody<Bytes, Infallible>;

/// One connection of a client.
struct Client {
    host: String,
    sender: SendRequest<Body>,
    connection: JoinHandle<hyper::Result<()>>,
    /// What the server sent, decrypted.
    heard: Arc<Mutex<Vec<u8>>>,
}

fn whole(body: &str) -> Body {
    Full::new(Bytes::copy_from_slice(body.as_bytes())).boxed_unsync()
}

impl Client {
    async fn connect(server: &TlsServer) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ear = Arc::clone(&heard);
        let stream = server.connect(b"h2").await;
        let stream = InspectReader::new(stream, move |bytes: &[u8]| {
            ear.lock().unwrap().extend_from_slice(bytes);
        });
        let (sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
                .await
                .unwrap();
        Self {
            host: server.host.clone(),
            sender,
            connection: tokio::spawn(connection),
            heard,
        }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> hyper::Result<Response<Incoming>> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("https://{}{path}", self.host));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let sending = self
            .sender
            .clone()
            .send_request(request.body(body).unwrap());
        tokio::time::timeout(PATIENCE, sending).await.unwrap()
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
        let response = self.send(Method::GET, path, headers, whole("")).await;
        read(response.unwrap()).await
    }

    /// The type and the payload of every frame that came.
    fn frames(&self) -> Vec<(u8, Vec<u8>)> {
        let heard = self.heard.lock().unwrap();
        let mut rest = &heard[..];
        let mut frames = Vec::new();
        while let Some((head, after)) = rest.split_at_checked(9) {
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
            let Some((payload, after)) = after.split_at_checked(length) else {
                break;
            };
            frames.push((head[3], payload.to_vec()));
            rest = after;
        }
        frames
    }
}

async fn read(response: Response<Incoming>) -> (u16, String) {
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn many_requests_share_a_connection() {
    let server = start(HttpConfig::default()).await;
    let ada = server.server.browser("ada").await;
    let client = Client::connect(&server).await;
    let cookie = [("cookie", ada.cookie.as_str())];
    let kinds = [
        ("/healthz", 200, "ok"),
        ("/account/get/user-details/", 200, "\"ada\""),
        ("/static/vnet.css", 200, "{"),
        ("/nothing/", 404, "Page not found"),
    ];
    // As many as one connection may have open, and some that wait.
    let asked = (0..200).map(|n| kinds[n % kinds.len()]);
    let answers = join_all(asked.clone().map(|(path, ..)| client.get(path, &cookie))).await;
    for ((path, status, part), (answered, body)) in asked.zip(answers) {
        assert_eq!(answered, status, "{path}");
        assert!(body.contains(part), "{path}: {body}");
    }
}

#[tokio::test]
async fn a_form_signs_in_and_cookies_may_come_in_crumbs() {
    let server = start(HttpConfig::default()).await;
    server.server.sign_up("ada").await;
    let client = Client::connect(&server).await;
    let form = format!("username=ada&password={}", PASSWORD.replace(' ', "+"));
    let origin = format!("https://{}", server.host);
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", origin.as_str()),
    ];
    let path = "/account/sign-in/";
    let response = client
        .send(Method::POST, path, &headers, whole(&form))
        .await
        .unwrap();
    assert_eq!(response.status(), 302);
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("; Secure"));
    let cookie = cookie.split(';').next().unwrap();
    let crumbs = [("cookie", "theme=dark"), ("cookie", cookie)];
    let (status, page) = client.get("/account/", &crumbs).await;
    assert_eq!(status, 200);
    assert!(page.contains("Ada Byron"));
    let foreign = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", "https://evil.example"),
        ("cookie", cookie),
    ];
    let path = "/account/sessions/end-others/";
    let refused = client.send(Method::POST, path, &foreign, whole("")).await;
    assert_eq!(refused.unwrap().status(), 403, "`:authority` is the host");
}

#[tokio::test]
async fn a_socket_over_http_2_is_refused_in_words() {
    let server = start(HttpConfig::default()).await;
    let ada = server.server.browser("ada").await;
    let client = Client::connect(&server).await;
    let headers = [
        ("cookie", ada.cookie.as_str()),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let (status, body) = client.get("/vnet/ps/907308/", &headers).await;
    assert_eq!(status, 400);
    assert!(body.contains("WebSocket needs HTTP/1.1."), "{body}");
    // A tunnel (RFC 9113, section 8.5) is not what this server is for.
    let tunnel = Request::connect("example.org:443").body(whole("")).unwrap();
    let response = client.sender.clone().send_request(tunnel).await.unwrap();
    assert!(response.status().is_client_error(), "{}", response.status());
    assert_eq!(client.get("/healthz", &[]).await.0, 200, "and it goes on");
    assert_eq!(server.server.service.open_sockets(), 0);
}

#[tokio::test]
async fn stopping_says_goaway_and_lets_a_request_end() {
    const GOAWAY: u8 = 7;
    let mut server = start(HttpConfig::default()).await;
    let client = Client::connect(&server).await;
    let (more, parts) = mpsc::channel::<Bytes>(1);
    let parts = stream::unfold(parts, |mut parts| async {
        let part = parts.recv().await?;
        Some((Ok::<_, Infallible>(Frame::data(part)), parts))
    });
    let headers = [("content-type", "application/json")];
    let body = StreamBody::new(parts).boxed_unsync();
    let path = "/account/p-login/";
    let slow = client.send(Method::POST, path, &headers, body);
    let rest = async {
        more.send(Bytes::from_static(b"{")).await.unwrap();
        // The slow request is there when a later one is answered.
        assert_eq!(client.get("/healthz", &[]).await.0, 200);
        server.server.stop();
        let goaway = async {
            while !client.frames().iter().any(|(kind, _)| *kind == GOAWAY) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, goaway).await.unwrap();
        more.send(Bytes::from_static(b"}")).await.unwrap();
        drop(more);
    };
    let (answer, ()) = tokio::join!(slow, rest);
    let (status, body) = read(answer.unwrap()).await;
    assert_eq!(status, 400);
    assert!(body.contains("Wrong Credentials"), "{body}");
    let frames = client.frames();
    let mut goaways = frames.iter().filter(|(kind, _)| *kind == GOAWAY);
    // Last stream id, then the error code: none.
    assert!(goaways.all(|(_, payload)| payload[4..8] == [0; 4]));
    assert!(
        client.sender.is_closed() || client.connection.is_finished() || {
            let late = client.send(Method::GET, "/healthz", &[], whole("")).await;
            late.is_err()
        },
        "nothing new is taken"
    );
    client.connection.await.unwrap().unwrap();
    server.server.ended().await;
}
