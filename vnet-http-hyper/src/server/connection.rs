//! One connection, from its first byte to its end or its upgrade.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;

use http::{Request, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, sleep};

use crate::body::Payload;
use crate::context::ClientAddr;
use crate::handle::handle;
use crate::meter::Activity;
use crate::server::Shared;

/// Serves the requests of one connection, whose stream counts for `activity`.
///
/// Ends when the client ends it, at an upgrade, when nothing happens for too long (no complete request
/// comes, no part of an answer is taken), and when the server shuts down.
pub(super) async fn drive<S>(
    stream: S,
    client: ClientAddr,
    shared: &Shared,
    activity: Arc<Activity>,
) where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let app = &shared.service.app;
    let service = service_fn(|request: Request<Incoming>| {
        let busy = activity.begin();
        let (parts, body) = request.into_parts();
        let app = Arc::clone(app);
        let activity = Arc::clone(&activity);
        async move {
            let response = handle(app, parts, Payload::new(body), Some(client)).await;
            if response.status() == StatusCode::SWITCHING_PROTOCOLS {
                activity.upgrade();
            }
            drop(busy);
            Ok::<_, Infallible>(response)
        }
    });
    let io = TokioIo::new(stream);
    let mut connection = pin!(shared.builder.serve_connection_with_upgrades(io, service));
    let patience = app.config.idle_timeout;
    let mut timer = pin!(sleep(patience));
    let mut stopping = pin!(shared.stopping.cancelled());
    let mut aborting = pin!(shared.aborting.cancelled());
    let (mut is_leaving, mut is_late) = (false, false);
    let mut seen = activity.idle_since();
    loop {
        tokio::select! {
            biased;
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection broke");
                }
                return;
            }
            () = aborting.as_mut() => return,
            () = stopping.as_mut(), if !is_leaving => {
                is_leaving = true;
                connection.as_mut().graceful_shutdown();
            }
            () = timer.as_mut() => {
                let now = activity.idle_since();
                let is_idle = now.is_some() && now == seen;
                if is_idle && is_late {
                    tracing::debug!("an idle connection was cut");
                    return;
                }
                let mut pause = patience;
                if is_idle {
                    // HTTP/2 says good-bye first; HTTP/1.1 between two requests just ends.
                    connection.as_mut().graceful_shutdown();
                    pause = patience / 4;
                }
                is_late = is_idle;
                seen = now;
                timer.as_mut().reset(Instant::now() + pause);
            }
        }
    }
}
