//! What a client is told when a request fails.

use std::borrow::Cow;
use std::time::Duration;

use http::header::{ALLOW, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, Method, StatusCode};
use serde::Serialize;
use serde_json::Value;
use vnet_core::{Error, ErrorKind, FieldError};

use crate::api::{FieldErrors, Problem};
use crate::audit::TooSoon;

/// A failed request: a status, a sentence, and what else the answer carries.
#[derive(Debug)]
pub(crate) struct HttpError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    status: StatusCode,
    detail: Cow<'static, str>,
    code: Option<&'static str>,
    body: Option<Value>,
    fields: Vec<FieldError>,
    retry_after: Option<Duration>,
    allow: Option<&'static str>,
    cause: Option<Error>,
    too_soon: Option<TooSoon>,
}

impl HttpError {
    /// An answer of `status` with a sentence for the client.
    pub(crate) fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            status,
            detail: detail.into(),
            code: None,
            body: None,
            fields: Vec::new(),
            retry_after: None,
            allow: None,
            cause: None,
            too_soon: None,
        }))
    }

    /// 400.
    pub(crate) fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 401; `WWW-Authenticate: Token` is added on the addresses of the API.
    pub(crate) fn unauthenticated(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    /// 403.
    pub(crate) fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// 404.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found.")
    }

    /// 405; `allow` is the list of methods that are allowed.
    pub(crate) fn method_not_allowed(method: &Method, allow: &'static str) -> Self {
        let mut error = Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            format!("Method \"{method}\" not allowed."),
        );
        error.0.allow = Some(allow);
        error
    }

    /// 429 by a limit of this server.
    pub(crate) fn too_many(wait: Duration, refused: TooSoon) -> Self {
        let seconds = wait.as_secs_f64().ceil().max(1.0);
        let mut error = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            format!("Too many requests. Try again in {seconds} seconds."),
        );
        error.0.code = Some("rate_limited");
        error.0.too_soon = Some(refused);
        error.0.retry_after = Some(wait);
        error
    }

    /// Replaces the JSON body.
    pub(crate) fn with_body(mut self, body: &impl Serialize) -> Self {
        self.0.body = serde_json::to_value(body).ok();
        self
    }

    /// The status.
    pub(crate) fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The sentence for the client.
    pub(crate) fn detail(&self) -> &str {
        &self.0.detail
    }

    /// How long to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// What lies behind it, for the log.
    pub(crate) fn cause(&self) -> Option<&Error> {
        self.0.cause.as_ref()
    }

    /// Which limit of this server it was, for the log.
    pub(crate) fn too_soon(&self) -> Option<TooSoon> {
        self.0.too_soon
    }

    /// The body for clients of the API.
    pub(crate) fn json(&self) -> Value {
        if let Some(body) = &self.0.body {
            return body.clone();
        }
        let json = match self.0.fields.is_empty() {
            true => serde_json::to_value(Problem {
                detail: &self.0.detail,
                code: self.0.code,
            }),
            false => serde_json::to_value(FieldErrors::of(&self.0.fields)),
        };
        json.unwrap_or_default()
    }

    /// Adds the headers that belong to it.
    pub(crate) fn add_headers(&self, headers: &mut HeaderMap, is_api: bool) {
        if let Some(wait) = self.0.retry_after {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        if let Some(allow) = self.0.allow {
            headers.insert(ALLOW, HeaderValue::from_static(allow));
        }
        if is_api && self.0.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Token"));
        }
    }
}

impl From<Error> for HttpError {
    fn from(error: Error) -> Self {
        let status = match error.kind() {
            ErrorKind::InvalidInput => StatusCode::BAD_REQUEST,
            ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
            ErrorKind::PermissionDenied => StatusCode::FORBIDDEN,
            ErrorKind::NotFound => StatusCode::NOT_FOUND,
            ErrorKind::AlreadyExists | ErrorKind::Conflict => StatusCode::CONFLICT,
            ErrorKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            ErrorKind::Unsupported => StatusCode::NOT_IMPLEMENTED,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        // What went wrong inside is for the log alone.
        let detail = match error.kind() {
            ErrorKind::Unavailable => {
                "The server cannot do this now. Try again in a moment.".into()
            }
            ErrorKind::Internal => "Something went wrong on the server.".into(),
            _ => error.message().to_owned(),
        };
        let mut http = Self::new(status, detail);
        http.0.code = Some(error.code());
        http.0.fields = error.fields().to_vec();
        http.0.retry_after = match error.kind() {
            ErrorKind::RateLimited | ErrorKind::Unavailable => {
                Some(error.retry_after().unwrap_or(Duration::from_secs(5)))
            }
            _ => None,
        };
        http.0.cause = Some(error);
        http
    }
}
