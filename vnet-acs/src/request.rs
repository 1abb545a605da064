//! Method, target and body of each operation.

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use vnet_core::identity::{Identity, TokenRequest, TokenScope};

use crate::error::AcsError;
use crate::operation::{API_VERSION, Operation};
use crate::provider::TeamsUserToken;
use crate::wire::{CreateBody, IssueBody, TeamsBody};

/// Everything but the unreserved characters of RFC 3986: `:` becomes `%3A`, which no URL library
/// and no proxy decodes.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// One request, before it is signed.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) operation: Operation,
    pub(crate) method: &'static str,
    /// Path and query, escaped.
    pub(crate) target: String,
    /// JSON, or nothing.
    pub(crate) body: Bytes,
}

impl Request {
    fn new(operation: Operation, method: &'static str, path: &str, body: Bytes) -> Self {
        Self {
            operation,
            method,
            target: format!("{path}?api-version={API_VERSION}"),
            body,
        }
    }

    pub(crate) fn create_identity(scopes: &[TokenScope]) -> Result<Self, AcsError> {
        if scopes.is_empty() {
            return Err(AcsError::NoScopes);
        }
        let body = json(&CreateBody {
            create_token_with_scopes: scopes,
        })?;
        Ok(Self::new(
            Operation::CreateIdentity,
            "POST",
            "/identities",
            body,
        ))
    }

    pub(crate) fn issue_token(
        identity: &Identity,
        request: &TokenRequest,
    ) -> Result<Self, AcsError> {
        if request.scopes.is_empty() {
            return Err(AcsError::NoScopes);
        }
        let body = json(&IssueBody {
            scopes: &request.scopes,
            expires_in_minutes: minutes(request)?,
        })?;
        let path = format!("{}/:issueAccessToken", path_of(identity));
        Ok(Self::new(Operation::IssueToken, "POST", &path, body))
    }

    pub(crate) fn revoke_tokens(identity: &Identity) -> Self {
        let path = format!("{}/:revokeAccessTokens", path_of(identity));
        Self::new(Operation::RevokeTokens, "POST", &path, Bytes::new())
    }

    pub(crate) fn delete_identity(identity: &Identity) -> Self {
        let path = path_of(identity);
        Self::new(Operation::DeleteIdentity, "DELETE", &path, Bytes::new())
    }

    pub(crate) fn exchange_teams_token(user: &TeamsUserToken) -> Result<Self, AcsError> {
        let body = json(&TeamsBody {
            token: user.token.expose(),
            app_id: &user.app_id,
            user_id: &user.user_id,
        })?;
        Ok(Self::new(
            Operation::ExchangeTeamsToken,
            "POST",
            "/teamsUser/:exchangeAccessToken",
            body,
        ))
    }
}

fn path_of(identity: &Identity) -> String {
    let id = utf8_percent_encode(identity.as_str(), SEGMENT);
    format!("/identities/{id}")
}

/// The lifetime in the unit of the API: whole minutes, 60 to 1440.
fn minutes(request: &TokenRequest) -> Result<Option<u16>, AcsError> {
    let Some(lifetime) = request.lifetime else {
        return Ok(None);
    };
    let whole = lifetime.subsec_nanos() == 0 && lifetime.as_secs() % 60 == 0;
    u16::try_from(lifetime.as_secs() / 60)
        .ok()
        .filter(|minutes| whole && (60..=1440).contains(minutes))
        .map(Some)
        .ok_or(AcsError::Lifetime)
}

fn json(body: &impl Serialize) -> Result<Bytes, AcsError> {
    match serde_json::to_vec(body) {
        Ok(bytes) => Ok(bytes.into()),
        // Its text might repeat what was to be written.
        Err(_secretive) => Err(AcsError::Unwritable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const ID: &str = "8:acs:2dee53b4_0001";

    fn identity() -> Identity {
        Identity::new(ID).unwrap()
    }

    #[test]
    fn targets_escape_the_identity_and_name_the_version() {
        let path = "/identities/8%3Aacs%3A2dee53b4_0001";
        let version = "?api-version=2023-10-01";
        let revoke = Request::revoke_tokens(&identity());
        assert_eq!(
            revoke.target,
            format!("{path}/:revokeAccessTokens{version}")
        );
        assert!(revoke.body.is_empty());
        let delete = Request::delete_identity(&identity());
        assert_eq!(delete.target, format!("{path}{version}"));
        assert_eq!(delete.method, "DELETE");
        let odd = Request::delete_identity(&Identity::new("a/../b?c#d%").unwrap());
        assert_eq!(
            odd.target,
            format!("/identities/a%2F..%2Fb%3Fc%23d%25{version}")
        );
    }

    #[test]
    fn bodies_leave_out_what_is_not_set() {
        let create = Request::create_identity(&[TokenScope::Voip]).unwrap();
        assert_eq!(&create.body[..], br#"{"createTokenWithScopes":["voip"]}"#);
        let mut ask = TokenRequest::voip();
        let issue = Request::issue_token(&identity(), &ask).unwrap();
        assert_eq!(&issue.body[..], br#"{"scopes":["voip"]}"#);
        ask.scopes.push(TokenScope::ChatJoinLimited);
        ask.lifetime = Some(Duration::from_secs(3600));
        let issue = Request::issue_token(&identity(), &ask).unwrap();
        assert_eq!(
            &issue.body[..],
            br#"{"scopes":["voip","chat.join.limited"],"expiresInMinutes":60}"#
        );
    }

    #[test]
    fn lifetimes_are_whole_minutes_in_range() {
        let ask = |lifetime| TokenRequest {
            lifetime: Some(lifetime),
            ..TokenRequest::voip()
        };
        for good in [60, 61, 1440] {
            let request = ask(Duration::from_secs(good * 60));
            assert!(Request::issue_token(&identity(), &request).is_ok());
        }
        for bad in [
            Duration::ZERO,
            Duration::from_secs(59 * 60),
            Duration::from_secs(3601),
            Duration::from_millis(3_600_001),
            Duration::from_secs(1441 * 60),
            Duration::MAX,
        ] {
            let error = Request::issue_token(&identity(), &ask(bad)).err();
            assert!(matches!(error, Some(AcsError::Lifetime)), "{bad:?}");
        }
    }

    #[test]
    fn no_scopes_is_refused_before_anything_is_sent() {
        assert!(Request::create_identity(&[]).is_err());
        let none = TokenRequest {
            scopes: Vec::new(),
            lifetime: None,
        };
        assert!(Request::issue_token(&identity(), &none).is_err());
    }
}
