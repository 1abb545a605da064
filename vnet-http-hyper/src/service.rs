//! `VnetService`: VNET as a plain `Service`.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use vnet_core::{Result, Vnet};

use crate::app::App;
use crate::body::Payload;
use crate::config::HttpConfig;
use crate::handle::handle;
use crate::reply::{Body, Response};

/// VNET as a service for hyper, tower and what builds on them; cheap to clone.
///
/// It answers every request and never fails. In axum it is mounted with `fallback_service`, or with
/// `nest_service` and the same [`HttpConfig::path_prefix`]. Put a [`ClientAddr`](crate::ClientAddr) into
/// each request's extensions: rate limits go by it.
///
/// # Examples
/// ```
/// use tower_service::Service;
/// use vnet_core::token::SigningKey;
/// use vnet_core::{Vnet, memory};
/// use vnet_http_hyper::{HttpConfig, VnetService};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let vnet = Vnet::builder(
///     memory::MemoryStore::new(),
///     memory::MemoryRooms::default(),
///     SigningKey::generate()?,
/// )
/// .build();
/// let mut service = VnetService::new(vnet, HttpConfig::default())?;
/// let request = http::Request::get("/healthz").body(http_body_util::Empty::<bytes::Bytes>::new())?;
/// assert_eq!(Service::call(&mut service, request).await?.status(), 200);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct VnetService {
    pub(crate) app: Arc<App>,
}

/// The answer to come.
pub type ResponseFuture =
    Pin<Box<dyn Future<Output = std::result::Result<http::Response<Body>, Infallible>> + Send>>;

impl VnetService {
    /// A service of this installation.
    ///
    /// # Errors
    /// `InvalidInput`: a template of one's own that is none.
    pub fn new(vnet: Vnet, config: HttpConfig) -> Result<Self> {
        Ok(Self {
            app: App::new(vnet, config)?,
        })
    }

    /// The installation.
    #[must_use]
    pub fn vnet(&self) -> &Vnet {
        &self.app.vnet
    }

    /// The settings.
    #[must_use]
    pub fn config(&self) -> &HttpConfig {
        &self.app.config
    }

    /// Signalling sockets that are open now.
    #[must_use]
    pub fn open_sockets(&self) -> usize {
        self.app.sockets.len()
    }

    /// Tells all signalling sockets that the server shuts down (close code 1001), and waits until
    /// they are closed, at most `patience`. [`serve`](crate::serve) does this by itself; for those who
    /// run the service in a server of their own. From now on `/readyz` says 503.
    pub async fn close_sockets(&self, patience: Duration) {
        self.app.signalling.stop();
        self.app.sockets.close();
        let waited = tokio::time::timeout(patience, self.app.sockets.wait()).await;
        if waited.is_err() {
            tracing::warn!(
                sockets = self.app.sockets.len(),
                "sockets did not close in time"
            );
        }
    }

    fn respond<B>(&self, request: Request<B>) -> ResponseFuture
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn StdError + Send + Sync>>,
    {
        let app = Arc::clone(&self.app);
        let (parts, body) = request.into_parts();
        Box::pin(async move {
            let response: Response = handle(app, parts, Payload::new(body), None).await;
            Ok(response)
        })
    }
}

impl<B> hyper::service::Service<Request<B>> for VnetService
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = ResponseFuture;

    fn call(&self, request: Request<B>) -> Self::Future {
        self.respond(request)
    }
}

impl<B> tower_service::Service<Request<B>> for VnetService
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        self.respond(request)
    }
}
