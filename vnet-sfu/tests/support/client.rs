//! A browser: a WebRTC engine in the client role that sends made-up media and keeps what it gets.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::crypto::from_feature_flags;
use str0m::media::{Direction, MediaKind, Mid, Pt, Rid, Simulcast, SimulcastLayer};
use str0m::net::{Protocol, Receive, Transmit};
use str0m::rtp::{Extension, ExtensionValues, RtpWrite};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};
use vnet_sfu::ids::{ParticipantId, TrackId};
use vnet_sfu::wire::{Kind, Source};

use super::link::Random;
use super::media::{LayerSource, Look, Made, Pictures, Sound};
use super::sink::Sink;

/// What a browser offers.
#[derive(Clone, Debug)]
pub struct Offer {
    pub microphone: bool,
    /// The layers of the camera, smallest first: rid, width, bits a second; no rids: one layer.
    pub camera: Vec<(&'static str, u16, u64)>,
    pub screen: bool,
    pub audio_slots: usize,
    pub video_slots: usize,
    pub looks: Vec<Look>,
    pub redundant_sound: bool,
}

impl Default for Offer {
    fn default() -> Self {
        Self {
            microphone: true,
            camera: vec![("", 640, 400_000)],
            screen: false,
            audio_slots: 3,
            video_slots: 4,
            looks: vec![Look::Vp8],
            redundant_sound: false,
        }
    }
}

impl Offer {
    pub fn simulcast() -> Self {
        Self {
            camera: vec![
                ("q", 320, 100_000),
                ("h", 640, 350_000),
                ("f", 1_280, 1_100_000),
            ],
            ..Self::default()
        }
    }

    /// One who only looks and listens.
    pub fn viewer() -> Self {
        Self {
            microphone: false,
            camera: Vec::new(),
            ..Self::default()
        }
    }
}

/// A browser.
pub struct Client {
    pub id: ParticipantId,
    pub rtc: Rtc,
    pub address: SocketAddr,
    pub server: SocketAddr,
    pub due: Instant,
    pub connected: bool,
    pub microphone: Option<Sound>,
    pub camera: Option<Pictures>,
    pub screen: Option<Pictures>,
    pub slots: Vec<(String, Kind)>,
    /// What plays where, as the server told.
    pub playing: BTreeMap<String, Option<TrackId>>,
    pub paused: BTreeMap<String, bool>,
    pub sinks: BTreeMap<String, Sink>,
    pub tracks: HashMap<Source, TrackId>,
    /// When key frames were asked for, and of which layer.
    pub key_requests: Vec<(Instant, Mid, Option<Rid>)>,
    pub sent_packets: u64,
    pub packets: Vec<Transmit>,
    now: Instant,
    pending: Option<SdpPendingOffer>,
}

fn config(offer: &Offer) -> RtcConfig {
    let mut config = RtcConfig::new()
        .set_crypto_provider(Arc::new(from_feature_flags()))
        .set_rtp_mode(true)
        .clear_codecs()
        .enable_opus(true, offer.redundant_sound)
        .set_extension(7, Extension::AbsoluteCaptureTime);
    for look in &offer.looks {
        config = match look {
            Look::Vp8 => config.enable_vp8(true),
            Look::Vp9 => config.enable_vp9(true),
            Look::H264 => config.enable_h264(true),
            Look::Av1 => config.enable_av1(true),
        };
    }
    config
}

impl Client {
    /// A browser and its first offer.
    pub fn new(
        id: ParticipantId,
        offer: &Offer,
        server: SocketAddr,
        now: Instant,
        random: &mut Random,
    ) -> (Self, String) {
        let address = SocketAddr::from(([10, 0, 0, 1], 20_000 + u16::try_from(id.0).unwrap()));
        let mut rtc = config(offer).build(now);
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
        let mut client = Self {
            id,
            rtc,
            address,
            server,
            due: now,
            connected: false,
            microphone: None,
            camera: None,
            screen: None,
            slots: Vec::new(),
            playing: BTreeMap::new(),
            paused: BTreeMap::new(),
            sinks: BTreeMap::new(),
            tracks: HashMap::new(),
            key_requests: Vec::new(),
            sent_packets: 0,
            packets: Vec::new(),
            now,
            pending: None,
        };
        let sdp = client.first_offer(offer, now, random);
        (client, sdp)
    }

