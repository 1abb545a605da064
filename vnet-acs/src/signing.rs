//! The signature of a request: a pure function of key, request and time.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use vnet_core::Result;
use zeroize::Zeroizing;

use crate::connection::ParseError;

/// An access key of a resource: redacted `Debug`, wiped when dropped.
#[derive(Clone)]
pub struct AccessKey(Zeroizing<Vec<u8>>);

impl AccessKey {
    /// Reads the key as the portal shows it: standard base64 with padding, of any length.
    ///
    /// # Errors
    /// `InvalidInput` if it is empty or not base64; the text is not repeated.
    pub fn from_base64(text: &str) -> Result<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ParseError::NoKey.into());
        }
        let Ok(bytes) = STANDARD.decode(text) else {
            return Err(ParseError::NotBase64.into());
        };
        Ok(Self(Zeroizing::new(bytes)))
    }

    /// HMAC-SHA256 of `text`, ready to be finished or verified.
    pub(crate) fn mac(&self, text: &str) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(text.as_bytes());
        mac
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The three headers that carry a signature.
#[derive(Clone, PartialEq, Eq)]
pub struct Signature {
    /// `x-ms-date`.
    pub date: String,
    /// `x-ms-content-sha256`.
    pub content_hash: String,
    /// `Authorization`.
    pub authorization: String,
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signature")
            .field("date", &self.date)
            .field("content_hash", &self.content_hash)
            .finish_non_exhaustive()
    }
}

/// Signs one request.
///
/// `path_and_query` and `host` are signed as they are and must be exactly what goes on the wire:
/// the raw request target, and the `Host` header in lower case without a default port. `date` is
/// in the form of [`http_date`].
///
/// # Source
/// ACS REST reference, "Sign an HTTP request"; Python and JavaScript clients of 2026.
#[must_use]
pub fn sign(
    key: &AccessKey,
    method: &str,
    path_and_query: &str,
    host: &str,
    date: &str,
    body: &[u8],
) -> Signature {
    let content_hash = content_hash(body);
    let text = string_to_sign(method, path_and_query, &[date, host, &content_hash]);
    let signature = STANDARD.encode(key.mac(&text).finalize().into_bytes());
    Signature {
        date: date.to_owned(),
        content_hash,
        authorization: format!(
            "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
        ),
    }
}

/// The text that is signed: method, target, and the values of the signed headers in their order.
#[must_use]
pub fn string_to_sign(method: &str, path_and_query: &str, values: &[&str]) -> String {
    let method = method.to_ascii_uppercase();
    format!("{method}\n{path_and_query}\n{}", values.join(";"))
}

/// Base64 of the SHA-256 of `body`; no body is zero bytes.
#[must_use]
pub fn content_hash(body: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(body))
}

/// `now` as an HTTP date: `Mon, 05 Jan 2026 03:04:05 GMT`. Moments before 1970 become 1970.
///
/// # Source
/// RFC 9110, section 5.6.7 (IMF-fixdate).
#[must_use]
pub fn http_date(now: OffsetDateTime) -> String {
    let seconds = u64::try_from(now.unix_timestamp()).unwrap_or(0);
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn dates_have_two_digit_days_and_end_in_gmt() {
        let now = datetime!(2026-01-05 04:04:05 +01:00);
        assert_eq!(http_date(now), "Mon, 05 Jan 2026 03:04:05 GMT");
        assert_eq!(
            http_date(datetime!(1950-01-01 0:00 UTC)),
            "Thu, 01 Jan 1970 00:00:00 GMT"
        );
    }

    #[test]
    fn keys_are_strict_base64_and_never_shown() {
        let key = AccessKey::from_base64(" c2VjcmV0 ").unwrap();
        assert_eq!(format!("{key:?}"), "[redacted]");
        for bad in ["", " ", "c2VjcmV", "c2V jcmV0", "c2Vjcm_0", "c2VjcmV0="] {
            let error = AccessKey::from_base64(bad).unwrap_err();
            assert_eq!(error.field(), Some("accesskey"), "{bad}");
        }
    }

    #[test]
    fn no_body_is_the_hash_of_nothing() {
        assert_eq!(
            content_hash(b""),
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        );
    }
}
