//! Broken providers of identities and conferences.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use vnet_core::conference::{ConferenceProvider, JoinTicket, Participant};
use vnet_core::identity::{AccessToken, Identity, IdentityProvider, TokenRequest, TokenScope};
use vnet_core::meeting::{GroupId, Meeting};
use vnet_core::memory::MemoryIdentities;
use vnet_core::testkit::{
    ManualClock, conference_provider as conference, identity_provider as identity, samples,
};
use vnet_core::{Error, ErrorKind, Result, async_trait};

use super::caught;

/// What is wrong with a provider of identities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Defect {
    None,
    GivesOneIdentity,
    IgnoresTheLife,
    CutsTheLife,
    TakesNoScopes,
    KnowsEverybody,
    DeletesNothing,
    RepeatsTokens,
    RevokingDeletes,
}

#[derive(Debug)]
struct Broken {
    provider: MemoryIdentities,
    defect: Defect,
    first: Mutex<Option<(Identity, AccessToken)>>,
}

fn broken(defect: Defect) -> Broken {
    Broken {
        provider: MemoryIdentities::new(Arc::new(ManualClock::default())),
        defect,
        first: Mutex::default(),
    }
}

#[async_trait]
impl IdentityProvider for Broken {
    async fn create_identity(&self, scopes: &[TokenScope]) -> Result<(Identity, AccessToken)> {
        let scopes = match self.defect {
            Defect::TakesNoScopes => &[TokenScope::Voip],
            _ => scopes,
        };
        let created = self.provider.create_identity(scopes).await?;
        let first = self
            .first
            .lock()
            .unwrap()
            .get_or_insert(created.clone())
            .clone();
        Ok(if self.defect == Defect::GivesOneIdentity {
            first
        } else {
            created
        })
    }

    async fn issue_token(
        &self,
        identity: &Identity,
        request: &TokenRequest,
    ) -> Result<AccessToken> {
        let mut request = request.clone();
        let (shortest, longest) = (TokenRequest::MIN_LIFETIME, TokenRequest::MAX_LIFETIME);
        match self.defect {
            Defect::IgnoresTheLife => request.lifetime = None,
            Defect::CutsTheLife => {
                let cut = |life: Duration| {
                    let minutes = life.clamp(shortest, longest).as_secs() / 60;
                    Duration::from_secs(minutes * 60)
                };
                request.lifetime = request.lifetime.map(cut);
            }
            Defect::TakesNoScopes => request.scopes.push(TokenScope::Voip),
            _ => {}
        }
        let first = self.first.lock().unwrap().clone();
        match (self.defect, first) {
            (Defect::RepeatsTokens, Some((_, token))) => Ok(token),
            (Defect::KnowsEverybody, _) => Ok(samples::token(samples::NOW)),
            _ => self.provider.issue_token(identity, &request).await,
        }
    }

    async fn revoke_tokens(&self, identity: &Identity) -> Result<()> {
        match self.defect {
            Defect::KnowsEverybody => Ok(()),
            Defect::RevokingDeletes => self.provider.delete_identity(identity).await,
            _ => self.provider.revoke_tokens(identity).await,
        }
    }

    async fn delete_identity(&self, identity: &Identity) -> Result<()> {
        match self.defect {
            Defect::DeletesNothing => Ok(()),
            _ => self.provider.delete_identity(identity).await,
        }
    }
}

/// What is wrong with a conference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    None,
    NeedsNothing,
    GivesEverybodyOneTicket,
    ForgetsToAsk,
    AsksForTooMuch,
    PutsEverybodyInOneMeeting,
    ShowsTokens,
}

/// A conference like ACS: the ticket is the participant's own identity and token.
struct Tickets {
    flaw: Flaw,
    given: Mutex<Option<JoinTicket>>,
    text: Mutex<String>,
}

fn tickets(flaw: Flaw) -> Tickets {
    Tickets {
        flaw,
        given: Mutex::default(),
        text: Mutex::default(),
    }
}

impl std::fmt::Debug for Tickets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tickets({})", self.text.lock().unwrap())
    }
}

#[async_trait]
impl ConferenceProvider for Tickets {
    fn needs_access(&self) -> bool {
        !matches!(self.flaw, Flaw::NeedsNothing | Flaw::AsksForTooMuch)
    }

