//! Reading bodies: never more than allowed, never longer than allowed.

use std::error::Error as StdError;
use std::fmt;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http_body::Body as _;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::context::Ctx;
use crate::error::HttpError;
use crate::form::Form;

type BoxError = Box<dyn StdError + Send + Sync>;

/// The body of a request, not read yet.
pub(crate) enum Payload {
    /// There is none.
    Empty,
    /// Something is to be read.
    Stream(UnsyncBoxBody<Bytes, BoxError>),
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "Payload::Empty",
            Self::Stream(_) => "Payload::Stream",
        })
    }
}

impl Payload {
    pub(crate) fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        if body.is_end_stream() {
            Self::Empty
        } else {
            Self::Stream(body.map_err(Into::into).boxed_unsync())
        }
    }

    /// Reads at most `max` bytes.
    ///
    /// # Errors
    /// 413: there is more. 408: it takes too long. 400: it breaks off, or is no proper body.
    pub(crate) async fn read(self, ctx: &Ctx, max: usize) -> Result<Bytes, HttpError> {
        let Self::Stream(body) = self else {
            return Ok(Bytes::new());
        };
        let announced = ctx
            .header(CONTENT_LENGTH)
            .and_then(|text| text.parse::<u64>().ok());
        if announced.is_some_and(|length| length > max as u64)
            || body.size_hint().lower() > max as u64
        {
            return Err(too_large(max));
        }
        // Boxed, so that the type of what reads does not become part of every handler's.
        let read: BoxFuture<'static, _> = Box::pin(Limited::new(body, max).collect());
        match tokio::time::timeout(ctx.app.config.body_timeout, read).await {
            Ok(Ok(body)) => Ok(body.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(max)),
            Ok(Err(error)) => {
                tracing::debug!(%error, "a body broke off");
                Err(HttpError::bad_request(
                    "The request body could not be read.",
                ))
            }
            Err(_elapsed) => Err(HttpError::new(
                StatusCode::REQUEST_TIMEOUT,
                "The request body did not arrive in time.",
            )),
        }
    }

    /// Reads a form in either of the two encodings that browsers send.
    ///
    /// # Errors
    /// As [`read`](Self::read). 415: another content type. 400: no such form.
    pub(crate) async fn form(self, ctx: &Ctx, max: usize) -> Result<Form, HttpError> {
        match kind(ctx) {
            // A form without any field may come without a type.
            Kind::Missing => match self.read(ctx, max).await?.is_empty() {
                true => Ok(Form::default()),
                false => Err(unsupported(ctx)),
            },
            Kind::Urlencoded => Form::urlencoded(&self.read(ctx, max).await?),
            Kind::Multipart(boundary) => {
                let body = self.read(ctx, max).await?;
                Form::multipart(body, boundary).await
            }
            Kind::Json | Kind::Other => Err(unsupported(ctx)),
        }
    }
}

fn too_large(max: usize) -> HttpError {
    HttpError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        format!("The request body is larger than {max} bytes."),
    )
}

/// 415 in the words of the contract.
pub(crate) fn unsupported(ctx: &Ctx) -> HttpError {
    let mime: String = ctx
        .header(CONTENT_TYPE)
        .unwrap_or_default()
        .chars()
        .take(100)
        .collect();
    HttpError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        format!("Unsupported media type \"{mime}\" in request."),
    )
}

/// What a body says it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It does not say.
    Missing,
    Json,
    Urlencoded,
    /// With its boundary.
    Multipart(String),
    Other,
}

/// What the body of a request says it is.
pub(crate) fn kind(ctx: &Ctx) -> Kind {
    match ctx.parts.headers.get(CONTENT_TYPE) {
        None => Kind::Missing,
        Some(value) => value.to_str().map_or(Kind::Other, kind_of),
    }
}

fn kind_of(content_type: &str) -> Kind {
    let mime = content_type.split(';').next().unwrap_or_default().trim();
    if mime.is_empty() {
        Kind::Missing
    } else if mime.eq_ignore_ascii_case("application/json") {
        Kind::Json
    } else if mime.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        Kind::Urlencoded
    } else if mime.eq_ignore_ascii_case("multipart/form-data") {
        multer::parse_boundary(content_type).map_or(Kind::Other, Kind::Multipart)
    } else {
        Kind::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn types_are_told_apart() {
        assert_eq!(kind_of("Application/JSON; charset=utf-8"), Kind::Json);
        assert_eq!(
            kind_of("application/x-www-form-urlencoded"),
            Kind::Urlencoded
        );
        assert_eq!(
            kind_of("multipart/form-data; boundary=\"a b\""),
            Kind::Multipart("a b".into())
        );
        assert_eq!(kind_of("multipart/form-data"), Kind::Other);
        assert_eq!(kind_of("text/plain"), Kind::Other);
        assert_eq!(kind_of(" "), Kind::Missing);
    }

    proptest! {
        #[test]
        fn any_type_is_read(text in "(multipart/form-data; ?)?[ -~]{0,40}") {
            let _ = kind_of(&text);
        }
    }
}
