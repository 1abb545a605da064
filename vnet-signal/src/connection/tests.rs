use std::future::poll_fn;
use std::sync::Weak;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio_tungstenite::tungstenite::Message;
use vnet_core::memory::MemoryRooms;
use vnet_core::room::RoomBroker;

use super::*;
use crate::{Entry, InProcessRooms, Signalling};

const MESSAGE: &str = r#"{"type":"candidate","content":{"candidate":"x"},"name":"Ada"}"#;

type Server = Pin<Box<Connection<ReadAhead<DuplexStream>>>>;
type Client = WebSocketStream<DuplexStream>;

/// A connection that is only served when the test says so, and its client.
async fn connect(signalling: &Signalling, name: &str, capacity: usize) -> (Server, Client) {
    let (near, far) = duplex(capacity);
    let entry = Entry::new("123456".parse().unwrap(), name);
    let server = signalling.serve_upgraded(near, Bytes::new(), entry, SessionGuard::none());
    let client = WebSocketStream::from_raw_socket(far, Role::Client, None).await;
    (Box::pin(server), client)
}

/// A buffer of hyper's size that begins with `bytes`, and how to see whether it still is there.
fn buffer(bytes: &[u8]) -> (Bytes, Weak<Vec<u8>>) {
    struct Owner(Arc<Vec<u8>>);
    impl AsRef<[u8]> for Owner {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }
    let mut whole = vec![0; 8 * 1024];
    whole[..bytes.len()].copy_from_slice(bytes);
    let whole = Arc::new(whole);
    let seen = Arc::downgrade(&whole);
    let mut leftover = Bytes::from_owner(Owner(whole));
    leftover.truncate(bytes.len());
    (leftover, seen)
}

