use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use time::OffsetDateTime;
use vnet_core::Secret;
use vnet_core::id::UserId;

use super::super::demux::tests::check;
use super::*;
use crate::ids::ParticipantId;
use crate::limits::SfuLimits;
use crate::media::Transport;
use crate::outbox::{Outgoing, outbox};
use crate::ticket::Claims;
use crate::wire::{ClientMessage, Join, Request, Resume};

/// A room that says what it is told to.
#[derive(Default)]
struct Fake {
    outputs: VecDeque<RoomOutput>,
    deadline: Option<Instant>,
    heard: Arc<Mutex<Vec<String>>>,
    needs: Vec<Need>,
}

const P1: ParticipantId = ParticipantId(1);

fn route(port: u16) -> Route {
    Route {
        transport: Transport::Udp,
        local: "192.0.2.1:10000".parse().unwrap(),
        remote: std::net::SocketAddr::from(([198, 51, 100, 7], port)),
    }
}

impl Fake {
    fn obey(&mut self, conn: ConnId, text: &str, at: Moment) {
        let output = match text {
            "panic" => panic!("asked to"),
            "close" => RoomOutput::Close {
                conn,
                code: CloseCode::Removed,
                reason: "out".into(),
            },
            "end" => RoomOutput::Ended,
            "forget" => RoomOutput::Forget { participant: P1 },
            "large" => RoomOutput::Send {
                conn,
                text: Bytes::from(vec![b' '; 4_000]),
            },
            "soon" => {
                self.deadline = Some(at.now + Duration::from_millis(10));
                return;
            }
            "late" => {
                self.deadline = Some(at.now + Duration::from_millis(50));
                return;
            }
            _ => return,
        };
        self.outputs.push_back(output);
    }
}

impl Space for Fake {
    fn handle(&mut self, input: RoomInput<'_>, at: Moment) {
        let heard = match &input {
            RoomInput::Join { conn, .. } => {
                let ufrag = "abcd".to_owned();
                let participant = P1;
                self.outputs
                    .push_back(RoomOutput::Ufrag { participant, ufrag });
                let text = Bytes::from_static(b"welcome");
                self.outputs
                    .push_back(RoomOutput::Send { conn: *conn, text });
                "join".to_owned()
            }
            RoomInput::Resume { .. } => "resume".to_owned(),
            RoomInput::Message { conn, request } => {
                let ClientMessage::Chat { text, .. } = &request.message else {
                    unreachable!("only chat is sent in these tests");
                };
                self.obey(*conn, text, at);
                text.clone()
            }
            RoomInput::Gone { conn, why } => format!("{conn} gone: {why:?}"),
            RoomInput::Packet {
                participant, route, ..
            } => {
                let (participant, route) = (*participant, *route);
                self.outputs
                    .push_back(RoomOutput::Authentic { participant, route });
                let contents = Bytes::from_static(b"answer");
                self.outputs
                    .push_back(RoomOutput::Transmit(Transmit { route, contents }));
                format!("packet of {participant}")
            }
            RoomInput::Timeout => {
                self.deadline = None;
                "timeout".to_owned()
            }
            RoomInput::Share(each) => format!("share {each}"),
            RoomInput::ReachedAt(candidates) => format!("at {} candidates", candidates.len()),
            RoomInput::Stop => "stop".to_owned(),
        };
        self.heard.lock().unwrap().push(heard);
    }

    fn poll(&mut self) -> Option<RoomOutput> {
        self.outputs.pop_front()
    }

    fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    fn needs(&self) -> Vec<Need> {
        self.needs.clone()
    }

    fn statistics(&mut self) -> RoomStatistics {
        RoomStatistics {
            participants: 1,
            ..RoomStatistics::default()
        }
    }

    fn counters(&self) -> crate::stage::StageCounters {
        crate::stage::StageCounters::default()
    }
}

/// Somebody enters with a good ticket.
pub(in crate::driver) fn join_entry(meeting: &MeetingId) -> Entry {
    let claims = Claims {
        meeting: meeting.as_str().to_owned(),
        user_id: UserId::generate(),
        name: "Ada".to_owned(),
        role: vnet_core::conference::Role::Host,
        id: uuid::Uuid::new_v4(),
        expires: 60,
    };
    let join = Join {
        version: 1,
        ticket: Secret::new("ticket".to_owned()),
        offer: String::new(),
        publish: Vec::new(),
        replaces: None,
    };
    Entry::Join {
        claims,
        session: Secret::new("session".to_owned()),
        request_id: Some(1),
        join,
    }
}

struct Test {
    shard: Shard<Fake>,
    heard: Arc<Mutex<Vec<String>>>,
    meeting: MeetingId,
    at: Moment,
}

