//! The media of one meeting without sockets, in virtual time.

#[path = "../../../vnet-sfu/tests/support/mod.rs"]
mod support;

use std::time::Duration;

use vnet_sfu::media::Media as _;
use vnet_sfu::wire::Source;

use support::{Offer, World};

/// Bits a second of a picture.
const RATE: u64 = 1_100_000;
/// Until everybody is connected and the estimates of the bandwidth have grown.
const SETTLED: Duration = Duration::from_secs(8);

/// Four cameras to `watching` people for some seconds; returns the packets forwarded meanwhile.
#[must_use]
pub fn forward(watching: u32, seconds: u64) -> u64 {
    let mut world = World::new(1);
    let camera = Offer {
        microphone: false,
        camera: vec![("", 640, RATE)],
        audio_slots: 0,
        video_slots: 0,
        ..Offer::default()
    };
    let viewer = Offer {
        camera: Vec::new(),
        video_slots: 4,
        ..camera.clone()
    };
    let mut tracks = Vec::new();
    for number in 1..=4 {
        let id = world.join(number, &camera);
        tracks.push(world.track(id, Source::Camera));
        // Cameras do not take their pictures at the same time.
        world.run(Duration::from_millis(7));
    }
    for number in 0..watching {
        let id = world.join(100 + number, &viewer);
        for track in &tracks {
            world.want(id, *track, None);
        }
    }
    world.run(SETTLED);
    let before = sent(&mut world);
    world.run(Duration::from_secs(seconds));
    sent(&mut world) - before
}

fn sent(world: &mut World) -> u64 {
    let people = world.stage.statistics();
    people.iter().map(|person| person.packets_out).sum()
}
