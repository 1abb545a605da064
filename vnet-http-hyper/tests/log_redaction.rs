//! Nothing secret and nothing that was typed is logged, however much is. Alone in its file: it records
//! what the whole process logs.
#![cfg(feature = "tls")]
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod support;

use std::io::Cursor;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use support::tls::{TlsServer, start};
use support::{Answer, json_of};
use tokio_tungstenite::tungstenite::Message;
use vnet_core::testkit::logs::Logs;
use vnet_http_hyper::{HttpConfig, RateLimits};

const NAME: &str = "countess_of_lovelace";
const EMAIL: &str = "ada.secret@example.org";
const FIRST: &str = "Augusta-Secret";
const PASSWORD: &str = "analytical-engine-no-5";
const NEW_PASSWORD: &str = "difference-engine-no-6";
const WRONG: &str = "hunter2-hunter2-hunter2";
/// Stands in query strings and bodies that are refused.
const MARK: &str = "mark-that-nobody-may-read";
const ROOM: &str = "907308";
const TITLE: &str = "A title that nobody else reads";
const SDP: &str = "a=ice-pwd:very-secret-ice";

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// A person with a browser.
struct Person<'a> {
    server: &'a TlsServer,
    cookie: String,
    /// All that may stand in no line.
    secrets: Vec<String>,
}

