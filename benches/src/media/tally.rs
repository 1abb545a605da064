//! What arrived, what did not, and how late.

use std::collections::HashMap;
use std::time::Duration;

use str0m::rtp::{RtpPacket, Ssrc};

use super::payload;
use crate::stats::Times;

/// What arrived at all participants.
#[derive(Debug, Default)]
pub struct Tally {
    streams: HashMap<(usize, Ssrc), Run>,
    /// Packets.
    pub packets: u64,
    /// From being written at the sender to being decrypted at the receiver.
    pub delays: Times,
}

/// The packets of one stream.
#[derive(Debug)]
struct Run {
    first: u64,
    last: u64,
    count: u64,
}

impl Tally {
    /// Counts a packet of the client with this number.
    pub fn count(&mut self, client: usize, packet: &RtpPacket) {
        self.packets += 1;
        if let Some(age) = payload::age(&packet.payload) {
            self.delays.push(age);
        }
        let number = *packet.seq_no;
        let run = self
            .streams
            .entry((client, packet.header.ssrc))
            .or_insert(Run {
                first: number,
                last: number,
                count: 0,
            });
        run.first = run.first.min(number);
        run.last = run.last.max(number);
        run.count += 1;
    }

    /// How many streams carried something.
    #[must_use]
    pub fn streams(&self) -> usize {
        self.streams.len()
    }

    /// The part of all packets that is missing between the first and the last of each stream.
    #[must_use]
    pub fn loss(&self) -> f64 {
        let runs = self.streams.values();
        let expected: u64 = runs.clone().map(|run| run.last - run.first + 1).sum();
        let arrived: u64 = runs.map(|run| run.count).sum();
        #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 packets")]
        let part = expected.saturating_sub(arrived) as f64 / expected.max(1) as f64;
        part
    }

    /// A delay that `percent` of all packets do not exceed.
    pub fn delay(&mut self, percent: f64) -> Duration {
        self.delays.percentile(percent)
    }
}
