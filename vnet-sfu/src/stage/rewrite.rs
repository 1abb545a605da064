//! Makes one continuous stream out of pieces of many: a slot keeps its SSRC while tracks and layers
//! in it change, so sequence numbers, timestamps and picture counters go on where they stopped.

use std::time::{Duration, Instant};

use super::payload::Counters;

/// A jump of more sequence numbers than this is no loss: the source has begun anew.
const JUMP: u64 = 3_000;

/// A packet as it came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrived {
    /// Extended sequence number.
    pub(super) seq: u64,
    /// RTP timestamp.
    pub(super) time: u32,
    /// Ticks of `time` a second.
    pub(super) clock: u32,
    /// When it was captured, or if that is not known when it came; on one scale for all layers of a
    /// track.
    pub(super) captured: Instant,
    pub(super) counters: Counters,
}

/// The same packet as it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Numbers {
    /// Extended sequence number.
    pub(super) seq: u64,
    /// RTP timestamp.
    pub(super) time: u32,
    pub(super) counters: Counters,
}

/// How far what comes is from what is sent, within one piece.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// Earlier packets belong to no piece: their numbers are taken.
    first: u64,
    seq: u64,
    time: u32,
    picture: u16,
    base: u8,
    key: u8,
}

/// The last that was sent.
#[derive(Clone, Copy, Debug)]
struct Last {
    numbers: Numbers,
    captured: Instant,
}

/// The numbers of one outgoing stream.
#[derive(Debug)]
pub(super) struct Rewriter {
    /// The number of the very first packet. Below 2^16: receivers begin with a rollover counter of 0.
    start: u16,
    piece: Option<Piece>,
    /// The newest that came within the piece.
    newest: u64,
    last: Option<Last>,
}

impl Rewriter {
    /// `start`: any number; half of the range is kept free so that early loss cannot confuse the
    /// receiver's rollover counter.
    pub(super) const fn new(start: u16) -> Self {
        Self {
            start: start & 0x7fff,
            piece: None,
            newest: 0,
            last: None,
        }
    }

    /// The next packet begins a new piece.
    pub(super) const fn cut(&mut self) {
        self.piece = None;
    }

    /// The numbers to send a packet with; `None` if it is older than its piece.
    pub(super) fn rewrite(&mut self, packet: &Arrived) -> Option<Numbers> {
        let piece = match self.piece {
            Some(piece) if packet.seq.abs_diff(self.newest) <= JUMP => piece,
            _ => {
                self.newest = packet.seq;
                *self.piece.insert(self.begin(packet))
            }
        };
        self.newest = self.newest.max(packet.seq);
        if packet.seq < piece.first {
            return None;
        }
        let counters = &packet.counters;
        let numbers = Numbers {
            seq: packet.seq.wrapping_add(piece.seq),
            time: packet.time.wrapping_add(piece.time),
            counters: Counters {
                picture: counters
                    .picture
                    .map(|(id, bits)| (id.wrapping_add(piece.picture) & mask(bits), bits)),
                base: counters.base.map(|base| base.wrapping_add(piece.base)),
                key: counters.key.map(|key| key.wrapping_add(piece.key) & 0x1f),
            },
        };
        if self.last.is_none_or(|last| numbers.seq > last.numbers.seq) {
            self.last = Some(Last {
                numbers: self.keep_counters(numbers),
                captured: packet.captured,
            });
        }
        Some(numbers)
    }

    /// Padding and codecs without counters must not make the next piece begin anew.
    fn keep_counters(&self, mut numbers: Numbers) -> Numbers {
        if let Some(last) = self.last {
            let (new, old) = (&mut numbers.counters, last.numbers.counters);
            new.picture = new.picture.or(old.picture);
            new.base = new.base.or(old.base);
            new.key = new.key.or(old.key);
        }
        numbers
    }

    fn begin(&self, packet: &Arrived) -> Piece {
        let counters = &packet.counters;
        let Some(last) = self.last else {
            return Piece {
                first: packet.seq,
                seq: u64::from(self.start).wrapping_sub(packet.seq),
                time: 0,
                picture: 0,
                base: 0,
                key: 0,
            };
        };
        let passed = packet.captured.saturating_duration_since(last.captured);
        let time = last.numbers.time.wrapping_add(ticks(passed, packet.clock));
        let before = last.numbers.counters;
        Piece {
            first: packet.seq,
            seq: (last.numbers.seq + 1).wrapping_sub(packet.seq),
            time: time.wrapping_sub(packet.time),
            picture: match (counters.picture, before.picture) {
                (Some((now, _)), Some((then, _))) => then.wrapping_add(1).wrapping_sub(now),
                _ => 0,
            },
            base: match (counters.base, before.base) {
                (Some(now), Some(then)) => then.wrapping_add(1).wrapping_sub(now),
                _ => 0,
            },
            key: match (counters.key, before.key) {
                (Some(now), Some(then)) => then.wrapping_add(1).wrapping_sub(now),
                _ => 0,
            },
        }
    }
}

const fn mask(bits: u8) -> u16 {
    if bits == 7 { 0x7f } else { 0x7fff }
}

/// At least one: no two pictures have the same time.
fn ticks(passed: Duration, clock: u32) -> u32 {
    let ticks = passed.as_micros().saturating_mul(u128::from(clock)) / 1_000_000;
    u32::try_from(ticks).unwrap_or(u32::MAX / 2).max(1)
}

#[cfg(test)]
mod tests;
