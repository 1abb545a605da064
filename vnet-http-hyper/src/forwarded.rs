//! What trusted proxies say about a request.
//!
//! # Source
//! RFC 7239 (`Forwarded`), and the older `X-Forwarded-For`, `-Proto` and `-Host`.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use http::header::{FORWARDED, HeaderName};

use crate::address::TrustedProxy;

static X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
static X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
static X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// What is known about where a request comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The nearest address that is no trusted proxy's.
    pub(crate) client: IpAddr,
    /// Whether the browser used `https`.
    pub(crate) secure: bool,
    /// The host the browser used, where a proxy told.
    pub(crate) host: Option<String>,
}

/// Reads the headers if `peer` is a trusted proxy.
pub(crate) fn resolve(
    peer: IpAddr,
    secure: bool,
    headers: &HeaderMap,
    trusted: &[TrustedProxy],
) -> Seen {
    let mut seen = Seen {
        client: peer,
        secure,
        host: None,
    };
    let is_trusted = |address: IpAddr| trusted.iter().any(|proxy| proxy.contains(address));
    if trusted.is_empty() || !is_trusted(peer) {
        return seen;
    }
    let by_rfc = headers.contains_key(FORWARDED);
    let hops = if by_rfc {
        forwarded_hops(headers)
    } else {
        x_forwarded_hops(headers)
    };
    // The last hop was written by the proxy that we talk to: what it says about scheme and host counts.
    if let Some(last) = hops.last() {
        if let Some(secure) = last.secure {
            seen.secure = secure;
        }
        seen.host.clone_from(&last.host);
    }
    // From our side to the client, as long as those who speak are trusted.
    for hop in hops.iter().rev() {
        let Some(address) = hop.client else { break };
        seen.client = address;
        if !is_trusted(address) {
            break;
        }
    }
    seen
}

#[derive(Default)]
struct Hop {
    client: Option<IpAddr>,
    secure: Option<bool>,
    host: Option<String>,
}

fn x_forwarded_hops(headers: &HeaderMap) -> Vec<Hop> {
    let addresses = list(headers, &X_FORWARDED_FOR);
    let mut hops: Vec<Hop> = addresses
        .map(|text| Hop {
            client: address(text),
            ..Hop::default()
        })
        .collect();
    let secure = list(headers, &X_FORWARDED_PROTO).last().and_then(scheme);
    let host = list(headers, &X_FORWARDED_HOST).last().and_then(host);
    if secure.is_some() || host.is_some() {
        if hops.is_empty() {
            hops.push(Hop::default());
        }
        if let Some(last) = hops.last_mut() {
            (last.secure, last.host) = (secure, host);
        }
    }
    hops
}

fn forwarded_hops(headers: &HeaderMap) -> Vec<Hop> {
    list(headers, &FORWARDED)
        .map(|element| {
            let mut hop = Hop::default();
            for pair in element.split(';') {
                let Some((name, value)) = pair.split_once('=') else {
                    continue;
                };
                let value = value.trim().trim_matches('"');
                match name.trim() {
                    name if name.eq_ignore_ascii_case("for") => hop.client = address(value),
                    name if name.eq_ignore_ascii_case("proto") => hop.secure = scheme(value),
                    name if name.eq_ignore_ascii_case("host") => hop.host = host(value),
                    _ => {}
                }
            }
            hop
        })
        .collect()
}

/// The elements of a list header, over all its lines. Commas in quotes do not occur in addresses.
fn list<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
}

fn scheme(text: &str) -> Option<bool> {
    match text {
        text if text.eq_ignore_ascii_case("https") || text.eq_ignore_ascii_case("wss") => {
            Some(true)
        }
        text if text.eq_ignore_ascii_case("http") || text.eq_ignore_ascii_case("ws") => Some(false),
        _ => None,
    }
}

fn host(text: &str) -> Option<String> {
    is_host(text.as_bytes()).then(|| text.to_owned())
}

