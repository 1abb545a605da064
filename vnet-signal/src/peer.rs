//! One peer as a pure state machine: what happened and when, in; what to do, out.
//!
//! No socket, clock or task is inside. Whoever drives it feeds every event to
//! [`PeerState::handle`] with the current time, does what the answer says, and calls again with
//! [`Input::Timeout`] when [`PeerState::next_timeout`] has come.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use vnet_core::room::{EndReason, RoomCode, RoomEvent};
use vnet_core::signal::Signal;
use vnet_core::{Error, ErrorKind, Limits};

use crate::close::Close;
use crate::frame;
use crate::rate::Bucket;

/// What happened to a peer.
#[derive(Debug)]
#[non_exhaustive]
pub enum Input<'a> {
    /// A complete text message came.
    Text(&'a str),
    /// A binary message came.
    Binary,
    /// A ping or a pong came; answering pings is the driver's business.
    Control,
    /// The peer's close frame came.
    PeerClosed,
    /// What came breaks the protocol in the way that this close code tells.
    Fault(Close),
    /// Nothing more will come: the closing handshake is done, or the connection is lost.
    SocketEnded,
    /// Nothing can be written for now.
    WriteBlocked,
    /// All that was to be written has been.
    WriteDone,
    /// Something happened in the room.
    Room(RoomEvent),
    /// The events of the room ended.
    RoomEnded(EndReason),
    /// The room was not entered.
    Refused(Error),
    /// The session of the peer's user ended.
    SessionEnded,
    /// The server shuts down.
    ShuttingDown,
    /// [`PeerState::next_timeout`] has come. Repeat until the answer is `None`.
    Timeout,
}

/// What to do for a peer.
#[derive(Debug)]
#[non_exhaustive]
pub enum Output {
    /// Write this as a text message.
    Send(Bytes),
    /// Write a ping.
    Ping,
    /// Say this to the room.
    Relay(Signal),
    /// Ask whether the session still lives; if not, feed [`Input::SessionEnded`].
    CheckSession,
    /// Leave the room, write this as the close frame, and go on reading for the answer.
    Close(Close),
    /// It is over: drop the connection.
    Done(Outcome),
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The peer closed it.
    ClosedByPeer,
    /// The server closed it.
    Closed(Close),
    /// It was lost without a close frame.
    Lost,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Open,
    /// A close frame was sent or received; the rest of the handshake may take until `deadline`.
    Closing {
        outcome: Outcome,
        deadline: Instant,
    },
    Done,
}

/// The state of one peer.
///
/// # Contract
/// Between two calls of [`handle`](Self::handle) the time never goes back. Once
/// [`is_open`](Self::is_open) is false the peer is no longer in its room.
#[derive(Debug)]
pub struct PeerState {
    room: RoomCode,
    limits: Arc<Limits>,
    phase: Phase,
    heard: Instant,
    pinged: Option<Instant>,
    blocked: Option<Instant>,
    check_at: Instant,
    end_at: Instant,
    rate: Bucket,
    refusals: u32,
}

impl PeerState {
    /// A peer whose connection opened `now` and that enters `room`.
    #[must_use]
    pub fn new(room: RoomCode, limits: Arc<Limits>, now: Instant) -> Self {
        Self {
            room,
            phase: Phase::Open,
            heard: now,
            pinged: None,
            blocked: None,
            check_at: later(now, check_interval(&limits)),
            end_at: later(now, limits.signal_max_life),
            rate: Bucket::new(limits.signal_rate, limits.signal_burst, now),
            refusals: 0,
            limits,
        }
    }

