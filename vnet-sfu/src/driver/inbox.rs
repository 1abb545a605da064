//! The way into a shard's thread: a bounded queue, and a waker.

use std::fmt;
use std::sync::Arc;

use mio::Waker;
use tokio::sync::{mpsc, oneshot};
use vnet_core::meeting::MeetingId;

use super::lookout::Change;
use crate::command::{Command, RoomsClosed};
use crate::room::RoomStatistics;

/// Commands that may wait for a shard; who has more to say waits.
const WAITING: usize = 1_024;

/// What a shard is told.
#[derive(Debug)]
pub(super) enum Order {
    /// Something for a room.
    Room(Command),
    /// This machine has got other addresses.
    Addresses(Change),
    /// The figures of all rooms are wanted.
    Statistics(oneshot::Sender<Vec<(MeetingId, RoomStatistics)>>),
    /// End: tell everybody, then leave.
    Stop,
}

/// The receiving end.
#[derive(Debug)]
pub(super) struct Orders {
    pub(super) waiting: mpsc::Receiver<Order>,
    /// What wakes must live as long as what is woken: closed, it takes its last call with it.
    _waker: Arc<Waker>,
}

/// The sending end.
pub(super) struct Inbox {
    orders: Option<mpsc::Sender<Order>>,
    waker: Arc<Waker>,
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").finish_non_exhaustive()
    }
}

impl Inbox {
    /// A queue whose sending wakes with `waker`.
    pub(super) fn new(waker: Waker) -> (Self, Orders) {
        let (orders, waiting) = mpsc::channel(WAITING);
        let waker = Arc::new(waker);
        let orders = Some(orders);
        let inbox = Self {
            orders,
            waker: Arc::clone(&waker),
        };
        let orders = Orders {
            waiting,
            _waker: waker,
        };
        (inbox, orders)
    }

    /// Hands over an order, waiting for room, and wakes the thread.
    pub(super) async fn send(&self, order: Order) -> Result<(), RoomsClosed> {
        let orders = self.orders.as_ref().ok_or(RoomsClosed)?;
        orders.send(order).await.map_err(|_closed| RoomsClosed)?;
        self.wake()
    }

    /// The same for threads that are none of Tokio's.
    pub(super) fn send_and_wait(&self, order: Order) -> Result<(), RoomsClosed> {
        let orders = self.orders.as_ref().ok_or(RoomsClosed)?;
        orders.blocking_send(order).map_err(|_closed| RoomsClosed)?;
        self.wake()
    }

    fn wake(&self) -> Result<(), RoomsClosed> {
        self.waker.wake().map_err(|error| {
            tracing::error!(%error, "cannot wake a media thread");
            RoomsClosed
        })
    }
}

impl Drop for Inbox {
    /// A thread that nobody can tell anything ends.
    fn drop(&mut self) {
        self.orders = None;
        let _ = self.wake();
    }
}
