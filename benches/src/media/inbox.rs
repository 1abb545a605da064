//! Takes what waits on a socket with one call to the system, as the server does: otherwise the load
//! would be slower than what it measures.

use std::io::{self, IoSliceMut};
use std::net::{SocketAddr, SocketAddrV4};
use std::os::fd::AsRawFd as _;

use mio::net::UdpSocket;
use nix::errno::Errno;
use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg};

/// Packets that one call takes.
const BATCH: usize = 16;
const PACKET: usize = 2_048;

/// Room for what one call takes; one for all sockets of a thread.
pub struct Inbox {
    headers: MultiHeaders<SockaddrStorage>,
    buffers: Box<[[u8; PACKET]]>,
}

impl std::fmt::Debug for Inbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inbox").finish_non_exhaustive()
    }
}

impl Default for Inbox {
    fn default() -> Self {
        Self {
            headers: MultiHeaders::preallocate(BATCH, None),
            buffers: vec![[0; PACKET]; BATCH].into_boxed_slice(),
        }
    }
}

impl Inbox {
    /// Gives `each` all packets that wait on an IPv4 socket, with where they come from.
    ///
    /// # Errors
    /// Those of `each`, or what the system says.
    pub fn take<E: From<io::Error>>(
        &mut self,
        socket: &UdpSocket,
        mut each: impl FnMut(SocketAddr, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        loop {
            let mut slices: Vec<[IoSliceMut<'_>; 1]> = Vec::with_capacity(BATCH);
            slices.extend(self.buffers.iter_mut().map(|it| [IoSliceMut::new(it)]));
            let socket = socket.as_raw_fd();
            let flags = MsgFlags::MSG_DONTWAIT;
            let received = match recvmmsg(socket, &mut self.headers, slices.iter_mut(), flags, None)
            {
                Ok(received) => received,
                Err(Errno::EAGAIN) => return Ok(()),
                Err(error) => return Err(io::Error::from(error).into()),
            };
            let mut count = 0;
            for message in received {
                count += 1;
                let source = message.address.as_ref();
                let source = source.and_then(SockaddrStorage::as_sockaddr_in);
                if let (Some(source), Some(contents)) = (source, message.iovs().next()) {
                    each(SocketAddrV4::from(*source).into(), contents)?;
                }
            }
            if count < BATCH {
                return Ok(());
            }
        }
    }
}
