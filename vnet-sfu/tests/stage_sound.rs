//! Who is heard, and who is said to speak.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod support;

use std::time::Duration;

use support::world::News;
use support::{Offer, World};
use vnet_sfu::ids::ParticipantId;
use vnet_sfu::wire::Source;

fn talker() -> Offer {
    Offer {
        camera: Vec::new(),
        audio_slots: 2,
        video_slots: 0,
        ..Offer::default()
    }
}

fn set_level(world: &mut World, id: ParticipantId, level: i8) {
    let client = world.client_mut(id);
    client.microphone.as_mut().unwrap().level = level;
}

fn heard_by(world: &World, id: ParticipantId) -> Vec<ParticipantId> {
    let client = world.client(id);
    let mut heard: Vec<_> = world
        .seats
        .keys()
        .filter(|other| {
            world
                .client(**other)
                .tracks
                .get(&Source::Microphone)
                .is_some_and(|track| client.slot_of(*track).is_some())
        })
        .copied()
        .collect();
    heard.sort_unstable();
    heard
}

#[test]
fn the_loudest_are_heard_when_slots_are_few() {
    let mut world = World::new(20);
    let people: Vec<_> = (1..=6).map(|n| world.join(n, &talker())).collect();
    for id in &people {
        set_level(&mut world, *id, -100);
    }
    world.run(Duration::from_secs(3));
    let listener = people[5];
    for pair in [[0, 1], [2, 3], [4, 0]] {
        for speaker in pair {
            set_level(&mut world, people[speaker], -25);
        }
        world.run(Duration::from_secs(4));
        let mut expected = pair.map(|n| people[n]);
        expected.sort_unstable();
        assert_eq!(heard_by(&world, listener), expected);
        for speaker in pair {
            set_level(&mut world, people[speaker], -100);
        }
        world.run(Duration::from_secs(1));
        assert_eq!(
            heard_by(&world, listener),
            expected,
            "slots are held for a while"
        );
        world.run(Duration::from_secs(2));
    }
}

#[test]
fn two_who_speak_keep_their_slots_against_a_third_as_loud() {
    let mut world = World::new(21);
    let people: Vec<_> = (1..=4).map(|n| world.join(n, &talker())).collect();
    for (id, level) in people.iter().zip([-25, -25, -100, -100]) {
        set_level(&mut world, *id, level);
    }
    world.run(Duration::from_secs(4));
    set_level(&mut world, people[2], -24);
    world.run(Duration::from_secs(4));
    assert_eq!(heard_by(&world, people[3]), [people[0], people[1]]);
    set_level(&mut world, people[0], -100);
    world.run(Duration::from_secs(4));
    assert_eq!(heard_by(&world, people[3]), [people[1], people[2]]);
}

#[test]
fn unwanted_sound_is_not_sent() {
    let mut world = World::new(22);
    let (a, b) = (world.join(1, &talker()), world.join(2, &talker()));
    let microphone = world.track(a, Source::Microphone);
    world.run(Duration::from_secs(1));
    assert!(world.client(b).slot_of(microphone).is_some());
    world.want_not(b, microphone);
    assert_eq!(world.client(b).slot_of(microphone), None);
    world.want(b, microphone, None);
    assert!(world.client(b).slot_of(microphone).is_some());
}

#[test]
fn speakers_are_told_seldom_and_when_they_change() {
    let mut world = World::new(23);
    let people: Vec<_> = (1..=3).map(|n| world.join(n, &talker())).collect();
    for (id, level) in people.iter().zip([-20, -100, -100]) {
        set_level(&mut world, *id, level);
    }
    world.run(Duration::from_secs(4));
    let last = |world: &World| {
        let news = world.news.iter().rev().find_map(|(_, news)| match news {
            News::Speakers(speakers, dominant) => Some((speakers.clone(), *dominant)),
            _ => None,
        });
        let (speakers, dominant) = news.unwrap();
        let ids: Vec<_> = speakers.iter().map(|s| s.participant).collect();
        (ids, dominant)
    };
    assert_eq!(last(&world), (vec![people[0]], Some(people[0])));
    let before = world.count(|news| matches!(news, News::Speakers(..)));
    world.run(Duration::from_secs(4));
    let after = world.count(|news| matches!(news, News::Speakers(..)));
    assert_eq!(before, after, "nothing changed");
    for (id, level) in people.iter().zip([-100, -20, -100]) {
        set_level(&mut world, *id, level);
    }
    world.run(Duration::from_secs(3));
    set_level(&mut world, people[2], -35);
    world.run(Duration::from_secs(3));
    assert_eq!(last(&world), (vec![people[1], people[2]], Some(people[1])));
    let times: Vec<_> = world
        .news
        .iter()
        .filter(|(_, news)| matches!(news, News::Speakers(..)))
        .map(|(at, _)| *at)
        .collect();
    for pair in times.windows(2) {
        assert!(pair[1] - pair[0] >= Duration::from_millis(250));
    }
}

#[test]
fn redundant_sound_reaches_those_who_know_it_and_those_who_do_not() {
    let mut world = World::new(24);
    let red = Offer {
        redundant_sound: true,
        ..talker()
    };
    let (a, b, c) = (
        world.join(1, &red),
        world.join(2, &red),
        world.join(3, &talker()),
    );
    world.run(Duration::from_secs(2));
    let microphone = world.track(a, Source::Microphone);
    let whole = world.client(b).sink_of(microphone).unwrap();
    let plain = world.client(c).sink_of(microphone).unwrap();
    let size = |sink: &support::sink::Sink| sink.packets.values().next().unwrap().bytes;
    assert_eq!(
        size(whole),
        size(plain) + 9,
        "five bytes of headers and four of redundancy"
    );
    assert!(plain.packets.len() > 50, "{}", plain.packets.len());
    assert_eq!(plain.sources(), [1]);
    let level = plain.packets.values().next().unwrap().level;
    assert_eq!(level, Some(-30), "the level goes along");
}
