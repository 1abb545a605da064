//! The protocol at `/vnet/sfu/{meeting_id}/`: JSON texts over a WebSocket.

mod client;
mod error;
mod model;
mod read;
mod schema;
mod server;

pub use client::{ClientMessage, Join, Publish, Request, Resume};
pub use error::{CloseCode, ErrorCode};
pub use model::{
    ChatLine, Kind, Leave, MeetingState, Participant, Priority, Quality, Role, SlotState, Source,
    Speaking, Track, Waiting, Want,
};
pub use read::BadMessage;
pub use schema::schema;
pub use server::{Encode, MeetingEvent, Numbered, ServerMessage, Slot, Snapshot, Welcome};

/// The version of the protocol that this server speaks.
pub const VERSION: u32 = 1;

pub(crate) mod some_secret {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use vnet_core::Secret;

    pub(crate) fn serialize<S: Serializer>(
        secret: &Option<Secret>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        secret.as_ref().map(Secret::expose).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Secret>, D::Error> {
        Ok(Option::<String>::deserialize(from)?.map(Secret::new))
    }
}

pub(crate) mod secret {
    use serde::{Deserialize, Deserializer, Serializer};
    use vnet_core::Secret;

    pub(crate) fn serialize<S: Serializer>(secret: &Secret, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(secret.expose())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
        String::deserialize(from).map(Secret::new)
    }
}
