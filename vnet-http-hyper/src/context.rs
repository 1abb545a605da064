//! One request, as handlers see it.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, OnceLock};

use http::header::{HOST, USER_AGENT};
use http::request::Parts;
use http::{HeaderValue, Method};
use vnet_core::accounts::{Authenticated, SessionMeta};
use vnet_core::user::User;

use crate::app::App;
use crate::error::HttpError;
use crate::forwarded::{self, Seen};
use crate::request_id::RequestId;
use crate::session;

/// Where a request comes from: an extension that [`serve`](crate::serve) needs no help for, and
/// that an embedding application puts into each request.
///
/// Without it all clients look like one, so that rate limits hold for all of them together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddr {
    pub(crate) address: IpAddr,
    pub(crate) secure: bool,
}

impl ClientAddr {
    /// The address at the other end of the connection.
    #[must_use]
    pub const fn new(address: IpAddr) -> Self {
        Self {
            address,
            secure: false,
        }
    }

    /// Says whether the connection is encrypted.
    #[must_use]
    pub const fn with_tls(mut self, secure: bool) -> Self {
        self.secure = secure;
        self
    }

    const UNKNOWN: Self = Self::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
}

/// One request and what all requests share.
#[derive(Debug)]
pub(crate) struct Ctx {
    pub(crate) app: Arc<App>,
    pub(crate) parts: Parts,
    pub(crate) id: RequestId,
    seen: Seen,
    auth: OnceLock<Option<Authenticated>>,
}

impl Ctx {
    pub(crate) fn new(app: Arc<App>, parts: Parts, client: Option<ClientAddr>) -> Self {
        let client = client
            .or_else(|| parts.extensions.get::<ClientAddr>().copied())
            .unwrap_or(ClientAddr::UNKNOWN);
        let seen = forwarded::resolve(
            client.address.to_canonical(),
            client.secure,
            &parts.headers,
            &app.config.trusted_proxies,
        );
        Self {
            id: RequestId::of(&parts.headers),
            app,
            parts,
            seen,
            auth: OnceLock::new(),
        }
    }

    /// # Errors
    /// 400 when `Host` is no host or is there twice (RFC 9112, section 3.2).
    pub(crate) fn check_host(&self) -> Result<(), HttpError> {
        let mut hosts = self.parts.headers.get_all(HOST).iter();
        let good = hosts
            .next()
            .is_none_or(|host| forwarded::is_host(host.as_bytes()));
        match good && hosts.next().is_none() {
            true => Ok(()),
            false => Err(HttpError::bad_request("Bad Host header.")),
        }
    }

    /// The path without the prefix, as it was sent (percent-encoded).
    pub(crate) fn path(&self) -> &str {
        self.app.config.path_prefix.strip(self.parts.uri.path())
    }

    /// The method.
    pub(crate) fn method(&self) -> &Method {
        &self.parts.method
    }

    /// Whether this only reads: GET or HEAD.
    pub(crate) fn is_read(&self) -> bool {
        matches!(*self.method(), Method::GET | Method::HEAD)
    }

    /// A header as text, if it is there and is ASCII.
    pub(crate) fn header(&self, name: impl http::header::AsHeaderName) -> Option<&str> {
        self.parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    }

    /// The first value of `name` in the query, decoded.
    pub(crate) fn query(&self, name: &str) -> Option<Cow<'_, str>> {
        let query = self.parts.uri.query()?;
        form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }

    /// The address on this host of a `path` such as `/account/`.
    pub(crate) fn url(&self, path: &str) -> String {
        let prefix = self.app.config.path_prefix.as_str();
        let mut url = String::with_capacity(prefix.len() + path.len());
        url.push_str(prefix);
        url.push_str(path);
        url
    }

    /// Whether the browser came over `https`.
    pub(crate) fn is_secure(&self) -> bool {
        match &self.app.config.public_url {
            Some(url) => url.is_secure(),
            None => self.seen.secure,
        }
    }

    /// Host and port that the browser used.
    pub(crate) fn host(&self) -> &str {
        match &self.app.config.public_url {
            Some(url) => url.host(),
            None => self.used_host(),
        }
    }

    /// Host and port of the request itself, whatever the settings say.
    pub(crate) fn used_host(&self) -> &str {
        if let Some(host) = &self.seen.host {
            return host;
        }
        self.header(HOST)
            .or_else(|| {
                self.parts
                    .uri
                    .authority()
                    .map(|authority| authority.as_str())
            })
            .unwrap_or("localhost")
    }

    /// Scheme and host of the settings, if they say.
    pub(crate) fn config_origin(&self) -> Option<&str> {
        self.app.config.public_url.as_ref().map(|url| url.as_str())
    }

    /// Scheme and host that the browser used: `https://meet.example.org`.
    pub(crate) fn origin(&self) -> String {
        let scheme = if self.is_secure() { "https" } else { "http" };
        format!("{scheme}://{}", self.host())
    }

    /// The origin of WebSocket URLs: `wss://meet.example.org`.
    pub(crate) fn ws_origin(&self) -> String {
        let scheme = if self.is_secure() { "wss" } else { "ws" };
        format!("{scheme}://{}", self.host())
    }

    /// The WebSocket URL of a `path`.
    pub(crate) fn ws_url(&self, path: &str) -> String {
        self.ws_origin() + &self.url(path)
    }

    /// The address of the client; `0.0.0.0` if it is not known.
    pub(crate) fn client(&self) -> IpAddr {
        self.seen.client
    }

    /// Who is signed in by the session cookie. Asked once per request, when first needed.
    ///
    /// # Errors
    /// 503: the store.
    pub(crate) async fn auth(&self) -> Result<Option<&Authenticated>, HttpError> {
        if let Some(known) = self.auth.get() {
            return Ok(known.as_ref());
        }
        let found = session::authenticate(self).await?;
        Ok(self.auth.get_or_init(|| found).as_ref())
    }

    /// The account that is signed in by the session cookie.
    ///
    /// # Errors
    /// 503: the store.
    pub(crate) async fn user(&self) -> Result<Option<&User>, HttpError> {
        Ok(self.auth().await?.map(|auth| &auth.signed_in.user))
    }

    /// Who is signed in, if that was asked for already.
    pub(crate) fn known_auth(&self) -> Option<&Authenticated> {
        self.auth.get().and_then(Option::as_ref)
    }

    /// What is kept about this browser when it signs in.
    pub(crate) fn session_meta(&self) -> SessionMeta {
        let agent = self
            .parts
            .headers
            .get(USER_AGENT)
            .map(HeaderValue::as_bytes);
        let agent = String::from_utf8_lossy(agent.unwrap_or_default());
        SessionMeta {
            user_agent: agent.chars().filter(|c| !c.is_control()).collect(),
            address: if self.client().is_unspecified() {
                String::new()
            } else {
                self.client().to_string()
            },
        }
    }

    /// The address of a user's profile picture on this host.
    pub(crate) fn picture(&self, user: &User) -> String {
        crate::media::picture_path(self.app.config.path_prefix.as_str(), user)
    }
}
