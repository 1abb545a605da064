//! Sockets without a network and rooms without media.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use vnet_core::conference::{Participant, Role};
use vnet_core::id::UserId;
use vnet_core::testkit::{FakeBrowser, Heard, text_socket};
use vnet_core::token::SigningKey;

use super::*;
use crate::command::RoomsClosed;
use crate::outbox::Outbox;

const NOW: OffsetDateTime = datetime!(2030-01-01 12:00 UTC);

#[derive(Debug)]
struct At(OffsetDateTime);

impl Clock for At {
    fn now(&self) -> OffsetDateTime {
        self.0
    }
}

/// Hands commands to the test.
#[derive(Debug)]
struct FakeHost(mpsc::Sender<Command>);

#[async_trait]
impl RoomHost for FakeHost {
    async fn submit(&self, command: Command) -> Result<(), RoomsClosed> {
        self.0.send(command).await.map_err(|_gone| RoomsClosed)
    }
}

struct Rig {
    tickets: Arc<Tickets>,
    meeting: MeetingId,
    browser: FakeBrowser,
    commands: mpsc::Receiver<Command>,
    task: JoinHandle<()>,
}

impl Rig {
    fn new(limits: SfuLimits, reads: usize) -> Self {
        Self::of(None, limits, reads)
    }

    /// On a socket of somebody who is known.
    fn of(user: Option<UserId>, limits: SfuLimits, reads: usize) -> Self {
        let (host, commands) = mpsc::channel(10);
        let (socket, browser) = text_socket(reads);
        let limits = Arc::new(limits);
        let key = SigningKey::from_bytes([1; 32]);
        let tickets = Arc::new(Tickets::new(&key, &limits));
        let meeting: MeetingId = "abcdefghjk".parse().unwrap();
        let (used, place) = (Arc::clone(&tickets), meeting.clone());
        let host: Arc<dyn RoomHost> = Arc::new(FakeHost(host));
        let task = tokio::spawn(async move {
            let front = Front {
                tickets: &used,
                limits: &limits,
                clock: &At(NOW),
                host: &host,
                user,
            };
            front.serve(place, Box::new(socket)).await;
        });
        Self {
            tickets,
            meeting,
            browser,
            commands,
            task,
        }
    }

    fn plain() -> Self {
        Self::new(SfuLimits::default(), 100)
    }

    fn say(&self, text: &Value) {
        self.browser.say(text);
    }

    async fn hear(&mut self) -> Heard {
        self.browser.hear().await
    }

    /// The error id of the refusal, and the close code.
    async fn refusal(mut self) -> (String, u16) {
        let Heard::Text(error) = self.hear().await else {
            panic!("no error");
        };
        let Heard::Closed(code, reason) = self.hear().await else {
            panic!("not closed");
        };
        assert!(!reason.is_empty());
        self.task.await.unwrap();
        assert!(self.commands.recv().await.is_none(), "no room heard of it");
        (error["code"].as_str().unwrap().into(), code)
    }

    fn ticket(&self) -> Secret {
        self.ticket_of(UserId::generate())
    }

    fn ticket_of(&self, user_id: UserId) -> Secret {
        let ada = Participant {
            user_id,
            display_name: "Ada".into(),
            role: Role::Host,
            access: None,
        };
        self.tickets.issue(&self.meeting, &ada, NOW).unwrap().0
    }

    fn join(&self) -> Value {
        let ticket = self.ticket();
        json!({"type": "join", "id": 1, "version": 1, "ticket": ticket.expose(), "offer": "sdp"})
    }

    async fn command(&mut self) -> Command {
        self.commands.recv().await.expect("a command")
    }

    /// Joins; returns the room's end of the socket.
    async fn enter(&mut self) -> Outbox {
        self.say(&self.join());
        match self.command().await.said {
            Said::Open { outbox, .. } => outbox,
            other => panic!("{other:?}"),
        }
    }

    async fn gone(&mut self) -> Gone {
        match self.command().await.said {
            Said::Gone(why) => why,
            other => panic!("{other:?}"),
        }
    }
}

fn text(text: &Value) -> Bytes {
    Bytes::from(text.to_string())
}

