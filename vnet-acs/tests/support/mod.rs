//! An emulator and a provider that talk over loopback.
#![allow(dead_code, reason = "each test file uses a part")]

use std::time::Duration;

use vnet_acs::emulator::{AcsEmulator, EmulatorBuilder, EmulatorServer};
use vnet_acs::{AcsBuilder, AcsIdentityProvider, RetryPolicy};

/// Three retries within moments.
pub(crate) fn quick() -> RetryPolicy {
    let mut policy = RetryPolicy::default();
    policy.initial_backoff = Duration::from_millis(1);
    policy.max_backoff = Duration::from_millis(2);
    policy.attempt_timeout = Duration::from_secs(20);
    policy.deadline = Duration::from_secs(60);
    policy
}

/// A provider for `server`, not built yet.
pub(crate) fn provider_for(server: &EmulatorServer) -> AcsBuilder {
    AcsIdentityProvider::builder()
        .connection_string(server.connection_string())
        .allow_insecure_loopback(true)
        .retry(quick())
}

/// An emulator and its provider.
pub(crate) async fn pair_with(emulator: EmulatorBuilder) -> (EmulatorServer, AcsIdentityProvider) {
    let server = emulator.build().expect("good settings");
    let server = server.spawn().await.expect("a free port");
    let provider = provider_for(&server).build().expect("good settings");
    (server, provider)
}

/// An emulator with its defaults, and its provider.
pub(crate) async fn pair() -> (EmulatorServer, AcsIdentityProvider) {
    pair_with(AcsEmulator::builder()).await
}
