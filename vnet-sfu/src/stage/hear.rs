//! What engines tell about their connections.

use std::time::Instant;

use str0m::bwe::BweKind;
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
            Event::EgressBitrateEstimate(kind) => self.estimated(number, &kind, now),
            Event::PeerStats(report) => {
                self.take_report(number, &report, now);
            }
            Event::MediaIngressStats(report) => {
                self.note_jitter(number, &report);
                self.note_loss_in(number, &report);
            }
            Event::MediaEgressStats(report) => self.note_loss_out(number, &report),
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
            let participant = peer.participant;
            self.mark(number);
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
            self.judge(number);
        }
    }

    /// The browser's own estimate counts only where it tells nothing finer.
    fn estimated(&mut self, number: usize, kind: &BweKind, now: Instant) {
        let Some(peer) = self.peers.get_mut(number) else {
            return;
        };
        match kind {
            BweKind::Twcc { estimate, .. } if peer.transport_feedback => {
                peer.estimate = Some(peer.carried.believe(estimate.as_u64(), now));
            }
            BweKind::Remb { estimate, mid } if !peer.transport_feedback => {
                peer.reported.take(*mid, estimate.as_u64(), now);
            }
            _ => return,
        }
        self.mark(number);
    }
}