impl Person<'_> {
    async fn send(&mut self, method: &str, path: &str, mime: &str, body: &[u8]) -> Answer {
        let mut headers = vec![("Cookie", self.cookie.as_str())];
        if !mime.is_empty() {
            headers.push(("Content-Type", mime));
        }
        let answer = self.server.request(method, path, &headers, body).await;
        if let Some(cookie) = answer.header("set-cookie") {
            let cookie = cookie.split(';').next().unwrap().to_owned();
            let key = cookie.split_once('=').unwrap().1;
            if key.len() > 20 {
                self.secrets.push(key.to_owned());
            }
            self.cookie = cookie;
        }
        answer
    }

    async fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> u16 {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.send("POST", path, FORM, body.as_bytes()).await.status
    }

    async fn json(&mut self, path: &str, body: &Value) -> Answer {
        let body = body.to_string();
        self.send("POST", path, JSON, body.as_bytes()).await
    }

    /// Keeps the texts at `names` of an answer as secrets.
    fn keep(&mut self, answer: &Value, names: &[&str]) {
        for name in names {
            self.secrets
                .push(answer[*name].as_str().unwrap().to_owned());
        }
    }

    async fn signs_up_and_in(&mut self) {
        let fields = [
            ("username", NAME),
            ("email", EMAIL),
            ("first_name", FIRST),
            ("last_name", "Byron"),
            ("password", PASSWORD),
            ("password_2", PASSWORD),
        ];
        assert_eq!(self.form("/account/sign-up/", &fields).await, 302);
        assert_eq!(self.form("/account/sign-out/", &[]).await, 302);
        assert_eq!(self.form("/account/sign-up/", &fields).await, 200, "taken");
        for wrong in [(NAME, WRONG), (WRONG, PASSWORD), (EMAIL, WRONG)] {
            let fields = [("username", wrong.0), ("password", wrong.1)];
            assert_eq!(self.form("/account/sign-in/", &fields).await, 200);
            let body = json!({"username": wrong.0, "password": wrong.1});
            assert_eq!(self.json("/account/p-login/", &body).await.status, 400);
        }
        let right = [("username", NAME), ("password", PASSWORD)];
        let path = format!("/account/sign-in/?next=/account/?{MARK}");
        assert_eq!(self.form(&path, &right).await, 302);
    }

    async fn takes_tokens(&mut self) {
        let body = json!({"username": NAME, "password": PASSWORD});
        let answer = self.json("/account/p-login/", &body).await.json();
        self.keep(&answer["details"], &["acs_token", "auth_token"]);
        let bearer = answer["details"]["auth_token"].as_str().unwrap().to_owned();
        let path = "/account/get/user-details/?acs=1";
        let answer = self.send("GET", path, "", b"").await.json();
        self.keep(&answer, &["acs_token", "auth_token"]);
        let answer = self.json("/account/acs-token/", &json!({})).await.json();
        self.keep(&answer, &["token"]);
        for (token, status) in [(bearer, 200), (format!("x{MARK}"), 401)] {
            let header = format!("Token {token}");
            let headers = [("Authorization", header.as_str())];
            let answer = self.server.request("GET", path, &headers, b"").await;
            assert_eq!(answer.status, status);
        }
    }

    async fn schedules(&mut self) {
        let body = json!({
            "title": TITLE, "notes": MARK,
            "start_time": "2030-01-01T10:00:00Z", "end_time": "2030-01-01T11:00:00Z",
        });
        let meeting = self.json("/meeting/new/", &body).await.json();
        self.keep(&meeting, &["meeting_id"]);
        let code = meeting["meeting_id"].as_str().unwrap();
        let path = format!("/meeting/meetings/{code}/join/");
        // The conference of these tests knows no tickets.
        assert_eq!(self.json(&path, &json!({})).await.status, 501);
        for path in [
            "/meet/conf/{}/",
            "/account/meetings/{}/",
            "/meeting/meetings/{}/",
        ] {
            let path = path.replace("{}", code);
            assert_eq!(self.send("GET", &path, "", b"").await.status, 200, "{path}");
        }
    }

    async fn meets(&mut self) {
        let url = format!(
            "wss://{}/vnet/ps/{ROOM}/?echo=on&x={MARK}",
            self.server.host
        );
        let cookie = [("cookie", self.cookie.as_str())];
        let mut socket = self.server.socket(&url, &cookie).await.unwrap();
        json_of(&mut socket).await;
        for text in [
            json!({"type": "offer", "content": {"sdp": SDP}, "name": FIRST}).to_string(),
            format!("{{{MARK}"),
            json!({"type": MARK}).to_string(),
        ] {
            socket.send(Message::text(text)).await.unwrap();
            json_of(&mut socket).await;
        }
        socket.close(None).await.unwrap();
        while socket.next().await.is_some() {}
    }

    async fn changes_the_account(&mut self) {
        let mut png = Cursor::new(Vec::new());
        image::DynamicImage::new_rgb8(8, 8)
            .write_to(&mut png, image::ImageFormat::Png)
            .unwrap();
        for (picture, status) in [(png.into_inner(), 303), (MARK.as_bytes().to_vec(), 200)] {
            let mut body = format!(
                "--XX\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"{MARK}.png\"\r\n\r\n"
            )
            .into_bytes();
            body.extend_from_slice(&picture);
            body.extend_from_slice(b"\r\n--XX--\r\n");
            let mime = "multipart/form-data; boundary=XX";
            let answer = self.send("POST", "/account/avatar/", mime, &body).await;
            assert_eq!(answer.status, status);
        }
        for (current, status) in [(WRONG, 200), (PASSWORD, 303)] {
            let fields = [
                ("current", current),
                ("password", NEW_PASSWORD),
                ("password_2", NEW_PASSWORD),
            ];
            assert_eq!(self.form("/account/password/", &fields).await, status);
        }
        assert_eq!(
            self.form("/account/delete/", &[("password", WRONG)]).await,
            200
        );
    }

    /// What is refused tempts most to be logged with all its details.
    async fn errs(&mut self) {
        for (method, path, mime, body) in [
            ("GET", "/account/get/user-details/?acs=MARK", "", ""),
            ("GET", "/meeting/meetings/?cursor=MARK", "", ""),
            ("GET", "/meeting/meetings/MARK/", "", ""),
            ("GET", "/vnet/ps/MARK/", "", ""),
            ("GET", "/vnet/ps/907308/?MARK", "", ""),
            ("GET", "/help/article/MARK/?MARK", "", ""),
            ("GET", "/media/profiles/images/pc/MARK.jpg", "", ""),
            ("GET", "/MARK/?MARK=MARK", "", ""),
            ("GET", "/account?MARK", "", ""),
            ("PUT", "/account/?MARK", FORM, "MARK"),
            ("POST", "/account/p-login/?MARK", JSON, "{\"MARK"),
            ("POST", "/account/p-login/", JSON, "[\"MARK\"]"),
            ("POST", "/account/p-login/", "text/MARK", "MARK"),
            (
                "POST",
                "/account/p-login/",
                JSON,
                r#"{"username":["MARK"],"password":{"x":"MARK"}}"#,
            ),
            (
                "POST",
                "/account/profile/",
                "multipart/form-data; boundary=MARK",
                "MARK",
            ),
            (
                "POST",
                "/meeting/new/?MARK",
                JSON,
                r#"{"title":7,"start_time":"MARK"}"#,
            ),
            ("POST", "/account/sessions/end/", FORM, "session=MARK"),
        ] {
            let path = path.replace("MARK", MARK);
            let (mime, body) = (mime.replace("MARK", MARK), body.replace("MARK", MARK));
            let answer = self.send(method, &path, &mime, body.as_bytes()).await;
            assert!(
                (300..500).contains(&answer.status),
                "{path}: {}",
                answer.status
            );
        }
        // No proper HTTP at all, and a body that breaks off.
        for bytes in [
            format!("GET /{MARK}\r\n\r\n"),
            format!("GET / HTTP/1.1\r\n{MARK}\r\n\r\n"),
        ] {
            let mut stream = self.server.connect(b"http/1.1").await;
            tokio::io::AsyncWriteExt::write_all(&mut stream, bytes.as_bytes())
                .await
                .unwrap();
            assert_eq!(Answer::read(&mut stream).await.status, 400);
        }
    }

    /// The same over HTTP/2, whose library logs on its own.
    async fn asks_over_http_2(&mut self) {
        let stream = hyper_util::rt::TokioIo::new(self.server.connect(b"h2").await);
        let executor = hyper_util::rt::TokioExecutor::new();
        let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, stream)
            .await
            .unwrap();
        let connection = tokio::spawn(connection);
        for (path, status) in [
            ("/account/", 200),
            ("/meeting/meetings/", 200),
            ("/x/", 404),
        ] {
            let request = http::Request::get(format!("https://{}{path}?{MARK}", self.server.host))
                .header("cookie", &self.cookie)
                .header("authorization", format!("Basic {MARK}"))
                .body(String::new())
                .unwrap();
            let response = sender.send_request(request).await.unwrap();
            assert_eq!(response.status(), status, "{path}");
        }
        drop(sender);
        connection.await.unwrap().unwrap();
    }

    async fn tries_too_often(&mut self) {
        let fields = [("username", NAME), ("password", WRONG)];
        self.form("/account/sign-out/", &[]).await;
        let mut status = 0;
        for _ in 0..10 {
            status = self
                .form(&format!("/account/sign-in/?{MARK}"), &fields)
                .await;
        }
        assert_eq!(status, 429);
    }
}

