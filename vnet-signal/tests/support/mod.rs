//! A signalling server on a free port of loopback, and clients of it.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "every test file is a crate of its own and uses a part of this; a panic is a failed test"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use http::Request;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::{Error as WsError, Message, client::IntoClientRequest};
use tokio_tungstenite::{WebSocketStream, client_async};
use tokio_util::sync::CancellationToken;
use vnet_core::{Error, ErrorKind, Limits, Result, async_trait};
use vnet_signal::{Admitted, Authenticate, InProcessRooms, Serve, SessionGuard, Signalling, serve};

/// Long enough for a busy machine, and shorter than the server's first ping (20 s): nothing may come
/// only because a timer happens to wake the connection.
const PATIENCE: Duration = Duration::from_secs(15);

/// Waits for what must come.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(value) => value,
        Err(_) => panic!("{what} did not come"),
    }
}

/// Lets in who gives a name (`?name=`), with the session named by `?session=`.
#[derive(Debug)]
pub(crate) struct ByName {
    pub(crate) session: CancellationToken,
}

#[async_trait]
impl Authenticate for ByName {
    async fn authenticate(&self, request: &Request<()>) -> Result<Admitted> {
        let query = request.uri().query().unwrap_or_default();
        let value = |key: &str| {
            query
                .split('&')
                .find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
        };
        match value("refuse") {
            Some("401") => {
                return Err(Error::new(
                    ErrorKind::Unauthenticated,
                    "no_session",
                    "sign in",
                ));
            }
            Some("403") => return Err(Error::new(ErrorKind::PermissionDenied, "no", "no")),
            Some("429") => {
                return Err(
                    Error::new(ErrorKind::RateLimited, "slow_down", "too many joins")
                        .with_retry_after(Duration::from_secs(7)),
                );
            }
            Some("500") => return Err(Error::new(ErrorKind::Internal, "oh", "no")),
            Some("hang") => std::future::pending().await,
            _ => {}
        }
        let admitted = Admitted::new(value("name").unwrap_or("guest"));
        Ok(match value("session") {
            Some("signed") => {
                admitted.with_session(SessionGuard::new(self.session.clone().cancelled_owned()))
            }
            Some("asked") => {
                let session = self.session.clone();
                admitted.with_session(SessionGuard::none().ask(move || {
                    let alive = !session.is_cancelled();
                    async move { alive }
                }))
            }
            _ => admitted,
        })
    }
}

/// A running server.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) rooms: InProcessRooms,
    pub(crate) signalling: Signalling,
    pub(crate) session: CancellationToken,
    pub(crate) shutdown: CancellationToken,
    pub(crate) task: JoinHandle<std::io::Result<()>>,
}

impl Server {
    pub(crate) async fn start(limits: Limits) -> Self {
        Self::start_with(limits, |serve| serve).await
    }

    pub(crate) async fn start_with(limits: Limits, setup: impl FnOnce(Serve) -> Serve) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let rooms = InProcessRooms::new(&limits);
        let signalling = Signalling::new(Arc::new(rooms.clone()), limits);
        let (session, shutdown) = (CancellationToken::new(), CancellationToken::new());
        let authenticate = ByName {
            session: session.clone(),
        };
        let serve = setup(serve(listener, &signalling, authenticate))
            .with_graceful_shutdown(shutdown.clone().cancelled_owned());
        Self {
            address,
            rooms,
            signalling,
            session,
            shutdown,
            task: tokio::spawn(serve.into_future()),
        }
    }

    /// A client in room 123456.
    pub(crate) async fn client(&self, query: &str) -> Client {
        let connected = self.connect(&format!("/vnet/ps/123456/?{query}")).await;
        connected.expect("the upgrade must be answered with 101")
    }

    pub(crate) async fn connect(&self, path: &str) -> std::result::Result<Client, WsError> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let request = format!("ws://{}{path}", self.address).into_client_request()?;
        let handshake = soon("the answer", client_async(request, stream)).await;
        Ok(Client(handshake?.0))
    }

    /// Two clients who have heard of each other.
    pub(crate) async fn pair(&self) -> (Client, Client) {
        let mut ada = self.client("name=ada").await;
        ada.hears_count("signal_connected", 1).await;
        let mut bob = self.client("name=bob").await;
        bob.hears_count("signal_connected", 2).await;
        ada.hears_count("signal_connected", 2).await;
        (ada, bob)
    }
}

/// A client of the server.
pub(crate) struct Client(pub(crate) WebSocketStream<TcpStream>);

impl Client {
    pub(crate) async fn send(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    /// The next message as JSON.
    pub(crate) async fn hear(&mut self) -> Value {
        loop {
            match soon("a message", self.0.next()).await {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("no message: {other:?}"),
            }
        }
    }

    pub(crate) async fn hears_count(&mut self, kind: &str, count: u64) {
        let heard = self.hear().await;
        let wanted = serde_json::json!({"type": kind, "code": "123456", "peers_count": count});
        assert_eq!(heard, wanted);
    }

    pub(crate) async fn hears_error(&mut self, code: &str) {
        let heard = self.hear().await;
        assert_eq!(
            (&heard["type"], &heard["code"]),
            (&"error".into(), &code.into())
        );
        assert!(
            heard["message"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
    }

    /// The close code and reason that end the connection, whatever comes before.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        loop {
            match soon("the close frame", self.0.next()).await {
                Some(Ok(Message::Close(Some(frame)))) => {
                    let told = (frame.code.into(), frame.reason.to_string());
                    // Answers, and waits for the server to hang up.
                    while soon("the end", self.0.next())
                        .await
                        .is_some_and(|next| next.is_ok())
                    {}
                    return told;
                }
                Some(Ok(_)) => {}
                other => panic!("no close frame: {other:?}"),
            }
        }
    }

    /// Closes and waits for the server's answer.
    pub(crate) async fn close(mut self) {
        self.0.close(None).await.unwrap();
        while soon("the end", self.0.next())
            .await
            .is_some_and(|next| next.is_ok())
        {}
    }
}

/// A message of a peer.
pub(crate) fn message(kind: &str, content: &Value, name: &str) -> String {
    serde_json::json!({"type": kind, "content": content, "name": name}).to_string()
}
