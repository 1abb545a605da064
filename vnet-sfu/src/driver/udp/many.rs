//! Many packets with each call to the system: `recvmmsg(2)`, `sendmmsg(2)`, and several as one.

use std::io::{self, IoSlice, IoSliceMut};
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::AsRawFd as _;

use bytes::Bytes;
use mio::net::UdpSocket;
use nix::cmsg_space;
use nix::errno::Errno;
use nix::sys::socket::{
    ControlMessage, MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg, sendmmsg,
};

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

/// Packets that the system takes as one and cuts into pieces itself: fewer than all systems allow.
const LONGEST_RUN: usize = 32;
/// Bytes of them together: what one UDP packet may have, headers aside.
const LARGEST_RUN: usize = 60_000;

/// Sends packets, those that follow each other to one address as one where the system can cut it into
/// pieces again on the way (generic segmentation offload).
///
/// # Source
/// `udp(7)`, `UDP_SEGMENT`.
pub(super) struct Sender {
    /// For single packets.
    plain: MultiHeaders<SockaddrStorage>,
    /// For runs: with room for the length of the pieces.
    cut: MultiHeaders<SockaddrStorage>,
    addresses: Vec<Option<SockaddrStorage>>,
    runs: Vec<usize>,
    /// Whether the system and its network cards can do it, as far as is known.
    can_cut: bool,
}

impl Default for Sender {
    fn default() -> Self {
        Self {
            plain: MultiHeaders::preallocate(BATCH, None),
            cut: MultiHeaders::preallocate(BATCH, Some(cmsg_space!(u16))),
            addresses: Vec::with_capacity(BATCH),
            runs: Vec::with_capacity(BATCH),
            can_cut: true,
        }
    }
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

impl Sender {
    /// Sends the first of `packets`; returns how many.
    pub(super) fn send(
        &mut self,
        socket: &UdpSocket,
        packets: &[(SocketAddr, Bytes)],
    ) -> io::Result<usize> {
        if !self.can_cut {
            return self.send_single(socket, packets);
        }
        let Some(piece) = plan(packets, &mut self.runs) else {
            return self.send_single(socket, &packets[..self.runs.iter().sum()]);
        };
        match self.send_runs(socket, packets, piece) {
            // The way to this address takes shorter packets only: single ones are cut by the IP layer.
            Err(Errno::EMSGSIZE) => self.send_single(socket, packets),
            Err(Errno::EIO | Errno::EINVAL | Errno::EOPNOTSUPP | Errno::ENOPROTOOPT) => {
                tracing::debug!("the system does not cut packets; they are sent one by one");
                self.can_cut = false;
                self.send_single(socket, packets)
            }
            sent => Ok(sent?),
        }
    }

    fn send_single(
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
            &mut self.plain,
            &slices[..packets.len()],
            &self.addresses,
            [],
            MsgFlags::MSG_DONTWAIT,
        )?;
        Ok(sent.count())
    }

    /// Sends the runs that were planned, in pieces of so many bytes.
    fn send_runs(
        &mut self,
        socket: &UdpSocket,
        packets: &[(SocketAddr, Bytes)],
        piece: u16,
    ) -> nix::Result<usize> {
        let count = self.runs.iter().sum();
        let contents = packets[..count].iter();
        let contents: Vec<_> = contents.map(|(_, it)| IoSlice::new(it)).collect();
        self.addresses.clear();
        let mut messages = Vec::with_capacity(self.runs.len());
        let mut at = 0;
        for run in &self.runs {
            self.addresses.push(Some(packets[at].0.into()));
            messages.push(&contents[at..at + run]);
            at += run;
        }
        let sent = sendmmsg(
            socket.as_raw_fd(),
            &mut self.cut,
            &messages,
            &self.addresses,
            [ControlMessage::UdpGsoSegments(&piece)],
            MsgFlags::MSG_DONTWAIT,
        )?;
        Ok(self.runs[..sent.count()].iter().sum())
    }
}

/// How the first of `packets` are sent with one call: the lengths of runs. Returns how long the pieces are
/// that the system is to cut all of them into; `None` if there is nothing to cut.
///
/// A shorter packet may end a run. A packet by itself must not be longer than the pieces.
fn plan(packets: &[(SocketAddr, Bytes)], runs: &mut Vec<usize>) -> Option<u16> {
    runs.clear();
    let mut piece = None;
    let mut longest = 0;
    let mut rest = packets;
    while let Some((_, first)) = rest.first()
        && runs.len() < BATCH
    {
        let (run, length) = (run(rest), first.len());
        let fits = match piece {
            Some(piece) if run > 1 => length == piece,
            Some(piece) => length <= piece,
            None => run == 1 || longest <= length,
        };
        if !fits {
            break;
        }
        if run > 1 {
            piece = Some(length);
        }
        longest = longest.max(length);
        runs.push(run);
        rest = &rest[run..];
    }
    u16::try_from(piece?).ok()
}

/// How many of the first `packets` can be sent as one: to one address, as long as the first, the last one
/// perhaps shorter.
fn run(packets: &[(SocketAddr, Bytes)]) -> usize {
    let Some(((remote, first), others)) = packets.split_first() else {
        return 0;
    };
    let length = first.len();
    let most = LONGEST_RUN.min(LARGEST_RUN / length.max(1)).max(1);
    let mut run = 1;
    for (other, contents) in others.iter().take(most - 1) {
        if other != remote || contents.len() > length || contents.is_empty() {
            break;
        }
        run += 1;
        if contents.len() < length {
            break;
        }
    }
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packets(all: &[(u16, usize)]) -> Vec<(SocketAddr, Bytes)> {
        let packet = |&(port, length)| {
            let remote = SocketAddr::from(([192, 0, 2, 1], port));
            (remote, Bytes::from(vec![0; length]))
        };
        all.iter().map(packet).collect()
    }

    fn planned(all: &[(u16, usize)]) -> (Option<u16>, Vec<usize>) {
        let mut runs = Vec::new();
        (plan(&packets(all), &mut runs), runs)
    }

    #[test]
    fn packets_of_one_length_to_one_address_are_sent_as_one() {
        let all = [(1, 900), (1, 900), (1, 500), (1, 900), (2, 900), (2, 900)];
        assert_eq!(planned(&all), (Some(900), vec![3, 1, 2]));
        assert_eq!(planned(&[(1, 900), (2, 900), (1, 900)]).0, None);
        assert_eq!(
            planned(&[(1, 80), (1, 900), (1, 900)]),
            (Some(900), vec![1, 2])
        );
    }

    #[test]
    fn a_longer_packet_is_left_for_the_next_call() {
        assert_eq!(
            planned(&[(1, 900), (1, 900), (2, 901)]),
            (Some(900), vec![2])
        );
        assert_eq!(planned(&[(2, 901), (1, 900), (1, 900)]), (None, vec![1]));
        assert_eq!(
            planned(&[(1, 900), (1, 900), (2, 800), (2, 800)]),
            (Some(900), vec![2])
        );
    }

    #[test]
    fn runs_are_no_larger_than_what_systems_take() {
        let (_, runs) = planned(&[(1, 1_200); 100]);
        assert_eq!(runs, [32, 32, 32, 4]);
        let (_, runs) = planned(&[(1, 16_000); 8]);
        assert_eq!(runs, [3, 3, 2]);
        let (_, runs) = planned(&[(1, 0); 3]);
        assert_eq!(runs, [1, 1, 1]);
    }
}
