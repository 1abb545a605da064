//! A browser's end of the embedded conference without a network: texts through channels.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    reason = "each test uses a part of this, and it is nothing but test"
)]

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use vnet_core::conference::{
    ConferenceProvider, ConferenceSignalling, Gone, JoinTicket, Role, TextSocket,
};
use vnet_core::error::{Error, ErrorKind};
use vnet_core::meeting::Meeting;
use vnet_core::testkit::samples;
use vnet_core::{Result, async_trait};
use vnet_sfu::Sfu;

/// Sound to send in section 0.
pub const OFFER: &str = concat!(
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendonly\r\na=rtcp-mux\r\n",
    "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=setup:actpass\r\n",
    "a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:",
    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n",
    "a=rtpmap:111 opus/48000/2\r\na=ssrc:1111 cname:x\r\n",
);

/// Anything that takes longer hangs.
pub const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug)]
struct Pipe {
    said: mpsc::Receiver<Bytes>,
    heard: mpsc::Sender<Heard>,
}

#[derive(Debug)]
pub enum Heard {
    Text(Value),
    Closed(u16),
}

#[async_trait]
impl TextSocket for Pipe {
    async fn receive(&mut self) -> std::result::Result<Bytes, Gone> {
        self.said.recv().await.ok_or(Gone::Lost)
    }

    async fn send(&mut self, texts: &[Bytes]) -> Result<()> {
        for text in texts {
            let text = Heard::Text(serde_json::from_slice(text).unwrap());
            let gone = |_| Error::new(ErrorKind::Unavailable, "gone", "gone");
            self.heard.send(text).await.map_err(gone)?;
        }
        Ok(())
    }

    async fn close(&mut self, code: u16, _reason: &str) {
        drop(self.heard.send(Heard::Closed(code)).await);
    }
}

/// A browser's end of a socket.
pub struct Browser {
    says: mpsc::Sender<Bytes>,
    hears: mpsc::Receiver<Heard>,
    pub task: JoinHandle<()>,
}

impl Browser {
    pub fn open(sfu: &Sfu, meeting: &Meeting) -> Self {
        let (says, said) = mpsc::channel(10);
        let (heard, hears) = mpsc::channel(1_000);
        let (sfu, meeting) = (sfu.clone(), meeting.id.clone());
        let pipe = Box::new(Pipe { said, heard });
        let task = tokio::spawn(async move { sfu.serve(meeting, None, pipe).await });
        Self { says, hears, task }
    }

    pub async fn say(&self, message: Value) {
        self.says.send(message.to_string().into()).await.unwrap();
    }

    pub async fn next(&mut self) -> Heard {
        let next = tokio::time::timeout(PATIENCE, self.hears.recv()).await;
        next.unwrap().unwrap()
    }

    /// The next text of this type.
    pub async fn hear(&mut self, kind: &str) -> Value {
        loop {
            match self.next().await {
                Heard::Text(text) if text["type"] == kind => return text,
                Heard::Text(_) => {}
                Heard::Closed(code) => panic!("closed with {code} before `{kind}`"),
            }
        }
    }

    pub async fn close_code(&mut self) -> u16 {
        loop {
            if let Heard::Closed(code) = self.next().await {
                return code;
            }
        }
    }

    /// Joins with this ticket and sound.
    pub async fn join(&mut self, ticket: &str) -> Value {
        self.ask_in(ticket).await;
        self.hear("welcome").await
    }

    pub async fn ask_in(&self, ticket: &str) {
        let publish = json!([{"source": "microphone", "mid": "0"}]);
        self.ask_in_with(ticket, OFFER, publish).await;
    }

    pub async fn ask_in_with(&self, ticket: &str, offer: &str, publish: Value) {
        self.say(json!({"type": "join", "version": 1, "ticket": ticket, "offer": offer, "publish": publish}))
            .await;
    }
}

/// A ticket for somebody.
pub async fn ticket(sfu: &Sfu, meeting: &Meeting, name: &str, role: Role) -> String {
    let mut who = samples::participant(name);
    who.role = role;
    match sfu.join(meeting, &who).await.unwrap() {
        JoinTicket::Sfu { ticket, .. } => ticket.expose().to_owned(),
        other => panic!("{other:?}"),
    }
}