#[tokio::test]
async fn no_secret_reaches_the_log() {
    let logs = Logs::new();
    tracing::subscriber::set_global_default(logs.clone()).unwrap();
    let mut limits = RateLimits::default();
    limits.set("sign-in=120/1h").unwrap();
    let mut server = start(HttpConfig::default().with_rate_limits(limits)).await;
    let mut ada = Person {
        server: &server,
        cookie: String::new(),
        secrets: Vec::new(),
    };
    ada.signs_up_and_in().await;
    ada.takes_tokens().await;
    ada.schedules().await;
    ada.meets().await;
    ada.changes_the_account().await;
    ada.errs().await;
    ada.asks_over_http_2().await;
    ada.tries_too_often().await;
    let mut secrets = ada.secrets;
    assert!(secrets.len() >= 8, "{}", secrets.len());
    server.server.stop();
    server.server.ended().await;
    secrets.extend(
        [
            NAME,
            EMAIL,
            FIRST,
            PASSWORD,
            NEW_PASSWORD,
            WRONG,
            MARK,
            ROOM,
            TITLE,
            SDP,
            "acs=1",
            "echo=on",
            "ada.secret",
        ]
        .map(str::to_owned),
    );
    for line in [
        "answered",
        "account made",
        "a sign-in failed",
        "password changed",
        "a wrong password was given",
        "a peer entered a room",
        "a signalling connection ended",
        "a limit refused a request",
    ] {
        logs.assert_contains(line);
    }
    assert!(
        logs.lines().iter().any(|line| line.contains(" h2::")),
        "HTTP/2 was recorded"
    );
    logs.assert_clean(&secrets.iter().map(String::as_str).collect::<Vec<_>>());
}
