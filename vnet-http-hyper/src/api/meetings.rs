//! Meetings over the API.

use http::StatusCode;
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use vnet_core::ErrorKind;
use vnet_core::conference::JoinTicket;
use vnet_core::id::Cursor;
use vnet_core::meeting::{Meeting, MeetingId, MeetingOrder, MeetingQuery};
use vnet_core::user::User;

use crate::api::data;
use crate::api::meeting_form::{MeetingForm, NewMeeting};
use crate::api::problem::{BadFields, BodyRefusals, FieldErrors, Notice, Refusals, WriteRefusals};
use crate::api::ticket::TicketSchema;
use crate::api::wire::{MeetingList, MeetingWire, Person};
use crate::body::Payload;
use crate::context::Ctx;
use crate::error::HttpError;
use crate::rate::RateRule;
use crate::reply::{self, Response};

/// What a new meeting takes, field by field.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewMeetingForm {
    title: FieldAbout,
    notes: FieldAbout,
    start_time: FieldAbout,
    end_time: FieldAbout,
}

/// What a field is.
#[derive(Serialize, ToSchema)]
pub(crate) struct FieldAbout {
    help_text: &'static str,
    required: bool,
}

/// What a new meeting takes.
#[utoipa::path(
    get, path = "/meeting/new/", tag = "meetings", operation_id = "describe_new_meeting",
    responses((status = 200, description = "What to send", body = NewMeetingForm), Refusals),
)]
pub(super) fn describe_new() -> Result<Response, HttpError> {
    let field = |help_text, required| FieldAbout {
        help_text,
        required,
    };
    let about = NewMeetingForm {
        title: field("Name of the meeting", true),
        notes: field("More info about the meeting", true),
        start_time: field("Time and date the meeting starts", true),
        end_time: field("Time and date the meeting ends", false),
    };
    reply::json(StatusCode::OK, &about)
}

/// Schedules a meeting.
#[utoipa::path(
    post, path = "/meeting/new/", tag = "meetings", operation_id = "create_meeting",
    request_body(content(
        (NewMeeting = "application/json"),
        (NewMeeting = "application/x-www-form-urlencoded"),
        (NewMeeting = "multipart/form-data"),
    )),
    responses(
        BodyRefusals,
        (status = 201, description = "The meeting", body = MeetingWire<'_>),
        BadFields,
    ),
)]
pub(super) async fn create(ctx: &Ctx, user: &User, body: Payload) -> Result<Response, HttpError> {
    ctx.app.limits.check_user(RateRule::Write, user.id)?;
    let data = data::read(ctx, body).await?;
    let draft = MeetingForm::read(data)?.draft()?;
    let meeting = ctx.app.vnet.meetings().create(user, draft).await?;
    let picture = ctx.picture(user);
    reply::json(StatusCode::CREATED, &own(ctx, &meeting, user, &picture))
}

