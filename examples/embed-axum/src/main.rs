//! `cargo run -p embed-axum`, then <http://127.0.0.1:8080/>.

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use vnet::{Error, Result};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "a program that talks to a person")]
async fn main() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8080")
        .await
        .map_err(|source| Error::internal("cannot listen", source))?;
    println!("http://127.0.0.1:8080/ and http://127.0.0.1:8080/conference/");
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            told.cancel();
        }
    });
    embed_axum::serve(listener, embed_axum::installation()?, stop).await
}
