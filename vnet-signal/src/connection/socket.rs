//! One socket: what is read and written, and the room behind it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Instant;

use bytes::Bytes;
use futures_util::{Sink, Stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{Error as WsError, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use vnet_core::room::{Membership, RoomCode, RoomEvent};
use vnet_core::{Limits, Result};

use super::READ_BUFFER_BYTES;
use crate::close::Close;
use crate::guard::{BoxFuture, SessionGuard};
use crate::peer::{Input, Outcome, Output, PeerState};

/// Messages taken from one socket before what they caused is written and others get a turn.
const READS_PER_TURN: usize = 32;
/// The same in bytes: the queues of a room take a multiple of this at once.
const BYTES_PER_TURN: usize = 64 * 1024;

/// The socket, the state machine, and what it is connected with.
pub(super) struct Socket<S> {
    websocket: WebSocketStream<S>,
    pub(super) peer: PeerState,
    link: Link,
    session: SessionGuard,
    checking: Option<BoxFuture<bool>>,
    /// Something was handed to the socket and not flushed yet.
    unflushed: bool,
    /// A message is among it; notices alone can wait for the task.
    urgent: bool,
    /// The socket takes nothing for now; nothing is read meanwhile either.
    pub(super) blocked: bool,
    /// What came is beyond repair: only rests are read, and thrown away.
    broken: bool,
    pub(super) outcome: Option<Outcome>,
    /// Wakes the connection's task.
    task: Waker,
}

enum Link {
    Entering(BoxFuture<Result<Membership>>),
    In(Membership),
    Left,
}

impl<S> Socket<S>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    pub(super) fn new(
        websocket: WebSocketStream<S>,
        room: RoomCode,
        entering: BoxFuture<Result<Membership>>,
        session: SessionGuard,
        limits: Arc<Limits>,
        now: Instant,
    ) -> Self {
        Self {
            websocket,
            peer: PeerState::new(room, limits, now),
            link: Link::Entering(entering),
            session,
            checking: None,
            // A stream may hold back the answer to the handshake until there is more to write.
            unflushed: true,
            urgent: false,
            blocked: false,
            broken: false,
            outcome: None,
            task: Waker::noop().clone(),
        }
    }

    /// Remembers which task serves this socket: it is told what its stream brings, whoever asked.
    pub(super) fn served_by(&mut self, task: &Waker) {
        self.task.clone_from(task);
    }

    /// Writes what is new in the room on behalf of the task; `false`: the task must go on, because
    /// there is more to do than that.
    pub(super) fn serve_room(&mut self, room: &Waker) -> bool {
        let calm = matches!(self.link, Link::In(_)) && !self.blocked && self.outcome.is_none();
        if !calm {
            return false;
        }
        let task = self.task.clone();
        let now = tokio::time::Instant::now().into_std();
        let cx = &mut Context::from_waker(&task);
        self.urgent = false;
        self.fill(cx, room, now);
        if self.urgent {
            self.finish(cx, now);
        } else {
            // Who hears that the other has left is often about to leave, too: then the task writes this and
            // the close frame together.
            task.wake_by_ref();
        }
        !self.blocked && self.outcome.is_none() && self.peer.is_open()
    }

    /// Reads, then writes all that this and the room brought; whether there may be more to read.
    pub(super) fn turn(&mut self, cx: &mut Context<'_>, room: &Waker, now: Instant) -> bool {
        // Nothing is read before the room is entered or while nothing can be written: so these come
        // first, and reading is not forgotten when they are done.
        if self.blocked || matches!(self.link, Link::Entering(_)) {
            self.write(cx, room, now);
        }
        let more = self.read(cx, now);
        // Messages of one's own are in the room's queue now: the broker wakes only the others, and
        // that once for all that was read. Both sockets are written to right after each other, so
        // that who has both is woken once.
        self.fill(cx, room, now);
        if let Link::In(membership) = &mut self.link {
            membership.flush();
        }
        self.finish(cx, now);
        more && !self.blocked
    }

    /// Feeds the state machine and does what it says.
    pub(super) fn happened(&mut self, input: Input<'_>, now: Instant) {
        let mut input = Some(input);
        while let Some(next) = input.take() {
            match self.peer.handle(next, now) {
                None => {}
                Some(Output::Send(text)) => self.send_text(text, &mut input),
                Some(Output::Ping) => self.send(Message::Ping(Bytes::new()), &mut input),
                Some(Output::Relay(signal)) => {
                    if let Link::In(membership) = &mut self.link
                        && membership.push(&signal).is_err()
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

    pub(super) fn timeout(&mut self, now: Instant) {
        // One call per due thing; each moves its own deadline.
        while self.outcome.is_none() && self.peer.next_timeout() <= now {
            self.happened(Input::Timeout, now);
        }
    }

    /// Ready when the session has ended, in one way or the other.
    pub(super) fn poll_session(&mut self, cx: &mut Context<'_>) -> Poll<()> {
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
    fn read(&mut self, cx: &mut Context<'_>, now: Instant) -> bool {
        if self.broken {
            return self.throw_away(cx, now);
        }
        if matches!(self.link, Link::Entering(_)) {
            return false;
        }
        let mut bytes = 0;
        for _ in 0..READS_PER_TURN {
            if self.blocked || self.outcome.is_some() {
                return false;
            }
            if bytes >= BYTES_PER_TURN {
                return true;
            }
            match Pin::new(&mut self.websocket).poll_next(cx) {
                Poll::Pending => return false,
                Poll::Ready(item) => {
                    if let Some(Ok(message)) = &item {
                        bytes += message.len();
                    }
                    self.received(item.as_ref(), now);
                    if self.broken {
                        return true;
                    }
                }
            }
        }
        true
    }

    fn received(&mut self, item: Option<&std::result::Result<Message, WsError>>, now: Instant) {
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
    fn throw_away(&mut self, cx: &mut Context<'_>, now: Instant) -> bool {
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
    fn write(&mut self, cx: &mut Context<'_>, room: &Waker, now: Instant) {
        self.fill(cx, room, now);
        self.finish(cx, now);
    }

    fn fill(&mut self, cx: &mut Context<'_>, room: &Waker, now: Instant) {
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
            match self.poll_room(cx, room) {
                Poll::Ready(input) => {
                    self.urgent |= matches!(input, Input::Room(RoomEvent::Signal(_)));
                    self.happened(input, now);
                }
                Poll::Pending => return,
            }
        }
    }

    fn finish(&mut self, cx: &mut Context<'_>, now: Instant) {
        if self.unflushed && !self.blocked && self.outcome.is_none() {
            self.flush(cx, now);
        }
    }

    /// Whether everything is written now.
    fn flush(&mut self, cx: &mut Context<'_>, now: Instant) -> bool {
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

    fn stuck(&mut self, now: Instant) {
        self.blocked = true;
        self.happened(Input::WriteBlocked, now);
    }

    fn poll_room(&mut self, cx: &mut Context<'_>, room: &Waker) -> Poll<Input<'static>> {
        match &mut self.link {
            Link::In(membership) => {
                let waker = if membership.wakes_unlocked() {
                    room
                } else {
                    cx.waker()
                };
                let event = membership.poll_recv(&mut Context::from_waker(waker));
                Poll::Ready(match ready!(event) {
                    Some(event) => Input::Room(event),
                    None => Input::RoomEnded(membership.end_reason()),
                })
            }
            Link::Entering(entering) => match ready!(entering.as_mut().poll(cx)) {
                Ok(membership) => {
                    self.link = Link::In(membership);
                    self.poll_room(cx, room)
                }
                Err(error) => Poll::Ready(Input::Refused(error)),
            },
            Link::Left => Poll::Pending,
        }
    }

    /// Ends the stream beneath as well as that goes without waiting (TLS has a farewell too).
    pub(super) fn hang_up(&mut self, cx: &mut Context<'_>) {
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
