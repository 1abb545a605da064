//! An installation on the memory adapters, and people in it.

#![allow(dead_code, reason = "every test file uses a part of this")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot set up its installation has failed"
)]

use std::sync::Arc;

use time::macros::datetime;
use vnet_core::accounts::{SessionMeta, SignUp};
use vnet_core::identity::IdentityProvider;
use vnet_core::memory::{MemoryRooms, MemoryStore};
use vnet_core::password::Hasher;
use vnet_core::session::SessionKey;
use vnet_core::testkit::ManualClock;
use vnet_core::token::SigningKey;
use vnet_core::user::User;
use vnet_core::{Limits, Vnet, VnetBuilder};

pub(crate) const PASSWORD: &str = "correct horse battery";

/// An installation whose clock is set by hand.
pub(crate) struct House {
    pub(crate) vnet: Vnet,
    pub(crate) store: MemoryStore,
    pub(crate) clock: ManualClock,
}

pub(crate) fn house() -> House {
    house_with(|builder| builder)
}

pub(crate) fn house_with(change: impl FnOnce(VnetBuilder) -> VnetBuilder) -> House {
    let clock = ManualClock::new(datetime!(2026-11-21 09:00 UTC));
    let store = MemoryStore::new();
    let key = SigningKey::from_bytes([9; 32]);
    let builder = Vnet::builder(store.clone(), MemoryRooms::new(&Limits::default()), key)
        .with_clock(clock.clone())
        .with_hasher(Hasher::weak_for_tests());
    House {
        vnet: change(builder).build(),
        store,
        clock,
    }
}

pub(crate) fn house_of(provider: Arc<impl IdentityProvider>) -> House {
    house_with(|builder| builder.with_identity_provider(provider))
}

pub(crate) fn form(name: &str) -> SignUp {
    SignUp {
        username: name.into(),
        email: format!("{name}@example.org"),
        first_name: "Ada".into(),
        last_name: "Byron".into(),
        password: PASSWORD.into(),
        password_2: PASSWORD.into(),
    }
}

impl House {
    pub(crate) async fn user(&self, name: &str) -> User {
        self.vnet.accounts().sign_up(&form(name)).await.unwrap()
    }

    pub(crate) async fn staff(&self, name: &str) -> User {
        self.vnet
            .accounts()
            .create_staff(&form(name))
            .await
            .unwrap()
    }

    pub(crate) async fn session(&self, user: &User) -> SessionKey {
        let meta = SessionMeta {
            user_agent: "Browser".into(),
            address: "127.0.0.1".into(),
        };
        self.vnet
            .accounts()
            .start_session(user, &meta)
            .await
            .unwrap()
            .0
    }
}
