//! The bare rivals as a program: `bare --listen ADDR relay`, `… http --body TEXT`, `… signalling`.

use std::io::Write as _;
use std::net::SocketAddr;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use tokio::net::TcpSocket;
use vnet_benches::bare;

/// Servers that do the least possible, to compare with.
#[derive(Debug, Parser)]
struct Options {
    /// Where to listen.
    #[arg(long)]
    listen: SocketAddr,
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Debug, Subcommand)]
enum Kind {
    /// A WebSocket relay: rooms of two by path, every text to both.
    Relay,
    /// VNET's signalling without pages, sessions and database.
    Signalling,
    /// No server: forwards made-up media in virtual time and tells how many packets.
    Stage {
        /// People who watch four pictures.
        #[arg(long)]
        watching: u32,
        /// Seconds of virtual time.
        #[arg(long)]
        seconds: u64,
    },
    /// An HTTP server that answers every request with the same JSON.
    Http {
        /// The JSON.
        #[arg(long)]
        body: String,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(options.listen).context("cannot bind")?;
    let listener = socket.listen(4096)?;
    match options.kind {
        Kind::Relay => bare::relay::serve(listener).await?,
        Kind::Signalling => bare::signalling::serve(listener).await?,
        Kind::Stage { watching, seconds } => {
            let packets = bare::stage::forward(watching, seconds);
            writeln!(std::io::stdout(), "{packets}")?;
        }
        Kind::Http { body } => bare::http::serve(listener, body.into()).await?,
    }
    Ok(())
}
