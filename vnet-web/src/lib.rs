#![doc = include_str!("../README.md")]

mod embedded;
mod folder;
mod manifest;

pub use embedded::Embedded;
pub use folder::FolderFrontEnd;
