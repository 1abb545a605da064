#![doc = include_str!("../README.md")]

pub mod accounts;
mod builder;
pub mod clock;
pub mod conference;
pub mod error;
pub mod help;
pub mod id;
pub mod identities;
pub mod identity;
pub mod limits;
mod live;
pub mod local_identity;
pub mod log;
pub mod meeting;
pub mod meetings;
pub mod memory;
pub mod password;
mod refresh;
pub mod room;
pub mod secret;
pub mod session;
pub mod share;
pub mod signal;
mod staff;
pub mod store;
#[cfg(any(test, feature = "testkit"))]
#[expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "rules are tests: they panic when an adapter breaks them"
)]
pub mod testkit;
pub mod token;
pub mod user;
mod vnet;
pub mod web;

pub use async_trait::async_trait;

pub use builder::VnetBuilder;
pub use clock::{Clock, SystemClock};
pub use error::{Error, ErrorKind, FieldError, Result};
pub use limits::Limits;
pub use live::SessionWatch;
pub use refresh::Round;
pub use secret::Secret;
pub use staff::Staff;
pub use vnet::Vnet;
