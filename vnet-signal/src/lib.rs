#![doc = include_str!("../README.md")]

pub mod frame;
pub mod path;
pub mod peer;

mod alarm;
mod broker;
mod close;
mod connection;
mod guard;
mod rate;
mod server;
mod share;
mod signalling;
mod text_socket;

pub use broker::InProcessRooms;
pub use close::Close;
pub use connection::{Connection, ReadAhead, websocket_config};
pub use guard::SessionGuard;
pub use peer::Outcome;
pub use server::{Admitted, Authenticate, Serve, serve};
pub use share::{InProcessShares, Shares};
pub use signalling::{Entry, Signalling, accept_key};
pub use text_socket::WebTextSocket;
