//! Identities without a provider: made and signed here, so that an installation needs nobody else.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use time::{Duration, OffsetDateTime};
use uuid::{Builder, Uuid};

use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::identity::{AccessToken, Identity, IdentityProvider, TokenRequest, TokenScope};
use crate::token::SigningKey;

const PREFIX: &str = "8:vnet:";
const ISSUER: &str = "vnet";

/// Makes identities `8:vnet:<installation>_<user>` and signs their tokens with one key.
///
/// Nothing is stored: the installation's part of an id comes from the key, and the user's part
/// carries a MAC of that key, so the same key recognises its identities after every restart and
/// nobody can invent one. Tokens are JWTs (HS256) that live 60 to 1440 minutes.
///
/// # What deleting and revoking do
/// VNET itself never verifies these tokens: its conference lets people in by tickets, its pages by
/// sessions. They are for embedders, who call [`verify`](Self::verify) and should ask whether the
/// user still exists as well. Who was deleted or revoked is remembered **in the memory of this
/// process** for 24 hours, the longest life of a token: so long `verify` refuses every token made
/// before, and a deleted identity is not found. A restart forgets it; then tokens made before it are
/// good until they expire. Identities of deleted users are asked for by nobody, because the store
/// has dropped them.
///
/// Clones share what is remembered.
#[derive(Clone)]
pub struct LocalIdentityProvider {
    key: SigningKey,
    installation: Uuid,
    clock: Arc<dyn Clock>,
    // Held for a few lines, never across an await.
    ended: Arc<Mutex<HashMap<Identity, Ended>>>,
}

/// Up to when tokens of an identity are void.
#[derive(Clone, Copy, Debug)]
struct Ended {
    until_micros: i64,
    is_deleted: bool,
}

/// What a good token says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LocalClaims {
    /// Whose token it is.
    pub identity: Identity,
    /// What it may be used for.
    pub scopes: Vec<TokenScope>,
    /// When it was issued.
    pub issued_at: OffsetDateTime,
    /// When it stops working; whole seconds.
    pub expires_at: OffsetDateTime,
}

/// The claims in the token.
///
/// # Source
/// RFC 7519 section 4.1 (`iss`, `sub`, `iat`, `exp`, `jti`), RFC 9068 section 2.2.3 (`scope`).
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: Identity,
    scope: Vec<TokenScope>,
    iat: i64,
    exp: i64,
    jti: Uuid,
    /// `iat` to the microsecond, to tell tokens before a revocation from those after it.
    iat_micros: i64,
}

impl LocalIdentityProvider {
    /// A provider whose identities and tokens belong to `key`, which must be used for nothing else
    /// ([`SigningKey::derive`]) and be the same after a restart.
    #[must_use]
    pub fn new(key: SigningKey, clock: Arc<dyn Clock>) -> Self {
        let installation = first_bytes(&key.derive("installation"));
        Self {
            installation: Builder::from_random_bytes(installation).into_uuid(),
            key,
            clock,
            ended: Arc::default(),
        }
    }

