//! How the bandwidth of a subscriber is found, spent and given back.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod support;

use std::time::Duration;

use support::world::News;
use support::{Link, Offer, World};
use vnet_sfu::ids::{ParticipantId, TrackId};
use vnet_sfu::media::Media;
use vnet_sfu::wire::{Priority, Source};

fn layer_now(world: &World, viewer: ParticipantId, track: TrackId) -> Option<u8> {
    let sink = world.client(viewer).sink_of(track)?;
    let frame = *sink.play().frames.last()?;
    (world.now - frame.at < Duration::from_millis(600)).then_some(frame.layer)
}

fn estimate(world: &mut World, who: ParticipantId) -> u64 {
    let figures = world.stage.statistics();
    let own = figures.iter().find(|f| f.participant == Some(who)).unwrap();
    own.estimate.unwrap()
}

#[test]
fn a_wide_link_carries_the_best_layer_soon() {
    let mut world = World::new(40);
    let (a, b) = (
        world.join(1, &Offer::simulcast()),
        world.join(2, &Offer::viewer()),
    );
    let camera = world.track(a, Source::Camera);
    world.want(b, camera, None);
    world.run(Duration::from_secs(8));
    assert_eq!(layer_now(&world, b, camera), Some(2));
    assert!(estimate(&mut world, b) > 1_400_000);
}

