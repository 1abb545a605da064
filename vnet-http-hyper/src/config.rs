//! The settings of the HTTP layer.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use vnet_core::conference::ConferenceSignalling;
use vnet_core::share::LanSubnet;
use vnet_core::web::FrontEnd;

use crate::address::{PathPrefix, PublicUrl, TrustedProxy};
use crate::rate::RateLimits;

/// When the session cookie says `Secure`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CookieSecurity {
    /// When the browser came over `https`, as far as can be told.
    #[default]
    Auto,
    /// Always; signing in over plain `http` then works on `localhost` only.
    Always,
}

/// The settings of the HTTP layer; the defaults suit a server that browsers reach directly.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HttpConfig {
    /// Where VNET is mounted. Default: at the root.
    pub path_prefix: PathPrefix,
    /// How browsers see this server. Default: by the `Host` they use.
    pub public_url: Option<PublicUrl>,
    /// Proxies whose `Forwarded` and `X-Forwarded-*` headers are believed. Default: none.
    pub trusted_proxies: Vec<TrustedProxy>,
    /// Networks whose addresses are near each other although they differ: people of one meeting who come
    /// from there are told of each other. Default: none, so that only who shares one IPv4 address, or one
    /// `/64` of IPv6, is near.
    pub lan_subnets: Vec<LanSubnet>,
    /// Other origins whose pages may write and open sockets with a user's cookie, such as
    /// `https://app.example.org`. Default: none.
    pub allowed_origins: Vec<PublicUrl>,
    /// When the session cookie says `Secure`.
    pub cookie_security: CookieSecurity,
    /// How often clients may try things.
    pub rate_limits: RateLimits,
    /// Largest JSON or form body, in bytes. Default 256 KiB.
    pub max_body_bytes: usize,
    /// Largest body with a picture in it, in bytes. Default 8 MiB.
    pub max_upload_bytes: usize,
    /// How long a client may take to send a body. Default 30 seconds.
    pub body_timeout: Duration,
    /// Connections open at the same time; more wait to be accepted. Default 32,768.
    pub max_connections: usize,
    /// How long a connection may do nothing (send no complete request, take no answer) before it is
    /// closed; it ends between one and two times this. Default 30 seconds.
    pub idle_timeout: Duration,
    /// How long a client may take for the TLS handshake. Default 10 seconds.
    pub handshake_timeout: Duration,
    /// How long requests and sockets may take to end when the server shuts down. Default 10 seconds.
    pub drain_timeout: Duration,
    /// Page templates in the place of the built-in ones, by name.
    pub templates: Vec<(String, String)>,
    /// What people meet in under `/meet/`. Default: one plain page, which needs the embedded conference.
    pub front_end: Option<Arc<dyn FrontEnd>>,
    /// The folder of the front end's module for meetings on Azure, with the `manifest.json` that
    /// `scripts/build-acs-web` writes; set it if and only if meetings are there. Default: none.
    pub acs_module: Option<PathBuf>,
    /// Who talks with the browsers of meetings over `/vnet/sfu/{meeting_id}/`. Default: nobody.
    pub conference: Option<Arc<dyn ConferenceSignalling>>,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            path_prefix: PathPrefix::default(),
            public_url: None,
            trusted_proxies: Vec::new(),
            lan_subnets: Vec::new(),
            allowed_origins: Vec::new(),
            cookie_security: CookieSecurity::Auto,
            rate_limits: RateLimits::default(),
            max_body_bytes: 256 * 1024,
            max_upload_bytes: 8 * 1024 * 1024,
            body_timeout: Duration::from_secs(30),
            max_connections: 32_768,
            idle_timeout: Duration::from_secs(30),
            handshake_timeout: Duration::from_secs(10),
            drain_timeout: Duration::from_secs(10),
            templates: Vec::new(),
            front_end: None,
            acs_module: None,
            conference: None,
        }
    }
}

macro_rules! setters {
    ($($(#[$doc:meta])* $with:ident($field:ident: $type:ty);)*) => {
        impl HttpConfig {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $with(mut self, $field: $type) -> Self {
                    self.$field = $field;
                    self
                }
            )*
        }
    };
}

setters! {
    /// Sets [`path_prefix`](Self::path_prefix).
    with_path_prefix(path_prefix: PathPrefix);
    /// Sets [`public_url`](Self::public_url).
    with_public_url(public_url: Option<PublicUrl>);
    /// Sets [`trusted_proxies`](Self::trusted_proxies).
    with_trusted_proxies(trusted_proxies: Vec<TrustedProxy>);
    /// Sets [`lan_subnets`](Self::lan_subnets).
    with_lan_subnets(lan_subnets: Vec<LanSubnet>);
    /// Sets [`allowed_origins`](Self::allowed_origins).
    with_allowed_origins(allowed_origins: Vec<PublicUrl>);
    /// Sets [`cookie_security`](Self::cookie_security).
    with_cookie_security(cookie_security: CookieSecurity);
    /// Sets [`rate_limits`](Self::rate_limits).
    with_rate_limits(rate_limits: RateLimits);
    /// Sets [`max_body_bytes`](Self::max_body_bytes).
    with_max_body_bytes(max_body_bytes: usize);
    /// Sets [`max_upload_bytes`](Self::max_upload_bytes).
    with_max_upload_bytes(max_upload_bytes: usize);
    /// Sets [`body_timeout`](Self::body_timeout).
    with_body_timeout(body_timeout: Duration);
    /// Sets [`max_connections`](Self::max_connections).
    with_max_connections(max_connections: usize);
    /// Sets [`idle_timeout`](Self::idle_timeout).
    with_idle_timeout(idle_timeout: Duration);
    /// Sets [`handshake_timeout`](Self::handshake_timeout).
    with_handshake_timeout(handshake_timeout: Duration);
    /// Sets [`drain_timeout`](Self::drain_timeout).
    with_drain_timeout(drain_timeout: Duration);
    /// Sets [`front_end`](Self::front_end).
    with_front_end(front_end: Option<Arc<dyn FrontEnd>>);
    /// Sets [`acs_module`](Self::acs_module).
    with_acs_module(acs_module: Option<PathBuf>);
    /// Sets [`conference`](Self::conference).
    with_conference(conference: Option<Arc<dyn ConferenceSignalling>>);
}

impl HttpConfig {
    /// Puts a template of one's own in the place of the built-in one of this name.
    #[must_use]
    pub fn with_template(mut self, name: impl Into<String>, source: impl Into<String>) -> Self {
        self.templates.push((name.into(), source.into()));
        self
    }
}
