//! All shards, from the outside: starting them, telling them something, ending them.

use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::oneshot;
use vnet_core::clock::Clock;
use vnet_core::conference::ConferenceObserver;
use vnet_core::meeting::MeetingId;
use vnet_core::{Error, ErrorKind};

use super::addresses::{self, AddressError};
use super::inbox::{Inbox, Order};
use super::lookout::{Look, Lookout, Place, Reached};
use super::meters::Meters;
use super::seats::Seats;
use super::shard::{Egress, Shard, Shares, Space};
use super::sockets::{BindError, DEFAULT_PORT, Sockets, Wanted};
use super::thread::Prepared;
use crate::command::{Command, RoomHost, RoomsClosed};
use crate::media::Transport;
use crate::room::{Moment, RoomStatistics};
use crate::stage::LocalCandidate;

/// How long the threads may take to tell everybody and to end.
const ENDS_WITHIN: Duration = Duration::from_secs(3);

/// How the threads and sockets are to be.
#[derive(Clone, Debug)]
pub(crate) struct DriverConfig {
    /// The port; `None`: the usual one, or any free one if it is taken. `Some(0)`: any free one.
    pub(crate) port: Option<u16>,
    /// Threads, each with a port of its own.
    pub(crate) shards: usize,
    /// Interfaces to listen on, by name.
    pub(crate) interfaces: Vec<String>,
    /// Addresses to listen on.
    pub(crate) addresses: Vec<IpAddr>,
    /// Addresses that lead here from outside.
    pub(crate) public_ips: Vec<IpAddr>,
    /// Whether browsers may come over TCP, too.
    pub(crate) tcp: bool,
    /// Meetings at the same time, over all shards.
    pub(crate) meetings: usize,
    /// Bits a second that all shards send together.
    pub(crate) egress: Option<u64>,
    /// TCP connections of one shard.
    pub(crate) connections: usize,
    /// Who hears what happens in meetings.
    pub(crate) observer: Option<Arc<dyn ConferenceObserver>>,
    /// The date and time.
    pub(crate) clock: Arc<dyn Clock>,
}

