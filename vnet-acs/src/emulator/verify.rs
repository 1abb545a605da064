//! Who sent a request: signatures and bearer tokens.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::Mac as _;
use http::HeaderMap;
use time::OffsetDateTime;
use vnet_core::Secret;

use crate::emulator::builder::Settings;
use crate::emulator::reply::ApiError;
use crate::signing::{content_hash, string_to_sign};

/// A request as it came over the wire.
pub(crate) struct Received<'a> {
    pub(crate) method: &'a str,
    /// The raw target: neither decoded nor normalised.
    pub(crate) target: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

/// The value of a header that is there exactly once.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(first)
}

/// Checks who sent `request`: the content hash, then the signature, then its date. Returns the
/// number of the key, or `None` for a bearer token.
pub(crate) fn verify(
    request: &Received<'_>,
    settings: &Settings,
    now: OffsetDateTime,
) -> Result<Option<usize>, ApiError> {
    let authorization = single(request.headers, "authorization");
    if let Some(token) = authorization.and_then(|value| value.strip_prefix("Bearer ")) {
        let token = Secret::new(token);
        return if settings.bearers.contains(&token) {
            Ok(None)
        } else {
            Err(ApiError::denied())
        };
    }
    let hash = single(request.headers, "x-ms-content-sha256").ok_or(ApiError::denied())?;
    if hash != content_hash(request.body) {
        return Err(ApiError::content_hash());
    }
    let authorization = authorization.ok_or(ApiError::denied())?;
    let (names, signature) = split(authorization).ok_or(ApiError::denied())?;
    let signature = STANDARD.decode(signature).unwrap_or_default();
    let (values, date) = signed_values(request.headers, &names).ok_or(ApiError::denied())?;
    let text = string_to_sign(request.method, request.target, &values);
    // Every key is tried, each in constant time.
    let mut signer = None;
    for (number, (_, key)) in settings.keys.iter().enumerate() {
        if key.mac(&text).verify_slice(&signature).is_ok() {
            signer = Some(number);
        }
    }
    let signer = signer.ok_or(ApiError::denied())?;
    let date = httpdate::parse_http_date(date).map_err(|_no_date| ApiError::denied())?;
    let off = (OffsetDateTime::from(date) - now).unsigned_abs();
    if settings.tolerance.is_some_and(|tolerance| off > tolerance) {
        return Err(ApiError::denied());
    }
    Ok(Some(signer))
}

/// The names of the signed headers and the signature, from `Authorization`.
fn split(authorization: &str) -> Option<(Vec<&str>, &str)> {
    let (scheme, rest) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("HMAC-SHA256") {
        return None;
    }
    let (mut names, mut signature) = (None, None);
    for part in rest.split('&') {
        let (name, value) = part.split_once('=')?;
        match name.trim() {
            "SignedHeaders" => names = Some(value),
            "Signature" => signature = Some(value),
            _ => {}
        }
    }
    Some((names?.split(';').collect(), signature?))
}

/// The values of the signed headers in their order, and the date among them. Date, host and
/// content hash must be signed: a signature over less would be good for other requests too.
fn signed_values<'a>(headers: &'a HeaderMap, names: &[&str]) -> Option<(Vec<&'a str>, &'a str)> {
    let mut values = Vec::with_capacity(names.len());
    let (mut date, mut host, mut hash) = (None, false, false);
    for name in names {
        let value = single(headers, name)?;
        match name.to_ascii_lowercase().as_str() {
            "x-ms-date" => date = Some(value),
            "date" => date = date.or(Some(value)),
            "host" => host = true,
            "x-ms-content-sha256" => hash = true,
            _ => {}
        }
        values.push(value);
    }
    (host && hash).then_some((values, date?))
}

#[cfg(test)]
#[path = "verify/tests.rs"]
mod tests;
