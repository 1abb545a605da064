//! A WebSocket as the conference wants it: texts both ways. Pings are answered by the library.

use futures_util::{SinkExt as _, StreamExt as _};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message, Role};
use vnet::core::async_trait;
use vnet::core::conference::{Gone, TextSocket};
use vnet::{Error, ErrorKind, Result};

use hyper::body::Bytes;

/// The server's end.
#[derive(Debug)]
pub(crate) struct Socket(WebSocketStream<TokioIo<Upgraded>>);

impl Socket {
    /// On a connection whose handshake is done.
    pub(crate) async fn new(stream: TokioIo<Upgraded>) -> Self {
        Self(WebSocketStream::from_raw_socket(stream, Role::Server, None).await)
    }
}

#[async_trait]
impl TextSocket for Socket {
    async fn receive(&mut self) -> std::result::Result<Bytes, Gone> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Ok(text.into()),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => return Err(Gone::Lost),
            }
        }
    }

    async fn send(&mut self, texts: &[Bytes]) -> Result<()> {
        let broken = |_error| Error::new(ErrorKind::Unavailable, "gone", "the browser is gone");
        for text in texts {
            let text = text.clone().try_into().map_err(|_not_utf8| {
                Error::new(ErrorKind::Internal, "no_text", "a text is no UTF-8")
            })?;
            self.0.feed(Message::Text(text)).await.map_err(broken)?;
        }
        self.0.flush().await.map_err(broken)
    }

    async fn close(&mut self, code: u16, reason: &str) {
        let frame = CloseFrame {
            code: code.into(),
            reason: reason.into(),
        };
        // Who is gone needs no farewell.
        drop(self.0.close(Some(frame)).await);
    }
}
