//! Reads at once what waits in a stream, however little is asked for.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// As much is taken from the stream in one read: a burst of messages.
const AHEAD_BYTES: usize = 8 * 1024;

/// A stream that is read in few large pieces.
///
/// Tungstenite asks for as much as is left of its buffer, which is small so that a socket takes little
/// memory, and nearly full whenever a burst comes. What is read beyond that is kept here for the
/// moment until it is asked for.
#[derive(Debug)]
pub struct ReadAhead<S> {
    stream: S,
    ahead: Bytes,
}

impl<S> ReadAhead<S> {
    /// Reads ahead from `stream`.
    pub const fn new(stream: S) -> Self {
        Self {
            stream,
            ahead: Bytes::new(),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for ReadAhead<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.ahead.is_empty() {
            if buffer.remaining() >= AHEAD_BYTES {
                return Pin::new(&mut self.stream).poll_read(cx, buffer);
            }
            let mut space = [MaybeUninit::uninit(); AHEAD_BYTES];
            let mut space = ReadBuf::uninit(&mut space);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut space))?;
            let (now, ahead) = split(space.filled(), buffer.remaining());
            buffer.put_slice(now);
            if !ahead.is_empty() {
                self.ahead = Bytes::copy_from_slice(ahead);
            }
            return Poll::Ready(Ok(()));
        }
        let taken = {
            let (now, _) = split(&self.ahead, buffer.remaining());
            buffer.put_slice(now);
            now.len()
        };
        self.ahead.advance(taken);
        if self.ahead.is_empty() {
            self.ahead = Bytes::new();
        }
        Poll::Ready(Ok(()))
    }
}

fn split(bytes: &[u8], most: usize) -> (&[u8], &[u8]) {
    bytes.split_at(bytes.len().min(most))
}

impl<S: AsyncWrite + Unpin> AsyncWrite for ReadAhead<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test]
    async fn one_read_takes_all_and_small_ones_get_their_part() {
        let (near, mut far) = duplex(1 << 20);
        let mut near = ReadAhead::new(near);
        let sent: Vec<u8> = (0..AHEAD_BYTES).map(|n| n.to_le_bytes()[0]).collect();
        far.write_all(&sent[..3_000]).await.unwrap();
        let mut got = vec![0; 1_000];
        near.read_exact(&mut got).await.unwrap();
        assert_eq!(near.ahead.len(), 2_000);
        far.write_all(&sent[3_000..]).await.unwrap();
        drop(far);
        for size in [1, 999, 500, 500, 7_000] {
            let mut piece = vec![0; size];
            let read = near.read(&mut piece).await.unwrap();
            got.extend_from_slice(&piece[..read]);
        }
        assert_eq!(got, sent);
        assert_eq!(near.read(&mut [0; 10]).await.unwrap(), 0, "the end");
    }

    #[tokio::test]
    async fn large_reads_go_past_it_and_nothing_stays_behind() {
        let (near, mut far) = duplex(1 << 20);
        let mut near = ReadAhead::new(near);
        let sent = vec![7; 3 * AHEAD_BYTES];
        far.write_all(&sent).await.unwrap();
        let mut large = vec![0; 2 * AHEAD_BYTES];
        assert_eq!(near.read(&mut large).await.unwrap(), large.len());
        assert!(near.ahead.is_empty());
        far.shutdown().await.unwrap();
        let mut rest = Vec::new();
        near.read_to_end(&mut rest).await.unwrap();
        assert_eq!(rest.len(), AHEAD_BYTES);
        assert!(near.ahead.is_empty());
    }
}
