//! From a raw target to an operation.

use http::{Method, StatusCode};
use percent_encoding::percent_decode_str;

use crate::emulator::reply::ApiError;
use crate::operation::Operation;

/// The versions of the API that are understood. The five operations are the same in all; the
/// first ones lack some.
pub(crate) const API_VERSIONS: [&str; 7] = [
    "2021-03-07",
    "2022-06-01",
    "2022-10-01",
    "2023-08-01",
    "2023-10-01",
    "2025-06-30",
    "2026-09-23",
];

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) operation: Operation,
    /// The identity in the path, decoded; empty if there is none.
    pub(crate) identity: String,
}

/// Finds the operation of `path`, which is routed decoded, segment by segment.
pub(crate) fn route(method: &Method, path: &str) -> Result<Route, ApiError> {
    let segments: Vec<_> = path.split('/').skip(1).map(decode).collect();
    let segments: Vec<_> = segments.iter().map(String::as_str).collect();
    let (operation, identity) = match segments[..] {
        ["identities"] => (Operation::CreateIdentity, ""),
        ["identities", id] if !id.is_empty() => (Operation::DeleteIdentity, id),
        ["identities", id, ":revokeAccessTokens"] => (Operation::RevokeTokens, id),
        ["identities", id, ":issueAccessToken"] => (Operation::IssueToken, id),
        ["teamsUser", ":exchangeAccessToken"] => (Operation::ExchangeTeamsToken, ""),
        _ => {
            let message = "There is no such resource.";
            return Err(ApiError::new(
                StatusCode::NOT_FOUND,
                "ResourceNotFound",
                message,
            ));
        }
    };
    let expected = if operation == Operation::DeleteIdentity {
        Method::DELETE
    } else {
        Method::POST
    };
    if *method != expected {
        let message = "The resource does not have this method.";
        return Err(ApiError::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "MethodNotAllowed",
            message,
        ));
    }
    Ok(Route {
        operation,
        identity: identity.to_owned(),
    })
}

fn decode(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// The version that `query` asks for.
pub(crate) fn version(query: Option<&str>) -> Result<&'static str, ApiError> {
    let asked = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .find(|(name, _)| name.eq_ignore_ascii_case("api-version"))
        .map(|(_, value)| value.into_owned())
        .filter(|value| !value.is_empty());
    let Some(asked) = asked else {
        let message = "An API version is required, but was not specified.";
        return Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            "ApiVersionUnspecified",
            message,
        ));
    };
    API_VERSIONS
        .into_iter()
        .find(|known| *known == asked)
        .ok_or_else(|| unsupported(&asked))
}

/// Refuses an operation that `version` does not have yet.
pub(crate) fn check_version(operation: Operation, version: &str) -> Result<(), ApiError> {
    if operation == Operation::ExchangeTeamsToken && version < "2022-06-01" {
        return Err(unsupported(version));
    }
    Ok(())
}

fn unsupported(version: &str) -> ApiError {
    ApiError::new(
        StatusCode::BAD_REQUEST,
        "UnsupportedApiVersion",
        format!(
            "The HTTP resource that matches the request URI does not support the API version \
             '{version}'."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_an_id_are_routed() {
        for path in ["/identities/8%3Aacs%3Aa_b", "/identities/8:acs:a_b"] {
            let delete = route(&Method::DELETE, path).unwrap();
            assert_eq!(delete.operation, Operation::DeleteIdentity);
            assert_eq!(delete.identity, "8:acs:a_b");
            let issue = route(&Method::POST, &format!("{path}/:issueAccessToken")).unwrap();
            assert_eq!(issue.operation, Operation::IssueToken);
            let revoke = route(&Method::POST, &format!("{path}/%3ArevokeAccessTokens")).unwrap();
            assert_eq!(revoke.operation, Operation::RevokeTokens);
        }
    }

    #[test]
    fn other_paths_and_methods_are_refused() {
        for path in [
            "/",
            "",
            "*",
            "/identities/",
            "/identities/a/b",
            "/Identities",
            "//identities",
        ] {
            let status = route(&Method::POST, path).unwrap_err().status;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        }
        for (method, path) in [
            (Method::GET, "/identities"),
            (Method::POST, "/identities/a"),
            (Method::DELETE, "/identities/a/:issueAccessToken"),
        ] {
            let status = route(&method, path).unwrap_err().status;
            assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        }
    }

    #[test]
    fn versions_are_checked() {
        assert_eq!(version(Some("api-version=2023-10-01")), Ok("2023-10-01"));
        assert_eq!(
            version(Some("x=1&Api-Version=2021-03-07")),
            Ok("2021-03-07")
        );
        for (query, code) in [
            (None, "ApiVersionUnspecified"),
            (Some("api-version="), "ApiVersionUnspecified"),
            (Some("api-version=2030-01-01"), "UnsupportedApiVersion"),
        ] {
            assert_eq!(version(query).unwrap_err().code, code);
        }
        assert!(check_version(Operation::ExchangeTeamsToken, "2021-03-07").is_err());
        assert!(check_version(Operation::ExchangeTeamsToken, "2022-06-01").is_ok());
    }
}
