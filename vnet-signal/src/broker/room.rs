//! One room: its places, their queues, and who has to be woken.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use vnet_core::room::{EndReason, MAX_PEERS, RoomEvent};

/// An emptied queue that has grown beyond this gives its memory back.
const KEPT_CAPACITY: usize = 16;

/// What may wait for one peer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) messages: usize,
    pub(super) bytes: usize,
}

/// A room. The lock is held for a few lines, never while a waker runs.
#[derive(Default)]
pub(super) struct Room(Mutex<Seats>);

impl Room {
    /// The seats hold plain data and nothing panics under their lock.
    pub(super) fn lock(&self) -> MutexGuard<'_, Seats> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The places of a room.
#[derive(Default)]
pub(super) struct Seats {
    seats: [Option<Seat>; MAX_PEERS],
    entered: u64,
    ended: bool,
}

struct Seat {
    place: Place,
    echo: bool,
    queue: VecDeque<RoomEvent>,
    queued_bytes: usize,
    waker: Option<Waker>,
}

/// Which seat, and the how-many-th guest on it: a seat that was taken away and given to somebody
/// else is not mistaken for one's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    index: usize,
    entered: u64,
}

/// Tasks to wake once the lock is released.
#[derive(Default)]
pub(super) struct Wakers {
    by_seat: [Option<Waker>; MAX_PEERS],
    /// Of guests whose seat was given away since.
    gone: Vec<Waker>,
}

impl Wakers {
    fn add(&mut self, index: usize, waker: Option<Waker>) {
        let Some(waker) = waker else { return };
        let same = |old: &Waker| old.will_wake(&waker);
        if self.by_seat[index].as_ref().is_some_and(same) {
            return;
        }
        self.gone.extend(self.by_seat[index].replace(waker));
    }

    /// Only ever called with no lock held.
    pub(super) fn wake(&mut self) {
        for seat in &mut self.by_seat {
            if let Some(waker) = seat.take() {
                waker.wake();
            }
        }
        std::mem::take(&mut self.gone)
            .into_iter()
            .for_each(Waker::wake);
    }
}

impl Seats {
    pub(super) fn count(&self) -> usize {
        self.seats.iter().flatten().count()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count() == 0
    }

    pub(super) fn holds(&self, place: Place) -> bool {
        self.seats[place.index]
            .as_ref()
            .is_some_and(|seat| seat.place == place)
    }

    /// Why those who hold no place any more have lost it.
    pub(super) fn end_reason(&self) -> EndReason {
        if self.ended {
            EndReason::BrokerEnded
        } else {
            EndReason::PutOut
        }
    }

    /// Takes a free place and tells all; `None` when there is none.
    pub(super) fn enter(
        &mut self,
        echo: bool,
        bounds: Bounds,
        wakers: &mut Wakers,
    ) -> Option<Place> {
        let index = self.seats.iter().position(Option::is_none)?;
        self.entered += 1;
        let place = Place {
            index,
            entered: self.entered,
        };
        self.seats[index] = Some(Seat {
            place,
            echo,
            queue: VecDeque::new(),
            queued_bytes: 0,
            waker: None,
        });
        let event = RoomEvent::Connected {
            peers_count: self.count(),
        };
        // The newcomer first: should the other be full and be put out, it hears that afterwards.
        for index in [index, MAX_PEERS - 1 - index] {
            self.push(index, event.clone(), true, bounds, wakers);
        }
        Some(place)
    }

    /// Gives `place` back, if it is held, and tells those left.
    pub(super) fn leave(&mut self, place: Place, bounds: Bounds, wakers: &mut Wakers) {
        if self.holds(place) {
            self.vacate(place.index, bounds, wakers);
        }
    }

    /// Queues a message of `from` for all who want it. Wakes the others only: the sender is awake.
    pub(super) fn say(&mut self, from: Place, text: &Bytes, bounds: Bounds, wakers: &mut Wakers) {
        for index in 0..MAX_PEERS {
            let own = index == from.index;
            let wanted = |seat: &Seat| !own || seat.echo;
            if self.seats[index].as_ref().is_some_and(wanted) {
                let event = RoomEvent::Signal(text.clone());
                self.push(index, event, !own, bounds, wakers);
            }
        }
    }

    /// Ends the room for all.
    pub(super) fn end(&mut self, wakers: &mut Wakers) {
        self.ended = true;
        for (index, seat) in self.seats.iter_mut().enumerate() {
            wakers.add(index, seat.take().and_then(|seat| seat.waker));
        }
    }

    pub(super) fn poll_next(
        &mut self,
        place: Place,
        cx: &mut Context<'_>,
    ) -> Poll<Option<RoomEvent>> {
        let seat = match &mut self.seats[place.index] {
            Some(seat) if seat.place == place => seat,
            _ => return Poll::Ready(None),
        };
        if let Some(event) = seat.queue.pop_front() {
            seat.queued_bytes -= weight(&event);
            if seat.queue.is_empty() && seat.queue.capacity() > KEPT_CAPACITY {
                seat.queue = VecDeque::new();
            }
            return Poll::Ready(Some(event));
        }
        match &mut seat.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            none => *none = Some(cx.waker().clone()),
        }
        Poll::Pending
    }

    /// Queues `event`, or puts the peer out when its queue is full.
    fn push(
        &mut self,
        index: usize,
        event: RoomEvent,
        wake: bool,
        bounds: Bounds,
        wakers: &mut Wakers,
    ) {
        let Some(seat) = &mut self.seats[index] else {
            return;
        };
        let bytes = weight(&event);
        let full = seat.queue.len() >= bounds.messages.max(1)
            || (!seat.queue.is_empty() && seat.queued_bytes + bytes > bounds.bytes);
        if full {
            self.vacate(index, bounds, wakers);
            return;
        }
        seat.queued_bytes += bytes;
        seat.queue.push_back(event);
        if wake {
            wakers.add(index, seat.waker.take());
        }
    }

    /// Empties a seat and tells those left; that they may be full too ends after [`MAX_PEERS`].
    fn vacate(&mut self, index: usize, bounds: Bounds, wakers: &mut Wakers) {
        wakers.add(index, self.seats[index].take().and_then(|seat| seat.waker));
        let event = RoomEvent::Disconnected {
            peers_count: self.count(),
        };
        for index in 0..MAX_PEERS {
            self.push(index, event.clone(), true, bounds, wakers);
        }
    }
}

fn weight(event: &RoomEvent) -> usize {
    match event {
        RoomEvent::Signal(text) => text.len(),
        _ => 0,
    }
}
