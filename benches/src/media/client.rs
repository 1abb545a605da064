//! A participant: str0m in the role of a browser, on a socket of its own.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use mio::net::UdpSocket;
use str0m::change::{SdpAnswer, SdpOffer};
use str0m::format::Codec;
use str0m::media::{
    Direction, KeyframeRequestKind, MediaKind, Mid, Pt, Rid, Simulcast, SimulcastLayer,
};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{ExtensionValues, RtpPacket, RtpWrite};
use str0m::{Candidate, Event, Input, Output, Rtc};

use super::inbox::Inbox;

/// What a participant sends and takes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plan {
    /// Simulcast layers of its camera; 0: no camera.
    pub layers: usize,
    /// Whether it has a microphone.
    pub microphone: bool,
    /// Slots for pictures.
    pub video_slots: usize,
    /// Slots for sound.
    pub audio_slots: usize,
}

/// The layers' names, smallest first.
pub const RIDS: [&str; 3] = ["l", "m", "h"];

/// What happened on a client.
#[derive(Clone, Copy, Debug)]
pub enum Happened<'a> {
    /// A packet arrived.
    Packet(&'a RtpPacket),
    /// A key frame is asked of this layer.
    KeyFrame(Option<Rid>),
}

/// A participant.
#[derive(Debug)]
pub struct Client {
    rtc: Rtc,
    socket: UdpSocket,
    address: SocketAddr,
    /// The media section of the camera, if it has one.
    pub camera: Option<Mid>,
    /// The media section of the microphone, if it has one.
    pub microphone: Option<Mid>,
    progress: Progress,
}

/// How far the connection is.
#[derive(Debug)]
struct Progress {
    /// When the engine wants to be told the time.
    deadline: Instant,
    connected: bool,
}

impl Client {
    /// A participant whose socket is on `local`.
    ///
    /// # Errors
    /// When the system gives no socket.
    pub fn new(local: IpAddr) -> Result<Self> {
        let socket = UdpSocket::bind((local, 0).into())?;
        // Many participants share one core: what arrives meanwhile has to wait somewhere.
        socket2::SockRef::from(&socket).set_recv_buffer_size(RECEIVE_BUFFER)?;
        let address = socket.local_addr()?;
        let mut rtc = Rtc::builder().set_rtp_mode(true).build(Instant::now());
        rtc.add_local_candidate(Candidate::host(address, "udp")?);
        Ok(Self {
            rtc,
            socket,
            address,
            camera: None,
            microphone: None,
            progress: Progress {
                deadline: Instant::now(),
                connected: false,
            },
        })
    }

