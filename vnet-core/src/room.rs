//! Signalling rooms of two.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::str::FromStr;
use std::task::{Context, Poll};

use async_trait::async_trait;
use auto_impl::auto_impl;
use bytes::Bytes;
use futures_core::Stream;

use crate::error::{Error, ErrorKind, Result};
use crate::id::PeerId;
use crate::signal::Signal;

/// The most peers a room takes.
pub const MAX_PEERS: usize = 2;

/// The code of a room: six ASCII digits, made by the client.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoomCode(u32);

impl RoomCode {
    /// Reads exactly six ASCII digits, leading zeros included.
    ///
    /// # Errors
    /// `InvalidInput` with code `bad_room_code`.
    pub fn parse(text: &str) -> Result<Self> {
        let digits = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits
            .then(|| text.parse().ok().map(Self))
            .flatten()
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::InvalidInput,
                    "bad_room_code",
                    "a room code is six digits",
                )
            })
    }
}

impl FromStr for RoomCode {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl fmt::Display for RoomCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

/// A room's code is its only secret: logs show no more than that there is one.
impl fmt::Debug for RoomCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RoomCode(..)")
    }
}

/// One endpoint about to enter a room.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its id, new for each connection.
    pub id: PeerId,
    /// Who the server knows it is: the username, `sender` on the wire.
    pub sender: String,
    /// Whether it hears its own messages (the contract's default) or not (`?echo=off`).
    pub echo: bool,
}

/// What happens in a room, as one of its peers hears it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RoomEvent {
    /// A peer entered; `peers_count` counts it. The first event of every membership is its own.
    Connected {
        /// Peers in the room now.
        peers_count: usize,
    },
    /// A peer left.
    Disconnected {
        /// Peers in the room now.
        peers_count: usize,
    },
    /// A peer said something: the relayed message, JSON text in UTF-8, the same bytes for all.
    Signal(Bytes),
}

/// Why the events of a membership ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndReason {
    /// The peer's queue was full: it did not read.
    PutOut,
    /// The broker ended or went out of reach, or gives no reason.
    BrokerEnded,
}

/// A place in a room, as a broker implements it. Dropping it leaves the room.
pub trait RoomLink: fmt::Debug + Send + 'static {
    /// Sends to all in the room, never waits: see [`Membership::send`].
    ///
    /// # Errors
    /// As [`Membership::send`].
    fn send(&mut self, signal: &Signal) -> Result<()>;

    /// As [`send`](Self::send), but may leave waking the others to [`flush`](Self::flush): see
    /// [`Membership::push`].
    ///
    /// # Errors
    /// As [`Membership::send`].
    fn push(&mut self, signal: &Signal) -> Result<()> {
        self.send(signal)
    }

    /// Wakes those for whom [`push`](Self::push) left something. Dropping the link does that too.
    fn flush(&mut self) {}

    /// Whether the wakers that [`poll_recv`](Self::poll_recv) was given are woken with no lock held, so
    /// that they may call back into the link on the spot: see [`Membership::wakes_unlocked`].
    fn wakes_unlocked(&self) -> bool {
        false
    }

    /// The next event: see [`Membership::recv`].
    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<RoomEvent>>;

    /// Peers in the room now, as far as known.
    fn peers_count(&self) -> usize;

    /// Why the events ended, asked after they did: see [`Membership::end_reason`].
    fn end_reason(&self) -> EndReason {
        EndReason::BrokerEnded
    }
}

/// A place in a room: sends to it, yields its events, leaves when dropped.
pub struct Membership {
    link: Box<dyn RoomLink>,
}

impl Membership {
    /// A membership over a broker's own link.
    #[must_use]
    pub fn new(link: impl RoomLink) -> Self {
        Self {
            link: Box::new(link),
        }
    }

