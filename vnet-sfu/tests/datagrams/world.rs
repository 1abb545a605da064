//! Whatever arrives for somebody in a meeting, over the way that is known to be theirs or another one: the
//! room goes on, answers only where somebody has shown to be, and the other people notice nothing.
//!
//! The first byte of an input says whether a browser's engine has connected before (with real keys, so that
//! what it sends is taken for real); the rest are things that happen, see `World::happen`.

#![allow(
    dead_code,
    unreachable_pub,
    missing_debug_implementations,
    missing_docs,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "nothing but test; numbers are made of any bytes"
)]

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use str0m::change::SdpAnswer;
use str0m::crypto::from_feature_flags;
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{ExtensionValues, RtpWrite};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};
use time::OffsetDateTime;
use uuid::Uuid;
use vnet_core::Secret;
use vnet_core::conference::Role;
use vnet_core::id::UserId;
use vnet_sfu::SfuLimits;
use vnet_sfu::ids::{ConnId, ParticipantId};
use vnet_sfu::media::{Route, Transport};
use vnet_sfu::room::{Moment, Room, RoomInput, RoomOutput};
use vnet_sfu::stage::{Certificate, LocalCandidate, Stage, StageConfig};
use vnet_sfu::ticket::Claims;
use vnet_sfu::wire::{Join, Publish, ServerMessage, Source, VERSION};

static CERTIFICATE: LazyLock<Certificate> = LazyLock::new(Certificate::generate);
static SERVER: LazyLock<SocketAddr> = LazyLock::new(|| SocketAddr::from(([192, 0, 2, 1], 10_000)));
static BROWSER: LazyLock<SocketAddr> = LazyLock::new(|| SocketAddr::from(([10, 0, 0, 1], 20_000)));

/// Reads the input from its beginning.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn one(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn some(&mut self) -> &'a [u8] {
        let length = usize::from(self.one().unwrap_or_default()).min(self.0.len());
        let (some, rest) = self.0.split_at(length);
        self.0 = rest;
        some
    }
}

/// What becomes of the browser's next packet.
#[derive(Clone, Copy)]
enum Fate {
    Changed { at: u8, with: u8 },
    Cut(u8),
    Doubled,
    Lost,
}

/// A room with two people, the media engine of one of them, and the time.
struct World {
    room: Room<Stage>,
    at: Moment,
    rtc: Rtc,
    due: Instant,
    connected: bool,
    mids: [Mid; 2],
    ufrag: String,
    route: Route,
    /// Where somebody has shown to be.
    shown: HashSet<Route>,
    fate: Option<Fate>,
    sequence: u64,
    ended: bool,
}

fn join(offer: String, publish: &[(Source, &Mid)]) -> Join {
    let publish = publish.iter().map(|(source, mid)| Publish {
        source: *source,
        mid: mid.to_string(),
        muted: false,
    });
    Join {
        version: VERSION,
        ticket: Secret::new("ticket"),
        offer,
        publish: publish.collect(),
        replaces: None,
    }
}

fn engine(at: Moment) -> Rtc {
    let mut rtc = RtcConfig::new()
        .set_crypto_provider(Arc::new(from_feature_flags()))
        .set_rtp_mode(true)
        .build(at.now);
    let host = Candidate::host(*BROWSER, "udp").expect("an address");
    rtc.add_local_candidate(host);
    rtc
}

impl World {
    fn new() -> Self {
        let at = Moment {
            now: Instant::now(),
            utc: OffsetDateTime::UNIX_EPOCH,
        };
        let candidate = LocalCandidate::host(Transport::Udp, *SERVER);
        let stage = Stage::new(StageConfig::new(CERTIFICATE.clone(), vec![candidate]));
        let meeting = "abcdefghjk".parse().expect("a code");
        let limits = Arc::new(SfuLimits {
            media_within: None,
            ..SfuLimits::default()
        });
        let mut rtc = engine(at);
        let mut change = rtc.sdp_api();
        let mut send = |kind| change.add_media(kind, Direction::SendOnly, None, None, None);
        let mids = [send(MediaKind::Audio), send(MediaKind::Video)];
        let (offer, pending) = change.apply().expect("something to offer");
        let mut world = Self {
            room: Room::new(meeting, stage, limits, at),
            at,
            rtc,
            due: at.now,
            connected: false,
            mids,
            ufrag: String::new(),
            route: Route {
                transport: Transport::Udp,
                local: *SERVER,
                remote: *BROWSER,
            },
            shown: HashSet::new(),
            fate: None,
            sequence: 0,
            ended: false,
        };
        let sources = [(Source::Microphone, &mids[0]), (Source::Camera, &mids[1])];
        let answer = world.enter(1, join(offer.to_sdp_string(), &sources));
        let answer = SdpAnswer::from_sdp_string(&answer).expect("an answer");
        let accepted = world.rtc.sdp_api().accept_answer(pending, answer);
        accepted.expect("our own answer is understood");
        // Somebody who gets what the first one sends.
        let mut other = engine(at);
        let mut change = other.sdp_api();
        for kind in [MediaKind::Audio, MediaKind::Video] {
            change.add_media(kind, Direction::RecvOnly, None, None, None);
        }
        let (offer, _pending) = change.apply().expect("something to offer");
        world.enter(2, join(offer.to_sdp_string(), &[]));
        world.drain_browser();
        world
    }

