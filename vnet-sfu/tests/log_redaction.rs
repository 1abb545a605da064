//! A whole meeting with real media over real sockets, logged at the finest level: nothing in the lines of
//! this house says who talks from where, what about, or what would let somebody else in.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod pipe;
mod support;

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use pipe::{Browser, PATIENCE, ticket};
use serde_json::{Value, json};
use support::{Client, Offer, Random};
use tokio::runtime::Runtime;
use vnet_core::conference::Role;
use vnet_core::id::UserId;
use vnet_core::meeting::Meeting;
use vnet_core::testkit::logs::Logs;
use vnet_core::testkit::samples;
use vnet_core::token::SigningKey;
use vnet_sfu::Sfu;
use vnet_sfu::ids::ParticipantId;

/// Where the browsers are; the server is at 127.0.0.1.
const ADA: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 77);
const EVE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 78);
const CHAT: &str = "the merger is on";

/// A browser's media on a real socket.
struct Media {
    client: Client,
    socket: UdpSocket,
    server: SocketAddr,
}

impl Media {
    fn new(server: SocketAddr) -> (Self, String) {
        let offer = Offer::simulcast();
        let mut random = Random(7);
        let now = Instant::now();
        let (client, sdp) = Client::new(ParticipantId(1), &offer, server, now, &mut random);
        let socket = UdpSocket::bind((ADA, 0)).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_millis(5)))
            .unwrap();
        let media = Self {
            client,
            socket,
            server,
        };
        (media, sdp)
    }

    /// What is sent in which section.
    fn published(&self) -> Value {
        let sound = &self.client.microphone.as_ref().unwrap().mid;
        let camera = &self.client.camera.as_ref().unwrap().mid;
        json!([{"source": "microphone", "mid": sound}, {"source": "camera", "mid": camera}])
    }

    fn run(&mut self, holds: impl Fn(&Client) -> bool) {
        let began = Instant::now();
        let mut buffer = [0; 2_048];
        while !holds(&self.client) {
            let now = Instant::now();
            assert!(now - began < PATIENCE, "nothing came of it");
            for packet in std::mem::take(&mut self.client.packets) {
                let contents = Vec::from(packet.contents);
                self.socket.send_to(&contents, packet.destination).unwrap();
            }
            if let Ok(length) = self.socket.recv(&mut buffer) {
                self.client.receive(self.server, &buffer[..length], now);
            }
            if self.client.due <= now {
                self.client.timeout(now);
            }
            if self.client.media_due().is_some_and(|due| due <= now) {
                self.client.make_media(now);
            }
        }
    }
}

/// Names and passwords of a connection, fingerprints, keys of streams.
fn secrets_of(sdp: &str) -> Vec<String> {
    let told = |line: &str| {
        let names = ["a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:sha-256 "];
        let value = names.into_iter().find_map(|name| line.strip_prefix(name))?;
        Some(value.trim().to_owned())
    };
    let found: Vec<_> = sdp.lines().filter_map(told).collect();
    assert!(found.len() >= 3, "{sdp}");
    found
}

/// Packets that are nothing, from somebody who is nobody, and from Ada's own place.
fn disturb(media: &Media, ufrag: &str) {
    let stranger = UdpSocket::bind((EVE, 0)).unwrap();
    let mut check = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    check.extend_from_slice(b"transaction!");
    let name = format!("{ufrag}:them");
    check.extend_from_slice(&[0, 6, 0, u8::try_from(name.len()).unwrap()]);
    check.extend_from_slice(name.as_bytes());
    check.resize(check.len().next_multiple_of(4), 0);
    check[3] = u8::try_from(check.len() - 20).unwrap();
    let packets: [&[u8]; 6] = [
        &check,
        b"GET / HTTP/1.1",
        &[22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 1, 0, 4, 1, 2, 3, 4],
        &[0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 9, 9, 9, 9],
        &[0x80, 200, 0, 1, 0, 0, 0, 0],
        &[0x90; 40],
    ];
    for packet in packets {
        stranger.send_to(packet, media.server).unwrap();
        media.socket.send_to(packet, media.server).unwrap();
    }
}

