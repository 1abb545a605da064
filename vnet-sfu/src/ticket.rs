//! Tickets: who may enter which meeting, for a minute and once.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;
use vnet_core::conference::{Participant, Role};
use vnet_core::id::UserId;
use vnet_core::meeting::MeetingId;
use vnet_core::token::SigningKey;
use vnet_core::{Result, Secret};

use crate::limits::SfuLimits;
use crate::wire::ErrorCode;

/// What a ticket says.
///
/// # Source
/// RFC 7519, section 4.1 (`sub`, `aud`, `exp`, `jti`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The meeting: its code.
    #[serde(rename = "aud")]
    pub meeting: String,
    /// The account.
    #[serde(rename = "sub")]
    pub user_id: UserId,
    /// The name others see.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The ticket's own number: each is good once.
    #[serde(rename = "jti")]
    pub id: Uuid,
    /// When it stops working: seconds since 1970 (UTC).
    #[serde(rename = "exp")]
    pub expires: i64,
}

/// Makes tickets and takes them.
///
/// Each is good once: the numbers of used ones are remembered until they expire, at most
/// [`SfuLimits::used_tickets`] of them. A restart forgets them together with all meetings.
pub struct Tickets {
    key: SigningKey,
    lifetime: time::Duration,
    used: ReplayGuard,
}

impl Tickets {
    /// Tickets of this installation; `key` is its own key, of which one for tickets is derived.
    #[must_use]
    pub fn new(key: &SigningKey, limits: &SfuLimits) -> Self {
        Self {
            key: key.derive("sfu ticket"),
            lifetime: time::Duration::try_from(limits.ticket_lifetime)
                .unwrap_or(time::Duration::MINUTE),
            used: ReplayGuard::new(limits.used_tickets),
        }
    }

    /// A ticket for one meeting and one person, and when it stops working.
    ///
    /// # Errors
    /// `Internal`: it cannot be written.
    pub fn issue(
        &self,
        meeting: &MeetingId,
        participant: &Participant,
        now: OffsetDateTime,
    ) -> Result<(Secret, OffsetDateTime)> {
        let expires_on = (now + self.lifetime).replace_nanosecond(0).unwrap_or(now);
        let ticket = self.key.sign_jwt(&Claims {
            meeting: meeting.as_str().into(),
            user_id: participant.user_id,
            name: participant.display_name.clone(),
            role: participant.role,
            id: Uuid::new_v4(),
            expires: expires_on.unix_timestamp(),
        })?;
        Ok((ticket, expires_on))
    }

    /// Takes a ticket for `meeting`: afterwards it is used up. `user` is who shows it, where that is known.
    ///
    /// # Errors
    /// `BadTicket`: not ours, expired, another meeting's, or used before. `Forbidden`: somebody else's;
    /// it stays good. `ServerFull`: too many used ones are remembered for now.
    pub fn take(
        &self,
        ticket: &Secret,
        meeting: &MeetingId,
        user: Option<UserId>,
        now: OffsetDateTime,
    ) -> std::result::Result<Claims, ErrorCode> {
        let claims: Claims = self
            .key
            .verify_jwt(ticket.expose())
            .map_err(|_which_is_nobodys_business| ErrorCode::BadTicket)?;
        if claims.meeting != meeting.as_str() || claims.expires <= now.unix_timestamp() {
            return Err(ErrorCode::BadTicket);
        }
        if user.is_some_and(|user| user != claims.user_id) {
            return Err(ErrorCode::Forbidden);
        }
        self.used
            .take(claims.id, claims.expires, now.unix_timestamp())?;
        Ok(claims)
    }
}

impl fmt::Debug for Tickets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tickets")
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

/// Remembers what was used until it has expired.
#[derive(Debug)]
struct ReplayGuard {
    // Held for a few lines.
    used: Mutex<HashMap<Uuid, i64>>,
    most: usize,
}

impl ReplayGuard {
    fn new(most: usize) -> Self {
        let used = Mutex::default();
        Self { used, most }
    }