    fn first_offer(&mut self, offer: &Offer, now: Instant, random: &mut Random) -> String {
        let mut change = self.rtc.sdp_api();
        if offer.microphone {
            let mid = change.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
            self.microphone = Some(Sound {
                mid: mid.to_string(),
                on: true,
                level: -30,
                seq: random.below(30_000),
                ticks: 0,
                next: now,
                frame: 0,
                redundant: offer.redundant_sound,
            });
        }
        if !offer.camera.is_empty() {
            let mut simulcast = Simulcast::new();
            let single = offer.camera[0].0.is_empty();
            for (rid, _, _) in &offer.camera {
                simulcast.add_send_layer(SimulcastLayer::new(rid));
            }
            let simulcast = (!single).then_some(simulcast);
            let direction = Direction::SendOnly;
            let mid = change.add_media(MediaKind::Video, direction, None, None, simulcast);
            let layers = offer
                .camera
                .iter()
                .enumerate()
                .map(|(n, (rid, width, bits))| {
                    let rid = (!single).then_some(*rid);
                    LayerSource::new(rid, u8::try_from(n).unwrap(), *width, *bits, random)
                });
            self.camera = Some(pictures(mid, offer.looks[0], layers.collect(), now));
        }
        if offer.screen {
            let mid = change.add_media(MediaKind::Video, Direction::SendOnly, None, None, None);
            let layer = LayerSource::new(None, 9, 1_920, 800_000, random);
            self.screen = Some(pictures(mid, offer.looks[0], vec![layer], now));
        }
        for _ in 0..offer.audio_slots {
            change.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
        }
        for _ in 0..offer.video_slots {
            change.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
        }
        let (sdp, pending) = change.apply().unwrap();
        self.pending = Some(pending);
        self.drain();
        sdp.to_sdp_string()
    }

    /// A later offer: with new names and passwords of the connection, or with more slots.
    pub fn later_offer(&mut self, restart: bool, more_video_slots: usize) -> String {
        let mut change = self.rtc.sdp_api();
        if restart {
            change.ice_restart(true);
        }
        for _ in 0..more_video_slots {
            change.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
        }
        let (sdp, pending) = change.apply().unwrap();
        self.pending = Some(pending);
        self.drain();
        sdp.to_sdp_string()
    }

    pub fn accept(&mut self, answer: &str) {
        let answer = SdpAnswer::from_sdp_string(answer).unwrap();
        let pending = self.pending.take().unwrap();
        self.rtc.sdp_api().accept_answer(pending, answer).unwrap();
        self.drain();
    }

    pub fn receive(&mut self, from: SocketAddr, contents: &[u8], now: Instant) {
        self.now = now;
        let host = SocketAddr::from(([10, 0, 0, 1], 20_000 + u16::try_from(self.id.0).unwrap()));
        if let Ok(packet) = Receive::new(Protocol::Udp, from, host, contents) {
            let _ = self.rtc.handle_input(Input::Receive(now, packet));
            self.drain();
        }
    }

    pub fn timeout(&mut self, now: Instant) {
        self.now = now;
        let _ = self.rtc.handle_input(Input::Timeout(now));
        self.drain();
    }

    /// When the next picture or sound is made.
    pub fn media_due(&self) -> Option<Instant> {
        if !self.connected {
            return None;
        }
        let sound = self.microphone.as_ref().map(|sound| sound.next);
        let pictures = self.camera.iter().chain(&self.screen).map(|p| p.next);
        sound.into_iter().chain(pictures).min()
    }

    pub fn make_media(&mut self, now: Instant) {
        self.now = now;
        if let Some(mut sound) = self.microphone.take() {
            while sound.next <= now {
                self.send_sound(&mut sound);
            }
            self.microphone = Some(sound);
        }
        if let Some(mut camera) = self.camera.take() {
            self.send_pictures(&mut camera, self.id.0, now);
            self.camera = Some(camera);
        }
        if let Some(mut screen) = self.screen.take() {
            self.send_pictures(&mut screen, 1_000 + self.id.0, now);
            self.screen = Some(screen);
        }
    }

