//! What a signalling message costs without its socket: reading the frame, passing it through a room,
//! writing it for the peers.

use std::hint::black_box;
use std::task::{Context, Poll, Waker};

use criterion::{Criterion, criterion_group, criterion_main};
use vnet_benches::candidate;
use vnet_core::Limits;
use vnet_core::id::PeerId;
use vnet_core::room::{Membership, Peer, RoomBroker as _, RoomCode};
use vnet_signal::{InProcessRooms, frame};

fn reading(criterion: &mut Criterion) {
    let limits = Limits::default();
    let text = candidate::text(1);
    criterion.bench_function("parse/frame/300", |bencher| {
        bencher.iter(|| frame::parse(black_box(&text), &limits).expect("a good message"));
    });
    let signal = frame::parse(&text, &limits).expect("a good message");
    criterion.bench_function("write/frame/300", |bencher| {
        bencher.iter(|| black_box(&signal).to_wire("ada"));
    });
}

/// Rooms of two among so many, one message to both: the cost must not depend on the number.
fn relaying(criterion: &mut Criterion) {
    let limits = Limits::default();
    let text = candidate::text(1);
    let mut group = criterion.benchmark_group("relay/in-process");
    for count in [1, 1_000, 10_000] {
        let rooms = InProcessRooms::new(&limits);
        let mut members: Vec<_> = (0..count).flat_map(|room| enter(&rooms, room)).collect();
        members.iter_mut().for_each(drain);
        let mut turn = 0;
        group.bench_function(count.to_string(), |bencher| {
            bencher.iter(|| {
                turn = (turn + 1) % count;
                let signal = frame::parse(&text, &limits).expect("a good message");
                members[2 * turn].send(&signal).expect("the room is open");
                drain(&mut members[2 * turn]);
                drain(&mut members[2 * turn + 1]);
            });
        });
    }
    group.finish();
}

fn enter(rooms: &InProcessRooms, room: usize) -> [Membership; 2] {
    let code = RoomCode::parse(&format!("{room:06}")).expect("six digits");
    ["ada", "bob"].map(|name| {
        let peer = Peer {
            id: PeerId::generate(),
            sender: name.to_owned(),
            echo: true,
        };
        let mut joining = rooms.join(code, peer);
        let mut context = Context::from_waker(Waker::noop());
        match joining.as_mut().poll(&mut context) {
            Poll::Ready(joined) => joined.expect("there is a place"),
            Poll::Pending => unreachable!("rooms in one process let in at once"),
        }
    })
}

/// Takes what waits for a peer.
fn drain(member: &mut Membership) {
    let mut context = Context::from_waker(Waker::noop());
    while let Poll::Ready(event) = member.poll_recv(&mut context) {
        black_box(event.expect("the room is open"));
    }
}

criterion_group!(benches, reading, relaying);
criterion_main!(benches);
