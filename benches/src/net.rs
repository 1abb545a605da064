//! Many non-blocking connections on one epoll instance.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use mio::{Events, Poll};

use crate::wire::Wire;

const EVENTS: usize = 1024;
const SCRATCH_BYTES: usize = 64 * 1024;

/// Connections, told apart by small numbers that are used again.
#[derive(Debug)]
pub struct Net {
    poll: Poll,
    events: Events,
    scratch: Vec<u8>,
    wires: Vec<Option<Wire>>,
    free: Vec<usize>,
    ready: Vec<usize>,
}

impl Net {
    /// None yet.
    ///
    /// # Errors
    /// When the system gives no epoll instance.
    pub fn new() -> Result<Self> {
        Ok(Self {
            poll: Poll::new()?,
            events: Events::with_capacity(EVENTS),
            scratch: vec![0; SCRATCH_BYTES],
            wires: Vec::new(),
            free: Vec::new(),
            ready: Vec::new(),
        })
    }

    /// Begins to connect and returns the connection's number; the first ones are 0, 1, 2, …
    ///
    /// # Errors
    /// When the system refuses a socket.
    pub fn connect(&mut self, address: SocketAddr) -> Result<usize> {
        let id = self.free.pop().unwrap_or(self.wires.len());
        let wire = Wire::connect(address, self.poll.registry(), id).context("cannot connect")?;
        if id == self.wires.len() {
            self.wires.push(Some(wire));
        } else {
            self.wires[id] = Some(wire);
        }
        Ok(id)
    }

    /// Closes a connection; its number may be used again.
    pub fn drop_wire(&mut self, id: usize) {
        if self.wires[id].take().is_some() {
            self.free.push(id);
        }
    }

    /// Waits until some connections have something to read, or ended, and returns them; none when
    /// the time is over. What waits is written meanwhile. Give the list back with
    /// [`done`](Self::done).
    ///
    /// # Errors
    /// When a connection was refused or broke.
    pub fn wait(&mut self, timeout: Duration) -> Result<Vec<usize>> {
        self.ready.clear();
        let mut left = timeout;
        let begun = (!timeout.is_zero()).then(Instant::now);
        loop {
            match self.poll.poll(&mut self.events, Some(left)) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => other?,
            }
            self.on_events()?;
            left = begun.map_or(Duration::ZERO, |begun| {
                timeout.saturating_sub(begun.elapsed())
            });
            if !self.ready.is_empty() || left.is_zero() {
                return Ok(std::mem::take(&mut self.ready));
            }
        }
    }

    fn on_events(&mut self) -> Result<()> {
        for event in &self.events {
            let id = event.token().0;
            let Some(Some(wire)) = self.wires.get_mut(id) else {
                continue;
            };
            if event.is_writable() {
                wire.on_writable()?;
            }
            if event.is_readable() || event.is_read_closed() {
                wire.on_readable(&mut self.scratch)?;
                self.ready.push(id);
            }
        }
        Ok(())
    }

    /// Takes the list back that [`wait`](Self::wait) returned, so that no other is allocated.
    pub fn done(&mut self, ready: Vec<usize>) {
        self.ready = ready;
    }

    /// The connection with this number.
    ///
    /// # Errors
    /// When there is none.
    pub fn wire(&mut self, id: usize) -> Result<&mut Wire> {
        let wire = self.wires.get_mut(id).and_then(Option::as_mut);
        wire.context("this connection was closed")
    }
}
