//! Whatever four browsers say to a meeting with real media behind it, everybody hears JSON of the
//! protocol, events in order, nothing after a close, and the meeting goes on or ends properly.
//!
//! Each line of the input is one thing that happens: a digit picks the connection, a letter what it does
//! (`m` says the rest of the line, `l` is lost, `s` signs out), or `t` lets time pass.
#![no_main]

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;
use vnet_core::Secret;
use vnet_core::conference::{Gone, Role};
use vnet_core::id::UserId;
use vnet_core::meeting::MeetingId;
use vnet_sfu::SfuLimits;
use vnet_sfu::ids::ConnId;
use vnet_sfu::media::Transport;
use vnet_sfu::room::{Moment, Room, RoomInput, RoomOutput};
use vnet_sfu::stage::{Certificate, LocalCandidate, Stage, StageConfig};
use vnet_sfu::ticket::Claims;
use vnet_sfu::wire::{ClientMessage, Request, ServerMessage};

static CERTIFICATE: LazyLock<Certificate> = LazyLock::new(Certificate::generate);
static LIMITS: LazyLock<Arc<SfuLimits>> = LazyLock::new(|| {
    Arc::new(SfuLimits {
        people_per_meeting: 3,
        waiting_per_meeting: 2,
        tracks_per_meeting: 5,
        event_log: 8,
        chat_history: 3,
        ..SfuLimits::default()
    })
});

/// An offer that is answered, for `"offer":"good"`: sound to send, a picture to receive.
const GOOD: &str = concat!(
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendonly\r\na=rtcp-mux\r\n",
    "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=setup:actpass\r\n",
    "a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:",
    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n",
    "a=rtpmap:111 opus/48000/2\r\na=ssrc:1111 cname:x\r\n",
    "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=recvonly\r\na=rtcp-mux\r\n",
    "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=setup:actpass\r\n",
    "a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:",
    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n",
    "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n",
);

struct Meeting {
    room: Room<Stage>,
    at: Moment,
    /// The connection that each browser has now.
    conns: [u64; 4],
    last_conn: u64,
    closed: HashSet<ConnId>,
    /// The last event that each connection heard.
    events: HashMap<ConnId, u64>,
    is_over: bool,
}

impl Meeting {
    fn new() -> Self {
        let at = Moment {
            now: Instant::now(),
            utc: OffsetDateTime::UNIX_EPOCH,
        };
        let candidate = LocalCandidate {
            transport: Transport::Udp,
            address: "192.0.2.1:10000".parse().expect("an address"),
            base: None,
        };
        let stage = Stage::new(StageConfig::new(CERTIFICATE.clone(), vec![candidate]));
        let meeting: MeetingId = "abcdefghjk".parse().expect("a code");
        Self {
            room: Room::new(meeting, stage, Arc::clone(&LIMITS), at),
            at,
            conns: [0; 4],
            last_conn: 0,
            closed: HashSet::new(),
            events: HashMap::new(),
            is_over: false,
        }
    }

    fn handle(&mut self, input: RoomInput<'_>) {
        self.room.handle(input, self.at);
        while let Some(output) = self.room.poll() {
            assert!(!self.is_over, "something after the end");
            match output {
                RoomOutput::Send { conn, text } => self.heard(conn, &text),
                RoomOutput::Close { conn, reason, .. } => {
                    assert!(reason.len() <= 123, "{reason}");
                    assert!(self.closed.insert(conn), "closed twice");
                }
                RoomOutput::Ended => self.is_over = true,
                _ => {}
            }
        }
    }

    fn heard(&mut self, conn: ConnId, text: &[u8]) {
        assert!(!self.closed.contains(&conn), "a text after the close");
        let message: ServerMessage = serde_json::from_slice(text).expect("of the protocol");
        let json: Value = serde_json::from_slice(text).expect("JSON");
        assert!(json["type"].is_string());
        if let ServerMessage::Event(numbered) = message {
            let before = self.events.insert(conn, numbered.event);
            assert!(before < Some(numbered.event), "out of order");
        }
    }

    fn new_conn(&mut self, who: usize) -> ConnId {
        self.last_conn += 1;
        self.conns[who] = self.last_conn;
        ConnId(self.last_conn)
    }

    fn say(&mut self, who: usize, text: &[u8]) {
        let Ok(request) = Request::read(text) else {
            return;
        };
        let request_id = request.id;
        match request.message {
            ClientMessage::Join(mut join) => {
                if join.offer == "good" {
                    join.offer = GOOD.into();
                }
                let conn = self.new_conn(who);
                self.handle(RoomInput::Join {
                    conn,
                    claims: claims(who),
                    session: Secret::new(format!("s{who}")),
                    request_id,
                    join,
                });
            }
            ClientMessage::Resume(resume) => {
                let conn = self.new_conn(who);
                self.handle(RoomInput::Resume {
                    conn,
                    user: None,
                    request_id,
                    resume,
                });
            }
            ClientMessage::Offer { offer } if offer == "good" => {
                let message = ClientMessage::Offer { offer: GOOD.into() };
                self.message(who, Request { message, ..request });
            }
            message => self.message(who, Request { message, ..request }),
        }
    }

    fn message(&mut self, who: usize, request: Request) {
        let conn = ConnId(self.conns[who]);
        self.handle(RoomInput::Message { conn, request });
    }

    fn gone(&mut self, who: usize, why: Gone) {
        let conn = ConnId(self.conns[who]);
        self.handle(RoomInput::Gone { conn, why });
    }

    fn pass(&mut self) {
        self.at.now += Duration::from_secs(11);
        self.at.utc += Duration::from_secs(11);
        self.handle(RoomInput::Timeout);
    }
}

fn claims(who: usize) -> Claims {
    Claims {
        meeting: "abcdefghjk".into(),
        user_id: UserId::from_uuid(Uuid::from_u128(who as u128)),
        name: format!("browser {who}"),
        role: if who == 0 { Role::Host } else { Role::Guest },
        id: Uuid::nil(),
        expires: 0,
    }
}

/// Without it nothing of interest would be reached.
static GOOD_IS_ANSWERED: LazyLock<()> = LazyLock::new(|| {
    let mut meeting = Meeting::new();
    let join = r#"{"type":"join","version":1,"ticket":"t","offer":"good","publish":[{"source":"microphone","mid":"0"}]}"#;
    meeting.say(0, join.as_bytes());
    assert!(!meeting.is_over, "the good offer is refused");
    assert_eq!(meeting.room.statistics().tracks, 1);
});

fuzz_target!(|bytes: &[u8]| {
    LazyLock::force(&GOOD_IS_ANSWERED);
    let mut meeting = Meeting::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        if meeting.is_over {
            meeting = Meeting::new();
        }
        match line {
            [b't', ..] => meeting.pass(),
            [who @ b'0'..=b'3', b'm', text @ ..] => meeting.say(usize::from(who - b'0'), text),
            [who @ b'0'..=b'3', b'l', ..] => meeting.gone(usize::from(who - b'0'), Gone::Lost),
            [who @ b'0'..=b'3', b's', ..] => {
                meeting.gone(usize::from(who - b'0'), Gone::SessionEnded);
            }
            _ => {}
        }
    }
});
