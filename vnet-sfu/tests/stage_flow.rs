//! Sound and pictures from one browser to another, over good and bad links.

mod support;

use std::time::Duration;

use support::{Offer, World};
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
