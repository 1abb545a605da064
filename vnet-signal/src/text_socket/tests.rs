//! Sockets over pipes in memory, in paused time.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::oneshot;

use super::*;
use crate::InProcessRooms;

type Client = WebSocketStream<DuplexStream>;

fn signalling() -> Signalling {
    let limits = Limits::default();
    Signalling::new(std::sync::Arc::new(InProcessRooms::new(&limits)), limits)
}

async fn pair(
    signalling: &Signalling,
    session: SessionGuard,
) -> (WebTextSocket<DuplexStream>, Client) {
    let (near, far) = duplex(1 << 16);
    let socket = signalling.text_socket(near, Bytes::new(), session, 1_000);
    let client = WebSocketStream::from_raw_socket(far, Role::Client, None).await;
    (socket, client)
}

async fn plain() -> (WebTextSocket<DuplexStream>, Client) {
    pair(&signalling(), SessionGuard::none()).await
}

/// What a client hears to the end: texts, then the close code.
async fn to_the_end(mut client: Client) -> (Vec<String>, Option<u16>) {
    let (mut texts, mut code) = (Vec::new(), None);
    while let Some(Ok(message)) = client.next().await {
        match message {
            Message::Text(text) => texts.push(text.to_string()),
            Message::Close(frame) => code = frame.map(|frame| frame.code.into()),
            _ => {}
        }
    }
    (texts, code)
}

#[tokio::test(start_paused = true)]
async fn texts_go_both_ways_in_order() {
    let (mut socket, mut client) = plain().await;
    for text in ["one", "two"] {
        client.feed(Message::text(text)).await.unwrap();
    }
    client.flush().await.unwrap();
    assert_eq!(socket.receive().await, Ok(Bytes::from("one")));
    assert_eq!(socket.receive().await, Ok(Bytes::from("two")));
    let texts = [Bytes::from("three"), Bytes::from("vier €")];
    socket.send(&texts).await.unwrap();
    let client = tokio::spawn(to_the_end(client));
    socket.close(4410, "the meeting is over").await;
    assert_eq!(socket.receive().await, Err(Gone::Lost));
    assert!(socket.send(&texts).await.is_err());
    socket.close(1000, "again").await;
    drop(socket);
    let heard = client.await.unwrap();
    assert_eq!(heard, (vec!["three".into(), "vier €".into()], Some(4410)));
}

#[tokio::test(start_paused = true)]
async fn a_long_text_arrives_whole_and_nothing_follows_half_a_one() {
    let (mut socket, mut client) = plain().await;
    let long = "vier €".repeat(5_000);
    let texts = [Bytes::from(long.clone()), Bytes::new(), "end".into()];
    let reading = tokio::spawn(async move {
        for text in [long.as_str(), "", "end"] {
            assert_eq!(client.next().await.unwrap().unwrap(), Message::text(text));
        }
        client
    });
    socket.send(&texts).await.unwrap();
    let client = reading.await.unwrap();
    let half = [Bytes::from(vec![b'x'; 1 << 20])];
    let given_up = timeout(Duration::from_secs(1), socket.send(&half)).await;
    assert!(given_up.is_err(), "nobody reads");
    assert!(socket.send(&texts).await.is_err());
    let heard = tokio::spawn(to_the_end(client));
    socket.close(4408, "not read").await;
    drop(socket);
    assert_eq!(heard.await.unwrap(), (Vec::new(), Some(4408)));
}

#[tokio::test(start_paused = true)]
async fn no_text_is_lost_when_receiving_is_given_up() {
    let (mut socket, mut client) = plain().await;
    for n in 0..50 {
        let half = Message::text(n.to_string());
        client.send(half).await.unwrap();
        for _ in 0..3 {
            let given_up = socket.receive();
            tokio::select! {
                biased;
                () = std::future::ready(()) => {}
                _never = given_up => unreachable!(),
            }
        }
        assert_eq!(socket.receive().await, Ok(Bytes::from(n.to_string())));
    }
}

