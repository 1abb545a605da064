//! The loads, one file each. All check every message and answer that they get.

pub mod closed;
pub mod http;
pub mod idle;
pub mod joins;
pub mod paced;
mod rooms;
pub mod spinner;

use std::time::Duration;

pub use rooms::Rooms;

/// Nothing at all for so long means that something was lost.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a load is put on before and while it is measured.
#[derive(Clone, Copy, Debug)]
pub struct Length {
    /// Not measured.
    pub warm: Duration,
    /// Measured.
    pub measured: Duration,
}

impl Length {
    /// In milliseconds.
    #[must_use]
    pub const fn millis(warm: u64, measured: u64) -> Self {
        Self {
            warm: Duration::from_millis(warm),
            measured: Duration::from_millis(measured),
        }
    }
}
