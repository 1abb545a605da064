//! Putting the parts together, and taking them down again.

use std::time::Duration;

use tokio::net::TcpListener;
use vnet::acs::AcsConference;
use vnet::core::password::Hasher;
use vnet::http::{Tls, VnetService};
use vnet::signal::InProcessRooms;
use vnet::sqlite::SqliteStore;
use vnet::{Limits, Vnet, VnetBuilder};

use crate::args::CreateAdmin;
use crate::banner::{self, Facts};
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
    let store = open_store(&data)?;
    let metrics = match settings.media.metrics_listen() {
        Some(address) => Some(metrics_page::open(address).await?),
        None => None,
    };
    let limits = settings.limits.clone();
    let hasher = Hasher::new(limits.waiting_hashes);
    let rooms = InProcessRooms::new(&limits);
    let mut builder = Vnet::builder(store.clone(), rooms, data.signing_key()?)
        .with_limits(limits)
        .with_hasher(hasher.clone())
        .with_sign_up(settings.sign_up);
    let mut sfu = None;
    let carrier = match &settings.acs {
        Some(acs) => {
            builder = with_acs(builder, acs.clone());
            banner::Carrier::Acs(acs.endpoint().to_owned())
        }
        None => {
            let started = settings.media.start(data.signing_key()?)?;
            builder = builder.with_conference(started.clone());
            let carrier = banner::Carrier::Local(started.clone());
            sfu = Some(started);
            carrier
        }
    };
    let vnet = builder.build();
    vnet.seed_help()
        .await
        .map_err(|error| Failure::run("cannot write the help articles", &error))?;
    let service = VnetService::new(vnet.clone(), settings.http.clone())
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
        carrier,
        metrics,
    });
    warm_up(hasher);
    let upkeep = tokio::spawn({
        let (vnet, stop) = (vnet.clone(), stop.clone());
        async move { vnet.run_upkeep(stop).await }
    });
    vnet::http::serve(listener, service)
        .with_tls(tls)
        .with_graceful_shutdown(stop.clone().cancelled_owned())
        .await;
    stop.cancel();
    if let Some(sfu) = sfu {
        sfu.stop().await;
    }
    if tokio::time::timeout(UPKEEP_ENDS_WITHIN, upkeep)
        .await
        .is_err()
    {
        tracing::warn!("the upkeep did not end in time");
    }
    store.close().await;
    tracing::info!("stopped");
    Ok(())
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
