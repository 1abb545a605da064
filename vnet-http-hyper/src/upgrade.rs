//! From HTTP to a socket: of a signalling room, of a meeting, or of a share.

mod slot;

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::header::{
    CONNECTION, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{Extensions, HeaderMap, Method, Request, StatusCode, Version};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto::upgrade::downcast;
use tokio::io::BufReader;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
#[cfg(feature = "tls")]
use tokio_rustls::server::TlsStream;
use vnet_core::accounts::Authenticated;
use vnet_core::conference::ConferenceSignalling;
use vnet_core::id::UserId;
use vnet_core::meeting::MeetingId;
use vnet_core::room::RoomCode;
use vnet_core::share::{NetworkGroup, ShareDevice};
use vnet_signal::{Entry, SessionGuard, Shares, Signalling, accept_key, path};

use self::slot::BoxStream;
pub use self::slot::{UpgradeHandover, UpgradeSlot, UpgradedStream};
use crate::context::Ctx;
use crate::error::HttpError;
use crate::meter::Meter;
use crate::origin;
use crate::rate::RateRule;
use crate::reply::{self, Response};

/// Who goes on with the stream.
enum Source {
    Hyper(OnUpgrade),
    Handed(oneshot::Receiver<BoxStream>),
}

/// Answers a request for a room.
///
/// # Errors
/// In this order: 404: no room code. 405. 401: nobody is signed in. 403: a foreign page. 429: too many
/// joins. 426 and 400: no proper handshake. 503: the server shuts down.
pub(crate) async fn answer(ctx: &Ctx, code: &str) -> Result<Response, HttpError> {
    let room = RoomCode::parse(code).map_err(|_no_code| HttpError::not_found())?;
    let wants_echo = path::wants_echo(ctx.parts.uri.query().unwrap_or_default());
    let auth = admit(ctx).await?;
    let entry = Entry::new(room, auth.signed_in.user.username.as_str());
    let served = Served::Room(entry.with_echo(wants_echo));
    complete(ctx, served, session_of(ctx, auth))
}

/// Answers a request for the socket of a meeting.
///
/// # Errors
/// As for rooms; 404 also when nothing here talks with the browsers of meetings.
pub(crate) async fn answer_meeting(ctx: &Ctx, code: &str) -> Result<Response, HttpError> {
    let Some(conference) = &ctx.app.config.conference else {
        return Err(HttpError::not_found());
    };
    let meeting: MeetingId = code.parse().map_err(|_no_code| HttpError::not_found())?;
    let auth = admit(ctx).await?;
    let user = Some(auth.signed_in.user.id);
    let served = Served::Meeting(meeting, user, Arc::clone(conference));
    complete(ctx, served, session_of(ctx, auth))
}

/// Answers a request for the socket of a share in a meeting.
///
/// # Errors
/// As for rooms; 404 also when there is no such meeting, which only who is signed in hears.
pub(crate) async fn answer_share(ctx: &Ctx, code: &str) -> Result<Response, HttpError> {
    let meeting: MeetingId = code.parse().map_err(|_no_code| HttpError::not_found())?;
    let auth = admit(ctx).await?;
    let meeting = ctx.app.vnet.meetings().get(&meeting).await?;
    let user = &auth.signed_in.user;
    let device = ShareDevice {
        meeting: Some(meeting.id),
        user: Some(user.id),
        name: user.meeting_name.clone(),
        network: network(ctx),
    };
    complete(ctx, share(ctx, device), session_of(ctx, auth))
}

/// Answers a request for the socket of a second screen, which needs no session.
///
/// # Errors
/// As for rooms, but 401; 429 counts by address.
pub(crate) fn answer_watch(ctx: &Ctx) -> Result<Response, HttpError> {
    only_get(ctx)?;
    origin::check_socket(ctx)?;
    ctx.app
        .limits
        .check_address(RateRule::Watch, ctx.client())?;
    let device = ShareDevice {
        meeting: None,
        user: None,
        // It says so itself.
        name: String::new(),
        network: network(ctx),
    };
    complete(ctx, share(ctx, device), SessionGuard::none())
}

fn share(ctx: &Ctx, device: ShareDevice) -> Served {
    Served::Share(Box::new(device), ctx.app.shares.clone())
}

fn network(ctx: &Ctx) -> NetworkGroup {
    NetworkGroup::of(ctx.client(), &ctx.app.config.lan_subnets)
}

fn only_get(ctx: &Ctx) -> Result<(), HttpError> {
    match *ctx.method() == Method::GET {
        true => Ok(()),
        false => Err(HttpError::method_not_allowed(ctx.method(), "GET")),
    }
}

/// Who may open a socket: who is signed in, from a page of ours, and not too often.
async fn admit(ctx: &Ctx) -> Result<&Authenticated, HttpError> {
    only_get(ctx)?;
    let Some(auth) = ctx.auth().await? else {
        let detail = "Authentication credentials were not provided.";
        return Err(HttpError::unauthenticated(detail));
    };
    origin::check_socket(ctx)?;
    ctx.app
        .limits
        .check_user(RateRule::Join, auth.signed_in.user.id)?;
    Ok(auth)
}

/// The end of the session ends the socket.
fn session_of(ctx: &Ctx, auth: &Authenticated) -> SessionGuard {
    let watch = ctx.app.vnet.accounts().watch_session(auth);
    SessionGuard::new(async move { watch.ended().await })
}

fn complete(ctx: &Ctx, served: Served, session: SessionGuard) -> Result<Response, HttpError> {
    let accept = match handshake(ctx.parts.version, &ctx.parts.headers) {
        Ok(accept) => accept,
        Err(error) if error.status() == StatusCode::UPGRADE_REQUIRED => {
            return Ok(upgrade_required(&error));
        }
        Err(error) => return Err(error),
    };
    let source = source(&ctx.parts.extensions)?;
    if ctx.app.signalling.is_stopping() {
        let detail = "The server shuts down. Connect again in a moment.";
        return Err(HttpError::new(StatusCode::SERVICE_UNAVAILABLE, detail));
    }
    let signalling = ctx.app.signalling.clone();
    ctx.app
        .sockets
        .spawn(begin(signalling, source, served, session));
    Ok(switching(accept))
}

/// Answers a request for a socket that needs no session.
pub(crate) fn answer_at_door<B>(
    request: &Request<B>,
    served: Served,
    signalling: &Signalling,
) -> Response {
    let prepare = || {
        if *request.method() != Method::GET {
            return Err(HttpError::method_not_allowed(request.method(), "GET"));
        }
        let accept = handshake(request.version(), request.headers())?;
        if signalling.is_stopping() {
            let detail = "The server shuts down. Connect again in a moment.";
            return Err(HttpError::new(StatusCode::SERVICE_UNAVAILABLE, detail));
        }
        Ok((accept, source(request.extensions())?))
    };
    match prepare() {
        Ok((accept, source)) => {
            let session = SessionGuard::none();
            tokio::spawn(begin(signalling.clone(), source, served, session));
            switching(accept)
        }
        Err(error) if error.status() == StatusCode::UPGRADE_REQUIRED => upgrade_required(&error),
        Err(error) => reply::json(error.status(), &error.json())
            .unwrap_or_else(|_error| reply::empty(error.status())),
    }
}

fn switching(accept: HeaderValue) -> Response {
    let mut response = reply::empty(StatusCode::SWITCHING_PROTOCOLS);
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    response
}

/// Checks the handshake and makes its answer.
///
/// # Source
/// RFC 6455, section 4.2.1.
fn handshake(version: Version, headers: &HeaderMap) -> Result<HeaderValue, HttpError> {
    let required = |detail| Err(HttpError::new(StatusCode::UPGRADE_REQUIRED, detail));
    // There is no upgrading in HTTP/2, so 426 would promise what cannot be.
    if version == Version::HTTP_2 {
        return Err(HttpError::bad_request("WebSocket needs HTTP/1.1."));
    }
    if !has_word(headers, &UPGRADE, "websocket") {
        return required("This address speaks WebSocket only.");
    }
    if version != Version::HTTP_11 {
        return Err(HttpError::bad_request("WebSocket needs HTTP/1.1."));
    }
    if !has_word(headers, &CONNECTION, "upgrade") {
        return Err(HttpError::bad_request("`Connection: Upgrade` is missing."));
    }
    if headers
        .get(SEC_WEBSOCKET_VERSION)
        .is_none_or(|version| version != "13")
    {
        return required("`Sec-WebSocket-Version` must be 13.");
    }
    let mut keys = headers.get_all(SEC_WEBSOCKET_KEY).iter();
    match (keys.next().and_then(accept_key), keys.next()) {
        (Some(accept), None) => Ok(accept),
        _ => Err(HttpError::bad_request("Bad `Sec-WebSocket-Key`.")),
    }
}

fn has_word(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    let lines = headers.get_all(name).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|found| found.trim().eq_ignore_ascii_case(word))
}

