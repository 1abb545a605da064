//! What a connection does, so that one that does nothing can be told, and what it says when it becomes
//! a socket.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::OwnedSemaphorePermit;

/// What happened on one connection so far. It holds the connection's place among all that are open.
#[derive(Debug)]
pub(crate) struct Activity {
    /// Requests that came, and writes that the client took.
    steps: AtomicU64,
    /// Requests that are being answered.
    in_flight: AtomicUsize,
    /// What is written now is the answer to an upgrade.
    upgrading: AtomicBool,
    _place: OwnedSemaphorePermit,
}

impl Activity {
    pub(crate) fn new(place: OwnedSemaphorePermit) -> Arc<Self> {
        Arc::new(Self {
            steps: AtomicU64::new(0),
            in_flight: AtomicUsize::new(0),
            upgrading: AtomicBool::new(false),
            _place: place,
        })
    }

    /// Counts a request until what is returned is dropped.
    pub(crate) fn begin(self: &Arc<Self>) -> Busy {
        self.step();
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        Busy(Arc::clone(self))
    }

    /// Says that the next answer is that to an upgrade: see [`Meter`].
    pub(crate) fn upgrade(&self) {
        self.upgrading.store(true, Ordering::Relaxed);
    }

    fn step(&self) {
        self.steps.fetch_add(1, Ordering::Relaxed);
    }

    /// How much happened so far; `None` while a request is being answered.
    pub(crate) fn idle_since(&self) -> Option<u64> {
        let idle = self.in_flight.load(Ordering::Relaxed) == 0;
        idle.then(|| self.steps.load(Ordering::Relaxed))
    }
}

/// A request being answered.
#[derive(Debug)]
pub(crate) struct Busy(Arc<Activity>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A stream that counts what its client takes.
///
/// The answer to an upgrade waits here for the first frame, which follows at once, and is written along
/// with it: to write to a socket is by far the largest part of what it costs to join a room.
#[derive(Debug)]
pub(crate) struct Meter<S> {
    stream: S,
    activity: Arc<Activity>,
    held: Vec<u8>,
}

impl<S> Meter<S> {
    pub(crate) fn new(stream: S, activity: Arc<Activity>) -> Self {
        Self {
            stream,
            activity,
            held: Vec::new(),
        }
    }

    /// The stream once it is upgraded: what was held back goes with what is written or flushed next.
    pub(crate) fn upgraded(self) -> Self {
        self.activity.upgrading.store(false, Ordering::Relaxed);
        self
    }

    fn is_upgrading(&self) -> bool {
        self.activity.upgrading.load(Ordering::Relaxed)
    }

    fn count(&self, written: &Poll<io::Result<usize>>) {
        if matches!(written, Poll::Ready(Ok(1..))) {
            self.activity.step();
        }
    }
}

impl<S: AsyncWrite + Unpin> Meter<S> {
    /// Writes what is held back, and of `bytes` what fits in with it; how much that was.
    fn poll_held(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        while !self.held.is_empty() {
            let slices = [IoSlice::new(&self.held), IoSlice::new(bytes)];
            let stream = Pin::new(&mut self.stream);
            let written = ready!(stream.poll_write_vectored(cx, &slices))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            match written.checked_sub(self.held.len()) {
                Some(more) => {
                    self.held = Vec::new();
                    return Poll::Ready(Ok(more));
                }
                None => drop(self.held.drain(..written)),
            }
        }
        Poll::Ready(Ok(0))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Meter<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Meter<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_upgrading() {
            self.held.extend_from_slice(bytes);
            return Poll::Ready(Ok(bytes.len()));
        }
        let with_held = ready!(self.poll_held(cx, bytes))?;
        let written = match with_held {
            0 => Pin::new(&mut self.stream).poll_write(cx, bytes),
            written => Poll::Ready(Ok(written)),
        };
        self.count(&written);
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.is_upgrading() {
            let before = self.held.len();
            slices
                .iter()
                .for_each(|slice| self.held.extend_from_slice(slice));
            return Poll::Ready(Ok(self.held.len() - before));
        }
        ready!(self.poll_held(cx, &[]))?;
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.count(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_upgrading() {
            return Poll::Ready(Ok(()));
        }
        ready!(self.poll_held(cx, &[]))?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_held(cx, &[]))?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests;
