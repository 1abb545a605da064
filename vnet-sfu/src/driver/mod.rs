//! Threads and sockets: what carries packets between browsers and rooms.
//!
//! A shard is one thread with one UDP socket and one TCP listener per address, all on one port number.
//! A room lives on one shard, so that the way of a packet has no lock and no task in it.

mod addresses;
mod demux;
mod framing;
mod host;
mod inbox;
mod lookout;
mod meters;
mod seats;
mod shard;
mod sockets;
mod tcp;
mod thread;
mod udp;

pub(crate) use host::{Driver, DriverConfig};
pub use meters::describe as describe_metrics;
pub(crate) use shard::Space;
