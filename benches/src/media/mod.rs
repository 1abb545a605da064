//! Load for the embedded conference and its rivals: participants with pre-encoded media.

pub mod client;
pub mod inbox;
pub mod janus;
pub mod load;
pub mod payload;
pub mod sender;
pub mod tally;
pub mod vnet;