#[tokio::test]
async fn the_buffer_of_the_handshake_does_not_live_as_long_as_the_socket() {
    // A masked text frame, as a browser may send it right behind its request.
    let mut frame = vec![
        0x81,
        0x80 | u8::try_from(MESSAGE.len()).unwrap(),
        0,
        0,
        0,
        0,
    ];
    frame.extend_from_slice(MESSAGE.as_bytes());
    for sent in [&[][..], &frame[..3], &frame[..]] {
        let (leftover, buffer) = buffer(sent);
        assert!(buffer.upgrade().is_some(), "kept by what is left over");
        let (near, mut far) = duplex(1 << 20);
        let entry = Entry::new("123456".parse().unwrap(), "ada");
        let signalling = signalling(InProcessRooms::new(&Limits::default()));
        let server = signalling.serve_upgraded(near, leftover, entry, SessionGuard::none());
        assert!(buffer.upgrade().is_none(), "{} bytes keep it", sent.len());
        // What was left over is not lost.
        far.write_all(&frame[sent.len()..]).await.unwrap();
        let mut client = WebSocketStream::from_raw_socket(far, Role::Client, None).await;
        let mut server = Box::pin(server);
        let mut heard = Vec::new();
        while heard.len() < 2 {
            assert!(turn(&mut server).await.is_pending());
            heard.extend(waiting(&mut client));
        }
        assert!(heard[1].contains(r#""sender":"ada""#), "{heard:?}");
    }
}

async fn turn(server: &mut Server) -> Poll<Outcome> {
    poll_fn(|cx| Poll::Ready(server.as_mut().poll(cx))).await
}

fn signalling(broker: impl RoomBroker) -> Signalling {
    Signalling::new(Arc::new(broker), Limits::default())
}

/// What has come to a client, without waiting.
fn waiting(client: &mut Client) -> Vec<String> {
    std::iter::from_fn(|| client.next().now_or_never())
        .map(|message| message.unwrap().unwrap().to_string())
        .collect()
}

/// Ada and Bob in one room, who have heard of each other.
async fn pair(signalling: &Signalling, capacity: usize) -> [(Server, Client); 2] {
    let mut ada = connect(signalling, "ada", 1 << 20).await;
    let mut bob = connect(signalling, "bob", capacity).await;
    for _ in 0..2 {
        assert!(turn(&mut ada.0).await.is_pending());
        assert!(turn(&mut bob.0).await.is_pending());
    }
    assert_eq!(waiting(&mut ada.1).len(), 2);
    assert_eq!(waiting(&mut bob.1).len(), 1);
    [ada, bob]
}

#[tokio::test]
async fn who_speaks_writes_for_the_other_too() {
    let [mut ada, mut bob] = pair(
        &signalling(InProcessRooms::new(&Limits::default())),
        1 << 20,
    )
    .await;
    for _ in 0..3 {
        for _ in 0..8 {
            ada.1.send(Message::text(MESSAGE)).await.unwrap();
        }
        assert!(turn(&mut ada.0).await.is_pending());
        assert_eq!(waiting(&mut ada.1).len(), 8);
        assert_eq!(waiting(&mut bob.1).len(), 8, "without a turn of its own");
    }
    bob.1.send(Message::text(MESSAGE)).await.unwrap();
    assert!(turn(&mut bob.0).await.is_pending());
    assert_eq!(
        (waiting(&mut ada.1).len(), waiting(&mut bob.1).len()),
        (1, 1)
    );
}

#[tokio::test]
async fn a_broker_that_may_hold_locks_wakes_the_task_only() {
    let [mut ada, mut bob] = pair(&signalling(MemoryRooms::default()), 1 << 20).await;
    ada.1.send(Message::text(MESSAGE)).await.unwrap();
    assert!(turn(&mut ada.0).await.is_pending());
    assert_eq!(waiting(&mut ada.1).len(), 1);
    assert_eq!(waiting(&mut bob.1).len(), 0);
    assert!(turn(&mut bob.0).await.is_pending());
    assert_eq!(waiting(&mut bob.1).len(), 1);
}

#[tokio::test]
async fn what_does_not_fit_is_left_to_the_other_s_own_task() {
    let [mut ada, bob] = pair(&signalling(InProcessRooms::new(&Limits::default())), 256).await;
    let (bob, mut client) = bob;
    let bob = tokio::spawn(bob);
    for _ in 0..50 {
        ada.1.send(Message::text(MESSAGE)).await.unwrap();
    }
    for _ in 0..2 {
        assert!(turn(&mut ada.0).await.is_pending());
    }
    assert_eq!(waiting(&mut ada.1).len(), 50, "the other delays nobody");
    for _ in 0..50 {
        let next = tokio::time::timeout(std::time::Duration::from_secs(10), client.next());
        let message = next.await.unwrap().unwrap().unwrap();
        assert!(message.to_text().unwrap().contains("\"sender\":\"ada\""));
    }
    drop(client);
    assert_eq!(bob.await.unwrap(), Outcome::Lost);
    assert!(turn(&mut ada.0).await.is_pending());
    assert_eq!(waiting(&mut ada.1).len(), 1, "the leaving");
}

#[tokio::test]
async fn a_lost_client_is_noticed_by_the_connection_itself() {
    let [mut ada, (mut bob, client)] = pair(
        &signalling(InProcessRooms::new(&Limits::default())),
        1 << 20,
    )
    .await;
    drop(client);
    ada.1.send(Message::text(MESSAGE)).await.unwrap();
    assert!(turn(&mut ada.0).await.is_pending());
    assert_eq!(turn(&mut bob).await, Poll::Ready(Outcome::Lost));
    drop(bob);
    assert!(turn(&mut ada.0).await.is_pending());
    assert_eq!(waiting(&mut ada.1).len(), 2, "the echo and the leaving");
}

#[tokio::test]
async fn a_dropped_connection_leaves_the_room_and_gives_its_stream_back() {
    let rooms = InProcessRooms::new(&Limits::default());
    let [mut ada, (bob, client)] = pair(&signalling(rooms.clone()), 1 << 20).await;
    drop(bob);
    let mut rest = Vec::new();
    client.into_inner().read_to_end(&mut rest).await.unwrap();
    assert!(rest.is_empty());
    assert!(turn(&mut ada.0).await.is_pending());
    assert_eq!(waiting(&mut ada.1).len(), 1, "the leaving");
    drop(ada);
    assert_eq!(rooms.rooms_count(), 0);
}

#[tokio::test]
async fn a_leaving_is_written_by_the_other_s_own_task() {
    let [mut ada, (bob, mut client)] = pair(
        &signalling(InProcessRooms::new(&Limits::default())),
        1 << 20,
    )
    .await;
    ada.1.send(Message::Close(None)).await.unwrap();
    assert_eq!(turn(&mut ada.0).await, Poll::Ready(Outcome::ClosedByPeer));
    assert_eq!(waiting(&mut client).len(), 0, "it may have more to write");
    let bob = tokio::spawn(bob);
    let leaving = client.next().await.unwrap().unwrap();
    assert!(leaving.to_text().unwrap().contains("signal_disconnected"));
    client.send(Message::Close(None)).await.unwrap();
    assert_eq!(bob.await.unwrap(), Outcome::ClosedByPeer);
}

#[tokio::test]
async fn a_task_that_waits_is_woken_for_a_leaving() {
    let signalling = signalling(InProcessRooms::new(&Limits::default()));
    let [ada, (bob, mut client)] = pair(&signalling, 1 << 20).await;
    let bob = tokio::spawn(bob);
    // Bob's task has gone to sleep when his answer is here.
    client.send(Message::text(MESSAGE)).await.unwrap();
    client.next().await.unwrap().unwrap();
    drop(ada);
    let leaving = tokio::time::timeout(std::time::Duration::from_secs(10), client.next());
    let leaving = leaving.await.unwrap().unwrap().unwrap();
    assert!(leaving.to_text().unwrap().contains("signal_disconnected"));
    drop(client);
    assert_eq!(bob.await.unwrap(), Outcome::Lost);
}

/// Lets nobody in, and refuses nobody.
#[derive(Debug)]
struct Undecided;

#[vnet_core::async_trait]
impl RoomBroker for Undecided {
    async fn join(&self, _room: RoomCode, _peer: vnet_core::room::Peer) -> Result<Membership> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn the_answer_to_the_handshake_does_not_wait_for_the_room() {
    let (near, mut far) = duplex(1 << 10);
    // A stream that keeps what is written until it is flushed.
    let mut near = tokio::io::BufWriter::new(near);
    near.write_all(b"101").await.unwrap();
    let entry = Entry::new("123456".parse().unwrap(), "ada");
    let signalling = signalling(Undecided);
    let server = signalling.serve_upgraded(near, Bytes::new(), entry, SessionGuard::none());
    let mut server = Box::pin(server);
    let first = poll_fn(|cx| Poll::Ready(server.as_mut().poll(cx))).await;
    assert!(first.is_pending());
    let mut answer = [0; 3];
    far.read_exact(&mut answer).now_or_never().unwrap().unwrap();
    assert_eq!(&answer, b"101");
}
