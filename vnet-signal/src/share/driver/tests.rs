//! Sockets without a network.

use serde_json::{Value, json};
use tokio::task::JoinHandle;
use vnet_core::share::NetworkGroup;
use vnet_core::testkit::{FakeBrowser, Heard, text_socket};

use super::*;
use crate::share::InProcessShares;

struct Browser {
    end: FakeBrowser,
    task: JoinHandle<()>,
}

impl Browser {
    fn connect(shares: &Shares, who: ShareDevice, reads: usize) -> Self {
        let (socket, end) = text_socket(reads);
        let shares = shares.clone();
        let task = tokio::spawn(async move { shares.serve(who, Box::new(socket)).await });
        Self { end, task }
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "what is said is written where it is said"
    )]
    fn say(&self, message: Value) {
        self.end.say(&message);
    }

    /// The next text of this type; others are passed over.
    async fn text(&mut self, kind: &str) -> Value {
        loop {
            match self.end.hear().await {
                Heard::Text(text) if text["type"] == kind => return text,
                Heard::Text(_) => {}
                closed @ Heard::Closed(..) => panic!("{closed:?} before `{kind}`"),
            }
        }
    }

    /// The close code, when nothing is to be heard before.
    async fn closed_at_once(&mut self) -> u16 {
        match self.end.hear().await {
            Heard::Closed(code, _) => code,
            text @ Heard::Text(_) => panic!("{text:?} before the end"),
        }
    }

    async fn closed(&mut self) -> u16 {
        loop {
            if let Heard::Closed(code, _) = self.end.hear().await {
                return code;
            }
        }
    }
}

fn person() -> ShareDevice {
    ShareDevice {
        meeting: Some("abcdefghjk".parse().unwrap()),
        name: "Ada".into(),
        ..viewer()
    }
}

fn viewer() -> ShareDevice {
    ShareDevice {
        meeting: None,
        user: None,
        name: String::new(),
        network: NetworkGroup::of([192, 0, 2, 7].into(), &[]),
    }
}

fn hello() -> Value {
    json!({"type": "hello", "version": 2, "can_relay": true, "encoded": ["vp8"]})
}

fn shares(limits: &Limits) -> (Shares, InProcessShares) {
    let broker = InProcessShares::new(limits);
    let shares = Shares::new(Arc::new(broker.clone()), limits.clone());
    (shares, broker)
}

/// A person who is in.
async fn entered(shares: &Shares, reads: usize) -> Browser {
    let mut browser = Browser::connect(shares, person(), reads);
    browser.say(hello());
    browser.text("welcome").await;
    browser
}

