//! One packet with each call to the system: what every system can.

use std::io;
use std::net::SocketAddr;

use bytes::Bytes;
use mio::net::UdpSocket;

use super::{BATCH, PACKET};

#[derive(Debug)]
pub(super) struct Receiver {
    buffer: Box<[u8]>,
}

impl Receiver {
    pub(super) fn new() -> Self {
        Self {
            // One byte more than a packet may have tells those that have more.
            buffer: vec![0; PACKET + 1].into_boxed_slice(),
        }
    }

    pub(super) fn receive(
        &mut self,
        socket: &UdpSocket,
        _is_ipv6: bool,
        each: &mut dyn FnMut(SocketAddr, &[u8]),
    ) -> io::Result<usize> {
        for count in 0..BATCH {
            match socket.recv_from(&mut self.buffer) {
                Ok((length, remote)) if length <= PACKET => each(remote, &self.buffer[..length]),
                Ok(_too_large) => {}
                Err(error) if count == 0 => return Err(error),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(count),
                // Told again, or not, with the next call.
                Err(_news_of_a_send) => {}
            }
        }
        Ok(BATCH)
    }
}

#[derive(Debug, Default)]
pub(super) struct Sender;

impl Sender {
    #[expect(
        clippy::unused_self,
        clippy::needless_pass_by_ref_mut,
        reason = "the other one keeps buffers"
    )]
    pub(super) fn send(
        &mut self,
        socket: &UdpSocket,
        packets: &[(SocketAddr, Bytes)],
    ) -> io::Result<usize> {
        for (count, (remote, contents)) in packets.iter().enumerate() {
            match socket.send_to(contents, *remote) {
                Ok(_length) => {}
                Err(error) if count == 0 => return Err(error),
                Err(_told_again) => return Ok(count),
            }
        }
        Ok(packets.len())
    }
}
