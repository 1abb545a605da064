//! The figures of this process for a monitoring system, on a listener of its own.

use std::convert::Infallible;
use std::future::ready;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use http::{Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;

use crate::failure::Failure;

/// How often old samples are put together, so that they do not pile up while nobody asks.
const UPKEEP: Duration = Duration::from_secs(5);
/// How long somebody may take to ask.
const ASKED_WITHIN: Duration = Duration::from_secs(10);

/// Part of the packets that were lost.
const PARTS: [f64; 8] = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
/// Seconds.
const TIMES: [f64; 9] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6];
/// Bits a second.
const RATES: [f64; 8] = [1e5, 3e5, 6e5, 1e6, 2e6, 4e6, 8e6, 16e6];

/// What figures fall into, by their name.
const BUCKETS: [(&str, &[f64]); 5] = [
    ("vnet_sfu_loss_in", &PARTS),
    ("vnet_sfu_loss_out", &PARTS),
    ("vnet_sfu_rtt_seconds", &TIMES),
    ("vnet_sfu_jitter_seconds", &TIMES),
    ("vnet_sfu_estimate_bits_per_second", &RATES),
];

/// Opens the listener and begins to count. To be called before what is counted starts.
pub(crate) async fn open(address: SocketAddr) -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind(address).await.map_err(|error| {
        let wrong = format!("cannot listen on {address} ({error})");
        Failure::setting("--metrics-listen", wrong, "choose another address or port")
    })?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::run("cannot read the address for metrics", &error))?;
    let mut builder = PrometheusBuilder::new();
    for (name, buckets) in BUCKETS {
        builder = builder
            .set_buckets_for_metric(Matcher::Full(name.to_owned()), buckets)
            .map_err(|error| Failure::run("cannot prepare metrics", &error))?;
    }
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder)
        .map_err(|error| Failure::run("cannot count metrics", &error))?;
    vnet::sfu::describe_metrics();
    tokio::spawn(serve(listener, handle));
    Ok(address)
}

async fn serve(listener: TcpListener, handle: PrometheusHandle) {
    let mut upkeep = tokio::time::interval(UPKEEP);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _remote)) => {
                    let service = service_fn({
                        let handle = handle.clone();
                        move |request| ready(Ok::<_, Infallible>(answer(&request, &handle)))
                    });
                    let connection = http1::Builder::new()
                        .timer(TokioTimer::new())
                        .header_read_timeout(ASKED_WITHIN)
                        .serve_connection(TokioIo::new(stream), service);
                    // Who hangs up is of no interest.
                    tokio::spawn(async move { drop(connection.await) });
                }
                Err(error) => wait_after(&error).await,
            },
            _ = upkeep.tick() => handle.run_upkeep(),
        }
    }
}

async fn wait_after(error: &io::Error) {
    tracing::warn!(%error, "cannot accept a connection for metrics");
    tokio::time::sleep(Duration::from_secs(1)).await;
}

fn answer(request: &Request<Incoming>, handle: &PrometheusHandle) -> Response<Full<Bytes>> {
    let (status, text) = match (request.method(), request.uri().path()) {
        (&Method::GET, "/metrics") => (StatusCode::OK, handle.render()),
        (_, "/metrics") => (StatusCode::METHOD_NOT_ALLOWED, String::new()),
        _ => (
            StatusCode::NOT_FOUND,
            "metrics are at /metrics\n".to_owned(),
        ),
    };
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    let kind = header::HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
