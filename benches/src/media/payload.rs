//! Packets that look like VP8 and carry the time they were sent at.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// Bytes of the VP8 payload descriptor with a picture id of 15 bits, TL0PICIDX and TID.
///
/// # Source
/// RFC 7741, section 4.2.
const DESCRIPTOR: usize = 6;
/// Bytes of the frame tag and the key frame's start code and size (RFC 6386, section 9.1).
const KEY_FRAME_HEAD: usize = 10;
const TIME: usize = 8;
/// The smallest packet.
pub const LEAST_BYTES: usize = DESCRIPTOR + KEY_FRAME_HEAD + TIME;

/// Which packet of which picture.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Number of the picture.
    pub picture: u16,
    /// Whether it can be decoded by itself.
    pub key: bool,
    /// Whether this is its first packet.
    pub first: bool,
    /// Width of the picture, in pixels.
    pub width: u16,
}

/// Writes a packet of `bytes` bytes.
#[must_use]
pub fn video(place: Place, bytes: usize) -> Vec<u8> {
    let mut packet = vec![0x5a; bytes.max(LEAST_BYTES)];
    let [high, low] = (place.picture & 0x7fff).to_be_bytes();
    // Extension present; start of a partition; I, L, T present.
    let start = if place.first { 0x90 } else { 0x80 };
    packet[..DESCRIPTOR].copy_from_slice(&[start, 0xe0, 0x80 | high, low, low, 0x20]);
    if place.first {
        let head = &mut packet[DESCRIPTOR..DESCRIPTOR + KEY_FRAME_HEAD];
        if place.key {
            let [low, high] = place.width.to_le_bytes();
            head.copy_from_slice(&[0x10, 0, 0, 0x9d, 0x01, 0x2a, low, high, low, high]);
        } else {
            head[0] = 0x11;
        }
    }
    stamp(&mut packet);
    packet
}

/// Writes a packet of sound of `bytes` bytes.
#[must_use]
pub fn audio(bytes: usize) -> Vec<u8> {
    let mut packet = vec![0x5a; bytes.max(TIME)];
    stamp(&mut packet);
    packet
}

/// How long ago a packet was written, by the clock of this machine.
#[must_use]
pub fn age(packet: &[u8]) -> Option<Duration> {
    let (_, time) = packet.split_last_chunk::<TIME>()?;
    monotonic().checked_sub(Duration::from_nanos(u64::from_be_bytes(*time)))
}

fn stamp(packet: &mut [u8]) {
    let nanos = u64::try_from(monotonic().as_nanos()).unwrap_or(u64::MAX);
    if let Some((_, end)) = packet.split_last_chunk_mut::<TIME>() {
        *end = nanos.to_be_bytes();
    }
}

fn monotonic() -> Duration {
    clock_gettime(ClockId::CLOCK_MONOTONIC).map_or(Duration::ZERO, Duration::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_tells_its_age_and_whether_it_begins_a_key_frame() {
        let place = Place {
            picture: 300,
            key: true,
            first: true,
            width: 640,
        };
        let packet = video(place, 1_100);
        assert_eq!(packet.len(), 1_100);
        assert_eq!(packet[DESCRIPTOR] & 1, 0, "a key frame");
        assert!(age(&packet).is_some_and(|age| age < Duration::from_secs(1)));
        let next = video(
            Place {
                key: false,
                ..place
            },
            1_100,
        );
        assert_eq!(next[DESCRIPTOR] & 1, 1, "no key frame");
    }
}
