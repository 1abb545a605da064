//! One browser's connection: the only place where the WebRTC engine is entered.
//!
//! The engine has one rule: after every mutation everything it has to say is taken out, before the
//! next mutation. [`Link::enter`] is that rule, and a bulkhead besides: a panic inside the engine
//! breaks this link alone.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use bytes::Bytes;
use str0m::net::Protocol;
use str0m::{Event, Input, Output, Rtc, RtcError};

use crate::media::{MediaOutput, Route, Transmit, Transport};

/// Turns of the engine in one entry before it has to wait: an engine that always wants another one
/// must not stop the room.
const MOST_TURNS: usize = 512;
/// How long it then waits.
const BREATH: Duration = Duration::from_millis(1);
/// Errors in one entry after which an engine is given up.
const MOST_ERRORS: usize = 16;

/// Where what an engine says goes: packets at once, events with the number of the peer for later.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) outputs: VecDeque<MediaOutput>,
    pub(super) events: VecDeque<(usize, Event)>,
    /// Bytes of all packets so far.
    pub(super) bytes: u64,
}

/// The engine panicked or is dead: it must not be entered again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// An engine, entered with care.
pub(super) struct Link {
    peer: usize,
    rtc: Rtc,
    deadline: Instant,
    broken: bool,
    #[cfg(test)]
    pub(super) panic_at_next: bool,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("peer", &self.peer)
            .field("broken", &self.broken)
            .finish_non_exhaustive()
    }
}

impl Link {
    pub(super) fn new(peer: usize, rtc: Rtc, now: Instant) -> Self {
        Self {
            peer,
            rtc,
            deadline: now,
            broken: false,
            #[cfg(test)]
            panic_at_next: false,
        }
    }

    /// The engine, to look at only.
    pub(super) const fn look(&self) -> &Rtc {
        &self.rtc
    }

    /// When [`Self::advance`] is due.
    pub(super) const fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Whether the connection was ended, by the browser or by an error.
    pub(super) fn ended(&self) -> bool {
        self.broken || !self.rtc.is_alive()
    }

    /// Lets time pass.
    pub(super) fn advance(&mut self, now: Instant, said: &mut Said) -> Result<(), Broken> {
        self.enter(now, said, |rtc| rtc.handle_input(Input::Timeout(now)))
            .map(|_| ())
    }

    /// Changes the engine and takes out all it has to say, also what is due by `now`.
    ///
    /// The outer error is the end of the link; the inner one is a refusal.
    pub(super) fn enter<T>(
        &mut self,
        now: Instant,
        said: &mut Said,
        change: impl FnOnce(&mut Rtc) -> Result<T, RtcError>,
    ) -> Result<Result<T, RtcError>, Broken> {
        if self.broken {
            return Err(Broken);
        }
        let result = catch_unwind(AssertUnwindSafe(|| {
            #[cfg(test)]
            assert!(!std::mem::take(&mut self.panic_at_next), "asked to");
            let changed = change(&mut self.rtc);
            self.run(now, said)?;
            Ok(changed)
        }));
        match result {
            Ok(Ok(changed)) => Ok(changed),
            Ok(Err(Broken)) | Err(_) => {
                self.broken = true;
                self.deadline = now + Duration::from_secs(86_400);
                Err(Broken)
            }
        }
    }

    /// Drains, and turns the engine as long as it is due.
    fn run(&mut self, now: Instant, said: &mut Said) -> Result<(), Broken> {
        for _ in 0..MOST_TURNS {
            self.deadline = self.drain(said)?;
            if self.deadline > now {
                return Ok(());
            }
            if let Err(error) = self.rtc.handle_input(Input::Timeout(now)) {
                tracing::debug!(%error, "media engine refuses the time");
                if !self.rtc.is_alive() {
                    return Err(Broken);
                }
            }
        }
        self.drain(said)?;
        self.deadline = now + BREATH;
        Ok(())
    }

    fn drain(&mut self, said: &mut Said) -> Result<Instant, Broken> {
        let mut errors = 0;
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(at)) => return Ok(at),
                Ok(Output::Transmit(packet)) => {
                    said.bytes += packet.contents.len() as u64;
                    said.outputs.push_back(MediaOutput::Transmit(Transmit {
                        route: Route {
                            transport: match packet.proto {
                                Protocol::Udp => Transport::Udp,
                                Protocol::Tcp | Protocol::SslTcp | Protocol::Tls => Transport::Tcp,
                            },
                            local: packet.source,
                            remote: packet.destination,
                        },
                        contents: Bytes::from(Vec::from(packet.contents)),
                    }));
                }
                Ok(Output::Event(event)) => said.events.push_back((self.peer, event)),
                Err(error) => {
                    tracing::debug!(%error, "media engine failed");
                    errors += 1;
                    if !self.rtc.is_alive() || errors == MOST_ERRORS {
                        return Err(Broken);
                    }
                }
            }
        }
    }
}
