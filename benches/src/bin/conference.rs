//! The embedded conference without pages and accounts: `conference --listen ADDR --media IP`.

use std::net::{IpAddr, SocketAddr};

use anyhow::Context as _;
use clap::Parser;
use tokio::net::TcpListener;
use vnet_benches::bare;

/// As in `examples/server`: what closed connections took goes back to the system.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Meetings for whoever comes; the path of a socket names the meeting.
#[derive(Debug, Parser)]
struct Options {
    /// Where to listen.
    #[arg(long)]
    listen: SocketAddr,
    /// The address that media goes over.
    #[arg(long)]
    media: IpAddr,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let Options { listen, media } = Options::parse();
    let listener = TcpListener::bind(listen).await.context("cannot bind")?;
    bare::conference::serve(listener, media).await?;
    Ok(())
}
