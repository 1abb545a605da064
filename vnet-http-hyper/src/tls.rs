//! Encrypted connections: certificates from files, or made here and kept.

mod names;
mod self_signed;

pub use names::local_names;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;
use vnet_core::{Clock as _, Error, ErrorKind, SystemClock};

/// What encrypts the connections of a server: TLS 1.2 and 1.3, with HTTP/2 and HTTP/1.1.
#[derive(Clone)]
pub struct Tls {
    config: Arc<ServerConfig>,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls(..)")
    }
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidInput, "bad_certificate", message)
}

impl Tls {
    /// Takes a certificate, with its chain, and its key from PEM files.
    ///
    /// # Errors
    /// `InvalidInput` with code `bad_certificate`: a file cannot be read or holds no PEM of that kind,
    /// or the key is another certificate's. The message names the file. A certificate that has expired is
    /// taken with a warning in the log: the server is then still reached by those who insist.
    pub fn from_files(cert: &Path, key: &Path) -> Result<Self, Error> {
        let chain = read(cert)?;
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&chain).collect();
        let chain = chain
            .map_err(|error| invalid(format!("{} is no PEM file: {error}", cert.display())))?;
        if chain.is_empty() {
            return Err(invalid(format!(
                "{} holds no certificate: it must have `-----BEGIN CERTIFICATE-----`",
                cert.display()
            )));
        }
        warn_if_expired(&chain[0], cert);
        let bytes = read(key)?;
        let secret = PrivateKeyDer::from_pem_slice(&bytes).map_err(|error| {
            invalid(format!(
                "{} holds no private key in PEM (`-----BEGIN PRIVATE KEY-----`): {error}",
                key.display()
            ))
        })?;
        Self::new(chain, secret).map_err(|error| {
            invalid(format!(
                "{} and {} do not go together: {error}",
                cert.display(),
                key.display()
            ))
        })
    }

    /// Makes a certificate for `localhost`, the loopback addresses and `names` (host names or addresses),
    /// and keeps it in `folder` with its key, readable by its owner only. A kept one is used until it
    /// is about to expire or other names are asked for.
    ///
    /// # Errors
    /// `InvalidInput`: something is no host name. `Unavailable`: the folder cannot be used.
    pub fn self_signed(folder: &Path, names: &[String]) -> Result<Self, Error> {
        let kept = self_signed::keep(folder, names)?;
        Self::from_files(&kept.cert, &kept.key)
    }

    fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, rustls::Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let certified = CertifiedKey::from_der(chain, key, &provider)?;
        let resolver = Arc::new(rustls::sign::SingleCertAndKey::from(certified));
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self {
            config: Arc::new(config),
        })
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config))
    }
}

/// Says so in the log when browsers will refuse a certificate because of its dates.
fn warn_if_expired(certificate: &CertificateDer<'_>, file: &Path) {
    let Ok((_, parsed)) = x509_parser::parse_x509_certificate(certificate) else {
        return;
    };
    let (validity, now) = (parsed.validity(), SystemClock.now().unix_timestamp());
    if validity.not_after.timestamp() <= now {
        tracing::warn!(file = %file.display(), ended = %validity.not_after, "the certificate has expired");
    } else if validity.not_before.timestamp() > now {
        tracing::warn!(file = %file.display(), begins = %validity.not_before, "the certificate is not valid yet");
    }
}

fn read(file: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(file).map_err(|error| invalid(format!("cannot read {}: {error}", file.display())))
}
