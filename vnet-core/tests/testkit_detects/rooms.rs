//! Broken brokers.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use vnet_core::memory::MemoryRooms;
use vnet_core::room::{Membership, Peer, RoomBroker, RoomCode, RoomEvent, RoomLink};
use vnet_core::signal::Signal;
use vnet_core::testkit::room_broker as room;
use vnet_core::{Error, ErrorKind, Limits, Result, async_trait};

use super::caught;

/// What is wrong with a broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Defect {
    None,
    AdmitsAThird,
    ChecksThenAdmits,
    EchoesNothing,
    EchoesAlways,
    HidesTheOwnArrival,
    ForgetsToLeave,
    Reorders,
    LosesTheLastWords,
    KeepsMessagesForLater,
    NeverBounds,
    BlamesTheSender,
    MixesRooms,
    WakesNobody,
    NamesTheClient,
    EndsSilently,
}

#[derive(Clone, Debug)]
struct Broken {
    rooms: MemoryRooms,
    defect: Defect,
    said: Arc<Mutex<HashMap<RoomCode, Vec<RoomEvent>>>>,
    inside: Arc<Mutex<HashMap<RoomCode, usize>>>,
}

fn broken(defect: Defect) -> Broken {
    let mut limits = Limits::default();
    if defect == Defect::NeverBounds {
        (limits.room_queue, limits.room_queue_bytes) = (usize::MAX, usize::MAX);
    }
    Broken {
        rooms: MemoryRooms::new(&limits),
        defect,
        said: Arc::default(),
        inside: Arc::default(),
    }
}

#[async_trait]
impl RoomBroker for Broken {
    async fn join(&self, mut room: RoomCode, mut peer: Peer) -> Result<Membership> {
        match self.defect {
            Defect::EchoesNothing => peer.echo = false,
            Defect::EchoesAlways => peer.echo = true,
            Defect::MixesRooms => room = "000000".parse()?,
            Defect::NamesTheClient => peer.sender = "somebody".into(),
            Defect::ChecksThenAdmits => {
                let inside = self.inside.lock().unwrap().get(&room).copied().unwrap_or(0);
                if inside < 2 {
                    tokio::task::yield_now().await;
                    let mut rooms = self.inside.lock().unwrap();
                    let inside = rooms.entry(room).or_default();
                    *inside += 1;
                    room = format!("99{inside:04}").parse()?;
                }
            }
            _ => {}
        }
        let joined = match self.rooms.join(room, peer.clone()).await {
            Err(_full) if self.defect == Defect::AdmitsAThird => {
                self.rooms.join("999999".parse()?, peer).await?
            }
            joined => joined?,
        };
        let said = self
            .said
            .lock()
            .unwrap()
            .get(&room)
            .cloned()
            .unwrap_or_default();
        Ok(Membership::new(Link {
            inner: Some(joined),
            broker: self.clone(),
            room,
            replay: said.into(),
            held: VecDeque::new(),
            heard: 0,
            sent: 0,
        }))
    }
}

#[derive(Debug)]
struct Link {
    inner: Option<Membership>,
    broker: Broken,
    room: RoomCode,
    replay: VecDeque<RoomEvent>,
    held: VecDeque<RoomEvent>,
    heard: usize,
    sent: usize,
}

impl Link {
    fn inner(&mut self) -> &mut Membership {
        self.inner.as_mut().expect("until it is dropped")
    }

    fn has(&self, defect: Defect) -> bool {
        self.broker.defect == defect
    }

    fn poll_inner(&mut self, cx: &mut Context<'_>) -> Poll<Option<RoomEvent>> {
        if self.has(Defect::WakesNobody) {
            return self
                .inner()
                .poll_recv(&mut Context::from_waker(Waker::noop()));
        }
        self.inner().poll_recv(cx)
    }
}