#[test]
fn a_link_that_shrinks_gets_the_low_layer_and_recovers() {
    let mut world = World::new(41);
    let (a, b) = (
        world.join(1, &Offer::simulcast()),
        world.join(2, &Offer::viewer()),
    );
    let camera = world.track(a, Source::Camera);
    world.want(b, camera, None);
    world.run(Duration::from_secs(8));
    assert_eq!(layer_now(&world, b, camera), Some(2));
    world.seat(b).down.link = Link::narrow(300_000);
    world.run(Duration::from_secs(10));
    assert_eq!(layer_now(&world, b, camera), Some(0), "300 kbit/s");
    let faults = world.client(b).sink_of(camera).unwrap().play().faults;
    assert!(faults.is_empty(), "{faults:?}");
    world.run(Duration::from_secs(5));
    let since = world.now - Duration::from_secs(5);
    let sink = world.client(b).sink_of(camera).unwrap();
    let recent = sink.play().frames.iter().filter(|f| f.at >= since).count();
    assert!(recent > 110, "{recent} pictures in 5 s of 300 kbit/s");
    world.seat(b).down.link = Link::default();
    let recovered = world.run_until(Duration::from_secs(25), |world| {
        layer_now(world, b, camera) == Some(2)
    });
    assert!(recovered, "still at {:?}", layer_now(&world, b, camera));
    let faults = world.client(b).sink_of(camera).unwrap().play().faults;
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
fn what_matters_most_is_paused_last() {
    let mut world = World::new(42);
    let people: Vec<_> = (1..=3).map(|n| world.join(n, &Offer::default())).collect();
    let b = world.join(9, &Offer::viewer());
    let cameras: Vec<_> = people
        .iter()
        .map(|id| world.track(*id, Source::Camera))
        .collect();
    let priorities = [Priority::Tile, Priority::Pinned, Priority::Speaker];
    for (camera, priority) in cameras.iter().zip(priorities) {
        world.want_with(b, *camera, None, priority);
    }
    world.run(Duration::from_secs(8));
    for camera in &cameras {
        assert!(layer_now(&world, b, *camera).is_some());
    }
    world.seat(b).down.link = Link::narrow(700_000);
    world.run(Duration::from_secs(12));
    assert!(layer_now(&world, b, cameras[1]).is_some(), "pinned");
    assert!(layer_now(&world, b, cameras[0]).is_none(), "a tile");
    let slot = world.client(b).slot_of(cameras[0]).unwrap();
    assert!(world.client(b).paused[slot], "said to be paused");
    let mic = world.track(people[0], Source::Microphone);
    let heard = world
        .client(b)
        .sink_of(mic)
        .unwrap()
        .packets
        .values()
        .last()
        .unwrap()
        .at;
    assert!(
        world.now - heard < Duration::from_millis(500),
        "sound goes on"
    );
}

#[test]
fn a_pause_of_all_sound_and_pictures_does_not_cost_the_picture() {
    let mut world = World::new(43);
    let (a, b) = (
        world.join(1, &Offer::default()),
        world.join(2, &Offer::viewer()),
    );
    let camera = world.track(a, Source::Camera);
    let microphone = world.track(a, Source::Microphone);
    world.want(b, camera, None);
    world.run(Duration::from_secs(5));
    for (n, pause) in [500, 2_200, 10_000].into_iter().enumerate() {
        for track in [camera, microphone] {
            world.mute(track, true);
        }
        world.run(Duration::from_millis(pause));
        for track in [camera, microphone] {
            world.mute(track, false);
        }
        let came = world.run_until(Duration::from_secs(2), |world| {
            layer_now(world, b, camera).is_some()
        });
        assert!(came, "nothing after pause {n}");
        world.run(Duration::from_secs(4));
        assert!(layer_now(&world, b, camera).is_some(), "after pause {n}");
    }
}

#[test]
fn pictures_that_came_another_way_are_back_at_once_though_the_estimate_fell_meanwhile() {
    let mut world = World::new(46);
    let (a, b) = (
        world.join(1, &Offer::simulcast()),
        world.join(2, &Offer::viewer()),
    );
    let camera = world.track(a, Source::Camera);
    world.want(b, camera, None);
    world.run(Duration::from_secs(8));
    assert_eq!(layer_now(&world, b, camera), Some(2));
    world.want_not(b, camera);
    // Only sound is sent, and the line is bad for a while: the estimate falls with it.
    world.seat(b).down.link = Link::narrow(24_000);
    world.run(Duration::from_secs(20));
    let low = estimate(&mut world, b);
    assert!(low < 75_000, "the estimate is still {low}");
    world.seat(b).down.link = Link::default();
    world.run(Duration::from_secs(2));
    world.want(b, camera, None);
    let came = world.run_until(Duration::from_millis(700), |world| {
        layer_now(world, b, camera).is_some()
    });
    assert!(
        came,
        "nothing, at an estimate of {}",
        estimate(&mut world, b)
    );
    world.run(Duration::from_secs(3));
    assert_eq!(layer_now(&world, b, camera), Some(2));
}

#[test]
fn a_picture_of_one_size_stays_once_it_is_back() {
    let mut world = World::new(47);
    let offer = Offer {
        camera: vec![("", 640, 1_700_000)],
        ..Offer::default()
    };
    let (a, b) = (world.join(1, &offer), world.join(2, &Offer::viewer()));
    let camera = world.track(a, Source::Camera);
    world.want(b, camera, None);
    world.run(Duration::from_secs(8));
    let before = estimate(&mut world, b);
    world.want_not(b, camera);
    world.seat(b).down.link = Link::narrow(24_000);
    world.run(Duration::from_secs(20));
    // The line is good again, and the low estimates of the bad time are but a moment old.
    world.seat(b).down.link = Link::default();
    world.run(Duration::from_millis(300));
    world.want(b, camera, None);
    let came = world.run_until(Duration::from_millis(700), |world| {
        layer_now(world, b, camera).is_some()
    });
    assert!(came);
    for tenth in 0..80 {
        world.run(Duration::from_millis(100));
        assert!(
            layer_now(&world, b, camera).is_some(),
            "gone after {tenth} tenths of a second, at an estimate of {} where it was {before}",
            estimate(&mut world, b)
        );
    }
}

#[test]
fn a_publisher_encodes_what_is_wanted() {
    let mut world = World::new(44);
    let (a, b) = (
        world.join(1, &Offer::simulcast()),
        world.join(2, &Offer::viewer()),
    );
    let camera = world.track(a, Source::Camera);
    world.run(Duration::from_secs(3));
    let last = |world: &World| {
        let news = world.news.iter().rev().find_map(|(at, news)| match news {
            News::Encode(who, track, layers) => {
                assert_eq!((*who, *track), (a, camera));
                Some((*at, layers.clone()))
            }
            _ => None,
        });
        news.unwrap()
    };
    assert_eq!(last(&world).1, Vec::<String>::new(), "nobody looks");
    world.want(b, camera, Some(320));
    assert_eq!(last(&world), (world.now, vec!["q".to_owned()]), "at once");
    world.run(Duration::from_secs(4));
    assert_eq!(layer_now(&world, b, camera), Some(0));
    world.want(b, camera, Some(1_280));
    world.run(Duration::from_secs(8));
    assert_eq!(layer_now(&world, b, camera), Some(2));
    assert_eq!(last(&world).1, ["f"]);
    let told = world.stage.encodes(a);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].layers, ["f"]);
    world.want_not(b, camera);
    let asked = world.now;
    world.run(Duration::from_secs(3));
    assert_eq!(last(&world).1, Vec::<String>::new());
    assert!(
        last(&world).0 - asked >= Duration::from_secs(1),
        "less is told later"
    );
}

