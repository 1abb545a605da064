//! Made-up sound and pictures: VP8 with proper descriptors around nothing, and a label in each packet
//! that tells the receiving end what it is.

use std::time::{Duration, Instant};

use super::link::Random;

/// What a packet says of itself, behind descriptor and frame header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// Who sent it.
    pub source: u32,
    pub layer: u8,
    pub frame: u32,
    pub part: u16,
    pub parts: u16,
    pub key: bool,
}

const MAGIC: [u8; 4] = *b"vnet";
const LABEL: usize = 18;

impl Label {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&self.source.to_be_bytes());
        out.push(self.layer);
        out.extend_from_slice(&self.frame.to_be_bytes());
        out.extend_from_slice(&self.part.to_be_bytes());
        out.extend_from_slice(&self.parts.to_be_bytes());
        out.push(u8::from(self.key));
    }

    pub fn find(payload: &[u8]) -> Option<Self> {
        let at = payload.windows(4).position(|window| window == MAGIC)?;
        let l = payload.get(at..at + LABEL)?;
        Some(Self {
            source: u32::from_be_bytes(l[4..8].try_into().unwrap()),
            layer: l[8],
            frame: u32::from_be_bytes(l[9..13].try_into().unwrap()),
            part: u16::from_be_bytes(l[13..15].try_into().unwrap()),
            parts: u16::from_be_bytes(l[15..17].try_into().unwrap()),
            key: l[17] == 1,
        })
    }
}

/// What the made-up pictures claim to be encoded in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Vp8,
    Vp9,
    H264,
    Av1,
}

/// The pictures of one layer.
#[derive(Debug)]
pub struct LayerSource {
    pub rid: Option<String>,
    pub layer: u8,
    pub width: u16,
    pub bits_per_second: u64,
    pub enabled: bool,
    pub key_wanted: bool,
    pub seq: u64,
    time_offset: u32,
    picture: u16,
    base: u8,
    frame: u32,
    pub keys_sent: u32,
}

/// A packet to send.
#[derive(Debug)]
pub struct Made {
    pub rid: Option<String>,
    pub seq: u64,
    pub time: u32,
    pub marker: bool,
    pub payload: Vec<u8>,
}

impl LayerSource {
    pub fn new(
        rid: Option<&str>,
        layer: u8,
        width: u16,
        bits_per_second: u64,
        random: &mut Random,
    ) -> Self {
        Self {
            rid: rid.map(str::to_owned),
            layer,
            width,
            bits_per_second,
            enabled: true,
            key_wanted: true,
            seq: random.below(30_000),
            time_offset: u32::try_from(random.below(u64::from(u32::MAX))).unwrap(),
            picture: u16::try_from(random.below(0x8000)).unwrap(),
            base: u8::try_from(random.below(256)).unwrap(),
            frame: 0,
            keys_sent: 0,
        }
    }

    /// The packets of the next picture.
    pub fn make(&mut self, source: u32, look: Look, ticks: u32, fps: u32) -> Vec<Made> {
        let key = std::mem::take(&mut self.key_wanted);
        self.keys_sent += u32::from(key);
        self.frame += 1;
        self.picture = (self.picture + 1) & 0x7fff;
        self.base = self.base.wrapping_add(1);
        let mut bytes = (self.bits_per_second / 8 / u64::from(fps)).max(60);
        if key {
            bytes *= 3;
        }
        let parts = u16::try_from(bytes.div_ceil(1_100)).unwrap();
        let mut made = Vec::new();
        for part in 0..parts {
            let label = Label {
                source,
                layer: self.layer,
                frame: self.frame,
                part,
                parts,
                key,
            };
            let mut payload = self.head(look, part == 0, key);
            label.write(&mut payload);
            let size = usize::try_from(bytes / u64::from(parts)).unwrap();
            payload.resize(size.max(payload.len()), 0);
            self.seq += 1;
            made.push(Made {
                rid: self.rid.clone(),
                seq: self.seq,
                time: ticks.wrapping_add(self.time_offset),
                marker: part + 1 == parts,
                payload,
            });
        }
        made
    }

    fn head(&self, look: Look, first: bool, key: bool) -> Vec<u8> {
        let [high, low] = self.picture.to_be_bytes();
        let [wide, narrow] = self.width.to_be_bytes();
        match look {
            Look::Vp8 => {
                let start = if first { 0x10 } else { 0 };
                let mut head = vec![0x80 | start, 0xe0, 0x80 | high, low, self.base, 0x20];
                if first {
                    head.extend_from_slice(&[u8::from(!key), 0, 0]);
                    if key {
                        head.extend_from_slice(&[0x9d, 0x01, 0x2a, narrow, wide, 0, 1]);
                    }
                }
                head
            }
            Look::Vp9 => {
                let start = if first { 0x08 } else { 0 };
                let predicted = if key { 0 } else { 0x40 };
                vec![0xa0 | start | predicted, 0x80 | high, low, 0, self.base]
            }
            Look::H264 if key && first => vec![0x67, 1, 2, 3],
            Look::H264 => vec![0x41],
            Look::Av1 => vec![if key && first { 0x18 } else { 0x10 }],
        }
    }
}

/// A camera or a screen.
#[derive(Debug)]
pub struct Pictures {
    pub mid: String,
    pub look: Look,
    pub layers: Vec<LayerSource>,
    pub fps: u32,
    pub on: bool,
    pub began: Instant,
    pub next: Instant,
    pub ticks: u32,
}

impl Pictures {
    pub fn advance(&mut self) {
        self.next += Duration::from_micros(1_000_000 / u64::from(self.fps));
        self.ticks = self.ticks.wrapping_add(90_000 / self.fps);
    }
}

/// A microphone.
#[derive(Debug)]
pub struct Sound {
    pub mid: String,
    pub on: bool,
    /// 0 (full scale) to -127 (silent).
    pub level: i8,
    pub seq: u64,
    pub ticks: u32,
    pub next: Instant,
    pub frame: u32,
    /// Sent with one redundant block (RED).
    pub redundant: bool,
}

impl Sound {
    pub fn make(&mut self, source: u32, plain_pt: u8) -> Made {
        self.seq += 1;
        self.frame += 1;
        self.ticks = self.ticks.wrapping_add(960);
        self.next += Duration::from_millis(20);
        let mut payload = Vec::new();
        if self.redundant {
            // One redundant block of four bytes, then the newest.
            payload.extend_from_slice(&[0x80 | plain_pt, 0x0f, 0x00, 0x04, plain_pt, 9, 9, 9, 9]);
        }
        Label {
            source,
            layer: 0,
            frame: self.frame,
            part: 0,
            parts: 1,
            key: true,
        }
        .write(&mut payload);
        payload.resize(payload.len() + 60, 7);
        Made {
            rid: None,
            seq: self.seq,
            time: self.ticks,
            marker: false,
            payload,
        }
    }
}
