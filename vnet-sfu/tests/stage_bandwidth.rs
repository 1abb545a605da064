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
fn a_bound_on_all_that_is_sent_makes_pictures_smaller() {
    let mut world = World::with(45, |config| config.limits.egress = Some(600_000));
    let (a, b) = (
        world.join(1, &Offer::simulcast()),
        world.join(2, &Offer::viewer()),
    );
    let camera = world.track(a, Source::Camera);
    world.want(b, camera, None);
    world.run(Duration::from_secs(8));
    assert_eq!(layer_now(&world, b, camera), Some(0));
}
