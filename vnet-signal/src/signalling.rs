//! The handle that every connection is served with.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_util::sync::CancellationToken;
use vnet_core::Limits;
use vnet_core::id::PeerId;
use vnet_core::room::{Peer, RoomBroker, RoomCode};

use crate::connection::{Connection, ReadAhead, from_upgraded};
use crate::guard::SessionGuard;

/// Who enters which room.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(crate) room: RoomCode,
    pub(crate) peer: Peer,
}

impl Entry {
    /// `sender` is who the server knows the peer is, `sender` on the wire. It hears its own messages.
    pub fn new(room: RoomCode, sender: impl Into<String>) -> Self {
        Self {
            room,
            peer: Peer {
                id: PeerId::generate(),
                sender: sender.into(),
                echo: true,
            },
        }
    }

    /// Whether the peer hears its own messages.
    #[must_use]
    pub fn with_echo(mut self, echo: bool) -> Self {
        self.peer.echo = echo;
        self
    }

    /// The id of this connection's peer, for the log.
    #[must_use]
    pub fn peer_id(&self) -> PeerId {
        self.peer.id
    }
}

/// Serves signalling connections: rooms, limits, and the word to stop. A cheap handle to clone.
#[derive(Clone, Debug)]
pub struct Signalling {
    rooms: Arc<dyn RoomBroker>,
    limits: Arc<Limits>,
    stopping: CancellationToken,
}

impl Signalling {
    /// Serves `rooms` within `limits`.
    #[must_use]
    pub fn new(rooms: Arc<dyn RoomBroker>, limits: impl Into<Arc<Limits>>) -> Self {
        Self {
            rooms,
            limits: limits.into(),
            stopping: CancellationToken::new(),
        }
    }

    /// The bounds in force.
    #[must_use]
    pub fn limits(&self) -> &Arc<Limits> {
        &self.limits
    }

    /// Tells every connection of this handle and its clones that the server shuts down: close code
    /// 1001. Each ends within [`Limits::signal_close_within`]; new ones are closed at once.
    pub fn stop(&self) {
        self.stopping.cancel();
    }

    /// Whether [`stop`](Self::stop) was called.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.is_cancelled()
    }

    /// A handle on the same rooms that can be stopped by itself, and stops with this one.
    #[must_use]
    pub fn child(&self) -> Self {
        Self {
            stopping: self.stopping.child_token(),
            ..self.clone()
        }
    }

    pub(crate) fn stopping(&self) -> &CancellationToken {
        &self.stopping
    }

    /// Serves a stream on which a server's WebSocket handshake was just answered with 101, as hyper
    /// and every framework hand it over.
    ///
    /// `leftover` is what was read beyond the request (hyper: `Parts::read_buf`), usually nothing.
    /// The future enters the room, does everything, and resolves when the connection is over; it
    /// never fails. Switch off Nagle's algorithm (`TCP_NODELAY`) on the socket beneath.
    ///
    /// # Cancel safety
    /// Dropping the future leaves the room and drops the stream without a close frame.
    ///
    /// # Examples
    /// ```no_run
    /// # use vnet_signal::{Entry, SessionGuard, Signalling};
    /// # async fn upgraded(signalling: Signalling, io: tokio::net::TcpStream) -> vnet_core::Result<()> {
    /// let entry = Entry::new("907308".parse()?, "ada_1").with_echo(false);
    /// let outcome = signalling
    ///     .serve_upgraded(io, bytes::Bytes::new(), entry, SessionGuard::none())
    ///     .await;
    /// # Ok(())
    /// # }
    /// ```
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the buffer of the handshake is given up, not kept along with the socket"
    )]
    pub fn serve_upgraded<S>(
        &self,
        io: S,
        leftover: Bytes,
        entry: Entry,
        session: SessionGuard,
    ) -> Connection<ReadAhead<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        self.serve_websocket(from_upgraded(io, &leftover, &self.limits), entry, session)
    }

    /// [`serve_upgraded`](Self::serve_upgraded) for a tungstenite stream that exists already; it must have
    /// the server's role. Its buffers and size limits are those that it was made with: take them
    /// from [`websocket_config`](crate::websocket_config), and put the stream into a [`ReadAhead`].
    pub fn serve_websocket<S>(
        &self,
        websocket: WebSocketStream<S>,
        entry: Entry,
        session: SessionGuard,
    ) -> Connection<S>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let rooms = Arc::clone(&self.rooms);
        Connection::new(
            websocket,
            entry.room,
            Box::pin(async move { rooms.join(entry.room, entry.peer).await }),
            session,
            Arc::clone(&self.limits),
            self.stopping.clone(),
        )
    }
}

/// The `Sec-WebSocket-Accept` value that answers a request's `Sec-WebSocket-Key`; `None` when
/// the key is not 16 bytes in Base64.
///
/// # Source
/// RFC 6455, sections 4.2.1 and 4.2.2.
#[must_use]
pub fn accept_key(key: &HeaderValue) -> Option<HeaderValue> {
    let bytes = key.as_bytes();
    // 16 bytes are 22 digits of Base64 and two of padding; the last digit holds four bits.
    let (digits, padding) = bytes.split_at_checked(22)?;
    let digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let valid = padding == b"==" && digits.iter().all(digit) && b"AQgw".contains(digits.last()?);
    valid
        .then(|| HeaderValue::from_str(&derive_accept_key(bytes)).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_accept_key_is_that_of_the_rfc() {
        let key = HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ==");
        assert_eq!(accept_key(&key).unwrap(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn keys_that_are_not_sixteen_bytes_are_refused() {
        for bad in [
            "",
            "dGhlIHNhbXBsZSBub25jZQ",
            "dGhlIHNhbXBsZSBub25jZZ==",
            "dGhlIHNhbXBsZSBub25jZQ===",
            "dGhlIHNhbXBsZSBub25j!!==",
            "dGhlIHNhbXBsZSBub25jZTEy",
        ] {
            let key = HeaderValue::from_static(bad);
            assert_eq!(accept_key(&key), None, "{bad}");
        }
    }
}
