//! The loop of a shard's thread: sleeps until something arrives or is due, and does it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::net::{TcpListener, UdpSocket};
use mio::{Events, Interest, Poll, Registry, Token, Waker};
use tokio::sync::mpsc::error::TryRecvError;
use vnet_core::clock::Clock;

use super::inbox::{Order, Orders};
use super::lookout::Change;
use super::meters::Meters;
use super::shard::{Effects, Shard, Space};
use super::sockets::Sockets;
use super::tcp::{Connections, Progress};
use super::udp::{Queue, Receiver, Sender, Sent};
use crate::media::{Route, Transport};
use crate::room::Moment;

const WAKER: Token = Token(0);
/// Sockets that a thread can have had in its life; connections have the numbers after them.
const MOST_SOCKETS: usize = 1 << 16;
/// Events that one call to the system tells of.
const EVENTS: usize = 256;
/// Times that a socket is asked for packets before what arrived is sent on: those of one picture come
/// one after the other, and are cheaper together.
const ROUNDS: usize = 4;
/// Orders carried out before packets have their turn.
const ORDERS_AT_ONCE: usize = 128;
/// How often the figures of the rooms are given to the meters.
const REPORT: Duration = Duration::from_secs(5);

struct Udp {
    token: Token,
    address: SocketAddr,
    socket: UdpSocket,
    queue: Queue,
    /// There may be more to read.
    ready: bool,
}

struct Listener {
    token: Token,
    address: SocketAddr,
    listener: TcpListener,
    ready: bool,
}

/// Sockets and what is known of them.
struct Net {
    /// One for each address: so few that looking through them is the quickest.
    udp: Vec<Udp>,
    listeners: Vec<Listener>,
    /// The number of the last socket.
    last_socket: usize,
    connections: Connections,
    /// Connections that may have more to read.
    readable: Vec<Token>,
    /// Connections that something waits for.
    writable: Vec<Token>,
    /// Connections that are over.
    over: Vec<Token>,
}

/// Everything a shard's thread owns.
pub(super) struct Thread<S> {
    poll: Poll,
    net: Net,
    receiver: Receiver,
    sender: Sender,
    shard: Shard<S>,
    orders: Orders,
    orders_wait: bool,
    clock: Arc<dyn Clock>,
    meters: Meters,
    report_at: Option<Instant>,
}

/// A poll with the sockets in it, and its waker: made before the thread starts, so that errors are told.
pub(super) struct Prepared {
    poll: Poll,
    net: Net,
}

impl Prepared {
    /// Registers `sockets`; at most `connections` TCP connections will be taken.
    pub(super) fn new(sockets: Sockets, connections: usize) -> std::io::Result<(Self, Waker)> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKER)?;
        let mut net = Net {
            udp: Vec::new(),
            listeners: Vec::new(),
            last_socket: WAKER.0,
            connections: Connections::new(MOST_SOCKETS + 1, connections),
            readable: Vec::new(),
            writable: Vec::new(),
            over: Vec::new(),
        };
        net.open(poll.registry(), sockets)?;
        Ok((Self { poll, net }, waker))
    }

    /// With rooms and a queue, ready to run.
    pub(super) fn with<S: Space>(
        self,
        shard: Shard<S>,
        orders: Orders,
        clock: Arc<dyn Clock>,
        meters: Meters,
    ) -> Thread<S> {
        Thread {
            poll: self.poll,
            net: self.net,
            receiver: Receiver::new(),
            sender: Sender::default(),
            shard,
            orders,
            orders_wait: false,
            clock,
            meters,
            report_at: None,
        }
    }
}

impl<S: Space> Thread<S> {
    /// Runs until told to stop, or until nobody can tell anything any more.
    pub(super) fn run(mut self) {
        let mut events = Events::with_capacity(EVENTS);
        loop {
            let wait = self.wait();
            if let Err(error) = self.poll.poll(&mut events, wait)
                && error.kind() != std::io::ErrorKind::Interrupted
            {
                tracing::error!(%error, "a media thread cannot wait for its sockets");
                std::thread::sleep(Duration::from_millis(100));
            }
            let at = self.moment();
            for event in &events {
                if event.token() == WAKER {
                    self.orders_wait = true;
                } else {
                    self.net.note(event);
                }
            }
            let goes_on = self.take_orders(at);
            self.net.receive(&mut self.receiver, &mut self.shard, at);
            self.net.accept(self.poll.registry(), at.now);
            self.net.read(&mut self.shard, at);
            self.shard.timeout(at);
            let sent = self.apply(at.now);
            self.measure(sent, at.now);
            if !goes_on {
                return;
            }
        }
    }

