//! VNET's embedded conference by itself, without pages, accounts and database.

use std::net::IpAddr;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use bytes::Bytes;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use vnet_core::Limits;
use vnet_core::conference::ConferenceSignalling as _;
use vnet_core::meeting::MeetingId;
use vnet_sfu::{Sfu, SfuLimits};
use vnet_signal::{InProcessRooms, SessionGuard, Signalling};

use crate::media::vnet::key;

/// Everybody who takes part at once: how many are allowed is not what is measured.
const PEOPLE: usize = 2_000;

/// The largest text: offers with hundreds of slots.
const TEXT: usize = 1024 * 1024;

/// Serves meetings for ever, with media over `media`.
///
/// # Errors
/// When a port cannot be opened, or the listener fails.
pub async fn serve(listener: TcpListener, media: IpAddr) -> Result<()> {
    let limits = SfuLimits {
        people_per_meeting: PEOPLE,
        message_bytes: TEXT,
        ..SfuLimits::default()
    };
    let sfu = Sfu::builder(key())
        .with_media_port(0)
        .with_addresses(vec![media])
        .with_limits(limits)
        .start()?;
    let limits = Limits::default();
    let rooms = Arc::new(InProcessRooms::new(&limits));
    let signalling = Signalling::new(rooms, limits);
    loop {
        let (stream, _) = listener.accept().await?;
        let (sfu, signalling) = (sfu.clone(), signalling.clone());
        tokio::spawn(async move {
            // Somebody who only looks whether the port is open says nothing.
            let _nothing_said = one(stream, &sfu, &signalling).await;
        });
    }
}

async fn one(stream: TcpStream, sfu: &Sfu, signalling: &Signalling) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut path = String::new();
    #[expect(
        clippy::result_large_err,
        reason = "the callback's type is tungstenite's"
    )]
    let websocket = accept_hdr_async(stream, |request: &Request, response: Response| {
        request.uri().path().clone_into(&mut path);
        Ok(response)
    })
    .await?;
    let code = path.trim_end_matches('/').rsplit('/').next();
    let meeting: MeetingId = code.context("no meeting")?.parse()?;
    let stream = websocket.into_inner();
    let socket = signalling.text_socket(stream, Bytes::new(), SessionGuard::none(), TEXT);
    sfu.serve(meeting, None, Box::new(socket)).await;
    Ok(())
}
