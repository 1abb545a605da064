//! A conference in virtual time: browsers (WebRTC engines in the client role) with made-up sound and
//! pictures, links with delay, loss, reordering and a narrow end, and a stage between them. No sockets,
//! no sleeping; the same seed gives the same run, up to the engines' own random numbers.

#![allow(
    dead_code,
    missing_debug_implementations,
    missing_docs,
    unreachable_pub,
    unused_imports,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::unwrap_used,
    reason = "each test uses a part of this, and it is nothing but test"
)]

pub mod client;
pub mod link;
pub mod media;
pub mod sink;
pub mod world;

pub use client::{Client, Offer};
pub use link::{Link, Random};
pub use world::World;