    fn apply(&mut self, now: Instant) -> Sent {
        let registry = self.poll.registry();
        self.net
            .apply(&mut self.shard, &mut self.sender, registry, now)
    }

    fn moment(&self) -> Moment {
        Moment {
            now: Instant::now(),
            utc: self.clock.now(),
        }
    }

    /// How long there is nothing to do unless something arrives; `None`: for ever.
    fn wait(&mut self) -> Option<Duration> {
        if self.orders_wait || self.net.has_more() {
            return Some(Duration::ZERO);
        }
        let due = [
            self.shard.deadline(),
            self.net.connections.deadline(),
            self.report_at,
        ];
        let due = due.into_iter().flatten().min()?;
        Some(due.saturating_duration_since(Instant::now()))
    }

    /// Carries out what was ordered; `false`: it is the end.
    fn take_orders(&mut self, at: Moment) -> bool {
        if !self.orders_wait {
            return true;
        }
        for _turn in 0..ORDERS_AT_ONCE {
            match self.orders.waiting.try_recv() {
                Ok(Order::Room(command)) => self.shard.command(command, at),
                Ok(Order::Addresses(change)) => self.follow(change, at),
                Ok(Order::Statistics(answer)) => {
                    // Who asked may have given up.
                    let _ = answer.send(self.shard.statistics());
                }
                Ok(Order::Stop) | Err(TryRecvError::Disconnected) => {
                    self.orders.waiting.close();
                    self.shard.stop(at);
                    return false;
                }
                Err(TryRecvError::Empty) => {
                    self.orders_wait = false;
                    return true;
                }
            }
        }
        true
    }

    /// This machine has got other addresses.
    fn follow(&mut self, change: Change, at: Moment) {
        let registry = self.poll.registry();
        self.net.close(registry, &change.closed);
        if let Err(error) = self.net.open(registry, change.opened) {
            tracing::error!(%error, "a new address cannot be listened on");
        }
        self.shard.reached_at(&change.candidates, at);
    }

    fn measure(&mut self, sent: Sent, now: Instant) {
        let connections = &self.net.connections;
        self.meters
            .count(self.shard.counts, connections.counts, sent);
        let rooms = self.shard.rooms();
        match self.report_at {
            None if rooms > 0 => self.report_at = Some(now),
            Some(at) if at <= now => {
                self.meters
                    .sizes(rooms, self.shard.peers(), connections.len());
                let rooms_now = self.shard.statistics();
                self.meters.people(rooms_now.iter().map(|(_, it)| it));
                self.report_at = (rooms > 0).then(|| now + REPORT);
            }
            _ => {}
        }
    }
}

impl Net {
    /// Begins to listen on more sockets.
    fn open(&mut self, registry: &Registry, sockets: Sockets) -> std::io::Result<()> {
        for (address, mut socket) in sockets.udp {
            let token = self.next_token()?;
            registry.register(&mut socket, token, Interest::READABLE)?;
            self.udp.push(Udp {
                token,
                address,
                socket,
                queue: Queue::default(),
                ready: false,
            });
        }
        for (address, mut listener) in sockets.tcp {
            let token = self.next_token()?;
            registry.register(&mut listener, token, Interest::READABLE)?;
            self.listeners.push(Listener {
                token,
                address,
                listener,
                ready: false,
            });
        }
        Ok(())
    }

    fn next_token(&mut self) -> std::io::Result<Token> {
        if self.last_socket == MOST_SOCKETS {
            return Err(std::io::Error::other("too many sockets in one life"));
        }
        self.last_socket += 1;
        Ok(Token(self.last_socket))
    }

    /// Closes the sockets of these addresses.
    fn close(&mut self, registry: &Registry, addresses: &[IpAddr]) {
        // Closing a socket takes it out of the poll; saying so before keeps other systems right.
        self.udp.retain_mut(|udp| {
            let stays = !addresses.contains(&udp.address.ip());
            if !stays {
                let _ = registry.deregister(&mut udp.socket);
            }
            stays
        });
        self.listeners.retain_mut(|it| {
            let stays = !addresses.contains(&it.address.ip());
            if !stays {
                let _ = registry.deregister(&mut it.listener);
            }
            stays
        });
    }

    fn has_more(&self) -> bool {
        !self.readable.is_empty()
            || self.udp.iter().any(|it| it.ready)
            || self.listeners.iter().any(|it| it.ready)
    }

