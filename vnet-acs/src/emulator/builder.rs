//! The validated construction of an [`AcsEmulator`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;
use vnet_core::{Clock, Error, Result, Secret, SystemClock};

use crate::emulator::service::AcsEmulator;
use crate::signing::AccessKey;

/// What is answered for an identity that was deleted or never existed. What the real service says
/// was never recorded, so clients must take either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum GoneAnswer {
    /// 404 with code `IdentityNotFound`.
    #[default]
    NotFound,
    /// 401 with code `IdentityNotOwned`.
    NotOwned,
}

/// Sets up an [`AcsEmulator`].
#[must_use = "nothing is built before `build`"]
#[derive(Clone)]
pub struct EmulatorBuilder {
    keys: Vec<Secret>,
    bearers: Vec<Secret>,
    resource_id: Uuid,
    gone: GoneAnswer,
    control: bool,
    tolerance: Option<Duration>,
    clock: Arc<dyn Clock>,
}

impl Default for EmulatorBuilder {
    fn default() -> Self {
        Self {
            keys: Vec::new(),
            bearers: Vec::new(),
            resource_id: Uuid::from_u128(0x766e_6574_0000_4000_8000_0000_0000_0001),
            gone: GoneAnswer::default(),
            control: false,
            tolerance: Some(Duration::from_secs(15 * 60)),
            clock: Arc::new(SystemClock),
        }
    }
}

impl EmulatorBuilder {
    /// Takes requests signed with this key, in base64. May be called several times, as the real
    /// service has a primary and a secondary key. Without any, a random key is made.
    pub fn access_key(mut self, base64: impl Into<Secret>) -> Self {
        self.keys.push(base64.into());
        self
    }

    /// Takes requests with this bearer token, as if Entra ID had issued it.
    pub fn bearer_token(mut self, token: impl Into<Secret>) -> Self {
        self.bearers.push(token.into());
        self
    }

    /// The guid in the id of every identity. A fixed one by default.
    pub fn resource_id(mut self, id: Uuid) -> Self {
        self.resource_id = id;
        self
    }

    /// What is answered for identities that are gone.
    pub fn gone_answer(mut self, answer: GoneAnswer) -> Self {
        self.gone = answer;
        self
    }

    /// Opens `/_emulator/…`, by which anybody who reaches the port orders faults and reads the
    /// list of requests. Off by default.
    pub fn control(mut self, on: bool) -> Self {
        self.control = on;
        self
    }

    /// How far the date of a signature may be off; any date is good if `None`. Default 15 minutes.
    pub fn clock_tolerance(mut self, tolerance: Option<Duration>) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// The clock that dates tokens and checks signatures; the system's by default.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The emulator.
    ///
    /// # Errors
    /// `InvalidInput`: a key is not base64. `Internal`: the system gives no random bytes.
    pub fn build(mut self) -> Result<AcsEmulator> {
        if self.keys.is_empty() {
            self.keys.push(STANDARD.encode(random::<64>()?).into());
        }
        let mut keys = Vec::new();
        for text in &self.keys {
            keys.push((text.clone(), AccessKey::from_base64(text.expose())?));
        }
        Ok(AcsEmulator::new(Settings {
            keys,
            bearers: self.bearers,
            resource_id: self.resource_id,
            gone: self.gone,
            control: self.control,
            tolerance: self.tolerance,
            clock: self.clock,
            token_key: AccessKey::from_base64(&STANDARD.encode(random::<32>()?))?,
        }))
    }
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|source| Error::internal("no random bytes from the system", source))?;
    Ok(bytes)
}

/// What an emulator was built with.
pub(crate) struct Settings {
    /// The keys, as text and ready to use.
    pub(crate) keys: Vec<(Secret, AccessKey)>,
    pub(crate) bearers: Vec<Secret>,
    pub(crate) resource_id: Uuid,
    pub(crate) gone: GoneAnswer,
    pub(crate) control: bool,
    pub(crate) tolerance: Option<Duration>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) token_key: AccessKey,
}

impl fmt::Debug for EmulatorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmulatorBuilder")
            .field("keys", &self.keys.len())
            .field("resource_id", &self.resource_id)
            .field("gone", &self.gone)
            .field("control", &self.control)
            .field("tolerance", &self.tolerance)
            .finish_non_exhaustive()
    }
}
