//! Answers: bodies, errors, and the headers of the real service.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use serde_json::json;

use crate::emulator::route::API_VERSIONS;

/// Why a body breaks off: on purpose.
#[derive(Debug, thiserror::Error)]
#[error("dropped on demand")]
pub(crate) struct Dropped;

/// The body of every answer.
pub(crate) type ReplyBody = BoxBody<Bytes, Dropped>;

/// A refusal as the service words it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) target: Option<&'static str>,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            target: None,
        }
    }

    pub(crate) fn validation(target: &'static str, message: impl Into<String>) -> Self {
        Self {
            target: Some(target),
            ..Self::new(StatusCode::BAD_REQUEST, "ValidationError", message)
        }
    }

    pub(crate) fn denied() -> Self {
        let message = "Denied by the resource provider.";
        Self::new(StatusCode::UNAUTHORIZED, "Denied", message)
    }

    pub(crate) fn content_hash() -> Self {
        let message = "Request 'x-ms-content-sha256' differs from generated content hash.";
        Self::new(StatusCode::UNAUTHORIZED, "Denied", message)
    }

    pub(crate) fn into_reply(self) -> Response<ReplyBody> {
        let mut error = json!({ "code": self.code, "message": self.message });
        if let Some(target) = self.target {
            error["target"] = target.into();
        }
        let body = Bytes::from(json!({ "error": error }).to_string());
        // The real service sends errors chunked; so a body of unknown length.
        let body = Pieces::new([Ok(body)]).boxed();
        reply(self.status, "application/json", body)
    }
}

/// An answer with a known body.
pub(crate) fn full(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<ReplyBody> {
    let body = Full::new(body.into()).map_err(never).boxed();
    reply(status, content_type, body)
}

/// A good JSON answer.
pub(crate) fn json_reply(status: StatusCode, body: &serde_json::Value) -> Response<ReplyBody> {
    full(status, "application/json; charset=utf-8", body.to_string())
}

/// A good answer without body.
pub(crate) fn no_content() -> Response<ReplyBody> {
    let mut response = Response::new(Full::new(Bytes::new()).map_err(never).boxed());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// A 429 or 503, with the wait that was ordered.
pub(crate) fn with_retry_after(
    mut response: Response<ReplyBody>,
    retry_after: Option<&str>,
) -> Response<ReplyBody> {
    if let Some(Ok(value)) = retry_after.map(HeaderValue::from_str) {
        response.headers_mut().insert(RETRY_AFTER, value);
    }
    response
}

/// `response` with its body cut off after some bytes.
pub(crate) fn truncated(response: Response<ReplyBody>) -> Response<ReplyBody> {
    let (parts, _) = response.into_parts();
    let pieces = [Ok(Bytes::from_static(b"{\"token\":\"")), Err(Dropped)];
    Response::from_parts(parts, Pieces::new(pieces).boxed())
}

/// Adds what the real service puts on every answer.
pub(crate) fn decorate(response: &mut Response<ReplyBody>, request_id: Option<&HeaderValue>) {
    let cv = uuid::Uuid::new_v4().simple().to_string();
    let headers = response.headers_mut();
    let versions = HeaderValue::from_str(&API_VERSIONS.join(", "));
    headers.insert(
        "api-supported-versions",
        versions.expect("versions are ASCII"),
    );
    let cv = HeaderValue::from_str(&format!("{}.0", &cv[..22]));
    headers.insert("ms-cv", cv.expect("hexadecimal digits are ASCII"));
    headers.insert("x-processing-time", HeaderValue::from_static("1ms"));
    headers.insert("x-cache", HeaderValue::from_static("CONFIG_NOCACHE"));
    if let Some(id) = request_id {
        headers.insert("x-ms-client-request-id", id.clone());
    }
}

fn reply(status: StatusCode, content_type: &'static str, body: ReplyBody) -> Response<ReplyBody> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

fn never(error: Infallible) -> Dropped {
    match error {}
}

/// A body in pieces, of a length that nobody knows beforehand.
struct Pieces(std::vec::IntoIter<Result<Bytes, Dropped>>);

impl Pieces {
    fn new<const N: usize>(pieces: [Result<Bytes, Dropped>; N]) -> Self {
        Self(Vec::from(pieces).into_iter())
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Dropped;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Dropped>>> {
        Poll::Ready(self.0.next().map(|piece| piece.map(Frame::data)))
    }
}
