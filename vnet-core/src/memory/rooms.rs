//! Signalling rooms, as simple as they can be.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use bytes::Bytes;

use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::room::{
    EndReason, MAX_PEERS, Membership, Peer, RoomBroker, RoomCode, RoomEvent, RoomLink, room_full,
};
use crate::signal::Signal;

/// Rooms within this process. Clones share them.
///
/// One lock for all rooms: right for tests and small tools; servers have `vnet-signal`.
#[derive(Clone)]
pub struct MemoryRooms {
    inner: Arc<Inner>,
}

struct Inner {
    // Held for a few lines; wakers are called after it is released.
    rooms: Mutex<Rooms>,
    max_queue: usize,
    max_bytes: usize,
}

#[derive(Default)]
struct Rooms {
    by_code: HashMap<RoomCode, Vec<Seat>>,
    last_seat: u64,
}

/// The place of one peer, with what it has not heard yet.
struct Seat {
    number: u64,
    peer: Peer,
    queue: VecDeque<RoomEvent>,
    queued_bytes: usize,
    waker: Option<Waker>,
    is_overrun: bool,
}

impl MemoryRooms {
    /// No rooms yet; of the limits, `room_queue` and `room_queue_bytes` count.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            inner: Arc::new(Inner {
                rooms: Mutex::default(),
                max_queue: limits.room_queue.max(1),
                max_bytes: limits.room_queue_bytes,
            }),
        }
    }

    /// Rooms that somebody is in.
    #[must_use]
    pub fn rooms_count(&self) -> usize {
        self.inner.lock().by_code.len()
    }
}

/// With the default limits.
impl Default for MemoryRooms {
    fn default() -> Self {
        Self::new(&Limits::default())
    }
}

impl fmt::Debug for MemoryRooms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryRooms")
            .field("rooms", &self.rooms_count())
            .finish_non_exhaustive()
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Rooms> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues an event for everybody in the room but `but`, puts out who does not read, and says
    /// whom to wake.
    fn tell(&self, room: &mut Vec<Seat>, event: &RoomEvent, but: Option<u64>) -> Vec<Waker> {
        let mut wakers = Vec::new();
        let hearing = room.iter_mut().filter(|seat| Some(seat.number) != but);
        hearing.for_each(|seat| wakers.extend(self.queue(seat, event)));
        while let Some(index) = room.iter().position(|seat| seat.is_overrun) {
            wakers.extend(room.remove(index).waker);
            let peers_count = room.len();
            for seat in room.iter_mut() {
                wakers.extend(self.queue(seat, &RoomEvent::Disconnected { peers_count }));
            }
        }
        wakers
    }

    fn queue(&self, seat: &mut Seat, event: &RoomEvent) -> Option<Waker> {
        let bytes = size(event);
        let too_many = seat.queue.len() >= self.max_queue;
        let too_long = !seat.queue.is_empty() && seat.queued_bytes + bytes > self.max_bytes;
        if too_many || too_long {
            seat.is_overrun = true;
            return None;
        }
        seat.queue.push_back(event.clone());
        seat.queued_bytes += bytes;
        seat.waker.take()
    }
}

fn size(event: &RoomEvent) -> usize {
    match event {
        RoomEvent::Signal(bytes) => bytes.len(),
        RoomEvent::Connected { .. } | RoomEvent::Disconnected { .. } => 0,
    }
}

#[async_trait]
impl RoomBroker for MemoryRooms {
    async fn join(&self, room: RoomCode, peer: Peer) -> Result<Membership> {
        let mut rooms = self.inner.lock();
        if rooms
            .by_code
            .get(&room)
            .is_some_and(|room| room.len() >= MAX_PEERS)
        {
            return Err(room_full());
        }
        rooms.last_seat += 1;
        let number = rooms.last_seat;
        let seats = rooms.by_code.entry(room).or_default();
        seats.push(Seat {
            number,
            peer,
            queue: VecDeque::new(),
            queued_bytes: 0,
            waker: None,
            is_overrun: false,
        });
        let peers_count = seats.len();
        let wakers = self
            .inner
            .tell(seats, &RoomEvent::Connected { peers_count }, None);
        drop(rooms);
        wakers.into_iter().for_each(Waker::wake);
        Ok(Membership::new(MemoryLink {
            inner: Arc::clone(&self.inner),
            room,
            number,
        }))
    }
}

/// The key to a seat. It may be gone already: then its peer was put out.
struct MemoryLink {
    inner: Arc<Inner>,
    room: RoomCode,
    number: u64,
}

impl fmt::Debug for MemoryLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryLink")
            .field("seat", &self.number)
            .finish_non_exhaustive()
    }
}

impl RoomLink for MemoryLink {
    fn send(&mut self, signal: &Signal) -> Result<()> {
        let mut rooms = self.inner.lock();
        let seats = rooms.by_code.get_mut(&self.room);
        let seats = seats.filter(|seats| seats.iter().any(|seat| seat.number == self.number));
        let Some(seats) = seats else {
            let message = "this peer was put out of the room";
            return Err(Error::new(ErrorKind::Unavailable, "put_out", message));
        };
        let own = seats.iter().find(|seat| seat.number == self.number);
        let own = own.map(|seat| &seat.peer);
        let text = own.map_or_else(String::new, |peer| signal.to_wire(&peer.sender));
        let deaf = own.is_some_and(|peer| !peer.echo).then_some(self.number);
        let event = RoomEvent::Signal(Bytes::from(text));
        let wakers = self.inner.tell(seats, &event, deaf);
        drop(rooms);
        wakers.into_iter().for_each(Waker::wake);
        Ok(())
    }

    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<RoomEvent>> {
        let mut rooms = self.inner.lock();
        let mut seats = rooms.by_code.get_mut(&self.room).into_iter().flatten();
        let Some(seat) = seats.find(|seat| seat.number == self.number) else {
            return Poll::Ready(None);
        };
        if let Some(event) = seat.queue.pop_front() {
            seat.queued_bytes -= size(&event);
            return Poll::Ready(Some(event));
        }
        seat.waker = Some(cx.waker().clone());
        Poll::Pending
    }

    fn peers_count(&self) -> usize {
        self.inner
            .lock()
            .by_code
            .get(&self.room)
            .map_or(0, Vec::len)
    }

    fn end_reason(&self) -> EndReason {
        EndReason::PutOut
    }
}

impl Drop for MemoryLink {
    fn drop(&mut self) {
        let mut rooms = self.inner.lock();
        let Some(seats) = rooms.by_code.get_mut(&self.room) else {
            return;
        };
        let before = seats.len();
        seats.retain(|seat| seat.number != self.number);
        let peers_count = seats.len();
        let mut wakers = Vec::new();
        if peers_count < before {
            wakers = self
                .inner
                .tell(seats, &RoomEvent::Disconnected { peers_count }, None);
        }
        if seats.is_empty() {
            rooms.by_code.remove(&self.room);
        }
        drop(rooms);
        wakers.into_iter().for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::PeerId;

    #[tokio::test]
    async fn rooms_that_everybody_left_take_no_memory() {
        let rooms = MemoryRooms::default();
        let peer = |sender: &str| Peer {
            id: PeerId::generate(),
            sender: sender.into(),
            echo: true,
        };
        let code = RoomCode::parse("123456").unwrap();
        let ada = rooms.join(code, peer("ada")).await.unwrap();
        let bob = rooms.join(code, peer("bob")).await.unwrap();
        assert_eq!(rooms.rooms_count(), 1);
        drop((ada, bob));
        assert_eq!(rooms.rooms_count(), 0);
        assert!(!format!("{rooms:?}").contains("123456"));
    }
}
