//! How often clients may try things.

mod limiter;
mod rule;

pub(crate) use limiter::RateLimiter;
pub use rule::{Rate, RateLimits, RateRule};
