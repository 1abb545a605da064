//! From what was typed to values that are right, or one line that says what is wrong.

use std::io::{self, IsTerminal as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::{env, fs};

use tracing_subscriber::EnvFilter;
use vnet::acs::{AcsIdentityProvider, ConnectionString};
use vnet::core::accounts::SignUpPolicy;
use vnet::core::share::LanSubnet;
use vnet::http::{HttpConfig, PublicUrl, RateLimits, TrustedProxy};
use vnet::{Limits, Secret};

use crate::args::{Data, Serve, SignUp, TlsMode};
use crate::failure::Failure;
use crate::limits;
use crate::media::MediaSettings;
use crate::web::Web;

/// The variable that can hold a connection string itself.
const CONNECTION_STRING: &str = "VNET_ACS_CONNECTION_STRING";

/// Everything that serving needs, checked.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) data: Data,
    pub(crate) http: HttpConfig,
    pub(crate) limits: Limits,
    pub(crate) web: Web,
    pub(crate) media: MediaSettings,
    pub(crate) tls: TlsSource,
    pub(crate) acs: Option<AcsIdentityProvider>,
    pub(crate) sign_up: SignUpPolicy,
}

/// Where the certificate comes from.
#[derive(Debug)]
pub(crate) enum TlsSource {
    /// No TLS.
    Off,
    /// Made here, kept in the data folder.
    SelfSigned,
    /// Files of the operator.
    Files { cert: PathBuf, key: PathBuf },
}

impl Settings {
    /// Checks what was typed.
    pub(crate) fn check(typed: Serve) -> Result<Self, Failure> {
        let read = limits::read(&typed.limit)?;
        Ok(Self {
            tls: tls(&typed)?,
            acs: acs(&typed)?,
            http: http(&typed, read.rates)?,
            limits: read.rooms,
            web: typed.web,
            media: typed.media.check(read.conference)?,
            listen: typed.listen,
            data: typed.data,
            sign_up: match typed.sign_up {
                SignUp::Open => SignUpPolicy::Open,
                SignUp::Closed => SignUpPolicy::Closed,
            },
        })
    }
}

/// What is logged when nothing was set. The media engine warns of whatever a browser sends wrong, which is
/// counted, and nothing for an operator to read line by line.
pub(crate) const QUIET: &str =
    "info,str0m=error,str0m_proto=error,is=error,dimpl=error,sctp_proto=error";

/// Starts the log on standard error; `quiet` is what is logged when nothing was set.
pub(crate) fn start_log(set: Option<&str>, quiet: &str) -> Result<(), Failure> {
    let filter = set.unwrap_or(quiet);
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        let wrong = format!("`{filter}` is no filter ({error})");
        Failure::setting(
            "--log",
            wrong,
            "write a level, or like info,vnet_signal=debug",
        )
    })?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    Ok(())
}

fn http(typed: &Serve, rates: RateLimits) -> Result<HttpConfig, Failure> {
    let public_url = typed.public_url.as_deref().map(str::parse::<PublicUrl>);
    let public_url = public_url
        .transpose()
        .map_err(|error| Failure::refused("--public-url", &error))?;
    let proxies = typed.trusted_proxy.iter();
    let proxies = proxies.map(|text| text.trim().parse::<TrustedProxy>());
    let proxies = proxies
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Failure::refused("--trusted-proxy", &error))?;
    let subnets = typed.lan_subnet.iter();
    let subnets = subnets.map(|text| text.trim().parse::<LanSubnet>());
    let subnets = subnets
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Failure::refused("--lan-subnet", &error))?;
    Ok(HttpConfig::default()
        .with_rate_limits(rates)
        .with_public_url(public_url)
        .with_trusted_proxies(proxies)
        .with_lan_subnets(subnets))
}

fn tls(typed: &Serve) -> Result<TlsSource, Failure> {
    let both = "give both --tls-cert and --tls-key, or --tls self-signed";
    match (&typed.tls_cert, &typed.tls_key, typed.tls) {
        (None, None, TlsMode::Off) => Ok(TlsSource::Off),
        (None, None, TlsMode::SelfSigned) => Ok(TlsSource::SelfSigned),
        (Some(cert), Some(key), TlsMode::Off) => Ok(TlsSource::Files {
            cert: cert.clone(),
            key: key.clone(),
        }),
        (Some(_), Some(_), TlsMode::SelfSigned) => {
            let wrong = "`self-signed` and a certificate of --tls-cert exclude each other";
            Err(Failure::setting("--tls", wrong, "leave one of them away"))
        }
        (Some(_), None, _) => Err(Failure::setting("--tls-cert", "its key is missing", both)),
        (None, Some(_), _) => Err(Failure::setting(
            "--tls-key",
            "its certificate is missing",
            both,
        )),
    }
}

/// The provider that the connection string of the file or of the variable leads to, if there is one.
fn acs(typed: &Serve) -> Result<Option<AcsIdentityProvider>, Failure> {
    let variable = env::var_os(CONNECTION_STRING).filter(|text| !text.is_empty());
    let (name, text) = match (&typed.acs_connection_string_file, variable) {
        (Some(_), Some(_)) => {
            let wrong = format!("{CONNECTION_STRING} is set, too");
            let right = "set one of them";
            return Err(Failure::setting(
                "--acs-connection-string-file",
                wrong,
                right,
            ));
        }
        (Some(path), None) => ("--acs-connection-string-file", read(path)?),
        (None, Some(text)) => {
            let text = text.into_string().map_err(|_text| {
                Failure::setting(
                    CONNECTION_STRING,
                    "it is not UTF-8",
                    "copy it from the portal again",
                )
            })?;
            (CONNECTION_STRING, text)
        }
        (None, None) => return Ok(None),
    };
    let parsed =
        ConnectionString::parse(text.trim()).map_err(|error| Failure::refused(name, &error))?;
    if parsed.is_insecure() && !typed.acs_endpoint_insecure {
        let wrong = format!("its endpoint {} is plain http", parsed.endpoint());
        let right =
            "use https, or allow it for an emulator on this machine with --acs-endpoint-insecure";
        return Err(Failure::setting(name, wrong, right));
    }
    AcsIdentityProvider::builder()
        .connection_string(Secret::from(text.trim()))
        .allow_insecure_loopback(typed.acs_endpoint_insecure)
        .build()
        .map(Some)
        .map_err(|error| Failure::refused(name, &error))
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| {
        let wrong = format!("cannot read {} ({error})", path.display());
        let right = "name a text file with the connection string";
        Failure::setting("--acs-connection-string-file", wrong, right)
    })
}
