//! Malformed input, and people who come and go in every order.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod support;

use std::net::SocketAddr;
use std::time::Duration;

use proptest::prelude::*;
use support::world::News;
use support::{Client, Link, Offer, Random, World};
use vnet_sfu::ids::{ParticipantId, TrackId};
use vnet_sfu::media::{Media, Route, Transport};
use vnet_sfu::stage::LocalCandidate;
use vnet_sfu::wire::{ErrorCode, Publish, Source};

/// Two people in a call; the route that packets of the first come by.
fn call(seed: u64) -> (World, ParticipantId, ParticipantId, Route) {
    let mut world = World::new(seed);
    let (a, b) = (
        world.join(1, &Offer::default()),
        world.join(2, &Offer::viewer()),
    );
    let camera = world.track(a, Source::Camera);
    world.want(b, camera, None);
    world.run(Duration::from_secs(1));
    let route = Route {
        transport: Transport::Udp,
        local: world.server,
        remote: world.client(a).address,
    };
    (world, a, b, route)
}

fn still_works(world: &mut World, a: ParticipantId, b: ParticipantId) {
    assert_eq!(world.count(|news| matches!(news, News::Failed(_))), 0);
    let camera = world.track(a, Source::Camera);
    let count = |world: &World| world.client(b).sink_of(camera).unwrap().packets.len();
    let before = count(world);
    world.run(Duration::from_secs(1));
    assert!(count(world) > before + 20, "{before} {}", count(world));
    let faults = world.client(b).sink_of(camera).unwrap().play().faults;
    assert!(faults.is_empty(), "{faults:?}");
}

