//! Every bound in one place.

use std::time::Duration;

/// Bounds on what users and peers can make grow, and the times the rules speak of.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Life of a session without use. Default 14 days.
    pub session_lifetime: Duration,
    /// How often the use of a session is written down, and its life extended. Default 10 minutes.
    pub session_touch_interval: Duration,
    /// Sessions of one user; the oldest gives way. Default 50.
    pub sessions_per_user: usize,
    /// Life of a bearer token. Default 12 hours.
    pub bearer_lifetime: Duration,
    /// Password checks that may wait for the hashing threads before more are refused. Default 128.
    pub waiting_hashes: usize,
    /// An access token that is handed out lives at least so much longer where the provider
    /// allows it. Default 2 hours.
    pub token_min_life: Duration,
    /// How long a request waits for the identity provider. Default 10 seconds.
    pub provider_deadline: Duration,
    /// Pause between two rounds of the background refresher. Default 60 seconds.
    pub refresh_interval: Duration,
    /// Users the refresher renews in one round. Default 500 (ACS allows 1,000 in 30 s).
    pub refresh_batch: u32,
    /// Longest pause of the refresher while the provider fails. Default 15 minutes.
    pub refresh_max_backoff: Duration,
    /// Meetings on one page of a list. Default 200.
    pub meetings_per_page: u32,
    /// Largest text frame of a signalling peer, in bytes. Default 64 KiB.
    pub signal_max_bytes: usize,
    /// Deepest nesting of a signalling message. Default 64.
    pub signal_max_depth: usize,
    /// Messages a second of one signalling peer, as a sustained rate. Default 100.
    pub signal_rate: u32,
    /// Messages beyond that rate in one burst. Default 300.
    pub signal_burst: u32,
    /// Messages that may wait for one peer before it is put out of the room. Default 512.
    pub room_queue: usize,
    /// Bytes of messages that may wait for one peer before it is put out of the room; a single
    /// message is always taken. Default 2 MiB.
    pub room_queue_bytes: usize,
    /// The server pings a signalling peer that was silent so long. Default 20 seconds.
    pub signal_ping_after: Duration,
    /// A signalling peer that does not answer a ping within this is gone. Default 30 seconds.
    pub signal_pong_within: Duration,
    /// How long the server waits for a signalling peer to answer a close. Default 5 seconds.
    pub signal_close_within: Duration,
    /// Longest life of a signalling connection. Default 24 hours.
    pub signal_max_life: Duration,
    /// How often a signalling connection asks whether its session still lives, beside being told
    /// by this process. Default 60 seconds.
    pub session_check_interval: Duration,
    /// Largest text frame of a device in a share, in bytes: an offer grows with what is sent. Default 256 KiB.
    pub share_max_bytes: usize,
    /// How long a device may take for its first message. Default 10 seconds.
    pub share_hello_within: Duration,
    /// Devices that a sharer sends to. Default 8.
    pub share_children: u32,
    /// Devices that a receiver sends on to. Default 3.
    pub share_relay_children: u32,
    /// Links between a sharer and its farthest receiver. Default 2.
    pub share_depth: u32,
    /// Receivers of one share. Default 40.
    pub share_receivers: usize,
    /// Devices that ask to receive one share at the same time. Default 20.
    pub share_asking: usize,
    /// Devices of one meeting, and viewers of one network. Default 200.
    pub share_devices: usize,
    /// Shares at the same time. Default 10,000.
    pub shares: usize,
    /// Life of a share's code. Default 2 minutes.
    pub share_code_life: Duration,
    /// How long a sharer whose connection broke may take to share again with the same people, without being
    /// asked about them anew. Default 1 minute.
    pub share_return: Duration,
    /// Wrong codes from one network in [`share_tries_within`](Self::share_tries_within). Default 5.
    pub share_tries: usize,
    /// Default 1 minute.
    pub share_tries_within: Duration,
    /// Other parents that a receiver may ask for in [`share_relinks_within`](Self::share_relinks_within).
    /// Default 3.
    pub share_relinks: usize,
    /// Default 1 minute.
    pub share_relinks_within: Duration,
    /// Events that may wait for one device before it is put out. Default 512.
    pub share_queue: usize,
    /// Bytes of signals that may wait for one device before it is put out; a single one is always taken.
    /// Default 4 MiB.
    pub share_queue_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let minutes = |n: u64| Duration::from_secs(n * 60);
        Self {
            session_lifetime: minutes(14 * 24 * 60),
            session_touch_interval: minutes(10),
            sessions_per_user: 50,
            bearer_lifetime: minutes(12 * 60),
            waiting_hashes: 128,
            token_min_life: minutes(120),
            provider_deadline: Duration::from_secs(10),
            refresh_interval: minutes(1),
            refresh_batch: 500,
            refresh_max_backoff: minutes(15),
            meetings_per_page: 200,
            signal_max_bytes: 64 * 1024,
            signal_max_depth: 64,
            signal_rate: 100,
            signal_burst: 300,
            room_queue: 512,
            room_queue_bytes: 2 * 1024 * 1024,
            signal_ping_after: Duration::from_secs(20),
            signal_pong_within: Duration::from_secs(30),
            signal_close_within: Duration::from_secs(5),
            signal_max_life: minutes(24 * 60),
            session_check_interval: minutes(1),
            share_max_bytes: 256 * 1024,
            share_hello_within: Duration::from_secs(10),
            share_children: 8,
            share_relay_children: 3,
            share_depth: 2,
            share_receivers: 40,
            share_asking: 20,
            share_devices: 200,
            shares: 10_000,
            share_code_life: minutes(2),
            share_return: minutes(1),
            share_tries: 5,
            share_tries_within: minutes(1),
            share_relinks: 3,
            share_relinks_within: minutes(1),
            share_queue: 512,
            share_queue_bytes: 4 * 1024 * 1024,
        }
    }
}
