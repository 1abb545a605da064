//! What a participant sends, at a steady pace.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::client::{Client, Packet};
use super::payload::{self, Place};

/// A stream: packets of one size at one rate.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    /// Packets a second.
    pub rate: f64,
    /// Bytes of a packet's payload.
    pub bytes: usize,
    /// Packets of a picture; 0: sound.
    pub per_picture: u16,
    /// Which simulcast layer, if there are several.
    pub layer: Option<usize>,
    /// Width of the picture.
    pub width: u16,
}

impl Stream {
    /// Sound: 50 packets a second of 120 bytes.
    #[must_use]
    pub const fn sound() -> Self {
        Self {
            rate: 50.0,
            bytes: 120,
            per_picture: 0,
            layer: None,
            width: 0,
        }
    }

    /// Pictures of `rate` packets of 1,100 bytes a second, 30 pictures a second or fewer.
    #[must_use]
    pub fn pictures(rate: f64, layer: Option<usize>, width: u16) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a few packets"
        )]
        let per_picture = (rate / 30.0).round().max(1.0) as u16;
        Self {
            rate,
            bytes: 1_100,
            per_picture,
            layer,
            width,
        }
    }
}

/// A stream that is being sent.
#[derive(Debug)]
pub struct Sender {
    stream: Stream,
    /// Which client sends it.
    pub client: usize,
    /// When the next packet is due.
    pub due: Instant,
    interval: Duration,
    count: u64,
    /// A key frame was asked for and comes with the next picture.
    pub key_wanted: bool,
    key_now: bool,
}

impl Sender {
    /// Sends `stream` from the client with this number, from `start` on.
    #[must_use]
    pub fn new(stream: Stream, client: usize, start: Instant) -> Self {
        Self {
            stream,
            client,
            due: start,
            interval: Duration::from_secs_f64(1.0 / stream.rate),
            count: 0,
            key_wanted: true,
            key_now: true,
        }
    }

    /// Whether a request for a key frame of this layer means this stream.
    #[must_use]
    pub fn is(&self, client: usize, layer: Option<usize>) -> bool {
        self.client == client && self.stream.per_picture > 0 && self.stream.layer == layer
    }

    /// Sends the packet that is due.
    ///
    /// # Errors
    /// When the client's engine gives up.
    pub fn send(&mut self, client: &mut Client) -> Result<()> {
        let sequence = self.count;
        self.count += 1;
        // The packets of a picture go together, as browsers send them.
        let at_once = u32::from(self.stream.per_picture.max(1));
        if self.count.is_multiple_of(u64::from(at_once)) {
            self.due += self.interval * at_once;
        }
        if self.stream.per_picture == 0 {
            return client.send_sound(Packet {
                sequence,
                time: wrapped(sequence * 960),
                last: sequence == 0,
                payload: payload::audio(self.stream.bytes),
            });
        }
        let per_picture = u64::from(self.stream.per_picture);
        let (picture, part) = (sequence / per_picture, sequence % per_picture);
        if part == 0 {
            self.key_now = std::mem::take(&mut self.key_wanted);
        }
        let place = Place {
            picture: (picture & 0x7fff) as u16,
            key: self.key_now,
            first: part == 0,
            width: self.stream.width,
        };
        client.send_picture(
            self.stream.layer,
            Packet {
                sequence,
                time: wrapped(picture * 3_000),
                last: part + 1 == per_picture,
                payload: payload::video(place, self.stream.bytes),
            },
        )
    }
}

/// RTP times are of 32 bits and wrap around.
fn wrapped(time: u64) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "wraps around on purpose")]
    let time = time as u32;
    time
}
