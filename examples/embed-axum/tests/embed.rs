//! The application with its own routes, and VNET under its prefix, over loopback.

#[path = "../../../tests/support/mod.rs"]
mod support;

use support::embedding;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn vnet_works_under_a_prefix_of_an_axum_application() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let stop = CancellationToken::new();
    let vnet = embed_axum::installation().unwrap();
    let server = tokio::spawn(embed_axum::serve(listener, vnet, stop.clone()));

    embedding::own_routes_answer(&origin).await;
    let mut open = embedding::conference_works(&format!("{origin}/conference")).await;
    stop.cancel();
    assert_eq!(open.closed().await, 1001, "the end is told to open sockets");
    server.await.unwrap().unwrap();
}
