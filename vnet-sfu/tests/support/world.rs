//! Browsers, their links, a stage, and the time.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use vnet_sfu::ids::{ParticipantId, TrackId};
use vnet_sfu::media::{Media, MediaOutput, Route, Transport};
use vnet_sfu::stage::{Certificate, LocalCandidate, Stage, StageConfig};
use vnet_sfu::wire::{Priority, Publish, Quality, Source, Speaking, Want};

use super::client::{Client, Offer};
use super::link::{Link, Pipe, Random};

/// What the stage told, with the time; packets aside.
#[derive(Clone, Debug)]
pub enum News {
    Connected(ParticipantId),
    Lost(ParticipantId),
    Failed(ParticipantId),
    Encode(ParticipantId, TrackId, Vec<String>),
    Playable(ParticipantId, TrackId, bool),
    Speakers(Vec<Speaking>, Option<ParticipantId>),
    Quality(ParticipantId, Quality),
}

type Packet = (SocketAddr, SocketAddr, Vec<u8>);

pub struct Seat {
    pub client: Client,
    pub up: Pipe<Packet>,
    pub down: Pipe<Packet>,
}

/// The whole of it.
pub struct World {
    pub stage: Stage,
    pub seats: BTreeMap<ParticipantId, Seat>,
    pub now: Instant,
    pub began: Instant,
    pub news: Vec<(Instant, News)>,
    pub server: SocketAddr,
    /// The address of a NAT in front of the server; nothing else can be reached then.
    pub nat: Option<SocketAddr>,
    pub random: Random,
    /// Publishers follow `Encode`.
    pub obey: bool,
    next_track: u32,
    pub link: Link,
}

impl World {
    pub fn new(seed: u64) -> Self {
        Self::with(seed, |_| {})
    }

    pub fn with(seed: u64, change: impl FnOnce(&mut StageConfig)) -> Self {
        let server = SocketAddr::from(([192, 0, 2, 1], 10_000));
        let candidate = LocalCandidate::host(Transport::Udp, server);
        let mut config = StageConfig::new(certificate(), vec![candidate]);
        change(&mut config);
        let now = Instant::now();
        Self {
            stage: Stage::new(config),
            seats: BTreeMap::new(),
            now,
            began: now,
            news: Vec::new(),
            server,
            nat: None,
            random: Random(seed),
            obey: true,
            next_track: 0,
            link: Link::default(),
        }
    }

    /// Somebody comes and publishes all that is offered.
    pub fn join(&mut self, id: u32, offer: &Offer) -> ParticipantId {
        let id = ParticipantId(id);
        let (mut client, sdp) = Client::new(id, offer, self.server, self.now, &mut self.random);
        let answer = self.stage.connect(id, &sdp, self.now).unwrap();
        client.accept(&answer.sdp);
        client.slots = answer
            .slots
            .into_iter()
            .map(|slot| (slot.mid, slot.kind))
            .collect();
        let (up, down) = (self.random.next(), self.random.next());
        self.seats.insert(
            id,
            Seat {
                client,
                up: Pipe::new(self.link, up),
                down: Pipe::new(self.link, down),
            },
        );
        for source in [Source::Microphone, Source::Camera, Source::Screen] {
            self.publish(id, source);
        }
        self.drain();
        id
    }

    /// The browser makes a new connection instead of the one it has, and publishes anew what the
    /// server has forgotten of it.
    pub fn replace_connection(&mut self, id: ParticipantId, offer: &Offer) {
        let (mut client, sdp) = Client::new(id, offer, self.server, self.now, &mut self.random);
        let answer = self.stage.renegotiate(id, &sdp, self.now).unwrap();
        client.accept(&answer.sdp);
        client.address.set_port(client.address.port() + 1_000);
        self.seat(id).client = client;
        for source in [Source::Microphone, Source::Camera, Source::Screen] {
            self.publish(id, source);
        }
        self.drain();
    }

