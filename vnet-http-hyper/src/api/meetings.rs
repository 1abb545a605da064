//! Meetings over the API.

use http::StatusCode;
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::json;
use vnet_core::ErrorKind;
use vnet_core::conference::JoinTicket;
use vnet_core::id::Cursor;
use vnet_core::meeting::{Meeting, MeetingId, MeetingOrder, MeetingQuery};
use vnet_core::user::User;

use crate::api::data;
use crate::api::meeting_form::MeetingForm;
use crate::api::wire::{Details, MeetingWire};
use crate::body::Payload;
use crate::context::Ctx;
use crate::error::HttpError;
use crate::rate::RateRule;
use crate::reply::{self, Response};

/// What a new meeting takes.
pub(super) fn describe_new() -> Result<Response, HttpError> {
    let field = |help: &str, required: bool| json!({"help_text": help, "required": required});
    let about = json!({
        "title": field("Name of the meeting", true),
        "notes": field("More info about the meeting", true),
        "start_time": field("Time and date the meeting starts", true),
        "end_time": field("Time and date the meeting ends", false),
    });
    reply::json(StatusCode::OK, &about)
}

/// Schedules a meeting.
pub(super) async fn create(ctx: &Ctx, user: &User, body: Payload) -> Result<Response, HttpError> {
    ctx.app.limits.check_user(RateRule::Write, user.id)?;
    let data = data::read(ctx, body).await?;
    let draft = MeetingForm::read(&data)?.draft()?;
    let meeting = ctx.app.vnet.meetings().create(user, draft).await?;
    let picture = ctx.picture(user);
    reply::json(StatusCode::CREATED, &own(ctx, &meeting, user, &picture))
}

/// The caller's meetings, a page at a time.
pub(super) async fn list(ctx: &Ctx, user: &User) -> Result<Response, HttpError> {
    #[derive(Serialize)]
    struct List<'a> {
        meetings: Vec<MeetingWire<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }
    let max = ctx.app.vnet.limits().meetings_per_page;
    let limit = match number(ctx, "limit")? {
        None => max,
        Some(limit @ 1..) => u32::try_from(limit).unwrap_or(max).min(max),
        Some(_) => {
            return Err(wrong(
                "limit",
                "Ensure this value is greater than or equal to 1.",
            ));
        }
    };
    let not_over = number(ctx, "not_over")?.is_some_and(|number| number != 0);
    let query = MeetingQuery {
        host_id: Some(user.id),
        not_over_at: not_over.then(|| ctx.app.vnet.clock().now()),
        order: order(ctx)?,
        cursor: cursor(ctx)?,
        limit,
        ..MeetingQuery::default()
    };
    let page = ctx.app.vnet.meetings().list(&query).await?;
    let picture = ctx.picture(user);
    let list = List {
        meetings: page
            .items
            .iter()
            .map(|meeting| own(ctx, meeting, user, &picture))
            .collect(),
        next: page.next.map(|cursor| cursor.to_string()),
    };
    reply::json(StatusCode::OK, &list)
}

/// One meeting, for everybody who has the code.
pub(super) async fn show(ctx: &Ctx, user: &User, code: &str) -> Result<Response, HttpError> {
    let found = ctx.app.vnet.meetings().get(&id(code)?).await;
    let meeting = found.map_err(missing)?;
    if meeting.host_id == user.id {
        let picture = ctx.picture(user);
        return reply::json(StatusCode::OK, &own(ctx, &meeting, user, &picture));
    }
    let host = ctx.app.vnet.accounts().get(&meeting.host_id).await;
    // The host may be deleted between the two reads, and the meeting with it.
    let host = host.map_err(missing)?;
    let picture = ctx.picture(&host);
    let prefix = ctx.app.config.path_prefix.as_str();
    let wire = MeetingWire::of(&meeting, Details::of(&host, &picture, false), prefix);
    reply::json(StatusCode::OK, &wire)
}