#[test]
fn a_share_of_what_the_server_sends_makes_pictures_smaller_and_larger() {
    let mut world = World::new(45);
    let (a, b) = (
        world.join(1, &Offer::simulcast()),
        world.join(2, &Offer::viewer()),
    );
    let camera = world.track(a, Source::Camera);
    world.want(b, camera, None);
    world.stage.share(300_000, world.now);
    world.run(Duration::from_secs(8));
    assert_eq!(layer_now(&world, b, camera), Some(0));
    let needs = world.stage.needs();
    let [publisher, viewer] = needs[..] else {
        panic!("two people: {needs:?}");
    };
    assert_eq!((publisher.least, publisher.wish), (0, 0), "sees nothing");
    assert!(viewer.least > 0, "there is sound: {viewer:?}");
    assert!(viewer.wish > 300_000, "there could be more: {viewer:?}");
    // Nothing is looked for beyond the share.
    let before = world.seat(b).down.bytes;
    world.run(Duration::from_secs(4));
    let sent = (world.seat(b).down.bytes - before) * 8 / 4;
    assert!(sent < 330_000, "{sent} bits a second");
    world.stage.share(10_000_000, world.now);
    world.run(Duration::from_secs(12));
    assert_eq!(layer_now(&world, b, camera), Some(2));
}

/// Somebody who shares a screen, of 800 kbit/s in one size, and somebody who looks at it.
fn shared_screen(seed: u64) -> (World, ParticipantId, TrackId) {
    let mut world = World::new(seed);
    let offer = Offer {
        camera: Vec::new(),
        screen: true,
        ..Offer::default()
    };
    let (a, b) = (world.join(1, &offer), world.join(2, &Offer::viewer()));
    let screen = world.track(a, Source::Screen);
    world.want(b, screen, None);
    (world, b, screen)
}

#[test]
fn a_screen_that_fits_comes_at_once_and_soon_again_after_a_bad_moment() {
    let (mut world, b, screen) = shared_screen(46);
    let seen = |world: &World| layer_now(world, b, screen).is_some();
    assert!(world.run_until(Duration::from_secs(1), seen));
    world.run(Duration::from_secs(8));
    for (bad, again) in [(1, 1), (3, 1), (8, 8)] {
        world.seat(b).down.link = Link::narrow(500_000);
        world.run(Duration::from_secs(bad));
        world.seat(b).down.link = Link::default();
        assert!(
            world.run_until(Duration::from_secs(again), seen),
            "{again} s after {bad} bad seconds"
        );
        world.run(Duration::from_secs(15));
        assert!(seen(&world), "it stays after {bad} bad seconds");
    }
}

#[test]
fn who_reads_late_does_not_wait_for_an_estimate_that_never_grows() {
    for seed in [60, 61, 62] {
        let mut world = World::new(seed);
        let offer = Offer {
            camera: vec![("", 640, 1_700_000)],
            ..Offer::default()
        };
        let (a, early) = (world.join(1, &offer), world.join(2, &Offer::viewer()));
        let camera = world.track(a, Source::Camera);
        world.want(early, camera, None);
        world.run(Duration::from_secs(6));
        // Arrivals in heaps look like a narrow line, and looks around like nothing at all.
        let late = world.join(3, &Offer::viewer());
        world.seat(late).down.link = Link::read_late(Duration::from_millis(400));
        world.want(late, camera, None);
        let seen = |world: &World| {
            let client = world.client(late);
            let slot = client.slot_of(camera);
            slot.is_some_and(|slot| client.paused.get(slot) == Some(&false))
        };
        let soon = Duration::from_secs(13);
        assert!(world.run_until(soon, seen), "nothing is seen with {seed}");
        let mut tenths = 0;
        for _ in 0..600 {
            world.run(Duration::from_millis(100));
            tenths += u32::from(seen(&world));
        }
        assert!(tenths > 150, "{tenths} tenths of a minute with {seed}");
    }
}

