//! How tickets are described: what the core writes, in the words of the document of the API.

use utoipa::ToSchema;

/// What a browser needs to enter one meeting now.
#[derive(ToSchema)]
#[schema(as = JoinTicket)]
#[serde(tag = "provider", rename_all = "snake_case")]
#[expect(
    dead_code,
    reason = "it describes `vnet_core::conference::JoinTicket`, which is what is sent"
)]
pub(crate) enum TicketSchema {
    /// A group call of Azure Communication Services.
    Acs {
        /// The group call.
        #[schema(format = "uuid")]
        group_id: String,
        /// The identity that joins.
        user_id: String,
        /// The access token of `user_id`.
        token: String,
        /// When the token stops working.
        #[schema(format = DateTime)]
        expires_on: String,
        /// The name others see.
        display_name: String,
        role: RoleSchema,
    },
    /// A meeting on this server.
    Sfu {
        /// The WebSocket to connect to, absolute.
        url: String,
        /// What the first message on that socket shows: short-lived, for one entry.
        ticket: String,
        /// When the ticket stops working.
        #[schema(format = DateTime)]
        expires_on: String,
        /// Servers that help through firewalls.
        ice_servers: Vec<IceServerSchema>,
        /// The name others see.
        display_name: String,
        role: RoleSchema,
    },
}

/// What somebody may do in a meeting.
#[derive(ToSchema)]
#[schema(as = Role)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes `vnet_core::conference::Role`")]
pub(crate) enum RoleSchema {
    Host,
    Guest,
}

/// A STUN or TURN server, as `RTCPeerConnection` takes it.
#[derive(ToSchema)]
#[schema(as = IceServer)]
#[expect(dead_code, reason = "it describes `vnet_core::conference::IceServer`")]
pub(crate) struct IceServerSchema {
    /// `stun:`, `turn:` or `turns:` URLs of one server.
    urls: Vec<String>,
    /// The user name, for TURN.
    #[schema(nullable = false)]
    username: Option<String>,
    /// The password, for TURN.
    #[schema(nullable = false)]
    credential: Option<String>,
}
