//! Sound and pictures from one browser to another, over good and bad links.

mod support;

use std::net::SocketAddr;
use std::time::Duration;

use support::media::Look;
use support::world::News;
use support::{Client, Link, Offer, Random, World};
use vnet_sfu::ids::ParticipantId;
use vnet_sfu::media::{Media, Transport};
use vnet_sfu::stage::LocalCandidate;
use vnet_sfu::wire::Source;

#[test]
fn two_people_hear_and_see_each_other() {
    let mut world = World::new(1);
    let (a, b) = (
        world.join(1, &Offer::default()),
        world.join(2, &Offer::default()),
    );
    for (viewer, publisher) in [(a, b), (b, a)] {
        let camera = world.track(publisher, Source::Camera);
        world.want(viewer, camera, Some(640));
    }
    world.run(Duration::from_secs(5));
    for (viewer, publisher) in [(a, b), (b, a)] {
        let camera = world.track(publisher, Source::Camera);
        let microphone = world.track(publisher, Source::Microphone);
        let seen = world.client(viewer).sink_of(camera).unwrap();
        let report = seen.play();
        assert!(report.faults.is_empty(), "{:?}", report.faults);
        assert!(
            report.frames.len() > 120,
            "{} pictures",
            report.frames.len()
        );
        assert_eq!(report.missing, 0);
        let heard = world.client(viewer).sink_of(microphone).unwrap();
        assert!(
            heard.packets.len() > 200,
            "{} of sound",
            heard.packets.len()
        );
        assert_eq!(heard.sources(), [publisher.0]);
    }
}

#[test]
fn a_late_joiner_has_a_picture_quickly() {
    let mut world = World::new(2);
    let a = world.join(1, &Offer::default());
    let camera = world.track(a, Source::Camera);
    let b = world.join(2, &Offer::viewer());
    world.want(b, camera, None);
    world.run(Duration::from_secs(10));
    let keys = |world: &World| world.client(a).camera.as_ref().unwrap().layers[0].keys_sent;
    let before = keys(&world);
    let c = world.join(3, &Offer::viewer());
    world.want(c, camera, None);
    let came = world.now;
    let seen = world.run_until(Duration::from_millis(1_500), |world| {
        world
            .client(c)
            .sink_of(camera)
            .is_some_and(|sink| !sink.play().frames.is_empty())
    });
    assert!(seen, "no picture in 1.5 s");
    assert!(
        world.now - came < Duration::from_millis(900),
        "{:?}",
        world.now - came
    );
    assert_eq!(keys(&world), before + 1);
    world.run(Duration::from_secs(1));
    for viewer in [b, c] {
        let report = world.client(viewer).sink_of(camera).unwrap().play();
        assert!(report.faults.is_empty(), "{:?}", report.faults);
    }
}

#[test]
fn loss_and_reordering_are_repaired() {
    for (seed, link) in [
        (3, Link::lossy(0.0, 0.2)),
        (4, Link::lossy(0.05, 0.0)),
        (5, Link::lossy(0.03, 0.1)),
    ] {
        let mut world = World::new(seed);
        let (a, b) = (
            world.join(1, &Offer::default()),
            world.join(2, &Offer::viewer()),
        );
        let camera = world.track(a, Source::Camera);
        world.want(b, camera, None);
        // Nobody can miss the very first packet.
        world.run(Duration::from_secs(1));
        for id in [a, b] {
            let seat = world.seat(id);
            (seat.up.link, seat.down.link) = (link, link);
        }
        world.run(Duration::from_secs(15));
        let sink = world.client(b).sink_of(camera).unwrap();
        let report = sink.play();
        assert!(report.faults.is_empty(), "{link:?}: {:?}", report.faults);
        assert!(
            report.frames.len() > 400,
            "{link:?}: {} pictures",
            report.frames.len()
        );
        assert_eq!(sink.twice, 0);
        let part = report.missing as f64 / sink.packets.len() as f64;
        assert!(
            part < 0.005,
            "{link:?}: {} of {} missing",
            report.missing,
            sink.packets.len()
        );
    }
}

