//! `/admin/meetings/`

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use http::StatusCode;
use serde::Serialize;
use vnet_core::ErrorKind;
use vnet_core::id::UserId;
use vnet_core::meeting::{Meeting, MeetingOrder, MeetingQuery};

use super::{Desk, PER_PAGE, asked, pages};
use crate::error::HttpError;
use crate::page::meetings::find;
use crate::page::view::MeetingView;
use crate::reply::Response;

#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    view: MeetingView,
    host: String,
    host_id: String,
}

#[derive(Serialize)]
struct List {
    tab: &'static str,
    q: String,
    notice: Option<&'static str>,
    meetings: Vec<Line>,
    paged: bool,
    first_page: String,
    next_page: Option<String>,
}

/// GET of the list, newest first, with `q` and `after`.
pub(super) async fn list(desk: &Desk<'_>) -> Result<Response, HttpError> {
    let visit = desk.visit;
    visit.only_read()?;
    let q = asked(visit);
    let query = MeetingQuery {
        // A code is searched for in whatever spelling it was told.
        search: q
            .as_ref()
            .map(|q| match q.parse::<vnet_core::meeting::MeetingId>() {
                Ok(code) => code.to_string(),
                Err(_no_code) => q.clone(),
            }),
        order: MeetingOrder::NewestFirst,
        cursor: visit.cursor(),
        limit: PER_PAGE,
        ..MeetingQuery::default()
    };
    let page = desk.staff.meetings(&query).await?;
    let mut hosts = HashMap::new();
    let mut meetings = Vec::with_capacity(page.items.len());
    for meeting in &page.items {
        let name = match hosts.entry(meeting.host_id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(host(desk, &meeting.host_id).await?),
        };
        meetings.push(line(desk, meeting, name));
    }
    let (first_page, next_page) = pages(visit, "/admin/meetings/", q.as_deref(), &page);
    let view = List {
        tab: "meetings",
        notice: match visit.query("done").as_deref() {
            Some("deleted") => Some("The meeting was deleted."),
            _ => None,
        },
        meetings,
        paged: query.cursor.is_some(),
        q: q.unwrap_or_default(),
        first_page,
        next_page,
    };
    visit.page(StatusCode::OK, "admin/meetings.html", "admin", &view)
}

fn line(desk: &Desk<'_>, meeting: &Meeting, host: &str) -> Line {
    Line {
        view: MeetingView::new(meeting, desk.visit.offset()),
        host: host.to_owned(),
        host_id: meeting.host_id.to_string(),
    }
}

/// The username of a host, who may be gone since the list was read.
async fn host(desk: &Desk<'_>, id: &UserId) -> Result<String, HttpError> {
    match desk.visit.vnet().accounts().get(id).await {
        Ok(user) => Ok(user.username.to_string()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok("(deleted)".to_owned()),
        Err(error) => Err(error.into()),
    }
}

#[derive(Serialize)]
struct Delete {
    tab: &'static str,
    meeting: Line,
}

/// GET asks, POST deletes.
pub(super) async fn delete(desk: &Desk<'_>, code: &str) -> Result<Response, HttpError> {
    let is_post = desk.visit.read_or_post()?;
    let meeting = find(desk.visit, code)
        .await?
        .ok_or_else(HttpError::not_found)?;
    if is_post {
        desk.staff.delete_meeting(&meeting.id).await?;
        return Ok(desk.visit.see("/admin/meetings/?done=deleted"));
    }
    let host = host(desk, &meeting.host_id).await?;
    let view = Delete {
        tab: "meetings",
        meeting: line(desk, &meeting, &host),
    };
    desk.visit
        .page(StatusCode::OK, "admin/meeting-delete.html", "admin", &view)
}
