//! Drives one socket: reads, writes, timers, and the room behind it.

mod ahead;
mod socket;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::task::{Context, Poll, Waker};

use futures_util::FutureExt;
use futures_util::task::{ArcWake, waker_ref};
use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use vnet_core::room::{Membership, RoomCode};
use vnet_core::{Limits, Result};

pub use self::ahead::ReadAhead;
use self::socket::Socket;
use crate::alarm::Alarm;
use crate::guard::{BoxFuture, SessionGuard};
use crate::peer::{Input, Outcome};

/// One read takes at most so much; nearly all messages are smaller.
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// Messages that wait are joined into one write up to this size.
const WRITE_BUFFER_BYTES: usize = 4 * 1024;

/// The WebSocket settings that suit signalling: small buffers, messages within the limits.
#[must_use]
pub fn websocket_config(limits: &Limits) -> WebSocketConfig {
    // A relayed message is a little longer than it came (`sender`). Never more than one is handed
    // over while nothing can be written, so this bound is a safety net.
    let largest = limits.signal_max_bytes.saturating_add(16 * 1024);
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(largest.saturating_mul(2).saturating_add(WRITE_BUFFER_BYTES))
        .max_message_size(Some(limits.signal_max_bytes))
        .max_frame_size(Some(limits.signal_max_bytes))
}

/// A server's WebSocket over a stream whose handshake is done.
pub(crate) fn from_upgraded<S>(
    io: S,
    leftover: &[u8],
    limits: &Limits,
) -> WebSocketStream<ReadAhead<S>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let config = Some(websocket_config(limits));
    // A copy, nearly always of nothing: the buffer of the handshake is larger than ours and would
    // live as long as the socket.
    let leftover = leftover.to_vec();
    WebSocketStream::from_partially_read(ReadAhead::new(io), leftover, Role::Server, config)
        .now_or_never()
        .expect("wrapping a stream waits for nothing")
}

pin_project! {
    /// One signalling connection being served; resolves when it is over. Made by
    /// [`Signalling`](crate::Signalling).
    #[must_use = "a connection is served by polling it"]
    pub struct Connection<S> {
        #[pin]
        timer: Sleep,
        #[pin]
        stopping: WaitForCancellationFutureOwned,
        // Wakes for the two above and the session: none of them is polled for each message.
        alarm: Alarm,
        desk: Owned<S>,
    }
}

/// Where a socket is served: by the connection's own task, or by whoever wakes it for what is new in
/// its room.
///
/// The second saves a turn of the scheduler for each message, and brings the writes to both peers of
/// a room together, so that a client with both sockets, or a machine with both clients, is woken
/// once.
struct Desk<S> {
    /// Empty once the connection is gone.
    socket: Mutex<Option<Socket<S>>>,
    /// Wakes the connection's task, and has it look after everything.
    bell: Waker,
}

/// The connection's own hold of its desk: the wakers that have the others may live longer.
struct Owned<S>(Arc<Desk<S>>);

impl<S> Drop for Owned<S> {
    fn drop(&mut self) {
        let socket = self.0.lock().take();
        // Leaving the room wakes the other peer, and nobody is to be kept waiting meanwhile.
        drop(socket);
    }
}

impl<S> Desk<S> {
    /// A panic while it was held has ended its connection, and left nothing to rely on but the
    /// parts themselves, which are about to be dropped.
    fn lock(&self) -> MutexGuard<'_, Option<Socket<S>>> {
        self.socket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> ArcWake for Desk<S>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    /// Something is new in the room: writes it at once, if nobody is at the desk.
    fn wake_by_ref(desk: &Arc<Self>) {
        let served = match desk.socket.try_lock() {
            Ok(mut socket) => match &mut *socket {
                Some(socket) => socket.serve_room(&waker_ref(desk)),
                None => return,
            },
            Err(TryLockError::WouldBlock | TryLockError::Poisoned(_)) => false,
        };
        if !served {
            desk.bell.wake_by_ref();
        }
    }
}

impl<S> Connection<S>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    pub(crate) fn new(
        websocket: WebSocketStream<S>,
        room: RoomCode,
        entering: BoxFuture<Result<Membership>>,
        session: SessionGuard,
        limits: Arc<Limits>,
        stopping: CancellationToken,
    ) -> Self {
        let now = Instant::now().into_std();
        let socket = Socket::new(websocket, room, entering, session, limits, now);
        let alarm = Alarm::new();
        Self {
            timer: sleep_until(Instant::from_std(socket.peer.next_timeout())),
            stopping: stopping.cancelled_owned(),
            desk: Owned(Arc::new(Desk {
                bell: alarm.bell(),
                socket: Mutex::new(Some(socket)),
            })),
            alarm,
        }
    }
}

impl<S> Future for Connection<S>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Outcome> {
        let mut this = self.project();
        let desk = &this.desk.0;
        let room = waker_ref(desk);
        let mut guard = desk.lock();
        let socket = guard.as_mut().expect("only dropping takes the socket");
        socket.served_by(cx.waker());
        let mut rang = this.alarm.rang(cx);
        loop {
            let now = Instant::now().into_std();
            if rang {
                let due = this
                    .alarm
                    .poll(|cx| this.timer.as_mut().poll(cx))
                    .is_ready();
                if due {
                    socket.timeout(now);
                    let next = Instant::from_std(socket.peer.next_timeout());
                    this.timer.as_mut().reset(next);
                }
                if socket.peer.is_open() {
                    let stopping = this.alarm.poll(|cx| this.stopping.as_mut().poll(cx));
                    let ended = this.alarm.poll(|cx| socket.poll_session(cx));
                    if stopping.is_ready() {
                        socket.happened(Input::ShuttingDown, now);
                    } else if ended.is_ready() {
                        socket.happened(Input::SessionEnded, now);
                    }
                }
                rang = due;
            }
            let more = socket.turn(cx, &room, now);
            if let Some(outcome) = socket.outcome {
                socket.hang_up(cx);
                return Poll::Ready(outcome);
            }
            // Most deadlines only move away, and the timer finds out when it fires; these do not.
            if socket.blocked || !socket.peer.is_open() {
                let due = Instant::from_std(socket.peer.next_timeout());
                if due < this.timer.deadline() {
                    this.timer.as_mut().reset(due);
                    rang = true;
                }
            }
            if !more && !rang {
                return Poll::Pending;
            }
        }
    }
}

impl<S> fmt::Debug for Connection<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
