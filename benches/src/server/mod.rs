//! The servers that are measured, each a process of its own on its own core.

mod process;
mod rival;
mod vnet;

pub use process::Process;
pub use rival::{Rival, bare_http};
pub use vnet::{Account, Vnet};