/// Changes a meeting of the caller's own.
pub(super) async fn edit(
    ctx: &Ctx,
    user: &User,
    code: &str,
    body: Payload,
) -> Result<Response, HttpError> {
    ctx.app.limits.check_user(RateRule::Write, user.id)?;
    let id = id(code)?;
    let form = MeetingForm::read(&data::read(ctx, body).await?)?;
    let meetings = ctx.app.vnet.meetings();
    let changed = meetings.edit(user, &id, |was| form.change(was)).await;
    let meeting = changed.map_err(missing)?;
    let picture = ctx.picture(user);
    reply::json(StatusCode::OK, &own(ctx, &meeting, user, &picture))
}

/// Deletes a meeting of the caller's own.
pub(super) async fn delete(ctx: &Ctx, user: &User, code: &str) -> Result<Response, HttpError> {
    ctx.app.limits.check_user(RateRule::Write, user.id)?;
    let deleted = ctx.app.vnet.meetings().delete(user, &id(code)?).await;
    deleted.map_err(missing)?;
    Ok(reply::empty(StatusCode::NO_CONTENT))
}

/// A ticket that lets the caller's browser into a meeting.
pub(super) async fn join(ctx: &Ctx, user: &User, code: &str) -> Result<Response, HttpError> {
    ctx.app.limits.check_user(RateRule::Token, user.id)?;
    let ticket = ctx.app.vnet.meetings().join(user, &id(code)?).await;
    let mut ticket = ticket.map_err(|error| match error.kind() {
        ErrorKind::NotFound => missing(error),
        _ => error.into(),
    })?;
    // Providers know the path below this server's root; where the server is knows the browser.
    if let JoinTicket::Sfu { url, .. } = &mut ticket
        && url.starts_with('/')
    {
        *url = ctx.ws_url(url);
    }
    reply::json(StatusCode::OK, &ticket)
}

fn own<'a>(ctx: &Ctx, meeting: &'a Meeting, host: &'a User, picture: &'a str) -> MeetingWire<'a> {
    let prefix = ctx.app.config.path_prefix.as_str();
    MeetingWire::of(meeting, Details::of(host, picture, true), prefix)
}

/// The code in an address, in any spelling.
fn id(code: &str) -> Result<MeetingId, HttpError> {
    let decoded = percent_decode_str(code).decode_utf8();
    decoded
        .ok()
        .and_then(|code| code.parse().ok())
        .ok_or_else(not_there)
}

fn missing(error: vnet_core::Error) -> HttpError {
    match error.kind() {
        ErrorKind::NotFound => not_there(),
        _ => error.into(),
    }
}

fn not_there() -> HttpError {
    HttpError::not_found().with_body(json!({"message": "Meeting not found"}))
}

fn wrong(field: &str, message: &str) -> HttpError {
    HttpError::bad_request(format!("{field}: {message}")).with_body(json!({field: [message]}))
}

/// Oldest first unless `order=start` is asked for.
fn order(ctx: &Ctx) -> Result<MeetingOrder, HttpError> {
    match ctx.query("order").as_deref() {
        None | Some("created") => Ok(MeetingOrder::OldestFirst),
        Some("start") => Ok(MeetingOrder::SoonestFirst),
        Some(_unknown) => Err(wrong("order", "Choose `created` or `start`.")),
    }
}

fn cursor(ctx: &Ctx) -> Result<Option<Cursor>, HttpError> {
    let parsed = ctx.query("cursor").map(|text| text.parse());
    parsed
        .transpose()
        .map_err(|_no_cursor| wrong("cursor", "Use `next` of the page before."))
}

fn number(ctx: &Ctx, name: &str) -> Result<Option<i64>, HttpError> {
    match ctx.query(name).map(|text| text.parse::<i64>()) {
        None => Ok(None),
        Some(Ok(number)) => Ok(Some(number)),
        Some(Err(_no_number)) => Err(wrong(name, "A valid integer is required.")),
    }
}
