//! Making answers.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, LOCATION};
use http::{HeaderMap, StatusCode};
use http_body::{Frame, SizeHint};
use serde::Serialize;

use crate::error::HttpError;

/// An answer of VNET.
pub(crate) type Response = http::Response<Body>;

/// The body of an answer: it is complete in memory, or empty.
#[derive(Clone, Debug, Default)]
pub struct Body(Bytes);

impl Body {
    /// Bytes in the body.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self(bytes.into())
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let bytes = std::mem::take(&mut self.0);
        Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.len() as u64)
    }
}

pub(crate) const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");
pub(crate) const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
/// For everything personal, and everything that carries a token.
pub(crate) const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// An answer of one type.
pub(crate) fn with_type(status: StatusCode, mime: HeaderValue, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    // Room for all that a typical answer carries, so that it does not grow in steps.
    let mut headers = HeaderMap::with_capacity(12);
    headers.insert(CONTENT_TYPE, mime);
    *response.headers_mut() = headers;
    response
}

/// A page. It is not to be stored unless `Cache-Control` is set to something else.
pub(crate) fn html(status: StatusCode, page: String) -> Response {
    with_type(status, HTML, page)
}

/// Plain text.
pub(crate) fn text(status: StatusCode, text: &'static str) -> Response {
    with_type(status, TEXT, text)
}

/// `value` as JSON.
///
/// # Errors
/// 500 if it cannot be written as JSON.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Result<Response, HttpError> {
    let mut body = Vec::with_capacity(512);
    serde_json::to_writer(&mut body, value)
        .map_err(|error| vnet_core::Error::internal("an answer that is no JSON", error))?;
    Ok(with_type(status, JSON, body))
}

/// Nothing, with a status.
pub(crate) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::default());
    *response.status_mut() = status;
    response
}

/// 302: look there instead. `location` is a path of this host with the prefix, or a URL.
pub(crate) fn found(location: &str) -> Response {
    redirect(StatusCode::FOUND, location)
}

/// 303: look there with GET.
pub(crate) fn see_other(location: &str) -> Response {
    redirect(StatusCode::SEE_OTHER, location)
}

/// A redirect; to `/` should `location` have characters that no header takes.
pub(crate) fn redirect(status: StatusCode, location: &str) -> Response {
    let mut response = empty(status);
    let location =
        HeaderValue::from_str(location).unwrap_or_else(|_no_header| HeaderValue::from_static("/"));
    response.headers_mut().insert(LOCATION, location);
    response
}

/// Says that nobody may keep this answer.
pub(crate) fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, NO_STORE);
    response
}
