use bytes::Bytes;
use std::future::poll_fn;

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, DuplexStream, duplex};
use tokio_tungstenite::tungstenite::Message;
use vnet_core::memory::MemoryRooms;
use vnet_core::room::RoomBroker;

use super::*;
use crate::{Entry, InProcessRooms, Signalling};

const MESSAGE: &str = r#"{"type":"candidate","content":{"candidate":"x"},"name":"Ada"}"#;

type Server = Pin<Box<Connection<DuplexStream>>>;
type Client = WebSocketStream<DuplexStream>;

/// A connection that is only served when the test says so, and its client.
async fn connect(signalling: &Signalling, name: &str, capacity: usize) -> (Server, Client) {
    let (near, far) = duplex(capacity);
    let entry = Entry::new("123456".parse().unwrap(), name);
    let server = signalling.serve_upgraded(near, Bytes::new(), entry, SessionGuard::none());
    let client = WebSocketStream::from_raw_socket(far, Role::Client, None).await;
    (Box::pin(server), client)
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
    assert_eq!(waiting(&mut ada.1).len(), 1, "the leaving");
    drop(ada);
    assert_eq!(rooms.rooms_count(), 0);
}
