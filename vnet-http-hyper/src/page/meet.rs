//! `/meet/…`: the front end if there is one, and otherwise a page that is of use without it.

use http::StatusCode;
use serde::Serialize;
use vnet_core::meeting::Meeting;

use crate::error::HttpError;
use crate::page::view::{MeetingView, when_word};
use crate::page::visit::Visit;
use crate::page::{home, meetings, shell};
use crate::reply::Response;

/// Meetings in the list of the shell.
const LISTED: u32 = 20;

#[derive(Serialize)]
struct Meet {
    /// What the front end is configured by.
    attributes: Vec<Attribute>,
    meeting: Option<Shown>,
    unknown_code: Option<String>,
    meetings: Vec<MeetingView>,
}

/// An attribute of `#root`.
#[derive(Serialize)]
pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) value: String,
}

#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    view: MeetingView,
    host: String,
    own: bool,
    when_word: &'static str,
}

/// GET of any path under `/meet/`; `rest` is what follows, by segments.
pub(super) async fn show(visit: &Visit<'_>, rest: &[&str]) -> Result<Response, HttpError> {
    visit.only_read()?;
    let Some(me) = visit.signed_in() else {
        return Ok(visit.to_sign_in());
    };
    if let Some(front_end) = &visit.ctx().app.config.front_end {
        return shell::show(visit, front_end).await;
    }
    let mut view = Meet {
        attributes: attributes(visit),
        meeting: None,
        unknown_code: None,
        meetings: home::coming(visit, LISTED).await?,
    };
    if let ["conf", code] = *rest {
        let code = percent_encoding::percent_decode_str(code).decode_utf8_lossy();
        match meetings::find(visit, &code).await? {
            Some(meeting) => view.meeting = Some(shown(visit, &meeting, me.user.id).await?),
            None => view.unknown_code = Some(code.chars().take(60).collect()),
        }
    }
    visit.page(StatusCode::OK, "meet.html", "meet", &view)
}

/// GET of `/meet/watch/`: what a second screen shows, without an account. Only a front end has it.
pub(super) async fn watch(visit: &Visit<'_>) -> Result<Response, HttpError> {
    visit.only_read()?;
    match &visit.ctx().app.config.front_end {
        Some(front_end) => shell::show(visit, front_end).await,
        None => Err(HttpError::not_found()),
    }
}

async fn shown(
    visit: &Visit<'_>,
    meeting: &Meeting,
    viewer: vnet_core::id::UserId,
) -> Result<Shown, HttpError> {
    let host = visit.vnet().accounts().get(&meeting.host_id).await?;
    Ok(Shown {
        view: MeetingView::new(meeting, visit.offset()),
        host: host.full_name(),
        own: meeting.host_id == viewer,
        when_word: when_word(meeting, visit.now()),
    })
}

/// What a front end is told by the wire contract.
pub(super) fn attributes(visit: &Visit<'_>) -> Vec<Attribute> {
    let here = |path: &str| format!("{}{path}", visit.prefix());
    [
        ("data-signalling-server", visit.signalling_url()),
        (
            "data-user-details-url",
            here("/account/get/user-details/?acs=1"),
        ),
        ("data-get-meetings-url", here("/meeting/meetings/")),
        ("data-create-meeting-url", here("/meeting/new/")),
        ("data-profile-page", here("/account/")),
        ("data-vnet-logo", here("/static/logo.svg")),
        ("data-vnet-background", here("/static/background.svg")),
        ("data-vnet-background-large", here("/static/background.svg")),
    ]
    .into_iter()
    .map(|(name, value)| Attribute { name, value })
    .collect()
}
