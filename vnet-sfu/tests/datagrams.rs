//! A few of the inputs that the fuzz target of the same name looks for at length.

#[path = "datagrams/world.rs"]
mod world;

use proptest::prelude::*;

#[test]
fn the_honest_browser_connects() {
    world::the_honest_browser_connects();
}

/// What has a meaning, so that not all of it is noise.
fn happening() -> impl Strategy<Value = Vec<u8>> {
    let some = || prop::collection::vec(any::<u8>(), 0..60);
    let with_bytes = move |what: u8| {
        some().prop_map(move |some| {
            let length = u8::try_from(some.len()).unwrap_or_default();
            [&[what, length], &some[..]].concat()
        })
    };
    let sent = (any::<u8>(), some()).prop_map(|(kind, some)| {
        let length = u8::try_from(some.len()).unwrap_or_default();
        [&[10, kind, length], &some[..]].concat()
    });
    let noise = prop::sample::select(vec![0_u8, 2, 3, 4]).prop_flat_map(with_bytes);
    let check = (prop::sample::select(vec![1_u8, 11]), any::<u8>(), some()).prop_map(
        |(what, one, some)| {
            let length = u8::try_from(some.len()).unwrap_or_default();
            [&[what, one, length], &some[..]].concat()
        },
    );
    let fate = (6..9_u8, any::<u8>()).prop_map(|(what, one)| match what {
        6 => vec![6, one],
        _ => vec![what],
    });
    prop_oneof![
        4 => noise,
        2 => check,
        3 => sent,
        2 => (any::<u8>(), any::<u8>()).prop_map(|(at, with)| vec![5, at, with]),
        2 => fate,
        2 => (0..30_u8).prop_map(|time| vec![9, time]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_arrives_the_room_goes_on(
        connected in any::<bool>(),
        happenings in prop::collection::vec(happening(), 0..40),
    ) {
        let mut input = vec![u8::from(connected)];
        input.extend(happenings.concat());
        world::run(&input);
    }
}
