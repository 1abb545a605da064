//! VNET's signalling by itself: the rooms and the frames of the product, without pages, sessions and
//! database. What it costs more than the bare relay is the price of the signalling, and what the
//! whole server costs more than this is the price of the rest.

use std::io;
use std::sync::Arc;

use http::Request;
use http::header::COOKIE;
use tokio::net::TcpListener;
use vnet_core::{Limits, Result, async_trait};
use vnet_signal::{Admitted, Authenticate, InProcessRooms, Signalling};

/// Messages a second of one peer; how many are allowed is not what is measured.
const RATE: u32 = 1_000_000;

/// Believes everybody: the cookie is the name.
#[derive(Debug)]
struct Anyone;

#[async_trait]
impl Authenticate for Anyone {
    async fn authenticate(&self, request: &Request<()>) -> Result<Admitted> {
        let cookie = request
            .headers()
            .get(COOKIE)
            .and_then(|value| value.to_str().ok());
        Ok(Admitted::new(cookie.unwrap_or("nobody")))
    }
}

/// Serves rooms for ever.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener) -> io::Result<()> {
    let mut limits = Limits::default();
    limits.signal_rate = RATE;
    limits.signal_burst = RATE;
    let rooms = Arc::new(InProcessRooms::new(&limits));
    vnet_signal::serve(listener, &Signalling::new(rooms, limits), Anyone).await
}