#[test]
fn what_is_logged_of_a_meeting_gives_nobody_away() {
    let logs = Logs::new();
    tracing::subscriber::set_global_default(logs.clone()).unwrap();
    let runtime = Runtime::new().unwrap();
    let _inside = runtime.enter();
    let sfu = sfu();
    let server = SocketAddr::from((Ipv4Addr::LOCALHOST, sfu.local_ports()[0]));
    let meeting = samples::meeting(UserId::generate());
    let mut secrets = known();

    let (mut media, offer) = Media::new(server);
    secrets.extend(secrets_of(&offer));
    let tickets = runtime.block_on(async {
        let ada = ticket(&sfu, &meeting, "Ada", Role::Host).await;
        [ada, ticket(&sfu, &meeting, "Bob", Role::Guest).await]
    });
    let sections = media.published();
    secrets.extend(tickets.clone());
    let mut ada = Browser::open(&sfu, &meeting);
    let welcome = runtime.block_on(async {
        ada.ask_in_with(&tickets[0], &offer, sections).await;
        ada.hear("welcome").await
    });
    let answer = welcome["answer"].as_str().unwrap();
    let ours = secrets_of(answer);
    secrets.extend(ours.clone());
    secrets.push(welcome["session"].as_str().unwrap().into());
    media.client.accept(answer);
    media.run(|client| client.connected && client.sent_packets > 30);
    disturb(&media, &ours[0]);
    media.run(|client| client.sent_packets > 60);

    let later = media.client.later_offer(true, 1);
    secrets.extend(secrets_of(&later));
    let mut bob = Browser::open(&sfu, &meeting);
    runtime.block_on(async {
        ada.say(json!({"type": "offer", "id": 9, "offer": later}))
            .await;
        let answer = ada.hear("answer").await["answer"].clone();
        let answer = answer.as_str().unwrap();
        secrets.extend(secrets_of(answer));
        media.client.accept(answer);
        let session = bob.join(&tickets[1]).await["session"].clone();
        secrets.push(session.as_str().unwrap().into());
        ada.say(json!({"type": "chat", "text": CHAT})).await;
        bob.hear("chat").await;
        bob.say(json!({"type": "offer", "offer": format!("v=0 {CHAT}")}))
            .await;
        bob.hear("error").await;
        try_in_vain(&sfu, &meeting, &tickets, &offer).await;
        drop(bob);
        ada.hear("changed").await;
        let mut bob = Browser::open(&sfu, &meeting);
        let resume = json!({"type": "resume", "version": 1, "session": session, "last_event": 0});
        bob.say(resume).await;
        bob.hear("resumed").await;
    });
    media.run(|client| client.sent_packets > 90);
    runtime.block_on(end(ada, &sfu));

    secrets.push("a-guess".into());
    look_for(&secrets, &logs);
}

/// What is secret whatever happens; the last three are what a browser says of itself.
fn known() -> Vec<String> {
    let (ada, eve) = (ADA.to_string(), EVE.to_string());
    [&ada, &eve, CHAT, "10.0.0.1", "m=audio", "v=0"]
        .map(str::to_owned)
        .to_vec()
}

async fn end(mut host: Browser, sfu: &Sfu) {
    host.say(json!({"type": "end"})).await;
    assert_eq!(host.close_code().await, 4410);
    sfu.stop().await;
}

fn sfu() -> Sfu {
    Sfu::builder(SigningKey::generate().unwrap())
        .with_addresses(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)])
        .with_media_port(0)
        .start()
        .unwrap()
}

/// A used ticket, a session of nobody, no message at all.
async fn try_in_vain(sfu: &Sfu, meeting: &Meeting, tickets: &[String; 2], offer: &str) {
    for first in [
        json!({"type": "join", "version": 1, "ticket": tickets[0], "offer": offer}),
        json!({"type": "resume", "version": 1, "session": "a-guess", "last_event": 0}),
        json!({"type": "join", "version": 1, "ticket": tickets[1], "offer": 7}),
    ] {
        let mut eve = Browser::open(sfu, meeting);
        eve.say(first).await;
        eve.close_code().await;
    }
}

/// Whether one of the secrets is in the lines that are VNET's own.
fn look_for(secrets: &[String], logs: &Logs) {
    let own: Vec<_> = logs.lines();
    let own = own.iter().filter(|line| line.contains(" vnet_"));
    let own: Vec<_> = own.map(|line| line.to_lowercase()).collect();
    assert!(
        own.iter()
            .any(|line| line.contains("a conference socket is refused")),
        "the meeting was logged at all: {own:#?}"
    );
    for secret in secrets {
        let secret = secret.to_lowercase();
        let told = own.iter().find(|line| line.contains(&secret));
        assert_eq!(told, None, "`{secret}` is in the log");
    }
}
