#![doc = include_str!("../README.md")]

pub use vnet_core as core;

#[cfg(feature = "acs")]
pub use vnet_acs as acs;
#[cfg(feature = "http-hyper")]
pub use vnet_http_hyper as http;
#[cfg(feature = "sfu")]
pub use vnet_sfu as sfu;
#[cfg(feature = "signal")]
pub use vnet_signal as signal;
#[cfg(feature = "sqlite")]
pub use vnet_store_sqlite as sqlite;
#[cfg(feature = "web")]
pub use vnet_web as web;

pub use vnet_core::{Error, ErrorKind, Limits, Result, Secret, Vnet, VnetBuilder};
