//! What is done now and then rather than for each packet.

use std::time::{Duration, Instant};

use super::Stage;
use super::peer::Flow;
use crate::wire::Kind;

/// How often.
pub(super) const EVERY: Duration = Duration::from_millis(100);
/// Peers are looked at in turns, each every so many ticks, so that a large room has no spikes.
const TURNS: usize = 3;

impl Stage {
    pub(super) fn tick(&mut self, now: Instant) {
        self.measure(now);
        self.listen(now);
        self.retry_key_frames(now);
        self.notice_silence(now);
        for number in 0..self.tracks.capacity() {
            self.tell_publisher(number, now);
        }
        self.mark_those_who_see();
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

    /// Rates, flows and waits change with time alone; it matters to those who see pictures, or hear
    /// a choice.
    fn mark_those_who_see(&mut self) {
        let sounds = self
            .tracks
            .iter()
            .filter(|(_, track)| track.kind() == Kind::Audio);
        let sounds = sounds.count();
        self.ticks = self.ticks.wrapping_add(1);
        let turn = self.ticks % TURNS;
        for (number, peer) in self
            .peers
            .iter()
            .filter(|(number, _)| number % TURNS == turn)
        {
            let heard = peer.slots.iter().filter(|slot| slot.kind == Kind::Audio);
            let pictures = peer
                .slots
                .iter()
                .any(|slot| slot.kind == Kind::Video && slot.playing.is_some());
            if pictures || sounds > heard.count() {
                self.stale.mark(number);
            }
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
}
