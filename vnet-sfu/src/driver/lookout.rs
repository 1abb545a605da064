//! Looks now and then whether this machine is reached at other addresses than before: another network, a
//! tunnel, an IPv6 address that was replaced.
//!
//! New addresses get sockets, and those who come later are told of them. Sockets of addresses that are gone
//! stay for a while, for they come back; nobody is told of them meanwhile.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use super::addresses::{self, AddressError, Local};
use super::host::{DriverConfig, candidates};
use super::inbox::{Inbox, Order};
use super::sockets::{Sockets, Wanted};
use crate::media::Transport;
use crate::stage::LocalCandidate;

/// How often is looked.
const EVERY: Duration = Duration::from_secs(10);
/// Looks after which the sockets of an address that is gone are closed: ten minutes.
const GONE_FOR: u32 = 60;

/// Tells all addresses of this machine.
pub(super) type Look = Box<dyn Fn() -> Result<Vec<Local>, AddressError> + Send>;

/// Where browsers are told that a shard is, for rooms to be made.
#[derive(Clone, Debug)]
pub(super) struct Reached(Arc<Mutex<Arc<[LocalCandidate]>>>);

impl Reached {
    pub(super) fn at(candidates: Vec<LocalCandidate>) -> Self {
        Self(Arc::new(Mutex::new(candidates.into())))
    }

    pub(super) fn get(&self) -> Arc<[LocalCandidate]> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self, candidates: Arc<[LocalCandidate]>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = candidates;
    }
}

/// What is changed at a shard.
#[derive(Debug)]
pub(super) struct Change {
    /// New sockets.
    pub(super) opened: Sockets,
    /// Addresses whose sockets are no longer wanted.
    pub(super) closed: Vec<IpAddr>,
    /// Where browsers are told that we are from now on.
    pub(super) candidates: Arc<[LocalCandidate]>,
}

/// A shard, as it is looked after.
#[derive(Debug)]
pub(super) struct Place {
    /// The shard ends with its driver, not with this.
    inbox: Weak<Inbox>,
    port: u16,
    reached: Reached,
    /// The addresses with sockets, and for how many looks they have been gone.
    bound: BTreeMap<IpAddr, u32>,
}

impl Place {
    pub(super) fn new(inbox: &Arc<Inbox>, port: u16, bound: &[IpAddr], reached: Reached) -> Self {
        Self {
            inbox: Arc::downgrade(inbox),
            port,
            reached,
            bound: bound.iter().map(|ip| (*ip, 0)).collect(),
        }
    }

    /// Makes the sockets those of `chosen`.
    fn follow(&mut self, chosen: &[IpAddr], tcp: bool, public_ips: &[IpAddr]) {
        let mut opened = Sockets::none(self.port);
        for ip in chosen.iter().filter(|ip| !self.bound.contains_key(ip)) {
            let wanted = Wanted {
                addresses: &[*ip],
                tcp,
                lenient: false,
            };
            // It is tried again with the next look.
            match Sockets::open(&wanted, self.port) {
                Ok(sockets) => opened.add(sockets),
                Err(error) => tracing::debug!(%error, "a new address cannot be used for media yet"),
            }
        }
        let mut closed = Vec::new();
        self.bound.retain(|ip, gone| {
            *gone = if chosen.contains(ip) { 0 } else { *gone + 1 };
            if *gone >= GONE_FOR {
                closed.push(*ip);
            }
            *gone < GONE_FOR
        });
        let new = opened.udp.iter().map(|(address, _)| (address.ip(), 0));
        self.bound.extend(new);
        let there = self.bound.iter().filter(|(_, gone)| **gone == 0);
        let there = there.map(|(ip, _)| SocketAddr::new(*ip, self.port));
        let there: Vec<SocketAddr> = there.collect();
        let udp = there.iter().map(|address| (Transport::Udp, *address));
        let tcp = there.iter().filter(|_| tcp);
        let tcp = tcp.map(|address| (Transport::Tcp, *address));
        let before = self.reached.get();
        let candidates = match candidates(&udp.chain(tcp).collect::<Vec<_>>(), public_ips) {
            Ok(candidates) => candidates.into(),
            // A public address that leads nowhere now.
            Err(_no_base) => Arc::clone(&before),
        };
        if opened.udp.is_empty() && closed.is_empty() && candidates == before {
            return;
        }
        self.reached.set(Arc::clone(&candidates));
        if let Some(inbox) = self.inbox.upgrade() {
            let order = Order::Addresses(Change {
                opened,
                closed,
                candidates,
            });
            // A shard that has ended needs no addresses.
            let _ = inbox.send_and_wait(order);
        }
    }
}

/// Who looks.
pub(super) struct Lookout {
    pub(super) look: Look,
    pub(super) interfaces: Vec<String>,
    pub(super) public_ips: Vec<IpAddr>,
    pub(super) tcp: bool,
    pub(super) places: Vec<Place>,
}

impl Lookout {
    pub(super) fn new(config: &DriverConfig, look: Look, places: Vec<Place>) -> Self {
        Self {
            look,
            interfaces: config.interfaces.clone(),
            public_ips: config.public_ips.clone(),
            tcp: config.tcp,
            places,
        }
    }

    /// Looks again and again, until the other end of `stop` is dropped.
    pub(super) fn run(mut self, stop: &Receiver<()>) {
        while stop.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
            self.look_again();
        }
    }

    /// Looks once, and has the shards follow.
    pub(super) fn look_again(&mut self) {
        let all = (self.look)();
        // An interface that is gone for now, or a system that does not tell: what was goes on.
        let Ok(chosen) = all.and_then(|all| addresses::choose(&all, &self.interfaces, &[])) else {
            return;
        };
        for place in &mut self.places {
            place.follow(&chosen, self.tcp, &self.public_ips);
        }
    }
}
