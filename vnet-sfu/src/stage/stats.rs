//! What is known of how a participant's media fares.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use str0m::media::Mid;
use str0m::stats::{MediaEgressStats, MediaIngressStats, PeerStats};

use super::Stage;
use super::peer::{Flow, Peer};
use crate::media::{LayerStatistics, MediaOutput, PeerStatistics};
use crate::wire::{Kind, Quality};

/// Loss and round trip from which a connection is fair, and poor.
const FAIR: (f32, Duration) = (0.03, Duration::from_millis(300));
const POOR: (f32, Duration) = (0.10, Duration::from_millis(600));
/// Reports in a row that must agree before another quality is told; one that is worse needs fewer.
const BETTER_AFTER: u8 = 4;
const WORSE_AFTER: u8 = 2;

/// Figures of one participant.
#[derive(Debug, Default)]
pub(super) struct Figures {
    bytes_in: u64,
    bytes_out: u64,
    pub(super) packets_in: u64,
    pub(super) packets_out: u64,
    loss_in: Option<f32>,
    loss_out: Option<f32>,
    rtt: Option<Duration>,
    jitter: Option<Duration>,
    told: Option<Quality>,
    doubts: u8,
}

impl Figures {
    fn report(&mut self, report: &PeerStats) {
        self.bytes_in = report.peer_bytes_rx;
        self.bytes_out = report.peer_bytes_tx;
        self.loss_in = report.ingress_loss_fraction;
        self.loss_out = report.egress_loss_fraction;
        let checks = report
            .selected_candidate_pair
            .as_ref()
            .and_then(|pair| pair.current_round_trip_time);
        self.rtt = report.rtt.or(checks).or(self.rtt);
    }

    fn quality(&self) -> Quality {
        let loss = self
            .loss_in
            .unwrap_or(0.0)
            .max(self.loss_out.unwrap_or(0.0));
        let rtt = self.rtt.unwrap_or_default();
        if loss >= POOR.0 || rtt >= POOR.1 {
            Quality::Poor
        } else if loss >= FAIR.0 || rtt >= FAIR.1 {
            Quality::Fair
        } else {
            Quality::Good
        }
    }

    /// The quality, if it is to be told: lost at once, others when several reports agree.
    fn judge(&mut self, lost: bool) -> Option<Quality> {
        let now = if lost { Quality::Lost } else { self.quality() };
        let Some(told) = self.told else {
            self.told = Some(now);
            return Some(now);
        };
        if now == told {
            self.doubts = 0;
            return None;
        }
        self.doubts += 1;
        let enough = match now {
            Quality::Lost => 1,
            _ if told == Quality::Lost => 1,
            _ if now < told => WORSE_AFTER,
            _ => BETTER_AFTER,
        };
        if self.doubts < enough {
            return None;
        }
        self.doubts = 0;
        self.told = Some(now);
        Some(now)
    }
}

impl Stage {
    pub(super) fn take_report(&mut self, number: usize, report: &PeerStats, now: Instant) {
        let Some(peer) = self.peers.get_mut(number) else {
            return;
        };
        peer.figures.report(report);
        let measured = report.bwe_tx.filter(|_| peer.transport_feedback);
        let believed = measured.and_then(|bits| peer.carried.measured(bits.as_u64(), now));
        if believed.is_some() {
            peer.estimate = believed;
            self.mark(number);
        }
        if self.peers[number].flow == Flow::Connected {
            self.judge(number);
        }
    }

    /// Tells how well a connection works, if that has changed.
    pub(super) fn judge(&mut self, number: usize) {
        let Some(peer) = self.peers.get_mut(number) else {
            return;
        };
        if let Some(quality) = peer.figures.judge(peer.flow == Flow::Lost) {
            let participant = peer.participant;
            self.say(MediaOutput::Quality(participant, quality));
        }
    }

