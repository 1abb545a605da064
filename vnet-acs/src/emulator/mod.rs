//! A local server that speaks the Identity REST API, for tests and development (feature
//! `emulator`).
//!
//! It has the five operations with the status codes and bodies that were recorded from the real
//! service, verifies signatures over the raw target, `Host` and body as they were received, and
//! issues tokens that the official browser library accepts. They are of no use with Microsoft's
//! media service. Identities live in memory. Faults can be ordered per operation, and every
//! request is written down for assertions.
//!
//! ```
//! # async fn run() -> vnet_core::Result<()> {
//! use vnet_acs::emulator::{AcsEmulator, Fault};
//! use vnet_acs::{AcsIdentityProvider, Operation};
//! use vnet_core::identity::{IdentityProvider, TokenScope};
//!
//! let server = AcsEmulator::builder().build()?.spawn().await.expect("a free port");
//! let provider = AcsIdentityProvider::builder()
//!     .connection_string(server.connection_string())
//!     .allow_insecure_loopback(true)
//!     .build()?;
//! server.emulator().order_fault(Operation::CreateIdentity, Fault::DropBefore);
//! let (identity, _token) = provider.create_identity(&[TokenScope::Voip]).await?;
//! assert!(server.emulator().knows(&identity));
//! # Ok(()) }
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run()).unwrap();
//! ```

mod builder;
mod control;
mod fault;
mod journal;
mod operations;
mod reply;
mod route;
mod server;
mod service;
mod state;
mod token;
mod verify;

pub use builder::{EmulatorBuilder, GoneAnswer};
pub use fault::Fault;
pub use journal::{RecordedBody, RecordedRequest};
pub use server::EmulatorServer;
pub use service::AcsEmulator;
pub use state::TokenState;
