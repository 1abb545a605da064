//! The application with its own routes, and VNET under its prefix, over loopback.

#[path = "../../../tests/support/mod.rs"]
mod support;

use std::net::TcpListener;

use actix_web::rt;
use support::embedding;
use tokio_util::sync::CancellationToken;

#[test]
fn vnet_works_under_a_prefix_of_an_actix_application() {
    rt::System::new().block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let stop = CancellationToken::new();
        let vnet = embed_actix::installation().unwrap();
        let conference = embed_actix::conference(vnet).unwrap();
        let server = rt::spawn(embed_actix::serve(listener, conference, stop.clone()));

        embedding::own_routes_answer(&origin).await;
        let mut open = embedding::conference_works(&format!("{origin}/conference")).await;
        stop.cancel();
        assert_eq!(open.closed().await, 1001, "the end is told to open sockets");
        server.await.unwrap().unwrap();
    });
}