impl Test {
    fn new(meetings: usize) -> Self {
        let heard = Arc::<Mutex<Vec<String>>>::default();
        let ears = Arc::clone(&heard);
        let make: MakeRoom<Fake> = Box::new(move |_meeting, _at| Fake {
            heard: Arc::clone(&ears),
            needs: vec![Need {
                least: 0,
                wish: 1_000_000,
            }],
            ..Fake::default()
        });
        Self {
            shard: Shard::new(make, Seats::new(meetings), None),
            heard,
            meeting: MeetingId::generate().unwrap(),
            at: Moment {
                now: Instant::now(),
                utc: OffsetDateTime::UNIX_EPOCH,
            },
        }
    }

    fn command(&mut self, conn: u64, said: Said) {
        let command = Command {
            meeting: self.meeting.clone(),
            conn: ConnId(conn),
            said,
        };
        self.shard.command(command, self.at);
    }

    fn open(&mut self, conn: u64, entry: Entry) -> Outgoing {
        let limits = SfuLimits {
            queue_bytes: 5_000,
            ..SfuLimits::default()
        };
        let (outbox, outgoing) = outbox(&limits);
        let entry = Box::new(entry);
        self.command(conn, Said::Open { outbox, entry });
        outgoing
    }

    fn join(&mut self, conn: u64) -> Outgoing {
        self.open(conn, join_entry(&self.meeting))
    }

    fn say(&mut self, conn: u64, text: &str) {
        let message = ClientMessage::Chat {
            text: text.to_owned(),
            to: None,
        };
        let request = Request { id: None, message };
        self.command(conn, Said::Message(Box::new(request)));
    }

    fn heard(&self) -> Vec<String> {
        std::mem::take(&mut self.heard.lock().unwrap())
    }
}

fn closed_with(outgoing: &mut Outgoing) -> CloseCode {
    outgoing.closing.try_recv().unwrap().code
}

#[test]
fn a_room_is_made_by_who_joins_and_hears_its_own_people_only() {
    let mut test = Test::new(10);
    let mut outgoing = test.join(1);
    assert_eq!(outgoing.texts.try_recv().unwrap(), "welcome");
    assert_eq!(test.shard.rooms(), 1);
    test.say(1, "hello");
    test.say(2, "a stranger");
    test.command(1, Said::Gone(Gone::Lost));
    test.say(1, "too late");
    assert_eq!(test.heard(), ["join", "hello", "c1 gone: Lost"]);
}

#[test]
fn packets_find_their_room_by_name_then_by_address_and_are_answered() {
    let mut test = Test::new(10);
    let _outgoing = test.join(1);
    let at = test.at;
    test.shard.packet(route(5), &[0x80, 96, 0, 0], at);
    test.shard.packet(route(5), &check("nobody:them"), at);
    assert_eq!(test.shard.counts.strangers, 2);
    assert!(
        test.shard.effects.transmits.is_empty(),
        "no answer to strangers"
    );

    test.shard.packet(route(5), &check("abcd:them"), at);
    assert_eq!(test.shard.effects.proven, [route(5)]);
    assert_eq!(test.shard.effects.transmits[0].route, route(5));
    test.shard.packet(route(5), &[0x80, 96, 0, 0], at);
    assert_eq!(test.shard.counts.packets, 2);
    assert_eq!(test.heard(), ["join", "packet of p1", "packet of p1"]);

    test.say(1, "forget");
    assert_eq!(test.shard.effects.abandoned, [route(5)]);
    test.shard.packet(route(5), &[0x80, 96, 0, 0], at);
    assert_eq!(test.shard.counts.strangers, 3);
    assert_eq!(test.shard.peers(), 0);
}

#[test]
fn a_session_of_no_room_is_refused_and_so_is_a_meeting_too_many() {
    let mut test = Test::new(1);
    let resume = Resume {
        version: 1,
        session: Secret::new("session".to_owned()),
        last_event: 0,
    };
    let request_id = None;
    let entry = Entry::Resume {
        user: None,
        request_id,
        resume,
    };
    let mut outgoing = test.open(1, entry);
    assert_eq!(closed_with(&mut outgoing), CloseCode::Unauthorized);

    let _first = test.join(2);
    test.meeting = MeetingId::generate().unwrap();
    let mut second = test.join(3);
    assert_eq!(closed_with(&mut second), CloseCode::Refused);
    test.say(2, "end");
    assert_eq!(test.shard.rooms(), 0);
    let _third = test.join(4);
    assert_eq!(test.shard.rooms(), 1, "there is a place again");
}