#[test]
fn a_screen_that_does_not_fit_is_tried_seldom_and_sound_goes_on() {
    let (mut world, b, screen) = shared_screen(47);
    world.seat(b).down.link = Link::narrow(500_000);
    world.run(Duration::from_secs(10));
    let (mut changes, mut before) = (0, None);
    for _ in 0..600 {
        world.run(Duration::from_millis(100));
        let slot = world.client(b).slot_of(screen).unwrap();
        let paused = world.client(b).paused[slot];
        changes += u32::from(before.replace(paused).is_some_and(|old| old != paused));
    }
    assert!(changes <= 10, "{changes} changes in a minute");
    let publisher = ParticipantId(1);
    let voice = world.track(publisher, Source::Microphone);
    let heard = &world.client(b).sink_of(voice).unwrap().packets;
    let since = world.now - Duration::from_secs(60);
    let heard = heard.values().filter(|packet| packet.at >= since).count();
    assert!(
        heard > 2_800,
        "{heard} of 3,000 pieces of sound in a minute"
    );
}

#[test]
fn loss_is_told_layer_by_layer_and_way_by_way() {
    let mut world = World::new(48);
    let (a, b) = (
        world.join(1, &Offer::simulcast()),
        world.join(2, &Offer::viewer()),
    );
    let camera = world.track(a, Source::Camera);
    world.want(b, camera, None);
    world.obey = false;
    world.run(Duration::from_secs(6));
    let figures = |world: &mut World| {
        let figures = world.stage.statistics();
        let of = |who| figures.iter().find(|it| it.participant == Some(who));
        let layers = of(a).unwrap().receiving.iter();
        let layers: Vec<_> = layers.filter(|it| it.track == camera).cloned().collect();
        let sent = of(b).unwrap().sending.iter().find(|it| it.track == camera);
        (layers, sent.unwrap().clone())
    };
    let (layers, sent) = figures(&mut world);
    let names: Vec<_> = layers.iter().map(|layer| layer.layer.as_str()).collect();
    assert_eq!(names, ["q", "h", "f"]);
    assert!(
        layers.iter().all(|layer| layer.loss == Some(0.0)),
        "{layers:?}"
    );
    assert!(layers.is_sorted_by_key(|layer| layer.bitrate), "{layers:?}");
    assert_eq!(sent.loss, Some(0.0));
    world.seat(a).up.link = Link::lossy(0.2, 0.0);
    // The figures are those of a second, in which the smallest layer has few packets: their mean counts. What
    // was sent again in time is not lost: less than a fifth is left.
    let mut losses = vec![Vec::new(); 3];
    for _second in 0..10 {
        world.run(Duration::from_secs(1));
        for (losses, layer) in losses.iter_mut().zip(figures(&mut world).0) {
            losses.extend(layer.loss);
        }
    }
    let mean = |losses: &Vec<f32>| losses.iter().sum::<f32>() / losses.len() as f32;
    let lossy = |losses: &Vec<f32>| (0.01..0.4).contains(&mean(losses));
    assert!(losses.iter().all(lossy), "{losses:?}");
    world.seat(a).up.link = Link::default();
    world.seat(b).down.link = Link::lossy(0.3, 0.0);
    // What was sent again in time is not lost.
    let mut lost = 0.0_f32;
    for _second in 0..6 {
        world.run(Duration::from_secs(1));
        lost = lost.max(figures(&mut world).1.loss.unwrap_or_default());
    }
    assert!(lost > 0.0);
    let (layers, _) = figures(&mut world);
    assert!(
        layers.iter().all(|layer| layer.loss == Some(0.0)),
        "{layers:?}"
    );
}