    fn note(&mut self, event: &mio::event::Event) {
        let token = event.token();
        if let Some(udp) = self.udp.iter_mut().find(|udp| udp.token == token) {
            udp.ready = true;
        } else if let Some(listener) = self.listeners.iter_mut().find(|it| it.token == token) {
            listener.ready = true;
        } else if self.connections.has(event.token()) {
            if event.is_readable() || event.is_read_closed() || event.is_error() {
                self.readable.push(event.token());
            }
            if event.is_writable() {
                self.writable.push(event.token());
            }
        }
    }

    /// Some batches from every socket that has some.
    fn receive<S: Space>(&mut self, receiver: &mut Receiver, shard: &mut Shard<S>, at: Moment) {
        for udp in &mut self.udp {
            let local = udp.address;
            for _round in 0..ROUNDS {
                if !udp.ready {
                    break;
                }
                let received =
                    receiver.receive(&udp.socket, local.is_ipv6(), |remote, contents| {
                        let route = Route {
                            transport: Transport::Udp,
                            local,
                            remote,
                        };
                        shard.packet(route, contents, at);
                    });
                udp.ready = received.unwrap_or_else(|error| {
                    tracing::error!(%error, "cannot receive media");
                    false
                });
            }
        }
    }

    fn accept(&mut self, registry: &Registry, now: Instant) {
        for listener in self.listeners.iter_mut().filter(|it| it.ready) {
            match listener.listener.accept() {
                Ok((stream, remote)) => {
                    let local = listener.address;
                    self.connections
                        .accept(registry, stream, local, plain(remote), now);
                }
                Err(error) => match error.kind() {
                    std::io::ErrorKind::WouldBlock => listener.ready = false,
                    // The other side was quicker.
                    std::io::ErrorKind::ConnectionAborted | std::io::ErrorKind::Interrupted => {}
                    _ => {
                        // Such as too many open files: the next one to come wakes us again.
                        tracing::warn!(%error, "cannot accept a media connection");
                        listener.ready = false;
                    }
                },
            }
        }
    }

    fn read<S: Space>(&mut self, shard: &mut Shard<S>, at: Moment) {
        let mut readable = std::mem::take(&mut self.readable);
        readable.sort_unstable();
        readable.dedup();
        readable.retain(|token| {
            let progress = self.connections.read(*token, |route, contents| {
                shard.packet(route, contents, at);
            });
            if progress == Progress::Closed {
                self.over.push(*token);
            }
            progress == Progress::More
        });
        self.readable = readable;
    }

    /// Does with the sockets what the rooms want done.
    fn apply<S: Space>(
        &mut self,
        shard: &mut Shard<S>,
        sender: &mut Sender,
        registry: &Registry,
        now: Instant,
    ) -> Sent {
        let mut effects = std::mem::take(&mut shard.effects);
        self.distribute(&mut effects);
        for route in effects.proven.drain(..) {
            if route.transport == Transport::Tcp {
                self.connections.prove(&route);
            }
        }
        let mut sent = Sent::default();
        for udp in self.udp.iter_mut().filter(|udp| !udp.queue.is_empty()) {
            sent.add(udp.queue.flush(&udp.socket, sender));
        }
        for token in self.writable.drain(..) {
            if self.connections.write(token, now) == Progress::Closed {
                self.over.push(token);
            }
        }
        // After the writing: the last packets say farewell.
        for route in effects.abandoned.drain(..) {
            if route.transport == Transport::Tcp {
                self.over.extend(self.connections.at(&route));
            }
        }
        self.over.extend(self.connections.overdue(now));
        for token in self.over.drain(..) {
            if let Some(route) = self.connections.close(registry, token) {
                shard.closed(&route);
            }
        }
        // Keeps its memory for the next time.
        shard.effects = effects;
        sent
    }

    fn distribute(&mut self, effects: &mut Effects) {
        for transmit in effects.transmits.drain(..) {
            let route = transmit.route;
            match route.transport {
                Transport::Udp => {
                    // Packets leave where they came in: each address has its own socket.
                    let mut all = self.udp.iter_mut();
                    if let Some(udp) = all.find(|udp| udp.address == route.local) {
                        udp.queue.push(route.remote, transmit.contents);
                    }
                }
                Transport::Tcp => {
                    let first = self.connections.push(&route, transmit.contents);
                    self.writable.extend(first);
                }
            }
        }
    }
}

/// An address as routes have it: without what IPv6 adds to it.
fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip(), address.port())
}
