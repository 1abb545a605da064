//! VNET under `/conference` of an axum application that has routes of its own.
//!
//! Three things make it whole: the same prefix in the router and in the settings of VNET, the
//! client's address in each request (rate limits go by it), and the end: sockets are told, background
//! work is stopped.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::{ConnectInfo, Path, Request};
use axum::middleware::{self, Next};
use axum::response::{Html, Response};
use axum::routing::get;
use axum::serve::ListenerExt as _;
use axum::{Json, Router};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use vnet::core::token::SigningKey;
use vnet::http::{ClientAddr, HttpConfig, VnetService};
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

/// The routes of the application, VNET among them.
///
/// # Errors
/// VNET refuses its settings.
pub fn app(vnet: Vnet) -> Result<(Router, VnetService)> {
    let config = HttpConfig::default().with_path_prefix(PREFIX.parse()?);
    let conference = VnetService::new(vnet, config)?;
    // `route_service` leaves the path as it is, which is what the prefix in the settings expects.
    let router = Router::new()
        .route("/", get(home))
        .route("/api/greeting/{name}", get(greeting))
        .route_service(PREFIX, conference.clone())
        .route_service(&format!("{PREFIX}/"), conference.clone())
        .route_service(&format!("{PREFIX}/{{*path}}"), conference.clone())
        .layer(middleware::from_fn(tell_client_address));
    Ok((router, conference))
}

async fn home() -> Html<&'static str> {
    Html(r#"<h1>Our intranet</h1><a href="/conference/">Video meetings</a>"#)
}

async fn greeting(Path(name): Path<String>) -> Json<serde_json::Value> {
    Json(serde_json::json!({ "greeting": format!("Hello, {name}!") }))
}

/// Hands on to VNET where a request comes from.
async fn tell_client_address(
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    request
        .extensions_mut()
        .insert(ClientAddr::new(address.ip()));
    next.run(request).await
}

/// Serves the application until `stop`.
///
/// # Errors
/// VNET refuses its settings, or the listener fails.
pub async fn serve(listener: TcpListener, vnet: Vnet, stop: CancellationToken) -> Result<()> {
    let upkeep = tokio::spawn({
        let (vnet, stop) = (vnet.clone(), stop.clone());
        async move { vnet.run_upkeep(stop).await }
    });
    vnet.seed_help().await?;
    let (app, conference) = app(vnet)?;
    // Signals are small and urgent.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let serving = axum::serve(
        listener,
        app.into_make_service_with_connect_info::<SocketAddr>(),
    );
    let served = serving
        .with_graceful_shutdown(stop.clone().cancelled_owned())
        .await;
    // Upgraded connections are no longer axum's: VNET tells them, and waits for them.
    conference.close_sockets(Duration::from_secs(5)).await;
    stop.cancel();
    drop(upkeep.await);
    served.map_err(|source| vnet::Error::internal("the server ended", source))
}