    /// Offers what `plan` says; `ask` gets the offer and brings the answer.
    ///
    /// # Errors
    /// Those of `ask`, or when the answer does not fit.
    pub fn offer<T>(
        &mut self,
        plan: Plan,
        ask: impl FnOnce(&Self, &str) -> Result<(String, T)>,
    ) -> Result<T> {
        let mut change = self.rtc.sdp_api();
        self.microphone = plan
            .microphone
            .then(|| change.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None));
        self.camera = (plan.layers > 0).then(|| {
            let simulcast = (plan.layers > 1).then(|| layers(plan.layers));
            change.add_media(MediaKind::Video, Direction::SendOnly, None, None, simulcast)
        });
        for (kind, slots) in [
            (MediaKind::Video, plan.video_slots),
            (MediaKind::Audio, plan.audio_slots),
        ] {
            for _ in 0..slots {
                change.add_media(kind, Direction::RecvOnly, None, None, None);
            }
        }
        let (offer, pending) = change.apply().context("an empty offer")?;
        let (answer, more) = ask(self, &offer.to_sdp_string())?;
        let answer = SdpAnswer::from_sdp_string(&answer)?;
        self.rtc.sdp_api().accept_answer(pending, answer)?;
        self.drain(&mut |_| {})?;
        Ok(more)
    }

    /// Answers an offer of the server.
    ///
    /// # Errors
    /// When it cannot be understood.
    pub fn answer(&mut self, offer: &str) -> Result<String> {
        let offer = SdpOffer::from_sdp_string(offer)?;
        let answer = self.rtc.sdp_api().accept_offer(offer)?.to_sdp_string();
        self.drain(&mut |_| {})?;
        Ok(answer)
    }

    /// Its socket, for the poll.
    pub fn socket(&mut self) -> &mut UdpSocket {
        &mut self.socket
    }

    /// Whether media can flow.
    #[must_use]
    pub fn connected(&self) -> bool {
        self.progress.connected
    }

    /// When [`tick`](Self::tick) is due.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        self.progress.deadline
    }

    /// Takes all packets that wait on the socket.
    ///
    /// # Errors
    /// When the engine gives up.
    pub fn receive(
        &mut self,
        inbox: &mut Inbox,
        happened: &mut impl FnMut(Happened<'_>),
    ) -> Result<()> {
        let Self {
            rtc,
            socket,
            address,
            progress,
            ..
        } = self;
        inbox.take(socket, |source, contents| {
            let receive = Receive::new(Protocol::Udp, source, *address, contents)?;
            rtc.handle_input(Input::Receive(Instant::now(), receive))?;
            drain(rtc, socket, progress, happened)
        })
    }

    /// Time has passed.
    ///
    /// # Errors
    /// When the engine gives up.
    pub fn tick(&mut self, happened: &mut impl FnMut(Happened<'_>)) -> Result<()> {
        self.rtc.handle_input(Input::Timeout(Instant::now()))?;
        self.drain(happened)
    }

    /// Sends a packet of the camera.
    ///
    /// # Errors
    /// When there is none, or the engine gives up.
    pub fn send_picture(&mut self, layer: Option<usize>, packet: Packet) -> Result<()> {
        let mid = self.camera.context("no camera")?;
        let rid = layer.map(|layer| Rid::from(RIDS[layer]));
        self.send(mid, rid, Codec::Vp8, packet)
    }

    /// Sends a packet of the microphone.
    ///
    /// # Errors
    /// When there is none, or the engine gives up.
    pub fn send_sound(&mut self, packet: Packet) -> Result<()> {
        let mid = self.microphone.context("no microphone")?;
        self.send(mid, None, Codec::Opus, packet)
    }

    fn send(&mut self, mid: Mid, rid: Option<Rid>, codec: Codec, packet: Packet) -> Result<()> {
        let pt = self.payload_type(mid, codec)?;
        let level = (codec == Codec::Opus).then_some(-30);
        let values = ExtensionValues {
            audio_level: level,
            voice_activity: level.map(|_| true),
            ..ExtensionValues::default()
        };
        let write = RtpWrite::new(
            pt,
            packet.sequence.into(),
            packet.time,
            Instant::now(),
            packet.payload,
        )
        .marker(packet.last)
        .nackable(codec != Codec::Opus)
        .ext_vals(values);
        let mut direct = self.rtc.direct_api();
        let stream = direct
            .stream_tx_by_mid(mid, rid)
            .context("no such stream")?;
        stream.write_rtp(write);
        self.tick(&mut |_| {})
    }

    fn payload_type(&self, mid: Mid, codec: Codec) -> Result<Pt> {
        let offered = self.rtc.media(mid).context("no such section")?.remote_pts();
        let mut params = self.rtc.codec_config().params().iter();
        let params = params.find(|each| each.spec().codec == codec && offered.contains(&each.pt()));
        Ok(params.context("the server does not take this codec")?.pt())
    }

    fn drain(&mut self, happened: &mut impl FnMut(Happened<'_>)) -> Result<()> {
        drain(&mut self.rtc, &self.socket, &mut self.progress, happened)
    }
}

/// Takes out all that the engine has to say.
fn drain(
    rtc: &mut Rtc,
    socket: &UdpSocket,
    progress: &mut Progress,
    happened: &mut impl FnMut(Happened<'_>),
) -> Result<()> {
    loop {
        match rtc.poll_output()? {
            Output::Timeout(deadline) => {
                progress.deadline = deadline;
                return Ok(());
            }
            Output::Transmit(transmit) => {
                let sent = socket.send_to(&transmit.contents, transmit.destination);
                if let Err(error) = sent
                    && error.kind() != ErrorKind::WouldBlock
                {
                    return Err(error.into());
                }
            }
            Output::Event(Event::Connected) => progress.connected = true,
            Output::Event(Event::RtpPacket(packet)) => happened(Happened::Packet(&packet)),
            Output::Event(Event::KeyframeRequest(request)) => {
                debug_assert!(matches!(
                    request.kind,
                    KeyframeRequestKind::Pli | KeyframeRequestKind::Fir
                ));
                happened(Happened::KeyFrame(request.rid));
            }
            Output::Event(_) => {}
        }
    }
}

/// A packet to send.
#[derive(Debug)]
pub struct Packet {
    /// Its number in the stream.
    pub sequence: u64,
    /// Its media time, in units of the codec's clock.
    pub time: u32,
    /// Whether it is the last one of its picture.
    pub last: bool,
    /// The payload.
    pub payload: Vec<u8>,
}

fn layers(count: usize) -> Simulcast {
    let mut simulcast = Simulcast::new();
    for rid in &RIDS[..count.min(RIDS.len())] {
        simulcast.add_send_layer(SimulcastLayer::new(rid));
    }
    simulcast
}

const RECEIVE_BUFFER: usize = 4 * 1024 * 1024;
/// How long media may take to flow.
pub const CONNECT_PATIENCE: Duration = Duration::from_secs(20);
