//! What can only be seen, or broken, from inside. The tests of everything else are in `tests/`.

#[path = "../../tests/support/mod.rs"]
mod support;

use std::time::Duration;

use str0m::rtp::Ssrc;
use support::world::News;
use support::{Offer, World};

use super::Stage;
use crate::ids::ParticipantId;
use crate::media::Media;
use crate::wire::Source;

#[test]
fn a_panic_in_one_engine_loses_that_participant_alone() {
    let mut world = World::new(60);
    let people: Vec<_> = (1..=3).map(|n| world.join(n, &Offer::default())).collect();
    let cameras: Vec<_> = people
        .iter()
        .map(|id| world.track(*id, Source::Camera))
        .collect();
    for viewer in &people {
        for camera in &cameras {
            world.want(*viewer, *camera, None);
        }
    }
    world.run(Duration::from_secs(2));
    let number = world.stage.peer(people[1]).unwrap();
    world.stage.peers[number].link.panic_at_next = true;
    world.run(Duration::from_secs(1));
    let failed: Vec<_> = world
        .news
        .iter()
        .filter_map(|(_, news)| match news {
            News::Failed(id) => Some(*id),
            _ => None,
        })
        .collect();
    assert_eq!(failed, [people[1]]);
    assert_eq!(world.stage.counters().failed, 1);
    assert_eq!(world.client(people[0]).slot_of(cameras[1]), None);
    assert!(world.stage.slots(people[1]).is_empty());
    let before = world
        .client(people[0])
        .sink_of(cameras[2])
        .unwrap()
        .packets
        .len();
    world.run(Duration::from_secs(2));
    let after = world
        .client(people[0])
        .sink_of(cameras[2])
        .unwrap()
        .packets
        .len();
    assert!(after > before + 40, "{before} {after}");
    world.leave(people[1]);
    let again = world.join(2, &Offer::default());
    world.run(Duration::from_secs(1));
    assert!(world.client(again).connected);
}

#[test]
fn nothing_is_left_of_those_who_are_gone() {
    let mut world = World::new(61);
    for round in 0..3 {
        for n in 1..=5 {
            world.join(n, &Offer::default());
        }
        world.run(Duration::from_secs(1));
        for n in 1..=5 {
            world.leave(ParticipantId(n));
        }
        world.run(Duration::from_secs(1));
        let stage = &world.stage;
        assert!(
            stage.peers.is_empty() && stage.participants.is_empty(),
            "{round}"
        );
        assert!(stage.tracks.is_empty() && stage.track_numbers.is_empty());
        assert!(stage.due.is_empty(), "{} deadlines", stage.due.len());
        assert_eq!(stage.deadline(), None);
        assert!(stage.said.events.is_empty() && stage.said.outputs.is_empty());
    }
}

#[test]
fn engines_are_turned_no_more_often_than_there_is_something_to_send() {
    let mut world = World::new(62);
    let camera = Offer {
        microphone: false,
        camera: vec![("", 640, 1_100_000)],
        ..Offer::default()
    };
    let publisher = world.join(1, &camera);
    let track = world.track(publisher, Source::Camera);
    let viewer = world.join(2, &Offer::viewer());
    world.want(viewer, track, None);
    world.run(Duration::from_secs(8));
    let number = world.stage.peer(viewer).unwrap();
    let counts = |world: &World| {
        let peer = &world.stage.peers[number];
        (peer.link.turns, peer.figures.packets_out)
    };
    let before = counts(&world);
    world.run(Duration::from_secs(4));
    let after = counts(&world);
    let (turns, packets) = (after.0 - before.0, after.1 - before.1);
    assert!((500..=700).contains(&packets), "{packets}");
    // One for each packet, as the pacer has it, and some between two pictures.
    assert!(turns * 2 < packets * 3, "{turns} for {packets} packets");
}

#[test]
fn the_estimate_grows_before_any_picture_plays() {
    // Sound alone takes more than is believed to fit at first.
    let mut world = World::with(64, |config| config.first_estimate = 100_000);
    let speakers: Vec<_> = (1..=6).map(|n| world.join(n, &Offer::default())).collect();
    let offer = Offer {
        audio_slots: 6,
        video_slots: 6,
        ..Offer::viewer()
    };
    let viewer = world.join(9, &offer);
    let cameras: Vec<_> = speakers
        .iter()
        .map(|speaker| world.track(*speaker, Source::Camera))
        .collect();
    for camera in &cameras {
        world.want(viewer, *camera, Some(320));
    }
    let sees_all = |world: &World| {
        cameras.iter().all(|camera| {
            let sink = world.client(viewer).sink_of(*camera);
            sink.is_some_and(|sink| !sink.packets.is_empty())
        })
    };
    assert!(world.run_until(Duration::from_secs(10), sees_all));
}

/// The streams that a participant's engine sends, or could, in the order of the slots.
fn streams(world: &mut World, id: ParticipantId) -> Vec<Ssrc> {
    let now = world.now;
    let number = world.stage.peer(id).unwrap();
    let Stage { peers, said, .. } = &mut world.stage;
    let peer = &mut peers[number];
    let mids: Vec<_> = peer.slots.iter().map(|slot| slot.mid).collect();
    let known = peer.link.enter(now, said, |rtc| {
        let mut direct = rtc.direct_api();
        let of = |mid| Some(direct.stream_tx_by_mid(mid, None)?.ssrc());
        Ok(mids.into_iter().filter_map(of).collect())
    });
    world.drain();
    known.unwrap().unwrap()
}

fn named(world: &World, id: ParticipantId) -> Vec<Ssrc> {
    let number = world.stage.peer(id).unwrap();
    let slots = &world.stage.peers[number].slots;
    slots.iter().map(|slot| slot.outgoing.ssrc).collect()
}

#[test]
fn an_engine_has_the_streams_of_what_has_played_and_no_others() {
    let mut world = World::new(63);
    let ada = world.join(1, &Offer::default());
    let camera = world.track(ada, Source::Camera);
    let offer = Offer {
        audio_slots: 19,
        video_slots: 19,
        ..Offer::viewer()
    };
    let bob = world.join(2, &offer);
    let kept = streams(&mut world, bob);
    assert_eq!(kept.len(), 1, "one for pictures, to look for room in");
    world.run(Duration::from_secs(2));
    let sound = streams(&mut world, bob);
    assert_eq!(sound.len(), 2, "sound plays without being asked for");
    assert!(sound.contains(&kept[0]));
    world.want(bob, camera, None);
    world.run(Duration::from_secs(2));
    let both = streams(&mut world, bob);
    assert_eq!(both, sound, "the picture plays in the one that is kept");

    // What the browser was told stays so, used or not; and what plays goes on.
    let told = named(&world, bob);
    for (restart, more) in [(true, 0), (false, 2)] {
        world.offer_again(bob, restart, more);
        world.run(Duration::from_secs(1));
        assert_eq!(named(&world, bob)[..told.len()], told);
        assert_eq!(streams(&mut world, bob), both);
    }
    let seen = |world: &World| world.client(bob).sink_of(camera).unwrap().packets.len();
    let before = seen(&world);
    world.run(Duration::from_secs(1));
    assert!(seen(&world) > before + 20, "{before} {}", seen(&world));

    // Numbers go on under the same keys when it plays again: the stream is the same one.
    world.want_not(bob, camera);
    world.run(Duration::from_secs(1));
    assert_eq!(streams(&mut world, bob), both);
    world.want(bob, camera, None);
    world.run(Duration::from_secs(2));
    assert_eq!(streams(&mut world, bob), both);
    let report = world.client(bob).sink_of(camera).unwrap().play();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
}