    /// Sends `signal` to every peer in the room, the sender included unless it asked otherwise.
    ///
    /// Never waits. Messages of one peer reach every peer in the order they were sent.
    ///
    /// # Errors
    /// `Unavailable`: the room is gone (its broker ended, or this peer was put out of it).
    pub fn send(&mut self, signal: &Signal) -> Result<()> {
        self.link.send(signal)
    }

    /// [`send`](Self::send) for one of several messages: they arrive all the same, but the others may
    /// be woken only by the [`flush`](Self::flush) that must follow, once for all of them.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn push(&mut self, signal: &Signal) -> Result<()> {
        self.link.push(signal)
    }

    /// Wakes those for whom [`push`](Self::push) left something. Dropping the membership does that
    /// too.
    pub fn flush(&mut self) {
        self.link.flush();
    }

    /// Whether a waker given to [`poll_recv`](Self::poll_recv) may, when it is woken, call back into
    /// this membership at once. If not (the default) it must leave that to a task, because the
    /// broker may hold a lock while it wakes.
    #[must_use]
    pub fn wakes_unlocked(&self) -> bool {
        self.link.wakes_unlocked()
    }

    /// The next event; `None` when this peer was put out of the room because its queue was full,
    /// or the broker ended.
    ///
    /// # Cancel safety
    /// No event is lost when the future is dropped.
    pub async fn recv(&mut self) -> Option<RoomEvent> {
        poll_fn(|cx| self.link.poll_recv(cx)).await
    }

    /// [`recv`](Self::recv) for those who poll.
    pub fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<RoomEvent>> {
        self.link.poll_recv(cx)
    }

    /// Peers in the room now, this one included.
    #[must_use]
    pub fn peers_count(&self) -> usize {
        self.link.peers_count()
    }

    /// Why the events ended; means nothing before they did.
    #[must_use]
    pub fn end_reason(&self) -> EndReason {
        self.link.end_reason()
    }
}

impl fmt::Debug for Membership {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Membership").field(&self.link).finish()
    }
}

impl Stream for Membership {
    type Item = RoomEvent;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<RoomEvent>> {
        self.link.poll_recv(cx)
    }
}

/// Brings peers together in rooms and moves their messages.
///
/// # Contract
/// - A room exists while a peer is in it and takes at most [`MAX_PEERS`]; who gets the last place
///   is decided atomically. Who is refused changes nothing for those inside.
/// - Entering: all inside, the new peer included, hear [`RoomEvent::Connected`] with the new count,
///   and the new peer hears it before anything else. Leaving (dropping the [`Membership`]): those
///   left hear [`RoomEvent::Disconnected`].
/// - Queues are bounded ([`crate::Limits::room_queue`]): a peer that does not read is put out of
///   the room (its events end, the others hear that it left) and never delays the other.
/// - Nothing is kept for who comes later.
#[cfg_attr(any(test, feature = "testkit"), mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait RoomBroker: fmt::Debug + Send + Sync + 'static {
    /// Enters `room` as `peer`.
    ///
    /// # Errors
    /// `Conflict` with code `room_full`: there are two already. `Unavailable`: the broker ended or
    /// is out of reach.
    async fn join(&self, room: RoomCode, peer: Peer) -> Result<Membership>;
}

/// The error of a room that has no place left.
#[must_use]
pub fn room_full() -> Error {
    Error::new(
        ErrorKind::Conflict,
        "room_full",
        "the room is full: it already has two peers",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_is_six_ascii_digits() {
        assert_eq!(RoomCode::parse("000042").unwrap().to_string(), "000042");
        for bad in [
            "",
            "12345",
            "1234567",
            "abcdef",
            "١٢٣٤٥٦",
            "+12345",
            " 12345",
            "12345\n",
        ] {
            assert_eq!(
                RoomCode::parse(bad).unwrap_err().code(),
                "bad_room_code",
                "{bad}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same(text in "\\PC{0,8}|[0-9]{6}") {
            if let Ok(code) = RoomCode::parse(&text) {
                prop_assert_eq!(code.to_string(), text);
            }
        }
    }
}
