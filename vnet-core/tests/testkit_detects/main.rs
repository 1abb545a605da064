//! Broken adapters that the contracts must catch.
//!
//! Each is a thin wrapper around a memory adapter with one defect; without a defect the wrappers
//! keep every rule, so what a rule catches is the defect.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod providers;
mod rooms;
mod stores;

use std::future::Future;

use vnet_core::testkit::RULE_DEADLINE;

/// Asserts that the rule fails, be it that it panics or that it never ends.
async fn assert_caught(rule: impl Future<Output = ()> + Send + 'static) {
    let rule = tokio::time::timeout(RULE_DEADLINE, tokio::spawn(rule));
    match rule.await {
        Err(_never_ends) => {}
        Ok(Err(failed)) => assert!(failed.is_panic()),
        Ok(Ok(())) => panic!("the rule did not notice"),
    }
}

/// One test per line: the name of the defect, the rule that must notice, the adapter.
macro_rules! caught {
    ($($name:ident: $rule:path, $adapter:expr;)*) => {
        $(
            // Time stands still, so whoever waits in vain gives up at once.
            #[tokio::test(start_paused = true)]
            async fn $name() {
                let adapter = std::sync::Arc::new($adapter);
                super::assert_caught($rule(adapter)).await;
            }
        )*
    };
}
use caught;
