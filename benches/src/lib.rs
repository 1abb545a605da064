//! How fast VNET is and how much memory it takes: a load generator, bare servers to compare with,
//! and what the measuring programs beside this crate share.

pub mod bare;
pub mod candidate;
pub mod fill;
pub mod frame;
pub mod load;
pub mod machine;
pub mod media;
pub mod net;
pub mod options;
pub mod report;
pub mod request;
pub mod server;
pub mod sockets;
pub mod stats;
pub mod wire;
