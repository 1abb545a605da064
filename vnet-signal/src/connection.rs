//! Drives one socket: reads, writes, timers, and the room behind it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::{FutureExt, Sink, Stream};
use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{Error as WsError, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use vnet_core::room::{Membership, RoomCode};
use vnet_core::{Limits, Result};

use crate::alarm::Alarm;
use crate::close::Close;
use crate::guard::{BoxFuture, SessionGuard};
use crate::peer::{Input, Outcome, Output, PeerState};

/// Messages taken from one socket before what they caused is written and others get a turn.
const READS_PER_TURN: usize = 32;
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
pub(crate) fn from_upgraded<S>(io: S, leftover: Bytes, limits: &Limits) -> WebSocketStream<S>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let config = Some(websocket_config(limits));
    WebSocketStream::from_partially_read(io, leftover.into(), Role::Server, config)
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
        socket: Socket<S>,
    }
}

/// The socket, the state machine, and what it is connected with.
struct Socket<S> {
    websocket: WebSocketStream<S>,
    peer: PeerState,
    link: Link,
    session: SessionGuard,
    checking: Option<BoxFuture<bool>>,
    /// Something was handed to the socket and not flushed yet.
    unflushed: bool,
    /// The socket takes nothing for now; nothing is read meanwhile either.
    blocked: bool,
    /// What came is beyond repair: only rests are read, and thrown away.
    broken: bool,
    outcome: Option<Outcome>,
}

enum Link {
    Entering(BoxFuture<Result<Membership>>),
    In(Membership),
    Left,
}

impl<S> Connection<S>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    pub(crate) fn new(
        websocket: WebSocketStream<S>,
        room: RoomCode,
        entering: BoxFuture<Result<Membership>>,
        session: SessionGuard,
        limits: Arc<Limits>,
        stopping: CancellationToken,
    ) -> Self {
        let peer = PeerState::new(room, limits, Instant::now().into_std());
        Self {
            timer: sleep_until(Instant::from_std(peer.next_timeout())),
            stopping: stopping.cancelled_owned(),
            alarm: Alarm::new(),
            socket: Socket {
                websocket,
                peer,
                link: Link::Entering(entering),
                session,
                checking: None,
                unflushed: false,
                blocked: false,
                broken: false,
                outcome: None,
            },
        }
    }
}

impl<S> Future for Connection<S>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Outcome> {
        let mut this = self.project();
        let socket = this.socket;
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
            let more = socket.turn(cx, now);
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

impl<S> Socket<S>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    /// Reads, then writes all that this and the room brought; whether there may be more to read.
    fn turn(&mut self, cx: &mut Context<'_>, now: std::time::Instant) -> bool {
        // Nothing is read before the room is entered or while nothing can be written: so these come
        // first, and reading is not forgotten when they are done.
        if self.blocked || matches!(self.link, Link::Entering(_)) {
            self.write(cx, now);
        }
        let more = self.read(cx, now);
        // Messages of one's own are in the room's queue now: the broker wakes only the others.
        self.write(cx, now);
        more && !self.blocked
    }

    /// Feeds the state machine and does what it says.
    fn happened(&mut self, input: Input<'_>, now: std::time::Instant) {
        let mut input = Some(input);
        while let Some(next) = input.take() {
            match self.peer.handle(next, now) {
                None => {}
                Some(Output::Send(text)) => self.send_text(text, &mut input),
                Some(Output::Ping) => self.send(Message::Ping(Bytes::new()), &mut input),
                Some(Output::Relay(signal)) => {
                    if let Link::In(membership) = &mut self.link
                        && membership.send(&signal).is_err()
                    {
                        input = Some(Input::RoomEnded(membership.end_reason()));
                    }
                }
                Some(Output::CheckSession) => self.checking = self.session.check(),
                Some(Output::Close(close)) => self.send_close(close, &mut input),
                Some(Output::Done(outcome)) => self.outcome = Some(outcome),
            }
            if !self.peer.is_open() {
                self.link = Link::Left;
            }
        }
    }

    fn timeout(&mut self, now: std::time::Instant) {
        // One call per due thing; each moves its own deadline.
        while self.outcome.is_none() && self.peer.next_timeout() <= now {
            self.happened(Input::Timeout, now);
        }
    }

    /// Ready when the session has ended, in one way or the other.
    fn poll_session(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(checking) = &mut self.checking
            && let Poll::Ready(alive) = checking.as_mut().poll(cx)
        {
            self.checking = None;
            if !alive {
                return Poll::Ready(());
            }
        }
        self.session.poll_ended(cx)
    }

    fn send_text(&mut self, text: Bytes, next: &mut Option<Input<'_>>) {
        // As a frame, because a `Message::Text` would be checked to be UTF-8 again for each peer.
        let frame = Frame::message(text, OpCode::Data(Data::Text), true);
        self.send(Message::Frame(frame), next);
    }

    fn send_close(&mut self, close: Close, next: &mut Option<Input<'_>>) {
        let frame = CloseFrame {
            code: close.code().into(),
            reason: Utf8Bytes::from_static(close.reason()),
        };
        self.send(Message::Close(Some(frame)), next);
    }

    fn send(&mut self, message: Message, next: &mut Option<Input<'_>>) {
        self.unflushed = true;
        if Pin::new(&mut self.websocket).start_send(message).is_err() {
            *next = Some(Input::SocketEnded);
        }
    }

