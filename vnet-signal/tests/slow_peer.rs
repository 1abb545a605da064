//! A peer that does not read hurts only itself.

mod support;

use serde_json::json;
use support::{Server, message};
use vnet_core::Limits;

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.signal_rate = 1_000_000;
    limits.signal_burst = 1_000_000;
    limits
}

#[tokio::test]
async fn a_peer_that_does_not_read_is_put_out_and_never_delays_the_other() {
    let server = Server::start(limits()).await;
    let (mut ada, mut bob) = server.pair().await;
    let content = json!({"filler": "x".repeat(60_000)});
    let text = message("candidate", &content, "Ada");
    // The kernel's buffers take some megabytes, then the queue fills.
    let mut left = false;
    for _ in 0..2_000 {
        ada.send(&text).await;
        let mut heard = ada.hear().await;
        if heard["type"] == "signal_disconnected" {
            left = true;
            heard = ada.hear().await;
        }
        assert_eq!(
            heard["candidates"], content,
            "who reads is served all the while"
        );
        if left {
            break;
        }
    }
    assert!(left, "the queue of a peer must be bounded");
    // The place is free although the slow one still hangs on its socket.
    let mut carl = server.client("name=carl").await;
    carl.hears_count("signal_connected", 2).await;
    ada.hears_count("signal_connected", 2).await;
    // When it reads at last it is told why.
    let (code, reason) = bob.closed().await;
    assert_eq!(code, 4410);
    assert!(reason.contains("read"), "{reason}");
    ada.send(&message("x", &json!([1]), "n")).await;
    assert_eq!(carl.hear().await["type"], "x", "nobody left twice");
}

#[tokio::test]
async fn a_peer_that_takes_nothing_is_given_up_in_time() {
    let mut limits = limits();
    limits.signal_pong_within = std::time::Duration::from_millis(300);
    limits.signal_close_within = std::time::Duration::from_millis(300);
    let server = Server::start(limits).await;
    let (mut ada, bob) = server.pair().await;
    let content = json!({"filler": "x".repeat(60_000)});
    let text = message("candidate", &content, "Ada");
    loop {
        ada.send(&text).await;
        if ada.hear().await["type"] == "signal_disconnected" {
            break;
        }
    }
    drop(ada);
    server.shutdown.cancel();
    // Ends although `bob` never reads a byte of what waits for it, nor the close frame.
    support::soon("the end of the server", server.task)
        .await
        .unwrap()
        .unwrap();
    drop(bob);
}
