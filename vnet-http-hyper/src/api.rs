//! The JSON API.

mod account;
mod auth;
mod data;
mod datetime;
mod meeting_form;
mod meetings;
mod openapi;
mod problem;
mod ticket;
mod wire;

use http::StatusCode;
use http::header::{ACCEPT, ALLOW, HeaderValue};
use serde_json::json;

use crate::body::Payload;
use crate::context::Ctx;
use crate::error::HttpError;
use crate::origin;
use crate::reply::{self, Response};
use crate::route::Api;

pub(crate) use openapi::ApiDocument;
pub use openapi::openapi_json;
pub(crate) use problem::{FieldErrors, Problem};

/// Answers for every address of the API.
///
/// # Errors
/// 401, 403, 404, 405, 406, 429, and 4xx for what is wrong with a body.
pub(crate) async fn dispatch(
    ctx: &Ctx,
    api: Api<'_>,
    body: Payload,
) -> Result<Response, HttpError> {
    // The token comes first: a wrong one is refused whatever else is there.
    let token_user = auth::token_user(ctx).await?;
    if token_user.is_none() && !ctx.is_read() {
        origin::check_write(ctx)?;
    }
    accepts_json(ctx)?;
    let caller = || auth::caller(ctx, token_user.as_ref());
    let method = ctx.method().as_str();
    match (api, method) {
        (Api::SignInError, _) => Err(account::not_signed_in()),
        (Api::Login, "GET" | "HEAD") => account::describe_login(),
        (Api::Login, "POST") => account::login(ctx, body).await,
        (Api::Login, "OPTIONS") => options(api),
        (Api::Login, _) => Err(not_allowed(ctx, api)),
        (_, "OPTIONS") => {
            caller().await?;
            options(api)
        }
        (Api::Details, "GET" | "HEAD") => account::details(ctx, caller().await?).await,
        (Api::AcsToken, "POST") => account::acs_token(ctx, caller().await?).await,
        (Api::Meetings, "GET" | "HEAD") => meetings::list(ctx, caller().await?).await,
        (Api::Meeting(code), "GET" | "HEAD") => meetings::show(ctx, caller().await?, code).await,
        (Api::Meeting(code), "PATCH") => meetings::edit(ctx, caller().await?, code, body).await,
        (Api::Meeting(code), "DELETE") => meetings::delete(ctx, caller().await?, code).await,
        (Api::Join(code), "POST") => meetings::join(ctx, caller().await?, code).await,
        (Api::NewMeeting, "GET" | "HEAD") => {
            caller().await?;
            meetings::describe_new()
        }
        (Api::NewMeeting, "POST") => meetings::create(ctx, caller().await?, body).await,
        _ => {
            caller().await?;
            Err(not_allowed(ctx, api))
        }
    }
}

fn allowed(api: Api<'_>) -> &'static str {
    match api {
        Api::Login | Api::NewMeeting => "GET, HEAD, POST, OPTIONS",
        Api::Details | Api::Meetings => "GET, HEAD, OPTIONS",
        Api::SignInError => "GET, HEAD",
        Api::AcsToken | Api::Join(_) => "POST, OPTIONS",
        Api::Meeting(_) => "GET, HEAD, PATCH, DELETE, OPTIONS",
    }
}

fn not_allowed(ctx: &Ctx, api: Api<'_>) -> HttpError {
    HttpError::method_not_allowed(ctx.method(), allowed(api))
}

fn options(api: Api<'_>) -> Result<Response, HttpError> {
    let name = match api {
        Api::Login => "Sign in",
        Api::Details => "User details",
        Api::SignInError => "Not signed in",
        Api::AcsToken => "Access token",
        Api::Meetings => "Meetings",
        Api::Meeting(_) => "Meeting",
        Api::Join(_) => "Join a meeting",
        Api::NewMeeting => "New meeting",
    };
    let about = json!({
        "name": name,
        "description": "",
        "renders": ["application/json"],
        "parses": [
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        ],
    });
    let mut response = reply::json(StatusCode::OK, &about)?;
    let allow = HeaderValue::from_static(allowed(api));
    response.headers_mut().insert(ALLOW, allow);
    Ok(response)
}

/// 406 for those who take anything but JSON.
fn accepts_json(ctx: &Ctx) -> Result<(), HttpError> {
    let mut accept = ctx.parts.headers.get_all(ACCEPT).iter().peekable();
    if accept.peek().is_none() {
        return Ok(());
    }
    let taken = ["*/*", "application/*", "application/json", "text/html"];
    let good = accept.any(|line| {
        let line = line.to_str().unwrap_or("*/*");
        line.split(',').any(|range| {
            let range = range.split(';').next().unwrap_or_default().trim();
            range.is_empty() || taken.iter().any(|mime| range.eq_ignore_ascii_case(mime))
        })
    });
    match good {
        true => Ok(()),
        false => Err(HttpError::new(
            StatusCode::NOT_ACCEPTABLE,
            "Could not satisfy the request Accept header.",
        )),
    }
}
