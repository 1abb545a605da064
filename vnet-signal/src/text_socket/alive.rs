//! Whether the other side is still there, and when to ask.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};
use vnet_core::Limits;

/// What time brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tick {
    /// Nothing yet.
    Wait,
    /// A ping is to be sent.
    Ping,
    /// The session is to be asked about.
    Ask,
    /// A ping was not answered in time.
    Silent,
    /// The longest life is over.
    TooOld,
}

#[derive(Debug)]
pub(super) struct Alive {
    ping_after: Duration,
    pong_within: Duration,
    ask_every: Duration,
    heard: Instant,
    pinged: Option<Instant>,
    ask_at: Instant,
    ends_at: Instant,
    timer: Pin<Box<Sleep>>,
}

impl Alive {
    pub(super) fn new(limits: &Limits) -> Self {
        let now = Instant::now();
        let mut alive = Self {
            ping_after: limits.signal_ping_after,
            pong_within: limits.signal_pong_within,
            ask_every: limits.session_check_interval,
            heard: now,
            pinged: None,
            ask_at: now + limits.session_check_interval,
            ends_at: now + limits.signal_max_life,
            timer: Box::pin(sleep_until(now)),
        };
        let due = alive.due();
        alive.timer.as_mut().reset(due);
        alive
    }

    /// The other side said something. The timer finds out when it fires.
    pub(super) fn heard(&mut self, now: Instant) {
        self.heard = now;
        self.pinged = None;
    }

    fn due(&self) -> Instant {
        let alive = match self.pinged {
            Some(pinged) => pinged + self.pong_within,
            None => self.heard + self.ping_after,
        };
        alive.min(self.ask_at).min(self.ends_at)
    }

    /// What is due; the context is woken for what comes next.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Tick {
        loop {
            if self.timer.as_mut().poll(cx) == Poll::Pending {
                return Tick::Wait;
            }
            let tick = self.take_due(Instant::now());
            let due = self.due();
            self.timer.as_mut().reset(due);
            if tick != Tick::Wait {
                return tick;
            }
        }
    }

    fn take_due(&mut self, now: Instant) -> Tick {
        if now >= self.ends_at {
            return Tick::TooOld;
        }
        if now >= self.ask_at {
            self.ask_at = now + self.ask_every;
            return Tick::Ask;
        }
        match self.pinged {
            Some(pinged) if now >= pinged + self.pong_within => Tick::Silent,
            None if now >= self.heard + self.ping_after => {
                self.pinged = Some(now);
                Tick::Ping
            }
            _ => Tick::Wait,
        }
    }
}