    async fn join(&self, meeting: &Meeting, participant: &Participant) -> Result<JoinTicket> {
        let spare = (samples::identity(), samples::token(samples::NOW));
        let spare =
            Some(spare).filter(|_| matches!(self.flaw, Flaw::NeedsNothing | Flaw::ForgetsToAsk));
        let access = participant.access.clone().or(spare);
        let (user_id, token) = access.ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidInput,
                "no_access",
                "an access token is needed",
            )
        })?;
        if self.flaw == Flaw::ShowsTokens {
            *self.text.lock().unwrap() = token.token.expose().to_owned();
        }
        let one_meeting = GroupId(*participant.user_id.as_uuid());
        let ticket = JoinTicket::Acs {
            group_id: match self.flaw {
                Flaw::PutsEverybodyInOneMeeting => one_meeting,
                _ => meeting.group_id,
            },
            user_id,
            token: token.token,
            expires_on: token.expires_at,
            display_name: participant.display_name.clone(),
            role: participant.role,
        };
        let first = self
            .given
            .lock()
            .unwrap()
            .get_or_insert(ticket.clone())
            .clone();
        Ok(if self.flaw == Flaw::GivesEverybodyOneTicket {
            first
        } else {
            ticket
        })
    }
}

/// The wrappers themselves keep every rule.
mod sound {
    use super::{Broken, Defect, Flaw, Tickets, broken, tickets};

    async fn new_identities() -> Broken {
        std::future::ready(broken(Defect::None)).await
    }

    async fn new_conference() -> Tickets {
        std::future::ready(tickets(Flaw::None)).await
    }

    vnet_core::identity_provider_contract!(new_identities);
    vnet_core::conference_provider_contract!(new_conference);

    mod without_access {
        async fn new_conference() -> super::Tickets {
            std::future::ready(super::tickets(super::Flaw::NeedsNothing)).await
        }

        vnet_core::conference_provider_contract!(new_conference);
    }
}

caught! {
    a_provider_that_gives_one_identity:
        identity::each_identity_is_a_new_one, broken(Defect::GivesOneIdentity);
    a_provider_that_ignores_the_life:
        identity::a_token_lives_as_long_as_was_asked_for, broken(Defect::IgnoresTheLife);
    a_provider_that_cuts_the_life:
        identity::a_life_out_of_range_is_refused, broken(Defect::CutsTheLife);
    a_provider_that_takes_no_scopes:
        identity::a_token_needs_a_scope, broken(Defect::TakesNoScopes);
    a_provider_that_knows_everybody:
        identity::an_unknown_identity_is_not_found, broken(Defect::KnowsEverybody);
    a_provider_that_deletes_nothing:
        identity::a_deleted_identity_gets_no_token, broken(Defect::DeletesNothing);
    a_provider_that_repeats_revoked_tokens:
        identity::a_revoked_identity_gets_new_tokens, broken(Defect::RepeatsTokens);
    a_provider_that_revokes_the_identity:
        identity::a_revoked_identity_gets_new_tokens, broken(Defect::RevokingDeletes);
    a_provider_that_shows_tokens:
        identity::no_debug_output_shows_a_token, ShowsTokens::default();
    a_conference_that_gives_everybody_one_ticket:
        conference::each_participant_gets_a_ticket_of_its_own, tickets(Flaw::GivesEverybodyOneTicket);
    a_conference_that_forgets_to_ask:
        conference::access_is_asked_for_where_it_is_needed, tickets(Flaw::ForgetsToAsk);
    a_conference_that_asks_for_too_much:
        conference::access_is_asked_for_where_it_is_needed, tickets(Flaw::AsksForTooMuch);
    a_conference_that_puts_everybody_in_one_meeting:
        conference::each_meeting_has_tickets_of_its_own, tickets(Flaw::PutsEverybodyInOneMeeting);
    a_conference_that_shows_tokens:
        conference::no_debug_output_shows_a_token, tickets(Flaw::ShowsTokens);
}

/// A provider that keeps tokens as plain text and derives `Debug`.
#[derive(Debug, Default)]
struct ShowsTokens(Mutex<Vec<String>>);

#[async_trait]
impl IdentityProvider for ShowsTokens {
    async fn create_identity(&self, _scopes: &[TokenScope]) -> Result<(Identity, AccessToken)> {
        let token = samples::token(samples::NOW);
        self.0.lock().unwrap().push(token.token.expose().to_owned());
        Ok((samples::identity(), token))
    }

    async fn issue_token(&self, _id: &Identity, _request: &TokenRequest) -> Result<AccessToken> {
        Ok(samples::token(samples::NOW))
    }

    async fn revoke_tokens(&self, _identity: &Identity) -> Result<()> {
        Ok(())
    }

    async fn delete_identity(&self, _identity: &Identity) -> Result<()> {
        Ok(())
    }
}
