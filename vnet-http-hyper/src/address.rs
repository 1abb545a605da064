//! Addresses in the settings: where VNET is mounted, how the world sees it, whom it believes.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use url::Url;
use vnet_core::{Error, ErrorKind};

fn invalid(code: &'static str, message: String) -> Error {
    Error::new(ErrorKind::InvalidInput, code, message)
}

/// The path that VNET is mounted under inside another application: empty, or like `/vnet-app`.
///
/// Requests may come with the prefix or without it, since some frameworks strip it on the way.
///
/// # Examples
/// ```
/// use vnet_http_hyper::PathPrefix;
///
/// assert_eq!("/vnet-app/".parse::<PathPrefix>()?.as_str(), "/vnet-app");
/// assert_eq!("/".parse::<PathPrefix>()?.as_str(), "");
/// assert!("/meet".parse::<PathPrefix>().is_err());
/// # Ok::<(), vnet_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PathPrefix(String);

impl PathPrefix {
    /// First segments of VNET's own addresses, which a prefix could not be told from.
    const OWN: [&'static str; 9] = [
        "account", "admin", "healthz", "help", "media", "meet", "meeting", "readyz", "static",
    ];

    /// The prefix without a slash at its end; empty if there is none.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path that a cookie is for.
    pub(crate) fn cookie_path(&self) -> &str {
        if self.0.is_empty() { "/" } else { &self.0 }
    }

    /// `path` without the prefix, if it has it.
    pub(crate) fn strip<'a>(&self, path: &'a str) -> &'a str {
        match path.strip_prefix(self.0.as_str()) {
            Some(rest) if rest.starts_with('/') => rest,
            _ => path,
        }
    }
}

impl FromStr for PathPrefix {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let fail = |why: &str| {
            let message = format!("`{text}` is no path prefix: {why}; write it like `/vnet-app`");
            Err(invalid("bad_path_prefix", message))
        };
        let path = text.trim_end_matches('/');
        if path.is_empty() {
            return Ok(Self::default());
        }
        let Some(segments) = path.strip_prefix('/') else {
            return fail("it does not begin with `/`");
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
        for segment in segments.split('/') {
            if segment.is_empty() || segment.chars().all(|c| c == '.') {
                return fail("it has an empty segment or dots only");
            }
            if !segment.chars().all(plain) {
                return fail("it has characters other than letters, digits and `-_.~`");
            }
        }
        let first = segments.split('/').next().unwrap_or_default();
        if Self::OWN.contains(&first) || segments.starts_with("vnet/") || segments == "vnet" {
            return fail("it is an address of VNET itself");
        }
        Ok(Self(path.to_owned()))
    }
}

/// The scheme and host under which browsers see this server, when it cannot tell by itself.
///
/// # Examples
/// ```
/// use vnet_http_hyper::PublicUrl;
///
/// assert_eq!("https://meet.example.org/".parse::<PublicUrl>()?.as_str(), "https://meet.example.org");
/// assert!("meet.example.org".parse::<PublicUrl>().is_err());
/// # Ok::<(), vnet_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    text: String,
    secure: bool,
    host_start: usize,
}

impl PublicUrl {
    /// Scheme, host and, unless it is the scheme's own, port; no slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is `https`.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Host and port.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.text[self.host_start..]
    }
}

impl FromStr for PublicUrl {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let fail = |why: String| {
            let message = format!(
                "`{text}` is no public URL: {why}; write it like `https://meet.example.org`"
            );
            Err(invalid("bad_public_url", message))
        };
        let url = match Url::parse(text) {
            Ok(url) => url,
            Err(error) => return fail(error.to_string()),
        };
        if !matches!(url.scheme(), "http" | "https") {
            return fail("the scheme must be `http` or `https`".to_owned());
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return fail("it may have scheme, host and port only".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return fail("it may not carry a name or password".to_owned());
        }
        Ok(Self {
            secure: url.scheme() == "https",
            host_start: url.scheme().len() + "://".len(),
            text: url.origin().ascii_serialization(),
        })
    }
}

/// Proxies whose word on the client's address and scheme is taken: `10.0.0.0/8`, `::1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustedProxy(IpNet);

impl TrustedProxy {
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl FromStr for TrustedProxy {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let network = text.parse::<IpNet>();
        let network = network.or_else(|error| match text.parse::<IpAddr>() {
            Ok(address) => Ok(IpNet::from(address)),
            Err(_no_address) => Err(error),
        });
        network.map(Self).map_err(|_detail| {
            let message = format!(
                "`{text}` is no network of proxies: write it like `10.0.0.0/8`, `::1` or `192.0.2.7`"
            );
            invalid("bad_trusted_proxy", message)
        })
    }
}

impl fmt::Display for TrustedProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_prefix_is_stripped_at_a_segment_only() {
        let prefix: PathPrefix = "/vnet-app".parse().unwrap();
        assert_eq!(prefix.strip("/vnet-app/account/"), "/account/");
        assert_eq!(prefix.strip("/vnet-apple/"), "/vnet-apple/");
        assert_eq!(prefix.strip("/account/"), "/account/");
        assert_eq!(PathPrefix::default().strip("/account/"), "/account/");
        assert_eq!(PathPrefix::default().cookie_path(), "/");
        assert_eq!(prefix.cookie_path(), "/vnet-app");
    }

    #[test]
    fn prefixes_that_could_be_something_else_are_refused() {
        for bad in [
            "x",
            "/a b",
            "/a//b",
            "/..",
            "/meet",
            "/static/x",
            "/vnet",
            "/a?b",
            "/ä",
        ] {
            assert_eq!(
                bad.parse::<PathPrefix>().unwrap_err().code(),
                "bad_path_prefix",
                "{bad}"
            );
        }
    }

    #[test]
    fn a_public_url_is_an_origin() {
        let url: PublicUrl = "HTTPS://Meet.Example.org:443".parse().unwrap();
        assert_eq!(
            (url.as_str(), url.host(), url.is_secure()),
            ("https://meet.example.org", "meet.example.org", true)
        );
        for bad in [
            "",
            "ftp://x",
            "https://",
            "https://a/b",
            "https://u@a",
            "https://a?b",
            "//a",
        ] {
            assert!(bad.parse::<PublicUrl>().is_err(), "{bad}");
        }
    }

    #[test]
    fn proxies_are_networks_or_addresses() {
        let proxy: TrustedProxy = "10.0.0.0/8".parse().unwrap();
        assert!(proxy.contains("10.1.2.3".parse().unwrap()));
        assert!(proxy.contains("::ffff:10.1.2.3".parse().unwrap()));
        assert!(!proxy.contains("11.1.2.3".parse().unwrap()));
        assert!("::1".parse::<TrustedProxy>().is_ok());
        assert!("localhost".parse::<TrustedProxy>().is_err());
        assert!("10.0.0.0/33".parse::<TrustedProxy>().is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,30}") {
            let _ = text.parse::<PathPrefix>();
            let _ = text.parse::<PublicUrl>();
            let _ = text.parse::<TrustedProxy>();
        }
    }
}
