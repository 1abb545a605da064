#![doc = include_str!("../README.md")]

// The network that tests share names this crate from outside.
#[cfg(test)]
extern crate self as vnet_sfu;

mod builder;
pub mod command;
mod driver;
pub mod ids;
pub mod limits;
pub mod media;
pub mod outbox;
mod provider;
mod rate;
pub mod room;
mod session;
mod sfu;
pub mod stage;
pub mod ticket;
pub mod turn;
pub mod wire;

pub use builder::SfuBuilder;
pub use driver::describe_metrics;
pub use limits::SfuLimits;
pub use sfu::Sfu;
pub use turn::TurnServer;
