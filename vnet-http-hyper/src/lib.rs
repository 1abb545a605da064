#![doc = include_str!("../README.md")]

mod address;
mod api;
mod app;
mod asset;
mod audit;
mod body;
mod config;
mod context;
mod door;
mod error;
mod form;
mod forwarded;
mod front_end;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod handle;
mod media;
mod meter;
mod origin;
mod page;
mod rate;
mod reply;
mod request_id;
mod route;
mod server;
mod service;
mod session;
mod static_files;
#[cfg(feature = "tls")]
mod tls;
mod upgrade;

pub use address::{PathPrefix, PublicUrl, TrustedProxy};
pub use api::openapi_json;
pub use config::{CookieSecurity, HttpConfig};
pub use context::ClientAddr;
pub use door::MeetingDoor;
pub use rate::{Rate, RateLimits, RateRule};
pub use reply::Body;
pub use server::{Serve, serve};
pub use service::{ResponseFuture, VnetService};
#[cfg(feature = "tls")]
pub use tls::{Tls, local_names};
pub use upgrade::{UpgradeHandover, UpgradeSlot, UpgradedStream};
