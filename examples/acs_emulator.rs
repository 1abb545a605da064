//! The identity service of Azure Communication Services on a port of this machine.
//!
//! `cargo run --example acs_emulator -- --listen 127.0.0.1:8089 --access-key BASE64`

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use tokio::net::TcpListener;
use vnet::acs::emulator::AcsEmulator;

/// A local server that speaks the Identity REST API of Azure Communication Services and verifies
/// signatures. Its identities live in memory; its tokens are of no use with Microsoft's service.
#[derive(Parser)]
struct Options {
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8089", value_name = "ADDR")]
    listen: SocketAddr,
    /// An access key in base64; may be given several times. A random one if left out.
    #[arg(long, value_name = "BASE64")]
    access_key: Vec<String>,
    /// How many seconds the date of a signature may be off; 0 takes any date.
    #[arg(long, default_value_t = 900, value_name = "SECONDS")]
    clock_tolerance: u64,
    /// Open /_emulator/faults, /_emulator/requests and /_emulator/reset, by which anybody who
    /// reaches the port orders faults and reads what was asked.
    #[arg(long)]
    control: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            complain(&message);
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), String> {
    let tolerance = Duration::from_secs(options.clock_tolerance);
    let mut builder = AcsEmulator::builder()
        .control(options.control)
        .clock_tolerance((!tolerance.is_zero()).then_some(tolerance));
    for key in options.access_key {
        builder = builder.access_key(key);
    }
    let emulator = builder
        .build()
        .map_err(|error| format!("--access-key: {error}"))?;
    let listener = TcpListener::bind(options.listen)
        .await
        .map_err(|error| format!("--listen {}: {error}", options.listen))?;
    let address = listener
        .local_addr()
        .map_err(|error| format!("--listen: {error}"))?;
    announce(emulator.connection_string(address).expose());
    emulator.serve(listener, stop_signal()).await;
    Ok(())
}

async fn stop_signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without the signal the process is ended by other means.
        std::future::pending::<()>().await;
    }
}

#[expect(
    clippy::print_stdout,
    reason = "the connection string is what this program is asked for"
)]
fn announce(connection_string: &str) {
    println!("connection string: {connection_string}");
}

#[expect(
    clippy::print_stderr,
    reason = "a program says on the terminal what is wrong"
)]
fn complain(message: &str) {
    eprintln!("acs_emulator: {message}");
}
