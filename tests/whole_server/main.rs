//! The complete server as its users have it: the program `examples/server` as a child process, SQLite on
//! disk, real sockets on loopback, and where it matters the emulator of Azure Communication Services.
#![expect(
    clippy::unwrap_used,
    reason = "what a test cannot do without may panic"
)]

mod acs;
mod cli;
mod local;
mod media;
mod redaction;
mod server;
mod sfu_only;
#[path = "../support/mod.rs"]
mod support;
mod web;