    /// Somebody comes; returns the answer.
    fn enter(&mut self, who: u32, join: Join) -> String {
        let claims = Claims {
            meeting: "abcdefghjk".into(),
            user_id: UserId::from_uuid(Uuid::from_u128(who.into())),
            name: format!("browser {who}"),
            role: Role::Guest,
            id: Uuid::nil(),
            expires: 0,
        };
        let input = RoomInput::Join {
            conn: ConnId(who.into()),
            claims,
            session: Secret::new(format!("s{who}")),
            request_id: None,
            join,
        };
        self.room.handle(input, self.at);
        let mut answer = None;
        while let Some(output) = self.room.poll() {
            match output {
                RoomOutput::Send { text, .. } => {
                    if let Ok(ServerMessage::Welcome(welcome)) = serde_json::from_slice(&text) {
                        answer = Some(welcome.answer);
                    }
                }
                RoomOutput::Ufrag { participant, ufrag } if participant.0 == 1 => {
                    self.ufrag = ufrag;
                }
                _ => {}
            }
        }
        answer.expect("everybody is let in")
    }

    /// Lets a while pass for everybody.
    fn pass(&mut self, time: Duration) {
        let end = self.at.now + time;
        for _step in 0..2_000 {
            let next = self.room.deadline().into_iter().chain([self.due]).min();
            let next = next.unwrap_or(end).max(self.at.now);
            if next > end || self.ended {
                break;
            }
            self.at.utc += next - self.at.now;
            self.at.now = next;
            if self.due <= next {
                let _ = self.rtc.handle_input(Input::Timeout(next));
                self.drain_browser();
            }
            if self.room.deadline().is_some_and(|due| due <= next) {
                self.room.handle(RoomInput::Timeout, self.at);
                self.drain_room();
            }
        }
        self.at.utc += end - self.at.now;
        self.at.now = end;
    }

