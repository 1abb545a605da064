//! Somebody with a browser, for whole-server tests here and in the embedding examples.
#![allow(dead_code, reason = "each test program needs another part of this")]

pub(crate) mod embedding;
pub(crate) mod person;
pub(crate) mod socket;

use std::time::Duration;

/// How long anything may take before a test counts as failed; never waited for when all is well.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Scheme, host and port of an address.
pub(crate) fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find('/').map_or(url.len(), |at| host + at);
    &url[..end]
}
