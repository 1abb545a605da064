//! `/account/meetings/`: scheduling without a line of script.

use http::StatusCode;
use http::header::SET_COOKIE;
use serde::Serialize;
use time::{Duration, UtcOffset};
use vnet_core::meeting::{Meeting, MeetingId, MeetingOrder, MeetingQuery};
use vnet_core::meetings::MeetingDraft;
use vnet_core::session::SignedIn;
use vnet_core::{ErrorKind, FieldError};

use crate::body::Payload;
use crate::error::HttpError;
use crate::form::Form;
use crate::page::view::{FormView, MeetingView};
use crate::page::visit::Visit;
use crate::page::when;
use crate::reply::Response;

#[derive(Serialize)]
struct List {
    meetings: Vec<MeetingView>,
    everything: bool,
    next_page: Option<String>,
    notice: Option<&'static str>,
    /// The offset of all times.
    offset: String,
    code: String,
    code_message: Option<String>,
}

/// The list of the caller's meetings; `code` is one that was typed and leads nowhere.
async fn list(
    visit: &Visit<'_>,
    me: &SignedIn,
    code: Option<String>,
) -> Result<Response, HttpError> {
    let everything = visit.query("all").is_some_and(|all| all == "1");
    let query = MeetingQuery {
        host_id: Some(me.user.id),
        not_over_at: (!everything).then(|| visit.now()),
        order: MeetingOrder::SoonestFirst,
        cursor: visit.cursor(),
        limit: visit.vnet().limits().meetings_per_page.clamp(1, 1000),
        ..MeetingQuery::default()
    };
    let page = visit.vnet().meetings().list(&query).await?;
    let all = if everything { "all=1&" } else { "" };
    let next_page = page
        .next
        .map(|cursor| format!("{}/account/meetings/?{all}after={cursor}", visit.prefix()));
    let view = List {
        meetings: page
            .items
            .iter()
            .map(|meeting| MeetingView::new(meeting, visit.offset()))
            .collect(),
        everything,
        next_page,
        notice: notice(visit),
        offset: when::label(visit.offset()),
        code_message: code
            .as_ref()
            .map(|code| format!("Could not find the meeting with code \"{code}\"")),
        code: code.unwrap_or_default(),
    };
    visit.page(StatusCode::OK, "meetings.html", "meetings", &view)
}

