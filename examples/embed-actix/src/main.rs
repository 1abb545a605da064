//! `cargo run -p embed-actix`, then <http://127.0.0.1:8080/>.

use std::io;
use std::net::TcpListener;

use tokio_util::sync::CancellationToken;

#[expect(clippy::print_stdout, reason = "a program that talks to a person")]
fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8080")?;
    println!("http://127.0.0.1:8080/ and http://127.0.0.1:8080/conference/");
    actix_web::rt::System::new().block_on(async {
        let stop = CancellationToken::new();
        let told = stop.clone();
        actix_web::rt::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                told.cancel();
            }
        });
        let conference = embed_actix::installation().and_then(embed_actix::conference);
        let conference = conference.map_err(io::Error::other)?;
        embed_actix::serve(listener, conference, stop).await
    })
}
