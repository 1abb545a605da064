//! Rooms in the memory of one process.

mod room;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use vnet_core::room::{EndReason, Membership, Peer, RoomBroker, RoomCode, RoomEvent, RoomLink};
use vnet_core::signal::Signal;
use vnet_core::{Error, ErrorKind, Limits, Result, async_trait};

use self::room::{Bounds, Place, Room, Wakers};

/// The [`RoomBroker`] of one process.
///
/// A cheap handle: its clones share the rooms. A message takes the lock of its own room only, so
/// its cost does not depend on the number of rooms; entering and leaving take the map's lock for a
/// moment. A room is forgotten the moment its last peer leaves.
///
/// [`Membership::send`] does not wake the task that calls it, although the message may be waiting
/// there too: poll [`Membership::poll_recv`] after it.
///
/// # Examples
/// ```
/// use vnet_core::Limits;
/// use vnet_core::id::PeerId;
/// use vnet_core::room::{Peer, RoomBroker, RoomCode, RoomEvent};
/// use vnet_signal::InProcessRooms;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> vnet_core::Result<()> {
/// let rooms = InProcessRooms::new(&Limits::default());
/// let ada = Peer { id: PeerId::generate(), sender: "ada".into(), echo: true };
/// let mut membership = rooms.join(RoomCode::parse("907308")?, ada).await?;
/// let first = membership.recv().await;
/// assert!(matches!(first, Some(RoomEvent::Connected { peers_count: 1 })));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct InProcessRooms {
    shared: Arc<Shared>,
}

struct Shared {
    rooms: Mutex<Rooms>,
    bounds: Bounds,
}

#[derive(Default)]
struct Rooms {
    open: HashMap<RoomCode, Arc<Room>>,
    ended: bool,
}

impl InProcessRooms {
    /// No rooms yet; queues are bounded by [`Limits::room_queue`] and [`Limits::room_queue_bytes`].
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            shared: Arc::new(Shared {
                rooms: Mutex::default(),
                bounds: Bounds {
                    messages: limits.room_queue,
                    bytes: limits.room_queue_bytes,
                },
            }),
        }
    }

    /// How many rooms have a peer in them.
    #[must_use]
    pub fn rooms_count(&self) -> usize {
        self.shared.lock().open.len()
    }

    /// Ends every room, for good: all events end, who comes later is refused as `Unavailable`.
    pub fn shutdown(&self) {
        let rooms = {
            let mut rooms = self.shared.lock();
            rooms.ended = true;
            std::mem::take(&mut rooms.open)
        };
        for room in rooms.into_values() {
            let mut wakers = Wakers::default();
            room.lock().end(&mut wakers);
            wakers.wake();
        }
    }
}

impl fmt::Debug for InProcessRooms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcessRooms")
            .field("rooms_count", &self.rooms_count())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl RoomBroker for InProcessRooms {
    async fn join(&self, code: RoomCode, peer: Peer) -> Result<Membership> {
        let mut wakers = Wakers::default();
        let (room, place) = self
            .shared
            .enter(code, peer.echo, &mut wakers)
            .inspect_err(|error| {
                tracing::debug!(peer.id = %peer.id, error = error.code(), "a peer was refused");
            })?;
        wakers.wake();
        tracing::debug!(peer.id = %peer.id, "a peer entered a room");
        Ok(Membership::new(Link {
            shared: Arc::clone(&self.shared),
            room,
            code,
            place,
            peer,
            wakers: Wakers::default(),
        }))
    }
}

impl Shared {
    /// The map holds plain data and nothing panics under its lock.
    fn lock(&self) -> MutexGuard<'_, Rooms> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is a place is decided under the map's lock, like everything that could make a
    /// room vanish: no two peers get one place, and none enters a room that is just forgotten.
    fn enter(&self, code: RoomCode, echo: bool, wakers: &mut Wakers) -> Result<(Arc<Room>, Place)> {
        let mut rooms = self.lock();
        if rooms.ended {
            return Err(ended());
        }
        let room = Arc::clone(rooms.open.entry(code).or_default());
        let place = room.lock().enter(echo, self.bounds, wakers);
        Ok((room, place.ok_or_else(vnet_core::room::room_full)?))
    }

    /// Takes `place` back if it is still held, and forgets the room if nobody is left.
    fn leave(&self, code: RoomCode, room: &Arc<Room>, place: Place) {
        let mut wakers = Wakers::default();
        {
            let mut rooms = self.lock();
            let mut seats = room.lock();
            seats.leave(place, self.bounds, &mut wakers);
            if seats.is_empty() {
                drop(seats);
                if let Entry::Occupied(entry) = rooms.open.entry(code)
                    && Arc::ptr_eq(entry.get(), room)
                {
                    entry.remove();
                }
            }
        }
        wakers.wake();
    }
}

/// One peer's place in a room.
struct Link {
    shared: Arc<Shared>,
    room: Arc<Room>,
    code: RoomCode,
    place: Place,
    peer: Peer,
    /// Who has to hear of what was pushed.
    wakers: Wakers,
}

impl RoomLink for Link {
    fn send(&mut self, signal: &Signal) -> Result<()> {
        let pushed = self.push(signal);
        self.flush();
        pushed
    }

    fn push(&mut self, signal: &Signal) -> Result<()> {
        let text = Bytes::from(signal.to_wire(&self.peer.sender));
        let empty = {
            let mut seats = self.room.lock();
            if !seats.holds(self.place) {
                return Err(match seats.end_reason() {
                    EndReason::PutOut => put_out(),
                    _ => ended(),
                });
            }
            seats.say(self.place, &text, self.shared.bounds, &mut self.wakers);
            seats.is_empty()
        };
        if empty {
            self.shared.leave(self.code, &self.room, self.place);
        }
        Ok(())
    }

    fn flush(&mut self) {
        self.wakers.wake();
    }

    /// No lock is held while wakers run, neither here nor when peers come, leave or are put out.
    fn wakes_unlocked(&self) -> bool {
        true
    }

    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<RoomEvent>> {
        self.room.lock().poll_next(self.place, cx)
    }

    fn peers_count(&self) -> usize {
        let seats = self.room.lock();
        if seats.holds(self.place) {
            seats.count()
        } else {
            0
        }
    }

    fn end_reason(&self) -> EndReason {
        self.room.lock().end_reason()
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.wakers.wake();
        self.shared.leave(self.code, &self.room, self.place);
        tracing::debug!(peer.id = %self.peer.id, "a peer left its room");
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("peer", &self.peer)
            .finish_non_exhaustive()
    }
}

fn ended() -> Error {
    Error::new(
        ErrorKind::Unavailable,
        "rooms_ended",
        "the rooms are closed",
    )
}

fn put_out() -> Error {
    Error::new(
        ErrorKind::Unavailable,
        "put_out",
        "this peer was put out of the room: it did not read",
    )
}

#[cfg(test)]
mod tests;
