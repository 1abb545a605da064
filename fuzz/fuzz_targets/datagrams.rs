//! Whatever arrives for somebody in a meeting: the room goes on, answers only where somebody has shown to be,
//! and the other people notice nothing. What the bytes mean says `world.rs`.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

#[path = "../../vnet-sfu/tests/datagrams/world.rs"]
mod world;

static IT_CONNECTS: LazyLock<()> = LazyLock::new(world::the_honest_browser_connects);

fuzz_target!(|input: &[u8]| {
    LazyLock::force(&IT_CONNECTS);
    world::run(input);
});
