//! The way of a packet: from a publisher to the slots that it plays in.

use std::sync::Arc;
use std::time::Instant;

use str0m::Rtc;
use str0m::format::{Codec, PayloadParams};
use str0m::media::{KeyframeRequestKind, Mid, Pt};
use str0m::rtp::{ExtensionValues, RedDecoder, RtpPacket, RtpWrite, Ssrc};

use super::Stage;
use super::clock::LayerClock;
use super::payload::{Patched, Payload};
use super::peer::Peer;
use super::rewrite::{Arrived, Numbers};
use super::slot::{Format, Slot};
use crate::media::MediaOutput;
use crate::wire::Kind;

/// Larger payloads do not fit into the packets of subscribers, with their headers and what repeating
/// them adds; browsers keep below 1,200 bytes.
const LARGEST_PAYLOAD: usize = 1_500;

/// What all who get a packet share.
struct Parcel<'a> {
    packet: &'a RtpPacket,
    payload: Payload,
    arrived: Arrived,
    /// The newest block of a payload with redundancy, for those who do not know that.
    newest: Option<Arc<[u8]>>,
    extensions: ExtensionValues,
}

impl Stage {
    /// Takes a publisher's packet to everybody who gets it.
    pub(super) fn forward(&mut self, from: usize, packet: &RtpPacket, now: Instant) {
        let Some((number, layer)) = self.find_stream(from, packet) else {
            return;
        };
        if !self.admit(from, number, layer, packet, now) {
            return;
        }
        let track = &mut self.tracks[number];
        let Some((_, params)) = track.codec else {
            return;
        };
        let parcel = parcel(&mut self.peers[from], track, layer, &params, packet);
        let stream = &mut track.layers[layer];
        if parcel.payload.begins {
            stream.asker.arrived();
        }
        stream.width = parcel.payload.width.or(stream.width);
        self.hear_level(number, packet);
        if self.tracks[number].muted {
            return;
        }
        let mut failed = Vec::new();
        let places = std::mem::take(&mut self.tracks[number].places);
        for place in &places {
            let Some(peer) = self.peers.get_mut(place.peer) else {
                continue;
            };
            match send(peer, place.slot, layer, &params, &parcel, now) {
                Sent::First => self.unflushed.push_back(place.peer),
                Sent::More | Sent::No => {}
                Sent::Unplayable => self.stale.mark(place.peer),
                Sent::Failed => failed.push(place.peer),
            }
        }
        self.tracks[number].places = places;
        for peer in failed {
            self.fail(peer, now);
        }
    }

    /// The track and layer that a packet belongs to.
    fn find_stream(&mut self, from: usize, packet: &RtpPacket) -> Option<(usize, usize)> {
        let peer = self.peers.get_mut(from)?;
        peer.figures.packets_in += 1;
        let ssrc = packet.header.ssrc;
        if let Some(found) = peer.streams.get(&ssrc) {
            return Some(*found);
        }
        let (mid, rid) = peer
            .link
            .enter(packet.timestamp, &mut self.said, |rtc| {
                let mut direct = rtc.direct_api();
                Ok(direct
                    .stream_rx(&ssrc)
                    .map(|stream| (stream.mid(), stream.rid())))
            })
            .ok()?
            .ok()??;
        let number = peer
            .tracks
            .iter()
            .copied()
            .find(|number| self.tracks[*number].mid == mid)?;
        let layers = &self.tracks[number].layers;
        let layer = layers.iter().position(|layer| layer.rid == rid)?;
        peer.streams.insert(ssrc, (number, layer));
        self.note_stream(number, layer, ssrc);
        Some((number, layer))
    }

    /// A layer that comes in another stream than before has begun anew: so must those who get it.
    fn note_stream(&mut self, number: usize, layer: usize, ssrc: Ssrc) {
        let track = &mut self.tracks[number];
        let stream = &mut track.layers[layer];
        if stream.ssrc.replace(ssrc).is_none_or(|old| old == ssrc) {
            return;
        }
        stream.clock = LayerClock::default();
        for place in &track.places {
            if let Some(slot) = self
                .peers
                .get_mut(place.peer)
                .and_then(|peer| peer.slots.get_mut(place.slot))
                && let Some(playing) = &mut slot.playing
                && playing.current == Some(layer)
            {
                playing.current = None;
            }
        }
    }

