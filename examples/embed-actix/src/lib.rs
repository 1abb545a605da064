//! VNET under `/conference` of an actix-web application that has routes of its own.
//!
//! actix speaks another dialect of HTTP than hyper; `bridge.rs` translates. Beside that it is as in
//! every framework: the same prefix in the routes and in the settings of VNET, the client's address
//! in each request, and an end at which sockets are told and background work is stopped.

mod bridge;

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::web::{self, Data, Html, Json, Path};
use actix_web::{App, HttpServer, rt};
use tokio_util::sync::CancellationToken;
use vnet::core::token::SigningKey;
use vnet::http::{HttpConfig, VnetService};
use vnet::signal::InProcessRooms;
use vnet::sqlite::SqliteStore;
use vnet::{Limits, Result, Vnet};

/// Where VNET is in this application.
pub const PREFIX: &str = "/conference";

/// An installation of VNET that keeps its data in a temporary file.
///
/// # Errors
/// The store cannot be opened.
pub fn installation() -> Result<Vnet> {
    let rooms = InProcessRooms::new(&Limits::default());
    let store = SqliteStore::open_temporary()?;
    Ok(Vnet::builder(store, rooms, SigningKey::generate()?).build())
}

/// VNET as it stands in this application.
///
/// # Errors
/// VNET refuses its settings.
pub fn conference(vnet: Vnet) -> Result<VnetService> {
    VnetService::new(
        vnet,
        HttpConfig::default().with_path_prefix(PREFIX.parse()?),
    )
}

async fn home() -> Html {
    Html::new(r#"<h1>Our intranet</h1><a href="/conference/">Video meetings</a>"#)
}

async fn greeting(name: Path<String>) -> Json<serde_json::Value> {
    Json(serde_json::json!({ "greeting": format!("Hello, {name}!") }))
}

/// Serves the application until `stop`.
///
/// # Errors
/// The listener fails.
pub async fn serve(
    listener: TcpListener,
    conference: VnetService,
    stop: CancellationToken,
) -> io::Result<()> {
    let vnet = conference.vnet().clone();
    let upkeep = rt::spawn({
        let (vnet, stop) = (vnet.clone(), stop.clone());
        async move { vnet.run_upkeep(stop).await }
    });
    vnet.seed_help().await.map_err(io::Error::other)?;
    let service = Data::new(conference.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(service.clone())
            .route("/", web::get().to(home))
            .route("/api/greeting/{name}", web::get().to(greeting))
            // The path is left as it is, which is what the prefix in the settings expects.
            .route(PREFIX, web::to(bridge::answer))
            .route(&format!("{PREFIX}/{{path:.*}}"), web::to(bridge::answer))
    })
    .workers(2)
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = server.handle();
    rt::spawn(async move {
        stop.cancelled().await;
        // Sockets first: to actix they are answers that do not end.
        conference.close_sockets(Duration::from_secs(5)).await;
        handle.stop(true).await;
    });
    let served = server.await;
    drop(upkeep.await);
    served
}
