//! The load generator against the bare servers: it loses nothing and notices what is wrong.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot start its server has failed"
)]

use std::path::Path;
use std::time::Duration;

use vnet_benches::load::http::{Asking, Pace, SignIns, Waiting};
use vnet_benches::load::{Length, Rooms, idle, joins};
use vnet_benches::machine::Cores;
use vnet_benches::request::Request;
use vnet_benches::server::{Process, Rival, bare_http};

const SHORT: Length = Length::millis(10, 50);
const PACE: Pace = Pace {
    per_second: 1_000,
    length: SHORT,
    waiting: Waiting::Sleeping,
};

fn relay() -> (Cores, Rival) {
    let cores = Cores::claim().unwrap();
    let rival = Rival::bare(cores, Path::new(env!("CARGO_BIN_EXE_bare"))).unwrap();
    (cores, rival)
}

fn answering(body: &str) -> Process {
    let cores = Cores::claim().unwrap();
    bare_http(cores, Path::new(env!("CARGO_BIN_EXE_bare")), body).unwrap()
}

#[test]
fn every_message_of_a_closed_loop_arrives() {
    let (_cores, rival) = relay();
    let mut rooms = Rooms::enter(&rival, 20, 0).unwrap();
    for in_flight in [1, 8, 1] {
        let run = rooms.closed(&rival, in_flight, SHORT).unwrap();
        assert!(run.messages > 0);
        assert!(run.cpu > Duration::ZERO);
    }
    rooms.leave().unwrap();
}

#[test]
fn every_message_of_an_open_loop_arrives() {
    let (_cores, rival) = relay();
    let mut rooms = Rooms::enter(&rival, 7, 999_998).unwrap();
    let run = rooms.paced(&rival, 1_000, SHORT).unwrap();
    assert_eq!(run.latency.len(), 50);
    assert_eq!(run.late.len(), 50);
    rooms.leave().unwrap();
}

#[test]
fn rooms_are_entered_and_left_again_and_again() {
    let (_cores, rival) = relay();
    let run = joins::storm(&rival, 40, 8, 0).unwrap();
    assert_eq!((run.connects, run.handshakes.len()), (80, 80));
    let again = joins::storm(&rival, 40, 8, 0).unwrap();
    assert_eq!(again.connects, 80);
}

#[test]
fn the_contract_s_messages_and_notices_are_understood() {
    let cores = Cores::claim().unwrap();
    let rival = Rival::signalling(cores, Path::new(env!("CARGO_BIN_EXE_bare"))).unwrap();
    let mut rooms = Rooms::enter(&rival, 20, 0).unwrap();
    assert!(rooms.closed(&rival, 1, SHORT).unwrap().messages > 0);
    assert!(rooms.closed(&rival, 8, SHORT).unwrap().messages > 0);
    assert_eq!(rooms.paced(&rival, 1_000, SHORT).unwrap().latency.len(), 50);
    rooms.leave().unwrap();
    assert_eq!(joins::storm(&rival, 40, 8, 100).unwrap().connects, 80);
}

#[test]
fn a_third_socket_in_a_room_is_noticed() {
    let (_cores, rival) = relay();
    let _two = Rooms::enter(&rival, 1, 5).unwrap();
    assert!(Rooms::enter(&rival, 1, 5).is_err());
}

#[test]
fn memory_is_read_with_all_sockets_open() {
    let (_cores, rival) = relay();
    let run = idle::idle(&rival, 200, 0, Duration::ZERO).unwrap();
    assert_eq!(run.sockets, 200);
    assert!(run.open > run.empty && run.per_socket() > 100.0);
}

#[test]
fn every_answer_is_counted() {
    let server = answering("{\"a\":1}");
    let request = Request::get(server.address(), "/").into_bytes();
    let mut asking = Asking::open(server.address(), request, 4).unwrap();
    assert!(asking.closed(&server, SHORT).unwrap().messages > 0);
    for waiting in [Waiting::Spinning, Waiting::Sleeping] {
        let pace = Pace { waiting, ..PACE };
        let run = asking.paced(server.address(), pace, None).unwrap();
        assert_eq!(run.latency.len(), 50);
    }
}

#[test]
fn a_sign_in_that_is_not_answered_with_a_redirect_is_noticed() {
    let server = answering("{}");
    let address = server.address();
    let request = Request::get(address, "/").into_bytes();
    let mut asking = Asking::open(address, request.clone(), 2).unwrap();
    let sign_ins = SignIns {
        at_once: 2,
        request: &request,
    };
    assert!(asking.paced(address, PACE, Some(sign_ins)).is_err());
}

#[test]
fn a_server_does_not_outlive_its_owner() {
    let server = answering("{}");
    let address = server.address();
    assert!(Request::get(address, "/").fetch(address).is_ok());
    drop(server);
    assert!(std::net::TcpStream::connect(address).is_err());
}
