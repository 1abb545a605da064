//! Putting the parts together, and taking them down again.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use vnet::acs::AcsConference;
use vnet::core::password::Hasher;
use vnet::http::{HttpConfig, Tls, VnetService};
use vnet::signal::InProcessRooms;
use vnet::sqlite::SqliteStore;
use vnet::{Limits, Vnet, VnetBuilder};

use crate::args::CreateAdmin;
use crate::banner::{self, Carrier, Facts};
use crate::create_admin;
use crate::data_dir::DataDir;
use crate::failure::{Failure, causes};
use crate::metrics_page;
use crate::settings::{Settings, TlsSource};
use crate::shutdown;

/// How long background work may take to end.
const UPKEEP_ENDS_WITHIN: Duration = Duration::from_secs(5);

/// Makes a staff account in the data folder.
pub(crate) async fn create_admin(wanted: &CreateAdmin) -> Result<String, Failure> {
    let data = DataDir::open(&wanted.data.data_dir)?;
    let store = open_store(&data)?;
    let rooms = InProcessRooms::new(&Limits::default());
    let vnet = Vnet::builder(store.clone(), rooms, data.signing_key()?).build();
    let done = create_admin::create_admin(&vnet, wanted).await;
    store.close().await;
    done
}

/// Serves until a signal comes.
pub(crate) async fn serve(settings: Settings) -> Result<(), Failure> {
    let data = DataDir::open(&settings.data.data_dir)?;
    let tls = load_tls(&settings, &data)?;
    let listener = listen(&settings).await?;
    let metrics = match settings.media.metrics_listen() {
        Some(address) => Some(metrics_page::open(address).await?),
        None => None,
    };
    let carrier = carrier(&settings, &data)?;
    let store = open_store(&data)?;
    let hasher = Hasher::new(settings.limits.waiting_hashes);
    let rooms = InProcessRooms::new(&settings.limits);
    let builder = Vnet::builder(store.clone(), rooms, data.signing_key()?)
        .with_limits(settings.limits.clone())
        .with_hasher(hasher.clone())
        .with_sign_up(settings.sign_up);
    let (builder, http) = with_carrier(builder, &settings, &carrier);
    let http = settings.web.add_to(http, &carrier, &data);
    let vnet = builder.build();
    vnet.seed_help()
        .await
        .map_err(|error| Failure::run("cannot write the help articles", &error))?;
    let service = VnetService::new(vnet.clone(), http)
        .map_err(|error| Failure::run("cannot prepare the pages", &error))?;

    let stop =
        shutdown::on_signal().map_err(|error| Failure::run("cannot listen to signals", &error))?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::run("cannot read the address", &error))?;
    banner::print(&Facts {
        address,
        public_url: settings.http.public_url.as_ref(),
        is_tls: tls.is_some(),
        data: data.path(),
        carrier: &carrier,
        metrics,
    });
    warm_up(hasher);
    let behind = tokio::spawn(run_behind(vnet, carrier, stop.clone()));
    vnet::http::serve(listener, service)
        .with_tls(tls)
        .with_graceful_shutdown(stop.clone().cancelled_owned())
        .await;
    stop.cancel();
    if tokio::time::timeout(UPKEEP_ENDS_WITHIN, behind)
        .await
        .is_err()
    {
        tracing::warn!("the upkeep did not end in time");
    }
    store.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Azure where it is set; the embedded conference, started, otherwise.
fn carrier(settings: &Settings, data: &DataDir) -> Result<Carrier, Failure> {
    match &settings.acs {
        Some(acs) => Ok(Carrier::Acs(acs.endpoint().to_owned())),
        None => Ok(Carrier::Local(settings.media.start(data.signing_key()?)?)),
    }
}

fn with_carrier(
    builder: VnetBuilder,
    settings: &Settings,
    carrier: &Carrier,
) -> (VnetBuilder, HttpConfig) {
    let http = settings.http.clone();
    match (carrier, &settings.acs) {
        (Carrier::Local(sfu), _) => (
            builder.with_conference(sfu.clone()),
            http.with_conference(Some(Arc::new(sfu.clone()))),
        ),
        (Carrier::Acs(_), Some(acs)) => (with_acs(builder, acs.clone()), http),
        (Carrier::Acs(_), None) => (builder, http),
    }
}

/// What runs behind the pages. Meetings hear of the end when everybody else does, not after the pages.
async fn run_behind(vnet: Vnet, carrier: Carrier, stop: CancellationToken) {
    let media = async {
        stop.cancelled().await;
        if let Carrier::Local(sfu) = carrier {
            sfu.stop().await;
        }
    };
    tokio::join!(vnet.run_upkeep(stop.clone()), media);
}

/// Does what is done once, after the port is open: nobody waits for it.
fn warm_up(hasher: Hasher) {
    tokio::spawn(async move {
        if let Err(error) = hasher.warm_up().await {
            tracing::warn!(%error, "cannot prepare the check of passwords");
        }
    });
}

fn with_acs(builder: VnetBuilder, provider: vnet::acs::AcsIdentityProvider) -> VnetBuilder {
    builder
        .with_identity_provider(provider)
        .with_conference(AcsConference)
}

fn open_store(data: &DataDir) -> Result<SqliteStore, Failure> {
    SqliteStore::open(data.database()).map_err(|error| {
        let wrong = format!("{}: {}", data.database().display(), causes(&error));
        let right = "restore a backup, or name another folder";
        Failure::setting("--data-dir", wrong, right)
    })
}

async fn listen(settings: &Settings) -> Result<TcpListener, Failure> {
    TcpListener::bind(settings.listen).await.map_err(|error| {
        let wrong = format!("cannot listen on {} ({error})", settings.listen);
        Failure::setting("--listen", wrong, "choose another address or port")
    })
}

fn load_tls(settings: &Settings, data: &DataDir) -> Result<Option<Tls>, Failure> {
    match &settings.tls {
        TlsSource::Off => Ok(None),
        TlsSource::Files { cert, key } => Tls::from_files(cert, key)
            .map(Some)
            .map_err(|error| Failure::refused("--tls-cert, --tls-key", &error)),
        TlsSource::SelfSigned => {
            let folder = data.tls()?;
            Tls::self_signed(&folder, &names(settings))
                .map(Some)
                .map_err(|error| Failure::refused("--tls self-signed", &error))
        }
    }
}

/// What browsers may call this server, for its own certificate.
fn names(settings: &Settings) -> Vec<String> {
    let mut names = vnet::http::local_names();
    if let Some(public) = &settings.http.public_url {
        // Without the port; an IPv6 address without its brackets.
        let host = public.host();
        let end = host.rfind(':').filter(|at| host.rfind(']') < Some(*at));
        let host = &host[..end.unwrap_or(host.len())];
        names.push(host.trim_matches(['[', ']']).to_owned());
    }
    let ip = settings.listen.ip();
    if !ip.is_unspecified() {
        names.push(ip.to_string());
    }
    names.sort();
    names.dedup();
    names
}
