//! Runs the service on a listener.

mod connection;

use std::future::{Future, IntoFuture};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::BufReader;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::context::ClientAddr;
use crate::meter::{Activity, Meter};
use crate::service::VnetService;

#[cfg(feature = "tls")]
use crate::tls::Tls;

/// The most that waits to be read of one HTTP/1.1 request head, in bytes; beyond it is 431.
const MAX_HEAD_BYTES: usize = 32 * 1024;
/// Requests that one HTTP/2 connection may have open.
const MAX_STREAMS: u32 = 128;
/// The first read of a connection is of 24 bytes, to tell HTTP/2 from HTTP/1.1; this much is taken from the
/// socket along with them, which is all of most requests. Later reads are larger and go past it.
const FIRST_READ_BYTES: usize = 1024;
/// Pause after an error of `accept` that is not one connection's alone: no file descriptor is left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A server to be; it runs when awaited. See [`serve`].
#[must_use = "a server runs when it is awaited"]
pub struct Serve {
    listener: TcpListener,
    service: VnetService,
    shutdown: Pin<Box<dyn Future<Output = ()> + Send>>,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
}

impl std::fmt::Debug for Serve {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Serve")
            .field("listener", &self.listener)
            .finish_non_exhaustive()
    }
}

/// Serves `service` on `listener`, HTTP/1.1 and HTTP/2, until told to stop.
///
/// Awaiting it runs it. Errors of single connections go to the log; it goes on when the process runs
/// out of file descriptors. The service belongs to one server: shutting that down closes its sockets.
///
/// # Examples
/// ```no_run
/// # async fn run(service: vnet_http_hyper::VnetService) -> std::io::Result<()> {
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
/// vnet_http_hyper::serve(listener, service)
///     .with_graceful_shutdown(async { /* a signal */ })
///     .await;
/// # Ok(())
/// # }
/// ```
pub fn serve(listener: TcpListener, service: VnetService) -> Serve {
    Serve {
        listener,
        service,
        shutdown: Box::pin(std::future::pending()),
        #[cfg(feature = "tls")]
        tls: None,
    }
}

impl Serve {
    /// Encrypts connections.
    #[cfg(feature = "tls")]
    pub fn with_tls(mut self, tls: Option<Tls>) -> Self {
        self.tls = tls;
        self
    }

    /// Stops when `shutdown` resolves: takes no more connections, lets requests end, tells sockets
    /// 1001, waits [`HttpConfig::drain_timeout`](crate::HttpConfig), and then ends what is left.
    pub fn with_graceful_shutdown(
        mut self,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        self.shutdown = Box::pin(shutdown);
        self
    }

    async fn run(self) {
        let connections = TaskTracker::new();
        let shared = Arc::new(Shared {
            builder: builder(),
            service: self.service,
            stopping: CancellationToken::new(),
            aborting: CancellationToken::new(),
            #[cfg(feature = "tls")]
            tls: self.tls,
        });
        // Also when this future is dropped: nothing goes on alone.
        let _abort = shared.aborting.clone().drop_guard();
        // A task, because who awaits a server is often the thread of `block_on`: every connection would
        // have to wake it, and to be handed over to the threads that do the work.
        let taking = take(self.listener, Arc::clone(&shared), connections.clone());
        tokio::select! {
            _panicked = connections.spawn(taking) => {
                tracing::error!("no connection is taken any more");
            }
            () = self.shutdown => {}
        }
        shared.stopping.cancel();
        connections.close();
        let patience = shared.service.app.config.drain_timeout;
        let requests = tokio::time::timeout(patience, connections.wait());
        let (ended, ()) = tokio::join!(requests, shared.service.close_sockets(patience));
        if ended.is_err() {
            tracing::warn!(
                connections = connections.len(),
                "connections did not end in time"
            );
            shared.aborting.cancel();
            connections.wait().await;
        }
    }
}

impl IntoFuture for Serve {
    type Output = ();
    type IntoFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// What all connections of a server share.
struct Shared {
    builder: auto::Builder<TokioExecutor>,
    service: VnetService,
    stopping: CancellationToken,
    aborting: CancellationToken,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
}

fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    // Idle connections are ended by `connection`: one timer for both protocols, none per request.
    builder
        .http1()
        .half_close(true)
        .header_read_timeout(None)
        .max_buf_size(MAX_HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEAD_BYTES as u32)
        .max_send_buf_size(128 * 1024);
    builder
}

/// Takes connections until the server stops.
async fn take(listener: TcpListener, shared: Arc<Shared>, connections: TaskTracker) {
    tokio::select! {
        () = accept(&listener, &shared, &connections) => {}
        () = shared.stopping.cancelled() => {}
        () = shared.aborting.cancelled() => {}
    }
}

/// Takes connections for ever.
async fn accept(listener: &TcpListener, shared: &Arc<Shared>, connections: &TaskTracker) {
    let max = shared
        .service
        .app
        .config
        .max_connections
        .clamp(1, Semaphore::MAX_PERMITS);
    let places = Arc::new(Semaphore::new(max));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let (stream, address) = next(listener).await;
        let activity = Activity::new(place);
        connections.spawn(serve_one(stream, address, Arc::clone(shared), activity));
    }
}

async fn next(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            // The client was gone before we came to it.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionAborted
                        | io::ErrorKind::ConnectionReset
                        | io::ErrorKind::ConnectionRefused
                        | io::ErrorKind::Interrupted
                ) => {}
            Err(error) => {
                tracing::error!(%error, "cannot take connections for now");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn serve_one(
    stream: TcpStream,
    address: SocketAddr,
    shared: Arc<Shared>,
    activity: Arc<Activity>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection was gone at once");
        return;
    }
    let client = ClientAddr::new(address.ip());
    #[cfg(feature = "tls")]
    if let Some(tls) = &shared.tls {
        let patience = shared.service.app.config.handshake_timeout;
        let handshake = tokio::time::timeout(patience, tls.acceptor().accept(stream));
        let accepted = tokio::select! {
            accepted = handshake => accepted,
            () = shared.stopping.cancelled() => return,
        };
        match accepted {
            Ok(Ok(stream)) => {
                let stream = Meter::new(stream, Arc::clone(&activity));
                connection::drive(stream, client.with_tls(true), &shared, activity).await;
            }
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_elapsed) => tracing::debug!("a TLS handshake took too long"),
        }
        return;
    }
    let stream = Meter::new(stream, Arc::clone(&activity));
    let stream = BufReader::with_capacity(FIRST_READ_BYTES, stream);
    connection::drive(stream, client, &shared, activity).await;
}