impl RoomLink for Link {
    fn send(&mut self, signal: &Signal) -> Result<()> {
        self.sent += 1;
        if self.has(Defect::BlamesTheSender) && self.sent > 100 {
            return Err(Error::new(
                ErrorKind::Unavailable,
                "slow",
                "the other is slow",
            ));
        }
        if self.has(Defect::LosesTheLastWords) && self.sent > 1 {
            return Ok(());
        }
        if self.has(Defect::KeepsMessagesForLater) {
            let event = RoomEvent::Signal(signal.to_wire("ada").into());
            self.broker
                .said
                .lock()
                .unwrap()
                .entry(self.room)
                .or_default()
                .push(event);
        }
        let sent = self.inner().send(signal);
        if self.has(Defect::EndsSilently) {
            Ok(())
        } else {
            sent
        }
    }

    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<RoomEvent>> {
        if self.heard > 0
            && let Some(old) = self.replay.pop_front()
        {
            return Poll::Ready(Some(old));
        }
        if let Some(held) = self.held.pop_front() {
            return Poll::Ready(Some(held));
        }
        loop {
            let polled = self.poll_inner(cx);
            let Poll::Ready(Some(event)) = polled else {
                return polled;
            };
            self.heard += 1;
            if self.has(Defect::HidesTheOwnArrival) && self.heard == 1 {
                continue;
            }
            if self.has(Defect::Reorders)
                && matches!(event, RoomEvent::Signal(_))
                && let Poll::Ready(Some(next)) = self.poll_inner(cx)
            {
                self.held.push_back(event);
                return Poll::Ready(Some(next));
            }
            return Poll::Ready(Some(event));
        }
    }

    fn peers_count(&self) -> usize {
        self.inner.as_ref().map_or(0, Membership::peers_count)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if self.has(Defect::ForgetsToLeave) {
            std::mem::forget(self.inner.take());
        }
    }
}

/// The wrapper itself keeps every rule.
mod sound {
    async fn new_rooms() -> super::Broken {
        std::future::ready(super::broken(super::Defect::None)).await
    }

    vnet_core::room_broker_contract!(new_rooms);
}

caught! {
    a_broker_that_admits_a_third:
        room::a_third_peer_is_refused_and_changes_nothing, broken(Defect::AdmitsAThird);
    a_broker_that_checks_and_then_admits:
        room::of_many_joins_at_once_exactly_two_win, broken(Defect::ChecksThenAdmits);
    a_broker_that_echoes_nothing:
        room::a_message_reaches_everybody_as_the_same_bytes, broken(Defect::EchoesNothing);
    a_broker_that_echoes_nothing_to_who_is_alone:
        room::a_peer_that_is_alone_hears_itself, broken(Defect::EchoesNothing);
    a_broker_that_echoes_always:
        room::a_peer_without_echo_does_not_hear_itself, broken(Defect::EchoesAlways);
    a_broker_that_echoes_by_account:
        room::echo_is_about_the_connection_not_the_account, broken(Defect::EchoesAlways);
    a_broker_that_hides_the_own_arrival:
        room::the_first_event_is_the_own_arrival, broken(Defect::HidesTheOwnArrival);
    a_broker_that_forgets_who_left:
        room::dropping_a_membership_leaves_the_room, broken(Defect::ForgetsToLeave);
    a_broker_that_never_frees_a_place:
        room::a_code_is_used_again_after_everybody_left, broken(Defect::ForgetsToLeave);
    a_broker_that_never_frees_a_place_in_a_race:
        room::a_join_while_another_leaves_is_clean, broken(Defect::ForgetsToLeave);
    a_broker_that_reorders:
        room::messages_of_one_peer_keep_their_order, broken(Defect::Reorders);
    a_broker_that_reorders_the_last_words:
        room::the_last_words_of_a_peer_arrive, broken(Defect::Reorders);
    a_broker_that_loses_the_last_words:
        room::the_last_words_of_a_peer_arrive, broken(Defect::LosesTheLastWords);
    a_broker_that_keeps_messages_for_later:
        room::a_code_is_used_again_after_everybody_left, broken(Defect::KeepsMessagesForLater);
    a_broker_whose_queues_are_unbounded:
        room::a_peer_that_does_not_read_is_put_out, broken(Defect::NeverBounds);
    a_broker_that_blames_the_sender:
        room::a_peer_that_does_not_read_is_put_out, broken(Defect::BlamesTheSender);
    a_broker_that_takes_messages_of_who_was_put_out:
        room::a_peer_that_does_not_read_is_put_out, broken(Defect::EndsSilently);
    a_broker_that_mixes_rooms:
        room::rooms_do_not_mix, broken(Defect::MixesRooms);
    a_broker_that_wakes_nobody:
        room::a_waiting_peer_is_woken, broken(Defect::WakesNobody);
    a_broker_that_believes_the_client:
        room::a_message_reaches_everybody_as_the_same_bytes, broken(Defect::NamesTheClient);
}
