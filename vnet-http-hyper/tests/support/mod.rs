//! A server on loopback, and clients for it.
#![allow(dead_code, reason = "each test file uses a part of this")]
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Error as WsError;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use vnet_core::accounts::{SessionMeta, SignUp};
use vnet_core::memory::MemoryStore;
use vnet_core::password::Hasher;
use vnet_core::session::Session;
use vnet_core::token::SigningKey;
use vnet_core::user::User;
use vnet_core::{Limits, Vnet};
use vnet_http_hyper::{HttpConfig, Serve, VnetService, serve};
use vnet_signal::InProcessRooms;

pub(crate) mod faulty;
#[cfg(feature = "tls")]
pub(crate) mod tls;

pub(crate) const PASSWORD: &str = "correct horse battery";

/// Anything that takes longer hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A running server; it ends with the test.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) vnet: Vnet,
    pub(crate) service: VnetService,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

/// A signed-in browser.
pub(crate) struct Browser {
    pub(crate) user: User,
    pub(crate) session: Session,
    pub(crate) cookie: String,
}

pub(crate) fn vnet() -> Vnet {
    let limits = Limits::default();
    Vnet::builder(
        MemoryStore::new(),
        InProcessRooms::new(&limits),
        SigningKey::from_bytes([7; 32]),
    )
    .with_hasher(Hasher::weak_for_tests())
    .build()
}

pub(crate) async fn start() -> Server {
    start_with(HttpConfig::default()).await
}

pub(crate) async fn start_with(config: HttpConfig) -> Server {
    start_of(vnet(), config, |serving| serving).await
}

/// Starts a server of `vnet`; `adapt` may change how it serves.
pub(crate) async fn start_of(
    vnet: Vnet,
    config: HttpConfig,
    adapt: impl FnOnce(Serve) -> Serve,
) -> Server {
    let service = VnetService::new(vnet.clone(), config).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = serve(listener, service.clone()).with_graceful_shutdown(async {
        let _told_or_dropped = stopped.await;
    });
    let task = tokio::spawn(adapt(serving).into_future());
    Server {
        address,
        vnet,
        service,
        stop: Some(stop),
        task,
    }
}

impl Server {
    /// Tells the server to stop; the task that is awaited then ends when it has.
    pub(crate) fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    pub(crate) async fn ended(mut self) {
        tokio::time::timeout(PATIENCE, &mut self.task)
            .await
            .unwrap()
            .unwrap();
    }

    pub(crate) async fn sign_up(&self, name: &str) -> User {
        let form = SignUp {
            username: name.to_owned(),
            email: format!("{name}@example.org"),
            first_name: "Ada".to_owned(),
            last_name: "Byron".to_owned(),
            password: PASSWORD.into(),
            password_2: PASSWORD.into(),
        };
        self.vnet.accounts().sign_up(&form).await.unwrap()
    }

    pub(crate) async fn browser(&self, name: &str) -> Browser {
        let user = self.sign_up(name).await;
        self.browser_of(user).await
    }

    pub(crate) async fn browser_of(&self, user: User) -> Browser {
        let accounts = self.vnet.accounts();
        let (key, session) = accounts
            .start_session(&user, &SessionMeta::default())
            .await
            .unwrap();
        Browser {
            user,
            session,
            cookie: format!("sessionid={}", key.expose()),
        }
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends `head` lines and `body` as they are, and reads the answer to the end of the connection.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> Answer {
        let mut stream = self.connect().await;
        // The server may answer and close before it has read everything.
        let _refused = stream.write_all(bytes).await;
        Answer::read(&mut stream).await
    }

    pub(crate) async fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let bytes = request_bytes(&self.address.to_string(), method, path, headers, body);
        self.raw(&bytes).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.request("GET", path, &[], b"").await
    }

    pub(crate) async fn get_as(&self, browser: &Browser, path: &str) -> Answer {
        self.request("GET", path, &[("Cookie", &browser.cookie)], b"")
            .await
    }

    pub(crate) async fn send_json(
        &self,
        browser: &Browser,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Answer {
        let headers = [
            ("Cookie", browser.cookie.as_str()),
            ("Content-Type", "application/json"),
        ];
        self.request(method, path, &headers, body.to_string().as_bytes())
            .await
    }

    pub(crate) async fn post_json(&self, path: &str, body: &Value) -> Answer {
        let headers = [("Content-Type", "application/json")];
        self.request("POST", path, &headers, body.to_string().as_bytes())
            .await
    }

    /// Opens a signalling socket with extra headers.
    pub(crate) async fn socket(
        &self,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<WebSocketStream<TcpStream>, WsError> {
        let mut request = format!("ws://{}{path}", self.address).into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let connecting = tokio_tungstenite::client_async(request, self.connect().await);
        let (socket, _) = tokio::time::timeout(PATIENCE, connecting).await.unwrap()?;
        Ok(socket)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A request as it travels; the connection closes after it.
pub(crate) fn request_bytes(
    host: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
    let has = |name: &str| {
        headers
            .iter()
            .any(|(key, _)| key.eq_ignore_ascii_case(name))
    };
    if !has("host") {
        head.push_str(&format!("Host: {host}\r\n"));
    }
    if !body.is_empty() {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// The next message, as JSON.
pub(crate) async fn json_of<S>(socket: &mut WebSocketStream<S>) -> Value
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let next = tokio::time::timeout(PATIENCE, socket.next()).await;
    let message = next.unwrap().unwrap().unwrap();
    serde_json::from_str(message.to_text().unwrap()).unwrap()
}

/// The status that refused a WebSocket.
pub(crate) fn refusal<T>(result: Result<T, WsError>) -> u16 {
    match result {
        Err(WsError::Http(response)) => response.status().as_u16(),
        Err(other) => panic!("no HTTP answer: {other}"),
        Ok(_) => panic!("the socket opened"),
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> Self {
        let mut bytes = Vec::new();
        let reading = stream.read_to_end(&mut bytes);
        // What was read before a reset counts.
        let _reset = tokio::time::timeout(PATIENCE, reading)
            .await
            .expect("the server must answer and close");
        Self::parse(&bytes)
    }

    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let end = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap_or_else(|| panic!("no answer in {:?}", String::from_utf8_lossy(bytes)));
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        if status == "100" {
            return Self::parse(&bytes[end + 4..]);
        }
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_ascii_lowercase(), value.trim().to_owned())
        });
        Self {
            status: status.parse().unwrap(),
            headers: headers.collect(),
            body: bytes[end + 4..].to_vec(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("no JSON: {:?}", String::from_utf8_lossy(&self.body)))
    }
}
