//! The embedded conference in a program of your own: no accounts, no database, no cloud.
//!
//! ```sh
//! cargo run --example sfu_only      # open http://127.0.0.1:8003/ in two windows
//! ```
//!
//! Whoever opens the page meets whoever else has opened it. A real program asks who is there before it
//! gives out a ticket; that is all that is missing here.

mod socket;

use std::error::Error;
use std::future::ready;

use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use vnet::core::conference::{ConferenceSignalling as _, Participant, Role};
use vnet::core::id::UserId;
use vnet::core::meeting::MeetingId;
use vnet::core::token::SigningKey;
use vnet::sfu::Sfu;

use crate::socket::Socket;

type Answer = Result<Response<Full<Bytes>>, Box<dyn Error + Send + Sync>>;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "a program that talks to a person")]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let sfu = Sfu::builder(SigningKey::generate()?).start()?;
    let meeting = MeetingId::generate()?;
    let address = std::env::args().nth(1);
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:8003")).await?;
    println!("Open http://{}/ in two windows.", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        let (sfu, meeting) = (sfu.clone(), meeting.clone());
        let service = service_fn(move |request| ready(answer(&sfu, &meeting, request)));
        let http = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(http.with_upgrades());
    }
}

fn answer(sfu: &Sfu, meeting: &MeetingId, mut request: Request<Incoming>) -> Answer {
    let file = |kind: &str, text: &'static str| {
        let answer = Response::builder().header("content-type", kind);
        Ok(answer.body(Full::from(text))?)
    };
    match (request.method(), request.uri().path()) {
        (&Method::GET, "/") => file("text/html", include_str!("page.html")),
        (&Method::GET, "/conference.js") => file(
            "text/javascript",
            include_str!("../../vnet-http-hyper/static/conference.js"),
        ),
        (&Method::POST, "/ticket") => {
            let guest = Participant {
                user_id: UserId::generate(),
                display_name: "Somebody".to_owned(),
                role: Role::Guest,
                access: None,
            };
            let ticket = serde_json::to_vec(&sfu.ticket(meeting, &guest)?)?;
            Ok(Response::new(Full::from(ticket)))
        }
        (&Method::GET, path) if path.starts_with("/vnet/sfu/") => {
            let upgrade = hyper::upgrade::on(&mut request);
            let (sfu, meeting) = (sfu.clone(), meeting.clone());
            tokio::spawn(async move {
                let socket = Socket::new(TokioIo::new(upgrade.await?)).await;
                sfu.serve(meeting, None, Box::new(socket)).await;
                Ok::<_, hyper::Error>(())
            });
            Ok(create_response_with_body(&request, Full::default)?)
        }
        _ => Ok(Response::builder()
            .status(StatusCode::NOT_FOUND)
            .body(Full::default())?),
    }
}
