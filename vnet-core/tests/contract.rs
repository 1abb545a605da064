//! The contracts on this crate's own adapters.

use std::sync::Arc;

use vnet_core::local_identity::LocalIdentityProvider;
use vnet_core::memory::{MemoryIdentities, MemoryRooms, MemoryStore};
use vnet_core::testkit::ManualClock;
use vnet_core::token::SigningKey;

mod memory {
    use super::*;

    async fn new_store() -> MemoryStore {
        std::future::ready(MemoryStore::new()).await
    }

    async fn new_rooms() -> MemoryRooms {
        std::future::ready(MemoryRooms::default()).await
    }

    async fn new_identities() -> MemoryIdentities {
        let clock = Arc::new(ManualClock::default());
        std::future::ready(MemoryIdentities::new(clock)).await
    }

    vnet_core::store_contract!(new_store);
    vnet_core::room_broker_contract!(new_rooms);
    vnet_core::identity_provider_contract!(new_identities);
}

mod local {
    use super::*;

    async fn new_identities() -> LocalIdentityProvider {
        let (key, clock) = (
            SigningKey::from_bytes([7; 32]),
            Arc::new(ManualClock::default()),
        );
        std::future::ready(LocalIdentityProvider::new(key, clock)).await
    }

    vnet_core::identity_provider_contract!(new_identities);
}
