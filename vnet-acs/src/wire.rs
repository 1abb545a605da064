//! The JSON of the API, and what may be taken from answers.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use vnet_core::Secret;
use vnet_core::identity::{AccessToken, Identity, TokenScope};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateBody<'a> {
    pub(crate) create_token_with_scopes: &'a [TokenScope],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IssueBody<'a> {
    pub(crate) scopes: &'a [TokenScope],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires_in_minutes: Option<u16>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TeamsBody<'a> {
    pub(crate) token: &'a str,
    pub(crate) app_id: &'a str,
    pub(crate) user_id: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateAnswer {
    identity: IdentityAnswer,
    access_token: TokenAnswer,
}

#[derive(Deserialize)]
struct IdentityAnswer {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenAnswer {
    token: String,
    expires_on: String,
}

impl TokenAnswer {
    fn into_token(self) -> Result<AccessToken, BadAnswer> {
        let token = Secret::new(self.token);
        // An empty token, or one that no header takes, would fail far from here.
        if token.expose().is_empty() || !token.expose().bytes().all(|b| b.is_ascii_graphic()) {
            return Err(BadAnswer::Token);
        }
        let Ok(expires_at) = OffsetDateTime::parse(&self.expires_on, &Rfc3339) else {
            return Err(BadAnswer::ExpiresOn);
        };
        Ok(AccessToken { token, expires_at })
    }
}

/// Why an answer with a good status is of no use. Repeats nothing of it: it may hold a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadAnswer {
    #[error("the body is not the JSON that was expected, at line {line}, column {column}")]
    Json { line: usize, column: usize },
    #[error("the identity id is no identity id")]
    Identity,
    #[error("the token is no token")]
    Token,
    #[error("expiresOn is no RFC 3339 time")]
    ExpiresOn,
}

fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, BadAnswer> {
    serde_json::from_slice(body).map_err(|error| BadAnswer::Json {
        line: error.line(),
        column: error.column(),
    })
}

/// The body of a create answer.
pub(crate) fn created(body: &[u8]) -> Result<(Identity, AccessToken), BadAnswer> {
    let answer: CreateAnswer = parse(body)?;
    let token = answer.access_token.into_token()?;
    match Identity::new(answer.identity.id) {
        Ok(identity) => Ok((identity, token)),
        Err(_nameless) => Err(BadAnswer::Identity),
    }
}

/// The body of an issue or exchange answer.
pub(crate) fn issued(body: &[u8]) -> Result<AccessToken, BadAnswer> {
    parse::<TokenAnswer>(body)?.into_token()
}

/// The body of an error answer; everything may be missing.
#[derive(Default, Deserialize)]
struct ErrorAnswer {
    #[serde(default)]
    error: Option<ErrorBody>,
}

/// What the service says about a refusal.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct ErrorBody {
    #[serde(default)]
    pub(crate) code: Option<String>,
    #[serde(default)]
    pub(crate) message: Option<String>,
    #[serde(default)]
    pub(crate) target: Option<String>,
}

/// Reads an error body, whatever it is: an empty one, `{}`, a page of the front door, noise.
pub(crate) fn refused(body: &[u8]) -> ErrorBody {
    let answer: ErrorAnswer = serde_json::from_slice(body).unwrap_or_default();
    let error = answer.error.unwrap_or_default();
    ErrorBody {
        code: error.code.map(|text| printable(&text, 64)),
        message: error.message.map(|text| printable(&text, 300)),
        target: error.target.map(|text| printable(&text, 64)),
    }
}

/// Text from outside made fit for logs: one line, bounded, and without anything that could be a
/// token, key or signature, which the service has no reason to repeat but might.
pub(crate) fn printable(text: &str, max_chars: usize) -> String {
    const LONGEST_WORD: usize = 36;
    let secret_like = |c: char| c.is_ascii_alphanumeric() || "+/=_-.~".contains(c);
    let mut out = String::new();
    let mut word = String::new();
    for c in text.chars().take(max_chars * 4).chain(std::iter::once(' ')) {
        if secret_like(c) {
            word.push(c);
            continue;
        }
        if word.len() > LONGEST_WORD {
            out.push_str("[redacted]");
        } else {
            out.push_str(&word);
        }
        word.clear();
        out.push(if c.is_control() { ' ' } else { c });
    }
    let end = out
        .char_indices()
        .nth(max_chars)
        .map_or(out.len(), |(at, _)| at);
    out[..end].trim().to_owned()
}

#[cfg(test)]
#[path = "wire/tests.rs"]
mod tests;