#[test]
fn layers_change_on_key_frames_and_without_a_seam() {
    let mut world = World::new(6);
    let a = world.join(1, &Offer::simulcast());
    let b = world.join(2, &Offer::viewer());
    let camera = world.track(a, Source::Camera);
    let mut expected = Vec::new();
    for (width, layer) in [
        (320, 0),
        (640, 1),
        (1_280, 2),
        (300, 0),
        (1_280, 2),
        (640, 1),
    ] {
        world.want(b, camera, Some(width));
        world.run(Duration::from_secs(6));
        expected.push(layer);
    }
    let sink = world.client(b).sink_of(camera).unwrap();
    let report = sink.play();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    assert_eq!(report.missing, 0);
    assert_eq!(sink.twice, 0);
    let layers = report.layers();
    let mut steps = layers.iter();
    for layer in expected {
        assert!(steps.any(|step| *step == layer), "{layer} in {layers:?}");
    }
    for pair in report.frames.windows(2) {
        if pair[0].layer != pair[1].layer {
            assert!(pair[1].key, "a switch on something else than a key frame");
        }
        let ticks = pair[1].time.wrapping_sub(pair[0].time);
        assert!((1..30_000).contains(&ticks), "times jump by {ticks}");
    }
}

#[test]
fn a_slot_takes_another_track_without_a_seam() {
    let mut world = World::new(7);
    let (a, b) = (
        world.join(1, &Offer::default()),
        world.join(2, &Offer::default()),
    );
    let viewer = Offer {
        video_slots: 1,
        ..Offer::viewer()
    };
    let c = world.join(3, &viewer);
    let (of_a, of_b) = (
        world.track(a, Source::Camera),
        world.track(b, Source::Camera),
    );
    for _ in 0..3 {
        for (on, off) in [(of_a, of_b), (of_b, of_a)] {
            world.want_not(c, off);
            world.want(c, on, None);
            world.run(Duration::from_secs(2));
        }
    }
    let sink = world.client(c).sink_of(of_b).unwrap();
    let report = sink.play();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    assert_eq!(report.missing, 0);
    let mut sources: Vec<u32> = report.frames.iter().map(|frame| frame.source).collect();
    sources.dedup();
    assert_eq!(sources, [1, 2, 1, 2, 1, 2]);
}

#[test]
fn key_frames_are_asked_for_at_once_but_not_often() {
    let mut world = World::new(8);
    let a = world.join(1, &Offer::default());
    let camera = world.track(a, Source::Camera);
    world.run(Duration::from_secs(2));
    for n in 2..12 {
        let viewer = world.join(n, &Offer::viewer());
        world.want(viewer, camera, None);
        world.run(Duration::from_millis(120));
    }
    world.run(Duration::from_secs(2));
    let requests = &world.client(a).key_requests;
    assert!(!requests.is_empty());
    for pair in requests.windows(2) {
        let between = pair[1].0 - pair[0].0;
        // The link's own delay may tremble, the stage's clock may not.
        assert!(
            between >= Duration::from_millis(495),
            "{between:?} between requests"
        );
    }
    assert!(requests.len() < 8, "{} requests", requests.len());
    for n in 2..12 {
        let sink = world.client(ParticipantId(n)).sink_of(camera).unwrap();
        let report = sink.play();
        assert!(report.faults.is_empty(), "{:?}", report.faults);
        assert!(!report.frames.is_empty());
    }
}

#[test]
fn what_cannot_be_decoded_is_said_and_not_sent() {
    let mut world = World::new(9);
    let h264 = Offer {
        looks: vec![Look::H264],
        ..Offer::default()
    };
    let (a, b) = (world.join(1, &h264), world.join(2, &Offer::default()));
    let both = Offer {
        looks: vec![Look::Vp8, Look::H264],
        ..Offer::viewer()
    };
    let c = world.join(3, &both);
    let camera = world.track(a, Source::Camera);
    world.want(b, camera, None);
    world.want(c, camera, None);
    world.run(Duration::from_secs(3));
    let told =
        world.count(|news| matches!(news, News::Playable(p, t, false) if (*p, *t) == (b, camera)));
    assert_eq!(told, 1);
    assert_eq!(world.client(b).slot_of(camera), None);
    let seen = world.client(c).sink_of(camera).unwrap();
    assert!(seen.packets.len() > 60, "{}", seen.packets.len());
    assert_eq!(
        world.count(|news| matches!(news, News::Playable(p, ..) if *p == c)),
        0
    );
}

