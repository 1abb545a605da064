//! The limits that VNET is measured against: servers that do nothing but the bare minimum.
//!
//! They run on one thread, know no accounts, and come with the program `bare`.

pub mod conference;
pub mod http;
pub mod relay;
pub mod signalling;
pub mod stage;
