//! The embedded conference in a program of your own: no accounts, no database, no cloud.
//!
//! ```sh
//! cargo run --example sfu_only      # open http://127.0.0.1:8003/ in two windows
//! ```
//!
//! Whoever opens the page meets whoever else has opened it. A real program asks who is there before it
//! gives out a ticket; that is all that is missing here.

use std::error::Error;
use std::future::ready;

use http::{Method, Request, Response};
use tokio::net::TcpListener;
use vnet::core::conference::{Participant, Role};
use vnet::core::{id::UserId, meeting::MeetingId, token::SigningKey};
use vnet::http::{Body, MeetingDoor};
use vnet::sfu::Sfu;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "a program that talks to a person")]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let sfu = Sfu::builder(SigningKey::generate()?).start()?;
    let (door, meeting) = (MeetingDoor::new(sfu.clone()), MeetingId::generate()?);
    let address = std::env::args().nth(1);
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:8003")).await?;
    println!("Open http://{}/ in two windows.", listener.local_addr()?);
    door.serve(listener, move |request| {
        ready(answer(&sfu, &meeting, &request))
    })
    .await;
    Ok(())
}

fn answer<B>(
    sfu: &Sfu,
    meeting: &MeetingId,
    request: &Request<B>,
) -> Result<Response<Body>, Box<dyn Error + Send + Sync>> {
    let answer = Response::builder();
    Ok(match (request.method(), request.uri().path()) {
        (&Method::GET, "/") => answer
            .header("content-type", "text/html")
            .body(include_str!("page.html").into())?,
        (&Method::POST, "/ticket") => {
            let guest = Participant {
                user_id: UserId::generate(),
                display_name: "Somebody".to_owned(),
                role: Role::Guest,
                access: None,
            };
            answer.body(serde_json::to_vec(&sfu.ticket(meeting, &guest)?)?.into())?
        }
        _ => answer.status(404).body(Body::default())?,
    })
}