#[test]
fn every_codec_passes_through_from_a_key_frame_on() {
    for (seed, look) in [(10, Look::Vp9), (11, Look::H264), (12, Look::Av1)] {
        let mut world = World::new(seed);
        let looks = vec![look];
        let publisher = Offer {
            looks: looks.clone(),
            ..Offer::default()
        };
        let a = world.join(1, &publisher);
        let viewer = Offer {
            looks,
            ..Offer::viewer()
        };
        world.run(Duration::from_secs(1));
        let b = world.join(2, &viewer);
        let camera = world.track(a, Source::Camera);
        world.want(b, camera, None);
        world.run(Duration::from_secs(3));
        let sink = world.client(b).sink_of(camera).unwrap();
        let first = sink.packets.values().next().unwrap().label.unwrap();
        assert!(
            first.key && first.part == 0,
            "{look:?} begins with {first:?}"
        );
        assert!(sink.packets.len() > 60, "{look:?}: {}", sink.packets.len());
    }
}

#[test]
fn a_muted_track_sends_nothing_and_comes_back_with_a_key_frame() {
    let mut world = World::new(13);
    let (a, b) = (
        world.join(1, &Offer::default()),
        world.join(2, &Offer::viewer()),
    );
    let camera = world.track(a, Source::Camera);
    let microphone = world.track(a, Source::Microphone);
    world.want(b, camera, None);
    world.run(Duration::from_secs(3));
    let slot = world.client(b).slot_of(camera).unwrap().to_owned();
    for track in [camera, microphone] {
        world.mute(track, true);
    }
    world.run(Duration::from_millis(200));
    let count = |world: &World| {
        let client = world.client(b);
        let packets = |track| client.sink_of(track).unwrap().packets.len();
        (packets(camera), packets(microphone))
    };
    let before = count(&world);
    world.run(Duration::from_secs(2));
    assert_eq!(count(&world), before);
    assert_eq!(world.client(b).slot_of(camera), Some(slot.as_str()));
    for track in [camera, microphone] {
        world.mute(track, false);
    }
    world.run(Duration::from_secs(2));
    let after = count(&world);
    assert!(
        after.0 > before.0 + 40 && after.1 > before.1 + 80,
        "{before:?} {after:?}"
    );
    let report = world.client(b).sink_of(camera).unwrap().play();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    assert_eq!(report.missing, 0);
}

#[test]
fn a_publisher_that_vanishes_is_lost_and_may_come_back() {
    let mut world = World::new(14);
    let (a, b) = (
        world.join(1, &Offer::default()),
        world.join(2, &Offer::viewer()),
    );
    let camera = world.track(a, Source::Camera);
    world.want(b, camera, None);
    world.run(Duration::from_secs(3));
    let lost = |world: &World| world.count(|news| matches!(news, News::Lost(p) if *p == a));
    let connected = |world: &World| world.count(|n| matches!(n, News::Connected(p) if *p == a));
    assert_eq!((lost(&world), connected(&world)), (0, 1));
    for cut in [true, false] {
        world.seat(a).up.link.cut = cut;
        world.seat(a).down.link.cut = cut;
        world.run(Duration::from_secs(9));
        assert_eq!(lost(&world), 1);
        assert!(world.client(b).slot_of(camera).is_some());
    }
    assert_eq!(connected(&world), 2);
    let before = world.client(b).sink_of(camera).unwrap().packets.len();
    world.run(Duration::from_secs(2));
    assert!(world.client(b).sink_of(camera).unwrap().packets.len() > before + 40);
    world.leave(a);
    assert_eq!(world.client(b).slot_of(camera), None);
}

#[test]
fn an_ice_restart_moves_to_another_address_without_a_break() {
    let mut world = World::new(15);
    let (a, b) = (
        world.join(1, &Offer::default()),
        world.join(2, &Offer::viewer()),
    );
    let camera = world.track(a, Source::Camera);
    world.want(b, camera, None);
    world.run(Duration::from_secs(3));
    for (n, who) in [(1, a), (2, b)] {
        world.client_mut(who).address = SocketAddr::from(([10, 9, 9, n], 4_000));
        world.offer_again(who, true, 0);
    }
    let before = world.client(b).sink_of(camera).unwrap().packets.len();
    world.run(Duration::from_secs(3));
    let sink = world.client(b).sink_of(camera).unwrap();
    assert!(
        sink.packets.len() > before + 60,
        "{} after {before}",
        sink.packets.len()
    );
    assert_eq!(world.count(|news| matches!(news, News::Failed(_))), 0);
    let report = sink.play();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
}

