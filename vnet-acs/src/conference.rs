//! [`AcsConference`]: meetings as group calls of Azure Communication Services.

use vnet_core::conference::{ConferenceProvider, JoinTicket, Participant};
use vnet_core::meeting::Meeting;
use vnet_core::{Error, ErrorKind, FieldError, Result, async_trait};

/// Lets people into group calls: the group is the meeting's, the token is the participant's own.
///
/// Keeps no state and talks to nobody: the calling library in the browser does.
#[derive(Clone, Copy, Debug, Default)]
pub struct AcsConference;

#[async_trait]
impl ConferenceProvider for AcsConference {
    fn needs_access(&self) -> bool {
        true
    }

    async fn join(&self, meeting: &Meeting, participant: &Participant) -> Result<JoinTicket> {
        let Some((identity, token)) = &participant.access else {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                "no_access_token",
                "a call needs an identity and its access token",
            )
            .with_fields(vec![FieldError::new("access", "missing")]));
        };
        Ok(JoinTicket::Acs {
            group_id: meeting.group_id,
            user_id: identity.clone(),
            token: token.token.clone(),
            expires_on: token.expires_at,
            display_name: participant.display_name.clone(),
            role: participant.role,
        })
    }
}
