//! A WebSocket as a plain channel of texts, for whoever has a protocol of its own.

mod alive;

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::{FutureExt, Sink, SinkExt, Stream, StreamExt};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::time::{Instant, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{Error as WsError, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_util::sync::WaitForCancellationFutureOwned;
use vnet_core::conference::{Gone, TextSocket};
use vnet_core::{Error, ErrorKind, Limits, Result, async_trait};

use self::alive::{Alive, Tick};
use crate::close::Close;
use crate::guard::SessionGuard;
use crate::signalling::Signalling;

/// One read takes at most so much.
const READ_BUFFER_BYTES: usize = 8 * 1024;
/// Texts that are sent together are joined into writes of this size, and longer ones sent in fragments of it: the
/// socket keeps a buffer as large as the largest frame that it ever sent.
const WRITE_BUFFER_BYTES: usize = 8 * 1024;

/// A [`TextSocket`] over any stream whose WebSocket handshake is done. Made by
/// [`Signalling::text_socket`].
///
/// While it is [received](TextSocket::receive) from, pings are sent and answered, and the end of the session
/// (close code 4401), of the server (1001) and of a client that is silent (4408) are seen to. The first two end
/// a [`send`](TextSocket::send) that waits, too; then [`close`](TextSocket::close) tells the client.
pub struct WebTextSocket<S> {
    websocket: WebSocketStream<BufReader<S>>,
    /// The text that was read last, until the next read: see [`wrap`].
    read_last: Option<Bytes>,
    /// A text was begun and not sent to its end.
    is_torn: bool,
    session: SessionGuard,
    checking: Option<Checking>,
    stopping: Pin<Box<WaitForCancellationFutureOwned>>,
    alive: Alive,
    limits: std::sync::Arc<Limits>,
    /// Something may be in the buffers of socket or stream.
    unflushed: bool,
    gone: Option<Gone>,
    is_closed: bool,
}

/// An answer, to come, to whether the session lives.
type Checking = Pin<Box<dyn Future<Output = bool> + Send>>;

/// Why a text was not sent.
enum Unsent {
    Broken(WsError),
    /// It ended meanwhile; nobody has told the client yet.
    Over(Gone),
}

/// What comes of reading.
enum Event {
    Text(Bytes),
    /// The connection is over; the other side is told why if it listens.
    Over(Gone, Option<Close>),
}

impl Signalling {
    /// A stream on which a server's WebSocket handshake was just answered with 101, as a channel of texts
    /// of at most `max_bytes`.
    ///
    /// `leftover` is what was read beyond the request. Keep-alive, the session's end and the server's are
    /// those of signalling connections, with the same [`Limits`]. [`stop`](Self::stop) ends it, too.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the buffer of the handshake is given up, not kept along with the socket"
    )]
    pub fn text_socket<S>(
        &self,
        io: S,
        leftover: Bytes,
        session: SessionGuard,
        max_bytes: usize,
    ) -> WebTextSocket<S>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let config = WebSocketConfig::default()
            // Of its own it reads headers only.
            .read_buffer_size(0)
            .write_buffer_size(WRITE_BUFFER_BYTES)
            .max_message_size(Some(max_bytes))
            .max_frame_size(Some(max_bytes));
        let websocket = wrap(io, leftover.to_vec(), config);
        WebTextSocket {
            websocket,
            read_last: None,
            is_torn: false,
            session,
            checking: None,
            stopping: Box::pin(self.stopping().clone().cancelled_owned()),
            alive: Alive::new(self.limits()),
            limits: std::sync::Arc::clone(self.limits()),
            // A stream may hold back the answer to the handshake until there is more to write.
            unflushed: true,
            gone: None,
            is_closed: false,
        }
    }
}

