use super::*;

const MESSAGE: &str = r#"{"type":"candidate","content":{"a":1},"name":"Ada"}"#;

/// A peer and its clock.
struct Run {
    peer: PeerState,
    start: Instant,
    now: Instant,
}

impl Run {
    fn new(limits: Limits) -> Self {
        let start = Instant::now();
        let room = RoomCode::parse("907308").unwrap();
        Self {
            peer: PeerState::new(room, Arc::new(limits), start),
            start,
            now: start,
        }
    }

    fn wait(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
    }

    fn input(&mut self, input: Input<'_>) -> Option<Output> {
        self.peer.handle(input, self.now)
    }

    /// Lets time pass to the next timeout and tells what is done then.
    fn timeout(&mut self) -> Option<Output> {
        self.now = self.peer.next_timeout();
        self.input(Input::Timeout)
    }

    fn elapsed(&self) -> u64 {
        (self.now - self.start).as_secs()
    }
}

/// Without session checks, so that only pings are due.
fn unchecked() -> Limits {
    let mut limits = Limits::default();
    limits.session_check_interval = Duration::MAX;
    limits
}

fn code_of(output: Option<Output>) -> String {
    match output {
        Some(Output::Send(text)) => {
            let value: serde_json::Value = serde_json::from_slice(&text).unwrap();
            let key = if value["type"] == "error" {
                "code"
            } else {
                "type"
            };
            value[key].as_str().unwrap().to_owned()
        }
        Some(Output::Close(close)) => close.code().to_string(),
        Some(Output::Relay(signal)) => format!("relay {}", signal.kind()),
        Some(Output::Done(outcome)) => format!("{outcome:?}"),
        Some(Output::Ping) => "ping".into(),
        Some(Output::CheckSession) => "check".into(),
        None => "nothing".into(),
    }
}

#[test]
fn messages_are_relayed_and_wrong_ones_answered() {
    let mut run = Run::new(Limits::default());
    assert_eq!(code_of(run.input(Input::Text(MESSAGE))), "relay candidate");
    assert_eq!(code_of(run.input(Input::Text("hello"))), "not_json");
    assert_eq!(code_of(run.input(Input::Text(MESSAGE))), "relay candidate");
    assert!(run.peer.is_open());
}