#[tokio::test(start_paused = true)]
async fn a_good_ticket_leads_to_the_room_and_texts_go_both_ways() {
    let mut rig = Rig::plain();
    rig.say(&rig.join());
    let command = rig.command().await;
    let Said::Open { mut outbox, entry } = command.said else {
        panic!();
    };
    let Entry::Join {
        claims,
        session,
        request_id,
        join,
    } = *entry
    else {
        panic!();
    };
    assert_eq!((claims.name.as_str(), claims.role), ("Ada", Role::Host));
    assert_eq!((request_id, join.offer.as_str()), (Some(1), "sdp"));
    assert_eq!(session.expose().len(), 43, "256 bits");
    for n in 0..3 {
        assert!(outbox.push(text(&json!({"n": n}))));
    }
    for n in 0..3 {
        assert_eq!(rig.hear().await, Heard::Text(json!({"n": n})));
    }
    rig.say(&json!({"type": "leave", "id": 2}));
    let second = rig.command().await;
    assert_eq!((second.conn, &second.meeting), (command.conn, &rig.meeting));
    assert!(matches!(second.said, Said::Message(request) if request.id == Some(2)));
    assert!(outbox.push(text(&json!("bye"))));
    outbox.close(CloseCode::Left, "left");
    assert_eq!(
        rig.hear().await,
        Heard::Text(json!("bye")),
        "what is queued goes first"
    );
    assert_eq!(rig.hear().await, Heard::Closed(1000, "left".into()));
    assert_eq!(rig.gone().await, Gone::Lost);
    rig.task.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_text_is_not_kept_once_it_is_read() {
    let mut rig = Rig::plain();
    for said in [rig.join(), json!({"type": "leave", "id": 2})] {
        let said = text(&said);
        rig.browser.says.send(Ok(said.clone())).unwrap();
        let _command = rig.command().await;
        tokio::task::yield_now().await;
        assert!(said.is_unique(), "{said:?} is still held");
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_is_resumed_by_the_room() {
    let mut rig = Rig::plain();
    rig.say(&json!({"type": "resume", "version": 1, "session": "s", "last_event": 5}));
    let Said::Open { outbox, entry } = rig.command().await.said else {
        panic!();
    };
    assert!(matches!(*entry, Entry::Resume { resume, .. } if resume.last_event == 5));
    outbox.refuse(None, ErrorCode::UnknownSession, "join anew");
    assert!(matches!(rig.hear().await, Heard::Text(error) if error["code"] == "unknown_session"));
    assert_eq!(rig.hear().await, Heard::Closed(4401, "join anew".into()));
}

#[tokio::test(start_paused = true)]
async fn first_messages_that_lead_nowhere_are_refused() {
    let large = "x".repeat(300 * 1024);
    for (first, code, close) in [
        (json!(1), "bad_message", 4400),
        (
            json!({"type": "join", "version": 1, "offer": "o"}),
            "bad_message",
            4400,
        ),
        (
            json!({"type": "chat", "text": "hello"}),
            "wrong_state",
            4400,
        ),
        (
            json!({"type": "join", "version": 2, "ticket": "t", "offer": "o"}),
            "unsupported_version",
            4400,
        ),
        (
            json!({"type": "resume", "version": 0, "session": "s", "last_event": 0}),
            "unsupported_version",
            4400,
        ),
        (
            json!({"type": "join", "version": 1, "ticket": "t", "offer": "o"}),
            "bad_ticket",
            4401,
        ),
        (
            json!({"type": "join", "version": 1, "ticket": "t", "offer": large}),
            "bad_message",
            4400,
        ),
    ] {
        let rig = Rig::plain();
        rig.say(&first);
        assert_eq!(rig.refusal().await, (code.into(), close));
    }
}

#[tokio::test(start_paused = true)]
async fn a_ticket_is_not_used_up_by_a_wrong_version_and_is_good_once() {
    let rig = Rig::plain();
    let mut join = rig.join();
    join["version"] = json!(9);
    let used = Arc::clone(&rig.tickets);
    rig.say(&join);
    assert_eq!(rig.refusal().await.0, "unsupported_version");
    let ticket = Secret::new(join["ticket"].as_str().unwrap());
    let meeting = "abcdefghjk".parse().unwrap();
    assert!(used.take(&ticket, &meeting, None, NOW).is_ok());
    let again = used.take(&ticket, &meeting, None, NOW);
    assert_eq!(again, Err(ErrorCode::BadTicket));
}

#[tokio::test(start_paused = true)]
async fn where_it_is_known_who_is_there_nobody_elses_ticket_is_taken() {
    let ada = UserId::generate();
    let plain = SfuLimits::default;
    let eve = Rig::of(Some(UserId::generate()), plain(), 100);
    let mut join = eve.join();
    join["ticket"] = json!(eve.ticket_of(ada).expose());
    eve.say(&join);
    assert_eq!(eve.refusal().await, ("forbidden".into(), 4401));

    let mut own = Rig::of(Some(ada), plain(), 100);
    join["ticket"] = json!(own.ticket_of(ada).expose());
    own.say(&join);
    let Said::Open { entry, .. } = own.command().await.said else {
        panic!();
    };
    assert!(matches!(*entry, Entry::Join { claims, .. } if claims.user_id == ada));

    let mut again = Rig::of(Some(ada), plain(), 100);
    again.say(&json!({"type": "resume", "version": 1, "session": "s", "last_event": 0}));
    let Said::Open { entry, .. } = again.command().await.said else {
        panic!();
    };
    assert!(matches!(*entry, Entry::Resume { user: Some(user), .. } if user == ada));
}

#[tokio::test(start_paused = true)]
async fn who_says_nothing_is_closed() {
    let mut rig = Rig::plain();
    let start = tokio::time::Instant::now();
    assert!(matches!(rig.hear().await, Heard::Closed(4408, _)));
    assert_eq!(start.elapsed(), Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn a_bad_message_is_answered_and_the_connection_goes_on() {
    let mut rig = Rig::plain();
    let _outbox = rig.enter().await;
    rig.say(&json!({"type": "mute", "id": 8, "track": "one", "muted": true}));
    let Heard::Text(error) = rig.hear().await else {
        panic!();
    };
    assert_eq!(
        (&error["type"], &error["id"], &error["code"]),
        (&json!("error"), &json!(8), &json!("bad_message"))
    );
    assert!(error["message"].as_str().unwrap().contains("`track`"));
    rig.say(&json!({"type": "leave"}));
    assert!(matches!(rig.command().await.said, Said::Message(_)));
}

#[tokio::test(start_paused = true)]
async fn why_a_socket_is_gone_is_told() {
    for why in [Gone::Lost, Gone::SessionEnded, Gone::Stopping] {
        let mut rig = Rig::plain();
        let mut outbox = rig.enter().await;
        rig.browser.says.send(Err(why)).unwrap();
        assert_eq!(rig.gone().await, why);
        // After the room, the browser: a socket whose writing was cut short has told nothing.
        match why {
            Gone::SessionEnded => {
                assert!(matches!(rig.hear().await, Heard::Closed(4401, _)));
            }
            Gone::Stopping => assert!(matches!(rig.hear().await, Heard::Closed(1001, _))),
            _ => {}
        }
        rig.task.await.unwrap();
        assert!(!outbox.push(Bytes::new()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_fails_is_explained_by_the_socket() {
    let mut rig = Rig::plain();
    let mut outbox = rig.enter().await;
    rig.browser.hears.close();
    assert!(outbox.push(text(&json!(1))));
    rig.browser.says.send(Err(Gone::SessionEnded)).unwrap();
    assert_eq!(rig.gone().await, Gone::SessionEnded);
}

#[tokio::test(start_paused = true)]
async fn who_does_not_read_hurts_nobody_else() {
    let limits = SfuLimits {
        queue_texts: 10,
        ..SfuLimits::default()
    };
    let mut rig = Rig::new(limits, 1);
    let mut outbox = rig.enter().await;
    // None of this waits.
    let pushed = async {
        let mut pushed = 0;
        while outbox.push(text(&json!(pushed))) {
            pushed += 1;
            tokio::task::yield_now().await;
        }
        pushed
    };
    assert!((10..200).contains(&pushed.await));
    let start = tokio::time::Instant::now();
    assert_eq!(rig.gone().await, Gone::Lost);
    assert!(start.elapsed() < Duration::from_secs(5), "at once");
}

#[tokio::test(start_paused = true)]
async fn who_reads_too_slowly_is_closed() {
    let mut rig = Rig::new(SfuLimits::default(), 1);
    let mut outbox = rig.enter().await;
    for n in 0..3 {
        assert!(outbox.push(text(&json!(n))));
    }
    let start = tokio::time::Instant::now();
    assert_eq!(rig.gone().await, Gone::Lost);
    assert!(start.elapsed() >= Duration::from_secs(20));
    assert_eq!(rig.hear().await, Heard::Text(json!(0)));
}

#[tokio::test(start_paused = true)]
async fn a_flood_is_kept_from_the_room() {
    let limits = SfuLimits {
        message_rate: 1,
        message_burst: 2,
        message_strikes: 3,
        ..SfuLimits::default()
    };
    let mut rig = Rig::new(limits, 100);
    let _outbox = rig.enter().await;
    for _ in 0..20 {
        rig.say(&json!({"type": "leave"}));
    }
    for _ in 0..4 {
        assert!(matches!(rig.command().await.said, Said::Message(_)));
    }
    assert_eq!(rig.gone().await, Gone::Lost);
    for _ in 0..3 {
        assert!(matches!(rig.hear().await, Heard::Text(error) if error["code"] == "too_fast"));
    }
    assert!(matches!(rig.hear().await, Heard::Closed(4429, _)));
}

#[tokio::test(start_paused = true)]
async fn without_rooms_the_server_says_goodbye() {
    let mut rig = Rig::plain();
    rig.commands.close();
    rig.say(&rig.join());
    assert!(matches!(rig.hear().await, Heard::Closed(1001, _)));
}

#[tokio::test(start_paused = true)]
async fn a_room_that_vanishes_closes_its_sockets() {
    let mut rig = Rig::plain();
    drop(rig.enter().await);
    assert!(matches!(rig.hear().await, Heard::Closed(4500, _)));
}

#[tokio::test(start_paused = true)]
async fn the_room_hears_of_a_task_that_was_dropped() {
    let mut rig = Rig::plain();
    let _outbox = rig.enter().await;
    rig.task.abort();
    assert_eq!(rig.gone().await, Gone::Lost);
}
