//! A server that encrypts, and clients that trust its certificate.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Error as WsError;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use vnet_http_hyper::{HttpConfig, Tls};

use super::{Answer, PATIENCE, Server, request_bytes, start_of, vnet};

/// A running server with a certificate of its own.
pub(crate) struct TlsServer {
    pub(crate) server: Server,
    /// What browsers call it.
    pub(crate) host: String,
    folder: TempDir,
}

/// The certificate that was made in a folder.
pub(crate) fn certificate(folder: &Path) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(folder.join("self-signed.crt")).unwrap()
}

/// Connects as a client that trusts `root` alone.
pub(crate) async fn connect(
    address: SocketAddr,
    root: CertificateDer<'static>,
    name: &str,
    alpn: &[u8],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(root).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![alpn.to_vec()];
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let stream = TcpStream::connect(address).await?;
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

pub(crate) async fn start(config: HttpConfig) -> TlsServer {
    let folder = tempfile::tempdir().unwrap();
    let tls = Tls::self_signed(folder.path(), &[]).unwrap();
    let server = start_of(vnet(), config, |serving| serving.with_tls(Some(tls))).await;
    TlsServer {
        host: format!("localhost:{}", server.address.port()),
        server,
        folder,
    }
}

impl TlsServer {
    pub(crate) async fn connect(&self, alpn: &[u8]) -> TlsStream<TcpStream> {
        let root = certificate(self.folder.path());
        let stream = connect(self.server.address, root, "localhost", alpn).await;
        stream.unwrap()
    }

    pub(crate) async fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let mut stream = self.connect(b"http/1.1").await;
        let bytes = request_bytes(&self.host, method, path, headers, body);
        stream.write_all(&bytes).await.unwrap();
        Answer::read(&mut stream).await
    }

    /// Opens a signalling socket at a `wss` URL.
    pub(crate) async fn socket(
        &self,
        url: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<WebSocketStream<TlsStream<TcpStream>>, WsError> {
        let mut request = url.into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let stream = self.connect(b"http/1.1").await;
        let connecting = tokio_tungstenite::client_async(request, stream);
        let (socket, _) = tokio::time::timeout(PATIENCE, connecting).await.unwrap()?;
        Ok(socket)
    }
}
