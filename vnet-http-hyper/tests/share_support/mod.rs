//! Devices of shares, as browsers would be them.
#![allow(dead_code, reason = "each test file uses a part of this")]
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use time::macros::datetime;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use vnet_core::meeting::MeetingId;
use vnet_core::meetings::MeetingDraft;
use vnet_http_hyper::HttpConfig;

use crate::support::{Browser, PATIENCE, Server, json_of, start_with};

/// Settings of a server that believes a proxy on this machine.
pub(crate) fn trusting() -> HttpConfig {
    HttpConfig::default().with_trusted_proxies(vec!["127.0.0.1".parse().unwrap()])
}

pub(crate) async fn site() -> Server {
    start_with(trusting()).await
}

/// A meeting of somebody's.
pub(crate) async fn meeting(server: &Server, host: &Browser) -> MeetingId {
    let draft = MeetingDraft {
        title: "Weekly".into(),
        notes: "Bring figures".into(),
        start_time: datetime!(2030-01-01 12:00 UTC),
        end_time: None,
    };
    let meeting = server.vnet.meetings().create(&host.user, draft).await;
    meeting.unwrap().id
}

/// A socket of a share.
pub(crate) struct Device {
    socket: WebSocketStream<TcpStream>,
    /// Its own number.
    pub(crate) number: Value,
}

/// Somebody of a meeting, as the proxy sees it at `address`.
pub(crate) async fn person(
    server: &Server,
    browser: &Browser,
    meeting: &MeetingId,
    address: &str,
) -> Device {
    let path = format!("/vnet/share/{meeting}/");
    let headers = [
        ("cookie", browser.cookie.as_str()),
        ("x-forwarded-for", address),
    ];
    let mut device = Device::connect(server, &path, &headers).await;
    device.hello(json!({})).await;
    device
}

/// A second screen that asks with `code`, if it has one.
pub(crate) async fn viewer(
    server: &Server,
    address: &str,
    name: &str,
    code: Option<&Value>,
) -> Device {
    let headers = [("x-forwarded-for", address)];
    let mut device = Device::connect(server, "/vnet/watch/", &headers).await;
    let mut hello = json!({"name": name});
    if let Some(code) = code {
        hello["code"] = code.clone();
    }
    device.hello(hello).await;
    device
}

impl Device {
    pub(crate) async fn connect(
        server: &Server,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Self {
        Self {
            socket: server.socket(path, headers).await.unwrap(),
            number: Value::Null,
        }
    }

    /// The first message, with `more` in it, and its answer.
    pub(crate) async fn hello(&mut self, more: Value) {
        let mut hello = json!({
            "type": "hello", "version": 2, "can_relay": true, "encoded": ["vp8"],
        });
        for (name, value) in more.as_object().unwrap() {
            hello[name] = value.clone();
        }
        self.say(hello).await;
        let welcome = self.next().await;
        assert_eq!(
            (&welcome["type"], &welcome["version"]),
            (&json!("welcome"), &json!(2))
        );
        self.number = welcome["device"].clone();
    }

    pub(crate) async fn say(&mut self, message: Value) {
        self.say_text(&message.to_string()).await;
    }

    pub(crate) async fn say_text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    pub(crate) async fn next(&mut self) -> Value {
        json_of(&mut self.socket).await
    }

    /// The next message of this type; others are passed over.
    pub(crate) async fn hear(&mut self, kind: &str) -> Value {
        loop {
            let message = self.next().await;
            if message["type"] == kind {
                return message;
            }
        }
    }

    /// Why the server closes; reads to the end, which consents to it.
    pub(crate) async fn close_code(&mut self) -> u16 {
        let mut code = None;
        while let Ok(Some(Ok(message))) = tokio::time::timeout(PATIENCE, self.socket.next()).await {
            if let Message::Close(Some(frame)) = message {
                code = Some(frame.code.into());
            }
        }
        code.expect("a close frame")
    }
}

pub(crate) fn members_of(message: &Value) -> &[Value] {
    message["members"].as_array().unwrap()
}
