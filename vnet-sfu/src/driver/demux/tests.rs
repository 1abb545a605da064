use std::collections::HashMap;
use std::net::SocketAddr;

use proptest::prelude::*;

use super::*;
use crate::media::Transport;

const LOCAL: SocketAddr = SocketAddr::new(
    std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)),
    10_000,
);

fn route(port: u16) -> Route {
    Route {
        transport: Transport::Udp,
        local: LOCAL,
        remote: SocketAddr::from(([198, 51, 100, 7], port)),
    }
}

fn peer(room: u64, participant: u32) -> Peer {
    Peer {
        room,
        participant: ParticipantId(participant),
    }
}

/// A binding request with this user name, as a browser sends it (its integrity is wrong, which the media checks).
pub(in crate::driver) fn check(username: &str) -> Vec<u8> {
    let mut attributes = vec![0x00, 0x06];
    attributes.extend_from_slice(&u16::try_from(username.len()).unwrap().to_be_bytes());
    attributes.extend_from_slice(username.as_bytes());
    attributes.resize(attributes.len().next_multiple_of(4), 0);
    // PRIORITY and MESSAGE-INTEGRITY.
    attributes.extend_from_slice(&[0x00, 0x24, 0, 4, 1, 2, 3, 4, 0x00, 0x08, 0, 20]);
    attributes.extend_from_slice(&[7; 20]);
    let mut message = vec![0x00, 0x01];
    message.extend_from_slice(&u16::try_from(attributes.len()).unwrap().to_be_bytes());
    message.extend_from_slice(&[0x21, 0x12, 0xa4, 0x42]);
    message.extend_from_slice(b"transaction!");
    message.extend_from_slice(&attributes);
    message
}

const RTP: &[u8] = &[0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1];

#[test]
fn strangers_are_nobody() {
    let demux = Demux::default();
    for contents in [&check("abcd:efgh")[..], RTP, &[], &[0], &[22, 254, 253]] {
        assert_eq!(demux.find(&route(1), contents), None);
    }
}

#[test]
fn a_check_finds_its_peer_by_our_part_of_the_name_only() {
    let mut demux = Demux::default();
    demux.name(peer(1, 1), "abcd".to_owned());
    assert_eq!(demux.find(&route(1), &check("abcd:efgh")), Some(peer(1, 1)));
    assert_eq!(demux.find(&route(1), &check("efgh:abcd")), None);
    assert_eq!(demux.find(&route(1), &check("abcd")), None);
    assert_eq!(demux.find(&route(1), &check("abcde:efgh")), None);
    assert_eq!(
        demux.find(&route(1), RTP),
        None,
        "a name alone lets nothing else in"
    );
}

#[test]
fn what_is_no_check_goes_by_address() {
    let mut demux = Demux::default();
    demux.name(peer(1, 1), "abcd".to_owned());
    demux.remember(route(1), peer(1, 1));
    assert_eq!(demux.find(&route(1), RTP), Some(peer(1, 1)));
    assert_eq!(demux.find(&route(2), RTP), None);
    let tcp = Route {
        transport: Transport::Tcp,
        ..route(1)
    };
    assert_eq!(demux.find(&tcp, RTP), None, "another transport");
}

#[test]
fn a_check_for_somebody_else_from_a_known_address_is_not_misled() {
    let mut demux = Demux::default();
    demux.name(peer(1, 1), "old1".to_owned());
    demux.remember(route(1), peer(1, 1));
    // The browser joined anew from the same port before its former self was gone.
    demux.name(peer(1, 2), "new2".to_owned());
    assert_eq!(demux.find(&route(1), &check("new2:efgh")), Some(peer(1, 2)));
    demux.remember(route(1), peer(1, 2));
    assert_eq!(demux.find(&route(1), RTP), Some(peer(1, 2)));
    assert_eq!(demux.forget(peer(1, 1)).count(), 0);
    assert_eq!(demux.find(&route(1), RTP), Some(peer(1, 2)), "it is theirs");
}

#[test]
fn an_ice_restart_replaces_the_name() {
    let mut demux = Demux::default();
    demux.name(peer(1, 1), "one1".to_owned());
    demux.name(peer(1, 1), "two2".to_owned());
    assert_eq!(demux.find(&route(1), &check("one1:efgh")), None);
    assert_eq!(demux.find(&route(1), &check("two2:efgh")), Some(peer(1, 1)));
}

#[test]
fn addresses_of_one_peer_are_bounded_and_go_with_it() {
    let mut demux = Demux::default();
    demux.name(peer(1, 1), "abcd".to_owned());
    for port in 1..=1000 {
        demux.remember(route(port), peer(1, 1));
    }
    assert_eq!(demux.routes(), ROUTES_PER_PEER);
    assert_eq!(demux.find(&route(1), RTP), None);
    assert_eq!(demux.find(&route(1000), RTP), Some(peer(1, 1)));
    demux.forget_route(&route(1000));
    assert_eq!(demux.find(&route(1000), RTP), None);
    assert_eq!(demux.forget(peer(1, 1)).count(), ROUTES_PER_PEER - 1);
    assert_eq!((demux.routes(), demux.peers()), (0, 0));
    assert_eq!(demux.find(&route(999), &check("abcd:efgh")), None);
}

#[test]
fn a_room_goes_with_all_its_people_and_no_other() {
    let mut demux = Demux::default();
    for (room, participant, port) in [(1, 1, 1), (1, 2, 2), (2, 1, 3)] {
        demux.name(peer(room, participant), format!("u{room}{participant}"));
        demux.remember(route(port), peer(room, participant));
    }
    assert_eq!(demux.forget_room(1).len(), 2);
    assert_eq!(demux.find(&route(3), RTP), Some(peer(2, 1)));
    assert_eq!((demux.routes(), demux.peers()), (1, 1));
}

proptest! {
    #[test]
    fn any_bytes_are_sorted_without_a_panic(contents in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut demux = Demux::default();
        demux.remember(route(1), peer(1, 1));
        demux.find(&route(1), &contents);
        prop_assert_eq!(demux.find(&route(2), &contents), None);
    }

    /// Against a plain model: whatever is remembered and forgotten, both tables agree.
    #[test]
    fn the_table_is_what_was_said_last(steps in proptest::collection::vec((0_u8..3, 1_u16..6, 0_u32..4), 0..100)) {
        let mut demux = Demux::default();
        let mut model = HashMap::new();
        for (what, port, participant) in steps {
            match what {
                0 => {
                    demux.remember(route(port), peer(1, participant));
                    model.insert(port, participant);
                }
                1 => {
                    demux.forget_route(&route(port));
                    model.remove(&port);
                }
                _ => {
                    demux.forget(peer(1, participant)).count();
                    model.retain(|_, who| *who != participant);
                }
            }
            prop_assert_eq!(demux.routes(), model.len());
            for port in 1..6 {
                let expected = model.get(&port).map(|who| peer(1, *who));
                prop_assert_eq!(demux.find(&route(port), RTP), expected);
            }
        }
    }
}
