//! Signing in by JSON, the caller's details, access tokens.

use http::StatusCode;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use vnet_core::user::User;
use vnet_core::{ErrorKind, Secret};

use crate::api::data;
use crate::api::problem::{
    BadCredentials, BodyRefusals, FieldErrors, Notice, Refusals, WriteRefusals,
};
use crate::api::wire::{AccessToken, Calling, SignInForm, SignedIn, UserDetails, WrongCredentials};
use crate::audit;
use crate::body::Payload;
use crate::context::Ctx;
use crate::error::HttpError;
use crate::rate::RateRule;
use crate::reply::{self, Response};

/// Who signs in by JSON. What is no text is nothing: it signs nobody in, and says no more than that.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Credentials {
    #[serde(default, deserialize_with = "text")]
    #[schema(value_type = String, required)]
    username: String,
    #[serde(default = "no_secret", deserialize_with = "secret")]
    #[schema(value_type = String, format = Password, required)]
    password: Secret,
    /// `false` leaves identity and tokens out of the answer.
    #[serde(default = "yes", deserialize_with = "is_truthy")]
    #[schema(default = true)]
    acs: bool,
}

impl Credentials {
    fn read(sent: Value) -> Self {
        let fields = match sent {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        serde_json::from_value(Value::Object(fields)).unwrap_or(Self {
            username: String::new(),
            password: no_secret(),
            acs: yes(),
        })
    }
}

fn no_secret() -> Secret {
    Secret::from("")
}

const fn yes() -> bool {
    true
}

fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) => text,
        _ => String::new(),
    })
}

fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
    text(from).map(Secret::from)
}

/// Whether JavaScript and Python take a value for true.
fn is_truthy<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Null => false,
        Value::Bool(yes) => yes,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(object) => !object.is_empty(),
    })
}

/// What signing in by JSON takes.
#[utoipa::path(
    get, path = "/account/p-login/", tag = "account", security(()),
    responses((status = 200, description = "What to send", body = SignInForm), Refusals),
)]
pub(super) fn describe_login() -> Result<Response, HttpError> {
    reply::json(StatusCode::OK, &SignInForm::TOLD)
}

/// Nobody is signed in: always.
#[utoipa::path(
    get, path = "/account/error/", tag = "account", operation_id = "not_signed_in", security(()),
    responses(Refusals, (status = 401, description = "Always", body = Notice)),
)]
pub(super) fn not_signed_in() -> HttpError {
    HttpError::unauthenticated(Notice::NOT_SIGNED_IN.message).with_body(&Notice::NOT_SIGNED_IN)
}

/// Signs in without a session.
///
/// The token in the answer opens the API. A browser gets no cookie.
#[utoipa::path(
    post, path = "/account/p-login/", tag = "account", security(()),
    request_body(content(
        (Credentials = "application/json"),
        (Credentials = "application/x-www-form-urlencoded"),
        (Credentials = "multipart/form-data"),
    )),
    responses(
        BodyRefusals,
        BadCredentials,
        (status = 200, description = "Signed in", body = SignedIn<'_>),
    ),
)]
pub(super) async fn login(ctx: &Ctx, body: Payload) -> Result<Response, HttpError> {
    let sent = Credentials::read(data::read(ctx, body).await?.value);
    let username = sent.username.as_str();
    ctx.app.limits.check_sign_in(ctx.client(), username)?;
    let checked = ctx
        .app
        .vnet
        .accounts()
        .check_password(username, sent.password)
        .await;
    let user = match checked {
        Ok(user) => user,
        Err(error) if error.kind() == ErrorKind::Unauthenticated => {
            audit::sign_in_failed(ctx, &error);
            let refusal = WrongCredentials::TOLD;
            return Err(HttpError::bad_request("Wrong Credentials").with_body(&refusal));
        }
        Err(error) => return Err(error.into()),
    };
    let calling = match sent.acs {
        true => Some(calling(ctx, &user).await?),
        false => None,
    };
    let picture = ctx.picture(&user);
    let details = UserDetails::of(&user, &picture, calling);
    reply::json(StatusCode::OK, &SignedIn::of(details))
}

/// The caller.
#[utoipa::path(
    get, path = "/account/get/user-details/", tag = "account", operation_id = "user_details",
    params(("acs" = Option<i64>, Query, description = "Other than 0: with identity and tokens")),
    responses(
        Refusals,
        (status = 200, description = "The account", body = UserDetails<'_>),
        (status = 400, description = "`acs` is no number", body = FieldErrors<'_>),
    ),
)]
pub(super) async fn details(ctx: &Ctx, user: &User) -> Result<Response, HttpError> {
    let calling = match ctx.query("acs").map(|value| value.trim().parse::<i64>()) {
        None | Some(Ok(0)) => None,
        Some(Ok(_)) => Some(calling(ctx, user).await?),
        Some(Err(_no_number)) => {
            let body = json!({"acs": ["A valid integer is required."]});
            return Err(
                HttpError::bad_request("acs: a valid integer is required.").with_body(&body)
            );
        }
    };
    let picture = ctx.picture(user);
    reply::json(StatusCode::OK, &UserDetails::of(user, &picture, calling))
}

/// Identity and tokens. When the provider is out of reach they are `null`, as for an account that has
/// no identity yet: who one is can be told without it.
async fn calling(ctx: &Ctx, user: &User) -> Result<Calling, HttpError> {
    let vnet = &ctx.app.vnet;
    let auth_token = vnet.accounts().issue_bearer(user);
    let (identity, token) = match vnet.identities().access(&user.id).await {
        Ok((identity, token)) => (Some(identity), Some(token.token)),
        Err(error) => {
            audit::no_token(ctx, user.id, &error);
            let kept = vnet.identities().kept(&user.id).await?;
            (kept.map(|kept| kept.identity), None)
        }
    };
    Ok(Calling {
        identity,
        token,
        auth_token,
    })
}

/// A fresh access token at the conference provider.
#[utoipa::path(
    post, path = "/account/acs-token/", tag = "account",
    responses(
        WriteRefusals,
        (status = 200, description = "A token that works for a while", body = AccessToken),
    ),
)]
pub(super) async fn acs_token(ctx: &Ctx, user: &User) -> Result<Response, HttpError> {
    ctx.app.limits.check_user(RateRule::Token, user.id)?;
    let (_, token) = ctx.app.vnet.identities().access(&user.id).await?;
    reply::json(StatusCode::OK, &AccessToken::of(token))
}