#[test]
fn a_later_offer_brings_more_slots() {
    let mut world = World::new(16);
    let (a, b) = (
        world.join(1, &Offer::default()),
        world.join(2, &Offer::default()),
    );
    let viewer = Offer {
        video_slots: 1,
        ..Offer::viewer()
    };
    let c = world.join(3, &viewer);
    let cameras = [
        world.track(a, Source::Camera),
        world.track(b, Source::Camera),
    ];
    for camera in cameras {
        world.want(c, camera, None);
    }
    world.run(Duration::from_secs(2));
    let playing = |world: &World| {
        let shown = |track: &&_| world.client(c).slot_of(**track).is_some();
        cameras.iter().filter(shown).count()
    };
    assert_eq!(playing(&world), 1);
    world.offer_again(c, false, 2);
    world.run(Duration::from_secs(2));
    assert_eq!(playing(&world), 2);
    for camera in cameras {
        let report = world.client(c).sink_of(camera).unwrap().play();
        assert!(report.faults.is_empty(), "{:?}", report.faults);
        assert!(report.frames.len() > 30);
    }
}

#[test]
fn a_new_connection_of_the_same_browser_takes_over() {
    let mut world = World::new(17);
    let (a, b) = (
        world.join(1, &Offer::default()),
        world.join(2, &Offer::default()),
    );
    let (of_a, of_b) = (
        world.track(a, Source::Camera),
        world.track(b, Source::Camera),
    );
    world.want(a, of_b, None);
    world.want(b, of_a, None);
    world.run(Duration::from_secs(2));
    world.replace_connection(a, &Offer::default());
    world.run(Duration::from_secs(4));
    let camera = world.track(a, Source::Camera);
    world.want(b, camera, None);
    world.run(Duration::from_secs(2));
    let seen = world.client(a).sink_of(of_b).unwrap();
    assert!(seen.packets.len() > 60, "{}", seen.packets.len());
    let seen = world.client(b).sink_of(camera).unwrap().play();
    assert!(seen.faults.is_empty(), "{:?}", seen.faults);
    assert!(seen.frames.len() > 60);
    assert_eq!(world.count(|news| matches!(news, News::Failed(_))), 0);
    let connected = world.count(|news| matches!(news, News::Connected(p) if *p == a));
    assert_eq!(connected, 2);
}

#[test]
fn a_browser_reaches_a_server_behind_a_translated_address() {
    let public = SocketAddr::from(([198, 51, 100, 7], 10_000));
    let mut world = World::with(19, |config| {
        config.candidates[0].base = Some(config.candidates[0].address);
        config.candidates[0].address = public;
    });
    world.nat = Some(public);
    let (a, b) = (
        world.join(1, &Offer::default()),
        world.join(2, &Offer::viewer()),
    );
    let camera = world.track(a, Source::Camera);
    world.want(b, camera, None);
    world.run(Duration::from_secs(3));
    let report = world.client(b).sink_of(camera).unwrap().play();
    assert!(report.frames.len() > 60, "{}", report.frames.len());
}

#[test]
fn answers_name_every_address_and_a_name_of_their_own() {
    let public = SocketAddr::from(([198, 51, 100, 7], 10_000));
    let tcp = SocketAddr::from(([192, 0, 2, 1], 10_000));
    let mut world = World::with(18, |config| {
        config.candidates.push(LocalCandidate {
            transport: Transport::Udp,
            address: public,
            base: Some(tcp),
        });
        config
            .candidates
            .push(LocalCandidate::host(Transport::Tcp, tcp));
    });
    let mut names = Vec::new();
    for n in 1..=3 {
        let (_, sdp) = Client::new(
            ParticipantId(n),
            &Offer::viewer(),
            world.server,
            world.now,
            &mut Random(u64::from(n)),
        );
        let answer = world
            .stage
            .connect(ParticipantId(n), &sdp, world.now)
            .unwrap();
        assert!(answer.sdp.contains("a=ice-lite"));
        assert!(answer.sdp.contains(" 198.51.100.7 10000 typ host\r\n"));
        assert!(answer.sdp.contains(" 192.0.2.1 10000 typ host"));
        assert!(answer.sdp.contains("tcptype passive"), "{}", answer.sdp);
        let line = format!("a=ice-ufrag:{}", answer.ufrag);
        assert!(answer.sdp.contains(&line));
        assert!(answer.ufrag.len() >= 16);
        assert_eq!(answer.slots.len(), 7);
        names.push(answer.ufrag);
    }
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 3);
}
