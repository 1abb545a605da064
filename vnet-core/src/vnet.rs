//! The handle to an installation.

use std::sync::Arc;

use crate::accounts::Accounts;
use crate::builder::VnetBuilder;
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::help::{Article, ArticleId, HelpQuery, shipped};
use crate::identities::Identities;
use crate::limits::Limits;
use crate::meetings::Meetings;
use crate::room::{Membership, Peer, RoomBroker, RoomCode};
use crate::share::ShareBroker;
use crate::store::Store;
use crate::token::SigningKey;

/// An installation of VNET: its accounts, identities, meetings, rooms and help. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Vnet(pub(crate) Arc<Parts>);

#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) rooms: Arc<dyn RoomBroker>,
    pub(crate) shares: Option<Arc<dyn ShareBroker>>,
    pub(crate) accounts: Accounts,
    pub(crate) identities: Identities,
    pub(crate) meetings: Meetings,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: Arc<Limits>,
}

impl Vnet {
    /// Begins an installation from what it cannot do without: where things are kept, what moves
    /// signals, and the key that its signed texts are made with.
    pub fn builder(store: impl Store, rooms: impl RoomBroker, key: SigningKey) -> VnetBuilder {
        VnetBuilder::new(Arc::new(store), Arc::new(rooms), key)
    }

    /// Accounts and sessions.
    #[must_use]
    pub fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    /// Identities at the conference provider, and their tokens.
    #[must_use]
    pub fn identities(&self) -> &Identities {
        &self.0.identities
    }

    /// Meetings.
    #[must_use]
    pub fn meetings(&self) -> &Meetings {
        &self.0.meetings
    }

    /// The store that everything is kept in.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        &*self.0.store
    }

    /// The bounds that hold here.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// The clock that holds here.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    /// Enters a signalling room.
    ///
    /// # Errors
    /// As [`RoomBroker::join`].
    pub async fn join_room(&self, room: RoomCode, peer: Peer) -> Result<Membership> {
        self.0.rooms.join(room, peer).await
    }

    /// What brings devices on one network together, if this installation was given one of its own.
    #[must_use]
    pub fn shares(&self) -> Option<Arc<dyn ShareBroker>> {
        self.0.shares.clone()
    }

    /// Adds the help articles that come with the product ([`shipped`]), once in the life of the
    /// store; what became of them since is left alone. `false` if it was done before.
    ///
    /// # Errors
    /// `Unavailable`: the store.
    pub async fn seed_help(&self) -> Result<bool> {
        let now = self.clock().now();
        self.store().seed_articles(&shipped(), now).await
    }

    /// The help articles that match.
    ///
    /// # Errors
    /// `Unavailable`: the store.
    pub async fn search_help(&self, query: &HelpQuery) -> Result<Vec<Article>> {
        self.store().search_articles(query).await
    }

    /// A help article.
    ///
    /// # Errors
    /// `NotFound`: none of this number. `Unavailable`: the store.
    pub async fn help_article(&self, id: ArticleId) -> Result<Article> {
        self.store()
            .get_article(id)
            .await?
            .ok_or_else(|| Error::not_found("article"))
    }
}
