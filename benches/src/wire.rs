//! A non-blocking TCP connection with its two buffers, cheap enough to drive thousands.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;

use anyhow::{Result, bail};
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};

/// What is read and not yet used, what is to be written and did not fit, and the socket.
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    inbox: Vec<u8>,
    used: usize,
    unsent: Vec<u8>,
    connected: bool,
    open: bool,
}

impl Wire {
    /// Begins to connect; events come under `token`.
    ///
    /// # Errors
    /// When the system refuses a socket.
    pub fn connect(address: SocketAddr, registry: &Registry, token: usize) -> io::Result<Self> {
        let mut stream = TcpStream::connect(address)?;
        let both = Interest::READABLE | Interest::WRITABLE;
        registry.register(&mut stream, Token(token), both)?;
        Ok(Self {
            stream,
            inbox: Vec::new(),
            used: 0,
            unsent: Vec::new(),
            connected: false,
            open: true,
        })
    }

    /// Whether the other side has not closed yet.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Call when the socket became writable: ends connecting, writes what waits.
    ///
    /// # Errors
    /// When the connection was refused or broke.
    pub fn on_writable(&mut self) -> Result<()> {
        if !self.connected {
            if let Some(error) = self.stream.take_error()? {
                bail!("cannot connect: {error}");
            }
            match self.stream.peer_addr() {
                Ok(_) => {
                    self.stream.set_nodelay(true)?;
                    self.connected = true;
                }
                Err(error) if error.kind() == ErrorKind::NotConnected => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        if self.unsent.is_empty() {
            return Ok(());
        }
        let waiting = std::mem::take(&mut self.unsent);
        self.send(&waiting)
    }

    /// Writes at once what the system takes and keeps the rest for later.
    ///
    /// # Errors
    /// When the connection broke.
    pub fn send(&mut self, mut bytes: &[u8]) -> Result<()> {
        if self.connected && self.unsent.is_empty() {
            while !bytes.is_empty() {
                match self.stream.write(bytes) {
                    Ok(0) => bail!("the server takes no more bytes"),
                    Ok(count) => bytes = &bytes[count..],
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        self.unsent.extend_from_slice(bytes);
        Ok(())
    }

    /// Call when the socket became readable: takes in all there is, by way of `scratch`.
    ///
    /// # Errors
    /// When the connection broke; an orderly end is no error, see [`is_open`](Self::is_open).
    pub fn on_readable(&mut self, scratch: &mut [u8]) -> Result<()> {
        self.inbox.drain(..self.used);
        self.used = 0;
        while self.open {
            match self.stream.read(scratch) {
                Ok(0) => self.open = false,
                Ok(count) => {
                    self.inbox.extend_from_slice(&scratch[..count]);
                    // A short read has emptied the socket: what comes next is a new event (epoll(7)).
                    if count < scratch.len() {
                        break;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// What came in and was not used yet.
    #[must_use]
    pub fn inbox(&self) -> &[u8] {
        &self.inbox[self.used..]
    }

    /// Takes the first `count` bytes out of the [`inbox`](Self::inbox).
    ///
    /// # Panics
    /// When there are fewer.
    pub fn take(&mut self, count: usize) -> &[u8] {
        let begin = self.used;
        self.used += count;
        &self.inbox[begin..self.used]
    }
}