    /// Counts a packet, drops it if it is one too many, and notes what it is encoded in.
    fn admit(
        &mut self,
        from: usize,
        number: usize,
        layer: usize,
        packet: &RtpPacket,
        now: Instant,
    ) -> bool {
        let track = &mut self.tracks[number];
        if packet.payload.len() > LARGEST_PAYLOAD {
            self.counters.malformed += 1;
            return false;
        }
        if !track.bucket.take(packet.payload.len(), now) {
            track.dropped += 1;
            self.counters.over_rate += 1;
            return false;
        }
        let stream = &mut track.layers[layer];
        let flowed = stream.flows(now);
        stream.meter.add(packet.payload.len(), now);
        stream.seen = Some(now);
        let pt = packet.header.payload_type;
        let mut changed = !flowed;
        if track.codec.is_none_or(|(known, _)| known != pt) {
            let Some(params) = params_of(self.peers[from].link.look(), pt) else {
                return false;
            };
            changed = true;
            track.codec = Some((pt, params));
        }
        if changed {
            for place in &track.places {
                self.stale.mark(place.peer);
            }
        }
        true
    }

    /// Asks the publisher for a key frame, unless that was done just now.
    pub(super) fn ask(&mut self, number: usize, layer: usize, now: Instant) {
        let Some(track) = self.tracks.get_mut(number) else {
            return;
        };
        let (peer, mid) = (track.peer, track.mid);
        let video = track.kind() == Kind::Video;
        let Some(stream) = track.layers.get_mut(layer).filter(|_| video) else {
            return;
        };
        if stream.seen.is_some() && stream.asker.want(now) {
            let rid = stream.rid;
            self.ask_now(peer, mid, rid, now);
        }
    }

    pub(super) fn ask_now(
        &mut self,
        number: usize,
        mid: Mid,
        rid: Option<str0m::media::Rid>,
        now: Instant,
    ) {
        let Some(peer) = self.peers.get_mut(number) else {
            return;
        };
        self.counters.key_frames_asked += 1;
        let asked = peer.link.enter(now, &mut self.said, |rtc| {
            if let Some(stream) = rtc.direct_api().stream_rx_by_mid(mid, rid) {
                stream.request_keyframe(KeyframeRequestKind::Pli);
            }
            Ok(())
        });
        match asked {
            Ok(_) => self.schedule(number),
            Err(_) => self.fail(number, now),
        }
    }

    /// Who a subscriber's request for a key frame goes to.
    pub(super) fn pass_on_request(&mut self, peer: usize, mid: Mid, now: Instant) {
        let playing = self
            .peers
            .get(peer)
            .and_then(|peer| peer.slots.iter().find(|slot| slot.mid == mid))
            .and_then(|slot| slot.playing.as_ref());
        if let Some(playing) = playing
            && let Some(layer) = playing.current.or(playing.target)
        {
            let track = playing.track;
            self.ask(track, layer, now);
        }
    }

    pub(super) fn say(&mut self, output: MediaOutput) {
        self.said.outputs.push_back(output);
    }
}

fn parcel<'a>(
    publisher: &mut Peer,
    track: &super::track::Track,
    layer: usize,
    params: &PayloadParams,
    packet: &'a RtpPacket,
) -> Parcel<'a> {
    let clock = params.spec().clock_rate.get();
    let time = packet.header.timestamp;
    let stream = &track.layers[layer];
    let captured = publisher
        .clock
        .captured(&stream.clock, time, clock, packet.timestamp);
    let payload = Payload::look(params.spec().codec, &packet.payload);
    Parcel {
        packet,
        arrived: Arrived {
            seq: *packet.seq_no,
            time,
            clock,
            captured,
            counters: payload.counters,
        },
        payload,
        newest: None,
        extensions: passed_through(&packet.header.ext_vals),
    }
    .with_newest(params)
}

impl Parcel<'_> {
    fn with_newest(mut self, params: &PayloadParams) -> Self {
        if params.red() == Some(self.packet.header.payload_type) {
            self.newest = RedDecoder::decode(&self.packet.payload)
                .ok()
                .and_then(|blocks| blocks.last().map(|block| Arc::from(block.payload)));
        }
        self
    }
}