impl<S> WebTextSocket<S>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Event> {
        if self.stopping.as_mut().poll(cx).is_ready() {
            return over(Gone::Stopping, Some(Close::ShuttingDown));
        }
        if poll_session(&mut self.session, &mut self.checking, cx).is_ready() {
            return over(Gone::SessionEnded, Some(Close::SessionEnded));
        }
        loop {
            let read = Pin::new(&mut self.websocket).poll_next(cx);
            self.read_last = None;
            match read {
                Poll::Ready(item) => {
                    self.alive.heard(Instant::now());
                    if let Some(event) = self.heard(item) {
                        return Poll::Ready(event);
                    }
                }
                Poll::Pending => {
                    if let Some(event) = self.tick(cx) {
                        return Poll::Ready(event);
                    }
                    return self.flush(cx);
                }
            }
        }
    }

    fn heard(&mut self, item: Option<std::result::Result<Message, WsError>>) -> Option<Event> {
        match item {
            Some(Ok(Message::Text(text))) => {
                let text = Bytes::from(text);
                self.read_last = Some(text.clone());
                Some(Event::Text(text))
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {
                // A ping was answered into the buffer.
                self.unflushed = true;
                None
            }
            Some(Ok(Message::Binary(_))) => Some(Event::Over(Gone::Lost, Some(Close::Binary))),
            Some(Ok(Message::Close(_))) | None => Some(Event::Over(Gone::Lost, None)),
            Some(Err(error)) => Some(Event::Over(Gone::Lost, fault(&error))),
        }
    }

    /// What time brings.
    fn tick(&mut self, cx: &mut Context<'_>) -> Option<Event> {
        loop {
            match self.alive.poll(cx) {
                Tick::Wait => return None,
                Tick::Ping => {
                    let ping = Message::Ping(Bytes::new());
                    let taken = Pin::new(&mut self.websocket).start_send(ping);
                    self.unflushed = true;
                    if taken.is_err() {
                        return Some(Event::Over(Gone::Lost, None));
                    }
                }
                Tick::Ask => self.checking = self.session.check(),
                Tick::Silent => return Some(Event::Over(Gone::Lost, Some(Close::Unresponsive))),
                Tick::TooOld => return Some(Event::Over(Gone::Lost, Some(Close::TooOld))),
            }
        }
    }

    fn flush(&mut self, cx: &mut Context<'_>) -> Poll<Event> {
        if self.unflushed {
            match Pin::new(&mut self.websocket).poll_flush(cx) {
                Poll::Ready(Ok(())) => self.unflushed = false,
                Poll::Ready(Err(_broken)) => return over(Gone::Lost, None),
                Poll::Pending => {}
            }
        }
        Poll::Pending
    }

    /// Writes, unless the session or the server ends before the other side has taken it.
    async fn write(&mut self, texts: &[Bytes]) -> std::result::Result<(), Unsent> {
        self.unflushed = true;
        let write = write(&mut self.websocket, texts, &mut self.is_torn);
        tokio::pin!(write);
        poll_fn(|cx| {
            if self.stopping.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Err(Unsent::Over(Gone::Stopping)));
            }
            if poll_session(&mut self.session, &mut self.checking, cx).is_ready() {
                return Poll::Ready(Err(Unsent::Over(Gone::SessionEnded)));
            }
            write.as_mut().poll(cx).map_err(Unsent::Broken)
        })
        .await?;
        self.unflushed = false;
        Ok(())
    }

    /// Says why, and waits for the other side's consent: a connection that is closed while something is
    /// unread may be reset, and the reason lost with it.
    async fn hang_up(&mut self, code: u16, reason: &str) {
        if std::mem::replace(&mut self.is_closed, true) {
            return;
        }
        let frame = CloseFrame {
            code: code.into(),
            reason: Utf8Bytes::from(reason),
        };
        let goodbye = async {
            self.websocket.send(Message::Close(Some(frame))).await?;
            while let Some(Ok(message)) = self.websocket.next().await {
                if message.is_close() {
                    return Ok(());
                }
            }
            // After something that was no WebSocket no consent can be read any more: the client is told that
            // nothing follows, and the rest is thrown away until it has closed.
            let stream = self.websocket.get_mut();
            stream.shutdown().await?;
            let mut rest = [0; 1024];
            while stream.read(&mut rest).await? > 0 {}
            Ok::<_, WsError>(())
        };
        // Whether they consent or not, it is over.
        drop(timeout(self.limits.signal_close_within, goodbye).await);
    }
}

