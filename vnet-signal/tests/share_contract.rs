//! The contract of every broker of shares, on the one in process.

use std::time::Duration;

use vnet_core::Limits;
use vnet_signal::InProcessShares;

async fn shares() -> InProcessShares {
    InProcessShares::new(&Limits::default())
}

vnet_core::share_broker_contract!(shares);

async fn shares_with_short_codes() -> InProcessShares {
    let mut limits = Limits::default();
    limits.share_code_life = Duration::from_secs(1);
    InProcessShares::new(&limits)
}

vnet_core::share_codes_contract!(shares_with_short_codes);
