//! What an operator sees, by the `metrics` facade: nothing is counted unless somebody installed a
//! recorder.

use metrics::{Counter, Gauge, Histogram};

use super::shard::ShardCounts;
use super::{tcp, udp};
use crate::room::RoomStatistics;

/// The counters and gauges of one shard.
#[derive(Debug)]
pub(super) struct Meters {
    packets_in: Counter,
    bytes_in: Counter,
    packets_out: Counter,
    bytes_out: Counter,
    drop_strangers: Counter,
    drop_full: Counter,
    drop_refused: Counter,
    drop_gone: Counter,
    drop_malformed: Counter,
    drop_over_rate: Counter,
    failed_rooms: Counter,
    failed_peers: Counter,
    key_frames_asked: Counter,
    rooms: Gauge,
    participants: Gauge,
    waiting: Gauge,
    tracks: Gauge,
    peers: Gauge,
    connections: Gauge,
    loss_in: Histogram,
    loss_out: Histogram,
    rtt: Histogram,
    jitter: Histogram,
    estimate: Histogram,
    before: ShardCounts,
    before_tcp: tcp::Counts,
}

const COUNTERS: [(&str, &str); 9] = [
    (
        "vnet_sfu_packets_in_total",
        "Packets received from people in meetings",
    ),
    (
        "vnet_sfu_bytes_in_total",
        "Bytes received from people in meetings",
    ),
    ("vnet_sfu_packets_out_total", "Packets handed to the system"),
    ("vnet_sfu_bytes_out_total", "Bytes handed to the system"),
    (
        "vnet_sfu_packets_dropped_total",
        "Packets thrown away: `stranger` (of nobody known), `full` (a socket took no more), `refused` \
         (by the system), `gone` (its connection was closed), `malformed` (no packet, or not from who \
         it claims), `over_rate` (beyond a track's bit rate)",
    ),
    (
        "vnet_sfu_rooms_failed_total",
        "Meetings dropped because of a bug",
    ),
    (
        "vnet_sfu_peers_failed_total",
        "People whose media failed because of a bug",
    ),
    (
        "vnet_sfu_key_frames_asked_total",
        "Key frames asked of publishers",
    ),
    (
        crate::session::REFUSED,
        "Texts of browsers refused before they reached a meeting",
    ),
];

const GAUGES: [(&str, &str); 6] = [
    ("vnet_sfu_rooms", "Meetings under way"),
    ("vnet_sfu_participants", "People in meetings"),
    ("vnet_sfu_waiting", "People in lobbies"),
    ("vnet_sfu_tracks", "Published sources"),
    ("vnet_sfu_peers", "People with a media connection"),
    ("vnet_sfu_tcp_connections", "Media connections over TCP"),
];

const HISTOGRAMS: [(&str, &str); 5] = [
    (
        "vnet_sfu_loss_in",
        "Part of what somebody sent that was lost, 0 to 1",
    ),
    (
        "vnet_sfu_loss_out",
        "Part of what was sent to somebody that was lost, 0 to 1",
    ),
    ("vnet_sfu_rtt_seconds", "Round trip to somebody"),
    ("vnet_sfu_jitter_seconds", "Jitter of what somebody sends"),
    (
        "vnet_sfu_estimate_bits_per_second",
        "What can be sent to somebody, as estimated",
    ),
];

/// Tells the recorder of `metrics` what the figures of the conference mean.
pub fn describe() {
    for (name, about) in COUNTERS {
        metrics::describe_counter!(name, about);
    }
    for (name, about) in GAUGES {
        metrics::describe_gauge!(name, about);
    }
    for (name, about) in HISTOGRAMS {
        metrics::describe_histogram!(name, about);
    }
}

