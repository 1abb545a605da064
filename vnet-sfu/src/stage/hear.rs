//! What engines tell about their connections.

use std::time::Instant;

use str0m::bwe::BweKind;
use str0m::rtp::RtpPacket;
use str0m::{Event, IceConnectionState};

use super::Stage;
use super::peer::Flow;
use crate::media::MediaOutput;

impl Stage {
    pub(super) fn hear(&mut self, number: usize, event: Event, now: Instant) {
        match event {
            Event::RtpPacket(packet) => self.forward(number, &packet, now),
            Event::Connected => self.flows(number),
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) | Event::Closed => {
                self.lost(number);
            }
            Event::KeyframeRequest(request) => self.pass_on_request(number, request.mid, now),
            Event::EgressBitrateEstimate(
                BweKind::Twcc { estimate, .. } | BweKind::Remb { estimate, .. },
            ) => self.estimated(number, estimate.as_u64()),
            Event::PeerStats(report) => {
                if let Some(peer) = self.peers.get_mut(number) {
                    peer.figures.report(&report);
                }
                self.judge(number);
            }
            Event::MediaIngressStats(report) => self.note_jitter(number, &report),
            Event::SenderFeedback(feedback) => {
                let info = feedback.sender_info;
                let time = u32::try_from(info.rtp_time.numer() & 0xffff_ffff).unwrap_or_default();
                let Some(peer) = self.peers.get(number) else {
                    return;
                };
                for track in &peer.tracks {
                    let track = &mut self.tracks[*track];
                    if track.mid == feedback.mid
                        && let Some(layer) = track.layers.iter_mut().find(|l| l.rid == feedback.rid)
                    {
                        layer.clock.reported(time, info.ntp_time);
                    }
                }
            }
            _ => {}
        }
    }

    pub(super) fn flows(&mut self, number: usize) {
        if let Some(peer) = self.peers.get_mut(number)
            && peer.flow != Flow::Connected
            && peer.link.look().is_connected()
        {
            peer.flow = Flow::Connected;
            peer.stale = true;
            let participant = peer.participant;
            self.say(MediaOutput::Connected(participant));
        }
    }

    pub(super) fn lost(&mut self, number: usize) {
        if let Some(peer) = self.peers.get_mut(number)
            && peer.flow == Flow::Connected
        {
            peer.flow = Flow::Lost;
            let participant = peer.participant;
            self.say(MediaOutput::Lost(participant));
        }
    }

    fn estimated(&mut self, number: usize, bits: u64) {
        if let Some(peer) = self.peers.get_mut(number) {
            peer.estimate = Some(bits);
            peer.stale = true;
        }
    }

    pub(super) fn hear_level(&mut self, _track: usize, _packet: &RtpPacket, _now: Instant) {}
    fn judge(&mut self, _number: usize) {}
    fn note_jitter(&mut self, _number: usize, _report: &str0m::stats::MediaIngressStats) {}
    pub(super) fn choose_sound(&mut self, number: usize, _now: Instant) -> Vec<usize> {
        let wanted = self
            .tracks
            .iter()
            .filter(|(_, t)| t.kind() == crate::wire::Kind::Audio && t.peer != number)
            .filter(|(_, t)| self.peers[number].wants.get(&t.id).is_none_or(|w| w.on))
            .map(|(n, _)| n)
            .collect();
        self.only_playable(number, wanted, crate::wire::Kind::Audio)
    }
}
