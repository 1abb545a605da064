//! Rooms with media that only remembers what it was told.

mod arrival;
mod doors;
mod hosts;
mod media;
mod model;
mod replica;
mod resume;
mod support;
mod talk;