    fn send_sound(&mut self, sound: &mut Sound) {
        let mid = Mid::from(sound.mid.as_str());
        let Some((plain, red)) = self.payload_types(mid) else {
            sound.next += Duration::from_millis(20);
            return;
        };
        let made = sound.make(self.id.0, *plain);
        if sound.on {
            let values = ExtensionValues {
                audio_level: Some(sound.level),
                voice_activity: Some(sound.level > -50),
                ..ExtensionValues::default()
            };
            let pt = if sound.redundant {
                red.unwrap_or(plain)
            } else {
                plain
            };
            self.write(mid, pt, made, values);
        }
    }

    fn send_pictures(&mut self, pictures: &mut Pictures, source: u32, now: Instant) {
        let mid = Mid::from(pictures.mid.as_str());
        while pictures.next <= now {
            pictures.advance();
            let Some((pt, _)) = self.payload_types(mid) else {
                continue;
            };
            if !pictures.on {
                continue;
            }
            let (look, ticks, fps) = (pictures.look, pictures.ticks, pictures.fps);
            for layer in pictures.layers.iter_mut().filter(|layer| layer.enabled) {
                for made in layer.make(source, look, ticks, fps) {
                    self.write(mid, pt, made, ExtensionValues::default());
                }
            }
        }
    }

    fn payload_types(&self, mid: Mid) -> Option<(Pt, Option<Pt>)> {
        let negotiated = self.rtc.media(mid)?.remote_pts();
        let params = self
            .rtc
            .codec_config()
            .find(|params| negotiated.contains(&params.pt()))?;
        Some((params.pt(), params.red()))
    }

    fn write(&mut self, mid: Mid, pt: Pt, made: Made, values: ExtensionValues) {
        let rid = made.rid.as_deref().map(Rid::from);
        let mut direct = self.rtc.direct_api();
        let Some(stream) = direct.stream_tx_by_mid(mid, rid) else {
            return;
        };
        let write = RtpWrite::new(pt, made.seq.into(), made.time, self.now, made.payload)
            .marker(made.marker)
            .ext_vals(values)
            .nackable(true);
        stream.write_rtp(write);
        self.sent_packets += 1;
        self.drain();
        self.timeout(self.now);
    }

    fn drain(&mut self) {
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(at) => {
                    self.due = at;
                    return;
                }
                Output::Transmit(packet) => self.packets.push(packet),
                Output::Event(event) => self.hear(event),
            }
        }
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Connected => {
                self.connected = true;
                let now = self.now;
                if let Some(sound) = &mut self.microphone {
                    sound.next = now;
                }
                for pictures in self.camera.iter_mut().chain(&mut self.screen) {
                    pictures.next = now;
                }
            }
            Event::KeyframeRequest(request) => {
                self.key_requests.push((self.now, request.mid, request.rid));
                for pictures in self.camera.iter_mut().chain(&mut self.screen) {
                    if Mid::from(pictures.mid.as_str()) != request.mid {
                        continue;
                    }
                    for layer in &mut pictures.layers {
                        if layer.rid.as_deref().map(Rid::from) == request.rid {
                            layer.key_wanted = true;
                        }
                    }
                }
            }
            Event::RtpPacket(packet) => {
                let mut direct = self.rtc.direct_api();
                if let Some(stream) = direct.stream_rx(&packet.header.ssrc) {
                    let mid = stream.mid().to_string();
                    self.sinks.entry(mid).or_default().add(&packet);
                }
            }
            _ => {}
        }
    }

    /// The section where a track plays.
    pub fn slot_of(&self, track: TrackId) -> Option<&str> {
        self.playing
            .iter()
            .find(|(_, playing)| **playing == Some(track))
            .map(|(mid, _)| mid.as_str())
    }

    pub fn sink_of(&self, track: TrackId) -> Option<&Sink> {
        self.sinks.get(self.slot_of(track)?)
    }
}

fn pictures(mid: Mid, look: Look, layers: Vec<LayerSource>, now: Instant) -> Pictures {
    Pictures {
        mid: mid.to_string(),
        look,
        layers,
        fps: 30,
        on: true,
        began: now,
        next: now,
        ticks: 0,
    }
}
