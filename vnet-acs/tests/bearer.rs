//! Entra ID bearer tokens over real TLS: a front that ends TLS before the emulator.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod support;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use support::quick;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use vnet_acs::emulator::AcsEmulator;
use vnet_acs::{AcsIdentityProvider, BearerCredential, TokenSource};
use vnet_core::identity::{IdentityProvider, TokenRequest, TokenScope};
use vnet_core::{Clock as _, ErrorKind, Secret, SystemClock};

/// Gives `good` after `bad` was asked for often enough.
#[derive(Debug)]
struct Source {
    asked: AtomicU32,
    bad: u32,
}

#[vnet_core::async_trait]
impl TokenSource for Source {
    async fn bearer_token(&self) -> vnet_core::Result<BearerCredential> {
        let bad = self.asked.fetch_add(1, Ordering::SeqCst) < self.bad;
        Ok(BearerCredential {
            token: Secret::new(if bad { "stale" } else { "entra-token" }),
            expires_at: SystemClock.now() + time::Duration::hours(1),
        })
    }
}

/// Ends TLS in front of `inner`; gives the port and the certificate.
async fn front(inner: SocketAddr) -> (u16, String) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(mut outer) = acceptor.accept(stream).await {
                    let mut inner = TcpStream::connect(inner).await.unwrap();
                    let _ = copy_bidirectional(&mut outer, &mut inner).await;
                }
            });
        }
    });
    (port, made.cert.pem())
}

#[tokio::test]
async fn bearer_tokens_work_over_tls_and_are_asked_for_once() {
    let emulator = AcsEmulator::builder()
        .bearer_token("entra-token")
        .build()
        .unwrap();
    let server = emulator.spawn().await.unwrap();
    let (port, pem) = front(server.address()).await;
    let source = Arc::new(Source {
        asked: AtomicU32::new(0),
        bad: 1,
    });
    let provider = AcsIdentityProvider::builder()
        .endpoint(format!("https://localhost:{port}"))
        .token_source(Arc::clone(&source) as Arc<dyn TokenSource>)
        .root_certificates_pem(pem)
        .retry(quick())
        .build()
        .unwrap();
    // A token that the service does not take is not kept.
    let error = provider
        .create_identity(&[TokenScope::Voip])
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error:?}");
    let (identity, _) = provider.create_identity(&[TokenScope::Voip]).await.unwrap();
    provider
        .issue_token(&identity, &TokenRequest::voip())
        .await
        .unwrap();
    provider.delete_identity(&identity).await.unwrap();
    assert_eq!(source.asked.load(Ordering::SeqCst), 2);
    assert!(
        server
            .emulator()
            .requests()
            .iter()
            .all(|request| request.date.is_none())
    );
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let emulator = AcsEmulator::builder().build().unwrap();
    let server = emulator.spawn().await.unwrap();
    let (port, _) = front(server.address()).await;
    let provider = AcsIdentityProvider::builder()
        .endpoint(format!("https://localhost:{port}"))
        .access_key("a2V5")
        .retry(quick())
        .build()
        .unwrap();
    let error = provider
        .create_identity(&[TokenScope::Voip])
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    assert!(server.emulator().requests().is_empty());
}
