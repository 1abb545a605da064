//! What the program says when it is ready.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use vnet::http::PublicUrl;
use vnet::sfu::Sfu;

/// Who makes identities and carries media.
#[derive(Debug)]
pub(crate) enum Carrier {
    /// This server.
    Local(Sfu),
    /// Azure Communication Services at this endpoint.
    Acs(String),
}

/// What there is to say.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) address: SocketAddr,
    pub(crate) public_url: Option<&'a PublicUrl>,
    pub(crate) is_tls: bool,
    pub(crate) data: &'a Path,
    pub(crate) carrier: &'a Carrier,
    pub(crate) metrics: Option<SocketAddr>,
}

/// Tells where to point the browser, where the data is, and what may be next.
#[expect(clippy::print_stdout, reason = "a program that talks to a person")]
pub(crate) fn print(facts: &Facts<'_>) {
    println!("VNET {} is ready.", env!("CARGO_PKG_VERSION"));
    println!("  Open         {}/", own_url(facts));
    if let Some(public) = facts.public_url {
        println!("  From outside {}/", public.as_str());
    }
    println!("  Data         {}", facts.data.display());
    match facts.carrier {
        Carrier::Local(sfu) => {
            println!("  Identities   local: made by this server, no cloud needed");
            println!("  Media        {}", media(sfu));
        }
        Carrier::Acs(endpoint) => {
            println!("  Identities   Azure Communication Services at {endpoint}");
            println!("  Media        Azure Communication Services");
        }
    }
    if let Some(address) = facts.metrics {
        println!("  Metrics      http://{address}/metrics");
    }
    println!(
        "  First staff  cargo run --example server -- create-admin NAME --data-dir {}",
        facts.data.display()
    );
    if !facts.is_tls && !facts.address.ip().is_loopback() && facts.public_url.is_none() {
        println!(
            "  Note         browsers give camera and microphone to https only: see --tls self-signed"
        );
    }
    println!("Stop it with Ctrl-C.");
}

/// What a firewall must let through.
fn media(sfu: &Sfu) -> String {
    let ports = sfu.local_ports();
    let ports = match ports.as_slice() {
        [port] => format!("port {port}"),
        ports => {
            let ports = ports.iter().map(ToString::to_string);
            format!("ports {}", ports.collect::<Vec<_>>().join(", "))
        }
    };
    let how = if sfu.has_tcp() { "UDP and TCP" } else { "UDP" };
    let addresses = sfu.local_addresses();
    let addresses = addresses.iter().map(ToString::to_string);
    format!(
        "{how} {ports} on {}",
        addresses.collect::<Vec<_>>().join(", ")
    )
}

/// An address that a browser on this machine can open.
fn own_url(facts: &Facts<'_>) -> String {
    let scheme = if facts.is_tls { "https" } else { "http" };
    let ip = match facts.address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("{scheme}://{}", SocketAddr::new(ip, facts.address.port()))
}
