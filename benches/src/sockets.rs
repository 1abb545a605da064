//! Client sockets on a [`Net`]: handshake, frames, pings answered.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Result, bail, ensure};

use crate::frame::{self, Frame};
use crate::net::Net;
use crate::request::{Request, head_end};

/// The nonce of RFC 6455, section 1.3, and the answer that it asks for.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// What a socket tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// The handshake succeeded.
    Opened,
    /// A text message.
    Text(&'a [u8]),
    /// The server closes with this code; 1006 when it closed the connection without one.
    Closed(u16),
}

/// Client sockets, numbered as in [`Net`].
#[derive(Debug)]
pub struct Sockets {
    net: Net,
    opened: Vec<bool>,
}

impl Sockets {
    /// None yet.
    ///
    /// # Errors
    /// When the system gives no epoll instance.
    pub fn new() -> Result<Self> {
        Ok(Self {
            net: Net::new()?,
            opened: Vec::new(),
        })
    }

    /// Begins a handshake for `path`.
    ///
    /// # Errors
    /// When the system refuses a socket.
    pub fn open(&mut self, address: SocketAddr, path: &str, cookie: &str) -> Result<usize> {
        let id = self.net.connect(address)?;
        if id >= self.opened.len() {
            self.opened.resize(id + 1, false);
        }
        self.opened[id] = false;
        let request = Request::get(address, path)
            .header("Upgrade", "websocket")
            .header("Connection", "Upgrade")
            .header("Sec-WebSocket-Key", KEY)
            .header("Sec-WebSocket-Version", "13")
            .header("Origin", &format!("http://{address}"))
            .cookie(cookie);
        self.net.wire(id)?.send(&request.into_bytes())?;
        Ok(id)
    }

    /// Waits as [`Net::wait`].
    ///
    /// # Errors
    /// When a connection broke.
    pub fn wait(&mut self, timeout: Duration) -> Result<Vec<usize>> {
        self.net.wait(timeout)
    }

    /// See [`Net::done`].
    pub fn done(&mut self, ready: Vec<usize>) {
        self.net.done(ready);
    }

    /// Sends bytes that are whole frames.
    ///
    /// # Errors
    /// When the connection broke.
    pub fn send(&mut self, id: usize, frames: &[u8]) -> Result<()> {
        self.net.wire(id)?.send(frames)
    }

    /// Closes the connection.
    pub fn drop_socket(&mut self, id: usize) {
        self.net.drop_wire(id);
    }

    /// The next event of a socket from what was read; pings are answered.
    ///
    /// # Errors
    /// When the handshake was refused or the server sent what it must not send.
    pub fn next(&mut self, id: usize) -> Result<Option<Event<'_>>> {
        if !self.opened[id] {
            return self.shake_hands(id);
        }
        let wire = self.net.wire(id)?;
        let size = loop {
            match frame::read(wire.inbox())? {
                None if wire.is_open() => return Ok(None),
                None => return Ok(Some(Event::Closed(1006))),
                Some((Frame::Ping(payload), size)) => {
                    let pong = frame::pong(payload);
                    wire.take(size);
                    wire.send(&pong)?;
                }
                Some((_, size)) => break size,
            }
        };
        match frame::read(wire.take(size))? {
            Some((Frame::Text(text), _)) => Ok(Some(Event::Text(text))),
            Some((Frame::Close(code), _)) => Ok(Some(Event::Closed(code))),
            _ => bail!("a frame changed while it was read"),
        }
    }

    fn shake_hands(&mut self, id: usize) -> Result<Option<Event<'_>>> {
        let wire = self.net.wire(id)?;
        let Some(end) = head_end(wire.inbox()) else {
            ensure!(
                wire.is_open(),
                "the server closed in the middle of a handshake"
            );
            return Ok(None);
        };
        let head = std::str::from_utf8(wire.take(end))?;
        let accepted = head.lines().any(|line| {
            line.split_once(':').is_some_and(|(name, value)| {
                name.eq_ignore_ascii_case("sec-websocket-accept") && value.trim() == ACCEPT
            })
        });
        ensure!(
            head.starts_with("HTTP/1.1 101 ") && accepted,
            "no handshake: {head}"
        );
        self.opened[id] = true;
        Ok(Some(Event::Opened))
    }
}