    /// The browser's packets go out, each as it is fated.
    fn drain_browser(&mut self) {
        // An engine that is dead says so again and again.
        for _output in 0..1_000 {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(at)) => {
                    self.due = at.max(self.at.now + Duration::from_millis(1));
                    return;
                }
                Ok(Output::Transmit(packet)) => {
                    let mut contents = Vec::from(packet.contents);
                    let (mut times, route) = (1, self.route);
                    match self.fate.take() {
                        Some(Fate::Changed { at, with }) => {
                            let at = usize::from(at) % contents.len().max(1);
                            if let Some(byte) = contents.get_mut(at) {
                                *byte ^= with;
                            }
                        }
                        Some(Fate::Cut(length)) => contents.truncate(length.into()),
                        Some(Fate::Doubled) => times = 2,
                        Some(Fate::Lost) => times = 0,
                        None => {}
                    }
                    for _time in 0..times {
                        self.packet(route, &contents);
                    }
                }
                Ok(Output::Event(Event::Connected)) => self.connected = true,
                Ok(Output::Event(_)) => {}
                Err(_dead) => break,
            }
        }
        self.due = self.at.now + Duration::from_secs(3_600);
    }

    fn packet(&mut self, route: Route, contents: &[u8]) {
        let input = RoomInput::Packet {
            participant: ParticipantId(1),
            route,
            contents,
        };
        self.room.handle(input, self.at);
        self.drain_room();
    }

    fn drain_room(&mut self) {
        let mut arrived = Vec::new();
        while let Some(output) = self.room.poll() {
            match output {
                RoomOutput::Authentic { participant, route } => {
                    assert_eq!(participant, ParticipantId(1), "nobody else sends");
                    self.shown.insert(route);
                }
                RoomOutput::Transmit(packet) => {
                    let known = self.shown.contains(&packet.route);
                    assert!(known, "an answer to a stranger: {:?}", packet.route);
                    if packet.route.remote == *BROWSER {
                        arrived.push(packet.contents);
                    }
                }
                RoomOutput::Close { conn, .. } => {
                    assert_eq!(conn, ConnId(1), "the other one is not to blame");
                }
                RoomOutput::Ended => self.ended = true,
                _ => {}
            }
        }
        for contents in arrived {
            if let Ok(packet) = Receive::new(Protocol::Udp, *SERVER, *BROWSER, &contents) {
                let _ = self.rtc.handle_input(Input::Receive(self.at.now, packet));
            }
        }
    }

    /// The browser sends what it says is sound or a picture.
    fn send(&mut self, what: u8, payload: &[u8]) {
        let mid = self.mids[usize::from(what & 1)];
        let pts = self.rtc.media(mid).map(|media| media.remote_pts().to_vec());
        let pts = pts.unwrap_or_default();
        let Some(pt) = pts.get(usize::from(what >> 4) % pts.len().max(1)).copied() else {
            return;
        };
        self.sequence += 1 + u64::from(what & 2);
        let time = u32::from(what & 0x0c).wrapping_mul(0x1000_0000) + self.sequence as u32 * 960;
        let mut direct = self.rtc.direct_api();
        if let Some(stream) = direct.stream_tx_by_mid(mid, None) {
            let values = ExtensionValues {
                audio_level: Some(-((what >> 1) as i8)),
                voice_activity: Some(true),
                ..ExtensionValues::default()
            };
            let sequence = self.sequence.into();
            let write = RtpWrite::new(pt, sequence, time, self.at.now, payload.to_vec());
            stream.write_rtp(write.marker(what & 8 != 0).ext_vals(values));
        }
        self.drain_browser();
        let _ = self.rtc.handle_input(Input::Timeout(self.at.now));
        self.drain_browser();
    }

    /// A check for the right one, with attributes of anybody's.
    fn check(&self, kind: u8, attributes: &[u8]) -> Vec<u8> {
        let name = format!("{}:them", self.ufrag);
        let mut body = vec![0, 6, 0, name.len() as u8];
        body.extend_from_slice(name.as_bytes());
        body.resize(body.len().next_multiple_of(4), 0);
        body.extend_from_slice(attributes);
        let mut check = vec![kind & 0x3f, 1];
        check.extend_from_slice(&(body.len() as u16).to_be_bytes());
        check.extend_from_slice(&[0x21, 0x12, 0xa4, 0x42]);
        check.extend_from_slice(b"transaction!");
        check.extend_from_slice(&body);
        check
    }

    /// One thing happens; `false` at the end of the input.
    fn happen(&mut self, bytes: &mut Bytes<'_>) -> bool {
        let Some(what) = bytes.one() else {
            return false;
        };
        let route = self.route;
        match what % 12 {
            0 => self.packet(route, bytes.some()),
            1 => {
                let kind = bytes.one().unwrap_or_default();
                let check = self.check(kind, bytes.some());
                self.packet(route, &check);
            }
            // Taken for media, or for a report on it.
            2 | 3 => {
                let kind = if what % 12 == 2 { 96 } else { 200 };
                let packet = [&[0x80, kind], bytes.some()].concat();
                self.packet(route, &packet);
            }
            // Taken for a handshake.
            4 => {
                let packet = [&[22, 254, 253], bytes.some()].concat();
                self.packet(route, &packet);
            }
            5 => {
                let at = bytes.one().unwrap_or_default();
                let with = bytes.one().unwrap_or(1);
                self.fate = Some(Fate::Changed { at, with });
            }
            6 => self.fate = Some(Fate::Cut(bytes.one().unwrap_or_default())),
            7 => self.fate = Some(Fate::Doubled),
            8 => self.fate = Some(Fate::Lost),
            9 => {
                let time = 10 * u64::from(bytes.one().unwrap_or_default());
                self.pass(Duration::from_millis(time));
            }
            10 => {
                let what = bytes.one().unwrap_or_default();
                self.send(what, bytes.some());
            }
            // Somewhere else; not by TCP and UDP at the same place.
            _ => {
                let port = bytes.one().unwrap_or_default();
                let away = Route {
                    transport: if port & 1 == 0 {
                        Transport::Udp
                    } else {
                        Transport::Tcp
                    },
                    remote: SocketAddr::from(([10, 0, 0, 2], 30_000 + u16::from(port))),
                    ..self.route
                };
                self.packet(away, bytes.some());
            }
        }
        true
    }
}

/// Without it nothing of interest would be reached.
pub fn the_honest_browser_connects() {
    let mut world = World::new();
    world.pass(Duration::from_secs(3));
    assert!(world.connected, "the honest browser connects");
    for _packet in 0..10 {
        world.send(1, &PICTURE);
        world.pass(Duration::from_millis(20));
    }
    let figures = world.room.statistics();
    let mut peers = figures.peers.iter();
    let own = peers.find(|peer| peer.participant == Some(ParticipantId(1)));
    assert!(
        own.expect("a peer").packets_in >= 10,
        "its media is taken for real"
    );
}

/// A key frame of VP8, as far as anybody looks.
const PICTURE: [u8; 16] = [
    0x90, 0xe0, 0x80, 1, 1, 0x20, 0, 0, 0, 0x9d, 1, 0x2a, 64, 1, 0, 1,
];

/// All of an input happens.
pub fn run(input: &[u8]) {
    let mut bytes = Bytes(input);
    let mut world = World::new();
    if bytes.one().is_some_and(|first| first & 1 == 1) {
        world.pass(Duration::from_secs(2));
    }
    for _thing in 0..200 {
        if world.ended || !world.happen(&mut bytes) {
            break;
        }
    }
    world.pass(Duration::from_secs(1));
    assert!(!world.ended, "the other one is still there");
    assert!(world.room.statistics().participants >= 1);
}
