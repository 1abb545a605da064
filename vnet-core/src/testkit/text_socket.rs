//! A [`TextSocket`] without a network.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::conference::{Gone, TextSocket};
use crate::error::{Error, ErrorKind, Result};

/// What was sent to a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A text, as JSON.
    Text(Value),
    /// The connection ends, with this close code (RFC 6455, section 7.4) and reason.
    Closed(u16, String),
}

/// The server's end; made by [`text_socket`].
#[derive(Debug)]
pub struct FakeSocket {
    said: mpsc::UnboundedReceiver<std::result::Result<Bytes, Gone>>,
    gone: Option<Gone>,
    heard: mpsc::Sender<Heard>,
}

/// The browser's end; made by [`text_socket`].
#[derive(Debug)]
pub struct FakeBrowser {
    /// What the socket receives. An error ends it, and so does dropping this: [`Gone::Lost`].
    pub says: mpsc::UnboundedSender<std::result::Result<Bytes, Gone>>,
    /// What is sent to the browser.
    pub hears: mpsc::Receiver<Heard>,
}

/// Both ends of a connection. A browser that does not read has at most `unread` messages waiting, then sending to it
/// waits, too.
///
/// # Panics
/// If `unread` is 0.
#[must_use]
pub fn text_socket(unread: usize) -> (FakeSocket, FakeBrowser) {
    let (says, said) = mpsc::unbounded_channel();
    let (heard, hears) = mpsc::channel(unread);
    let gone = None;
    (
        FakeSocket { said, gone, heard },
        FakeBrowser { says, hears },
    )
}

impl FakeBrowser {
    /// Says a text.
    ///
    /// # Panics
    /// If the socket is gone.
    pub fn say(&self, text: &Value) {
        let text = Bytes::from(text.to_string());
        self.says.send(Ok(text)).expect("the socket is there");
    }

    /// The next thing that was sent; waits for it.
    ///
    /// # Panics
    /// If nothing will be sent any more.
    pub async fn hear(&mut self) -> Heard {
        self.hears.recv().await.expect("something to hear")
    }
}

#[async_trait]
impl TextSocket for FakeSocket {
    async fn receive(&mut self) -> std::result::Result<Bytes, Gone> {
        if let Some(gone) = self.gone {
            return Err(gone);
        }
        let said = self.said.recv().await.unwrap_or(Err(Gone::Lost));
        self.gone = said.as_ref().err().copied();
        said
    }

    async fn send(&mut self, texts: &[Bytes]) -> Result<()> {
        for text in texts {
            let text = serde_json::from_slice(text).expect("what is sent is JSON");
            let gone = |_| Error::new(ErrorKind::Unavailable, "gone", "gone");
            self.heard.send(Heard::Text(text)).await.map_err(gone)?;
        }
        Ok(())
    }

    async fn close(&mut self, code: u16, reason: &str) {
        assert!(
            (1..=123).contains(&reason.len()),
            "{code} has a reason that fits: {reason:?}"
        );
        let closed = self.heard.send(Heard::Closed(code, reason.into()));
        // As a real one, it does not wait for ever.
        drop(tokio::time::timeout(Duration::from_secs(1), closed).await);
    }
}