fn upgrade_required(error: &HttpError) -> Response {
    let mut response = reply::json(error.status(), &error.json())
        .unwrap_or_else(|_error| reply::empty(error.status()));
    let headers = response.headers_mut();
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    response
}

fn source(extensions: &Extensions) -> Result<Source, HttpError> {
    let handed = extensions.get::<UpgradeSlot>().and_then(UpgradeSlot::take);
    let source = handed
        .map(Source::Handed)
        .or_else(|| extensions.get::<OnUpgrade>().cloned().map(Source::Hyper));
    source.ok_or_else(|| HttpError::bad_request("This connection cannot be upgraded."))
}

/// Waits for the stream and serves it.
async fn begin(signalling: Signalling, source: Source, served: Served, session: SessionGuard) {
    let serve = Serve {
        signalling: &signalling,
        served,
        session,
    };
    let connection = match source {
        Source::Hyper(upgrade) => match upgrade.await {
            Ok(upgraded) => serve.upgraded(upgraded),
            Err(error) => {
                tracing::debug!(%error, "an upgrade came to nothing");
                return;
            }
        },
        Source::Handed(stream) => match stream.await {
            Ok(stream) => serve.stream(stream, Bytes::new()),
            Err(_answered_otherwise) => return,
        },
    };
    connection.await;
}

