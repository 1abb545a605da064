#![doc = include_str!("../README.md")]

mod address;
mod app;
mod body;
mod config;
mod context;
mod error;
mod form;
mod forwarded;
mod media;
mod page;
mod rate;
mod reply;
mod request_id;
mod session;

pub use address::{PathPrefix, PublicUrl, TrustedProxy};
pub use config::{CookieSecurity, HttpConfig};
pub use context::ClientAddr;
pub use rate::{Rate, RateLimits, RateRule};
pub use reply::Body;
