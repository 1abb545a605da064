//! Which pages may act with a user's cookie.
//!
//! Browsers say where a request comes from: in `Sec-Fetch-Site` on secure origins, in `Origin` on every
//! request that is not a plain read. So no token has to travel through forms:
//!
//! - `Sec-Fetch-Site: same-origin`, and `none` (typed, a bookmark), are let through;
//! - `cross-site` and `same-site` (a sibling host, another port) are refused unless the origin is
//!   one of [`HttpConfig::allowed_origins`](crate::HttpConfig);
//! - without it, `Origin` must be this host and port, or an allowed one; `null` is refused;
//! - without both, `Referer` decides if it is there;
//! - without all three it is no browser, which alone attaches cookies unasked: let through.
//!
//! # Source
//! Fetch Metadata Request Headers (W3C), section 2.1; RFC 6454, section 7; RFC 6455, section 10.2.

use http::header::{HeaderName, ORIGIN, REFERER};

use crate::context::Ctx;
use crate::error::HttpError;

static SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets a request through that changes something with a cookie.
///
/// # Errors
/// 403: another site's page sent it.
pub(crate) fn check_write(ctx: &Ctx) -> Result<(), HttpError> {
    if allows(ctx, true) {
        Ok(())
    } else {
        Err(HttpError::forbidden(
            "CSRF Failed: the request comes from a page of another site.",
        ))
    }
}

/// Lets a WebSocket handshake through.
///
/// # Errors
/// 403: another site's page sent it.
pub(crate) fn check_socket(ctx: &Ctx) -> Result<(), HttpError> {
    if allows(ctx, false) {
        Ok(())
    } else {
        Err(HttpError::forbidden(
            "The connection comes from a page of another site.",
        ))
    }
}

fn allows(ctx: &Ctx, with_referer: bool) -> bool {
    let headers = &ctx.parts.headers;
    let origin = headers
        .get(ORIGIN)
        .map(|value| value.to_str().unwrap_or("null"));
    if origin.is_some_and(|origin| is_listed(ctx, origin)) {
        return true;
    }
    let site = headers.get(&SEC_FETCH_SITE).map(|value| value.as_bytes());
    match (site, origin) {
        // A proxy may have changed the host on the way: the browser itself knows best.
        (Some(b"same-origin"), _) | (Some(b"none"), None) => true,
        (Some(b"cross-site" | b"same-site"), _) => false,
        (_, Some(origin)) => is_own(ctx, origin),
        (_, None) if with_referer => match headers.get(REFERER).map(|value| value.to_str()) {
            None => true,
            Some(Ok(referer)) => {
                is_own(ctx, origin_of(referer)) || is_listed(ctx, origin_of(referer))
            }
            Some(Err(_no_text)) => false,
        },
        (_, None) => true,
    }
}

/// Scheme, host and port of a URL.
fn origin_of(url: &str) -> &str {
    let Some(host_start) = url.find("://").map(|at| at + 3) else {
        return "null";
    };
    let end = url[host_start..].find(['/', '?', '#']);
    &url[..end.map_or(url.len(), |end| host_start + end)]
}

fn is_listed(ctx: &Ctx, origin: &str) -> bool {
    let mut allowed = ctx.app.config.allowed_origins.iter();
    allowed.any(|url| url.as_str().eq_ignore_ascii_case(origin))
}

/// Whether an origin is this host and port. The scheme is not compared: a proxy that ends TLS does not
/// always tell, and both schemes on one host and port are one server.
fn is_own(ctx: &Ctx, origin: &str) -> bool {
    let own = ctx.config_origin();
    same_authority(origin, ctx.used_host()) || own.is_some_and(|own| same_host(own, origin))
}

fn same_host(a: &str, b: &str) -> bool {
    match a.split_once("://") {
        Some((_, host)) => same_authority(b, host),
        None => false,
    }
}

fn same_authority(origin: &str, host: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false;
    };
    let port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    let bare = |text| str::strip_suffix(text, port).unwrap_or(text).to_owned();
    !authority.is_empty() && bare(authority).eq_ignore_ascii_case(&bare(host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hosts_and_ports_are_compared() {
        for (origin, host) in [
            ("http://a.example", "a.example"),
            ("https://A.example", "a.EXAMPLE:443"),
            ("http://a.example:8000", "a.example:8000"),
            ("http://[::1]:8000", "[::1]:8000"),
        ] {
            assert!(same_authority(origin, host), "{origin} {host}");
        }
        for (origin, host) in [
            ("null", "null"),
            ("http://", ""),
            ("http://a.example:8001", "a.example:8000"),
            ("http://b.example", "a.example"),
            ("http://a.example.evil", "a.example"),
            ("file://a.example", "a.example"),
            ("https://a.example", "a.example:80"),
        ] {
            assert!(!same_authority(origin, host), "{origin} {host}");
        }
    }

    #[test]
    fn a_url_has_an_origin() {
        assert_eq!(origin_of("https://a.b:1/c?d"), "https://a.b:1");
        assert_eq!(origin_of("https://a.b?x://y"), "https://a.b");
        assert_eq!(origin_of("nonsense"), "null");
    }

    proptest! {
        #[test]
        fn any_text_is_compared(origin in "\\PC{0,30}", host in "\\PC{0,30}") {
            let _ = (same_authority(&origin, &host), origin_of(&origin));
        }
    }
}
