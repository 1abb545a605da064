//! What a room has to say to one connection: a bounded queue of texts, and how it ends.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use crate::limits::SfuLimits;
use crate::wire::{CloseCode, ErrorCode, ServerMessage};

/// How a connection is to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// The close code.
    pub code: CloseCode,
    /// The reason, for people.
    pub reason: Cow<'static, str>,
}

impl Closing {
    /// An end with code and reason.
    pub fn new(code: CloseCode, reason: impl Into<Cow<'static, str>>) -> Self {
        let reason = reason.into();
        Self { code, reason }
    }
}

/// The room's end of the queue. None of its calls waits.
///
/// Dropped without [`close`](Self::close), the connection ends with `Failed`.
#[derive(Debug)]
pub struct Outbox {
    texts: mpsc::Sender<Bytes>,
    bytes: Arc<AtomicUsize>,
    max_bytes: usize,
    closing: Option<oneshot::Sender<Closing>>,
}

/// The connection's end of the queue.
#[derive(Debug)]
pub struct Outgoing {
    pub(crate) texts: mpsc::Receiver<Bytes>,
    bytes: Arc<AtomicUsize>,
    /// Resolves when nothing more will be queued; what is queued is still to be sent, except when
    /// the code is `Timeout`.
    pub(crate) closing: oneshot::Receiver<Closing>,
}

/// A queue for one connection.
#[must_use]
pub fn outbox(limits: &SfuLimits) -> (Outbox, Outgoing) {
    let (texts, waiting) = mpsc::channel(limits.queue_texts.max(1));
    let (closing, closed) = oneshot::channel();
    let bytes = Arc::new(AtomicUsize::new(0));
    let outbox = Outbox {
        texts,
        bytes: Arc::clone(&bytes),
        max_bytes: limits.queue_bytes,
        closing: Some(closing),
    };
    let outgoing = Outgoing {
        texts: waiting,
        bytes,
        closing: closed,
    };
    (outbox, outgoing)
}

impl Outbox {
    /// Queues a text. `false`: this connection is over, because the browser does not read (then it is
    /// closed with [`CloseCode::Timeout`]) or is gone. Tell the room `Gone::Lost`, and drop this.
    #[must_use]
    pub fn push(&mut self, text: Bytes) -> bool {
        if self.closing.is_none() {
            return false;
        }
        let size = text.len();
        let waiting = self.bytes.fetch_add(size, Ordering::Relaxed);
        // A single text is always taken, however large.
        let fits = waiting == 0 || waiting.saturating_add(size) <= self.max_bytes;
        if fits && self.texts.try_send(text).is_ok() {
            return true;
        }
        self.end(Closing::new(
            CloseCode::Timeout,
            "messages were not read in time",
        ));
        false
    }

    /// Ends the connection once everything queued was sent.
    pub fn close(mut self, code: CloseCode, reason: impl Into<Cow<'static, str>>) {
        self.end(Closing::new(code, reason));
    }

    /// Answers the request that opened the connection with an error, and ends the connection.
    pub fn refuse(mut self, request_id: Option<u32>, code: ErrorCode, message: &str) {
        let text = ServerMessage::Error {
            id: request_id,
            code,
            message: message.into(),
        }
        .to_text();
        if self.push(text) {
            self.close(code.closes_with(), message.to_owned());
        }
    }

    fn end(&mut self, closing: Closing) {
        if let Some(end) = self.closing.take() {
            // Nobody listens if the connection is gone already.
            drop(end.send(closing));
        }
    }
}

impl Outgoing {
    /// Tells that a text left the queue.
    pub(crate) fn took(&self, text: &Bytes) {
        self.bytes.fetch_sub(text.len(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(texts: usize, bytes: usize) -> SfuLimits {
        SfuLimits {
            queue_texts: texts,
            queue_bytes: bytes,
            ..SfuLimits::default()
        }
    }

    #[test]
    fn what_does_not_fit_ends_the_connection() {
        let (mut out, mut rest) = outbox(&limits(2, 100));
        assert!(out.push(Bytes::from_static(b"one")));
        assert!(out.push(Bytes::from_static(b"two")));
        assert!(!out.push(Bytes::from_static(b"three")));
        assert!(!out.push(Bytes::from_static(b"four")), "it stays over");
        assert_eq!(rest.closing.try_recv().unwrap().code, CloseCode::Timeout);
    }

    #[test]
    fn bytes_are_counted_until_they_are_taken() {
        let (mut out, mut rest) = outbox(&limits(10, 5));
        assert!(out.push(Bytes::from_static(b"larger than all")), "alone");
        let text = rest.texts.try_recv().unwrap();
        rest.took(&text);
        assert!(out.push(Bytes::from_static(b"123")));
        assert!(out.push(Bytes::from_static(b"45")));
        assert!(!out.push(Bytes::from_static(b"6")));
    }

    #[test]
    fn a_refusal_is_an_error_and_an_end() {
        let (out, mut rest) = outbox(&SfuLimits::default());
        out.refuse(Some(3), ErrorCode::UnknownSession, "join anew");
        let text = rest.texts.try_recv().unwrap();
        let json: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert_eq!((&json["type"], &json["id"]), (&"error".into(), &3.into()));
        assert_eq!(json["code"], "unknown_session");
        let closing = rest.closing.try_recv().unwrap();
        assert_eq!(closing.code, CloseCode::Unauthorized);
    }
}
