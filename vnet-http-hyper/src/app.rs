//! What all requests share.

use std::sync::Arc;

use tokio_util::task::TaskTracker;
use vnet_core::room::{Membership, Peer, RoomBroker, RoomCode};
use vnet_core::{Result, Vnet, async_trait};
use vnet_signal::{InProcessShares, Shares, Signalling};

use crate::api::ApiDocument;
use crate::audit::Audit;
use crate::config::HttpConfig;
use crate::front_end::AcsModule;
use crate::page::Pages;
use crate::rate::RateLimiter;

/// What all requests of one installation share.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) vnet: Vnet,
    pub(crate) config: HttpConfig,
    pub(crate) limits: RateLimiter,
    pub(crate) audit: Audit,
    pub(crate) pages: Pages,
    pub(crate) api_document: ApiDocument,
    pub(crate) signalling: Signalling,
    pub(crate) shares: Shares,
    /// The tasks of upgraded connections: hyper lets go of them at the upgrade.
    pub(crate) sockets: TaskTracker,
}

impl App {
    /// # Errors
    /// `InvalidInput`: a template that is none.
    pub(crate) fn new(vnet: Vnet, config: HttpConfig) -> Result<Arc<Self>> {
        if let Some(module) = AcsModule::of(&config) {
            module.warn_if_missing();
        }
        let rooms = Arc::new(Rooms(vnet.clone()));
        let limits = vnet.limits();
        let shares = vnet
            .shares()
            .unwrap_or_else(|| Arc::new(InProcessShares::new(limits)));
        Ok(Arc::new(Self {
            limits: RateLimiter::new(&config.rate_limits),
            audit: Audit::new(),
            pages: Pages::new(&config)?,
            api_document: ApiDocument::new(config.path_prefix.as_str())?,
            signalling: Signalling::new(rooms, limits.clone()),
            shares: Shares::new(shares, limits.clone()),
            sockets: TaskTracker::new(),
            vnet,
            config,
        }))
    }
}

/// The rooms of an installation.
#[derive(Debug)]
struct Rooms(Vnet);

#[async_trait]
impl RoomBroker for Rooms {
    async fn join(&self, room: RoomCode, peer: Peer) -> Result<Membership> {
        self.0.join_room(room, peer).await
    }
}