    /// What `token` says, if this key signed it, it has not expired at `now`, and it was not revoked
    /// as far as this process knows (see the type's notes).
    ///
    /// # Errors
    /// `Unauthenticated` with code `invalid_token`.
    pub fn verify(&self, token: &str, now: OffsetDateTime) -> Result<LocalClaims> {
        let claims: Claims = self.key.verify_jwt(token)?;
        let ended = self.lock().get(&claims.sub).copied();
        let is_void =
            ended.is_some_and(|end| end.is_deleted || claims.iat_micros <= end.until_micros);
        let expires_at = moment(i128::from(claims.exp) * 1_000_000)?;
        if is_void || expires_at <= now || claims.iss != ISSUER || !self.is_own(&claims.sub) {
            return Err(invalid_token());
        }
        Ok(LocalClaims {
            identity: claims.sub,
            scopes: claims.scope,
            issued_at: moment(i128::from(claims.iat_micros))?,
            expires_at,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Identity, Ended>> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The user's part: eight random bytes, and eight of their MAC, in the shape of a random UUID.
    fn user_part(&self, random: [u8; 8]) -> Uuid {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&random);
        // The shape claims some bits of the random half, so they are set before the MAC is made.
        let shaped = *Builder::from_random_bytes(bytes).as_uuid().as_bytes();
        let mut purpose = String::from("identity ");
        shaped[..8]
            .iter()
            .for_each(|byte| purpose.push_str(&format!("{byte:02x}")));
        bytes[..8].copy_from_slice(&shaped[..8]);
        bytes[8..].copy_from_slice(&self.key.derive(&purpose).expose()[..8]);
        Builder::from_random_bytes(bytes).into_uuid()
    }

    fn is_own(&self, identity: &Identity) -> bool {
        let parts = identity.as_str().strip_prefix(PREFIX);
        let Some((installation, user)) = parts.and_then(|parts| parts.split_once('_')) else {
            return false;
        };
        let Ok(user) = Uuid::try_parse(user) else {
            return false;
        };
        let mut random = [0; 8];
        random.copy_from_slice(&user.as_bytes()[..8]);
        let wanted = self.user_part(random);
        // One spelling only: identities are compared exactly.
        let spelled = format!("{PREFIX}{installation}_{wanted}");
        installation == self.installation.to_string()
            && bool::from(spelled.as_bytes().ct_eq(identity.as_str().as_bytes()))
    }

    /// Fails unless `identity` is one of ours that was not deleted.
    fn check(&self, identity: &Identity) -> Result<()> {
        let is_deleted = self.lock().get(identity).is_some_and(|end| end.is_deleted);
        if is_deleted || !self.is_own(identity) {
            return Err(Error::not_found("identity"));
        }
        Ok(())
    }

    /// Voids all tokens issued so far.
    fn end(&self, identity: &Identity, is_deleted: bool) {
        let now = micros(self.clock.now());
        let mut ended = self.lock();
        let before = ended.get(identity).map_or(i64::MIN, |end| end.until_micros);
        // Tokens after a revocation in the same microsecond carry the next one: see `issue`.
        let until_micros = now.max(before.saturating_add(1));
        ended.insert(
            identity.clone(),
            Ended {
                until_micros,
                is_deleted,
            },
        );
        let day = i64::try_from(TokenRequest::MAX_LIFETIME.as_micros()).unwrap_or(i64::MAX);
        ended.retain(|_identity, end| end.until_micros.saturating_add(day) > now);
    }

    fn issue(&self, identity: &Identity, request: &TokenRequest) -> Result<AccessToken> {
        let lifetime = request.checked_lifetime()?;
        let now = self.clock.now();
        let ended = self.lock().get(identity).copied();
        let earliest = ended.map_or(i64::MIN, |end| end.until_micros.saturating_add(1));
        let expires_at = now + lifetime;
        let expires_at = expires_at - Duration::nanoseconds(expires_at.nanosecond().into());
        let claims = Claims {
            iss: ISSUER.into(),
            sub: identity.clone(),
            scope: request.scopes.clone(),
            iat: now.unix_timestamp(),
            exp: expires_at.unix_timestamp(),
            jti: Builder::from_random_bytes(random()?).into_uuid(),
            iat_micros: micros(now).max(earliest),
        };
        Ok(AccessToken {
            token: self.key.sign_jwt(&claims)?,
            expires_at,
        })
    }
}

impl fmt::Debug for LocalIdentityProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalIdentityProvider")
            .field("installation", &self.installation)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl IdentityProvider for LocalIdentityProvider {
    async fn create_identity(&self, scopes: &[TokenScope]) -> Result<(Identity, AccessToken)> {
        let user = self.user_part(random()?);
        let identity = Identity::new(format!("{PREFIX}{}_{user}", self.installation));
        let identity = identity.expect("two UUIDs are printable and short");
        let token = self.issue(
            &identity,
            &TokenRequest {
                scopes: scopes.to_vec(),
                lifetime: None,
            },
        )?;
        Ok((identity, token))
    }

    async fn issue_token(
        &self,
        identity: &Identity,
        request: &TokenRequest,
    ) -> Result<AccessToken> {
        self.check(identity)?;
        self.issue(identity, request)
    }

    async fn revoke_tokens(&self, identity: &Identity) -> Result<()> {
        self.check(identity)?;
        self.end(identity, false);
        Ok(())
    }

    async fn delete_identity(&self, identity: &Identity) -> Result<()> {
        self.check(identity)?;
        self.end(identity, true);
        Ok(())
    }
}

fn invalid_token() -> Error {
    Error::new(
        ErrorKind::Unauthenticated,
        "invalid_token",
        "Invalid token.",
    )
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|source| Error::internal("no random bytes from the system", source))?;
    Ok(bytes)
}

fn first_bytes(key: &SigningKey) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&key.expose()[..16]);
    bytes
}

/// Microseconds since 1970; every [`OffsetDateTime`] fits.
fn micros(moment: OffsetDateTime) -> i64 {
    i64::try_from(moment.unix_timestamp_nanos().div_euclid(1000)).unwrap_or(i64::MAX)
}

fn moment(micros: i128) -> Result<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(micros * 1000).map_err(|_range| invalid_token())
}

#[cfg(test)]
mod tests;