    pub(super) fn note_jitter(&mut self, number: usize, report: &MediaIngressStats) {
        let Some(peer) = self.peers.get_mut(number) else {
            return;
        };
        let rate = match kind_of(peer, report.mid) {
            Some(Kind::Audio) => 48_000,
            Some(Kind::Video) => 90_000,
            None => return,
        };
        let micros = u64::from(report.jitter) * 1_000_000 / rate;
        let jitter = Duration::from_micros(micros);
        // Sound first: that is where jitter is heard.
        if rate == 48_000 || peer.figures.jitter.is_none() {
            peer.figures.jitter = Some(jitter);
        }
    }

    pub(super) fn note_loss_in(&mut self, number: usize, report: &MediaIngressStats) {
        let tracks = self.peers.get(number).map(|peer| &peer.tracks);
        for track in tracks.into_iter().flatten() {
            if let Some(track) = self.tracks.get_mut(*track)
                && track.mid == report.mid
                && let Some(layer) = track.layers.iter_mut().find(|it| it.rid == report.rid)
            {
                layer.loss = report.loss.or(layer.loss);
            }
        }
    }

    pub(super) fn note_loss_out(&mut self, number: usize, report: &MediaEgressStats) {
        let slots = self.peers.get_mut(number).map(|peer| &mut peer.slots);
        for slot in slots.into_iter().flatten() {
            if slot.mid == report.mid {
                slot.loss = report.loss.or(slot.loss);
            }
        }
    }

    /// What the participants send, by the number of their peer.
    fn receiving(&mut self, now: Instant) -> HashMap<usize, Vec<LayerStatistics>> {
        let mut all: HashMap<usize, Vec<LayerStatistics>> = HashMap::new();
        for (_, track) in &mut self.tracks {
            for layer in track.layers.iter_mut().filter(|layer| layer.seen.is_some()) {
                all.entry(track.peer).or_default().push(LayerStatistics {
                    track: track.id,
                    layer: layer.name.clone(),
                    bitrate: layer.meter.bits(now),
                    loss: layer.loss,
                });
            }
        }
        all
    }

    pub(super) fn all_figures(&mut self) -> Vec<PeerStatistics> {
        let Some(now) = self.now else {
            return Vec::new();
        };
        let mut receiving = self.receiving(now);
        self.peers
            .iter_mut()
            .map(|(number, peer)| {
                let mut sending = Vec::new();
                for slot in &mut peer.slots {
                    let Some(playing) = &mut slot.playing else {
                        continue;
                    };
                    let Some(layer) = playing.current else {
                        continue;
                    };
                    let name = self
                        .tracks
                        .get(playing.track)
                        .and_then(|track| track.layers.get(layer))
                        .map(|layer| layer.name.clone())
                        .unwrap_or_default();
                    sending.push(LayerStatistics {
                        track: playing.id,
                        layer: name,
                        bitrate: playing.meter.bits(now),
                        loss: slot.loss,
                    });
                }
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
                    jitter: figures.jitter,
                    estimate: peer.estimate,
                    receiving: receiving.remove(&number).unwrap_or_default(),
                    sending,
                }
            })
            .collect()
    }
}

fn kind_of(peer: &Peer, mid: Mid) -> Option<Kind> {
    peer.sections
        .iter()
        .find(|section| section.mid == mid)
        .map(|section| section.kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_loss(loss: f32) -> Figures {
        Figures {
            loss_out: Some(loss),
            ..Figures::default()
        }
    }

    #[test]
    fn quality_follows_loss_and_round_trip() {
        assert_eq!(with_loss(0.0).quality(), Quality::Good);
        assert_eq!(with_loss(0.05).quality(), Quality::Fair);
        assert_eq!(with_loss(0.2).quality(), Quality::Poor);
        let slow = Figures {
            rtt: Some(Duration::from_millis(400)),
            ..Figures::default()
        };
        assert_eq!(slow.quality(), Quality::Fair);
    }

    #[test]
    fn one_bad_second_is_not_told() {
        let mut figures = with_loss(0.0);
        assert_eq!(figures.judge(false), Some(Quality::Good));
        figures.loss_out = Some(0.5);
        assert_eq!(figures.judge(false), None);
        assert_eq!(figures.judge(false), Some(Quality::Poor));
        assert_eq!(figures.judge(true), Some(Quality::Lost));
        figures.loss_out = Some(0.0);
        assert_eq!(figures.judge(false), Some(Quality::Good));
    }
}
