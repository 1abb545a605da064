//! The handle of the embedded conference.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use vnet_core::clock::Clock;
use vnet_core::meeting::MeetingId;
use vnet_core::token::SigningKey;

use crate::builder::SfuBuilder;
use crate::driver::{Driver, Space};
use crate::limits::SfuLimits;
use crate::media::Need;
use crate::room::{Moment, Room, RoomInput, RoomOutput, RoomStatistics};
use crate::stage::{Stage, StageCounters};
use crate::ticket::Tickets;
use crate::turn::TurnServer;

/// The embedded conference: threads that carry media, rooms, tickets.
///
/// A cheap handle; what it stands for ends with [`stop`](Self::stop), or when the last handle is dropped.
#[derive(Clone)]
pub struct Sfu {
    pub(crate) parts: Arc<Parts>,
}

/// What the handle stands for.
pub(crate) struct Parts {
    pub(crate) tickets: Tickets,
    pub(crate) driver: Arc<Driver>,
    pub(crate) limits: Arc<SfuLimits>,
    pub(crate) turn: Option<TurnServer>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl fmt::Debug for Sfu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sfu")
            .field("driver", &self.parts.driver)
            .finish_non_exhaustive()
    }
}

impl Sfu {
    /// Settings, to be started. Tickets are signed with a key derived from `key`.
    pub fn builder(key: SigningKey) -> SfuBuilder {
        SfuBuilder::new(key)
    }

    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            parts: Arc::new(parts),
        }
    }

    /// The media ports, UDP and TCP: one per thread.
    #[must_use]
    pub fn local_ports(&self) -> Vec<u16> {
        self.parts.driver.ports()
    }

    /// The local addresses that media is listened for on.
    #[must_use]
    pub fn local_addresses(&self) -> Vec<IpAddr> {
        self.parts.driver.addresses()
    }

    /// Whether media may come over TCP, too.
    #[must_use]
    pub fn has_tcp(&self) -> bool {
        self.parts.driver.has_tcp()
    }

    /// The figures of all meetings under way.
    pub async fn statistics(&self) -> Vec<(MeetingId, RoomStatistics)> {
        self.parts.driver.statistics().await
    }

    /// Tells everybody that the server shuts down (close code 1001), and ends the threads; takes a few
    /// seconds at most. Calls after it find nobody.
    pub async fn stop(&self) {
        self.parts.driver.stop().await;
    }
}

impl Space for Room<Stage> {
    fn handle(&mut self, input: RoomInput<'_>, at: Moment) {
        Self::handle(self, input, at);
    }

    fn poll(&mut self) -> Option<RoomOutput> {
        Self::poll(self)
    }

    fn deadline(&self) -> Option<std::time::Instant> {
        Self::deadline(self)
    }

    fn needs(&self) -> Vec<Need> {
        Self::needs(self)
    }

    fn statistics(&mut self) -> RoomStatistics {
        Self::statistics(self)
    }

    fn counters(&self) -> StageCounters {
        self.media().counters()
    }
}