fn notice(visit: &Visit<'_>) -> Option<&'static str> {
    match visit.query("done")?.as_str() {
        "created" => Some("The meeting was created. Pass on its code or its link."),
        "changed" => Some("The meeting was changed."),
        "deleted" => Some("The meeting was deleted."),
        _ => None,
    }
}

/// GET of the list.
pub(super) async fn show(visit: &Visit<'_>) -> Result<Response, HttpError> {
    visit.only_read()?;
    match visit.signed_in() {
        Some(me) => list(visit, me, None).await,
        None => Ok(visit.to_sign_in()),
    }
}

/// GET with `join-code`: to the meeting with this code, or the list with a message.
pub(super) async fn join(visit: &Visit<'_>) -> Result<Response, HttpError> {
    visit.only_read()?;
    let Some(me) = visit.signed_in() else {
        return Ok(visit.to_sign_in());
    };
    let code: String = visit
        .query("join-code")
        .unwrap_or_default()
        .chars()
        .take(60)
        .collect();
    if let Some(meeting) = find(visit, &code).await? {
        return Ok(visit.see(&format!("/meet/conf/{}/", meeting.id)));
    }
    list(visit, me, Some(code)).await
}

/// The meeting with this code, if there is one; a code that cannot be one leads nowhere either.
pub(super) async fn find(visit: &Visit<'_>, code: &str) -> Result<Option<Meeting>, HttpError> {
    let Ok(id) = code.parse::<MeetingId>() else {
        return Ok(None);
    };
    match visit.vnet().meetings().get(&id).await {
        Ok(meeting) => Ok(Some(meeting)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[derive(Serialize)]
struct Edit {
    form: FormView,
    meeting: Option<Edited>,
    offsets: Vec<Choice>,
}

#[derive(Serialize)]
struct Edited {
    #[serde(flatten)]
    view: MeetingView,
    /// The address to pass on.
    link: String,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
}

fn edit_page(
    visit: &Visit<'_>,
    form: FormView,
    meeting: Option<&Meeting>,
) -> Result<Response, HttpError> {
    let choice = |offset| Choice {
        value: when::value(offset),
        label: when::label(offset),
    };
    let edited = |meeting: &Meeting| Edited {
        view: MeetingView::new(meeting, visit.offset()),
        link: format!(
            "{}{}/meet/conf/{}/",
            visit.origin(),
            visit.prefix(),
            meeting.id
        ),
    };
    let view = Edit {
        form,
        meeting: meeting.map(edited),
        offsets: when::offsets().map(choice).collect(),
    };
    visit.page(StatusCode::OK, "meeting-edit.html", "meetings", &view)
}

/// The form with what was typed.
fn kept(typed: &Form) -> FormView {
    ["title", "notes", "start_time", "end_time", "offset"]
        .into_iter()
        .fold(FormView::new("meeting"), |form, field| {
            form.with_value(field, typed.text(field))
        })
}

/// What was typed, and the offset it is meant at.
fn read(typed: &Form) -> Result<(MeetingDraft, UtcOffset), Vec<FieldError>> {
    let mut errors = Vec::new();
    let offset = when::parse_offset(typed.text("offset")).unwrap_or_else(|| {
        errors.push(FieldError::new("offset", "Choose one of the offsets."));
        UtcOffset::UTC
    });
    let start = when::parse_local("start_time", typed.text("start_time"), offset)
        .map_err(|error| errors.push(error))
        .ok();
    let end = Some(typed.text("end_time").trim())
        .filter(|text| !text.is_empty())
        .and_then(|text| {
            let end = when::parse_local("end_time", text, offset);
            end.map_err(|error| errors.push(error)).ok()
        });
    let draft = MeetingDraft {
        title: typed.text("title").to_owned(),
        notes: typed.text("notes").replace("\r\n", "\n"),
        // A start that cannot be read has its message already; the rest is checked all the same.
        start_time: start.unwrap_or(time::macros::datetime!(2000-01-01 00:00 UTC)),
        end_time: end.filter(|_end| start.is_some()),
    };
    match draft.check() {
        Ok(draft) if errors.is_empty() => Ok((draft, offset)),
        Ok(_draft) => Err(errors),
        Err(more) => {
            errors.extend(more.into_iter().map(|error| match error.message.as_ref() {
                "This field may not be blank." => {
                    FieldError::new(error.field, "This field is required.")
                }
                _ => error,
            }));
            Err(errors)
        }
    }
}

fn remember(visit: &Visit<'_>, mut response: Response, offset: UtcOffset) -> Response {
    if let Some(cookie) = when::offset_cookie(offset, visit.cookie_path()) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// GET and POST of a new meeting.
pub(super) async fn create(visit: &Visit<'_>, body: Payload) -> Result<Response, HttpError> {
    let is_post = visit.read_or_post()?;
    let Some(me) = visit.signed_in() else {
        return Ok(visit.to_sign_in());
    };
    if !is_post {
        let offset = visit.offset();
        // The next full hour but one: time enough to tell people.
        let start = visit.now() + Duration::HOUR;
        let start = start.replace_minute(0).unwrap_or(start) + Duration::HOUR;
        let form = FormView::new("meeting")
            .with_value("start_time", when::local_value(start, offset))
            .with_value(
                "end_time",
                when::local_value(start + Duration::HOUR, offset),
            )
            .with_value("offset", when::value(offset));
        return edit_page(visit, form, None);
    }
    let typed = visit.form(body).await?;
    match read(&typed) {
        Ok((draft, offset)) => {
            visit.count_write(me)?;
            visit.vnet().meetings().create(&me.user, draft).await?;
            let response = visit.see("/account/meetings/?done=created");
            Ok(remember(visit, response, offset))
        }
        Err(errors) => edit_page(visit, kept(&typed).with_errors(&errors), None),
    }
}

/// The caller's own meeting of this code.
async fn own(visit: &Visit<'_>, me: &SignedIn, code: &str) -> Result<Meeting, HttpError> {
    let meeting = find(visit, code).await?.ok_or_else(HttpError::not_found)?;
    if meeting.host_id == me.user.id {
        Ok(meeting)
    } else {
        Err(HttpError::forbidden(
            "Only its host may change or delete a meeting.",
        ))
    }
}

/// GET and POST of one meeting.
pub(super) async fn edit(
    visit: &Visit<'_>,
    code: &str,
    body: Payload,
) -> Result<Response, HttpError> {
    let is_post = visit.read_or_post()?;
    let Some(me) = visit.signed_in() else {
        return Ok(visit.to_sign_in());
    };
    let meeting = own(visit, me, code).await?;
    if !is_post {
        let offset = visit.offset();
        let end = meeting.end_time.map(|end| when::local_value(end, offset));
        let form = FormView::new("meeting")
            .with_value("title", &meeting.title)
            .with_value("notes", &meeting.notes)
            .with_value("start_time", when::local_value(meeting.start_time, offset))
            .with_value("end_time", end.unwrap_or_default())
            .with_value("offset", when::value(offset));
        return edit_page(visit, form, Some(&meeting));
    }
    let typed = visit.form(body).await?;
    let (draft, offset) = match read(&typed) {
        Ok(read) => read,
        Err(errors) => {
            return edit_page(visit, kept(&typed).with_errors(&errors), Some(&meeting));
        }
    };
    visit.count_write(me)?;
    let edited = visit
        .vnet()
        .meetings()
        .edit(&me.user, &meeting.id, |_former| Ok(draft))
        .await;
    match edited {
        Ok(_meeting) => {
            let response = visit.see("/account/meetings/?done=changed");
            Ok(remember(visit, response, offset))
        }
        Err(error) if error.kind() == ErrorKind::Conflict => {
            let message = "The meeting was changed elsewhere meanwhile. Save again to keep this.";
            edit_page(visit, kept(&typed).with_message(message), Some(&meeting))
        }
        Err(error) => Err(error.into()),
    }
}

/// POST that deletes one meeting.
pub(super) async fn delete(visit: &Visit<'_>, code: &str) -> Result<Response, HttpError> {
    visit.only_post()?;
    let Some(me) = visit.signed_in() else {
        return Ok(visit.to_sign_in_from("/account/meetings/"));
    };
    let meeting = own(visit, me, code).await?;
    visit
        .vnet()
        .meetings()
        .delete(&me.user, &meeting.id)
        .await?;
    Ok(visit.see("/account/meetings/?done=deleted"))
}