/// The header extensions that are the publisher's business; all others are the connection's.
fn passed_through(values: &ExtensionValues) -> ExtensionValues {
    ExtensionValues {
        audio_level: values.audio_level,
        voice_activity: values.voice_activity,
        video_orientation: values.video_orientation,
        video_content_type: values.video_content_type,
        abs_capture_time: values.abs_capture_time,
        play_delay_min: values.play_delay_min,
        play_delay_max: values.play_delay_max,
        ..ExtensionValues::default()
    }
}

enum Sent {
    /// It waits, and others with it that were noted already.
    More,
    /// It waits, the first one since the peer was flushed.
    First,
    No,
    Unplayable,
    Failed,
}

fn send(
    peer: &mut Peer,
    slot: usize,
    layer: usize,
    params: &PayloadParams,
    parcel: &Parcel<'_>,
    now: Instant,
) -> Sent {
    let Some(slot) = peer.slots.get_mut(slot) else {
        return Sent::No;
    };
    if !slot.takes(layer, &parcel.payload) {
        return Sent::No;
    }
    let from = parcel.packet.header.payload_type;
    let Some(playing) = &mut slot.playing else {
        return Sent::No;
    };
    let format = match playing.format.filter(|format| format.from == from) {
        Some(format) => format,
        None => match format_for(peer.link.look(), slot.mid, params, from) {
            Some(format) => *playing.format.insert(format),
            None => return Sent::Unplayable,
        },
    };
    playing.meter.add(parcel.packet.payload.len(), now);
    let Some(numbers) = slot.rewriter.rewrite(&parcel.arrived) else {
        return Sent::No;
    };
    let Some(write) = written(parcel, format, &numbers, slot.kind) else {
        return Sent::No;
    };
    peer.figures.packets_out += 1;
    match peer.link.write(&mut slot.outgoing, write, now) {
        Ok(true) => Sent::First,
        Ok(false) => Sent::More,
        Err(_broken) => Sent::Failed,
    }
}

/// Sound is never asked for again: there is no stream to repeat it in.
fn written(parcel: &Parcel<'_>, format: Format, numbers: &Numbers, kind: Kind) -> Option<RtpWrite> {
    let packet = parcel.packet;
    let (payload, patch) = if format.unwrap {
        (Arc::clone(parcel.newest.as_ref()?), None)
    } else {
        match parcel.payload.patch(&packet.payload, &numbers.counters) {
            Patched::Same => (Arc::clone(&packet.payload), None),
            Patched::Vp8(patch) => (Arc::clone(&packet.payload), Some(patch)),
            Patched::Copy(copy) => (copy, None),
        }
    };
    let write = RtpWrite::new(
        format.to,
        numbers.seq.into(),
        numbers.time,
        parcel.arrived.captured,
        payload,
    )
    .marker(packet.header.marker)
    .ext_vals(parcel.extensions.clone())
    .nackable(kind == Kind::Video);
    Some(match patch {
        Some(patch) => write.vp8_patch(patch),
        None => write,
    })
}

fn params_of(rtc: &Rtc, pt: Pt) -> Option<PayloadParams> {
    rtc.codec_config()
        .find(|params| params.pt() == pt || params.red() == Some(pt))
        .copied()
}

/// How a section of a subscriber carries something of a publisher; `None` if it cannot be played.
pub(super) fn format_for(rtc: &Rtc, mid: Mid, params: &PayloadParams, from: Pt) -> Option<Format> {
    let negotiated = rtc.media(mid)?.remote_pts();
    let ours = rtc
        .codec_config()
        .match_params(*params)
        .filter(|ours| negotiated.contains(&ours.pt()))?;
    let wrapped = params.red() == Some(from);
    // RED has no payload type among the negotiated ones; it comes with its codec.
    let to = if wrapped { ours.red() } else { Some(ours.pt()) };
    Some(Format {
        from,
        to: to.unwrap_or_else(|| ours.pt()),
        unwrap: wrapped && to.is_none(),
    })
}

/// Whether a slot can play something at all, as far as that is known.
pub(super) fn can_play(peer: &Peer, slot: &Slot, codec: Option<(Pt, PayloadParams)>) -> bool {
    codec.is_none_or(|(pt, params)| {
        params.spec().codec == Codec::Null
            || format_for(peer.link.look(), slot.mid, &params, pt).is_some()
    })
}
