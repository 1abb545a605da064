#![doc = include_str!("../README.md")]

pub mod clock;
pub mod conference;
pub mod error;
pub mod help;
pub mod id;
pub mod identity;
pub mod limits;
pub mod meeting;
pub mod password;
pub mod room;
pub mod secret;
pub mod session;
pub mod signal;
pub mod store;
pub mod token;
pub mod user;

pub use async_trait::async_trait;

pub use clock::{Clock, SystemClock};
pub use error::{Error, ErrorKind, FieldError, Result};
pub use limits::Limits;
pub use secret::Secret;
