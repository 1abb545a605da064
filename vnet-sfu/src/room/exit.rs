//! Going out: by oneself, by a host's will, by a lost connection, or with the end of the meeting.

use vnet_core::conference::{ConferenceEvent, Gone, LeaveReason};

use super::io::RoomOutput;
use super::person::{Person, Seat};
use super::{Life, Room};
use crate::ids::{ConnId, ParticipantId};
use crate::media::Media;
use crate::wire::{CloseCode, Leave, MeetingEvent};

impl<M: Media> Room<M> {
    /// A connection is over.
    pub(super) fn gone(&mut self, conn: ConnId, why: Gone) {
        match self.seats.remove(&conn) {
            Some(Seat::Waiting(id)) => {
                self.no_longer_waits(id);
            }
            Some(Seat::In(id)) => {
                let Some(person) = self.people.get_mut(&id) else {
                    return;
                };
                person.conn = None;
                if why == Gone::SessionEnded {
                    self.leave(id, Leave::SessionEnded, None);
                    return;
                }
                person.gone_at = Some(self.at.now + self.limits.resume_within);
                self.reckon_losses();
                self.set_connected(id, false);
            }
            None => {}
        }
    }

    /// Those whose connection was lost for too long have left.
    pub(super) fn give_up_the_lost(&mut self) {
        let now = self.at.now;
        let late = |person: &Person| person.gone_at.is_some_and(|due| due <= now);
        let lost: Vec<_> = self.people.iter().filter(|(_, one)| late(one)).collect();
        let lost: Vec<_> = lost.into_iter().map(|(id, _)| *id).collect();
        for id in lost {
            self.leave(id, Leave::Lost, None);
        }
        self.reckon_losses();
    }

    /// When somebody's media is to be looked for.
    pub(super) fn reckon_waits(&mut self) {
        let waits = self.people.values().filter_map(|one| one.arrival.due());
        self.next_wait = waits.min();
    }

    /// When the next of them is due.
    pub(super) fn reckon_losses(&mut self) {
        self.next_loss = self.people.values().filter_map(|one| one.gone_at).min();
    }

    /// Takes somebody out, and tells the others.
    pub(super) fn leave(
        &mut self,
        id: ParticipantId,
        reason: Leave,
        close: Option<(CloseCode, &'static str)>,
    ) {
        if self.take_out(id, reason, close) {
            self.emit_to_all(MeetingEvent::Left {
                participant: id,
                reason,
            });
            self.reckon_losses();
            self.reckon_waits();
        }
    }

    fn take_out(
        &mut self,
        id: ParticipantId,
        reason: Leave,
        close: Option<(CloseCode, &'static str)>,
    ) -> bool {
        let Some(person) = self.people.remove(&id) else {
            return false;
        };
        if let Some(conn) = person.conn {
            self.seats.remove(&conn);
            if let Some((code, text)) = close {
                self.close(conn, code, text);
            }
        }
        self.media.disconnect(id, self.at.now);
        self.settle();
        self.tracks.retain(|_, track| track.participant != id);
        let tracks = &self.tracks;
        for other in self.people.values_mut() {
            other.unplayable.retain(|track| tracks.contains_key(track));
        }
        self.speakers.retain(|one| one.participant != id);
        self.dominant = self.dominant.filter(|one| *one != id);
        self.outputs
            .push_back(RoomOutput::Forget { participant: id });
        self.observed(ConferenceEvent::Left {
            meeting: self.meeting.clone(),
            at: self.at.utc,
            attendee: person.attendee(),
            reason: reason.into(),
        });
        true
    }

    /// Takes somebody out of the lobby, and tells the hosts.
    pub(super) fn no_longer_waits(&mut self, id: ParticipantId) -> Option<super::Visitor> {
        let visitor = self.waiting.remove(&id)?;
        self.emit_to_hosts(MeetingEvent::WaitingRemoved { participant: id });
        Some(visitor)
    }

    /// The server shuts down.
    pub(super) fn stop(&mut self) {
        self.end(CloseCode::GoingAway, "the server shuts down");
    }

    /// Ends the meeting for all.
    pub(super) fn end(&mut self, code: CloseCode, why: &'static str) {
        let all: Vec<ParticipantId> = self.people.keys().copied().collect();
        for id in all {
            self.take_out(id, Leave::Ended, Some((code, why)));
        }
        self.finish(code, why);
    }

    /// Nobody is in any more.
    pub(super) fn finish(&mut self, code: CloseCode, why: &'static str) {
        let waiting: Vec<ConnId> = self.waiting.values().map(|one| one.conn).collect();
        self.waiting.clear();
        for conn in waiting {
            self.close(conn, code, why);
        }
        if self.has_started {
            self.observed(ConferenceEvent::Ended {
                meeting: self.meeting.clone(),
                at: self.at.utc,
            });
        }
        self.next_loss = None;
        self.next_wait = None;
        self.life = Life::Over;
    }
}

impl From<Leave> for LeaveReason {
    fn from(leave: Leave) -> Self {
        match leave {
            Leave::Left => Self::Left,
            Leave::Lost => Self::Lost,
            Leave::Removed => Self::Removed,
            Leave::SessionEnded => Self::SessionEnded,
            Leave::Ended => Self::Ended,
            Leave::Failed => Self::Failed,
        }
    }
}
