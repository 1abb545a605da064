//! The way of one request: address, handler, answer.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue,
    REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::request::Parts;
use http::{Method, StatusCode};
use tracing::Instrument;
use vnet_core::id::UserId;

use crate::app::App;
use crate::body::Payload;
use crate::context::{ClientAddr, Ctx};
use crate::error::HttpError;
use crate::reply::{self, Body, Response};
use crate::request_id::X_REQUEST_ID;
use crate::route::{self, Target};
use crate::{api, audit, media, origin, page, session, static_files, upgrade};

macro_rules! page_policy {
    ($connect:literal) => {
        concat!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; ",
            "font-src 'self'; connect-src 'self'",
            $connect,
            "; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
    };
}

/// What pages may load and do, unless a page says otherwise: nothing from elsewhere, no inline script.
const PAGE_POLICY: HeaderValue = HeaderValue::from_static(page_policy!(""));
/// For everything that is no page: should a browser take it for one, it can do nothing.
const OTHER_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// Answers a request, whatever it is.
pub(crate) async fn handle(
    app: Arc<App>,
    parts: Parts,
    body: Payload,
    client: Option<ClientAddr>,
) -> Response {
    let ctx = Ctx::new(app, parts, client);
    let target = route::find(ctx.path());
    let span = tracing::debug_span!(
        "request",
        request.id = %ctx.id,
        method = %ctx.method(),
        route = target.template(),
    );
    if span.is_disabled() {
        return respond(&ctx, target, body).await;
    }
    async {
        let start = Instant::now();
        let response = respond(&ctx, target, body).await;
        let status = response.status().as_u16();
        let duration_ms = start.elapsed().as_secs_f64() * 1e3;
        tracing::debug!(status, duration_ms, "answered");
        response
    }
    .instrument(span)
    .await
}

async fn respond(ctx: &Ctx, target: Target<'_>, body: Payload) -> Response {
    // A bug in one handler is that request's alone.
    let handler: BoxFuture<'_, _> = Box::pin(dispatch(ctx, target, body));
    let result = AssertUnwindSafe(handler).catch_unwind().await;
    let result = result.unwrap_or_else(|_panic| {
        tracing::error!(request.id = %ctx.id, route = target.template(), "a handler panicked");
        Err(HttpError::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong on the server.",
        ))
    });
    conclude(ctx, target, result).await
}

async fn dispatch(ctx: &Ctx, target: Target<'_>, body: Payload) -> Result<Response, HttpError> {
    ctx.check_host()?;
    match target {
        Target::Api(target) => api::dispatch(ctx, target, body).await,
        Target::Page => {
            if !matches!(*ctx.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
                origin::check_write(ctx)?;
            }
            page::dispatch(ctx, body).await
        }
        Target::Socket(code) => upgrade::answer(ctx, code).await,
        Target::MeetingSocket(code) => upgrade::answer_meeting(ctx, code).await,
        Target::ShareSocket(code) => upgrade::answer_share(ctx, code).await,
        Target::WatchSocket => upgrade::answer_watch(ctx),
        Target::WithoutSlash => Ok(with_slash(ctx)),
        Target::UnknownApi => Err(HttpError::not_found()),
        _ if !ctx.is_read() => Err(HttpError::method_not_allowed(ctx.method(), "GET, HEAD")),
        Target::ApiDocument => Ok(ctx.app.api_document.answer(ctx)),
        Target::Health => Ok(reply::text(StatusCode::OK, "ok\n")),
        Target::Ready => ready(ctx).await,
        Target::Picture(file) => media::picture(ctx, file).await,
        Target::DefaultPicture => Ok(media::default_picture(ctx)),
        Target::Static(file) => static_files::file(ctx, file).await,
    }
}

