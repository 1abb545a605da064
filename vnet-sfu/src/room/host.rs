//! What only hosts may do.

use super::Room;
use super::log::Audience;
use super::person::{Outcome, Refusal, Reply, Standing, Visitor, refuse};
use crate::ids::ParticipantId;
use crate::media::Media;
use crate::wire::{ClientMessage, CloseCode, ErrorCode, Leave, MeetingEvent, Role};

impl<M: Media> Room<M> {
    /// An action of a host.
    pub(super) fn act(&mut self, me: ParticipantId, action: &ClientMessage) -> Outcome {
        match *action {
            ClientMessage::MuteTrack { track } => self.set_muted(track, true, Some(me)),
            ClientMessage::Remove { participant } => self.put_out(participant),
            ClientMessage::Lock { locked } => Ok(self.set_locked(locked)),
            ClientMessage::Lobby { enabled } => Ok(self.set_lobby(enabled)),
            ClientMessage::Admit { participant } => self.admit(participant),
            ClientMessage::Deny { participant } => self.deny(participant),
            ClientMessage::HandOver { participant } => self.hand_over(me, participant),
            ClientMessage::End => {
                self.end(CloseCode::Ended, "a host ended the meeting");
                Ok(Reply::None)
            }
            // Whatever else there is, guests may say as well.
            _ => Err(refuse(ErrorCode::BadMessage, "Not an action of a host.")),
        }
    }

    fn put_out(&mut self, id: ParticipantId) -> Outcome {
        self.check_participant(id)?;
        if let Some(person) = self.people.get(&id) {
            self.remember(person.seen.user_id, Standing::Removed);
        }
        let why = (CloseCode::Removed, "a host removed you");
        self.leave(id, Leave::Removed, Some(why));
        Ok(Reply::Ok)
    }

    fn set_locked(&mut self, locked: bool) -> Reply {
        if self.state.locked != locked {
            self.state.locked = locked;
            self.emit_state();
        }
        Reply::Ok
    }

    fn set_lobby(&mut self, enabled: bool) -> Reply {
        if self.state.lobby != enabled {
            self.state.lobby = enabled;
            self.emit_state();
        }
        if !enabled {
            let waiting: Vec<ParticipantId> = self.waiting.keys().copied().collect();
            for id in waiting {
                if let Some(visitor) = self.no_longer_waits(id) {
                    self.let_in(visitor);
                }
            }
        }
        Reply::Ok
    }

    fn emit_state(&mut self) {
        let meeting = self.state;
        self.emit_to_all(MeetingEvent::MeetingChanged { meeting });
    }

    fn admit(&mut self, id: ParticipantId) -> Outcome {
        if !self.waiting.contains_key(&id) {
            return Err(nobody_waits());
        }
        // They go on waiting for somebody to leave.
        self.check_space()?;
        if let Some(visitor) = self.no_longer_waits(id) {
            self.let_in(visitor);
        }
        Ok(Reply::Ok)
    }

    /// Somebody who waited comes in, or hears why not.
    fn let_in(&mut self, visitor: Visitor) {
        let (conn, request_id) = (visitor.conn, visitor.request_id);
        if let Err(refusal) = self.enter(visitor) {
            self.turn_away(conn, request_id, refusal);
        }
    }

    fn deny(&mut self, id: ParticipantId) -> Outcome {
        let visitor = self.no_longer_waits(id).ok_or_else(nobody_waits)?;
        self.remember(*visitor.claims.user_id.as_uuid(), Standing::Removed);
        let denied = refuse(ErrorCode::Denied, "A host does not let you in.");
        self.turn_away(visitor.conn, visitor.request_id, denied);
        Ok(Reply::Ok)
    }

    fn hand_over(&mut self, me: ParticipantId, to: ParticipantId) -> Outcome {
        self.check_participant(to)?;
        if me == to {
            return Ok(Reply::Ok);
        }
        if self.set_role(to, Role::Host) {
            let waiting: Vec<_> = self.waiting.values().map(Visitor::seen).collect();
            for waiting in waiting {
                let news = MeetingEvent::WaitingAdded { waiting };
                self.emit(news, &Audience::Only(vec![to]));
            }
        }
        self.set_role(me, Role::Guest);
        Ok(Reply::Ok)
    }

    /// Tells all, if it is news.
    fn set_role(&mut self, id: ParticipantId, role: Role) -> bool {
        let Some(person) = self.people.get_mut(&id) else {
            return false;
        };
        let is_news = person.seen.role != role;
        if is_news {
            person.seen.role = role;
            self.emit_changed(id);
        }
        is_news
    }
}

fn nobody_waits() -> Refusal {
    let message = "Nobody with this number waits: they may just have gone.";
    refuse(ErrorCode::NoSuchParticipant, message)
}
