//! What is done now and then rather than for each packet.

use std::time::{Duration, Instant};

use super::Stage;
use super::peer::Flow;
use crate::media::PeerStatistics;

/// How often.
pub(super) const EVERY: Duration = Duration::from_millis(100);

impl Stage {
    pub(super) fn tick(&mut self, now: Instant) {
        self.measure(now);
        self.retry_key_frames(now);
        self.notice_silence(now);
        for number in 0..self.tracks.capacity() {
            self.tell_publisher(number, now);
        }
        self.everybody_stale();
        self.next_tick = (!self.peers.is_empty()).then(|| now + EVERY);
    }

    /// Takes the rates of all layers that flow.
    fn measure(&mut self, now: Instant) {
        for (_, track) in &mut self.tracks {
            for layer in &mut track.layers {
                let bits = layer.meter.bits(now);
                if bits == 0 || !layer.meter.is_settled() {
                    continue;
                }
                let known = layer.known_rate.unwrap_or(bits);
                // Up quickly, down slowly: a still picture is about to move.
                let weight = if bits > known { 2 } else { 16 };
                layer.known_rate = Some((known * (weight - 1) + bits) / weight);
            }
        }
    }

    /// Asks for the key frames that had to wait, and again for those that did not come.
    fn retry_key_frames(&mut self, now: Instant) {
        let mut asks = Vec::new();
        for (number, track) in &mut self.tracks {
            let waits = track.places.iter().filter_map(|place| {
                let slot = self.peers.get(place.peer)?.slots.get(place.slot)?;
                slot.playing.as_ref()?.waits()
            });
            let mut waits: Vec<usize> = waits.collect();
            waits.sort_unstable();
            waits.dedup();
            asks.extend(waits.into_iter().map(|layer| (number, layer)));
        }
        for (number, layer) in asks {
            let Some(track) = self.tracks.get(number) else {
                continue;
            };
            if !track.muted && track.layers[layer].flows(now) {
                self.ask(number, layer, now);
            }
        }
        let mut due = Vec::new();
        for (_, track) in &mut self.tracks {
            for layer in &mut track.layers {
                if layer.asker.due(now) {
                    due.push((track.peer, track.mid, layer.rid));
                }
            }
        }
        for (peer, mid, rid) in due {
            self.ask_now(peer, mid, rid, now);
        }
    }

    fn notice_silence(&mut self, now: Instant) {
        let silence = self.config.silence;
        let silent: Vec<(usize, bool)> = self
            .peers
            .iter()
            .filter(|(_, peer)| peer.flow != Flow::Never)
            .map(|(number, peer)| {
                let silent = now.saturating_duration_since(peer.heard) >= silence;
                (number, silent || peer.link.ended())
            })
            .collect();
        for (number, silent) in silent {
            if silent {
                self.lost(number);
            } else {
                self.flows(number);
            }
        }
    }

    pub(super) fn figures(&mut self) -> Vec<PeerStatistics> {
        self.peers
            .iter()
            .map(|(_, peer)| {
                let figures = &peer.figures;
                PeerStatistics {
                    participant: Some(peer.participant),
                    bytes_in: figures.bytes_in,
                    bytes_out: figures.bytes_out,
                    packets_in: figures.packets_in,
                    packets_out: figures.packets_out,
                    loss_in: figures.loss_in,
                    loss_out: figures.loss_out,
                    rtt: figures.rtt,
                    jitter: figures.jitter.map(|(_, jitter)| jitter),
                    estimate: peer.estimate,
                    sending: Vec::new(),
                }
            })
            .collect()
    }
}