    fn take(&self, id: Uuid, expires: i64, now: i64) -> std::result::Result<(), ErrorCode> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.contains_key(&id) {
            return Err(ErrorCode::BadTicket);
        }
        // Swept when the map would grow anyway, so that the cost of a sweep is spread.
        if used.len() >= self.most || used.len() == used.capacity() {
            used.retain(|_id, expires| *expires > now);
        }
        if used.len() >= self.most {
            return Err(ErrorCode::ServerFull);
        }
        used.insert(id, expires);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2030-01-01 12:00:00.5 UTC);

    fn tickets(used_tickets: usize) -> Tickets {
        let limits = SfuLimits {
            used_tickets,
            ..SfuLimits::default()
        };
        Tickets::new(&SigningKey::from_bytes([7; 32]), &limits)
    }

    fn ada() -> Participant {
        Participant {
            user_id: UserId::generate(),
            display_name: "Ada".into(),
            role: Role::Host,
            access: None,
        }
    }

    #[test]
    fn a_ticket_says_who_and_is_good_once() {
        let (tickets, meeting, ada) = (tickets(10), MeetingId::generate().unwrap(), ada());
        let (ticket, expires_on) = tickets.issue(&meeting, &ada, NOW).unwrap();
        assert_eq!(expires_on, datetime!(2030-01-01 12:01 UTC));
        let claims = tickets.take(&ticket, &meeting, None, NOW).unwrap();
        assert_eq!(
            (claims.user_id, claims.name.as_str(), claims.role),
            (ada.user_id, "Ada", Role::Host)
        );
        assert_eq!(
            tickets.take(&ticket, &meeting, None, NOW),
            Err(ErrorCode::BadTicket)
        );
        let (second, _) = tickets.issue(&meeting, &ada, NOW).unwrap();
        assert!(tickets.take(&second, &meeting, None, NOW).is_ok());
    }

    #[test]
    fn a_ticket_is_for_its_meeting_its_time_and_its_server() {
        let (own, meeting) = (tickets(10), MeetingId::generate().unwrap());
        let (ticket, expires_on) = own.issue(&meeting, &ada(), NOW).unwrap();
        let bad = Err(ErrorCode::BadTicket);
        let other = MeetingId::generate().unwrap();
        assert_eq!(own.take(&ticket, &other, None, NOW), bad);
        assert_eq!(own.take(&ticket, &meeting, None, expires_on), bad);
        let key = SigningKey::from_bytes([8; 32]);
        let foreign = Tickets::new(&key, &SfuLimits::default());
        assert_eq!(foreign.take(&ticket, &meeting, None, NOW), bad);
        // A text that the installation's key signed for something else is no ticket.
        let claims = own.take(&ticket, &meeting, None, NOW).unwrap();
        let session = SigningKey::from_bytes([7; 32]).sign_jwt(&claims).unwrap();
        assert_eq!(own.take(&session, &meeting, None, NOW), bad);
    }

    #[test]
    fn a_ticket_is_taken_from_nobody_else() {
        let (tickets, meeting, ada) = (tickets(10), MeetingId::generate().unwrap(), ada());
        let (ticket, _) = tickets.issue(&meeting, &ada, NOW).unwrap();
        let eve = Some(UserId::generate());
        assert_eq!(
            tickets.take(&ticket, &meeting, eve, NOW),
            Err(ErrorCode::Forbidden)
        );
        let user = Some(ada.user_id);
        assert!(tickets.take(&ticket, &meeting, user, NOW).is_ok(), "hers");
    }

    #[test]
    fn used_tickets_are_forgotten_when_they_expire_and_bounded_before() {
        let (tickets, meeting) = (tickets(2), MeetingId::generate().unwrap());
        let mut at = NOW;
        for _ in 0..2 {
            let (ticket, _) = tickets.issue(&meeting, &ada(), at).unwrap();
            tickets.take(&ticket, &meeting, None, at).unwrap();
        }
        let (third, _) = tickets.issue(&meeting, &ada(), at).unwrap();
        assert_eq!(
            tickets.take(&third, &meeting, None, at),
            Err(ErrorCode::ServerFull)
        );
        at += Duration::from_secs(60);
        let (later, _) = tickets.issue(&meeting, &ada(), at).unwrap();
        assert!(tickets.take(&later, &meeting, None, at).is_ok());
        assert_eq!(tickets.used.used.lock().unwrap().len(), 1);
    }

    #[test]
    fn no_secret_is_printed() {
        let tickets = tickets(2);
        let (ticket, _) = tickets
            .issue(&MeetingId::generate().unwrap(), &ada(), NOW)
            .unwrap();
        assert!(!format!("{tickets:?}{ticket:?}").contains(ticket.expose()));
    }

    proptest! {
        #[test]
        fn any_text_is_refused_without_panic(text in "\\PC{0,120}") {
            let meeting = MeetingId::generate().unwrap();
            let refused = tickets(2).take(&Secret::new(text), &meeting, None, NOW);
            prop_assert_eq!(refused, Err(ErrorCode::BadTicket));
        }
    }
}