/// Sends to the same address with its slash; methods other than reading are repeated as they are.
fn with_slash(ctx: &Ctx) -> Response {
    let mut location = ctx.url(ctx.path()).replace('=', "%3D");
    location.push('/');
    if let Some(query) = ctx.parts.uri.query() {
        location.push('?');
        location.push_str(query);
    }
    let status = match ctx.is_read() {
        true => StatusCode::MOVED_PERMANENTLY,
        false => StatusCode::PERMANENT_REDIRECT,
    };
    reply::redirect(status, &location)
}

/// Whether the store answers and the server is not about to end.
async fn ready(ctx: &Ctx) -> Result<Response, HttpError> {
    let not_now = |why| Ok(reply::text(StatusCode::SERVICE_UNAVAILABLE, why));
    if ctx.app.signalling.is_stopping() {
        return not_now("shutting down\n");
    }
    match ctx.app.vnet.store().get_user(&UserId::generate()).await {
        Ok(_nobody) => Ok(reply::text(StatusCode::OK, "ready\n")),
        Err(error) => {
            tracing::warn!(%error, "not ready: the store does not answer");
            not_now("the store does not answer\n")
        }
    }
}

/// Makes an answer of what came out, and adds what every answer has.
async fn conclude(ctx: &Ctx, target: Target<'_>, result: Result<Response, HttpError>) -> Response {
    let mut response = match result {
        Ok(response) => response,
        Err(error) => tell(ctx, target, &error).await,
    };
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return response;
    }
    session::renew(ctx, &mut response);
    add_headers(ctx, target, &mut response);
    if *ctx.method() == Method::HEAD {
        let length = HeaderValue::from(response.body().len());
        response.headers_mut().insert(CONTENT_LENGTH, length);
        *response.body_mut() = Body::default();
    }
    response
}

/// The answer to a request that failed.
async fn tell(ctx: &Ctx, target: Target<'_>, error: &HttpError) -> Response {
    let status = error.status();
    if status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED {
        audit::failed(ctx, target.template(), status, error.cause());
    }
    if let Some(refused) = error.too_soon() {
        audit::too_soon(ctx, refused);
    }
    let wants_page = ctx
        .header(ACCEPT)
        .is_some_and(|accept| accept.starts_with("text/html"));
    let for_program = match target {
        // A person who opens an address of the API unsigned is told in words.
        Target::Api(_) => !(wants_page && status == StatusCode::UNAUTHORIZED),
        target => target.is_for_programs(),
    };
    let mut response = if for_program {
        reply::json(status, &error.json()).unwrap_or_else(|_error| reply::empty(status))
    } else {
        let page: BoxFuture<'_, _> = Box::pin(page::error(ctx, error));
        let page = AssertUnwindSafe(page).catch_unwind().await;
        page.unwrap_or_else(|_panic| reply::text(status, "Something went wrong.\n"))
    };
    error.add_headers(response.headers_mut(), target.is_for_programs());
    response
}

/// With meetings, pages may open the sockets of meetings by their address as well: to some browsers
/// `'self'` is no other scheme's, and the settings may name another host than the one that was used.
fn page_policy(ctx: &Ctx) -> HeaderValue {
    if ctx.app.config.conference.is_none() {
        return PAGE_POLICY;
    }
    let policy = format!(page_policy!(" {}"), ctx.ws_origin());
    // A host that is no header value was refused before.
    HeaderValue::try_from(policy).unwrap_or(PAGE_POLICY)
}

fn add_headers(ctx: &Ctx, target: Target<'_>, response: &mut Response) {
    let headers = response.headers_mut();
    let is_page = headers
        .get(CONTENT_TYPE)
        .is_some_and(|mime| mime.as_bytes().starts_with(b"text/html"));
    headers.insert(X_REQUEST_ID, ctx.id.header());
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    let policy = if is_page {
        page_policy(ctx)
    } else {
        OTHER_POLICY
    };
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(policy);
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, reply::NO_STORE);
        let vary = match target {
            Target::Api(_) => "Accept, Cookie",
            _ => "Cookie",
        };
        headers.insert(VARY, HeaderValue::from_static(vary));
    }
}
