//! [`AcsIdentityProvider`]: one short method per operation.

use std::fmt;
use std::sync::Arc;

use vnet_core::identity::{AccessToken, Identity, IdentityProvider, TokenRequest, TokenScope};
use vnet_core::{Result, Secret, async_trait};

use crate::builder::AcsBuilder;
use crate::client::Client;
use crate::request::Request;
use crate::wire::{created, issued};

/// Identities and access tokens of Azure Communication Services.
///
/// Cheap to clone; clones share connections and the cached bearer token.
///
/// # Source
/// ACS Identity REST, 2023-10-01.
#[derive(Clone)]
pub struct AcsIdentityProvider {
    client: Arc<Client>,
}

impl AcsIdentityProvider {
    /// The way to get one.
    pub fn builder() -> AcsBuilder {
        AcsBuilder::default()
    }

    pub(crate) fn new(client: Client) -> Self {
        Self {
            client: Arc::new(client),
        }
    }

    /// The origin that requests go to.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.client.endpoint.origin()
    }

    /// Exchanges the Entra ID token of a Teams user for an access token that acts as that user.
    ///
    /// It ends when the Entra ID token would have ended, roughly.
    ///
    /// # Errors
    /// `Unauthenticated`: the user's token is wrong or has expired. `InvalidInput`: it is not
    /// for this application. Else as [`IdentityProvider::issue_token`].
    ///
    /// # Source
    /// ACS Identity REST, `exchangeTeamsUserAccessToken`, 2023-10-01.
    pub async fn exchange_teams_user_token(&self, user: &TeamsUserToken) -> Result<AccessToken> {
        let request = Request::exchange_teams_token(user)?;
        Ok(self.client.call(&request).await?.read(issued)?)
    }
}

impl fmt::Debug for AcsIdentityProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcsIdentityProvider")
            .field("endpoint", &self.client.endpoint)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl IdentityProvider for AcsIdentityProvider {
    async fn create_identity(&self, scopes: &[TokenScope]) -> Result<(Identity, AccessToken)> {
        let request = Request::create_identity(scopes)?;
        Ok(self.client.call(&request).await?.read(created)?)
    }

    async fn issue_token(
        &self,
        identity: &Identity,
        request: &TokenRequest,
    ) -> Result<AccessToken> {
        let request = Request::issue_token(identity, request)?;
        Ok(self.client.call(&request).await?.read(issued)?)
    }

    async fn revoke_tokens(&self, identity: &Identity) -> Result<()> {
        let request = Request::revoke_tokens(identity);
        self.client.call(&request).await?;
        Ok(())
    }

    async fn delete_identity(&self, identity: &Identity) -> Result<()> {
        let request = Request::delete_identity(identity);
        Ok(self.client.call_to_end(&request).await?)
    }
}

/// A Teams user as Entra ID vouches for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamsUserToken {
    /// The user's Entra ID access token for the Communication Services scopes of Teams.
    pub token: Secret,
    /// The client id of the application that the token was issued to.
    pub app_id: String,
    /// The object id of the user.
    pub user_id: String,
}
