#![doc = include_str!("../README.md")]

pub mod builder;
mod client;
pub mod conference;
pub mod connection;
pub mod credential;
#[cfg(feature = "emulator")]
pub mod emulator;
mod error;
pub mod operation;
pub mod provider;
mod request;
pub mod retry;
pub mod signing;
mod wire;

pub use builder::AcsBuilder;
pub use conference::AcsConference;
pub use connection::ConnectionString;
pub use credential::{BearerCredential, TokenSource};
pub use operation::Operation;
pub use provider::{AcsIdentityProvider, TeamsUserToken};
pub use retry::RetryPolicy;
pub use signing::AccessKey;
