//! Just the signalling rooms, on a TCP port: anyone may join, under the name they give.
//!
//! ```text
//! cargo run --example signal_only -- --listen 127.0.0.1:8090
//! ```
//!
//! Open to everybody who reaches the port: for trying things out, not for the internet.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use clap::Parser;
use tokio::net::TcpListener;
use vnet::core::{ErrorKind, Limits, Result, async_trait};
use vnet::signal::{Admitted, Authenticate, InProcessRooms, Signalling, serve};

/// Signalling rooms of two on web sockets, without accounts.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// Address and port to listen on.
    #[arg(
        long,
        env = "VNET_LISTEN",
        default_value = "127.0.0.1:8090",
        value_name = "ADDR"
    )]
    listen: SocketAddr,
    /// Take browsers of this origin only, such as `https://meet.example.org`; may be repeated.
    /// Without it, of every origin.
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<String>,
}

/// Lets everybody in: under `?name=`, or as a guest with a number.
#[derive(Debug, Default)]
struct Anyone {
    guests: AtomicU32,
}

#[async_trait]
impl Authenticate for Anyone {
    async fn authenticate(&self, request: &http::Request<()>) -> Result<Admitted> {
        let query = request.uri().query().unwrap_or_default();
        let name = query.split('&').find_map(|pair| pair.strip_prefix("name="));
        match name {
            None => {
                let number = self.guests.fetch_add(1, Ordering::Relaxed) + 1;
                Ok(Admitted::new(format!("guest_{number}")))
            }
            Some(name) if is_a_name(name) => Ok(Admitted::new(name)),
            Some(_) => Err(vnet::core::Error::new(
                ErrorKind::InvalidInput,
                "bad_name",
                "a name is 1 to 32 letters, digits, `_` or `-`",
            )),
        }
    }
}

fn is_a_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    (1..=32).contains(&text.len()) && text.bytes().all(allowed)
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "a program tells its user where it is")]
async fn main() -> std::result::Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let listener = TcpListener::bind(options.listen)
        .await
        .map_err(|error| format!("--listen {}: {error}", options.listen))?;
    let address = listener.local_addr()?;
    println!("Signalling at ws://{address}/vnet/ps/123456/?name=ada");
    println!("Any six digits are a room for two; add &echo=off not to hear yourself.");
    println!("Stop with Ctrl-C.");

    let limits = Limits::default();
    let rooms = Arc::new(InProcessRooms::new(&limits));
    let mut server = serve(listener, &Signalling::new(rooms, limits), Anyone::default());
    if !options.allow_origin.is_empty() {
        server = server.allow_origins(options.allow_origin);
    }
    server.with_graceful_shutdown(asked_to_stop()?).await?;
    println!("Stopped.");
    Ok(())
}

/// Resolves at SIGINT or SIGTERM.
#[cfg(unix)]
fn asked_to_stop() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Resolves at Ctrl-C.
#[cfg(not(unix))]
fn asked_to_stop() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
