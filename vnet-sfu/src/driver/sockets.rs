//! The sockets of one shard: on every address the same port number, for UDP and for TCP.

use std::io;
use std::net::{IpAddr, SocketAddr};

use mio::net::{TcpListener, UdpSocket};

use super::{tcp, udp};
use crate::media::Transport;

/// The port that is tried first.
pub(super) const DEFAULT_PORT: u16 = 10_000;
/// How often another free port is tried when one is free for some of the sockets only.
const TRIES: usize = 50;

/// Sockets that belong together.
#[derive(Debug)]
pub(super) struct Sockets {
    /// The number they share.
    pub(super) port: u16,
    /// One per address.
    pub(super) udp: Vec<(SocketAddr, UdpSocket)>,
    /// One per address, unless switched off.
    pub(super) tcp: Vec<(SocketAddr, TcpListener)>,
}

/// What is wanted.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    /// Where.
    pub(super) addresses: &'a [IpAddr],
    /// TCP, too.
    pub(super) tcp: bool,
    /// Addresses that cannot be used now may be left out: nobody asked for them by name.
    pub(super) lenient: bool,
}

/// Why there are no sockets.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BindError {
    /// The system refuses an address.
    #[error("cannot open media port {1} on {0}")]
    Refused(IpAddr, u16, #[source] io::Error),
    /// No address is left.
    #[error("none of the addresses of this machine can be used for media")]
    NoAddress,
    /// No number is free everywhere.
    #[error("no port number is free on all addresses, for UDP and for TCP")]
    NoPort,
}

impl BindError {
    fn is_taken(&self) -> bool {
        matches!(self, Self::Refused(_, _, error) if error.kind() == io::ErrorKind::AddrInUse)
    }
}

impl Sockets {
    /// None so far.
    pub(super) const fn none(port: u16) -> Self {
        Self {
            port,
            udp: Vec::new(),
            tcp: Vec::new(),
        }
    }

    /// These, too.
    pub(super) fn add(&mut self, more: Self) {
        self.udp.extend(more.udp);
        self.tcp.extend(more.tcp);
    }

    /// How they are reached.
    pub(super) fn ours(&self) -> Vec<(Transport, SocketAddr)> {
        let udp = self.udp.iter().map(|(it, _)| (Transport::Udp, *it));
        let tcp = self.tcp.iter().map(|(it, _)| (Transport::Tcp, *it));
        udp.chain(tcp).collect()
    }

    /// Opens the port `wanted` names; 0: any free one.
    pub(super) fn open(wanted: &Wanted<'_>, port: u16) -> Result<Self, BindError> {
        if port != 0 {
            return Self::open_all(wanted, port);
        }
        for _try in 0..TRIES {
            match Self::open_all(wanted, 0) {
                Err(error) if error.is_taken() => {}
                other => return other,
            }
        }
        Err(BindError::NoPort)
    }

    /// Opens `port`, or any free one when it is taken.
    pub(super) fn open_or_any(wanted: &Wanted<'_>, port: u16) -> Result<Self, BindError> {
        match Self::open(wanted, port) {
            Err(error) if error.is_taken() => Self::open(wanted, 0),
            other => other,
        }
    }

    fn open_all(wanted: &Wanted<'_>, mut port: u16) -> Result<Self, BindError> {
        let (mut udp, mut tcp) = (Vec::new(), Vec::new());
        for ip in wanted.addresses {
            let opened = open_one(*ip, port, wanted.tcp);
            let (address, packets, listener) = match opened {
                Ok(opened) => opened,
                // Such as an IPv6 address that is being checked for duplicates.
                Err(BindError::Refused(_, _, error))
                    if wanted.lenient && error.kind() == io::ErrorKind::AddrNotAvailable =>
                {
                    tracing::warn!(%ip, "this address cannot be used for media now");
                    continue;
                }
                Err(error) => return Err(error),
            };
            // The system chose the number for the first; all others must have it, too.
            port = address.port();
            udp.push((address, packets));
            tcp.extend(listener.map(|listener| (address, listener)));
        }
        if udp.is_empty() {
            return Err(BindError::NoAddress);
        }
        Ok(Self { port, udp, tcp })
    }
}

fn open_one(
    ip: IpAddr,
    port: u16,
    with_tcp: bool,
) -> Result<(SocketAddr, UdpSocket, Option<TcpListener>), BindError> {
    let refused = |error| BindError::Refused(ip, port, error);
    let packets = udp::bind(SocketAddr::new(ip, port)).map_err(refused)?;
    let port = packets.local_addr().map_err(refused)?.port();
    let address = SocketAddr::new(ip, port);
    let listener = with_tcp.then(|| tcp::listen(address)).transpose();
    Ok((address, packets, listener.map_err(refused)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(addresses: &[IpAddr]) -> Wanted<'_> {
        Wanted {
            addresses,
            tcp: true,
            lenient: false,
        }
    }

    fn loopbacks() -> Vec<IpAddr> {
        vec!["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()]
    }

    #[test]
    fn all_sockets_have_one_number() {
        let sockets = Sockets::open(&wanted(&loopbacks()), 0).unwrap();
        assert_eq!((sockets.udp.len(), sockets.tcp.len()), (2, 2));
        for (address, socket) in &sockets.udp {
            assert_eq!(socket.local_addr().unwrap(), *address);
            assert_eq!(address.port(), sockets.port);
        }
        for (address, listener) in &sockets.tcp {
            assert_eq!(listener.local_addr().unwrap(), *address);
            assert_eq!(address.port(), sockets.port);
        }
    }

    #[test]
    fn a_port_that_is_taken_for_tcp_alone_is_taken() {
        let ips = loopbacks();
        let free = Sockets::open(&wanted(&ips), 0).unwrap();
        let port = free.port;
        drop(free.udp);
        let error = Sockets::open(&wanted(&ips), port).unwrap_err();
        assert!(error.is_taken(), "{error:?}");
        assert!(error.to_string().contains(&port.to_string()), "{error}");
        let other = Sockets::open_or_any(&wanted(&ips), port).unwrap();
        assert_ne!(other.port, port);
    }

    #[test]
    fn an_address_that_cannot_be_used_is_left_out_only_when_nobody_asked_for_it() {
        let ips: [IpAddr; 2] = ["127.0.0.1".parse().unwrap(), "192.0.2.77".parse().unwrap()];
        let mut wanted = wanted(&ips);
        assert!(Sockets::open(&wanted, 0).is_err());
        wanted.lenient = true;
        assert_eq!(Sockets::open(&wanted, 0).unwrap().udp.len(), 1);
    }
}
