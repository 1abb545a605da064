//! The way into meetings for programs that know by themselves who comes: no accounts, no pages.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use http::header::HeaderValue;
use http::{Method, Request, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use vnet_core::Limits;
use vnet_core::conference::ConferenceSignalling;
use vnet_core::meeting::MeetingId;
use vnet_signal::{InProcessRooms, Signalling};

use crate::reply::{self, Response};
use crate::upgrade::{self, Served};

/// The module that a page speaks with a meeting through.
const SCRIPT: &str = include_str!("../static/conference.js");
const JAVASCRIPT: HeaderValue = HeaderValue::from_static("text/javascript; charset=utf-8");

/// Answers what belongs to meetings: the sockets at `/vnet/sfu/{meeting}/`, and the module that pages speak
/// with them through, at `/vnet/conference.js`. Who may come is the program's to say: it gives out the
/// tickets, and whoever shows one is let in.
///
/// Cheap to clone.
#[derive(Clone)]
pub struct MeetingDoor {
    conference: Arc<dyn ConferenceSignalling>,
    signalling: Signalling,
}

impl fmt::Debug for MeetingDoor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeetingDoor")
            .field("conference", &self.conference)
            .finish_non_exhaustive()
    }
}

impl MeetingDoor {
    /// The door to the meetings of `conference`.
    pub fn new(conference: impl ConferenceSignalling) -> Self {
        let limits = Limits::default();
        let rooms = Arc::new(InProcessRooms::new(&limits));
        Self {
            conference: Arc::new(conference),
            signalling: Signalling::new(rooms, limits),
        }
    }

    /// The answer to a request that is for a meeting; `None` for others. The socket is served by a task of
    /// its own once the answer has gone out.
    ///
    /// The request is one of hyper's, or carries an [`UpgradeSlot`](crate::UpgradeSlot).
    pub fn answer<B>(&self, request: &Request<B>) -> Option<Response> {
        let path = request.uri().path();
        if path == "/vnet/conference.js" && *request.method() == Method::GET {
            return Some(reply::with_type(StatusCode::OK, JAVASCRIPT, SCRIPT));
        }
        let code = path.strip_prefix("/vnet/sfu/")?.strip_suffix('/')?;
        let meeting: MeetingId = code.parse().ok()?;
        let served = Served::Meeting(meeting, None, Arc::clone(&self.conference));
        Some(upgrade::answer_at_door(request, served, &self.signalling))
    }

    /// Serves plain HTTP on `listener` for as long as it is polled; `program` answers what is not for a meeting.
    /// Its errors go to the log, and out as 500.
    pub async fn serve<F, A, E>(&self, listener: TcpListener, program: F)
    where
        F: Fn(Request<Incoming>) -> A + Clone + Send + 'static,
        A: Future<Output = Result<Response, E>> + Send + 'static,
        E: fmt::Display + 'static,
    {
        loop {
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Such as too many open files.
                    tracing::warn!(%error, "cannot take a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let (door, program) = (self.clone(), program.clone());
            let service = service_fn(move |request| {
                let (answer, program) = (door.answer(&request), program.clone());
                async move {
                    Ok::<_, std::convert::Infallible>(match answer {
                        Some(answer) => answer,
                        None => program(request).await.unwrap_or_else(|error| {
                            tracing::error!(%error, "a request failed");
                            reply::empty(StatusCode::INTERNAL_SERVER_ERROR)
                        }),
                    })
                }
            });
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new());
            let connection = http.serve_connection(TokioIo::new(stream), service);
            tokio::spawn(async move {
                if let Err(error) = connection.with_upgrades().await {
                    tracing::debug!(%error, "a connection broke");
                }
            });
        }
    }

    /// Tells all sockets that the program ends (close code 1001).
    pub fn stop(&self) {
        self.signalling.stop();
    }
}
