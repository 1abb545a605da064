//! Share rooms: one person of a meeting sends what it shows on to devices on the same network.
//!
//! The sharer is the root of a tree of devices; sound and picture go from browser to browser along its
//! links. A [`ShareBroker`] knows who is near whom, who shares, whom the sharer let in, and decides who is
//! linked with whom. It never sees what the devices send each other but as text to pass on.
//!
//! What is said stands in `docs/protocol.md`, "The share protocol".

mod broker;
mod code;
mod device;
mod error;
mod event;
mod network;
mod read;
mod request;
mod schema;

pub use broker::{ShareBroker, ShareLink, ShareMembership};
pub use code::ShareCode;
pub use device::{DeviceId, LinkId, ShareDevice, ShareId, viewer_name};
pub use error::ShareErrorCode;
pub use event::{
    AskedBy, EndedReason, NearbyDevice, NearbyShare, ShareBounds, ShareEvent, ShareMember,
};
pub use network::{LanSubnet, NetworkGroup};
pub use read::BadShareMessage;
pub use request::{
    Ask, Hello, RelinkReason, ShareAction, ShareReport, ShareRequest, SignalData, Way,
};
pub use schema::schema;

#[cfg(any(test, feature = "testkit"))]
pub use broker::MockShareBroker;

/// The version of the share protocol that this server speaks. Version 1 is the pair protocol, which is
/// another one and stays.
pub const VERSION: u32 = 2;
