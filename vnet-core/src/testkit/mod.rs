//! The contracts of every trait as ready-made tests, and what tests need beside them.
//!
//! Feature `testkit`; meant for `[dev-dependencies]`. Each trait has a module here with one function
//! per rule, named as a sentence, and one macro that makes every rule a test of its own, on the
//! adapter itself (`on_value`), in a `Box<dyn …>` (`on_box`) and in an `Arc<dyn …>` (`on_arc`).
//! The macro takes the name of an `async fn` that makes a new, empty adapter; a whole
//! `tests/contract.rs` is:
//!
//! ```
//! use vnet_core::memory::MemoryStore;
//!
//! async fn new_store() -> MemoryStore {
//!     MemoryStore::new()
//! }
//!
//! vnet_core::store_contract!(new_store);
//! # fn main() {}
//! ```
//!
//! | Macro | Rules | The constructor returns |
//! | --- | --- | --- |
//! | `user_store_contract!` | [`user_store`] | a `UserStore` |
//! | `session_store_contract!` | [`session_store`] | a [`Store`](crate::store::Store) |
//! | `identity_store_contract!` | [`identity_store`] | a `Store` |
//! | `meeting_store_contract!` | [`meeting_store`] | a `Store` |
//! | `help_store_contract!` | [`help_store`] | a `HelpStore` |
//! | `store_contract!` | all five | a `Store` |
//! | `identity_provider_contract!` | [`identity_provider`] | an `IdentityProvider` |
//! | `conference_provider_contract!` | [`conference_provider`] | a `ConferenceProvider` |
//! | `room_broker_contract!` | [`room_broker`] | a `RoomBroker` |
//! | `share_broker_contract!` | [`share_broker`] | a [`ShareBroker`](crate::share::ShareBroker) |
//! | `share_codes_contract!` | [`share_codes`] | a `ShareBroker` whose codes live for a second |
//!
//! Rules about several traits at once (a removed user takes the sessions along) stand with the
//! trait that loses something. To test two adapters in one file, call the macros in two modules.
//!
//! What speaks with browsers over a [`TextSocket`](crate::conference::TextSocket) is tested with [`text_socket`]: both
//! ends of a connection without a network.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};

mod clock;
pub mod conference_provider;
pub mod help_store;
pub mod identity_provider;
pub mod identity_store;
pub mod logs;
pub mod meeting_store;
pub mod mocks;
pub mod room_broker;
pub mod samples;
pub mod session_store;
pub mod share_broker;
pub mod share_codes;
mod text_socket;
pub mod user_store;

pub use clock::ManualClock;
pub use text_socket::{FakeBrowser, FakeSocket, Heard, text_socket};

/// How long one rule may take before it counts as broken.
pub const RULE_DEADLINE: Duration = Duration::from_secs(60);

/// Runs one rule on a runtime with two worker threads, within [`RULE_DEADLINE`].
///
/// What the macros put around every rule.
pub fn run(rule: Pin<Box<dyn Future<Output = ()> + Send>>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime can be started")
        .block_on(async {
            // On a worker, so that what the rule does runs as it does in a server.
            let rule = tokio::spawn(rule);
            let ended = tokio::time::timeout(RULE_DEADLINE, rule).await;
            match ended.expect("the rule must end: something waits for ever") {
                Ok(()) => {}
                Err(broken) => std::panic::resume_unwind(broken.into_panic()),
            }
        });
}

/// Asserts that `result` failed with `kind`.
fn assert_kind<T>(result: Result<T>, kind: ErrorKind, what: &str) -> Error {
    let Err(error) = result else {
        panic!("{what}: must fail with `{kind}`, but succeeded");
    };
    assert_eq!(error.kind(), kind, "{what}: {error:?}");
    error
}

/// Asserts that `result` failed because the value of `field` is taken.
fn assert_taken<T>(result: Result<T>, field: &str, what: &str) {
    let error = assert_kind(result, ErrorKind::AlreadyExists, what);
    assert_eq!(
        error.field(),
        Some(field),
        "{what}: the field that is taken"
    );
}