    pub fn publish(&mut self, id: ParticipantId, source: Source) -> Option<TrackId> {
        let client = &mut self.seats.get_mut(&id).unwrap().client;
        let mid = match source {
            Source::Microphone => client.microphone.as_ref().map(|sound| sound.mid.clone()),
            Source::Camera => client.camera.as_ref().map(|camera| camera.mid.clone()),
            _ => client.screen.as_ref().map(|screen| screen.mid.clone()),
        }?;
        self.next_track += 1;
        let track = TrackId(self.next_track);
        client.tracks.insert(source, track);
        let publish = Publish {
            source,
            mid,
            muted: false,
        };
        self.stage.publish(id, track, &publish, self.now).unwrap();
        self.drain();
        Some(track)
    }

    pub fn leave(&mut self, id: ParticipantId) {
        self.stage.disconnect(id, self.now);
        self.seats.remove(&id);
        self.drain();
    }

    pub fn want(&mut self, id: ParticipantId, track: TrackId, width: Option<u32>) {
        self.want_with(id, track, width, Priority::Tile);
    }

    pub fn want_with(
        &mut self,
        id: ParticipantId,
        track: TrackId,
        width: Option<u32>,
        priority: Priority,
    ) {
        let want = Want {
            track,
            on: true,
            width,
            priority,
        };
        self.stage.want(id, want, self.now);
        self.drain();
    }

    pub fn want_not(&mut self, id: ParticipantId, track: TrackId) {
        let want = Want {
            track,
            on: false,
            width: None,
            priority: Priority::Tile,
        };
        self.stage.want(id, want, self.now);
        self.drain();
    }

    pub fn mute(&mut self, track: TrackId, muted: bool) {
        self.stage.set_muted(track, muted, self.now);
        self.drain();
    }

    pub fn offer_again(&mut self, id: ParticipantId, restart: bool, more_slots: usize) {
        let client = &mut self.seats.get_mut(&id).unwrap().client;
        let sdp = client.later_offer(restart, more_slots);
        let answer = self.stage.renegotiate(id, &sdp, self.now).unwrap();
        client.accept(&answer.sdp);
        client.slots = answer
            .slots
            .into_iter()
            .map(|slot| (slot.mid, slot.kind))
            .collect();
        self.drain();
    }

    pub fn client(&self, id: ParticipantId) -> &Client {
        &self.seats[&id].client
    }

    pub fn client_mut(&mut self, id: ParticipantId) -> &mut Client {
        &mut self.seats.get_mut(&id).unwrap().client
    }

    pub fn seat(&mut self, id: ParticipantId) -> &mut Seat {
        self.seats.get_mut(&id).unwrap()
    }

    pub fn track(&self, id: ParticipantId, source: Source) -> TrackId {
        self.client(id).tracks[&source]
    }

    pub fn count(&self, which: impl Fn(&News) -> bool) -> usize {
        self.news.iter().filter(|(_, news)| which(news)).count()
    }

    pub fn run(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(next) = self.next().filter(|next| *next <= end) {
            self.now = self.now.max(next);
            self.step();
        }
        self.now = end;
    }

    /// Runs until something holds. Whether it did within `time`.
    pub fn run_until(&mut self, time: Duration, holds: impl Fn(&Self) -> bool) -> bool {
        let end = self.now + time;
        while !holds(self) {
            let Some(next) = self.next().filter(|next| *next <= end) else {
                self.now = end;
                return holds(self);
            };
            self.now = self.now.max(next);
            self.step();
        }
        true
    }

    fn next(&self) -> Option<Instant> {
        let seats = self.seats.values().flat_map(|seat| {
            [
                Some(seat.client.due),
                seat.client.media_due(),
                seat.up.due(),
                seat.down.due(),
            ]
        });
        seats.chain([self.stage.deadline()]).flatten().min()
    }