/// Bytes that look like STUN, DTLS, RTP or RTCP at first sight, or like nothing.
fn datagram() -> impl Strategy<Value = Vec<u8>> {
    let first = prop_oneof![0u8..2, 20u8..64, 128u8..192, any::<u8>()];
    let second = prop_oneof![192u8..224, 96u8..128, any::<u8>()];
    let rest = prop::collection::vec(any::<u8>(), 0..300);
    (first, second, rest).prop_map(|(first, second, mut rest)| {
        rest.insert(0, second);
        rest.insert(0, first);
        rest
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn random_datagrams_harm_nobody(
        seed in any::<u64>(),
        datagrams in prop::collection::vec(datagram(), 1..200),
    ) {
        let (mut world, a, b, route) = call(seed);
        let strange = Route { remote: SocketAddr::from(([203, 0, 113, 9], 9)), ..route };
        for contents in datagrams {
            world.stage.receive(a, route, &contents, world.now);
            world.drain();
            let authentic = world.stage.receive(a, strange, &contents, world.now);
            prop_assert!(!authentic);
            world.drain();
        }
        still_works(&mut world, a, b);
    }

    #[test]
    fn packets_changed_on_the_way_harm_nobody(
        seed in any::<u64>(),
        changes in prop::collection::vec((any::<u16>(), any::<u8>()), 1..100),
    ) {
        let (mut world, a, b, route) = call(seed);
        for (at, change) in changes {
            world.run(Duration::from_millis(10));
            // What the browser is about to send, with one byte changed and cut short at times.
            let made = {
                let now = world.now;
                let client = world.client_mut(a);
                client.make_media(now);
                client.timeout(now);
                client.packets.first().map(|packet| packet.contents.to_vec())
            };
            let Some(mut contents) = made else { continue };
            let at = usize::from(at) % contents.len();
            contents[at] ^= change;
            if change % 3 == 0 {
                contents.truncate(at);
            }
            world.stage.receive(a, route, &contents, world.now);
            world.drain();
        }
        prop_assert_eq!(world.count(|news| matches!(news, News::Failed(_))), 0);
        still_works(&mut world, a, b);
    }

    #[test]
    fn made_up_offers_are_answered_or_refused(
        lines in prop::collection::vec(
            prop_oneof![
                Just("v=0".to_owned()),
                Just("m=audio 9 UDP/TLS/RTP/SAVPF 111".to_owned()),
                Just("m=video 9 UDP/TLS/RTP/SAVPF 96 97".to_owned()),
                Just("a=ice-ufrag:abcd".to_owned()),
                Just("a=ice-pwd:aaaaaaaaaaaaaaaaaaaaaaaa".to_owned()),
                Just("a=setup:actpass".to_owned()),
                Just("a=rtpmap:96 VP8/90000".to_owned()),
                Just("a=simulcast:send q;h;f".to_owned()),
                Just("a=rid:q send".to_owned()),
                Just("a=group:BUNDLE 0 1".to_owned()),
                Just("a=recvonly".to_owned()),
                "a=mid:[0-9a-z]{0,3}",
                "[a-z]=[ -~]{0,40}",
            ],
            0..40,
        ),
    ) {
        let mut world = World::new(7);
        let offer = lines.join("\r\n");
        if let Err(error) = world.stage.connect(ParticipantId(1), &offer, world.now) {
            prop_assert!(error.code == ErrorCode::BadOffer, "{error:?}");
        }
        world.drain();
    }

    /// Whatever people do in whatever order: nobody fails, and in the end everybody who wants a
    /// picture gets one.
    #[test]
    fn people_come_and_go_in_every_order(
        seed in any::<u64>(),
        deeds in prop::collection::vec((0u8..8, 1u32..6, 1u32..6, 0u64..700), 5..40),
    ) {
        let mut world = World::new(seed);
        world.link = Link::lossy(0.01, 0.02);
        for (deed, who, other, wait) in deeds {
            let (who, other) = (ParticipantId(who), ParticipantId(other));
            let (here, there) = (world.seats.contains_key(&who), world.seats.contains_key(&other));
            match deed {
                0 | 1 if !here => { world.join(who.0, &Offer::simulcast()); }
                2 if here => world.leave(who),
                3..=5 if here && there => {
                    let camera = world.client(other).tracks.get(&Source::Camera).copied();
                    let width = [None, Some(320), Some(640)][usize::from(deed - 3)];
                    if let Some(camera) = camera { world.want(who, camera, width); }
                }
                6 if here => {
                    let camera = world.track(who, Source::Camera);
                    world.mute(camera, wait % 2 == 0);
                }
                7 if here => world.offer_again(who, wait % 2 == 0, usize::from(wait % 2 == 1)),
                _ => {}
            }
            world.run(Duration::from_millis(wait));
        }
        let here: Vec<ParticipantId> = world.seats.keys().copied().collect();
        for who in &here {
            world.seat(*who).up.link = Link::default();
            world.seat(*who).down.link = Link::default();
            let camera = world.track(*who, Source::Camera);
            world.mute(camera, false);
            for other in &here {
                world.want(*other, camera, Some(320));
            }
        }
        world.run(Duration::from_secs(4));
        prop_assert_eq!(world.count(|news| matches!(news, News::Failed(_))), 0);
        for who in &here {
            let camera = world.track(*who, Source::Camera);
            for other in here.iter().filter(|other| *other != who) {
                let sink = world.client(*other).sink_of(camera);
                let last = sink.and_then(|sink| sink.packets.values().map(|got| got.at).max());
                let fresh = last.is_some_and(|at| world.now - at < Duration::from_millis(500));
                prop_assert!(fresh, "{} does not see {}", other, who);
            }
        }
    }
}

#[test]
fn limits_are_kept() {
    let mut world = World::with(71, |config| {
        config.limits.publishers = 1;
        config.limits.participants = 3;
        config.limits.slots_per_participant = 8;
    });
    let a = world.join(1, &Offer::default());
    let b = world.join(2, &Offer::viewer());
    let none = Publish {
        source: Source::Camera,
        mid: "none".to_owned(),
        muted: false,
    };
    let refused = world.stage.publish(b, TrackId(99), &none, world.now);
    assert_eq!(refused.unwrap_err().code, ErrorCode::BadMid);
    let again = Publish {
        mid: world.client(a).camera.as_ref().unwrap().mid.clone(),
        ..none
    };
    let refused = world.stage.publish(a, TrackId(99), &again, world.now);
    assert_eq!(refused.unwrap_err().code, ErrorCode::AlreadyPublished);
    let as_screen = Publish {
        source: Source::Screen,
        ..again
    };
    let refused = world.stage.publish(a, TrackId(99), &as_screen, world.now);
    assert_eq!(refused.unwrap_err().code, ErrorCode::BadMid);
    let wide = Offer {
        video_slots: 9,
        ..Offer::viewer()
    };
    let (client, sdp) = support::Client::new(
        ParticipantId(3),
        &wide,
        world.server,
        world.now,
        &mut world.random.clone(),
    );
    drop(client);
    let refused = world.stage.connect(ParticipantId(3), &sdp, world.now);
    assert_eq!(refused.unwrap_err().code, ErrorCode::BadOffer);
    world.join(3, &Offer::viewer());
    let (_, sdp) = support::Client::new(
        ParticipantId(4),
        &Offer::viewer(),
        world.server,
        world.now,
        &mut world.random.clone(),
    );
    let refused = world.stage.connect(ParticipantId(4), &sdp, world.now);
    assert_eq!(refused.unwrap_err().code, ErrorCode::ServerFull);
}

#[test]
fn a_track_beyond_its_rate_is_cut_down_and_counted() {
    let mut world = World::with(72, |config| config.limits.track_bitrate = 200_000);
    let (a, b) = (
        world.join(1, &Offer::default()),
        world.join(2, &Offer::viewer()),
    );
    let camera = world.track(a, Source::Camera);
    world.want(b, camera, None);
    world.run(Duration::from_secs(10));
    assert!(world.stage.counters().over_rate > 50);
    let sink = world.client(b).sink_of(camera).unwrap();
    let bytes: usize = sink.packets.values().map(|got| got.bytes).sum();
    assert!(bytes * 8 / 12 < 220_000, "{} bits a second", bytes * 8 / 12);
    assert_eq!(world.count(|news| matches!(news, News::Failed(_))), 0);
}

#[test]
fn an_offer_that_cannot_be_answered_leaves_the_call_as_it_is() {
    let (mut world, a, b, _) = call(73);
    for bad in ["", "v=0\r\n", "v=0\r\nm=audio 9 X 0\r\na=mid:zz\r\n"] {
        let refused = world.stage.renegotiate(a, bad, world.now);
        assert_eq!(refused.unwrap_err().code, ErrorCode::BadOffer);
        world.drain();
    }
    still_works(&mut world, a, b);
}

#[test]
fn many_look_at_one() {
    let mut world = World::new(74);
    world.link.delay = Duration::from_millis(1);
    let a = world.join(1, &Offer::default());
    let camera = world.track(a, Source::Camera);
    let viewer = Offer {
        audio_slots: 1,
        video_slots: 1,
        ..Offer::viewer()
    };
    for n in 2..=60 {
        let viewer = world.join(n, &viewer);
        world.want(viewer, camera, None);
    }
    world.run(Duration::from_secs(2));
    for n in 2..=60 {
        let report = world
            .client(ParticipantId(n))
            .sink_of(camera)
            .unwrap()
            .play();
        assert!(report.faults.is_empty(), "{:?}", report.faults);
        assert!(report.frames.len() > 15, "{n} saw {}", report.frames.len());
    }
}

#[test]
fn addresses_that_come_later_are_told_to_those_who_come_and_who_offer_anew() {
    let mut world = World::new(61);
    let ada = world.join(1, &Offer::default());
    world.run(Duration::from_secs(2));
    let there = |address: &str| LocalCandidate::host(Transport::Udp, address.parse().unwrap());
    let both = [there("192.0.2.1:10000"), there("192.0.2.9:10000")];
    world.stage.reached_at(&both);
    let offer = world.client_mut(ada).later_offer(true, 0);
    let answer = world.stage.renegotiate(ada, &offer, world.now).unwrap();
    let told = |sdp: &str, ip: &str| sdp.contains(&format!(" {ip} 10000 typ host"));
    assert!(told(&answer.sdp, "192.0.2.1") && told(&answer.sdp, "192.0.2.9"));
    world.client_mut(ada).accept(&answer.sdp);
    world.stage.reached_at(&both[1..]);
    let mut random = Random(1);
    let (bob, server) = (ParticipantId(2), world.server);
    let (_client, offer) = Client::new(bob, &Offer::default(), server, world.now, &mut random);
    let answer = world.stage.connect(bob, &offer, world.now).unwrap();
    assert!(!told(&answer.sdp, "192.0.2.1") && told(&answer.sdp, "192.0.2.9"));
}