#[tokio::test(start_paused = true)]
async fn what_waited_for_the_first_frame_is_flushed() {
    let (near, mut far) = duplex(100);
    let mut near = tokio::io::BufWriter::new(near);
    near.write_all(b"101").await.unwrap();
    let mut socket = signalling().text_socket(near, Bytes::new(), SessionGuard::none(), 100);
    assert!(socket.receive().now_or_never().is_none());
    let mut answer = [0; 3];
    far.read_exact(&mut answer).now_or_never().unwrap().unwrap();
    assert_eq!(&answer, b"101");
}

#[tokio::test(start_paused = true)]
async fn what_was_read_with_the_request_is_not_lost() {
    let (mut near, far) = duplex(1 << 10);
    let mut client = WebSocketStream::from_raw_socket(far, Role::Client, None).await;
    client.send(Message::text("early")).await.unwrap();
    let mut early = vec![0; 100];
    let read = near.read(&mut early).await.unwrap();
    early.truncate(read);
    let mut socket = signalling().text_socket(near, early.into(), SessionGuard::none(), 100);
    assert_eq!(socket.receive().await, Ok(Bytes::from("early")));
}

#[tokio::test(start_paused = true)]
async fn a_session_that_ends_closes_the_socket() {
    let (end, ended) = oneshot::channel::<()>();
    let guard = SessionGuard::new(async move { drop(ended.await) });
    let (mut socket, client) = pair(&signalling(), guard).await;
    let client = tokio::spawn(to_the_end(client));
    assert!(socket.receive().now_or_never().is_none());
    end.send(()).unwrap();
    assert_eq!(socket.receive().await, Err(Gone::SessionEnded));
    assert_eq!(socket.receive().await, Err(Gone::SessionEnded), "again");
    assert!(socket.send(&[]).await.is_err());
    drop(socket);
    assert_eq!(client.await.unwrap().1, Some(4401));
}

#[tokio::test(start_paused = true)]
async fn the_end_of_session_or_server_ends_a_send_that_nobody_takes() {
    let much = [Bytes::from(vec![b'x'; 1 << 20])];
    let (end, ended) = oneshot::channel::<()>();
    let guard = SessionGuard::new(async move { drop(ended.await) });
    let signalling = signalling();
    let (mut signed_out, reader) = pair(&signalling, guard).await;
    let (mut stopped, _deaf) = pair(&signalling, SessionGuard::none()).await;
    let start = Instant::now();
    let mut send = signed_out.send(&much);
    assert!((&mut send).now_or_never().is_none(), "nobody reads");
    end.send(()).unwrap();
    assert!(send.await.is_err());
    assert_eq!(signed_out.receive().await, Err(Gone::SessionEnded));
    let mut send = stopped.send(&much);
    assert!((&mut send).now_or_never().is_none(), "nobody reads");
    signalling.stop();
    assert!(send.await.is_err());
    assert_eq!(stopped.receive().await, Err(Gone::Stopping));
    assert_eq!(start.elapsed(), Duration::ZERO);
    // Who reads again hears why.
    let reader = tokio::spawn(to_the_end(reader));
    signed_out.close(4401, "signed out").await;
    drop(signed_out);
    assert_eq!(reader.await.unwrap().1, Some(4401));
}