#[test]
fn closing_ends_one_connection_and_the_end_all() {
    let mut test = Test::new(10);
    let (mut one, mut two) = (test.join(1), test.join(2));
    test.say(1, "close");
    assert_eq!(closed_with(&mut one), CloseCode::Removed);
    test.say(1, "unheard");
    test.command(1, Said::Gone(Gone::Lost));
    assert_eq!(test.heard(), ["join", "join", "close"]);
    test.say(2, "end");
    assert_eq!(closed_with(&mut two), CloseCode::Ended);
    assert_eq!((test.shard.rooms(), test.shard.peers()), (0, 0));
}

#[test]
fn who_does_not_read_is_reported_to_the_room() {
    let mut test = Test::new(10);
    let mut outgoing = test.join(1);
    test.say(1, "large");
    test.say(1, "large");
    assert_eq!(closed_with(&mut outgoing), CloseCode::Timeout);
    assert_eq!(test.heard(), ["join", "large", "large", "c1 gone: Lost"]);
}

#[test]
fn a_panic_costs_one_room() {
    let mut test = Test::new(10);
    let mut lost = test.join(1);
    let failing = test.meeting.clone();
    test.meeting = MeetingId::generate().unwrap();
    let mut kept = test.join(2);
    test.shard.packet(route(5), &check("abcd:them"), test.at);
    test.meeting = failing;
    test.say(1, "panic");
    assert_eq!(closed_with(&mut lost), CloseCode::Failed);
    assert_eq!((test.shard.rooms(), test.shard.counts.failed_rooms), (1, 1));
    assert!(kept.closing.try_recv().is_err());
    let mut again = test.join(3);
    assert_eq!(again.texts.try_recv().unwrap(), "welcome");
}

#[test]
fn rooms_are_told_the_time_when_they_want_it_and_not_before() {
    let mut test = Test::new(10);
    let _outgoing = test.join(1);
    assert_eq!(test.shard.deadline(), None);
    let start = test.at.now;
    test.say(1, "late");
    assert_eq!(
        test.shard.deadline(),
        Some(start + Duration::from_millis(50))
    );
    test.say(1, "soon");
    assert_eq!(
        test.shard.deadline(),
        Some(start + Duration::from_millis(10))
    );
    // The deadline moves away before it is reached: nobody is told for nothing.
    test.at.now += Duration::from_millis(5);
    test.say(1, "late");
    test.heard();
    test.at.now = start + Duration::from_millis(10);
    test.shard.timeout(test.at);
    assert!(test.heard().is_empty());
    assert_eq!(
        test.shard.deadline(),
        Some(start + Duration::from_millis(55))
    );
    test.at.now = start + Duration::from_millis(60);
    test.shard.timeout(test.at);
    assert_eq!(test.heard(), ["timeout"]);
    assert!(
        test.shard.deadline().is_none(),
        "left-overs are no deadlines"
    );
}

#[test]
fn what_the_server_sends_is_bounded_for_all_rooms_of_all_shards() {
    let egress = Egress::new(Some(3 * egress::LEAST), 2);
    let [mut one, mut two] = [0, 1].map(|shard| {
        let mut test = Test::new(10);
        test.shard = test.shard.with_shares(egress.of(shard));
        test
    });
    let _first = one.join(1);
    let _second = two.join(2);
    let _third = two.join(3);
    assert_eq!(one.heard(), ["share 300000", "join"]);
    let mut late = one.join(4);
    assert_eq!(closed_with(&mut late), CloseCode::Refused);
    let text = late.texts.try_recv().unwrap();
    assert!(text.windows(11).any(|it| it == b"server_full"), "{text:?}");
    one.heard();
    for test in [&mut one, &mut two] {
        let due = test.shard.deadline().unwrap();
        assert_eq!(due, test.at.now + Duration::from_secs(1));
        test.at.now = due;
        test.shard.timeout(test.at);
    }
    // The second shard knows of the need of the first, and tells it; the first hears a second later.
    assert_eq!(one.heard(), ["share 100000"]);
    assert_eq!(two.heard()[3..], ["share 150000"]);
    one.say(1, "end");
    one.at.now = one.shard.deadline().unwrap();
    one.shard.timeout(one.at);
    assert_eq!(one.shard.deadline(), None, "nothing to do without rooms");
    two.at.now = two.shard.deadline().unwrap();
    two.shard.timeout(two.at);
    assert_eq!(two.heard(), ["share 300000"]);
    assert_eq!(one.join(5).texts.try_recv().unwrap(), "welcome");
}

#[test]
fn stopping_tells_everybody() {
    let mut test = Test::new(10);
    let mut outgoing = test.join(1);
    test.shard.stop(test.at);
    assert_eq!(test.heard(), ["join", "stop"]);
    assert_eq!(closed_with(&mut outgoing), CloseCode::GoingAway);
    assert_eq!(test.shard.rooms(), 0);
}
