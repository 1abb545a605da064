//! What connections tell the rooms: the seam between the async side, with a task per socket, and the
//! threads that rooms live on.

use std::fmt;

use async_trait::async_trait;
use vnet_core::Secret;
use vnet_core::conference::Gone;
use vnet_core::id::UserId;
use vnet_core::meeting::MeetingId;

use crate::ids::ConnId;
use crate::outbox::Outbox;
use crate::ticket::Claims;
use crate::wire::{Join, Request, Resume};

/// Something a connection says to a meeting.
#[derive(Debug)]
pub struct Command {
    /// Which meeting.
    pub meeting: MeetingId,
    /// Which connection.
    pub conn: ConnId,
    /// What it says.
    pub said: Said,
}

/// What a connection says: first `Open`, then any number of `Message`, last `Gone`, also when the
/// room has closed it.
#[derive(Debug)]
pub enum Said {
    /// A new connection wants to enter or to go on.
    Open {
        /// Where to answer. A room that does not exist is made for `Entry::Join`; for
        /// `Entry::Resume` the answer is [`Outbox::refuse`] with `UnknownSession`, and with
        /// `ServerFull` if there are too many meetings.
        outbox: Outbox,
        /// How.
        entry: Box<Entry>,
    },
    /// A later message.
    Message(Box<Request>),
    /// The connection is over.
    Gone(Gone),
}

/// How somebody comes to a room.
#[derive(Debug)]
pub enum Entry {
    /// Anew, with a ticket that was found good and for this meeting, and is used up now.
    Join {
        /// What the ticket says.
        claims: Claims,
        /// Fresh and random: what a later `resume` shows.
        session: Secret,
        /// The number of the request.
        request_id: Option<u32>,
        /// The request.
        join: Join,
    },
    /// After a lost connection; the room knows whether the session is one of its own.
    Resume {
        /// Whose connection it is, where that is known.
        user: Option<UserId>,
        /// The number of the request.
        request_id: Option<u32>,
        /// The request.
        resume: Resume,
    },
}

/// The rooms' side shuts down or is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the rooms are closed")]
pub struct RoomsClosed;

/// Where the rooms are.
///
/// # Contract
/// Commands of one connection arrive in the order of the calls. `submit` waits while the thread of the
/// room has too much to do: the queue is bounded.
#[cfg_attr(test, mockall::automock)]
#[async_trait]
pub trait RoomHost: fmt::Debug + Send + Sync + 'static {
    /// Hands a command to the thread of its room, and wakes it.
    ///
    /// # Errors
    /// Nobody is there any more.
    ///
    /// # Cancel safety
    /// The command is either handed over or dropped.
    async fn submit(&self, command: Command) -> Result<(), RoomsClosed>;
}
