#![doc = include_str!("../README.md")]

mod backup;
mod builder;
mod error;
mod file;
mod fold;
mod reader;
mod row;
mod schema;
mod store;
mod worker;

pub use builder::Builder;
pub use file::Check;
pub use store::SqliteStore;
