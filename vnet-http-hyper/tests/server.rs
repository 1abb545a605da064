//! The life of connections: half-closed, slow, idle, encrypted, and the end of the server.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod support;

use std::time::Duration;

use support::{Answer, PATIENCE, start, start_with};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use vnet_http_hyper::HttpConfig;

const QUICK: Duration = Duration::from_millis(60);

async fn ends(stream: &mut tokio::net::TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
    // A reset is an end, too.
    let _end_or_reset = read.expect("the server must end the connection");
    bytes
}

#[tokio::test]
async fn a_client_that_has_said_all_still_gets_its_answer() {
    let server = start().await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    stream.shutdown().await.unwrap();
    assert_eq!(Answer::parse(&ends(&mut stream).await).status, 200);
}

#[tokio::test]
async fn a_connection_serves_many_requests() {
    let server = start().await;
    let mut stream = server.connect().await;
    stream
        .write_all(&b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3))
        .await
        .unwrap();
    stream.shutdown().await.unwrap();
    let text = String::from_utf8(ends(&mut stream).await).unwrap();
    assert_eq!(text.matches("HTTP/1.1 200").count(), 3, "{text}");
}

#[tokio::test]
async fn those_who_say_nothing_or_too_little_are_cut() {
    let config = HttpConfig::default().with_idle_timeout(QUICK);
    let server = start_with(config).await;
    for start in [
        &b""[..],
        b"P",
        b"PRI * HTTP/2.0\r\n",
        b"GET / HT",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: ",
    ] {
        let mut stream = server.connect().await;
        stream.write_all(start).await.unwrap();
        ends(&mut stream).await;
    }
    // Between two requests as well.
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(Answer::parse(&ends(&mut stream).await).status, 200);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_408() {
    let config = HttpConfig::default().with_body_timeout(QUICK);
    let server = start_with(config).await;
    let head = b"POST /account/p-login/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{";
    assert_eq!(server.raw(head).await.status, 408);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_trouble() {
    let server = start().await;
    let mut stream = server.connect().await;
    let head = b"POST /account/p-login/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{";
    stream.write_all(head).await.unwrap();
    stream.shutdown().await.unwrap();
    let bytes = ends(&mut stream).await;
    if !bytes.is_empty() {
        assert_eq!(Answer::parse(&bytes).status, 400);
    }
    assert_eq!(server.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn a_client_that_expects_100_gets_it_and_a_too_large_body_does_not() {
    let server = start().await;
    let mut stream = server.connect().await;
    let head = "POST /account/p-login/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: ";
    stream
        .write_all(format!("{head}2\r\n\r\n").as_bytes())
        .await
        .unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 100");
    stream.write_all(b"{}").await.unwrap();
    let rest = ends(&mut stream).await;
    let text = String::from_utf8_lossy(&rest);
    assert!(text.contains("HTTP/1.1 400"), "{text}");
    let answer = server
        .raw(format!("{head}99999999\r\n\r\n").as_bytes())
        .await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn stopping_lets_requests_end() {
    let mut server = start().await;
    let mut stream = server.connect().await;
    let head = b"POST /account/p-login/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{";
    stream.write_all(head).await.unwrap();
    // The request is there when a second connection, opened later, is answered.
    assert_eq!(server.get("/healthz").await.status, 200);
    server.stop();
    stream.write_all(b"}").await.unwrap();
    assert_eq!(Answer::parse(&ends(&mut stream).await).status, 400);
    server.ended().await;
}

#[tokio::test]
async fn stopping_does_not_wait_for_ever() {
    let config = HttpConfig::default().with_drain_timeout(QUICK);
    let mut server = start_with(config).await;
    let mut stream = server.connect().await;
    let head = b"POST /account/p-login/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{";
    stream.write_all(head).await.unwrap();
    assert_eq!(server.get("/healthz").await.status, 200);
    server.stop();
    server.ended().await;
    assert!(ends(&mut stream).await.is_empty());
}

#[tokio::test]
async fn more_connections_than_places_wait() {
    let config = HttpConfig::default().with_max_connections(1);
    let server = start_with(config).await;
    let mut first = server.connect().await;
    first
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    first.readable().await.unwrap();
    let second = server.get("/healthz");
    tokio::pin!(second);
    let early = tokio::time::timeout(QUICK, second.as_mut()).await;
    assert!(early.is_err(), "the only place is taken");
    drop(first);
    assert_eq!(second.await.status, 200);
}

#[tokio::test]
async fn http_2_is_spoken_by_prior_knowledge() {
    let server = start().await;
    let mut stream = server.connect().await;
    // Preface and an empty SETTINGS frame.
    stream
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .await
        .unwrap();
    let mut head = [0; 9];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(head[3], 4, "the server answers with its SETTINGS");
}

#[cfg(feature = "tls")]
mod tls {
    use std::sync::Arc;

    use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
    use rustls::{ClientConfig, RootCertStore};
    use tokio::io::AsyncWriteExt;
    use tokio::net::{TcpListener, TcpStream};
    use tokio_rustls::TlsConnector;
    use tokio_rustls::client::TlsStream;
    use vnet_http_hyper::{HttpConfig, Tls, VnetService, serve};

    use super::support::{Answer, vnet};

    async fn connect(
        address: std::net::SocketAddr,
        folder: &std::path::Path,
        alpn: &[u8],
    ) -> TlsStream<TcpStream> {
        let mut roots = RootCertStore::empty();
        let cert = CertificateDer::from_pem_file(folder.join("self-signed.crt")).unwrap();
        roots.add(cert).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![alpn.to_vec()];
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TcpStream::connect(address).await.unwrap();
        TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn a_certificate_made_here_is_served() {
        let folder = tempfile::tempdir().unwrap();
        let tls = Tls::self_signed(folder.path(), &[]).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = VnetService::new(vnet(), HttpConfig::default()).unwrap();
        let serving = serve(listener, service).with_tls(Some(tls));
        let task = tokio::spawn(serving.into_future());

        let mut stream = connect(address, folder.path(), b"http/1.1").await;
        let request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(request).await.unwrap();
        assert_eq!(Answer::read(&mut stream).await.status, 200);
        let stream = connect(address, folder.path(), b"h2").await;
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        task.abort();
    }

    #[test]
    fn files_that_do_not_fit_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("1"), folder.path().join("2"));
        Tls::self_signed(&one, &[]).unwrap();
        Tls::self_signed(&two, &[]).unwrap();
        let (cert, key) = (one.join("self-signed.crt"), one.join("self-signed.key"));
        assert!(Tls::from_files(&cert, &key).is_ok());
        let message = |cert: &std::path::Path, key: &std::path::Path| {
            Tls::from_files(cert, key).unwrap_err().to_string()
        };
        assert!(message(&cert, &two.join("self-signed.key")).contains("do not go together"));
        assert!(message(&key, &key).contains("holds no certificate"));
        assert!(message(&cert, &cert).contains("holds no private key"));
        assert!(message(&cert, &one.join("nothing")).contains("cannot read"));
    }
}
