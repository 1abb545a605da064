//! Connection strings and endpoints.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use url::{Host, Url};
use vnet_core::{Error, FieldError, Result};

use crate::signing::AccessKey;

/// Where the resource is and the key to it, as the portal hands them out:
/// `endpoint=https://NAME.communication.azure.com/;accesskey=BASE64`.
///
/// Split at `;` and at the first `=`; names in any case and any order, blanks around names and
/// values dropped, empty segments and unknown names ignored. Each of the two names must be there
/// exactly once and not be empty. Plain `http` is taken for loopback hosts only.
///
/// `Debug` shows the endpoint and never the key.
#[derive(Clone, Debug)]
pub struct ConnectionString {
    endpoint: Endpoint,
    key: AccessKey,
}

impl ConnectionString {
    /// Reads a connection string.
    ///
    /// # Errors
    /// `InvalidInput` naming the part that is wrong (`connection_string`, `endpoint` or
    /// `accesskey`), never repeating any of the text.
    ///
    /// # Examples
    /// ```
    /// let text = "endpoint=https://contoso.communication.azure.com/;accesskey=c2VjcmV0";
    /// let parsed = vnet_acs::ConnectionString::parse(text)?;
    /// assert_eq!(parsed.endpoint(), "https://contoso.communication.azure.com");
    /// # Ok::<(), vnet_core::Error>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self> {
        let (mut endpoint, mut key) = (None, None);
        for segment in text.split(';') {
            if segment.trim().is_empty() {
                continue;
            }
            let Some((name, value)) = segment.split_once('=') else {
                return Err(ParseError::NoValue.into());
            };
            let (name, value) = (name.trim(), value.trim());
            let slot = if name.eq_ignore_ascii_case("endpoint") {
                &mut endpoint
            } else if name.eq_ignore_ascii_case("accesskey") {
                &mut key
            } else {
                continue;
            };
            if slot.replace(value).is_some() {
                return Err(ParseError::Twice.into());
            }
        }
        Ok(Self {
            endpoint: endpoint.ok_or(ParseError::NoEndpoint)?.parse()?,
            key: AccessKey::from_base64(key.ok_or(ParseError::NoKey)?)?,
        })
    }

    /// The endpoint as an origin: scheme, host in lower case, port unless it is the default one.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.endpoint.origin()
    }

    /// Whether the endpoint is plain `http`, which only loopback hosts may be.
    #[must_use]
    pub fn is_insecure(&self) -> bool {
        !self.endpoint.is_https()
    }

    pub(crate) fn into_parts(self) -> (Endpoint, AccessKey) {
        (self.endpoint, self.key)
    }
}

impl FromStr for ConnectionString {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

/// The origin that requests go to: `https`, or `http` to a loopback host.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    base: Url,
    origin: String,
    host: String,
}

impl Endpoint {
    /// Scheme, host and port, without a slash at the end.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// The `Host` header as it is sent and signed.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn is_https(&self) -> bool {
        self.base.scheme() == "https"
    }

    /// The address of `target`, a path with its query, which must be escaped already.
    pub(crate) fn url(&self, target: &str) -> std::result::Result<Url, url::ParseError> {
        self.base.join(target)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

impl FromStr for Endpoint {
    type Err = ParseError;

    fn from_str(text: &str) -> std::result::Result<Self, ParseError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ParseError::NoEndpoint);
        }
        // The URL parser repairs much (back slashes, blanks, missing slashes): a setting that
        // needs repair is more likely a mistake.
        let rest = ["https://", "http://"]
            .iter()
            .find_map(|scheme| {
                let head = text.get(..scheme.len())?;
                head.eq_ignore_ascii_case(scheme)
                    .then(|| &text[scheme.len()..])
            })
            .ok_or(ParseError::NotAnUrl)?;
        let odd = |c: char| c.is_control() || c.is_whitespace() || c == '\\';
        if rest.starts_with('/') || rest.contains(odd) {
            return Err(ParseError::NotAnUrl);
        }
        let base = Url::parse(text).map_err(ParseError::from_url)?;
        let bare = base.path() == "/"
            && base.query().is_none()
            && base.fragment().is_none()
            && !rest.contains('@');
        if !bare {
            return Err(ParseError::NotAnOrigin);
        }
        let host = match (base.host_str(), base.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (Some(host), None) => host.to_owned(),
            (None, _) => return Err(ParseError::NotAnUrl),
        };
        if base.scheme() == "http" && !is_loopback(&base) {
            return Err(ParseError::Insecure);
        }
        let origin = format!("{}://{host}", base.scheme());
        Ok(Self { base, origin, host })
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => Ipv4Addr::is_loopback(&address),
        Some(Host::Ipv6(address)) => {
            Ipv6Addr::is_loopback(&address)
                || address.to_ipv4_mapped().is_some_and(|v4| v4.is_loopback())
        }
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// What is wrong with a connection string. Carries nothing of its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ParseError {
    #[error("a segment is no name=value pair")]
    NoValue,
    #[error("endpoint or accesskey is there twice")]
    Twice,
    #[error("no endpoint")]
    NoEndpoint,
    #[error("no accesskey")]
    NoKey,
    #[error("the endpoint is no http or https URL")]
    NotAnUrl,
    #[error("the endpoint has a path, query, fragment or user name")]
    NotAnOrigin,
    #[error("plain http is only for loopback hosts")]
    Insecure,
    #[error("the accesskey is not base64")]
    NotBase64,
}

impl ParseError {
    fn from_url(_: url::ParseError) -> Self {
        Self::NotAnUrl
    }

    const fn field(self) -> &'static str {
        match self {
            Self::NoValue | Self::Twice => "connection_string",
            Self::NoEndpoint | Self::NotAnUrl | Self::NotAnOrigin | Self::Insecure => "endpoint",
            Self::NoKey | Self::NotBase64 => "accesskey",
        }
    }
}

impl From<ParseError> for Error {
    fn from(error: ParseError) -> Self {
        let form = "endpoint=https://NAME.communication.azure.com/;accesskey=BASE64";
        let message = format!("{error}; right is {form}");
        Self::new(
            vnet_core::ErrorKind::InvalidInput,
            "bad_acs_settings",
            message.clone(),
        )
        .with_fields(vec![FieldError::new(error.field(), message)])
        .with_source(error)
    }
}

#[cfg(test)]
#[path = "connection/tests.rs"]
mod tests;
