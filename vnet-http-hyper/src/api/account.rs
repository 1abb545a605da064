//! Signing in by JSON, the caller's details, access tokens.

use http::StatusCode;
use serde_json::{Value, json};
use vnet_core::user::User;
use vnet_core::{ErrorKind, Secret};

use crate::api::data;
use crate::api::wire::{Calling, Details, rfc3339};
use crate::audit;
use crate::body::Payload;
use crate::context::Ctx;
use crate::error::HttpError;
use crate::rate::RateRule;
use crate::reply::{self, Response};

/// What signing in by JSON takes.
pub(super) fn describe_login() -> Result<Response, HttpError> {
    let about = json!({
        "url": "user authentication",
        "fields": ["username", "password"],
        "returns": ["user_data"],
    });
    reply::json(StatusCode::OK, &about)
}

/// Signs in without a session.
pub(super) async fn login(ctx: &Ctx, body: Payload) -> Result<Response, HttpError> {
    let sent = data::read(ctx, body).await?.value;
    let (username, password) = (text(&sent, "username"), text(&sent, "password"));
    ctx.app.limits.check_sign_in(ctx.client(), username)?;
    let password = Secret::from(password);
    let checked = ctx
        .app
        .vnet
        .accounts()
        .check_password(username, password)
        .await;
    let user = match checked {
        Ok(user) => user,
        Err(error) if error.kind() == ErrorKind::Unauthenticated => {
            audit::sign_in_failed(ctx, &error);
            let body = json!({
                "url": "user authentication",
                "success": false,
                "error": "Wrong Credentials",
            });
            return Err(HttpError::bad_request("Wrong Credentials").with_body(body));
        }
        Err(error) => return Err(error.into()),
    };
    let calling = match sent.get("acs").is_none_or(is_truthy) {
        true => Some(calling(ctx, &user).await?),
        false => None,
    };
    let picture = ctx.picture(&user);
    let answer = json!({
        "url": "user authentication",
        "success": true,
        "details": Details::of(&user, &picture, true).with(calling),
    });
    reply::json(StatusCode::OK, &answer)
}

fn text<'a>(sent: &'a Value, name: &str) -> &'a str {
    sent.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Whether JavaScript and Python take a value for true.
fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(yes) => *yes,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(object) => !object.is_empty(),
    }
}

/// The caller.
pub(super) async fn details(ctx: &Ctx, user: &User) -> Result<Response, HttpError> {
    let calling = match ctx.query("acs").map(|value| value.trim().parse::<i64>()) {
        None | Some(Ok(0)) => None,
        Some(Ok(_)) => Some(calling(ctx, user).await?),
        Some(Err(_no_number)) => {
            let body = json!({"acs": ["A valid integer is required."]});
            return Err(HttpError::bad_request("acs: a valid integer is required.").with_body(body));
        }
    };
    let picture = ctx.picture(user);
    reply::json(
        StatusCode::OK,
        &Details::of(user, &picture, true).with(calling),
    )
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

/// A fresh access token, for the browser's refresher.
pub(super) async fn acs_token(ctx: &Ctx, user: &User) -> Result<Response, HttpError> {
    ctx.app.limits.check_user(RateRule::Token, user.id)?;
    let (_, token) = ctx.app.vnet.identities().access(&user.id).await?;
    let answer = json!({
        "token": token.token.expose(),
        "expires_on": rfc3339(token.expires_at),
    });
    reply::json(StatusCode::OK, &answer)
}