/// What a socket is for.
pub(crate) enum Served {
    Room(Entry),
    /// Of one who is signed in, if that is known.
    Meeting(MeetingId, Option<UserId>, Arc<dyn ConferenceSignalling>),
    Share(Box<ShareDevice>, Shares),
}

/// What is served once there is a stream.
struct Serve<'a> {
    signalling: &'a Signalling,
    served: Served,
    session: SessionGuard,
}

impl Serve<'_> {
    /// Takes the stream out of hyper's hands: its boxes and buffers are left behind.
    fn upgraded(self, upgraded: Upgraded) -> BoxFuture<'static, ()> {
        let upgraded = match downcast::<TokioIo<BufReader<Meter<TcpStream>>>>(upgraded) {
            Ok(parts) => {
                let stream = parts.io.into_inner();
                // Hyper read it before what is still in the buffer.
                let leftover = match stream.buffer() {
                    [] => parts.read_buf,
                    rest => [&parts.read_buf, rest].concat().into(),
                };
                return self.stream(stream.into_inner().upgraded(), leftover);
            }
            Err(upgraded) => upgraded,
        };
        #[cfg(feature = "tls")]
        let upgraded = match downcast::<TokioIo<Meter<TlsStream<TcpStream>>>>(upgraded) {
            Ok(parts) => {
                return self.stream(parts.io.into_inner().upgraded(), parts.read_buf);
            }
            Err(upgraded) => upgraded,
        };
        // Somebody else's hyper.
        match downcast::<TokioIo<TcpStream>>(upgraded) {
            Ok(parts) => self.stream(parts.io.into_inner(), parts.read_buf),
            Err(upgraded) => self.stream(TokioIo::new(upgraded), Bytes::new()),
        }
    }

    fn stream(self, stream: impl UpgradedStream, leftover: Bytes) -> BoxFuture<'static, ()> {
        let (signalling, session) = (self.signalling, self.session);
        match self.served {
            Served::Room(entry) => {
                let peer = entry.peer_id();
                let connection = signalling.serve_upgraded(stream, leftover, entry, session);
                Box::pin(connection.map(move |outcome| {
                    tracing::debug!(peer.id = %peer, ?outcome, "a signalling connection ended");
                }))
            }
            Served::Meeting(meeting, user, conference) => {
                let most = conference.max_text_bytes();
                let socket = signalling.text_socket(stream, leftover, session, most);
                let socket = Box::new(socket);
                Box::pin(async move { conference.serve(meeting, user, socket).await })
            }
            Served::Share(device, shares) => {
                let most = shares.max_text_bytes();
                let socket = signalling.text_socket(stream, leftover, session, most);
                let socket = Box::new(socket);
                Box::pin(async move { shares.serve(*device, socket).await })
            }
        }
    }
}
