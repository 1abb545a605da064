//! The validated construction of [`AcsIdentityProvider`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Certificate, redirect, retry};
use vnet_core::{Clock, Error, ErrorKind, FieldError, Result, Secret, SystemClock};

use crate::client::Client;
use crate::connection::{ConnectionString, Endpoint};
use crate::credential::{CachedSource, Credential, TokenSource};
use crate::error::AcsError;
use crate::provider::AcsIdentityProvider;
use crate::retry::RetryPolicy;
use crate::signing::AccessKey;

/// Builds an [`AcsIdentityProvider`] from a connection string, or from an endpoint with an access
/// key or a token source.
#[must_use = "nothing is built before `build`"]
pub struct AcsBuilder {
    connection_string: Option<Secret>,
    endpoint: Option<String>,
    access_key: Option<Secret>,
    token_source: Option<Arc<dyn TokenSource>>,
    insecure_loopback: bool,
    policy: RetryPolicy,
    connect_timeout: Duration,
    root_certificates: Vec<Vec<u8>>,
    clock: Arc<dyn Clock>,
}

impl Default for AcsBuilder {
    fn default() -> Self {
        Self {
            connection_string: None,
            endpoint: None,
            access_key: None,
            token_source: None,
            insecure_loopback: false,
            policy: RetryPolicy::default(),
            connect_timeout: Duration::from_secs(3),
            root_certificates: Vec::new(),
            clock: Arc::new(SystemClock),
        }
    }
}

impl AcsBuilder {
    /// Endpoint and key at once, as the portal hands them out. See [`ConnectionString`].
    pub fn connection_string(mut self, text: impl Into<Secret>) -> Self {
        self.connection_string = Some(text.into());
        self
    }

    /// Where the resource is: `https://NAME.communication.azure.com`.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// The key to the resource, in base64.
    pub fn access_key(mut self, base64: impl Into<Secret>) -> Self {
        self.access_key = Some(base64.into());
        self
    }

    /// Bearer tokens of Microsoft Entra ID instead of a key. Needs an `https` endpoint.
    pub fn token_source(mut self, source: Arc<dyn TokenSource>) -> Self {
        self.token_source = Some(source);
        self
    }

    /// Lets the endpoint be plain `http`, if its host is a loopback one. Off by default.
    pub fn allow_insecure_loopback(mut self, allow: bool) -> Self {
        self.insecure_loopback = allow;
        self
    }

    /// How often and how patiently requests are repeated.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Longest time for a connection to be made, TLS included. Default 3 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Trusts the certificates in `pem` too, beside those of the system: for networks that
    /// inspect TLS, and for tests.
    pub fn root_certificates_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// The clock that dates signatures and ages bearer tokens; the system's by default.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The provider, or what is wrong with its settings. Nothing is sent yet.
    ///
    /// # Errors
    /// `InvalidInput` naming the setting: one is missing, malformed or contradicts another, or
    /// plain `http` was not allowed. `Internal`: TLS cannot be set up.
    pub fn build(self) -> Result<AcsIdentityProvider> {
        let (endpoint, key) = match (&self.connection_string, &self.endpoint) {
            (Some(text), None) => {
                let (endpoint, key) = ConnectionString::parse(text.expose())?.into_parts();
                (endpoint, Some(key))
            }
            (None, Some(url)) => (url.parse::<Endpoint>()?, None),
            (Some(_), Some(_)) => {
                return Err(wrong("endpoint", "the connection string names it already"));
            }
            (None, None) => {
                let message = "give a connection string or an endpoint";
                return Err(wrong("connection_string", message));
            }
        };
        if !endpoint.is_https() && !self.insecure_loopback {
            let message = "plain http is not allowed; right is https";
            return Err(wrong("endpoint", message));
        }
        let credential = self.credential(key, &endpoint)?;
        let http = self.http(&endpoint)?;
        Ok(AcsIdentityProvider::new(Client {
            http,
            endpoint,
            credential,
            policy: self.policy,
            clock: self.clock,
        }))
    }

    fn credential(&self, known: Option<AccessKey>, endpoint: &Endpoint) -> Result<Credential> {
        match (known, &self.access_key, &self.token_source) {
            (Some(key), None, None) => Ok(Credential::Key(key)),
            (None, Some(text), None) => AccessKey::from_base64(text.expose()).map(Credential::Key),
            (None, None, Some(_)) if !endpoint.is_https() => {
                Err(wrong("endpoint", "bearer tokens travel over https only"))
            }
            (None, None, Some(source)) => Ok(Credential::Bearer(CachedSource::new(
                Arc::clone(source),
                Arc::clone(&self.clock),
            ))),
            (None, None, None) => {
                let message = "give an access key or a token source";
                Err(wrong("access_key", message))
            }
            (_, _, Some(_)) => Err(wrong("token_source", "there is a key already")),
            (_, Some(_), None) => Err(wrong("access_key", "the connection string has one already")),
        }
    }

    fn http(&self, endpoint: &Endpoint) -> Result<reqwest::Client> {
        let mut certificates = Vec::new();
        for pem in &self.root_certificates {
            let more = Certificate::from_pem_bundle(pem).map_err(AcsError::Certificate)?;
            certificates.extend(more);
        }
        // Redirects would be signed for another target; repeats are this crate's own.
        let builder = reqwest::Client::builder()
            .user_agent(concat!("vnet-acs/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .no_proxy()
            .https_only(endpoint.is_https())
            .connect_timeout(self.connect_timeout);
        let builder = if endpoint.is_https() {
            builder.tls_certs_merge(certificates)
        } else {
            // No TLS will be spoken: a machine without any certificates is good enough.
            builder.tls_certs_only([])
        };
        Ok(builder.build().map_err(AcsError::Client)?)
    }
}

fn wrong(field: &'static str, message: &'static str) -> Error {
    Error::new(
        ErrorKind::InvalidInput,
        "bad_acs_settings",
        format!("{field}: {message}"),
    )
    .with_fields(vec![FieldError::new(field, message)])
}

impl fmt::Debug for AcsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcsBuilder")
            .field("connection_string", &self.connection_string)
            .field("access_key", &self.access_key)
            .field("token_source", &self.token_source.is_some())
            .field("insecure_loopback", &self.insecure_loopback)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "builder/tests.rs"]
mod tests;
