//! The five operations, after the request was found genuine.

use http::{Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};

use crate::emulator::builder::{GoneAnswer, Settings};
use crate::emulator::reply::{ApiError, ReplyBody, json_reply, no_content};
use crate::emulator::route::{Route, check_version};
use crate::emulator::state::State;
use crate::emulator::token::{Claims, expires_on, mint, read_entra};
use crate::operation::Operation;

const SCOPES: [&str; 5] = [
    "chat",
    "voip",
    "chat.join",
    "chat.join.limited",
    "voip.join",
];

/// One genuine request.
pub(crate) struct Call<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) state: &'a State,
    pub(crate) now: OffsetDateTime,
    /// The number of the key that it was signed with.
    pub(crate) key: Option<usize>,
    pub(crate) version: &'static str,
    pub(crate) body: &'a [u8],
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CreateBody {
    create_token_with_scopes: Option<Vec<String>>,
    expires_in_minutes: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct IssueBody {
    scopes: Option<Vec<String>>,
    expires_in_minutes: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct TeamsBody {
    token: Option<String>,
    app_id: Option<String>,
    user_id: Option<String>,
}

impl Call<'_> {
    /// Ownership of the identity first, then the body.
    pub(crate) fn answer(&self, route: &Route) -> Result<Response<ReplyBody>, ApiError> {
        check_version(route.operation, self.version)?;
        let id = route.identity.as_str();
        match route.operation {
            Operation::CreateIdentity => self.create(),
            Operation::ExchangeTeamsToken => self.exchange(),
            Operation::IssueToken => {
                self.own(id)?;
                self.issue(id)
            }
            Operation::RevokeTokens => {
                self.own(id)?;
                self.state.revoke(id);
                Ok(no_content())
            }
            Operation::DeleteIdentity => {
                self.own(id)?;
                if self.state.delete(id) {
                    Ok(no_content())
                } else {
                    Err(self.gone())
                }
            }
        }
    }

    fn create(&self) -> Result<Response<ReplyBody>, ApiError> {
        let body: CreateBody = self.json()?;
        let scopes = body.create_token_with_scopes.unwrap_or_default();
        check_scopes(&scopes)?;
        let lifetime = self.lifetime(body.expires_in_minutes)?;
        let id = self.state.create(self.settings.resource_id);
        let mut answer = json!({ "identity": { "id": id } });
        if !scopes.is_empty() {
            answer["accessToken"] = self.token(&id, &scopes, self.now + lifetime);
        }
        Ok(json_reply(StatusCode::CREATED, &answer))
    }

    fn issue(&self, id: &str) -> Result<Response<ReplyBody>, ApiError> {
        let body: IssueBody = self.json()?;
        let scopes = body.scopes.filter(|scopes| !scopes.is_empty());
        let scopes = scopes.ok_or_else(|| {
            ApiError::validation("Scopes", "Scopes: The Scopes field is required.")
        })?;
        check_scopes(&scopes)?;
        let lifetime = self.lifetime(body.expires_in_minutes)?;
        let token = self.token(id, &scopes, self.now + lifetime);
        Ok(json_reply(StatusCode::OK, &token))
    }

    fn exchange(&self) -> Result<Response<ReplyBody>, ApiError> {
        let body: TeamsBody = self.json()?;
        let required = |value: Option<String>, target: &'static str| {
            let value = value.filter(|value| !value.is_empty());
            let message = format!("{target}: The {target} field is required.");
            value.ok_or_else(|| ApiError::validation(target, message))
        };
        let invalid = || {
            let message = "Provided access token is not valid.";
            ApiError::new(StatusCode::UNAUTHORIZED, "InvalidAccessToken", message)
        };
        let claims = read_entra(&body.token.unwrap_or_default()).ok_or_else(invalid)?;
        let expires_at = match claims.exp {
            Some(exp) => {
                OffsetDateTime::from_unix_timestamp(exp).map_err(|_out_of_range| invalid())?
            }
            None => self.now + Duration::hours(1),
        };
        if expires_at <= self.now {
            return Err(invalid());
        }
        let app_id = required(body.app_id, "AppId")?;
        let user_id = required(body.user_id, "UserId")?;
        if claims.app_id().is_some_and(|claimed| claimed != app_id) {
            let message = "AAD application is not the expected one.";
            return Err(ApiError::validation("appId", message));
        }
        let id = format!("8:orgid:{user_id}");
        let token = self.token(&id, &["chat".to_owned(), "voip".to_owned()], expires_at);
        Ok(json_reply(StatusCode::OK, &token))
    }

    fn token(&self, id: &str, scopes: &[String], expires_at: OffsetDateTime) -> Value {
        let claims = Claims {
            skype_id: id.strip_prefix("8:").unwrap_or(id),
            scopes,
            resource_id: self.settings.resource_id,
            issued_at: self.now,
            expires_at,
        };
        let token = mint(&claims, &self.settings.token_key);
        self.state
            .issued(&token, id, self.key, self.now, expires_at);
        json!({ "token": token, "expiresOn": expires_on(expires_at) })
    }

    /// Ownership is judged from the guid in the id, then the identity must be there.
    fn own(&self, id: &str) -> Result<(), ApiError> {
        let prefix = format!("8:acs:{}_", self.settings.resource_id);
        if !id.starts_with(&prefix) {
            return Err(not_owned());
        }
        if self.state.knows(id) {
            Ok(())
        } else {
            Err(self.gone())
        }
    }

    fn gone(&self) -> ApiError {
        match self.settings.gone {
            GoneAnswer::NotOwned => not_owned(),
            GoneAnswer::NotFound => {
                let message = "Provided identity doesn't exist.";
                ApiError::new(StatusCode::NOT_FOUND, "IdentityNotFound", message)
            }
        }
    }

    /// The body as JSON; an empty one and `null` are an object without members.
    fn json<T: DeserializeOwned + Default>(&self) -> Result<T, ApiError> {
        if self.body.is_empty() {
            return Ok(T::default());
        }
        // Through a map, because serde would also read an array as a struct.
        serde_json::from_slice::<Option<Map<String, Value>>>(self.body)
            .and_then(|members| serde_json::from_value(Value::Object(members.unwrap_or_default())))
            .map_err(|_secretive| {
                ApiError::new(
                    StatusCode::BAD_REQUEST,
                    "ValidationError",
                    "The body is not the JSON that was expected.",
                )
            })
    }

    /// The chosen lifetime, which the first versions of the API did not have.
    fn lifetime(&self, minutes: Option<i64>) -> Result<Duration, ApiError> {
        let minutes = minutes.filter(|_| self.version >= "2022-10-01");
        let minutes = minutes.unwrap_or(1440);
        if !(60..=1440).contains(&minutes) {
            let message = format!(
                "ExpiresInMinutes value {minutes} is invalid. Value must be within the \
                 [60, 1440] interval."
            );
            return Err(ApiError::validation("ExpiresInMinutes", message));
        }
        Ok(Duration::minutes(minutes))
    }
}

fn not_owned() -> ApiError {
    let message = "Provided identity doesn't belong to the resource.";
    ApiError::new(StatusCode::UNAUTHORIZED, "IdentityNotOwned", message)
}

fn check_scopes(scopes: &[String]) -> Result<(), ApiError> {
    if scopes.iter().all(|scope| SCOPES.contains(&scope.as_str())) {
        return Ok(());
    }
    let message = "Scopes: A scope is not known.";
    Err(ApiError::validation("Scopes", message))
}