/// Runs all `attempts` at the same time and returns what they came to, in their order.
async fn at_once<T: Send + 'static>(
    attempts: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let attempts: Vec<_> = attempts.into_iter().collect();
    let start = std::sync::Arc::new(tokio::sync::Barrier::new(attempts.len().max(1)));
    let tasks: Vec<_> = attempts
        .into_iter()
        .map(|attempt| {
            let start = std::sync::Arc::clone(&start);
            tokio::spawn(async move {
                start.wait().await;
                attempt.await
            })
        })
        .collect();
    let mut results = Vec::with_capacity(tasks.len());
    for task in tasks {
        results.push(task.await.expect("an attempt must not panic"));
    }
    results
}

/// Makes each rule a test, three times. Called by the macros of the traits.
#[doc(hidden)]
#[macro_export]
macro_rules! __contract {
    ($module:ident, $object:ty, $new:ident, [$($rule:ident),* $(,)?]) => {
        mod $module {
            use super::$new as constructor;

            mod on_value {
                $(
                    #[test]
                    fn $rule() {
                        $crate::testkit::run(::std::boxed::Box::pin(async {
                            let adapter = super::constructor().await;
                            let adapter: ::std::sync::Arc<$object> = ::std::sync::Arc::new(adapter);
                            $crate::testkit::$module::$rule(adapter).await;
                        }));
                    }
                )*
            }

            mod on_box {
                $(
                    #[test]
                    fn $rule() {
                        $crate::testkit::run(::std::boxed::Box::pin(async {
                            let adapter = super::constructor().await;
                            let adapter: ::std::boxed::Box<$object> =
                                ::std::boxed::Box::new(adapter);
                            let adapter: ::std::sync::Arc<$object> = ::std::sync::Arc::new(adapter);
                            $crate::testkit::$module::$rule(adapter).await;
                        }));
                    }
                )*
            }

            mod on_arc {
                $(
                    #[test]
                    fn $rule() {
                        $crate::testkit::run(::std::boxed::Box::pin(async {
                            let adapter = super::constructor().await;
                            let adapter: ::std::sync::Arc<$object> = ::std::sync::Arc::new(adapter);
                            let adapter: ::std::sync::Arc<$object> = ::std::sync::Arc::new(adapter);
                            $crate::testkit::$module::$rule(adapter).await;
                        }));
                    }
                )*
            }
        }
    };
}

/// All five contracts of a [`Store`](crate::store::Store).
///
/// `$new` names an `async fn` without arguments that returns a new, empty store.
#[macro_export]
macro_rules! store_contract {
    ($new:ident) => {
        $crate::user_store_contract!($new);
        $crate::session_store_contract!($new);
        $crate::identity_store_contract!($new);
        $crate::meeting_store_contract!($new);
        $crate::help_store_contract!($new);
    };
}

#[cfg(test)]
mod tests {
    /// The names of the rules in a file, and those that its macro runs.
    fn rules(source: &str) -> (Vec<&str>, Vec<&str>) {
        let written = source
            .lines()
            .filter_map(|line| line.strip_prefix("pub async fn "))
            .filter_map(|line| line.split('(').next())
            .collect();
        let (_, list) = source.split_once("$new,").expect("a macro");
        let (_, list) = list.split_once('[').expect("a macro with a list");
        let (list, _) = list.split_once(']').expect("a list that ends");
        let run = list
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        (written, run.collect())
    }

    #[test]
    fn every_rule_is_run_by_its_macro() {
        for source in [
            concat!(
                include_str!("user_store.rs"),
                include_str!("user_store/changes.rs"),
                include_str!("user_store/lists.rs"),
            ),
            include_str!("session_store.rs"),
            include_str!("identity_store.rs"),
            concat!(
                include_str!("meeting_store.rs"),
                include_str!("meeting_store/lists.rs"),
                include_str!("meeting_store/by_start.rs"),
            ),
            include_str!("help_store.rs"),
            include_str!("identity_provider.rs"),
            include_str!("conference_provider.rs"),
            include_str!("room_broker.rs"),
            concat!(
                include_str!("share_broker.rs"),
                include_str!("share_broker/asking.rs"),
                include_str!("share_broker/queues.rs"),
                include_str!("share_broker/tree.rs"),
            ),
            include_str!("share_codes.rs"),
        ] {
            let (mut written, mut run) = rules(source);
            written.sort_unstable();
            run.sort_unstable();
            assert_eq!(written, run);
            assert!(!written.is_empty());
        }
    }
}
