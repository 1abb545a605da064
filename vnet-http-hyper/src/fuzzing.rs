//! The parsers of what strangers send, for the fuzz targets of this repository. Not a part of the API.

use bytes::Bytes;
use http::HeaderMap;
use http::header::{COOKIE, HeaderValue};
use vnet_core::session::SessionKey;

use crate::form::Form;
use crate::session;

/// The session key in a `Cookie` header with these bytes, if a header may have them.
#[must_use]
pub fn cookie(line: &[u8]) -> Option<SessionKey> {
    let mut headers = HeaderMap::new();
    headers.insert(COOKIE, HeaderValue::from_bytes(line).ok()?);
    session::key(&headers)
}

/// What a field of a URL-encoded form says, if the body is one.
#[must_use]
pub fn urlencoded(body: &[u8], field: &str) -> Option<String> {
    Form::urlencoded(body).ok()?.get(field).map(str::to_owned)
}

/// What a field of a multipart form says, if the body is one.
pub async fn multipart(body: Bytes, boundary: &str, field: &str) -> Option<String> {
    let form = Form::multipart(body, boundary.to_owned()).await.ok()?;
    form.get(field).map(str::to_owned)
}
