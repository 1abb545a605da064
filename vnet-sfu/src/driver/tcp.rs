//! ICE over TCP: we listen, browsers whose network lets no UDP through connect.
//!
//! # Source
//! RFC 6544 (passive candidates), RFC 4571 (framing).

use std::collections::{HashMap, VecDeque};
use std::io::{self, IoSlice, Read as _, Write as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use mio::net::{TcpListener, TcpStream};
use mio::{Interest, Registry, Token};
use socket2::{Domain, Protocol, Socket, Type};

use super::framing::{self, Deframer};
use crate::media::{Route, Transport};

/// Bytes that one call to the system reads.
const READ: usize = 16 * 1024;
/// Reads from one connection before the others have their turn.
const READS_AT_ONCE: usize = 8;
/// Bytes that may wait to be written to one connection; packets beyond are thrown away, as a full
/// socket does with UDP.
const QUEUE: usize = 256 * 1024;
/// Packets that one call to the system writes.
const WRITE: usize = 32;
/// A connection that takes nothing for so long while packets wait is closed.
const STALLED: Duration = Duration::from_secs(10);
/// A connection must show within this whose it is.
const UNPROVEN: Duration = Duration::from_secs(10);
/// Connections that have not shown yet whose they are; the oldest gives way.
const MAX_UNPROVEN: usize = 256;
/// How often connections are looked at for the above.
const ROUND: Duration = Duration::from_secs(1);
/// Connections that wait to be accepted.
const BACKLOG: i32 = 1024;

/// Listens on `address`.
pub(super) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let domain = Domain::for_address(address);
    let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // A restarted server must not wait for the old one's connections to be forgotten. (On Windows the
    // option means that others may take the port, too.)
    #[cfg(not(windows))]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(TcpListener::from_std(socket.into()))
}

#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    route: Route,
    deframer: Deframer,
    /// Lengths and packets, in order; the front may be written in part.
    queue: VecDeque<Bytes>,
    queued: usize,
    /// When something was last written, or the queue was empty.
    progress: Instant,
    /// When it came, while it has not shown whose it is.
    unproven: Option<Instant>,
}

/// What became of reading or writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// All that can be done for now.
    Done,
    /// There is more; others have their turn first.
    More,
    /// The connection is over.
    Closed,
}

/// What became of packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Packets written.
    pub(super) packets: u64,
    /// Their bytes.
    pub(super) bytes: u64,
    /// Packets thrown away for want of room.
    pub(super) full: u64,
    /// Packets to connections that are no more.
    pub(super) gone: u64,
}

/// All connections of one shard.
#[derive(Debug)]
pub(super) struct Connections {
    by_token: HashMap<Token, Connection>,
    by_route: HashMap<Route, Token>,
    /// Those that have not shown whose they are, oldest first; some are gone or have shown since.
    newcomers: VecDeque<Token>,
    next: usize,
    round: Option<Instant>,
    max: usize,
    buffer: Box<[u8]>,
    pub(super) counts: Counts,
}

impl Connections {
    /// At most `max` connections, whose tokens begin with `first`.
    pub(super) fn new(first: usize, max: usize) -> Self {
        Self {
            by_token: HashMap::new(),
            by_route: HashMap::new(),
            newcomers: VecDeque::new(),
            next: first,
            round: None,
            max,
            buffer: vec![0; READ].into_boxed_slice(),
            counts: Counts::default(),
        }
    }

    /// Connections that are open.
    pub(super) fn len(&self) -> usize {
        self.by_token.len()
    }

    /// Takes a new connection to `local`; returns its token unless there are too many.
    pub(super) fn accept(
        &mut self,
        registry: &Registry,
        mut stream: TcpStream,
        local: SocketAddr,
        remote: SocketAddr,
        now: Instant,
    ) -> Option<Token> {
        if self.by_token.len() >= self.max {
            return None;
        }
        self.make_room_for_newcomer(registry);
        // Media does not wait for more of it. It works without, only later.
        let _ = stream.set_nodelay(true);
        let token = Token(self.next);
        self.next += 1;
        let interest = Interest::READABLE | Interest::WRITABLE;
        registry.register(&mut stream, token, interest).ok()?;
        let route = Route {
            transport: Transport::Tcp,
            local,
            remote,
        };
        let connection = Connection {
            stream,
            route,
            deframer: Deframer::default(),
            queue: VecDeque::new(),
            queued: 0,
            progress: now,
            unproven: Some(now),
        };
        self.by_token.insert(token, connection);
        self.by_route.insert(route, token);
        self.newcomers.push_back(token);
        self.round.get_or_insert(now + ROUND);
        Some(token)
    }

    fn make_room_for_newcomer(&mut self, registry: &Registry) {
        let by_token = &self.by_token;
        let is_new = |token: &Token| by_token.get(token).is_some_and(|it| it.unproven.is_some());
        self.newcomers.retain(is_new);
        if self.newcomers.len() >= MAX_UNPROVEN
            && let Some(oldest) = self.newcomers.pop_front()
        {
            self.close(registry, oldest);
        }
    }

