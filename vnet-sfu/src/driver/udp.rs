//! UDP sockets that take and give many packets at a time.

use std::io;
use std::net::SocketAddr;

use bytes::Bytes;
use mio::net::UdpSocket;
use socket2::{Domain, Protocol, Socket, Type};

#[cfg(target_os = "linux")]
mod many;
#[cfg(any(test, not(target_os = "linux")))]
mod one;

#[cfg(target_os = "linux")]
use many as system;
#[cfg(not(target_os = "linux"))]
use one as system;

/// Packets that one call to the system takes or gives.
pub(super) const BATCH: usize = 64;
/// Room for one packet; larger ones are cut by the system and thrown away here.
const PACKET: usize = super::framing::MAX_PACKET;
/// What is asked of the system for packets that wait in a socket: half a second of a large
/// meeting. The system gives less where it is told so (`net.core.rmem_max`, `wmem_max`).
const SOCKET_BUFFER: usize = 8 * 1024 * 1024;

/// Opens a socket on `address`, bound to it alone.
pub(super) fn bind(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::DGRAM,
        Some(Protocol::UDP),
    )?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // A smaller buffer works, too, only less well under load.
    let _ = socket.set_recv_buffer_size(SOCKET_BUFFER);
    let _ = socket.set_send_buffer_size(SOCKET_BUFFER);
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok(UdpSocket::from_std(socket.into()))
}

/// What became of packets that were to be sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sent {
    /// Packets that the system took.
    pub(super) packets: u64,
    /// Their bytes.
    pub(super) bytes: u64,
    /// Packets thrown away because the socket was full.
    pub(super) full: u64,
    /// Packets that the system refused, for instance for want of a way to that network.
    pub(super) refused: u64,
}

impl Sent {
    /// Both together.
    pub(super) fn add(&mut self, other: Self) {
        self.packets += other.packets;
        self.bytes += other.bytes;
        self.full += other.full;
        self.refused += other.refused;
    }
}

/// Receives packets, several with each call.
#[derive(Debug)]
pub(super) struct Receiver {
    system: system::Receiver,
}

impl Receiver {
    pub(super) fn new() -> Self {
        Self {
            system: system::Receiver::new(),
        }
    }

    /// Gives `each` what has arrived on a socket of that family, at most [`BATCH`] packets; returns whether
    /// there was something, so that there may be more.
    ///
    /// # Errors
    /// What the system says, but for the absence of packets and for news of earlier sends.
    pub(super) fn receive(
        &mut self,
        socket: &UdpSocket,
        is_ipv6: bool,
        mut each: impl FnMut(SocketAddr, &[u8]),
    ) -> io::Result<bool> {
        match self.system.receive(socket, is_ipv6, &mut each) {
            Ok(count) => Ok(count > 0),
            Err(error) => match error.kind() {
                io::ErrorKind::WouldBlock => Ok(false),
                // A packet we sent to somebody who is no more came back as an ICMP message.
                io::ErrorKind::ConnectionRefused
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::HostUnreachable
                | io::ErrorKind::NetworkUnreachable
                | io::ErrorKind::Interrupted => Ok(true),
                _ => Err(error),
            },
        }
    }
}

/// Sends packets, several with each call; one for all sockets of a thread.
#[derive(Debug, Default)]
pub(super) struct Sender {
    system: system::Sender,
}

/// Packets that wait to be sent through one socket, in order.
#[derive(Debug, Default)]
pub(super) struct Queue {
    queue: Vec<(SocketAddr, Bytes)>,
}

impl Queue {
    /// A packet to send with the next [`flush`](Self::flush).
    pub(super) fn push(&mut self, remote: SocketAddr, contents: Bytes) {
        self.queue.push((remote, contents));
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Hands everything to the system. What a full socket does not take is thrown away: a packet that
    /// waits is worse than one that is lost, and the bandwidth estimates must see it.
    pub(super) fn flush(&mut self, socket: &UdpSocket, sender: &mut Sender) -> Sent {
        let mut sent = Sent::default();
        let mut rest = self.queue.as_slice();
        while !rest.is_empty() {
            match sender.system.send(socket, rest) {
                Ok(count) => {
                    let (done, left) = rest.split_at(count.min(rest.len()));
                    sent.packets += done.len() as u64;
                    sent.bytes += done.iter().map(|(_, it)| it.len() as u64).sum::<u64>();
                    rest = left;
                    if done.is_empty() {
                        break;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The first packet of the rest is at fault, or an ICMP message came back: go on after it.
                Err(_refused) => {
                    sent.refused += 1;
                    rest = &rest[1..];
                }
            }
        }
        sent.full += rest.len() as u64;
        self.queue.clear();
        sent
    }
}

#[cfg(test)]
mod tests;
