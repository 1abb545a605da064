use std::collections::VecDeque;

use tokio::io::AsyncWriteExt;
use tokio::sync::Semaphore;

use super::*;

/// Keeps what each write brought, takes as much of it as it is told, and nothing every other time.
#[derive(Debug, Default)]
struct Client {
    takes: VecDeque<usize>,
    ready: bool,
    writes: Vec<Vec<u8>>,
    flushes: usize,
    ended: bool,
}

impl AsyncWrite for Client {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.ready = !self.ready;
        if !self.ready {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let mut bytes: Vec<u8> = slices.iter().flat_map(|slice| slice.to_vec()).collect();
        bytes.truncate(self.takes.pop_front().unwrap_or(usize::MAX));
        let taken = bytes.len();
        self.writes.push(bytes);
        Poll::Ready(Ok(taken))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.flushes += 1;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.ended = true;
        Poll::Ready(Ok(()))
    }
}

/// A stream on which an upgrade is just answered, to a client that takes so much of each write.
async fn answered(takes: &[usize]) -> Meter<Client> {
    let place = Arc::new(Semaphore::new(1)).try_acquire_owned().unwrap();
    let activity = Activity::new(place);
    let client = Client {
        takes: takes.iter().copied().collect(),
        ready: true,
        ..Client::default()
    };
    let mut meter = Meter::new(client, Arc::clone(&activity));
    activity.upgrade();
    meter.write_all(b"HTTP/1.1 101 ").await.unwrap();
    let rest = [IoSlice::new(b"Switching"), IoSlice::new(b"\r\n\r\n")];
    assert_eq!(meter.write_vectored(&rest).await.unwrap(), 13);
    meter.flush().await.unwrap();
    assert!(meter.stream.writes.is_empty());
    assert_eq!(meter.stream.flushes, 0);
    meter.upgraded()
}

const ANSWER: &[u8] = b"HTTP/1.1 101 Switching\r\n\r\n";

#[tokio::test]
async fn the_answer_to_an_upgrade_goes_with_the_first_frame() {
    let mut meter = answered(&[]).await;
    meter.write_all(b"frame").await.unwrap();
    meter.write_all(b"another").await.unwrap();
    let first = [ANSWER, b"frame"].concat();
    assert_eq!(meter.stream.writes, [first, b"another".to_vec()]);
}

#[tokio::test]
async fn without_a_frame_it_goes_when_it_is_flushed_or_ended() {
    let mut meter = answered(&[]).await;
    meter.flush().await.unwrap();
    assert_eq!(meter.stream.writes, [ANSWER]);
    assert_eq!(meter.stream.flushes, 1);

    let mut meter = answered(&[]).await;
    meter.shutdown().await.unwrap();
    assert_eq!(meter.stream.writes, [ANSWER]);
    assert!(meter.stream.ended);

    let mut meter = answered(&[]).await;
    let frame = [IoSlice::new(b"fra"), IoSlice::new(b"me")];
    assert_eq!(meter.write_vectored(&frame).await.unwrap(), 5);
    assert_eq!(meter.stream.writes, [ANSWER, b"frame"]);
}

#[tokio::test]
async fn a_client_that_takes_it_piece_by_piece_gets_it_whole() {
    for first in 1..ANSWER.len() + 4 {
        for second in [1, 2, ANSWER.len() - 1, ANSWER.len(), ANSWER.len() + 1] {
            let mut meter = answered(&[first, second, 1, 1]).await;
            meter.write_all(b"frame").await.unwrap();
            meter.write_all(b"another").await.unwrap();
            let all = [ANSWER, b"frame", b"another"].concat();
            assert_eq!(meter.stream.writes.concat(), all, "{first}, {second}");
        }
    }
}

#[tokio::test]
async fn a_client_that_takes_nothing_more_is_an_error() {
    for act in ["write", "flush", "shutdown"] {
        let mut meter = answered(&[3, 0]).await;
        let result = match act {
            "write" => meter.write_all(b"frame").await,
            "flush" => meter.flush().await,
            _ => meter.shutdown().await,
        };
        assert_eq!(
            result.unwrap_err().kind(),
            io::ErrorKind::WriteZero,
            "{act}"
        );
    }
}

#[tokio::test]
async fn what_is_no_upgrade_goes_straight_through() {
    let place = Arc::new(Semaphore::new(1)).try_acquire_owned().unwrap();
    let activity = Activity::new(place);
    let mut meter = Meter::new(Client::default(), Arc::clone(&activity));
    let before = activity.idle_since();
    meter.write_all(b"answer").await.unwrap();
    assert_eq!(meter.stream.writes, [b"answer"]);
    assert_ne!(activity.idle_since(), before, "a step");
}
