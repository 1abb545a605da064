//! People whose media has not connected: they are told, and put out in the end.

use std::time::{Duration, Instant};

use super::Room;
use super::person::Arrival;
use crate::ids::ParticipantId;
use crate::media::Media;
use crate::wire::{CloseCode, ErrorCode, Leave, ServerMessage};

const WHY: &str = "no media connection came about: a firewall may let none through";

impl<M: Media> Room<M> {
    /// Somebody sends or receives media: it has to come now, if it has not come before.
    pub(super) fn await_media(&mut self, id: ParticipantId) {
        let (Some(person), Some(within)) = (self.people.get_mut(&id), self.limits.media_within)
        else {
            return;
        };
        // A time that is never reached is no bound.
        if person.arrival == Arrival::Unasked
            && let Some(until) = self.at.now.checked_add(within)
        {
            // Early enough for a person to do something about it.
            let warn = Some(self.at.now + within / 3);
            person.arrival = Arrival::Awaited { until, warn };
            self.reckon_waits();
        }
    }

    /// Somebody's media has come.
    pub(super) fn media_arrived(&mut self, id: ParticipantId) {
        if let Some(person) = self.people.get_mut(&id)
            && person.arrival != Arrival::Came
        {
            person.arrival = Arrival::Came;
            self.reckon_waits();
        }
    }

    /// Warns those who wait for long, and puts out those who have waited for too long.
    pub(super) fn look_for_media(&mut self) {
        let now = self.at.now;
        let (mut warned, mut late) = (Vec::new(), Vec::new());
        for (id, person) in &mut self.people {
            let Arrival::Awaited { until, warn } = &mut person.arrival else {
                continue;
            };
            if *until <= now {
                late.push(*id);
            } else if warn.is_some_and(|at| at <= now) {
                *warn = None;
                warned.push(*id);
            }
        }
        for id in warned {
            self.tell_no_media(id);
        }
        for id in late {
            let message = format!("{WHY}.");
            let (id_of_request, code) = (None, ErrorCode::NoMedia);
            self.tell(
                id,
                &ServerMessage::Error {
                    id: id_of_request,
                    code,
                    message,
                },
            );
            self.leave(id, Leave::Failed, Some((CloseCode::NoMedia, WHY)));
        }
        self.reckon_waits();
    }

    /// Says how long media may still take, if it is late.
    pub(super) fn tell_no_media(&mut self, id: ParticipantId) {
        let person = self.people.get(&id);
        if let Some(Arrival::Awaited { until, warn: None }) = person.map(|one| one.arrival) {
            let left = until.saturating_duration_since(self.at.now);
            let seconds = u32::try_from(whole_seconds(left)).unwrap_or(u32::MAX);
            self.tell(id, &ServerMessage::NoMedia { seconds });
        }
    }
}

impl Arrival {
    /// When there is something to do.
    pub(super) fn due(self) -> Option<Instant> {
        match self {
            Self::Awaited { until, warn } => Some(warn.unwrap_or(until)),
            Self::Unasked | Self::Came => None,
        }
    }
}

/// Rounded up: nobody is to read "0 seconds".
const fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + (time.subsec_nanos() > 0) as u64
}
