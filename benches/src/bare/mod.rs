//! The limits that VNET is measured against: servers that do nothing but the bare minimum.
//!
//! Both run on one thread, know neither accounts nor JSON, and come with the program `bare`.

pub mod http;
pub mod relay;
