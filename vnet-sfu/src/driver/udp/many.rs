//! Many packets with each call to the system: `recvmmsg(2)`, `sendmmsg(2)`.

use std::io::{self, IoSlice, IoSliceMut};
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::AsRawFd as _;

use bytes::Bytes;
use mio::net::UdpSocket;
use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg, sendmmsg};

use super::{BATCH, PACKET};

pub(super) struct Receiver {
    /// One set for each family: the system notes the length of addresses in there, and would
    /// cut the longer ones of another family to it.
    v4: MultiHeaders<SockaddrStorage>,
    v6: MultiHeaders<SockaddrStorage>,
    buffers: Box<[[u8; PACKET]]>,
}

impl std::fmt::Debug for Receiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}

impl Receiver {
    pub(super) fn new() -> Self {
        Self {
            v4: MultiHeaders::preallocate(BATCH, None),
            v6: MultiHeaders::preallocate(BATCH, None),
            buffers: vec![[0; PACKET]; BATCH].into_boxed_slice(),
        }
    }

    pub(super) fn receive(
        &mut self,
        socket: &UdpSocket,
        is_ipv6: bool,
        each: &mut dyn FnMut(SocketAddr, &[u8]),
    ) -> io::Result<usize> {
        let headers = match is_ipv6 {
            true => &mut self.v6,
            false => &mut self.v4,
        };
        let mut slices: [[IoSliceMut<'_>; 1]; BATCH] = {
            let mut buffers = self.buffers.iter_mut();
            std::array::from_fn(|_| {
                let buffer = buffers.next().map_or(&mut [][..], |it| &mut it[..]);
                [IoSliceMut::new(buffer)]
            })
        };
        let received = recvmmsg(
            socket.as_raw_fd(),
            headers,
            slices.iter_mut(),
            MsgFlags::MSG_DONTWAIT,
            None,
        )?;
        let mut count = 0;
        for message in received {
            count += 1;
            if message.flags.contains(MsgFlags::MSG_TRUNC) {
                continue;
            }
            let remote = message.address.as_ref().and_then(address);
            let contents = message.iovs().next();
            if let (Some(remote), Some(contents)) = (remote, contents) {
                each(remote, contents);
            }
        }
        Ok(count)
    }
}

fn address(storage: &SockaddrStorage) -> Option<SocketAddr> {
    let v4 = storage.as_sockaddr_in();
    if let Some(v4) = v4 {
        return Some(SocketAddrV4::from(*v4).into());
    }
    // Neither scope nor flow belong to the address of a peer: they would make two of one.
    let v6 = SocketAddrV6::from(*storage.as_sockaddr_in6()?);
    Some(SocketAddrV6::new(*v6.ip(), v6.port(), 0, 0).into())
}

pub(super) struct Sender {
    headers: MultiHeaders<SockaddrStorage>,
    addresses: Vec<Option<SockaddrStorage>>,
}

impl Default for Sender {
    fn default() -> Self {
        Self {
            headers: MultiHeaders::preallocate(BATCH, None),
            addresses: Vec::with_capacity(BATCH),
        }
    }
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

impl Sender {
    pub(super) fn send(
        &mut self,
        socket: &UdpSocket,
        packets: &[(SocketAddr, Bytes)],
    ) -> io::Result<usize> {
        let packets = &packets[..packets.len().min(BATCH)];
        self.addresses.clear();
        let addresses = packets.iter().map(|(remote, _)| Some((*remote).into()));
        self.addresses.extend(addresses);
        let slices: [[IoSlice<'_>; 1]; BATCH] = std::array::from_fn(|at| {
            let contents = packets.get(at).map_or(&[][..], |(_, contents)| contents);
            [IoSlice::new(contents)]
        });
        let sent = sendmmsg(
            socket.as_raw_fd(),
            &mut self.headers,
            &slices[..packets.len()],
            &self.addresses,
            [],
            MsgFlags::MSG_DONTWAIT,
        )?;
        Ok(sent.count())
    }
}
