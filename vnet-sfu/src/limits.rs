//! Every bound of the embedded conference in one place.

use std::time::Duration;

/// Bounds on what people can make grow, and the times the rules speak of.
///
/// Made with [`SfuLimits::default`], then changed field by field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SfuLimits {
    /// Meetings at the same time. Default 1,000. Beyond: `server_full`.
    pub meetings: usize,
    /// People in one meeting, those with a lost connection included. Default 100. Beyond:
    /// `meeting_full`.
    pub people_per_meeting: usize,
    /// People in the lobby of one meeting. Default 50. Beyond: `meeting_full`.
    pub waiting_per_meeting: usize,
    /// People of one meeting who publish something. Default 100. Beyond: `too_many_tracks`.
    pub publishers_per_meeting: usize,
    /// Published sources of one meeting. Default 250. Beyond: `too_many_tracks`.
    pub tracks_per_meeting: usize,
    /// Receive-only media sections (slots) of one person. Default 64. Beyond: `bad_offer`.
    pub slots_per_person: usize,
    /// Bits a second of one published source, all its layers together; more is dropped. Default
    /// 8,000,000.
    pub track_bitrate: u64,
    /// Bits a second of media that the server sends to all people of all meetings together. Pictures
    /// are made smaller and paused to keep it, for everybody alike; who comes when less than 100,000
    /// would be left for each is refused with `server_full`. What the network adds to packets, and
    /// packets that are sent again, come on top. `None`, the default: no bound.
    pub server_egress: Option<u64>,
    /// Largest text a browser may send, in bytes: an offer with many slots is long. Default 256 KiB.
    /// Beyond: close code 4400.
    pub message_bytes: usize,
    /// Messages a second of one person, as a sustained rate. Default 20. Beyond: `too_fast`.
    pub message_rate: u32,
    /// Messages beyond that rate in one burst. Default 60.
    pub message_burst: u32,
    /// Messages refused with `too_fast` in one go before the connection is closed with 4429. Default 20.
    pub message_strikes: u32,
    /// Texts that may wait for one browser before its connection is closed with 4408. Default 1,024.
    pub queue_texts: usize,
    /// Bytes of texts that may wait for one browser before its connection is closed with 4408; a
    /// single text is always taken. Default 4 MiB.
    pub queue_bytes: usize,
    /// How long a browser may take for its first message. Default 10 seconds. Beyond: close code 4408.
    pub first_message_within: Duration,
    /// How long a browser may take no bytes while some wait for it. Default 20 seconds. Beyond: close
    /// code 4408.
    pub write_within: Duration,
    /// How long the media of somebody who sends or receives any may take to connect, before they are put out
    /// with `no_media` (close code 4412). `None`: for ever. Default 30 seconds.
    pub media_within: Option<Duration>,
    /// How long a lost connection may take to come back before its owner has left. Default 30
    /// seconds.
    pub resume_within: Duration,
    /// Events kept for those who come back. Default 500. Who missed more gets a snapshot.
    pub event_log: usize,
    /// Bytes of events kept for those who come back. Default 1 MiB.
    pub event_log_bytes: usize,
    /// How long events are kept for those who come back. Default 30 seconds.
    pub event_log_time: Duration,
    /// Lines of chat kept for newcomers. Default 100.
    pub chat_history: usize,
    /// Longest line of chat: characters. Default 4,000. Beyond: `bad_text`.
    pub chat_chars: usize,
    /// Longest reaction: bytes; the longest emoji have some 40. Default 64. Beyond: `bad_text`.
    pub reaction_bytes: usize,
    /// Life of a ticket. Default 60 seconds.
    pub ticket_lifetime: Duration,
    /// Used tickets remembered until they expire. Default 100,000. Beyond: `server_full`.
    pub used_tickets: usize,
}

impl Default for SfuLimits {
    fn default() -> Self {
        Self {
            meetings: 1_000,
            people_per_meeting: 100,
            waiting_per_meeting: 50,
            publishers_per_meeting: 100,
            tracks_per_meeting: 250,
            slots_per_person: 64,
            track_bitrate: 8_000_000,
            server_egress: None,
            message_bytes: 256 * 1024,
            message_rate: 20,
            message_burst: 60,
            message_strikes: 20,
            queue_texts: 1_024,
            queue_bytes: 4 * 1024 * 1024,
            first_message_within: Duration::from_secs(10),
            write_within: Duration::from_secs(20),
            media_within: Some(Duration::from_secs(30)),
            resume_within: Duration::from_secs(30),
            event_log: 500,
            event_log_bytes: 1024 * 1024,
            event_log_time: Duration::from_secs(30),
            chat_history: 100,
            chat_chars: 4_000,
            reaction_bytes: 64,
            ticket_lifetime: Duration::from_secs(60),
            used_tickets: 100_000,
        }
    }
}