/// An address with or without port, IPv6 with or without brackets.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    text.parse::<IpAddr>()
        .ok()
        .or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
        .or_else(|| {
            let inner = text.strip_prefix('[')?.strip_suffix(']')?;
            inner.parse().ok()
        })
        .map(|address| address.to_canonical())
}

/// Whether this can be host and port (RFC 9110, section 7.2; names with `_` exist, too).
pub(crate) fn is_host(bytes: &[u8]) -> bool {
    let (name, port) = match bytes.iter().rposition(|byte| *byte == b':') {
        // In brackets the colon belongs to an IPv6 address.
        Some(colon) if !bytes[colon..].contains(&b']') => (&bytes[..colon], &bytes[colon + 1..]),
        _ => (bytes, &[][..]),
    };
    let good_port = port.len() <= 5 && port.iter().all(u8::is_ascii_digit);
    let good_name = match name {
        [b'[', inner @ .., b']'] => inner
            .iter()
            .all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.')),
        name => name
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')),
    };
    good_port && good_name && (1..=255).contains(&name.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use proptest::prelude::*;

    fn seen(peer: &str, headers: &[(&'static str, &str)]) -> (String, bool, Option<String>) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_str(value).unwrap());
        }
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()];
        let seen = resolve(peer.parse().unwrap(), false, &map, &trusted);
        (seen.client.to_string(), seen.secure, seen.host)
    }

    #[test]
    fn strangers_are_not_believed() {
        let headers = [
            ("x-forwarded-for", "1.1.1.1"),
            ("x-forwarded-proto", "https"),
            ("forwarded", "for=1.1.1.1;proto=https;host=evil.example"),
        ];
        assert_eq!(seen("9.9.9.9", &headers), ("9.9.9.9".into(), false, None));
    }

    #[test]
    fn the_client_is_the_nearest_untrusted_address() {
        let headers = [
            ("x-forwarded-for", "6.6.6.6, 1.2.3.4"),
            ("x-forwarded-for", "10.9.9.9"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "meet.example.org:8443"),
        ];
        assert_eq!(
            seen("10.0.0.1", &headers),
            ("1.2.3.4".into(), true, Some("meet.example.org:8443".into()))
        );
    }

    #[test]
    fn the_standard_header_comes_first() {
        let headers = [
            (
                "forwarded",
                r#"for=6.6.6.6, for="[2001:db8::1]:4711";proto=https;host="a.example""#,
            ),
            ("x-forwarded-for", "7.7.7.7"),
        ];
        assert_eq!(
            seen("::1", &headers),
            ("2001:db8::1".into(), true, Some("a.example".into()))
        );
    }

    #[test]
    fn nonsense_ends_the_chain() {
        let headers = [("x-forwarded-for", "1.1.1.1, unknown, 10.1.1.1")];
        assert_eq!(seen("10.0.0.1", &headers).0, "10.1.1.1");
        let headers = [("x-forwarded-host", "a/b"), ("x-forwarded-proto", "gopher")];
        assert_eq!(seen("10.0.0.1", &headers), ("10.0.0.1".into(), false, None));
    }

    #[test]
    fn hosts_are_names_or_addresses() {
        for good in ["a", "a.b:80", "[::1]:8000", "127.0.0.1", "my_host", "[::1]"] {
            assert!(is_host(good.as_bytes()), "{good}");
        }
        for bad in [
            "", ":80", "a/b", "a b", "a:123456", "a@b", "[::1", "ä", "[x]",
        ] {
            assert!(!is_host(bad.as_bytes()), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_header_is_read(value in "[ -~]{0,60}") {
            let headers = [("forwarded", value.as_str())];
            let _ = seen("10.0.0.1", &headers);
            let headers = [("x-forwarded-for", value.as_str()), ("x-forwarded-host", &value)];
            if let (_, _, Some(host)) = seen("10.0.0.1", &headers) {
                prop_assert!(is_host(host.as_bytes()));
            }
        }
    }
}