    /// Reads until there is nothing, or enough for one turn; `true`: there may be more.
    fn read(&mut self, cx: &mut Context<'_>, now: std::time::Instant) -> bool {
        if self.broken {
            return self.throw_away(cx, now);
        }
        if matches!(self.link, Link::Entering(_)) {
            return false;
        }
        for _ in 0..READS_PER_TURN {
            if self.blocked || self.outcome.is_some() {
                return false;
            }
            match Pin::new(&mut self.websocket).poll_next(cx) {
                Poll::Pending => return false,
                Poll::Ready(item) => {
                    self.received(item.as_ref(), now);
                    if self.broken {
                        return true;
                    }
                }
            }
        }
        true
    }

    fn received(
        &mut self,
        item: Option<&std::result::Result<Message, WsError>>,
        now: std::time::Instant,
    ) {
        let input = match item {
            Some(Ok(Message::Text(text))) => Input::Text(text.as_str()),
            Some(Ok(Message::Binary(_))) => Input::Binary,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Input::Control,
            Some(Ok(Message::Close(_))) => {
                self.unflushed = true;
                Input::PeerClosed
            }
            Some(Ok(Message::Frame(_))) => return,
            None => Input::SocketEnded,
            Some(Err(error)) => match fault(error) {
                Some(close) if self.peer.is_open() => {
                    self.broken = true;
                    Input::Fault(close)
                }
                _ => Input::SocketEnded,
            },
        };
        self.happened(input, now);
    }

    /// A connection that is closed while something is unread may be reset, and the close frame lost
    /// with it: so our side is ended first, and what still comes is read until the peer ends its.
    fn throw_away(&mut self, cx: &mut Context<'_>, now: std::time::Instant) -> bool {
        if self.unflushed {
            return false;
        }
        let mut io = Pin::new(self.websocket.get_mut());
        let mut over = matches!(io.as_mut().poll_shutdown(cx), Poll::Ready(Err(_)));
        for _ in 0..READS_PER_TURN {
            let mut space = [0; READ_BUFFER_BYTES];
            let mut buffer = ReadBuf::new(&mut space);
            match io.as_mut().poll_read(cx, &mut buffer) {
                Poll::Pending => return false,
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {}
                Poll::Ready(_) => over = true,
            }
            if over {
                self.happened(Input::SocketEnded, now);
                return false;
            }
        }
        true
    }

    /// Hands what waits in the room to the socket while it takes it, and flushes once.
    fn write(&mut self, cx: &mut Context<'_>, now: std::time::Instant) {
        // Who was blocked takes all of the old before there is anything new, so that the time
        // without progress is measured and not the time without an empty buffer.
        if self.blocked && !self.flush(cx, now) {
            return;
        }
        while self.outcome.is_none() {
            match Pin::new(&mut self.websocket).poll_ready(cx) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(_)) => return self.happened(Input::SocketEnded, now),
                Poll::Pending => return self.stuck(now),
            }
            match self.poll_room(cx) {
                Poll::Ready(input) => self.happened(input, now),
                Poll::Pending => break,
            }
        }
        if self.unflushed && self.outcome.is_none() {
            self.flush(cx, now);
        }
    }

    /// Whether everything is written now.
    fn flush(&mut self, cx: &mut Context<'_>, now: std::time::Instant) -> bool {
        match Pin::new(&mut self.websocket).poll_flush(cx) {
            Poll::Ready(Ok(())) => {
                self.unflushed = false;
                if self.blocked {
                    self.blocked = false;
                    self.happened(Input::WriteDone, now);
                }
                true
            }
            Poll::Ready(Err(_)) => {
                self.happened(Input::SocketEnded, now);
                false
            }
            Poll::Pending => {
                self.stuck(now);
                false
            }
        }
    }

    fn stuck(&mut self, now: std::time::Instant) {
        self.blocked = true;
        self.happened(Input::WriteBlocked, now);
    }

    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<Input<'static>> {
        match &mut self.link {
            Link::In(membership) => Poll::Ready(match ready!(membership.poll_recv(cx)) {
                Some(event) => Input::Room(event),
                None => Input::RoomEnded(membership.end_reason()),
            }),
            Link::Entering(entering) => match ready!(entering.as_mut().poll(cx)) {
                Ok(membership) => {
                    self.link = Link::In(membership);
                    self.poll_room(cx)
                }
                Err(error) => Poll::Ready(Input::Refused(error)),
            },
            Link::Left => Poll::Pending,
        }
    }

    /// Ends the stream beneath as well as that goes without waiting (TLS has a farewell too).
    fn hang_up(&mut self, cx: &mut Context<'_>) {
        let _ = Pin::new(self.websocket.get_mut()).poll_shutdown(cx);
    }
}

/// The close code that tells the peer what it did wrong; `None` when there is no one left to tell.
fn fault(error: &WsError) -> Option<Close> {
    match error {
        WsError::Capacity(_) => Some(Close::TooLarge),
        WsError::Utf8(_) => Some(Close::InvalidUtf8),
        WsError::Protocol(ProtocolError::ResetWithoutClosingHandshake) => None,
        WsError::Protocol(_) => Some(Close::ProtocolError),
        _ => None,
    }
}

impl<S> fmt::Debug for Connection<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("peer", &self.socket.peer)
            .finish_non_exhaustive()
    }
}
