//! A browser's WebSocket.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::{PATIENCE, origin};

/// A browser's WebSocket, in a signalling room or elsewhere.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens a socket as a page of `url` would.
    pub(crate) async fn open(url: &str, path: &str, cookie: &str) -> Result<Self, Error> {
        let address = format!("{}{path}", url.replacen("http", "ws", 1));
        let mut request = address.into_client_request()?;
        let headers = request.headers_mut();
        headers.insert("cookie", HeaderValue::from_str(cookie).expect("a cookie"));
        headers.insert(
            "origin",
            HeaderValue::from_str(origin(url)).expect("an origin"),
        );
        let opened = timeout(PATIENCE, connect_async(request)).await;
        opened
            .expect("an answer")
            .map(|(socket, _answer)| Self(socket))
    }

    /// Says something to the room.
    pub(crate) async fn say(&mut self, kind: &str, content: Value) {
        let text = json!({"type": kind, "content": content, "name": "Display Name"}).to_string();
        self.send(&text).await;
    }

    /// Sends a text as it is.
    pub(crate) async fn send(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.expect("sent");
    }

    /// The next message.
    pub(crate) async fn hear(&mut self) -> Value {
        loop {
            match timeout(PATIENCE, self.0.next()).await.expect("a message") {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).expect("JSON"),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("a message was expected: {other:?}"),
            }
        }
    }

    /// Waits for the server to close, and returns its code; other messages are passed over.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            match timeout(PATIENCE, self.0.next()).await.expect("a close") {
                Some(Ok(Message::Close(Some(frame)))) => return frame.code.into(),
                Some(Ok(_message)) => {}
                other => panic!("a close frame was expected: {other:?}"),
            }
        }
    }
}
