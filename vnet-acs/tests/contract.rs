//! The contracts of the traits, against the emulator.

mod support;

use vnet_acs::AcsConference;
use vnet_acs::emulator::{AcsEmulator, EmulatorServer, GoneAnswer};
use vnet_core::async_trait;
use vnet_core::identity::{AccessToken, Identity, IdentityProvider, TokenRequest, TokenScope};

/// A provider whose emulator lives along.
#[derive(Debug)]
struct WithServer(
    vnet_acs::AcsIdentityProvider,
    #[expect(dead_code, reason = "kept until the provider is dropped")] EmulatorServer,
);

#[async_trait]
impl IdentityProvider for WithServer {
    async fn create_identity(
        &self,
        scopes: &[TokenScope],
    ) -> vnet_core::Result<(Identity, AccessToken)> {
        self.0.create_identity(scopes).await
    }

    async fn issue_token(
        &self,
        identity: &Identity,
        request: &TokenRequest,
    ) -> vnet_core::Result<AccessToken> {
        self.0.issue_token(identity, request).await
    }

    async fn revoke_tokens(&self, identity: &Identity) -> vnet_core::Result<()> {
        self.0.revoke_tokens(identity).await
    }

    async fn delete_identity(&self, identity: &Identity) -> vnet_core::Result<()> {
        self.0.delete_identity(identity).await
    }
}

mod gone_is_404 {
    use super::*;

    async fn new() -> WithServer {
        let (server, provider) = support::pair().await;
        WithServer(provider, server)
    }

    vnet_core::identity_provider_contract!(new);
}

mod gone_is_401 {
    use super::*;

    async fn new() -> WithServer {
        let emulator = AcsEmulator::builder().gone_answer(GoneAnswer::NotOwned);
        let (server, provider) = support::pair_with(emulator).await;
        WithServer(provider, server)
    }

    vnet_core::identity_provider_contract!(new);
}

mod conference {
    use super::*;

    async fn new() -> AcsConference {
        AcsConference
    }

    vnet_core::conference_provider_contract!(new);
}
