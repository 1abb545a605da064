use std::time::Duration;

use mio::{Events, Interest, Poll, Token};

use super::*;

const LOOPBACK: [&str; 2] = ["127.0.0.1:0", "[::1]:0"];

/// Everything that arrives until `count` packets are there.
fn take(
    socket: &mut UdpSocket,
    count: usize,
    mut receive: impl FnMut(&UdpSocket, &mut dyn FnMut(SocketAddr, &[u8])) -> bool,
) -> Vec<(SocketAddr, Vec<u8>)> {
    let mut poll = Poll::new().unwrap();
    let mut events = Events::with_capacity(4);
    let registry = poll.registry();
    registry
        .register(socket, Token(0), Interest::READABLE)
        .unwrap();
    let mut packets = Vec::new();
    while packets.len() < count {
        poll.poll(&mut events, Some(Duration::from_secs(10)))
            .unwrap();
        assert!(!events.is_empty(), "{} of {count} packets", packets.len());
        while receive(socket, &mut |remote, contents| {
            packets.push((remote, contents.to_vec()));
        }) {}
    }
    packets
}

#[test]
fn packets_arrive_whole_in_order_and_with_their_address() {
    let mut receiver = Receiver::new();
    // Several times: what one family leaves behind must not harm the other.
    for address in LOOPBACK.repeat(3) {
        let from = bind(address.parse().unwrap()).unwrap();
        let mut to = bind(address.parse().unwrap()).unwrap();
        let remote = to.local_addr().unwrap();
        let mut queue = Queue::default();
        let mut sender = Sender::default();
        let count = BATCH * 2 + 3;
        for number in 0..count {
            let length = 4 + number * 7;
            let mut contents = vec![0; length];
            contents[..4].copy_from_slice(&u32::try_from(number).unwrap().to_be_bytes());
            queue.push(remote, Bytes::from(contents));
        }
        let sent = queue.flush(&from, &mut sender);
        assert_eq!(
            (sent.packets, sent.full, sent.refused),
            (count as u64, 0, 0)
        );
        assert!(queue.is_empty());

        let packets = take(&mut to, count, |socket, each| {
            receiver.receive(socket, remote.is_ipv6(), each).unwrap()
        });
        assert_eq!(packets.len(), count);
        for (number, (remote, contents)) in packets.iter().enumerate() {
            assert_eq!(*remote, from.local_addr().unwrap());
            assert_eq!(contents.len(), 4 + number * 7);
            assert_eq!(contents[..4], u32::try_from(number).unwrap().to_be_bytes());
        }
    }
}

#[test]
fn the_plain_way_does_the_same() {
    let from = bind(LOOPBACK[0].parse().unwrap()).unwrap();
    let mut to = bind(LOOPBACK[0].parse().unwrap()).unwrap();
    let remote = to.local_addr().unwrap();
    let packets = (0..100_u8).map(|number| (remote, Bytes::from(vec![number; 100])));
    let packets = packets.collect::<Vec<_>>();
    assert_eq!(one::Sender.send(&from, &packets).unwrap(), 100);
    let mut receiver = one::Receiver::new();
    let received = take(&mut to, 100, |socket, mut each| {
        receiver
            .receive(socket, false, &mut each)
            .is_ok_and(|it| it == BATCH)
    });
    let contents = received.iter().map(|(_, contents)| contents[0]);
    assert!(contents.eq(0..100));
}

#[test]
fn too_large_a_packet_is_thrown_away_and_the_others_are_not() {
    let from = bind(LOOPBACK[0].parse().unwrap()).unwrap();
    let mut to = bind(LOOPBACK[0].parse().unwrap()).unwrap();
    let remote = to.local_addr().unwrap();
    let mut queue = Queue::default();
    let mut sender = Sender::default();
    queue.push(remote, Bytes::from(vec![1; PACKET + 1]));
    queue.push(remote, Bytes::from(vec![2; PACKET]));
    queue.flush(&from, &mut sender);
    let mut receiver = Receiver::new();
    let packets = take(&mut to, 1, |socket, each| {
        receiver.receive(socket, false, each).unwrap()
    });
    assert_eq!(packets.len(), 1);
    assert_eq!(packets[0].1, vec![2; PACKET]);
}

#[test]
fn a_packet_that_cannot_be_sent_does_not_keep_the_others() {
    let from = bind(LOOPBACK[0].parse().unwrap()).unwrap();
    let mut to = bind(LOOPBACK[0].parse().unwrap()).unwrap();
    let remote = to.local_addr().unwrap();
    let mut queue = Queue::default();
    let mut sender = Sender::default();
    queue.push(remote, Bytes::from_static(b"one"));
    queue.push("[::1]:9".parse().unwrap(), Bytes::from_static(b"no way"));
    queue.push(remote, Bytes::from_static(b"two"));
    let sent = queue.flush(&from, &mut sender);
    assert_eq!((sent.packets, sent.bytes, sent.refused), (2, 6, 1));
    let mut receiver = Receiver::new();
    let packets = take(&mut to, 2, |socket, each| {
        receiver.receive(socket, false, each).unwrap()
    });
    assert_eq!(packets[1].1, b"two");
}

#[test]
fn a_closed_port_at_the_other_end_is_not_our_fault() {
    let from = bind(LOOPBACK[0].parse().unwrap()).unwrap();
    let closed = bind(LOOPBACK[0].parse().unwrap()).unwrap();
    let remote = closed.local_addr().unwrap();
    drop(closed);
    let mut queue = Queue::default();
    let mut sender = Sender::default();
    let mut receiver = Receiver::new();
    for _ in 0..20 {
        queue.push(remote, Bytes::from_static(b"anybody?"));
        queue.flush(&from, &mut sender);
        assert!(
            receiver
                .receive(&from, false, |_, _| unreachable!())
                .is_ok()
        );
    }
}