    /// Whether the peer is still in its room, or about to enter it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open)
    }

    /// When to call [`handle`](Self::handle) with [`Input::Timeout`], if nothing happens before.
    #[must_use]
    pub fn next_timeout(&self) -> Instant {
        match self.phase {
            Phase::Open => {
                let silence = match self.pinged {
                    Some(pinged) => later(pinged, self.limits.signal_pong_within),
                    None => later(self.heard, self.limits.signal_ping_after),
                };
                let due = silence.min(self.check_at).min(self.end_at);
                self.stalled_at().map_or(due, |stalled| due.min(stalled))
            }
            Phase::Closing { deadline, .. } => deadline,
            Phase::Done => self.end_at,
        }
    }

    /// Takes in what happened; the answer is the one thing to do about it.
    pub fn handle(&mut self, input: Input<'_>, now: Instant) -> Option<Output> {
        match self.phase {
            Phase::Open => self.handle_open(input, now),
            Phase::Closing { outcome, deadline } => match input {
                Input::SocketEnded | Input::Fault(_) => Some(self.done(outcome)),
                Input::Timeout if now >= deadline => Some(self.done(outcome)),
                _ => None,
            },
            Phase::Done => None,
        }
    }

    fn handle_open(&mut self, input: Input<'_>, now: Instant) -> Option<Output> {
        match input {
            Input::Text(text) => self.text(text, now),
            Input::Control => self.control(now),
            Input::Binary => Some(self.close(Close::Binary, now)),
            Input::Fault(close) => Some(self.close(close, now)),
            Input::PeerClosed => {
                self.start_closing(Outcome::ClosedByPeer, now);
                None
            }
            Input::SocketEnded => Some(self.done(Outcome::Lost)),
            Input::WriteBlocked => {
                self.blocked.get_or_insert(now);
                None
            }
            Input::WriteDone => {
                self.blocked = None;
                None
            }
            Input::Room(event) => self.room(event),
            Input::RoomEnded(EndReason::PutOut) => Some(self.close(Close::TooSlow, now)),
            Input::RoomEnded(_) => Some(self.close(Close::Unavailable, now)),
            Input::Refused(error) => Some(self.close(
                match error.kind() {
                    ErrorKind::Conflict => Close::RoomFull,
                    _ => Close::Unavailable,
                },
                now,
            )),
            Input::SessionEnded => Some(self.close(Close::SessionEnded, now)),
            Input::ShuttingDown => Some(self.close(Close::ShuttingDown, now)),
            Input::Timeout => self.timeout(now),
        }
    }

    fn text(&mut self, text: &str, now: Instant) -> Option<Output> {
        self.heard(now);
        if !self.rate.take(now) {
            return Some(self.refuse(now).unwrap_or_else(|| {
                Output::Send(frame::error_reply(&Error::new(
                    ErrorKind::RateLimited,
                    "rate_limited",
                    "too many messages: this one was not relayed, slow down",
                )))
            }));
        }
        Some(match frame::parse(text, &self.limits) {
            Ok(signal) => Output::Relay(signal),
            Err(error) => Output::Send(frame::error_reply(&error)),
        })
    }

    /// Pings and pongs cost too: they count like messages, only that nothing says so before the end.
    fn control(&mut self, now: Instant) -> Option<Output> {
        self.heard(now);
        if self.rate.take(now) {
            None
        } else {
            self.refuse(now)
        }
    }

    fn heard(&mut self, now: Instant) {
        self.heard = now;
        self.pinged = None;
        if self.refusals > 0 && self.rate.is_full(now) {
            self.refusals = 0;
        }
    }

    /// Counts a message beyond the rate; who has sent a whole burst of them without ever being calm
    /// is told to go.
    fn refuse(&mut self, now: Instant) -> Option<Output> {
        self.refusals += 1;
        (self.refusals > self.limits.signal_burst).then(|| self.close(Close::RateExceeded, now))
    }

    fn room(&self, event: RoomEvent) -> Option<Output> {
        match event {
            RoomEvent::Signal(text) => Some(Output::Send(text)),
            RoomEvent::Connected { peers_count } => {
                Some(Output::Send(frame::connected(self.room, peers_count)))
            }
            RoomEvent::Disconnected { peers_count } => {
                Some(Output::Send(frame::disconnected(self.room, peers_count)))
            }
            _ => None,
        }
    }

    fn timeout(&mut self, now: Instant) -> Option<Output> {
        if now >= self.end_at {
            return Some(self.close(Close::TooOld, now));
        }
        if self.stalled_at().is_some_and(|stalled| now >= stalled) {
            return Some(self.close(Close::Unresponsive, now));
        }
        if now >= self.check_at {
            self.check_at = later(now, check_interval(&self.limits));
            return Some(Output::CheckSession);
        }
        match self.pinged {
            Some(pinged) if now >= later(pinged, self.limits.signal_pong_within) => {
                Some(self.close(Close::Unresponsive, now))
            }
            None if now >= later(self.heard, self.limits.signal_ping_after) => {
                self.pinged = Some(now);
                Some(Output::Ping)
            }
            _ => None,
        }
    }

    fn stalled_at(&self) -> Option<Instant> {
        self.blocked
            .map(|since| later(since, self.limits.signal_pong_within))
    }

    fn close(&mut self, close: Close, now: Instant) -> Output {
        self.start_closing(Outcome::Closed(close), now);
        Output::Close(close)
    }

    fn start_closing(&mut self, outcome: Outcome, now: Instant) {
        self.phase = Phase::Closing {
            outcome,
            deadline: later(now, self.limits.signal_close_within),
        };
    }

    fn done(&mut self, outcome: Outcome) -> Output {
        self.phase = Phase::Done;
        Output::Done(outcome)
    }
}

/// Never nothing: a question that is always due would leave time for nothing else.
fn check_interval(limits: &Limits) -> Duration {
    limits
        .session_check_interval
        .max(Duration::from_millis(100))
}

/// `after` from `start`; a time beyond all clocks is as good as a hundred years.
fn later(start: Instant, after: Duration) -> Instant {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
    start + after.min(CENTURY)
}

#[cfg(test)]
mod tests;
