//! A listener for signalling alone, for those who do without the HTTP crate.

mod handshake;

use std::fmt;
use std::future::{Future, IntoFuture, pending};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_util::task::TaskTracker;
use vnet_core::{Result, async_trait};

use self::handshake::Accepted;
use crate::guard::{BoxFuture, SessionGuard};
use crate::signalling::{Entry, Signalling};

/// Pause after an error of the listener itself, such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Decides who may enter, before the upgrade.
#[async_trait]
pub trait Authenticate: fmt::Debug + Send + Sync + 'static {
    /// Who sends `request`.
    ///
    /// # Errors
    /// The kind becomes the status: `Unauthenticated` 401, `PermissionDenied` 403, `NotFound` 404,
    /// `RateLimited` 429 with `Retry-After`, `InvalidInput` 400, `Unavailable` 503, others 500.
    async fn authenticate(&self, request: &Request<()>) -> Result<Admitted>;
}

/// Who was let in.
#[derive(Debug)]
pub struct Admitted {
    sender: String,
    session: SessionGuard,
}

impl Admitted {
    /// Lets in who is `sender` on the wire, for as long as it wants.
    pub fn new(sender: impl Into<String>) -> Self {
        Self {
            sender: sender.into(),
            session: SessionGuard::none(),
        }
    }

    /// Lets it in no longer than its session lives.
    #[must_use]
    pub fn with_session(mut self, session: SessionGuard) -> Self {
        self.session = session;
        self
    }
}

/// Serves signalling at `/vnet/ps/{code}/` on `listener`, to whom `authenticate` lets in.
///
/// The listener, its port and the runtime are the caller's. What is refused gets an HTTP status:
/// another path 404, no WebSocket request 400, 405 or 426, a foreign origin 403, and what
/// [`Authenticate`] says. Await the result, with [`Serve::with_graceful_shutdown`] before if the
/// server is ever to end.
///
/// # Examples
/// ```no_run
/// use std::sync::Arc;
/// use vnet_core::{Limits, Result, async_trait};
/// use vnet_signal::{Admitted, Authenticate, InProcessRooms, Signalling, serve};
///
/// #[derive(Debug)]
/// struct Anybody;
///
/// #[async_trait]
/// impl Authenticate for Anybody {
///     async fn authenticate(&self, _request: &http::Request<()>) -> Result<Admitted> {
///         Ok(Admitted::new("guest"))
///     }
/// }
///
/// # async fn run() -> std::io::Result<()> {
/// let limits = Limits::default();
/// let rooms = Arc::new(InProcessRooms::new(&limits));
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8090").await?;
/// serve(listener, &Signalling::new(rooms, limits), Anybody).await
/// # }
/// ```
pub fn serve(
    listener: TcpListener,
    signalling: &Signalling,
    authenticate: impl Authenticate,
) -> Serve {
    Serve {
        listener,
        shared: Shared {
            signalling: signalling.child(),
            authenticate: Arc::new(authenticate),
            origins: None,
            handshake_within: Duration::from_secs(10),
        },
        max_connections: 20_000,
        shutdown: Box::pin(pending()),
    }
}

/// A server about to run; see [`serve`].
#[must_use = "a server runs when it is awaited"]
pub struct Serve {
    listener: TcpListener,
    shared: Shared,
    max_connections: usize,
    shutdown: BoxFuture<()>,
}

struct Shared {
    signalling: Signalling,
    authenticate: Arc<dyn Authenticate>,
    origins: Option<Vec<String>>,
    handshake_within: Duration,
}

impl Serve {
    /// Takes browsers from these origins only (`https://meet.example.org`, compared without
    /// regard to case); requests without `Origin`, which no browser sends, are taken always.
    /// Unless this is called every origin is taken.
    pub fn allow_origins<O: Into<String>>(mut self, origins: impl IntoIterator<Item = O>) -> Self {
        self.shared.origins = Some(origins.into_iter().map(Into::into).collect());
        self
    }

    /// Connections served at once; further ones wait to be accepted. Default 20,000.
    pub fn max_connections(mut self, max_connections: usize) -> Self {
        self.max_connections = max_connections.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// How long a client may take for its request, and [`Authenticate`] for its answer.
    /// Default 10 seconds.
    pub fn handshake_within(mut self, time: Duration) -> Self {
        self.shared.handshake_within = time;
        self
    }

    /// When `shutdown` resolves: stops accepting, closes every connection with 1001, and waits for
    /// them, at most [`signal_close_within`](vnet_core::Limits::signal_close_within).
    pub fn with_graceful_shutdown(
        mut self,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        self.shutdown = Box::pin(shutdown);
        self
    }

    async fn run(self) -> io::Result<()> {
        let permits = Arc::new(Semaphore::new(self.max_connections));
        let tracker = TaskTracker::new();
        let shared = Arc::new(self.shared);
        let stopping = shared.signalling.stopping().clone();
        let mut shutdown = self.shutdown;
        loop {
            let accept = async {
                let permit = Arc::clone(&permits).acquire_owned().await;
                (permit, self.listener.accept().await)
            };
            let (permit, accepted) = tokio::select! {
                () = &mut shutdown => break,
                () = stopping.cancelled() => break,
                accepted = accept => accepted,
            };
            match accepted {
                Ok((stream, _)) => {
                    let shared = Arc::clone(&shared);
                    tracker.spawn(async move {
                        shared.connection(stream).await;
                        drop(permit);
                    });
                }
                Err(error) if of_one_connection(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "no connection can be accepted, trying again");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
        drop(self.listener);
        shared.signalling.stop();
        tracker.close();
        tracker.wait().await;
        Ok(())
    }
}

impl IntoFuture for Serve {
    type Output = io::Result<()>;
    type IntoFuture = BoxFuture<io::Result<()>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl Shared {
    async fn connection(&self, mut stream: TcpStream) {
        // Without this a message may wait for the acknowledgement of the one before.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY cannot be set");
        }
        // Boxed, so that its buffers are not part of the task for the life of the connection.
        let accepting = Box::pin(async {
            let accepted = timeout(
                self.handshake_within,
                handshake::accept(
                    &mut stream,
                    self.authenticate.as_ref(),
                    self.origins.as_deref(),
                ),
            );
            tokio::select! {
                accepted = accepted => accepted.ok()?,
                () = self.signalling.stopping().cancelled() => None,
            }
        });
        let Some(accepted) = accepting.await else {
            return;
        };
        let Accepted {
            target,
            admitted,
            leftover,
        } = accepted;
        let entry = Entry::new(target.room, admitted.sender).with_echo(target.echo);
        self.signalling
            .serve_upgraded(stream, Bytes::from(leftover), entry, admitted.session)
            .await;
    }
}

/// Whether the listener is fine and only the connection that was to be accepted is gone.
fn of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    )
}

impl fmt::Debug for Serve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serve")
            .field("listener", &self.listener)
            .field("max_connections", &self.max_connections)
            .finish_non_exhaustive()
    }
}