/// Why the media threads do not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DriverError {
    #[error(transparent)]
    Address(#[from] AddressError),
    #[error(transparent)]
    Bind(#[from] BindError),
    #[error("there is no local {0} address that {1} could lead to")]
    NoBase(&'static str, IpAddr),
    #[error("media ports from {0} on do not exist: {1} threads want one each")]
    TooManyPorts(u16, usize),
    #[error("cannot start a media thread")]
    Thread(#[source] io::Error),
}

impl From<DriverError> for Error {
    fn from(error: DriverError) -> Self {
        let (kind, code) = match &error {
            DriverError::Address(AddressError::System(_)) | DriverError::Thread(_) => {
                (ErrorKind::Internal, "media_system")
            }
            DriverError::Address(_) | DriverError::NoBase(..) => {
                (ErrorKind::InvalidInput, "media_address")
            }
            DriverError::Bind(_) => (ErrorKind::Unavailable, "media_port"),
            DriverError::TooManyPorts(..) => (ErrorKind::InvalidInput, "media_port"),
        };
        let message = error.to_string();
        Self::new(kind, code, message).with_source(error)
    }
}

/// One thread.
struct Running {
    inbox: Arc<Inbox>,
    port: u16,
    thread: Mutex<Option<(JoinHandle<()>, oneshot::Receiver<()>)>>,
}

/// The threads.
pub(crate) struct Driver {
    shards: Vec<Running>,
    /// Where the first shard is reached; all are at the same addresses.
    reached: Reached,
    tcp: bool,
    /// Dropped, it ends the look-out.
    lookout: Mutex<Option<mpsc::Sender<()>>>,
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver")
            .field("ports", &self.ports())
            .field("addresses", &self.addresses())
            .finish_non_exhaustive()
    }
}

impl Driver {
    /// Opens the ports and starts the threads. `make` makes a room, which is reached at these candidates.
    pub(crate) fn start<S, F>(config: &DriverConfig, make: F) -> Result<Self, DriverError>
    where
        S: Space + 'static,
        F: Fn(&MeetingId, &[LocalCandidate], Moment) -> S + Clone + Send + 'static,
    {
        let (driver, lookout) = Self::start_with(config, Box::new(addresses::all), make)?;
        // Addresses that were asked for by name do not change.
        if config.addresses.is_empty() {
            let (end, ended) = mpsc::channel();
            std::thread::Builder::new()
                .name("vnet-addresses".into())
                .spawn(move || lookout.run(&ended))
                .map_err(DriverError::Thread)?;
            *driver.lock_lookout() = Some(end);
        }
        Ok(driver)
    }

    /// The same, with somebody who looks for addresses when told to.
    fn start_with<S, F>(
        config: &DriverConfig,
        look: Look,
        make: F,
    ) -> Result<(Self, Lookout), DriverError>
    where
        S: Space + 'static,
        F: Fn(&MeetingId, &[LocalCandidate], Moment) -> S + Clone + Send + 'static,
    {
        let addresses = addresses::choose(&look()?, &config.interfaces, &config.addresses)?;
        let seats = Seats::new(config.meetings);
        let egress = Egress::new(config.egress, config.shards.max(1));
        let (mut shards, mut places) = (Vec::new(), Vec::new());
        let mut first = None;
        for number in 0..config.shards.max(1) {
            let sockets = open(config, &addresses, number)?;
            let reached = Reached::at(candidates(&sockets.ours(), &config.public_ips)?);
            let bound: Vec<IpAddr> = sockets.udp.iter().map(|(it, _)| it.ip()).collect();
            let (make, here) = (make.clone(), reached.clone());
            let make = move |meeting: &MeetingId, at| make(meeting, &here.get(), at);
            let doors = (seats.clone(), egress.of(number));
            let running = start_one(config, number, sockets, doors, make)?;
            first.get_or_insert_with(|| reached.clone());
            places.push(Place::new(&running.inbox, running.port, &bound, reached));
            shards.push(running);
        }
        let driver = Self {
            shards,
            reached: first.unwrap_or_else(|| Reached::at(Vec::new())),
            tcp: config.tcp,
            lookout: Mutex::default(),
        };
        Ok((driver, Lookout::new(config, look, places)))
    }

    fn lock_lookout(&self) -> MutexGuard<'_, Option<mpsc::Sender<()>>> {
        self.lookout.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The port of each thread.
    pub(crate) fn ports(&self) -> Vec<u16> {
        self.shards.iter().map(|shard| shard.port).collect()
    }

    /// The addresses that are listened on.
    pub(crate) fn addresses(&self) -> Vec<IpAddr> {
        let own = |it: &LocalCandidate| it.base.unwrap_or(it.address).ip();
        let mut all: Vec<IpAddr> = self.reached.get().iter().map(own).collect();
        all.sort();
        all.dedup();
        all
    }

    /// Whether TCP is listened for, too.
    pub(crate) const fn has_tcp(&self) -> bool {
        self.tcp
    }

    fn shard(&self, meeting: &MeetingId) -> Option<&Running> {
        let mut hasher = DefaultHasher::new();
        meeting.hash(&mut hasher);
        let shards = u64::try_from(self.shards.len()).ok()?;
        let at = hasher.finish().checked_rem(shards)?;
        self.shards.get(usize::try_from(at).ok()?)
    }

    /// The figures of all rooms; those of a thread that ends meanwhile are missing.
    pub(crate) async fn statistics(&self) -> Vec<(MeetingId, RoomStatistics)> {
        let mut all = Vec::new();
        for shard in &self.shards {
            let (answer, answered) = oneshot::channel();
            if shard.inbox.send(Order::Statistics(answer)).await.is_ok() {
                all.extend(answered.await.unwrap_or_default());
            }
        }
        all
    }

    /// Tells everybody that it is over, and waits for the threads to end, for a bounded time.
    pub(crate) async fn stop(&self) {
        *self.lock_lookout() = None;
        let all = async {
            for shard in &self.shards {
                // It has ended already otherwise.
                let _ = shard.inbox.send(Order::Stop).await;
            }
            for shard in &self.shards {
                let thread = shard
                    .thread
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .take();
                if let Some((thread, ended)) = thread {
                    // Dropped or sent: it is at its end in both cases, and joining does not wait.
                    let _ = ended.await;
                    if thread.join().is_err() {
                        tracing::error!("a media thread panicked: this is a bug, please report it");
                    }
                }
            }
        };
        if tokio::time::timeout(ENDS_WITHIN, all).await.is_err() {
            tracing::warn!("the media threads did not end in time");
        }
    }
}

#[async_trait]
impl RoomHost for Driver {
    async fn submit(&self, command: Command) -> Result<(), RoomsClosed> {
        let shard = self.shard(&command.meeting).ok_or(RoomsClosed)?;
        shard.inbox.send(Order::Room(command)).await
    }
}

fn open(
    config: &DriverConfig,
    addresses: &[IpAddr],
    number: usize,
) -> Result<Sockets, DriverError> {
    let wanted = Wanted {
        addresses,
        tcp: config.tcp,
        lenient: config.interfaces.is_empty() && config.addresses.is_empty(),
    };
    let nth = |first: u16| {
        let number = u16::try_from(number).ok();
        let port = number.and_then(|number| first.checked_add(number));
        port.ok_or(DriverError::TooManyPorts(first, config.shards))
    };
    let sockets = match config.port {
        None => Sockets::open_or_any(&wanted, nth(DEFAULT_PORT)?)?,
        Some(0) => Sockets::open(&wanted, 0)?,
        Some(port) => Sockets::open(&wanted, nth(port)?)?,
    };
    Ok(sockets)
}

fn start_one<S: Space + 'static>(
    config: &DriverConfig,
    number: usize,
    sockets: Sockets,
    (seats, shares): (Seats, Shares),
    make: impl FnMut(&MeetingId, Moment) -> S + Send + 'static,
) -> Result<Running, DriverError> {
    let port = sockets.port;
    let (prepared, waker) =
        Prepared::new(sockets, config.connections).map_err(DriverError::Thread)?;
    let (inbox, orders) = Inbox::new(waker);
    let (ends, ended) = oneshot::channel();
    let (observer, clock) = (config.observer.clone(), Arc::clone(&config.clock));
    let thread = std::thread::Builder::new()
        .name(format!("vnet-media-{number}"))
        .spawn(move || {
            let shard = Shard::new(Box::new(make), seats, observer).with_shares(shares);
            prepared
                .with(shard, orders, clock, Meters::new(number))
                .run();
            // Nobody waits for it unless the server stops.
            let _ = ends.send(());
        })
        .map_err(DriverError::Thread)?;
    Ok(Running {
        inbox: Arc::new(inbox),
        port,
        thread: Mutex::new(Some((thread, ended))),
    })
}

/// What browsers are told about where we are.
pub(super) fn candidates(
    ours: &[(Transport, SocketAddr)],
    public_ips: &[IpAddr],
) -> Result<Vec<LocalCandidate>, DriverError> {
    let mut candidates = Vec::new();
    for public in public_ips {
        if ours.iter().any(|(_, address)| address.ip() == *public) {
            continue;
        }
        let same_family = |ip: &IpAddr| ip.is_ipv4() == public.is_ipv4();
        let bases = ours.iter().map(|(_, address)| address.ip());
        // An address of the network rather than loopback, which only a test or a tunnel leads to.
        let base = bases
            .filter(same_family)
            .min_by_key(IpAddr::is_loopback)
            .ok_or_else(|| {
                let family = if public.is_ipv4() { "IPv4" } else { "IPv6" };
                DriverError::NoBase(family, *public)
            })?;
        let of_base = ours.iter().filter(|(_, address)| address.ip() == base);
        candidates.extend(of_base.map(|(transport, address)| LocalCandidate {
            transport: *transport,
            address: (*public, address.port()).into(),
            base: Some(*address),
        }));
    }
    let is_base = |address| candidates.iter().any(|it| it.base == Some(address));
    let rest = ours.iter().filter(|(_, address)| !is_base(*address));
    let hosts = rest.map(|(transport, address)| LocalCandidate::host(*transport, *address));
    let hosts = hosts.collect::<Vec<_>>();
    candidates.extend(hosts);
    // UDP first: media over TCP is the last resort.
    candidates.sort_by_key(|candidate| candidate.transport == Transport::Tcp);
    Ok(candidates)
}

#[cfg(test)]
mod tests;
