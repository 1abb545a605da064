//! From an accepted connection to an answered WebSocket request.

use http::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, ORIGIN, RETRY_AFTER, SEC_WEBSOCKET_VERSION,
};
use http::{Request, Response, StatusCode};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_tungstenite::tungstenite::error::{Error as WsError, ProtocolError};
use tokio_tungstenite::tungstenite::handshake::machine::TryParse;
use tokio_tungstenite::tungstenite::handshake::server::{create_response, write_response};
use vnet_core::{Error, ErrorKind};

use super::{Admitted, Authenticate};
use crate::path::{self, Target};

/// The largest request head, in bytes.
const MAX_HEAD_BYTES: usize = 16 * 1024;
/// What a refused client may still send before it is hung up on, in bytes.
const MAX_REST_BYTES: u64 = 64 * 1024;

/// A connection that was answered with 101.
pub(super) struct Accepted {
    pub(super) target: Target,
    pub(super) admitted: Admitted,
    pub(super) leftover: Vec<u8>,
}

/// Why a request is refused.
struct Refusal {
    status: StatusCode,
    code: &'static str,
    retry_after_secs: Option<u64>,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str) -> Self {
        Self {
            status,
            code,
            retry_after_secs: None,
        }
    }
}

/// Reads the request and answers it: with 101, or with why not. `None`: no WebSocket came of it.
pub(super) async fn accept<S>(
    stream: &mut S,
    authenticate: &dyn Authenticate,
    origins: Option<&[String]>,
) -> Option<Accepted>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let (head, leftover) = read_head(stream).await?;
    match decide(&head, authenticate, origins).await {
        Ok((answer, target, admitted)) => {
            stream.write_all(&answer).await.ok()?;
            stream.flush().await.ok()?;
            Some(Accepted {
                target,
                admitted,
                leftover,
            })
        }
        Err(refusal) => {
            tracing::debug!(
                status = refusal.status.as_u16(),
                code = refusal.code,
                "refused"
            );
            refuse(stream, &refusal).await;
            None
        }
    }
}

/// The request's head, and what was read beyond it. `None` when the client sent none, or one
/// beyond all measure, which is answered here.
async fn read_head<S>(stream: &mut S) -> Option<(Vec<u8>, Vec<u8>)>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut head = Vec::with_capacity(1024);
    let mut searched = 0_usize;
    loop {
        if stream.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
        let found = head[searched..]
            .windows(4)
            .position(|window| window == b"\r\n\r\n");
        let end = found.map_or(head.len(), |found| searched + found + 4);
        if end <= MAX_HEAD_BYTES && found.is_some() {
            let leftover = head.split_off(end);
            return Some((head, leftover));
        }
        searched = head.len().saturating_sub(3);
        if end > MAX_HEAD_BYTES {
            let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
            refuse(stream, &Refusal::new(status, "head_too_large")).await;
            return None;
        }
    }
}

async fn decide(
    head: &[u8],
    authenticate: &dyn Authenticate,
    origins: Option<&[String]>,
) -> Result<(Vec<u8>, Target, Admitted), Refusal> {
    let request = match Request::try_parse(head) {
        Ok(Some((_, request))) => request,
        Ok(None) => return Err(Refusal::new(StatusCode::BAD_REQUEST, "bad_request")),
        Err(error) => return Err(unusable(&error)),
    };
    let target = request
        .uri()
        .path_and_query()
        .filter(|_| request.uri().authority().is_none())
        .and_then(|path| path::parse(path.as_str()))
        .ok_or(Refusal::new(StatusCode::NOT_FOUND, "not_found"))?;
    let response = create_response(&request).map_err(|error| unusable(&error))?;
    if !origin_allowed(&request, origins) {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "foreign_origin"));
    }
    let admitted = authenticate
        .authenticate(&request)
        .await
        .map_err(|error| not_admitted(&error))?;
    let mut answer = Vec::with_capacity(160);
    write_response(&mut answer, &response).map_err(|error| unusable(&error))?;
    Ok((answer, target, admitted))
}

fn origin_allowed(request: &Request<()>, origins: Option<&[String]>) -> bool {
    let Some(allowed) = origins else {
        return true;
    };
    request.headers().get_all(ORIGIN).iter().all(|origin| {
        allowed
            .iter()
            .any(|allowed| allowed.as_bytes().eq_ignore_ascii_case(origin.as_bytes()))
    })
}

/// What is no WebSocket request.
fn unusable(error: &WsError) -> Refusal {
    let (status, code) = match error {
        WsError::Protocol(ProtocolError::WrongHttpMethod) => {
            (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed")
        }
        WsError::Protocol(ProtocolError::WrongHttpVersion) => {
            (StatusCode::HTTP_VERSION_NOT_SUPPORTED, "http_version")
        }
        WsError::Protocol(
            ProtocolError::MissingConnectionUpgradeHeader
            | ProtocolError::MissingUpgradeWebSocketHeader
            | ProtocolError::MissingSecWebSocketVersionHeader,
        ) => (StatusCode::UPGRADE_REQUIRED, "not_a_websocket"),
        WsError::Capacity(_) => (
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "head_too_large",
        ),
        _ => (StatusCode::BAD_REQUEST, "bad_request"),
    };
    Refusal::new(status, code)
}

fn not_admitted(error: &Error) -> Refusal {
    let status = match error.kind() {
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::PermissionDenied => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::InvalidInput => StatusCode::BAD_REQUEST,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => {
            tracing::error!(%error, "authentication failed");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    Refusal {
        retry_after_secs: error.retry_after().map(|wait| wait.as_secs().max(1)),
        ..Refusal::new(status, error.code())
    }
}

/// Answers and hangs up; then reads on for a little, so that the answer is not lost in a reset.
async fn refuse<S>(stream: &mut S, refusal: &Refusal)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let body = format!("{{\"error\":\"{}\"}}", refusal.code);
    let mut response = Response::builder()
        .status(refusal.status)
        .header(CONTENT_TYPE, "application/json")
        .header(CONTENT_LENGTH, body.len())
        .header(CONNECTION, "close");
    if refusal.status == StatusCode::UPGRADE_REQUIRED {
        response = response
            .header(http::header::UPGRADE, "websocket")
            .header(SEC_WEBSOCKET_VERSION, "13");
    }
    if let Some(seconds) = refusal.retry_after_secs {
        response = response.header(RETRY_AFTER, seconds);
    }
    let mut answer = Vec::with_capacity(256);
    let written = response
        .body(())
        .is_ok_and(|response| write_response(&mut answer, &response).is_ok());
    if !written {
        return;
    }
    answer.extend_from_slice(body.as_bytes());
    if stream.write_all(&answer).await.is_ok() && stream.shutdown().await.is_ok() {
        let mut rest = stream.take(MAX_REST_BYTES);
        // Whatever it is, it only has to be out of the way.
        let _ = tokio::io::copy(&mut rest, &mut tokio::io::sink()).await;
    }
}
