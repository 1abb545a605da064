//! Share rooms: who is near whom, who shares, and who sends to whom; and sockets that speak of it.
//!
//! `hall` and `tree` are pure: requests and time in, events out. [`InProcessShares`] puts a lock and queues
//! around them, [`Shares`] drives one socket.

mod broker;
mod codes;
mod driver;
mod hall;
mod tree;

pub use broker::InProcessShares;
pub use driver::Shares;
