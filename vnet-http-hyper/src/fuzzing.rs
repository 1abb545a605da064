//! The parsers of what clients send, for fuzz targets.

use futures_util::FutureExt;
use http::header::{COOKIE, HeaderValue};

use crate::form::Form;

/// Looks for a session key in a `Cookie` header, and says whether there is one.
#[must_use]
pub fn cookie(bytes: &[u8]) -> bool {
    let Ok(value) = HeaderValue::from_bytes(bytes) else {
        return false;
    };
    let headers = [(COOKIE, value)].into_iter().collect();
    crate::session::key(&headers).is_some()
}

/// Reads an urlencoded form, and says whether it is one.
#[must_use]
pub fn urlencoded(body: &[u8]) -> bool {
    Form::urlencoded(body).is_ok()
}

/// Reads a multipart form with the boundary `X`, and says whether it is one.
///
/// # Panics
/// Never: the whole body is there, so that there is nothing to wait for.
#[must_use]
pub fn multipart(body: &[u8]) -> bool {
    Form::multipart(body.to_vec().into(), "X".to_owned())
        .now_or_never()
        .expect("a body in memory is read at once")
        .is_ok()
}
