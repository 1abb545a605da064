//! What is known of how a participant's media fares.

use std::time::Duration;

use str0m::media::Mid;
use str0m::stats::PeerStats;

use crate::wire::Quality;

/// Figures of one participant.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) bytes_in: u64,
    pub(super) bytes_out: u64,
    pub(super) packets_in: u64,
    pub(super) packets_out: u64,
    pub(super) loss_in: Option<f32>,
    pub(super) loss_out: Option<f32>,
    pub(super) rtt: Option<Duration>,
    pub(super) jitter: Option<(Mid, Duration)>,
    pub(super) quality: Option<Quality>,
    /// How many reports in a row spoke for another quality than the one told.
    pub(super) doubts: u8,
}

impl Figures {
    pub(super) fn report(&mut self, report: &PeerStats) {
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
}
