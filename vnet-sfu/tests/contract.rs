//! The contract of a conference provider.

use std::net::{IpAddr, Ipv4Addr};

use vnet_core::Secret;
use vnet_core::token::SigningKey;
use vnet_sfu::{Sfu, TurnServer};

async fn new() -> Sfu {
    let key = SigningKey::generate().expect("random bytes");
    let turn = TurnServer::new(
        vec!["turn:turn.example.org:3478".into()],
        Secret::new("shared"),
    );
    Sfu::builder(key)
        .with_addresses(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)])
        .with_media_port(0)
        .with_turn(turn.expect("a TURN URL"))
        .start()
        .expect("a free port")
}

vnet_core::conference_provider_contract!(new);
