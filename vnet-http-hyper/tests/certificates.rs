//! Certificates: made here, taken from files, expired, for other names.
#![cfg(feature = "tls")]
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod support;

use std::path::{Path, PathBuf};

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use support::tls::{certificate, connect};
use support::{Answer, request_bytes, start_of, vnet};
use time::Duration;
use tokio::io::AsyncWriteExt;
use vnet_core::testkit::logs::Logs;
use vnet_core::{Clock as _, SystemClock};
use vnet_http_hyper::{HttpConfig, Tls};

/// Writes a certificate for `name` that is good for some days from now on (or was), and its key.
fn issue(folder: &Path, name: &str, from: i64, until: i64) -> (PathBuf, PathBuf) {
    let now = SystemClock.now();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = now + Duration::days(from);
    params.not_after = now + Duration::days(until);
    let pair = KeyPair::generate().unwrap();
    let (cert, key) = (folder.join("site.crt"), folder.join("site.key"));
    std::fs::write(&cert, params.self_signed(&pair).unwrap().pem()).unwrap();
    std::fs::write(&key, pair.serialize_pem()).unwrap();
    (cert, key)
}

/// Takes a certificate; what was logged while it was taken.
fn take(cert: &Path, key: &Path) -> (Tls, Logs) {
    let logs = Logs::new();
    let tls = tracing::subscriber::with_default(logs.clone(), || Tls::from_files(cert, key));
    (tls.unwrap(), logs)
}

fn warnings(logs: &Logs) -> Vec<String> {
    let mut lines = logs.lines();
    lines.retain(|line| line.contains("WARN"));
    lines
}

#[test]
fn dates_that_browsers_refuse_are_warned_about() {
    for (from, until, warning) in [
        (-30, -1, Some("the certificate has expired")),
        (1, 30, Some("the certificate is not valid yet")),
        (-1, 30, None),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (cert, key) = issue(folder.path(), "localhost", from, until);
        let (_tls, logs) = take(&cert, &key);
        let warned = warnings(&logs);
        match warning {
            Some(text) => {
                assert_eq!(warned.len(), 1, "{warned:?}");
                assert!(warned[0].contains(text), "{warned:?}");
                assert!(
                    warned[0].contains(&cert.display().to_string()),
                    "{warned:?}"
                );
            }
            None => assert_eq!(warned, Vec::<String>::new()),
        }
        let secret = std::fs::read_to_string(&key).unwrap();
        logs.assert_clean(&[secret.lines().nth(1).unwrap()]);
    }
}

#[tokio::test]
async fn clients_refuse_an_expired_certificate_and_harm_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let (cert, key) = issue(folder.path(), "localhost", -30, -1);
    let (tls, _logs) = take(&cert, &key);
    let server = start_of(vnet(), HttpConfig::default(), |serving| {
        serving.with_tls(Some(tls))
    })
    .await;
    // The second one shows that the server goes on, and what it serves.
    for _ in 0..2 {
        let root = CertificateDer::from_pem_file(&cert).unwrap();
        let refused = connect(server.address, root, "localhost", b"http/1.1").await;
        let error = refused.unwrap_err();
        assert!(error.to_string().contains("xpired"), "{error}");
    }
}

#[tokio::test]
async fn a_certificate_is_good_for_its_names_alone() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["meet.local".to_owned(), "192.0.2.7".to_owned()];
    let tls = Tls::self_signed(folder.path(), &names).unwrap();
    let server = start_of(vnet(), HttpConfig::default(), |serving| {
        serving.with_tls(Some(tls))
    })
    .await;
    let as_name = |name| {
        let root = certificate(folder.path());
        connect(server.address, root, name, b"http/1.1")
    };
    let own = ["localhost", "127.0.0.1", "::1", "meet.local", "192.0.2.7"];
    for name in own {
        let mut stream = as_name(name).await.unwrap();
        let request = request_bytes("localhost", "GET", "/healthz", &[], b"");
        stream.write_all(&request).await.unwrap();
        assert_eq!(Answer::read(&mut stream).await.status, 200, "{name}");
    }
    for name in ["other.local", "192.0.2.8"] {
        let error = as_name(name).await.unwrap_err();
        assert!(error.to_string().contains("not valid for name"), "{error}");
    }
}

#[test]
fn files_that_do_not_fit_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("1"), folder.path().join("2"));
    Tls::self_signed(&one, &[]).unwrap();
    Tls::self_signed(&two, &[]).unwrap();
    let (cert, key) = (one.join("self-signed.crt"), one.join("self-signed.key"));
    assert!(Tls::from_files(&cert, &key).is_ok());
    let message = |cert: &Path, key: &Path| Tls::from_files(cert, key).unwrap_err().to_string();
    assert!(message(&cert, &two.join("self-signed.key")).contains("do not go together"));
    assert!(message(&key, &key).contains("holds no certificate"));
    assert!(message(&cert, &cert).contains("holds no private key"));
    assert!(message(&cert, &one.join("nothing")).contains("cannot read"));
}