#[async_trait]
impl<S> TextSocket for WebTextSocket<S>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    async fn receive(&mut self) -> std::result::Result<Bytes, Gone> {
        if let Some(gone) = self.gone {
            return Err(gone);
        }
        match poll_fn(|cx| self.poll_event(cx)).await {
            Event::Text(text) => Ok(text),
            Event::Over(gone, close) => {
                self.gone = Some(gone);
                match close {
                    Some(close) => self.hang_up(close.code(), close.reason()).await,
                    None => {
                        self.is_closed = true;
                        // The answer to a close frame goes out with this.
                        let flush = self.websocket.flush();
                        drop(timeout(self.limits.signal_close_within, flush).await);
                    }
                }
                Err(gone)
            }
        }
    }

    async fn send(&mut self, texts: &[Bytes]) -> Result<()> {
        let broken = || Error::new(ErrorKind::Unavailable, "gone", "the connection is over");
        if self.gone.is_some() || self.is_closed || self.is_torn {
            return Err(broken());
        }
        match self.write(texts).await {
            Ok(()) => Ok(()),
            Err(Unsent::Broken(source)) => Err(broken().with_source(source)),
            Err(Unsent::Over(gone)) => {
                self.gone = Some(gone);
                Err(broken())
            }
        }
    }

    async fn close(&mut self, code: u16, reason: &str) {
        self.gone.get_or_insert(Gone::Lost);
        self.hang_up(code, reason).await;
    }
}

impl<S> fmt::Debug for WebTextSocket<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebTextSocket")
            .field("gone", &self.gone)
            .finish_non_exhaustive()
    }
}

fn poll_session(
    session: &mut SessionGuard,
    checking: &mut Option<Checking>,
    cx: &mut Context<'_>,
) -> Poll<()> {
    if let Some(answer) = checking
        && let Poll::Ready(lives) = answer.as_mut().poll(cx)
    {
        *checking = None;
        if !lives {
            return Poll::Ready(());
        }
    }
    session.poll_ended(cx)
}

/// Writes texts, the long ones in fragments (RFC 6455, section 5.4); `is_torn` says whether it was given up amid one.
async fn write<S>(
    websocket: &mut WebSocketStream<S>,
    texts: &[Bytes],
    is_torn: &mut bool,
) -> std::result::Result<(), WsError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    for text in texts {
        let mut rest = text.clone();
        let mut data = Data::Text;
        loop {
            let piece = rest.split_to(rest.len().min(WRITE_BUFFER_BYTES));
            let is_last = rest.is_empty();
            // As a frame, because a `Message::Text` would be checked to be UTF-8.
            let frame = Frame::message(piece, OpCode::Data(data), is_last);
            websocket.feed(Message::Frame(frame)).await?;
            *is_torn = !is_last;
            if is_last {
                break;
            }
            data = Data::Continue;
        }
    }
    websocket.flush().await
}

/// A socket that keeps no more memory than it needs at the moment. Its own buffer grows to the largest frame and is
/// used again for as long as nobody else holds it. So it is let read headers alone, the rest coming from a buffer
/// of a fixed size, and finds the text before still held when it makes room for the next header: then it takes new
/// memory, of a header's size.
fn wrap<S>(io: S, leftover: Vec<u8>, config: WebSocketConfig) -> WebSocketStream<BufReader<S>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let io = BufReader::with_capacity(READ_BUFFER_BYTES, io);
    WebSocketStream::from_partially_read(io, leftover, Role::Server, Some(config))
        .now_or_never()
        .expect("wrapping a stream waits for nothing")
}

fn over(gone: Gone, close: Option<Close>) -> Poll<Event> {
    Poll::Ready(Event::Over(gone, close))
}

/// What to tell a client that sent something wrong; nothing if it is gone.
fn fault(error: &WsError) -> Option<Close> {
    match error {
        WsError::Capacity(_) => Some(Close::TooLarge),
        WsError::Utf8(_) => Some(Close::InvalidUtf8),
        WsError::Protocol(ProtocolError::ResetWithoutClosingHandshake) => None,
        WsError::Protocol(_) => Some(Close::ProtocolError),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
