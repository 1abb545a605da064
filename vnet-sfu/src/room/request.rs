//! Later messages of a connection: who may say what, how fast, and how it is answered.

use super::Room;
use super::person::{Outcome, Reply, Seat, refuse};
use crate::ids::{ConnId, ParticipantId};
use crate::media::Media;
use crate::rate::Verdict;
use crate::wire::{ClientMessage, CloseCode, ErrorCode, Leave, Request, ServerMessage};

impl<M: Media> Room<M> {
    pub(super) fn message(&mut self, conn: ConnId, request: Request) {
        // A message may have been under way while the room closed the connection.
        let Some(seat) = self.seats.get(&conn).copied() else {
            return;
        };
        match self.pace(seat) {
            Verdict::Fine => {}
            Verdict::TooFast => {
                let slower = refuse(ErrorCode::TooFast, "Too many messages: slow down.");
                return self.error(conn, request.id, slower);
            }
            Verdict::Hopeless => return self.put_out_for_flooding(conn, seat),
        }
        let outcome = match seat {
            Seat::In(me) => self.carry_out(me, request.id, request.message),
            Seat::Waiting(id) => self.while_waiting(id, &request.message),
        };
        if !self.seats.contains_key(&conn) {
            // It was closed in the course of the request.
            return;
        }
        match outcome {
            Ok(reply) => self.answer(conn, request.id, reply),
            Err(refusal) => self.error(conn, request.id, refusal),
        }
    }

    fn pace(&mut self, seat: Seat) -> Verdict {
        let now = self.at.now;
        let pace = match seat {
            Seat::In(id) => self.people.get_mut(&id).map(|one| &mut one.pace),
            Seat::Waiting(id) => self.waiting.get_mut(&id).map(|one| &mut one.pace),
        };
        pace.map_or(Verdict::Fine, |pace| pace.check(now))
    }

    fn put_out_for_flooding(&mut self, conn: ConnId, seat: Seat) {
        let (code, why) = (CloseCode::TooFast, "too many messages");
        match seat {
            Seat::In(id) => self.leave(id, Leave::Failed, Some((code, why))),
            Seat::Waiting(id) => {
                self.no_longer_waits(id);
                self.close(conn, code, why);
            }
        }
    }

    fn answer(&mut self, conn: ConnId, request_id: Option<u32>, reply: Reply) {
        let track = match reply {
            Reply::Ok => None,
            Reply::Track(track) => Some(track),
            Reply::None => return,
        };
        if let Some(id) = request_id {
            self.send(conn, &ServerMessage::Ok { id, track });
        }
    }

    fn while_waiting(&mut self, id: ParticipantId, message: &ClientMessage) -> Outcome {
        if !matches!(message, ClientMessage::Leave) {
            let waiting = "Wait until a host lets you in.";
            return Err(refuse(ErrorCode::WrongState, waiting));
        }
        if let Some(visitor) = self.no_longer_waits(id) {
            self.close(visitor.conn, CloseCode::Left, "left");
        }
        Ok(Reply::None)
    }

    fn carry_out(
        &mut self,
        me: ParticipantId,
        request_id: Option<u32>,
        message: ClientMessage,
    ) -> Outcome {
        match message {
            ClientMessage::Join(_) | ClientMessage::Resume(_) => Err(refuse(
                ErrorCode::WrongState,
                "`join` and `resume` are first messages: this connection is in already.",
            )),
            ClientMessage::Offer { offer } => self.renegotiate(me, request_id, &offer),
            ClientMessage::Publish(publish) => self.publish(me, &publish),
            ClientMessage::Unpublish { track } => self.unpublish(me, track),
            ClientMessage::Mute { track, muted } => self.mute(me, track, muted),
            ClientMessage::Want { tracks } => self.want(me, tracks),
            ClientMessage::Chat { text, to } => self.write(me, text, to),
            ClientMessage::Hand {
                raised,
                participant,
            } => self.hand(me, raised, participant),
            ClientMessage::React { emoji } => self.react(me, emoji),
            ClientMessage::Leave => {
                self.leave(me, Leave::Left, Some((CloseCode::Left, "left")));
                Ok(Reply::None)
            }
            host_action => {
                self.check_host(me)?;
                self.act(me, &host_action)
            }
        }
    }

    pub(super) fn check_host(&self, me: ParticipantId) -> Outcome<()> {
        match self.people.get(&me).is_some_and(|one| one.is_host()) {
            true => Ok(()),
            false => Err(refuse(ErrorCode::NotHost, "Only a host may do that.")),
        }
    }

    pub(super) fn check_participant(&self, id: ParticipantId) -> Outcome<()> {
        match self.people.contains_key(&id) {
            true => Ok(()),
            false => Err(refuse(
                ErrorCode::NoSuchParticipant,
                "No such participant: they may just have left.",
            )),
        }
    }
}
