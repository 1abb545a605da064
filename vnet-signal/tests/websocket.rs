//! Rooms over real sockets.

mod support;

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use support::{Server, message, soon};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::{Bytes, Message};
use vnet_core::Limits;

#[tokio::test]
async fn offer_answer_and_candidates_go_both_ways() {
    let server = Server::start(Limits::default()).await;
    let (mut ada, mut bob) = server.pair().await;
    let offer = json!({"descriptionMessage": {"type": "offer", "sdp": "v=0\r\n"}, "metaData": [{"name": "cam", "id": "t1"}]});
    ada.send(&message("offer", &offer, "Ada L")).await;
    let wanted =
        json!({"type": "offer", "description": offer, "sent_by": "Ada L", "sender": "ada"});
    assert_eq!(bob.hear().await, wanted);
    assert_eq!(ada.hear().await, wanted, "the sender hears itself");
    let answer = json!({"type": "answer", "sdp": "v=0\r\n"});
    bob.send(&message("answer", &answer, "Bob")).await;
    let wanted =
        json!({"type": "answer", "description": answer, "sent_by": "Bob", "sender": "bob"});
    assert_eq!(ada.hear().await, wanted);
    assert_eq!(bob.hear().await, wanted);
    let candidate = json!({"candidate": "candidate:1 1 UDP 1 ‹é› 9", "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "x"});
    for (kind, name) in [("candidate", "ada"), ("own-type", "bob")] {
        let from = if name == "ada" { &mut ada } else { &mut bob };
        from.send(&message(kind, &candidate, "n")).await;
        let wanted = json!({"type": kind, "candidates": candidate, "sent_by": "n", "sender": name});
        assert_eq!(ada.hear().await, wanted);
        assert_eq!(bob.hear().await, wanted);
    }
    bob.close().await;
    ada.hears_count("signal_disconnected", 1).await;
    ada.close().await;
    server.shutdown.cancel();
    soon("the end of the server", server.task)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(server.rooms.rooms_count(), 0);
}

#[tokio::test]
async fn a_burst_keeps_its_order() {
    const BURST: usize = 5_000;
    let mut limits = Limits::default();
    limits.signal_rate = 1_000_000;
    limits.signal_burst = 1_000_000;
    limits.room_queue = 2 * BURST;
    let server = Server::start(limits).await;
    let (ada, bob) = server.pair().await;
    let (mut speak, mut listen) = ada.0.split();
    let talk = async move {
        for number in 0..BURST {
            let text = message("candidate", &json!({ "n": number }), "Ada");
            speak.feed(Message::text(text)).await.unwrap();
        }
        speak.flush().await.unwrap();
        speak
    };
    let mut bob = bob.0;
    let (_speak, (), ()) = tokio::join!(
        talk,
        in_order(&mut listen, BURST),
        in_order(&mut bob, BURST)
    );
}

async fn in_order<S>(socket: &mut S, count: usize)
where
    S: futures_util::Stream<Item = Result<Message, tokio_tungstenite::tungstenite::Error>> + Unpin,
{
    for number in 0..count {
        let Some(Ok(Message::Text(text))) = soon("a message", socket.next()).await else {
            panic!("the burst ended after {number}");
        };
        assert!(
            text.contains(&format!("{{\"n\":{number}}}")),
            "{number}: {text}"
        );
    }
}

#[tokio::test]
async fn a_third_peer_is_told_and_nobody_inside_notices() {
    let server = Server::start(Limits::default()).await;
    let (mut ada, mut bob) = server.pair().await;
    for _ in 0..3 {
        let mut eve = server.client("name=eve").await;
        let (code, reason) = eve.closed().await;
        assert_eq!(code, 4409);
        assert!(reason.contains("full"), "{reason}");
    }
    ada.send(&message("x", &json!([1]), "Ada")).await;
    assert_eq!(bob.hear().await["type"], "x", "nothing came before");
    assert_eq!(ada.hear().await["type"], "x", "nothing came before");
}

#[tokio::test]
async fn what_is_wrong_is_answered_and_the_place_is_kept() {
    let server = Server::start(Limits::default()).await;
    let (mut ada, mut bob) = server.pair().await;
    for (text, code) in [
        ("", "not_json"),
        ("{", "not_json"),
        ("hello", "not_json"),
        (r#"{"type":"x","content":NaN}"#, "not_json"),
        ("[]", "not_an_object"),
        ("null", "not_an_object"),
        (&"[".repeat(2_000), "too_deep"),
        (r#"{"type":5,"content":1}"#, "bad_type"),
        (r#"{"type":"x"}"#, "empty_content"),
        (r#"{"type":"x","content":1,"name":{}}"#, "bad_name"),
        (
            r#"{"type":"signal_connected","content":1}"#,
            "reserved_type",
        ),
        (
            r#"{"type":"signal_disconnected","content":1}"#,
            "reserved_type",
        ),
        (r#"{"type":"error","content":1}"#, "reserved_type"),
    ] {
        ada.send(text).await;
        ada.hears_error(code).await;
    }
    ada.send(&message("x", &json!([1]), "Ada")).await;
    assert_eq!(ada.hear().await["sender"], "ada");
    assert_eq!(
        bob.hear().await["sender"],
        "ada",
        "the other heard nothing of it"
    );
}

#[tokio::test]
async fn what_is_hopeless_is_closed_with_a_code_and_the_place_is_free_at_once() {
    let server = Server::start(Limits::default()).await;
    let mut ada = server.client("name=ada").await;
    ada.hears_count("signal_connected", 1).await;
    let long = "x".repeat(64 * 1024 + 1);
    let reserved_opcode = [0x83, 0x80, 0, 0, 0, 0];
    let unmasked = [0x81, 0x01, b'x'];
    let not_utf8 = [0x81, 0x82, 0, 0, 0, 0, 0xff, 0xff];
    let lone_continuation = [0x80, 0x81, 0, 0, 0, 0, b'x'];
    for (code, wrong) in [
        (1003, Message::binary(b"{}".as_slice())),
        (1009, Message::text(long)),
        (1002, raw(&reserved_opcode)),
        (1002, raw(&unmasked)),
        (1002, raw(&lone_continuation)),
        (1007, raw(&not_utf8)),
    ] {
        let mut bob = server.client("name=bob").await;
        bob.hears_count("signal_connected", 2).await;
        ada.hears_count("signal_connected", 2).await;
        match wrong {
            // Past the client's own protocol.
            Message::Binary(bytes) if bytes.len() != 2 => {
                bob.0.get_mut().write_all(&bytes).await.unwrap();
            }
            wrong => bob.0.send(wrong).await.unwrap(),
        }
        ada.hears_count("signal_disconnected", 1).await;
        let (told, reason) = bob.closed().await;
        assert_eq!(told, code);
        assert!(!reason.is_empty());
    }
}

fn raw(bytes: &[u8]) -> Message {
    Message::Binary(Bytes::copy_from_slice(bytes))
}

#[tokio::test]
async fn a_message_far_too_large_is_told_so_before_the_socket_is_gone() {
    let server = Server::start(Limits::default()).await;
    let (ada, mut bob) = server.pair().await;
    let (mut speak, mut listen) = ada.0.split();
    let send = async move {
        // The server may hang up before it has everything.
        let _ = speak.send(Message::text("x".repeat(20_000_000))).await;
        speak
    };
    let hear = async {
        loop {
            match soon("the close frame", listen.next()).await {
                Some(Ok(Message::Close(Some(frame)))) => return u16::from(frame.code),
                Some(Ok(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    };
    let (_speak, code) = tokio::join!(send, hear);
    assert_eq!(code, 1009);
    bob.hears_count("signal_disconnected", 1).await;
}

#[tokio::test]
async fn who_switches_the_echo_off_hears_only_the_other() {
    let server = Server::start(Limits::default()).await;
    let mut ada = server.client("name=ada&echo=off").await;
    ada.hears_count("signal_connected", 1).await;
    let mut bob = server.client("name=bob").await;
    ada.hears_count("signal_connected", 2).await;
    bob.hears_count("signal_connected", 2).await;
    ada.send(&message("x", &json!([1]), "n")).await;
    assert_eq!(bob.hear().await["sender"], "ada");
    bob.send(&message("x", &json!([2]), "n")).await;
    assert_eq!(bob.hear().await["sender"], "bob");
    assert_eq!(ada.hear().await["sender"], "bob");
}

#[tokio::test]
async fn a_socket_that_is_half_closed_or_dropped_leaves_the_room() {
    let server = Server::start(Limits::default()).await;
    let mut ada = server.client("name=ada").await;
    ada.hears_count("signal_connected", 1).await;
    for half in [true, false] {
        let mut bob = server.client("name=bob").await;
        bob.hears_count("signal_connected", 2).await;
        ada.hears_count("signal_connected", 2).await;
        if half {
            bob.0.get_mut().shutdown().await.unwrap();
        } else {
            drop(bob);
        }
        ada.hears_count("signal_disconnected", 1).await;
    }
    // In the middle of a frame, too.
    let mut bob = server.client("name=bob").await;
    ada.hears_count("signal_connected", 2).await;
    bob.0
        .get_mut()
        .write_all(&[0x81, 0xfe, 0x10])
        .await
        .unwrap();
    bob.0.get_mut().shutdown().await.unwrap();
    ada.hears_count("signal_disconnected", 1).await;
    let mut rest = Vec::new();
    soon("the end", bob.0.get_mut().read_to_end(&mut rest))
        .await
        .unwrap();
}

#[tokio::test]
async fn fragments_and_pings_are_served() {
    let server = Server::start(Limits::default()).await;
    let mut ada = server.client("name=ada").await;
    ada.hears_count("signal_connected", 1).await;
    let text = message("x", &json!(["é"]), "n");
    let (head, tail) = text.as_bytes().split_at(text.len() / 2);
    let mut bytes = vec![0x01, 0x80 | u8::try_from(head.len()).unwrap(), 0, 0, 0, 0];
    bytes.extend_from_slice(head);
    bytes.extend_from_slice(&[0x89, 0x82, 0, 0, 0, 0, b'h', b'i']);
    bytes.extend_from_slice(&[0x80, 0x80 | u8::try_from(tail.len()).unwrap(), 0, 0, 0, 0]);
    bytes.extend_from_slice(tail);
    for byte in bytes {
        ada.0.get_mut().write_all(&[byte]).await.unwrap();
        ada.0.get_mut().flush().await.unwrap();
    }
    let pong = soon("the pong", ada.0.next()).await.unwrap().unwrap();
    assert_eq!(pong, Message::Pong(Bytes::from_static(b"hi")));
    assert_eq!(ada.hear().await["candidates"], json!(["é"]));
}

#[tokio::test]
async fn who_floods_is_warned_and_then_told_to_go() {
    let mut limits = Limits::default();
    limits.signal_rate = 1;
    limits.signal_burst = 5;
    let server = Server::start(limits).await;
    let mut ada = server.client("name=ada").await;
    ada.hears_count("signal_connected", 1).await;
    for _ in 0..5 {
        ada.send(&message("x", &json!([1]), "n")).await;
        assert_eq!(ada.hear().await["type"], "x");
    }
    ada.send(&message("x", &json!([1]), "n")).await;
    ada.hears_error("rate_limited").await;
    for _ in 0..10 {
        // The last ones may find the connection closed.
        if ada.0.send(Message::text("{}")).await.is_err() {
            break;
        }
    }
    assert_eq!(ada.closed().await.0, 4429);
}

#[tokio::test]
async fn a_session_that_ends_ends_its_sockets() {
    let mut limits = Limits::default();
    limits.session_check_interval = std::time::Duration::from_millis(100);
    let server = Server::start(limits).await;
    for way in ["signed", "asked"] {
        let session = server.session.clone();
        let mut ada = server.client(&format!("name=ada&session={way}")).await;
        if way == "signed" {
            ada.hears_count("signal_connected", 1).await;
            session.cancel();
        }
        let (code, reason) = ada.closed().await;
        assert_eq!(code, 4401, "{way}");
        assert!(reason.contains("session"), "{reason}");
    }
}
