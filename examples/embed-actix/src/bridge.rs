//! Between actix's requests and answers and those of the `http` crate.
//!
//! actix is built on an older `http`, has bodies that stay on one thread, and hands over an upgraded
//! connection as two streams of bytes. This is all that has to be said in the other's words.
#![expect(
    clippy::future_not_send,
    reason = "actix serves each connection on one thread, and its types stay there"
)]

use std::io;

use actix_web::body::SizedStream;
use actix_web::http::{Method, StatusCode, Version};
use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, rt};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use http::header::{CONNECTION, CONTENT_LENGTH, UPGRADE};
use http_body::Frame;
use http_body_util::{BodyExt as _, Empty, StreamBody};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio_util::io::ReaderStream;
use vnet::http::{Body, ClientAddr, UpgradeHandover, UpgradeSlot, VnetService};

/// Bytes that may wait between the two sides of an upgraded connection.
const BRIDGE_BYTES: usize = 16 * 1024;
/// Pieces of a body that may wait to be read.
const PIECES: usize = 4;

/// Answers one request with VNET.
pub(crate) async fn answer(
    request: HttpRequest,
    payload: Payload,
    service: web::Data<VnetService>,
) -> actix_web::Result<HttpResponse> {
    let mut converted = convert(&request)?;
    if !request.head().upgrade() {
        let body = StreamBody::new(pieces(payload));
        let response = call(&service, converted.map(|()| body)).await;
        return plain(&request, response).await;
    }
    // What follows is no body: it goes to VNET when the answer is 101.
    let (slot, handover) = UpgradeSlot::new();
    converted.extensions_mut().insert(slot);
    let response = call(&service, converted.map(|()| Empty::new())).await;
    if response.status() == http::StatusCode::SWITCHING_PROTOCOLS {
        Ok(switch(&response, payload, handover))
    } else {
        plain(&request, response).await
    }
}

async fn call<B>(service: &VnetService, request: http::Request<B>) -> http::Response<Body>
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let answered = tower_service::Service::call(&mut service.clone(), request).await;
    match answered {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

fn convert(request: &HttpRequest) -> actix_web::Result<http::Request<()>> {
    let mut converted = http::Request::builder()
        .method(request.method().as_str())
        .uri(request.uri().to_string())
        .version(match request.version() {
            Version::HTTP_10 => http::Version::HTTP_10,
            Version::HTTP_2 => http::Version::HTTP_2,
            _ => http::Version::HTTP_11,
        });
    for (name, value) in request.headers() {
        converted = converted.header(name.as_str(), value.as_bytes());
    }
    if let Some(address) = request.peer_addr() {
        converted = converted.extension(ClientAddr::new(address.ip()));
    }
    converted
        .body(())
        .map_err(actix_web::error::ErrorBadRequest)
}

/// The body of a request as a stream that may change threads, read ahead by a few pieces at most.
fn pieces(mut payload: Payload) -> impl Stream<Item = io::Result<Frame<Bytes>>> + Send {
    let (sender, mut receiver) = mpsc::channel(PIECES);
    rt::spawn(async move {
        while let Some(piece) = payload.next().await {
            let piece = piece.map(Frame::data).map_err(io::Error::other);
            if sender.send(piece).await.is_err() {
                return;
            }
        }
    });
    stream::poll_fn(move |cx| receiver.poll_recv(cx))
}

fn head(response: &http::Response<Body>) -> actix_web::Result<HttpResponseBuilder> {
    let status = StatusCode::from_u16(response.status().as_u16())
        .map_err(actix_web::error::ErrorInternalServerError)?;
    let mut builder = HttpResponse::build(status);
    for (name, value) in response.headers() {
        // How the connection goes on, and how long the body is, actix says itself.
        if ![&CONNECTION, &UPGRADE, &CONTENT_LENGTH].contains(&name) {
            builder.append_header((name.as_str(), value.as_bytes()));
        }
    }
    Ok(builder)
}

/// An answer with a body that is there at once.
async fn plain(
    request: &HttpRequest,
    response: http::Response<Body>,
) -> actix_web::Result<HttpResponse> {
    let mut builder = head(&response)?;
    let length = response.headers().get(CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let body = match response.into_body().collect().await {
        Ok(body) => body.to_bytes(),
        Err(never) => match never {},
    };
    Ok(match length {
        // HEAD tells the length of what it does not send.
        Some(length) if request.method() == Method::HEAD => {
            let nothing = stream::empty::<io::Result<Bytes>>();
            builder.body(SizedStream::new(length, nothing))
        }
        _ => builder.body(body),
    })
}

/// 101, and then bytes in both directions between the connection and VNET.
fn switch(
    response: &http::Response<Body>,
    payload: Payload,
    handover: UpgradeHandover,
) -> HttpResponse {
    let (ours, theirs) = tokio::io::duplex(BRIDGE_BYTES);
    handover.hand_over(theirs);
    let (outwards, inwards) = tokio::io::split(ours);
    rt::spawn(copy(payload, inwards));
    match head(response) {
        Ok(mut builder) => builder
            .upgrade("websocket")
            .streaming(ReaderStream::new(outwards)),
        Err(error) => error.error_response(),
    }
}

/// Hands what the client sends on to VNET, until one of them ends.
async fn copy(mut payload: Payload, mut inwards: impl AsyncWrite + Unpin) {
    while let Some(Ok(piece)) = payload.next().await {
        if inwards.write_all(&piece).await.is_err() {
            return;
        }
    }
    // VNET reads the end, and leaves the room.
    drop(inwards.shutdown().await);
}