    fn step(&mut self) {
        let now = self.now;
        let mut arrived = Vec::new();
        for (id, seat) in &mut self.seats {
            while let Some((from, to, contents)) = seat.up.take(now) {
                arrived.push((*id, from, to, contents));
            }
            while let Some((from, _, contents)) = seat.down.take(now) {
                seat.client.receive(from, &contents, now);
            }
            if seat.client.due <= now {
                seat.client.timeout(now);
            }
            if seat.client.media_due().is_some_and(|due| due <= now) {
                seat.client.make_media(now);
            }
        }
        for (id, from, mut to, contents) in arrived {
            if let Some(public) = self.nat {
                if to != public {
                    continue;
                }
                to = self.server;
            }
            let route = Route {
                transport: Transport::Udp,
                local: to,
                remote: from,
            };
            self.stage.receive(id, route, &contents, now);
            self.drain();
        }
        if self.stage.deadline().is_some_and(|due| due <= now) {
            self.stage.timeout(now);
        }
        self.drain();
    }

    /// Takes out what the stage says, and puts packets of browsers on their way.
    pub fn drain(&mut self) {
        while let Some(output) = self.stage.poll() {
            self.hear(output);
        }
        for seat in self.seats.values_mut() {
            for packet in std::mem::take(&mut seat.client.packets) {
                let contents = Vec::from(packet.contents);
                let bytes = contents.len();
                let packet = (seat.client.address, packet.destination, contents);
                seat.up.send(packet, bytes, self.now);
            }
        }
    }

    fn hear(&mut self, output: MediaOutput) {
        let news = match output {
            MediaOutput::Transmit(packet) => {
                let remote = packet.route.remote;
                if let Some(seat) = self
                    .seats
                    .values_mut()
                    .find(|seat| seat.client.address == remote)
                {
                    let bytes = packet.contents.len();
                    let contents = packet.contents.to_vec();
                    let from = self.nat.unwrap_or(packet.route.local);
                    seat.down.send((from, remote, contents), bytes, self.now);
                }
                return;
            }
            MediaOutput::Slots(id, states) => {
                if let Some(seat) = self.seats.get_mut(&id) {
                    for state in states {
                        seat.client.playing.insert(state.mid.clone(), state.track);
                        seat.client.paused.insert(state.mid, state.paused);
                    }
                }
                return;
            }
            MediaOutput::Encode(id, encode) => {
                self.encode(id, encode.track, &encode.layers);
                News::Encode(id, encode.track, encode.layers)
            }
            MediaOutput::Connected(id) => News::Connected(id),
            MediaOutput::Lost(id) => News::Lost(id),
            MediaOutput::Failed(id) => News::Failed(id),
            MediaOutput::Playable {
                participant,
                track,
                playable,
            } => News::Playable(participant, track, playable),
            MediaOutput::Speakers { speakers, dominant } => News::Speakers(speakers, dominant),
            MediaOutput::Quality(id, quality) => News::Quality(id, quality),
            // Reachable only from outside of the crate.
            #[allow(unreachable_patterns, reason = "the crate's own tests share this file")]
            other => panic!("a new kind of output: {other:?}"),
        };
        self.news.push((self.now, news));
    }

    fn encode(&mut self, id: ParticipantId, track: TrackId, layers: &[String]) {
        let obey = self.obey;
        let Some(seat) = self.seats.get_mut(&id).filter(|_| obey) else {
            return;
        };
        let client = &mut seat.client;
        let source = client.tracks.iter().find(|(_, id)| **id == track);
        let pictures = match source.map(|(source, _)| *source) {
            Some(Source::Camera) => client.camera.as_mut(),
            Some(Source::Screen) => client.screen.as_mut(),
            _ => None,
        };
        for layer in pictures.into_iter().flat_map(|p| &mut p.layers) {
            let enabled = layers.contains(&layer.rid.clone().unwrap_or_default());
            layer.key_wanted |= enabled && !layer.enabled;
            layer.enabled = enabled;
        }
    }
}

/// One for all tests of a process: making keys is slow.
fn certificate() -> Certificate {
    static MADE: std::sync::OnceLock<Certificate> = std::sync::OnceLock::new();
    MADE.get_or_init(Certificate::generate).clone()
}
