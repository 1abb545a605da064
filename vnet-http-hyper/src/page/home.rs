//! `/`

use http::StatusCode;
use serde::Serialize;
use vnet_core::meeting::{MeetingOrder, MeetingQuery};

use crate::error::HttpError;
use crate::page::view::MeetingView;
use crate::page::visit::Visit;
use crate::reply::Response;

/// Meetings on the home page.
const COMING: u32 = 5;

#[derive(Serialize)]
struct Home {
    meetings: Vec<MeetingView>,
    notice: Option<&'static str>,
}

pub(super) async fn show(visit: &Visit<'_>) -> Result<Response, HttpError> {
    visit.only_read()?;
    let view = Home {
        meetings: coming(visit, COMING).await?,
        notice: match visit.query("done").as_deref() {
            Some("deleted") => Some("Your account was deleted."),
            _ => None,
        },
    };
    visit.indexed_page(StatusCode::OK, "home.html", "home", &view)
}

/// The caller's next meetings, the soonest first.
pub(super) async fn coming(visit: &Visit<'_>, most: u32) -> Result<Vec<MeetingView>, HttpError> {
    let Some(me) = visit.signed_in() else {
        return Ok(Vec::new());
    };
    let query = MeetingQuery {
        host_id: Some(me.user.id),
        not_over_at: Some(visit.now()),
        order: MeetingOrder::SoonestFirst,
        limit: most,
        ..MeetingQuery::default()
    };
    let meetings = visit.vnet().meetings().list(&query).await?.items;
    let view = |meeting| MeetingView::new(meeting, visit.offset());
    Ok(meetings.iter().map(view).collect())
}