#[tokio::test(start_paused = true)]
async fn a_first_message_that_does_not_come_is_not_waited_for() {
    let (shares, _broker) = shares(&Limits::default());
    let begun = tokio::time::Instant::now();
    let mut browser = Browser::connect(&shares, person(), 10);
    assert_eq!(browser.closed_at_once().await, 4408);
    assert_eq!(begun.elapsed(), Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_first_message_is_told_and_ends_it() {
    let (shares, broker) = shares(&Limits::default());
    for (first, code) in [
        (json!([]), "bad_message"),
        (json!({"type": "open", "id": 3}), "wrong_state"),
        (
            json!({"type": "hello", "id": 3, "version": 3, "can_relay": true, "encoded": []}),
            "unsupported_version",
        ),
    ] {
        let mut browser = Browser::connect(&shares, person(), 10);
        browser.say(first);
        assert_eq!(browser.text("error").await["code"], code);
        assert_eq!(browser.closed_at_once().await, 4400);
        browser.task.await.unwrap();
    }
    assert_eq!(broker.devices_count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_meeting_with_too_many_devices_takes_no_more() {
    let mut limits = Limits::default();
    limits.share_devices = 1;
    let (shares, _broker) = shares(&limits);
    let _first = entered(&shares, 10).await;
    let mut second = Browser::connect(&shares, person(), 10);
    second.say(hello());
    assert_eq!(second.text("error").await["code"], "server_full");
    assert_eq!(second.closed_at_once().await, 1013);
}

#[tokio::test(start_paused = true)]
async fn a_viewer_asks_with_its_first_message() {
    let (shares, _broker) = shares(&Limits::default());
    let mut ada = entered(&shares, 10).await;
    ada.say(json!({"type": "open"}));
    let code = ada.text("opened").await["code"].clone();
    let mut screen = Browser::connect(&shares, viewer(), 10);
    let mut first = hello();
    first["id"] = json!(5);
    first["name"] = json!("  Wall ");
    first["code"] = code;
    screen.say(first);
    screen.text("welcome").await;
    assert_eq!(
        screen.end.hear().await,
        Heard::Text(json!({"type": "ok", "id": 5}))
    );
    assert_eq!(ada.text("asked").await["name"], "Wall");
}

#[tokio::test(start_paused = true)]
async fn who_says_too_much_is_told_and_then_put_out() {
    let mut limits = Limits::default();
    (limits.signal_rate, limits.signal_burst) = (10, 5);
    let (shares, broker) = shares(&limits);
    let mut ada = entered(&shares, 100).await;
    ada.text("nearby").await;
    for number in 0..11 {
        ada.say(json!({"type": "leave", "id": number}));
    }
    for number in 0..5 {
        assert_eq!(ada.text("ok").await["id"], number);
    }
    for _ in 0..5 {
        assert_eq!(ada.text("error").await["code"], "too_fast");
    }
    assert_eq!(ada.closed_at_once().await, 4429);
    ada.task.await.unwrap();
    assert_eq!(broker.devices_count(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_or_too_deep_is_told_and_what_is_too_large_ends_it() {
    let mut limits = Limits::default();
    limits.share_max_bytes = 1_000;
    let (shares, _broker) = shares(&limits);
    let mut ada = entered(&shares, 100).await;
    ada.say(json!({"type": "invite", "id": 4}));
    let error = ada.text("error").await;
    assert_eq!(
        (&error["code"], &error["id"]),
        (&json!("bad_message"), &json!(4))
    );
    let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
    ada.end.says.send(Ok(deep.into())).unwrap();
    assert_eq!(ada.text("error").await["code"], "bad_message");
    ada.end.says.send(Ok("x".repeat(1_001).into())).unwrap();
    assert_eq!(ada.closed_at_once().await, 1009);
}

#[tokio::test(start_paused = true)]
async fn who_reads_nothing_is_put_out_and_delays_nobody() {
    let mut limits = Limits::default();
    limits.share_queue = 8;
    let (shares, broker) = shares(&limits);
    let stuck = entered(&shares, 1).await;
    for _ in 0..30 {
        // Each makes a list of who is near for the other, which waits but once.
        let mut other = entered(&shares, 10).await;
        other.say(json!({"type": "open", "id": 1}));
        other.text("ok").await;
        drop(other.end.says);
        other.task.await.unwrap();
    }
    assert_eq!(broker.devices_count(), 1, "lists alone fill no queue");
    // Writing has taken too long.
    stuck.task.await.unwrap();
    assert_eq!(broker.devices_count(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_broker_ends_the_socket() {
    let (shares, broker) = shares(&Limits::default());
    let mut ada = entered(&shares, 10).await;
    broker.shutdown();
    assert_eq!(ada.closed().await, 1013);
    let mut late = Browser::connect(&shares, person(), 10);
    late.say(hello());
    assert_eq!(late.closed().await, 1013);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_session_or_the_server_is_said() {
    let (shares, broker) = shares(&Limits::default());
    for (gone, code) in [(Gone::SessionEnded, 4401), (Gone::Stopping, 1001)] {
        let mut ada = entered(&shares, 10).await;
        ada.end.says.send(Err(gone)).unwrap();
        assert_eq!(ada.closed().await, code);
        ada.task.await.unwrap();
        assert_eq!(broker.devices_count(), 0);
    }
    let ada = entered(&shares, 10).await;
    drop(ada.end.says);
    ada.task.await.unwrap();
    assert_eq!(broker.devices_count(), 0);
}

#[tokio::test(start_paused = true)]
async fn whose_messages_pile_up_is_out_at_once_and_hears_why_when_it_reads() {
    let mut limits = Limits::default();
    limits.share_queue = 4;
    let (shares, broker) = shares(&limits);
    let mut stuck = entered(&shares, 1).await;
    stuck.say(json!({"type": "open"}));
    let code = stuck.text("opened").await["code"].clone();
    let other = entered(&shares, 100).await;
    for number in 0..6 {
        other.say(json!({"type": "ask", "code": code, "id": number}));
        other.say(json!({"type": "leave", "id": number + 100}));
    }
    while broker.devices_count() > 1 {
        tokio::task::yield_now().await;
    }
    assert_eq!(stuck.closed().await, 4410);
    stuck.task.await.unwrap();
    assert_eq!(broker.devices_count(), 1);
}
