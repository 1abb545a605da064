//! What a text socket keeps of what went through it. Alone in its program, since it counts the memory of all of it.

use bytes::Bytes;
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use tokio::io::duplex;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;
use vnet_core::Limits;
use vnet_core::conference::TextSocket as _;
use vnet_signal::{InProcessRooms, SessionGuard, Signalling};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// The offer of a browser with forty sections.
const LONG: usize = 100_000;
/// What a socket may keep: its buffers of fixed sizes.
const KEPT: usize = 32_000;

#[tokio::test]
async fn long_texts_leave_nothing_behind() {
    let _profiler = dhat::Profiler::builder().testing().build();
    let limits = Limits::default();
    let signalling = Signalling::new(std::sync::Arc::new(InProcessRooms::new(&limits)), limits);
    let before = dhat::HeapStats::get().curr_bytes;
    let (near, far) = duplex(1 << 12);
    let mut socket = signalling.text_socket(near, Bytes::new(), SessionGuard::none(), LONG);
    let mut client = WebSocketStream::from_raw_socket(far, Role::Client, None).await;
    for _ in 0..3 {
        let talking = tokio::spawn(async move {
            let offer = Message::text("o".repeat(LONG));
            client.send(offer).await.unwrap();
            let answer = client.next().await.unwrap().unwrap();
            assert_eq!(answer, Message::text("a".repeat(LONG)));
            client.send(Message::text("thanks")).await.unwrap();
            client
        });
        assert_eq!(socket.receive().await.unwrap().len(), LONG);
        socket.send(&[vec![b'a'; LONG].into()]).await.unwrap();
        assert_eq!(socket.receive().await.unwrap(), "thanks");
        client = talking.await.unwrap();
    }
    // Waits for the next, as it does most of its life.
    assert!(socket.receive().now_or_never().is_none());
    drop(client);
    let kept = dhat::HeapStats::get().curr_bytes - before;
    assert!(kept < KEPT, "{kept} bytes are kept");
    drop(socket);
}
