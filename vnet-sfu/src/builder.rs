//! How the embedded conference is to be, and its start.

use std::net::IpAddr;
use std::sync::Arc;

use vnet_core::Result;
use vnet_core::clock::{Clock, SystemClock};
use vnet_core::conference::ConferenceObserver;
use vnet_core::token::SigningKey;

use crate::driver::{Driver, DriverConfig};
use crate::limits::SfuLimits;
use crate::room::Room;
use crate::sfu::{Parts, Sfu};
use crate::stage::{Certificate, Stage, StageConfig, StageLimits};
use crate::ticket::Tickets;
use crate::turn::TurnServer;

/// TCP connections that one media thread takes for each person who may be in a meeting; more are needed
/// only while a browser tries several of our addresses.
const CONNECTIONS: usize = 10_000;

/// Settings of the embedded conference; the defaults suit one server on one network.
#[derive(Debug)]
#[must_use = "a builder does nothing before `start`"]
pub struct SfuBuilder {
    key: SigningKey,
    limits: SfuLimits,
    turn: Option<TurnServer>,
    driver: DriverConfig,
}

impl SfuBuilder {
    pub(crate) fn new(key: SigningKey) -> Self {
        Self {
            key,
            limits: SfuLimits::default(),
            turn: None,
            driver: DriverConfig {
                port: None,
                shards: 1,
                interfaces: Vec::new(),
                addresses: Vec::new(),
                public_ips: Vec::new(),
                tcp: true,
                meetings: 0,
                egress: None,
                connections: CONNECTIONS,
                observer: None,
                clock: Arc::new(SystemClock),
            },
        }
    }

    /// The port number for media, UDP and TCP; 0: any free one. It must be free then. Default: 10000,
    /// or any free one if that is taken.
    pub const fn with_media_port(mut self, port: u16) -> Self {
        self.driver.port = Some(port);
        self
    }

    /// Threads that carry media, each with a port of its own: the next numbers after the first. Default
    /// 1, which is enough for hundreds of people; more than processor cores are of no use.
    pub const fn with_shards(mut self, shards: usize) -> Self {
        self.driver.shards = shards;
        self
    }

    /// Network interfaces to listen on, by name, such as `eth0`. Default: all but loopback.
    pub fn with_interfaces(mut self, names: Vec<String>) -> Self {
        self.driver.interfaces = names;
        self
    }

    /// Local addresses to listen on. Default: those of all interfaces but loopback, or loopback when there
    /// are no others.
    pub fn with_addresses(mut self, addresses: Vec<IpAddr>) -> Self {
        self.driver.addresses = addresses;
        self
    }

    /// Addresses under which browsers outside reach this machine, whose port is forwarded to the
    /// same port here. Default: none.
    pub fn with_public_ips(mut self, addresses: Vec<IpAddr>) -> Self {
        self.driver.public_ips = addresses;
        self
    }

    /// Whether media may come over TCP, too, where a network lets no UDP through. Default: yes.
    pub const fn with_tcp(mut self, tcp: bool) -> Self {
        self.driver.tcp = tcp;
        self
    }

    /// A TURN server for browsers behind strict firewalls. Default: none.
    pub fn with_turn(mut self, turn: TurnServer) -> Self {
        self.turn = Some(turn);
        self
    }

    /// Other limits.
    pub fn with_limits(mut self, limits: SfuLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Somebody who hears what happens in meetings.
    pub fn with_observer(mut self, observer: impl ConferenceObserver) -> Self {
        self.driver.observer = Some(Arc::new(observer));
        self
    }

    /// Another clock, for tests.
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.driver.clock = clock;
        self
    }

    /// Opens the ports and starts the threads.
    ///
    /// A recorder of `metrics` that is to see anything is installed before.
    ///
    /// # Errors
    /// `InvalidInput`: an interface or an address that is not there. `Unavailable`: the port is
    /// taken. `Internal`: the system refuses something.
    pub fn start(self) -> Result<Sfu> {
        let Self {
            key,
            limits,
            turn,
            mut driver,
        } = self;
        driver.meetings = limits.meetings;
        driver.egress = limits.server_egress;
        let limits = Arc::new(limits);
        let certificate = Certificate::generate();
        let room_limits = Arc::clone(&limits);
        let driver_config = driver;
        let driver = Driver::start(&driver_config, move |meeting, candidates, at| {
            let mut stage = StageConfig::new(certificate.clone(), candidates.to_vec());
            stage.limits = stage_limits(&room_limits);
            let limits = Arc::clone(&room_limits);
            Room::new(meeting.clone(), Stage::new(stage), limits, at)
        })?;
        Ok(Sfu::new(Parts {
            tickets: Tickets::new(&key, &limits),
            driver: Arc::new(driver),
            limits,
            turn,
            clock: driver_config.clock,
        }))
    }
}

/// What of the limits the media of a room keeps.
fn stage_limits(limits: &SfuLimits) -> StageLimits {
    StageLimits {
        participants: limits.people_per_meeting,
        publishers: limits.publishers_per_meeting,
        slots_per_participant: limits.slots_per_person,
        track_bitrate: limits.track_bitrate,
        offer_bytes: limits.message_bytes,
        ..StageLimits::default()
    }
}