impl Meters {
    /// Those of shard number `shard`.
    pub(super) fn new(shard: usize) -> Self {
        let shard = shard.to_string();
        let counter = |name: &'static str| metrics::counter!(name, "shard" => shard.clone());
        let gauge = |name: &'static str| metrics::gauge!(name, "shard" => shard.clone());
        let dropped = |reason: &'static str| metrics::counter!("vnet_sfu_packets_dropped_total", "shard" => shard.clone(), "reason" => reason);
        Self {
            packets_in: counter("vnet_sfu_packets_in_total"),
            bytes_in: counter("vnet_sfu_bytes_in_total"),
            packets_out: counter("vnet_sfu_packets_out_total"),
            bytes_out: counter("vnet_sfu_bytes_out_total"),
            drop_strangers: dropped("stranger"),
            drop_full: dropped("full"),
            drop_refused: dropped("refused"),
            drop_gone: dropped("gone"),
            drop_malformed: dropped("malformed"),
            drop_over_rate: dropped("over_rate"),
            failed_rooms: counter("vnet_sfu_rooms_failed_total"),
            failed_peers: counter("vnet_sfu_peers_failed_total"),
            key_frames_asked: counter("vnet_sfu_key_frames_asked_total"),
            rooms: gauge("vnet_sfu_rooms"),
            participants: gauge("vnet_sfu_participants"),
            waiting: gauge("vnet_sfu_waiting"),
            tracks: gauge("vnet_sfu_tracks"),
            peers: gauge("vnet_sfu_peers"),
            connections: gauge("vnet_sfu_tcp_connections"),
            loss_in: metrics::histogram!("vnet_sfu_loss_in"),
            loss_out: metrics::histogram!("vnet_sfu_loss_out"),
            rtt: metrics::histogram!("vnet_sfu_rtt_seconds"),
            jitter: metrics::histogram!("vnet_sfu_jitter_seconds"),
            estimate: metrics::histogram!("vnet_sfu_estimate_bits_per_second"),
            before: ShardCounts::default(),
            before_tcp: tcp::Counts::default(),
        }
    }

    /// What happened since the last call.
    pub(super) fn count(&mut self, now: ShardCounts, tcp: tcp::Counts, sent: udp::Sent) {
        let before = std::mem::replace(&mut self.before, now);
        let before_tcp = std::mem::replace(&mut self.before_tcp, tcp);
        self.packets_in.increment(now.packets - before.packets);
        self.bytes_in.increment(now.bytes - before.bytes);
        self.drop_strangers
            .increment(now.strangers - before.strangers);
        self.drop_malformed
            .increment(now.malformed - before.malformed);
        self.drop_over_rate
            .increment(now.over_rate - before.over_rate);
        self.failed_rooms
            .increment(now.failed_rooms - before.failed_rooms);
        self.failed_peers
            .increment(now.failed_peers - before.failed_peers);
        self.key_frames_asked
            .increment(now.key_frames_asked - before.key_frames_asked);
        let tcp_packets = tcp.packets - before_tcp.packets;
        let tcp_bytes = tcp.bytes - before_tcp.bytes;
        self.packets_out.increment(sent.packets + tcp_packets);
        self.bytes_out.increment(sent.bytes + tcp_bytes);
        self.drop_full
            .increment(sent.full + tcp.full - before_tcp.full);
        self.drop_refused.increment(sent.refused);
        self.drop_gone.increment(tcp.gone - before_tcp.gone);
    }

    /// How many there are.
    pub(super) fn sizes(&self, rooms: usize, peers: usize, connections: usize) {
        self.rooms.set(rooms as f64);
        self.peers.set(peers as f64);
        self.connections.set(connections as f64);
    }

    /// The figures of all rooms.
    pub(super) fn people<'a>(&self, rooms: impl Iterator<Item = &'a RoomStatistics>) {
        let (mut participants, mut waiting, mut tracks) = (0, 0, 0);
        for room in rooms {
            participants += room.participants;
            waiting += room.waiting;
            tracks += room.tracks;
            for peer in &room.peers {
                let some = |histogram: &Histogram, value: Option<f64>| {
                    if let Some(value) = value {
                        histogram.record(value);
                    }
                };
                some(&self.loss_in, peer.loss_in.map(f64::from));
                some(&self.loss_out, peer.loss_out.map(f64::from));
                some(&self.rtt, peer.rtt.map(|it| it.as_secs_f64()));
                some(&self.jitter, peer.jitter.map(|it| it.as_secs_f64()));
                some(&self.estimate, peer.estimate.map(|it| it as f64));
            }
        }
        self.participants
            .set(f64::from(u32::try_from(participants).unwrap_or(u32::MAX)));
        self.waiting.set(waiting as f64);
        self.tracks.set(tracks as f64);
    }
}
