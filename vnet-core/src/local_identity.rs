//! placeholder
use crate::identity::*;
use crate::token::SigningKey;
use crate::{Clock, Result};
use async_trait::async_trait;
use std::sync::Arc;
/// x
#[derive(Debug)]
pub struct LocalIdentityProvider;
impl LocalIdentityProvider {
    /// x
    pub fn new(_key: SigningKey, _clock: Arc<dyn Clock>) -> Self {
        Self
    }
}
#[async_trait]
impl IdentityProvider for LocalIdentityProvider {
    async fn create_identity(&self, _s: &[TokenScope]) -> Result<(Identity, AccessToken)> {
        unreachable!()
    }
    async fn issue_token(&self, _i: &Identity, _r: &TokenRequest) -> Result<AccessToken> {
        unreachable!()
    }
    async fn revoke_tokens(&self, _i: &Identity) -> Result<()> {
        unreachable!()
    }
    async fn delete_identity(&self, _i: &Identity) -> Result<()> {
        unreachable!()
    }
}