#[test]
fn room_events_become_messages() {
    let mut run = Run::new(Limits::default());
    let connected = Input::Room(RoomEvent::Connected { peers_count: 1 });
    assert_eq!(code_of(run.input(connected)), "signal_connected");
    let left = Input::Room(RoomEvent::Disconnected { peers_count: 1 });
    assert_eq!(code_of(run.input(left)), "signal_disconnected");
    let text = Bytes::from_static(br#"{"type":"offer"}"#);
    assert_eq!(
        code_of(run.input(Input::Room(RoomEvent::Signal(text)))),
        "offer"
    );
}

#[test]
fn a_silent_peer_is_pinged_and_then_given_up() {
    let mut run = Run::new(unchecked());
    assert_eq!(code_of(run.timeout()), "ping");
    assert_eq!(run.elapsed(), 20);
    assert_eq!(code_of(run.input(Input::Timeout)), "nothing");
    run.wait(10);
    assert_eq!(code_of(run.input(Input::Control)), "nothing");
    assert_eq!(code_of(run.timeout()), "ping");
    assert_eq!(run.elapsed(), 50);
    assert_eq!(code_of(run.timeout()), "4408");
    assert_eq!(run.elapsed(), 80);
    assert_eq!(code_of(run.timeout()), "Closed(Unresponsive)");
    assert_eq!(run.elapsed(), 85);
}

#[test]
fn a_talking_peer_is_never_pinged() {
    let mut run = Run::new(unchecked());
    for _ in 0..100 {
        run.wait(19);
        assert_eq!(code_of(run.input(Input::Timeout)), "nothing");
        assert_eq!(code_of(run.input(Input::Text(MESSAGE))), "relay candidate");
    }
}

#[test]
fn the_session_is_asked_for_from_time_to_time() {
    let mut limits = Limits::default();
    limits.signal_ping_after = Duration::MAX;
    let mut run = Run::new(limits);
    for minute in 1..5 {
        assert_eq!(code_of(run.timeout()), "check");
        assert_eq!(run.elapsed(), 60 * minute);
    }
    assert_eq!(code_of(run.input(Input::SessionEnded)), "4401");
    assert!(!run.peer.is_open());
}

#[test]
fn a_check_interval_of_nothing_is_no_endless_loop() {
    let mut limits = Limits::default();
    limits.session_check_interval = Duration::ZERO;
    let mut run = Run::new(limits);
    assert_eq!(code_of(run.timeout()), "check");
    assert!(run.peer.next_timeout() > run.now);
}

#[test]
fn no_connection_lives_for_ever() {
    let mut limits = unchecked();
    limits.signal_ping_after = Duration::MAX;
    let mut run = Run::new(limits);
    assert_eq!(code_of(run.timeout()), "4411");
    assert_eq!(run.elapsed(), 24 * 60 * 60);
}

#[test]
fn a_burst_passes_then_errors_come_then_the_end() {
    let mut run = Run::new(Limits::default());
    let mut seen = Vec::new();
    for _ in 0..=601 {
        seen.push(code_of(run.input(Input::Text(MESSAGE))));
    }
    let count = |what: &str| seen.iter().filter(|seen| *seen == what).count();
    assert_eq!(count("relay candidate"), 300);
    assert_eq!(count("rate_limited"), 300);
    assert_eq!(seen[600], "4429");
    assert_eq!(seen[601], "nothing");
}

#[test]
fn who_calms_down_is_forgiven() {
    let mut run = Run::new(Limits::default());
    for _ in 0..10 {
        for _ in 0..500 {
            assert_ne!(code_of(run.input(Input::Text(MESSAGE))), "4429");
        }
        run.wait(4);
    }
    // Who only waits for single tokens is not calm.
    let mut run = Run::new(Limits::default());
    let closed = (0..400).any(|_| {
        run.wait(1);
        (0..200).any(|_| code_of(run.input(Input::Text(MESSAGE))) == "4429")
    });
    assert!(closed);
}

#[test]
fn pings_count_as_messages() {
    let mut run = Run::new(Limits::default());
    let seen: Vec<_> = (0..601)
        .map(|_| code_of(run.input(Input::Control)))
        .collect();
    assert!(seen[..600].iter().all(|seen| seen == "nothing"));
    assert_eq!(seen[600], "4429");
}

#[test]
fn what_is_hopeless_is_closed_with_its_code() {
    let refused = |kind| Input::Refused(Error::new(kind, "x", "x"));
    for (input, code) in [
        (Input::Binary, "1003"),
        (Input::Fault(Close::TooLarge), "1009"),
        (Input::Fault(Close::InvalidUtf8), "1007"),
        (Input::Fault(Close::ProtocolError), "1002"),
        (refused(ErrorKind::Conflict), "4409"),
        (refused(ErrorKind::Unavailable), "1013"),
        (refused(ErrorKind::Internal), "1013"),
        (Input::RoomEnded(EndReason::PutOut), "4410"),
        (Input::RoomEnded(EndReason::BrokerEnded), "1013"),
        (Input::SessionEnded, "4401"),
        (Input::ShuttingDown, "1001"),
    ] {
        let mut run = Run::new(Limits::default());
        assert_eq!(code_of(run.input(input)), code);
        assert!(!run.peer.is_open());
        assert_eq!(
            code_of(run.input(Input::Text(MESSAGE))),
            "nothing",
            "{code}"
        );
        assert_eq!(code_of(run.input(Input::ShuttingDown)), "nothing", "{code}");
        assert!(
            code_of(run.input(Input::SocketEnded)).starts_with("Closed("),
            "{code}"
        );
        assert_eq!(code_of(run.input(Input::SocketEnded)), "nothing", "{code}");
    }
}

#[test]
fn the_peer_may_close_or_just_vanish() {
    let mut run = Run::new(Limits::default());
    assert_eq!(code_of(run.input(Input::PeerClosed)), "nothing");
    assert!(!run.peer.is_open());
    assert_eq!(code_of(run.input(Input::SocketEnded)), "ClosedByPeer");
    let mut run = Run::new(Limits::default());
    assert_eq!(code_of(run.input(Input::SocketEnded)), "Lost");
}

#[test]
fn a_peer_that_takes_nothing_is_given_up() {
    let mut run = Run::new(unchecked());
    assert_eq!(code_of(run.input(Input::WriteBlocked)), "nothing");
    for _ in 0..2 {
        run.wait(10);
        run.input(Input::WriteBlocked);
        run.input(Input::Text(MESSAGE));
    }
    run.wait(10);
    assert_eq!(code_of(run.input(Input::Timeout)), "4408");
    let mut run = Run::new(unchecked());
    for _ in 0..10 {
        run.input(Input::WriteBlocked);
        run.wait(10);
        run.input(Input::WriteDone);
        run.input(Input::Control);
        assert_eq!(code_of(run.input(Input::Timeout)), "nothing");
    }
}