    /// Whether `token` is a connection.
    pub(super) fn has(&self, token: Token) -> bool {
        self.by_token.contains_key(&token)
    }

    /// The connection of `route` has shown whose it is.
    pub(super) fn prove(&mut self, route: &Route) {
        let token = self.by_route.get(route);
        if let Some(connection) = token.and_then(|token| self.by_token.get_mut(token)) {
            connection.unproven = None;
        }
    }

    /// Reads what has arrived and gives `each` the packets in it.
    pub(super) fn read(&mut self, token: Token, mut each: impl FnMut(Route, &[u8])) -> Progress {
        let Some(connection) = self.by_token.get_mut(&token) else {
            return Progress::Done;
        };
        for _turn in 0..READS_AT_ONCE {
            match connection.stream.read(&mut self.buffer) {
                Ok(0) => return Progress::Closed,
                Ok(length) => {
                    connection.deframer.push(&self.buffer[..length]);
                    loop {
                        match connection.deframer.next() {
                            Ok(Some(packet)) => each(connection.route, &packet),
                            Ok(None) => break,
                            Err(_hopeless) => return Progress::Closed,
                        }
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Progress::Done,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_broken) => return Progress::Closed,
            }
        }
        Progress::More
    }

    /// A packet for the connection of `route`, to be written with the next [`write`](Self::write).
    /// Returns the connection if this is the first that waits there.
    pub(super) fn push(&mut self, route: &Route, contents: Bytes) -> Option<Token> {
        let token = self.by_route.get(route).copied();
        let Some((token, connection)) =
            token.and_then(|token| Some((token, self.by_token.get_mut(&token)?)))
        else {
            self.counts.gone += 1;
            return None;
        };
        let length = contents.len();
        let header = framing::header(&contents);
        let Some(header) = header.filter(|_| connection.queued + length <= QUEUE) else {
            self.counts.full += 1;
            return None;
        };
        let was_empty = connection.queue.is_empty();
        connection.queue.push_back(Bytes::copy_from_slice(&header));
        connection.queue.push_back(contents);
        connection.queued += header.len() + length;
        self.counts.packets += 1;
        self.counts.bytes += length as u64;
        was_empty.then_some(token)
    }

    /// Writes what waits, as far as the connection takes it.
    pub(super) fn write(&mut self, token: Token, now: Instant) -> Progress {
        let Some(connection) = self.by_token.get_mut(&token) else {
            return Progress::Done;
        };
        while !connection.queue.is_empty() {
            let parts = connection.queue.iter().take(WRITE);
            let slices = parts.map(|part| IoSlice::new(part)).collect::<Vec<_>>();
            match connection.stream.write_vectored(&slices) {
                Ok(0) => return Progress::Closed,
                Ok(length) => connection.written(length, now),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Progress::Done,
                // Not connected yet, or not yet told so.
                Err(error) if error.kind() == io::ErrorKind::NotConnected => return Progress::Done,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_broken) => return Progress::Closed,
            }
        }
        connection.progress = now;
        Progress::Done
    }

    /// Ends a connection; returns its address.
    pub(super) fn close(&mut self, registry: &Registry, token: Token) -> Option<Route> {
        let mut connection = self.by_token.remove(&token)?;
        let route = connection.route;
        if self.by_route.get(&route) == Some(&token) {
            self.by_route.remove(&route);
        }
        // It is closed with the stream in any case.
        let _ = registry.deregister(&mut connection.stream);
        Some(route)
    }

    /// The connection at an address.
    pub(super) fn at(&self, route: &Route) -> Option<Token> {
        self.by_route.get(route).copied()
    }

    /// When [`overdue`](Self::overdue) is to be asked.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.round
    }

    /// Connections to be closed: those that did not show whose they are, and those that take nothing.
    pub(super) fn overdue(&mut self, now: Instant) -> Vec<Token> {
        if self.round.is_none_or(|round| now < round) {
            return Vec::new();
        }
        self.round = (!self.by_token.is_empty()).then(|| now + ROUND);
        let is_overdue = |connection: &Connection| {
            let late = |since: Instant, most: Duration| now.saturating_duration_since(since) > most;
            connection
                .unproven
                .is_some_and(|since| late(since, UNPROVEN))
                || (!connection.queue.is_empty() && late(connection.progress, STALLED))
        };
        let all = self.by_token.iter();
        let overdue = all.filter(|(_, connection)| is_overdue(connection));
        overdue.map(|(token, _)| *token).collect()
    }
}

impl Connection {
    fn written(&mut self, mut length: usize, now: Instant) {
        self.progress = now;
        self.queued = self.queued.saturating_sub(length);
        while let Some(front) = self.queue.front_mut() {
            if length < front.len() {
                drop(front.split_to(length));
                return;
            }
            length -= front.len();
            self.queue.pop_front();
        }
    }
}

#[cfg(test)]
mod tests;
