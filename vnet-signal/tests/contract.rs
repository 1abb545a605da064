//! The contract of every room broker, on the one in process.

use vnet_core::Limits;
use vnet_signal::InProcessRooms;

async fn rooms() -> InProcessRooms {
    InProcessRooms::new(&Limits::default())
}

vnet_core::room_broker_contract!(rooms);
