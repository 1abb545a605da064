//! What arrives in one section of a browser, and whether a decoder could live with it.

use std::collections::BTreeMap;
use std::time::Instant;

use str0m::rtp::{RtpPacket, Vp8Descriptor};

use super::media::Label;

/// A packet as it arrived.
#[derive(Clone, Debug)]
pub struct Got {
    pub at: Instant,
    pub seq: u64,
    pub time: u32,
    pub marker: bool,
    pub pt: u8,
    pub picture: Option<u16>,
    pub base: Option<u8>,
    pub label: Option<Label>,
    pub level: Option<i8>,
    pub bytes: usize,
}

/// All that arrived in a section, by sequence number.
#[derive(Debug, Default)]
pub struct Sink {
    pub packets: BTreeMap<u64, Got>,
    pub twice: usize,
}

/// A picture that a decoder could show.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    pub source: u32,
    pub layer: u8,
    pub number: u32,
    pub key: bool,
    pub time: u32,
    pub at: Instant,
}

/// What became of a stream.
#[derive(Debug, Default)]
pub struct Report {
    pub frames: Vec<Frame>,
    /// Sequence numbers that never came.
    pub missing: u64,
    /// What no decoder would understand.
    pub faults: Vec<String>,
}

impl Report {
    pub fn layers(&self) -> Vec<u8> {
        let mut layers: Vec<u8> = self.frames.iter().map(|frame| frame.layer).collect();
        layers.dedup();
        layers
    }
}

impl Sink {
    pub fn add(&mut self, packet: &RtpPacket) {
        let vp8 = Vp8Descriptor::parse(&packet.payload).ok();
        let got = Got {
            at: packet.timestamp,
            seq: *packet.seq_no,
            time: packet.header.timestamp,
            marker: packet.header.marker,
            pt: *packet.header.payload_type,
            picture: vp8.and_then(|vp8| vp8.picture_id()),
            base: vp8.and_then(|vp8| vp8.tl0_pic_idx()),
            label: Label::find(&packet.payload),
            level: packet.header.ext_vals.audio_level,
            bytes: packet.payload.len(),
        };
        if self.packets.insert(got.seq, got).is_some() {
            self.twice += 1;
        }
    }

    pub fn clear(&mut self) {
        self.packets.clear();
    }

    pub fn sources(&self) -> Vec<u32> {
        let mut sources: Vec<u32> = self
            .packets
            .values()
            .filter_map(|got| Some(got.label?.source))
            .collect();
        sources.dedup();
        sources
    }

    /// Plays the stream as a VP8 decoder would.
    pub fn play(&self) -> Report {
        let mut player = Player::default();
        for got in self.packets.values() {
            player.take(got);
        }
        player.report
    }
}

#[derive(Default)]
struct Player {
    report: Report,
    last: Option<Got>,
    frame: Vec<Got>,
    shown: Option<(Frame, Option<u16>)>,
}

impl Player {
    fn take(&mut self, got: &Got) {
        if let Some(last) = &self.last {
            let missing = got.seq - last.seq - 1;
            self.report.missing += missing;
            if missing > 0 {
                self.frame.clear();
                self.shown = None;
            } else if got.time.wrapping_sub(last.time) > u32::MAX / 2 {
                self.fault(got, "its time is earlier than that of the packet before");
            }
        }
        self.last = Some(got.clone());
        let Some(label) = got.label else { return };
        if label.part == 0 {
            if !self.frame.is_empty() {
                self.fault(got, "it begins a picture within another");
            }
            self.frame.clear();
        } else if self.frame.is_empty() {
            // The rest of a picture whose start was lost, or a fault if nothing was.
            if self.report.missing == 0 {
                self.fault(got, "it is the rest of a picture without its start");
            }
            return;
        }
        self.frame.push(got.clone());
        if label.part + 1 == label.parts {
            if !got.marker {
                self.fault(got, "it ends a picture without a marker");
            }
            self.finish(label);
        }
    }

    fn finish(&mut self, label: Label) {
        let parts = std::mem::take(&mut self.frame);
        let first = parts[0].clone();
        if parts.len() != usize::from(label.parts) || parts.iter().any(|p| p.time != first.time) {
            self.fault(&first, "its picture is not of one piece");
            return;
        }
        let frame = Frame {
            source: label.source,
            layer: label.layer,
            number: label.frame,
            key: label.key,
            time: first.time,
            at: parts[parts.len() - 1].at,
        };
        if let Some((shown, picture)) = self.shown {
            if frame.time == shown.time {
                self.fault(&first, "two pictures have one time");
            }
            if let (Some(now), Some(then)) = (first.picture, picture)
                && now != (then + 1) & 0x7fff
            {
                self.fault(&first, "its picture id is not the next");
            }
            let follows = shown.source == frame.source
                && shown.layer == frame.layer
                && shown.number + 1 == frame.number;
            if !frame.key && !follows {
                self.fault(&first, "it depends on a picture that was never sent");
            }
        } else if !frame.key {
            if self.report.missing == 0 {
                self.fault(&first, "the stream does not begin with a key frame");
            }
            return;
        }
        self.shown = Some((frame, first.picture));
        self.report.frames.push(frame);
    }

    fn fault(&mut self, got: &Got, what: &str) {
        self.report
            .faults
            .push(format!("packet {}: {what}", got.seq));
    }
}