/// The caller's meetings, a page at a time.
#[utoipa::path(
    get, path = "/meeting/meetings/", tag = "meetings", operation_id = "list_meetings",
    params(
        ("limit" = Option<u32>, Query, minimum = 1, description = "Meetings on a page; the server has a bound of its own"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
        ("order" = Option<String>, Query, pattern = "^(created|-?start)$", description = "`created` (the default): the oldest first; `start`: the soonest first; `-start`: the latest first"),
        ("not_over" = Option<i64>, Query, description = "Other than 0: only those that are not over"),
        ("over" = Option<i64>, Query, description = "Other than 0: only those that are over; not along with `not_over`"),
    ),
    responses(
        Refusals,
        (status = 200, description = "A page", body = MeetingList<'_>),
        (status = 400, description = "A parameter is wrong", body = FieldErrors<'_>),
    ),
)]
pub(super) async fn list(ctx: &Ctx, user: &User) -> Result<Response, HttpError> {
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
    let (not_over, over) = (flag(ctx, "not_over")?, flag(ctx, "over")?);
    if not_over && over {
        return Err(wrong("over", "Choose `over` or `not_over`."));
    }
    let now = ctx.app.vnet.clock().now();
    let query = MeetingQuery {
        host_id: Some(user.id),
        not_over_at: not_over.then_some(now),
        over_at: over.then_some(now),
        order: order(ctx)?,
        cursor: cursor(ctx)?,
        limit,
        ..MeetingQuery::default()
    };
    let page = ctx.app.vnet.meetings().list(&query).await?;
    let picture = ctx.picture(user);
    let list = MeetingList {
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
#[utoipa::path(
    get, path = "/meeting/meetings/{code}/", tag = "meetings", operation_id = "show_meeting",
    params(("code" = String, Path, description = "The code, in any spelling")),
    responses(
        Refusals,
        (status = 200, description = "The meeting", body = MeetingWire<'_>),
        (status = 404, description = "No such meeting", body = Notice),
    ),
)]
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
    let wire = MeetingWire::of(&meeting, Person::of(&host, &picture, false), prefix);
    reply::json(StatusCode::OK, &wire)
}

/// Changes a meeting of the caller's own.
#[utoipa::path(
    patch, path = "/meeting/meetings/{code}/", tag = "meetings", operation_id = "change_meeting",
    params(("code" = String, Path, description = "The code, in any spelling")),
    request_body(content(
        (MeetingForm = "application/json"),
        (MeetingForm = "application/x-www-form-urlencoded"),
        (MeetingForm = "multipart/form-data"),
    )),
    responses(
        BodyRefusals,
        (status = 200, description = "The meeting as it is now", body = MeetingWire<'_>),
        BadFields,
        (status = 404, description = "No such meeting", body = Notice),
    ),
)]
pub(super) async fn edit(
    ctx: &Ctx,
    user: &User,
    code: &str,
    body: Payload,
) -> Result<Response, HttpError> {
    ctx.app.limits.check_user(RateRule::Write, user.id)?;
    let id = id(code)?;
    let form = MeetingForm::read(data::read(ctx, body).await?)?;
    let meetings = ctx.app.vnet.meetings();
    let changed = meetings.edit(user, &id, |was| form.change(was)).await;
    let meeting = changed.map_err(missing)?;
    let picture = ctx.picture(user);
    reply::json(StatusCode::OK, &own(ctx, &meeting, user, &picture))
}

/// Deletes a meeting of the caller's own.
#[utoipa::path(
    delete, path = "/meeting/meetings/{code}/", tag = "meetings", operation_id = "delete_meeting",
    params(("code" = String, Path, description = "The code, in any spelling")),
    responses(
        WriteRefusals,
        (status = 204, description = "It is deleted"),
        (status = 404, description = "No such meeting", body = Notice),
    ),
)]
pub(super) async fn delete(ctx: &Ctx, user: &User, code: &str) -> Result<Response, HttpError> {
    ctx.app.limits.check_user(RateRule::Write, user.id)?;
    let deleted = ctx.app.vnet.meetings().delete(user, &id(code)?).await;
    deleted.map_err(missing)?;
    Ok(reply::empty(StatusCode::NO_CONTENT))
}

/// A ticket that lets the caller's browser into a meeting.
#[utoipa::path(
    post, path = "/meeting/meetings/{code}/join/", tag = "meetings", operation_id = "join_meeting",
    params(("code" = String, Path, description = "The code, in any spelling")),
    responses(
        WriteRefusals,
        (status = 200, description = "The ticket", body = TicketSchema),
        (status = 404, description = "No such meeting", body = Notice),
    ),
)]
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
    MeetingWire::of(meeting, Person::of(host, picture, true), prefix)
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
    HttpError::not_found().with_body(&Notice::NO_MEETING)
}

fn wrong(field: &str, message: &str) -> HttpError {
    HttpError::bad_request(format!("{field}: {message}")).with_body(&json!({field: [message]}))
}

/// Oldest first unless another order is asked for.
fn order(ctx: &Ctx) -> Result<MeetingOrder, HttpError> {
    match ctx.query("order").as_deref() {
        None | Some("created") => Ok(MeetingOrder::OldestFirst),
        Some("start") => Ok(MeetingOrder::SoonestFirst),
        Some("-start") => Ok(MeetingOrder::LatestFirst),
        Some(_unknown) => Err(wrong("order", "Choose `created`, `start` or `-start`.")),
    }
}

fn cursor(ctx: &Ctx) -> Result<Option<Cursor>, HttpError> {
    let parsed = ctx.query("cursor").map(|text| text.parse());
    parsed
        .transpose()
        .map_err(|_no_cursor| wrong("cursor", "Use `next` of the page before."))
}

fn flag(ctx: &Ctx, name: &str) -> Result<bool, HttpError> {
    Ok(number(ctx, name)?.is_some_and(|number| number != 0))
}

fn number(ctx: &Ctx, name: &str) -> Result<Option<i64>, HttpError> {
    match ctx.query(name).map(|text| text.parse::<i64>()) {
        None => Ok(None),
        Some(Ok(number)) => Ok(Some(number)),
        Some(Err(_no_number)) => Err(wrong(name, "A valid integer is required.")),
    }
}
