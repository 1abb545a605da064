#![doc = include_str!("../README.md")]

pub mod command;
pub mod ids;
pub mod limits;
pub mod media;
pub mod outbox;
pub mod room;
pub mod stage;
pub mod ticket;
pub mod wire;
