//! Chat, hands and reactions.

use super::Room;
use super::log::Audience;
use super::person::{Outcome, Reply, refuse};
use crate::ids::ParticipantId;
use crate::media::Media;
use crate::wire::{ChatLine, ErrorCode, MeetingEvent};

impl<M: Media> Room<M> {
    pub(super) fn write(
        &mut self,
        me: ParticipantId,
        text: String,
        to: Option<ParticipantId>,
    ) -> Outcome {
        if text.trim().is_empty() {
            return Err(refuse(ErrorCode::BadText, "`text` is empty."));
        }
        if text.chars().count() > self.limits.chat_chars {
            return Err(refuse(ErrorCode::BadText, "`text` is too long."));
        }
        if let Some(to) = to {
            self.check_participant(to)?;
        }
        let Some(person) = self.people.get(&me) else {
            return Ok(Reply::None);
        };
        let line = ChatLine {
            from: me,
            name: person.seen.name.clone(),
            to,
            text,
            at: self.at.millis(),
        };
        self.chat.push_back(line.clone());
        if self.chat.len() > self.limits.chat_history {
            self.chat.pop_front();
        }
        let audience = match to {
            None => Audience::All,
            Some(to) => Audience::Only(vec![me, to]),
        };
        self.emit(MeetingEvent::Chat { line }, &audience);
        Ok(Reply::Ok)
    }

    pub(super) fn hand(
        &mut self,
        me: ParticipantId,
        raised: bool,
        whose: Option<ParticipantId>,
    ) -> Outcome {
        let whose = whose.unwrap_or(me);
        if whose != me {
            self.check_host(me)?;
            self.check_participant(whose)?;
            if raised {
                let own = "`raised`: another's hand can be lowered only.";
                return Err(refuse(ErrorCode::BadMessage, own));
            }
        }
        if let Some(person) = self.people.get_mut(&whose)
            && person.seen.hand != raised
        {
            person.seen.hand = raised;
            self.emit_changed(whose);
        }
        Ok(Reply::Ok)
    }

    pub(super) fn react(&mut self, me: ParticipantId, emoji: String) -> Outcome {
        let fits = (1..=self.limits.reaction_bytes).contains(&emoji.len());
        if !fits || emoji.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(refuse(ErrorCode::BadText, "`emoji` is to be one emoji."));
        }
        self.emit_to_all(MeetingEvent::Reaction {
            participant: me,
            emoji,
        });
        Ok(Reply::Ok)
    }
}
