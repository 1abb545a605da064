//! Putting an installation together.

use std::sync::Arc;

use crate::accounts::{Accounts, SignUpPolicy};
use crate::clock::{Clock, SystemClock};
use crate::conference::ConferenceProvider;
use crate::identities::Identities;
use crate::identity::IdentityProvider;
use crate::limits::Limits;
use crate::live::LiveSessions;
use crate::local_identity::LocalIdentityProvider;
use crate::meetings::Meetings;
use crate::password::Hasher;
use crate::room::RoomBroker;
use crate::share::ShareBroker;
use crate::store::Store;
use crate::token::SigningKey;
use crate::vnet::{Parts, Vnet};

/// Collects the parts of an installation; see [`Vnet::builder`].
#[derive(Debug)]
#[must_use]
pub struct VnetBuilder {
    store: Arc<dyn Store>,
    rooms: Arc<dyn RoomBroker>,
    key: SigningKey,
    provider: Option<Arc<dyn IdentityProvider>>,
    conference: Option<Arc<dyn ConferenceProvider>>,
    shares: Option<Arc<dyn ShareBroker>>,
    clock: Arc<dyn Clock>,
    limits: Limits,
    policy: SignUpPolicy,
    hasher: Option<Hasher>,
}

impl VnetBuilder {
    pub(crate) fn new(store: Arc<dyn Store>, rooms: Arc<dyn RoomBroker>, key: SigningKey) -> Self {
        Self {
            store,
            rooms,
            key,
            provider: None,
            conference: None,
            shares: None,
            clock: Arc::new(SystemClock),
            limits: Limits::default(),
            policy: SignUpPolicy::default(),
            hasher: None,
        }
    }

    /// Where identities come from; without it they are made here ([`LocalIdentityProvider`]).
    pub fn with_identity_provider(mut self, provider: impl IdentityProvider) -> Self {
        self.provider = Some(Arc::new(provider));
        self
    }

    /// What carries the media; without it nobody can enter a meeting.
    pub fn with_conference(mut self, conference: impl ConferenceProvider) -> Self {
        self.conference = Some(Arc::new(conference));
        self
    }

    /// What brings devices on one network together, so that they send on to each other what a meeting
    /// shows; whoever serves their sockets has one of its own without it.
    pub fn with_shares(mut self, shares: impl ShareBroker) -> Self {
        self.shares = Some(Arc::new(shares));
        self
    }

    /// The clock; the machine's without it.
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// The bounds; [`Limits::default`] without them.
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Whether strangers may make accounts; they may without this.
    pub fn with_sign_up(mut self, policy: SignUpPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// What hashes passwords; argon2id with OWASP's parameters without it.
    pub fn with_hasher(mut self, hasher: Hasher) -> Self {
        self.hasher = Some(hasher);
        self
    }

    /// The installation.
    #[must_use]
    pub fn build(self) -> Vnet {
        let limits = Arc::new(self.limits);
        let provider = self.provider.unwrap_or_else(|| {
            let key = self.key.derive("local identities");
            Arc::new(LocalIdentityProvider::new(key, Arc::clone(&self.clock)))
        });
        let identities = Identities::new(
            Arc::clone(&self.store),
            provider,
            Arc::clone(&self.clock),
            Arc::clone(&limits),
        );
        let accounts = Accounts {
            store: Arc::clone(&self.store),
            identities: identities.clone(),
            hasher: self
                .hasher
                .unwrap_or_else(|| Hasher::new(limits.waiting_hashes)),
            live: LiveSessions::default(),
            bearer_key: self.key.derive("bearer tokens"),
            clock: Arc::clone(&self.clock),
            limits: Arc::clone(&limits),
            policy: self.policy,
        };
        let meetings = Meetings {
            store: Arc::clone(&self.store),
            identities: identities.clone(),
            conference: self.conference,
            clock: Arc::clone(&self.clock),
        };
        Vnet(Arc::new(Parts {
            store: self.store,
            rooms: self.rooms,
            shares: self.shares,
            accounts,
            identities,
            meetings,
            clock: self.clock,
            limits,
        }))
    }
}
