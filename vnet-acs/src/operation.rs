//! The five operations, by name.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The version of the API that this crate speaks, sent as `api-version` with every request.
pub const API_VERSION: &str = "2023-10-01";

/// One operation of the Identity REST API.
///
/// # Source
/// ACS Identity REST, 2023-10-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Operation {
    /// `POST /identities`.
    CreateIdentity,
    /// `DELETE /identities/{id}`.
    DeleteIdentity,
    /// `POST /identities/{id}/:revokeAccessTokens`.
    RevokeTokens,
    /// `POST /identities/{id}/:issueAccessToken`.
    IssueToken,
    /// `POST /teamsUser/:exchangeAccessToken`.
    ExchangeTeamsToken,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::CreateIdentity,
        Self::DeleteIdentity,
        Self::RevokeTokens,
        Self::IssueToken,
        Self::ExchangeTeamsToken,
    ];

    /// The name in logs and errors.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CreateIdentity => "create_identity",
            Self::DeleteIdentity => "delete_identity",
            Self::RevokeTokens => "revoke_tokens",
            Self::IssueToken => "issue_token",
            Self::ExchangeTeamsToken => "exchange_teams_token",
        }
    }

    /// Whether the request names an identity, so that it can be gone.
    pub(crate) const fn names_identity(self) -> bool {
        !matches!(self, Self::CreateIdentity | Self::ExchangeTeamsToken)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
