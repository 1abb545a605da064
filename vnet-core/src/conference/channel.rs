//! The channel between a media system and one browser: texts both ways.

use std::fmt;

use async_trait::async_trait;
use auto_impl::auto_impl;
use bytes::Bytes;

use crate::error::Result;
use crate::id::UserId;
use crate::meeting::MeetingId;

/// Why no more texts arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Gone {
    /// The connection broke, or the browser closed it.
    Lost,
    /// The session that the browser had shown is over: who signs out is out.
    SessionEnded,
    /// This server shuts down; the browser was told.
    Stopping,
}

/// A connection to one browser that carries texts (a WebSocket, whatever it runs over).
///
/// # Contract
/// Texts arrive whole and in order. Size limits, keep-alive and the session's end are its business.
#[async_trait]
pub trait TextSocket: fmt::Debug + Send + 'static {
    /// The next text, UTF-8.
    ///
    /// # Errors
    /// Why there will be no more; it says so again when asked again.
    ///
    /// # Cancel safety
    /// A text is not lost when the future is dropped.
    async fn receive(&mut self) -> std::result::Result<Bytes, Gone>;

    /// Sends texts, in order and together. Waits while the browser does not read.
    ///
    /// # Errors
    /// `Unavailable`: the connection is broken.
    async fn send(&mut self, texts: &[Bytes]) -> Result<()>;

    /// Says why (a close code of RFC 6455 section 7.4 and at most 123 bytes) and ends the connection,
    /// waiting a short while for the other side's consent.
    async fn close(&mut self, code: u16, reason: &str);
}

/// A media system that talks with its browsers over [`TextSocket`]s.
#[cfg_attr(any(test, feature = "testkit"), mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait ConferenceSignalling: fmt::Debug + Send + Sync + 'static {
    /// The longest text that a browser may send, in bytes: sockets refuse what is longer.
    fn max_text_bytes(&self) -> usize;

    /// Talks with one browser that connected to `meeting`, until either side ends it. Who the browser
    /// is says the ticket in its first text; where it is known who is signed in on the connection, that is
    /// `user`, and nobody else's ticket is taken.
    async fn serve(&self, meeting: MeetingId, user: Option<UserId>, socket: Box<dyn TextSocket>);
}
