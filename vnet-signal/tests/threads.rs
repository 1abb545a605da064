//! Two peers whose connections are served on different threads at the same time.

mod support;

use serde_json::json;
use support::{Client, Server, message};
use vnet_core::Limits;

const ROUNDS: u64 = 60;
const AT_ONCE: u64 = 16;

/// Speaks and hears in rounds; messages of both come in their order and none is left lying.
async fn talk(mut own: Client, name: &'static str) -> Client {
    let mut next = std::collections::HashMap::new();
    for round in 0..ROUNDS {
        for number in round * AT_ONCE..(round + 1) * AT_ONCE {
            own.send(&message("x", &json!([number]), name)).await;
        }
        for _ in 0..2 * AT_ONCE {
            let heard = own.hear().await;
            let sender = heard["sender"].as_str().expect("a sender").to_owned();
            let number = next.entry(sender).or_insert(0_u64);
            assert_eq!(heard["candidates"], json!([*number]));
            *number += 1;
        }
    }
    own
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_lost_between_threads() {
    let mut limits = Limits::default();
    limits.signal_rate = 1_000_000;
    limits.signal_burst = 1_000_000;
    let server = Server::start(limits).await;
    for _ in 0..4 {
        let (ada, bob) = server.pair().await;
        let ada = tokio::spawn(talk(ada, "ada"));
        let bob = tokio::spawn(talk(bob, "bob"));
        let (ada, bob) = (ada.await.unwrap(), bob.await.unwrap());
        ada.close().await;
        bob.close().await;
    }
}