#[tokio::test(start_paused = true)]
async fn a_session_is_asked_about_from_time_to_time() {
    let mut asked = 0;
    let guard = SessionGuard::none().ask(move || {
        asked += 1;
        std::future::ready(asked < 3)
    });
    let (mut socket, client) = pair(&signalling(), guard).await;
    let client = tokio::spawn(to_the_end(client));
    let start = Instant::now();
    assert_eq!(socket.receive().await, Err(Gone::SessionEnded));
    assert_eq!(start.elapsed().as_secs(), 180);
    drop(socket);
    assert_eq!(client.await.unwrap().1, Some(4401));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_says_so() {
    let signalling = signalling();
    let (mut socket, client) = pair(&signalling, SessionGuard::none()).await;
    let client = tokio::spawn(to_the_end(client));
    signalling.stop();
    assert_eq!(socket.receive().await, Err(Gone::Stopping));
    drop(socket);
    assert_eq!(client.await.unwrap().1, Some(1001));
}

#[tokio::test(start_paused = true)]
async fn who_answers_pings_stays_and_who_does_not_is_gone() {
    let (mut socket, client) = plain().await;
    let start = Instant::now();
    // Reading answers pings.
    let reading = tokio::spawn(to_the_end(client));
    let quiet = timeout(Duration::from_secs(600), socket.receive()).await;
    assert!(quiet.is_err(), "{quiet:?}");
    reading.abort();
    let (mut socket, _deaf) = plain().await;
    let since = Instant::now();
    assert_eq!(socket.receive().await, Err(Gone::Lost));
    // 20 s to the ping, 30 s for the pong, 5 s for the goodbye.
    assert_eq!(since.elapsed().as_secs(), 55);
    assert!(start.elapsed() > Duration::from_secs(600));
}

#[tokio::test(start_paused = true)]
async fn a_connection_has_a_longest_life() {
    let (mut socket, client) = plain().await;
    let client = tokio::spawn(to_the_end(client));
    let start = Instant::now();
    assert_eq!(socket.receive().await, Err(Gone::Lost));
    assert_eq!(start.elapsed().as_secs(), 24 * 60 * 60);
    drop(socket);
    assert_eq!(client.await.unwrap().1, Some(4411));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_closes_or_vanishes_is_gone() {
    let (mut socket, mut client) = plain().await;
    client.close(None).await.unwrap();
    assert_eq!(socket.receive().await, Err(Gone::Lost));
    assert!(
        client.next().await.unwrap().unwrap().is_close(),
        "it is answered"
    );
    let (mut socket, client) = plain().await;
    drop(client);
    assert_eq!(socket.receive().await, Err(Gone::Lost));
}

#[tokio::test(start_paused = true)]
async fn what_is_no_text_within_the_limits_is_told_why() {
    for (message, code) in [
        (Message::binary(vec![1, 2]), 1003),
        (Message::text("x".repeat(1_001)), 1009),
    ] {
        let (mut socket, mut client) = plain().await;
        client.send(message).await.unwrap();
        let client = tokio::spawn(to_the_end(client));
        let start = Instant::now();
        assert_eq!(socket.receive().await, Err(Gone::Lost));
        assert_eq!(
            start.elapsed().as_secs(),
            0,
            "a client that consents is not waited for"
        );
        drop(socket);
        assert_eq!(client.await.unwrap().1, Some(code));
    }
    let (near, mut far) = duplex(1 << 10);
    let mut socket = signalling().text_socket(near, Bytes::new(), SessionGuard::none(), 100);
    far.write_all(&[0xff; 200]).await.unwrap();
    let far = tokio::spawn(async move {
        let mut answer = [0; 4];
        far.read_exact(&mut answer).await.unwrap();
        far.shutdown().await.unwrap();
        u16::from_be_bytes([answer[2], answer[3]])
    });
    assert_eq!(socket.receive().await, Err(Gone::Lost));
    assert_eq!(far.await.unwrap(), 1002);
}

#[tokio::test(start_paused = true)]
async fn sending_waits_for_a_slow_reader() {
    let (near, far) = duplex(64);
    let mut socket = signalling().text_socket(near, Bytes::new(), SessionGuard::none(), 100);
    let mut client = WebSocketStream::from_raw_socket(far, Role::Client, None).await;
    let text = Bytes::from("y".repeat(1_000));
    let sending = tokio::spawn(async move {
        socket.send(&[text]).await.unwrap();
        socket
    });
    tokio::task::yield_now().await;
    assert!(!sending.is_finished());
    assert_eq!(client.next().await.unwrap().unwrap().len(), 1_000);
    sending.await.unwrap();
}
