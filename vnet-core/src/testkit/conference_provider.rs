//! The contract of [`ConferenceProvider`].

use std::sync::Arc;

use super::{assert_kind, at_once, samples};
use crate::conference::{ConferenceProvider, JoinTicket, Participant, Role};
use crate::error::ErrorKind;
use crate::id::UserId;
use crate::meeting::Meeting;

async fn join(
    provider: &dyn ConferenceProvider,
    meeting: &Meeting,
    participant: &Participant,
) -> JoinTicket {
    let ticket = provider.join(meeting, participant).await;
    ticket.expect("a participant with identity and token gets a ticket")
}

/// The ticket as the browser reads it.
fn json(ticket: &JoinTicket) -> String {
    serde_json::to_string(ticket).expect("a ticket can be written as JSON")
}

fn meeting() -> Meeting {
    samples::meeting(UserId::generate())
}

/// The front end picks its implementation by the provider's name.
pub async fn a_ticket_is_json_with_the_name_of_its_provider(provider: Arc<dyn ConferenceProvider>) {
    let ticket = join(&provider, &meeting(), &samples::participant("Ada")).await;
    let ticket: serde_json::Value = serde_json::from_str(&json(&ticket)).expect("JSON");
    let name = ticket["provider"].as_str().expect("a field `provider`");
    assert!(!name.is_empty());
}

/// A ticket holds nothing that is another participant's.
pub async fn each_participant_gets_a_ticket_of_its_own(provider: Arc<dyn ConferenceProvider>) {
    let meeting = meeting();
    let (ada, bob) = (samples::participant("Ada"), samples::participant("Bob"));
    let pairs = [(ada.clone(), bob.clone()), (bob, ada)].map(|(own, other)| {
        let (provider, meeting) = (Arc::clone(&provider), meeting.clone());
        async move { (join(&provider, &meeting, &own).await, own, other) }
    });
    let tickets = at_once(pairs).await;
    for (ticket, own, other) in &tickets {
        let text = json(ticket);
        if let Some((identity, token)) = &other.access {
            assert!(!text.contains(identity.as_str()), "another's identity");
            assert!(!text.contains(token.token.expose()), "another's token");
        }
        assert!(
            !text.contains(&other.user_id.to_string()),
            "another's account"
        );
        let (display_name, role) = match ticket {
            JoinTicket::Acs {
                group_id,
                user_id,
                token,
                expires_on,
                display_name,
                role,
            } => {
                let (identity, access) = own.access.as_ref().expect("samples have one");
                assert_eq!((group_id, user_id), (&meeting.group_id, identity));
                assert_eq!((token, expires_on), (&access.token, &access.expires_at));
                (display_name, role)
            }
            JoinTicket::Sfu {
                url,
                ticket,
                display_name,
                role,
                ..
            } => {
                assert!(
                    url.contains(meeting.id.as_str()),
                    "not this meeting's: {url}"
                );
                assert!(!url.contains(ticket.expose()), "a secret in an address");
                (display_name, role)
            }
        };
        assert_eq!((display_name, role), (&own.display_name, &own.role));
    }
    assert_ne!(json(&tickets[0].0), json(&tickets[1].0));
}

/// A ticket lets into one meeting.
pub async fn each_meeting_has_tickets_of_its_own(provider: Arc<dyn ConferenceProvider>) {
    let ada = samples::participant("Ada");
    let one = join(&provider, &meeting(), &ada).await;
    let other = join(&provider, &meeting(), &ada).await;
    assert_ne!(json(&one), json(&other));
}

/// Host and guest both come in.
pub async fn every_role_gets_a_ticket(provider: Arc<dyn ConferenceProvider>) {
    for role in [Role::Host, Role::Guest] {
        let mut ada = samples::participant("Ada");
        ada.role = role;
        join(&provider, &meeting(), &ada).await;
    }
}

/// Whoever reloads the page comes in again.
pub async fn asking_twice_gives_two_tickets(provider: Arc<dyn ConferenceProvider>) {
    let (meeting, ada) = (meeting(), samples::participant("Ada"));
    let first = join(&provider, &meeting, &ada).await;
    let second = join(&provider, &meeting, &ada).await;
    assert_eq!(
        std::mem::discriminant(&first),
        std::mem::discriminant(&second)
    );
}

/// Identity and token are asked for by those who need them, and by nobody else.
pub async fn access_is_asked_for_where_it_is_needed(provider: Arc<dyn ConferenceProvider>) {
    let mut ada = samples::participant("Ada");
    ada.access = None;
    let ticket = provider.join(&meeting(), &ada).await;
    if provider.needs_access() {
        assert_kind(ticket, ErrorKind::InvalidInput, "without access");
    } else {
        ticket.expect("works without access");
    }
}

/// No token can be read out of a log line.
pub async fn no_debug_output_shows_a_token(provider: Arc<dyn ConferenceProvider>) {
    let ada = samples::participant("Ada");
    let ticket = join(&provider, &meeting(), &ada).await;
    let text = format!("{provider:?} {ticket:?} {ada:?}");
    if let JoinTicket::Sfu { ticket, .. } = &ticket {
        assert!(
            !text.contains(ticket.expose()),
            "a ticket in a debug output"
        );
    }
    let (_, access) = ada.access.expect("samples have one");
    assert!(
        !text.contains(access.token.expose()),
        "a token in a debug output"
    );
}

/// The contract of [`ConferenceProvider`](crate::conference::ConferenceProvider) as tests.
///
/// `$new` names an `async fn` without arguments that returns a provider.
#[macro_export]
macro_rules! conference_provider_contract {
    ($new:ident) => {
        $crate::__contract!(
            conference_provider,
            dyn $crate::conference::ConferenceProvider,
            $new,
            [
                a_ticket_is_json_with_the_name_of_its_provider,
                each_participant_gets_a_ticket_of_its_own,
                each_meeting_has_tickets_of_its_own,
                every_role_gets_a_ticket,
                asking_twice_gives_two_tickets,
                access_is_asked_for_where_it_is_needed,
                no_debug_output_shows_a_token,
            ]
        );
    };
}
