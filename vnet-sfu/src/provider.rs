//! The embedded conference as the rest of VNET knows it: a provider of tickets, and a channel.

use std::sync::Arc;

use vnet_core::conference::{
    ConferenceProvider, ConferenceSignalling, JoinTicket, Participant, TextSocket,
};
use vnet_core::id::UserId;
use vnet_core::meeting::{Meeting, MeetingId};
use vnet_core::{Result, async_trait};

use crate::command::RoomHost;
use crate::session::Front;
use crate::sfu::Sfu;

#[async_trait]
impl ConferenceProvider for Sfu {
    fn needs_access(&self) -> bool {
        false
    }

    async fn join(&self, meeting: &Meeting, participant: &Participant) -> Result<JoinTicket> {
        self.ticket(&meeting.id, participant)
    }
}

impl Sfu {
    /// What a browser needs to enter a meeting now; for programs that keep no meetings of their own. A
    /// meeting begins with the first who enters.
    ///
    /// # Errors
    /// `Internal`: it cannot be written.
    pub fn ticket(&self, meeting: &MeetingId, participant: &Participant) -> Result<JoinTicket> {
        let parts = &self.parts;
        let now = parts.clock.now();
        let (ticket, expires_on) = parts.tickets.issue(meeting, participant, now)?;
        let turn = parts.turn.as_ref();
        let turn = turn.map(|turn| turn.ice_server(participant.user_id, now));
        Ok(JoinTicket::Sfu {
            url: format!("/vnet/sfu/{meeting}/"),
            ticket,
            expires_on,
            ice_servers: turn.into_iter().collect(),
            display_name: participant.display_name.clone(),
            role: participant.role,
        })
    }
}

#[async_trait]
impl ConferenceSignalling for Sfu {
    fn max_text_bytes(&self) -> usize {
        self.parts.limits.message_bytes
    }

    async fn serve(&self, meeting: MeetingId, user: Option<UserId>, socket: Box<dyn TextSocket>) {
        let driver = Arc::clone(&self.parts.driver);
        let host: Arc<dyn RoomHost> = driver;
        let front = Front {
            tickets: &self.parts.tickets,
            limits: &self.parts.limits,
            clock: &*self.parts.clock,
            host: &host,
            user,
        };
        front.serve(meeting, socket).await;
    }
}
