//! Many non-blocking connections on one epoll instance.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::os::fd::{AsFd as _, AsRawFd as _};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};

use crate::wire::Wire;

const EVENTS: usize = 1024;
const ALARM: Token = Token(usize::MAX);
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
    alarm: TimerFd,
}

impl Net {
    /// None yet.
    ///
    /// # Errors
    /// When the system gives no epoll instance.
    pub fn new() -> Result<Self> {
        let poll = Poll::new()?;
        let flags = TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC;
        let alarm = TimerFd::new(ClockId::CLOCK_MONOTONIC, flags)?;
        let fd = alarm.as_fd().as_raw_fd();
        poll.registry()
            .register(&mut SourceFd(&fd), ALARM, Interest::READABLE)?;
        Ok(Self {
            poll,
            alarm,
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

    /// Waits as [`wait`](Self::wait), but to the microsecond, where the system's own timeouts are whole
    /// milliseconds.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub fn wait_until(&mut self, deadline: Instant) -> Result<Vec<usize>> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return self.wait(Duration::ZERO);
        }
        let alarm = Expiration::OneShot(TimeSpec::from_duration(left));
        self.alarm.set(alarm, TimerSetTimeFlags::empty())?;
        self.ready.clear();
        self.turn(left + Duration::from_millis(1))?;
        Ok(std::mem::take(&mut self.ready))
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
            self.turn(left)?;
            left = begun.map_or(Duration::ZERO, |begun| {
                timeout.saturating_sub(begun.elapsed())
            });
            if !self.ready.is_empty() || left.is_zero() {
                return Ok(std::mem::take(&mut self.ready));
            }
        }
    }

    /// One round of events.
    fn turn(&mut self, timeout: Duration) -> Result<()> {
        match self.poll.poll(&mut self.events, Some(timeout)) {
            Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(()),
            other => other?,
        }
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
