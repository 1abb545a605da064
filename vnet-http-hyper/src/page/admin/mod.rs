//! `/admin/`: the pages of the staff.
//!
//! What staff may do is decided by [`vnet_core::Staff`]; none of these pages shows a hash, a token
//! or a session key.

mod articles;
mod meetings;
mod users;

use http::StatusCode;
use serde::Serialize;
use vnet_core::Staff;
use vnet_core::id::Page;
use vnet_core::meeting::MeetingQuery;
use vnet_core::session::SignedIn;
use vnet_core::store::UserQuery;

use crate::body::Payload;
use crate::error::HttpError;
use crate::page::view::query_value;
use crate::page::visit::Visit;
use crate::reply::Response;

/// Users or meetings on one page.
const PER_PAGE: u32 = 50;
/// Up to here the overview counts.
const COUNTED: u32 = 500;
/// Longer searches are cut: characters.
const MAX_QUERY_CHARS: usize = 200;

/// A member of the staff at work.
#[derive(Clone, Debug)]
struct Desk<'a> {
    visit: &'a Visit<'a>,
    me: &'a SignedIn,
    staff: Staff<'a>,
}

pub(super) async fn dispatch(
    visit: &Visit<'_>,
    rest: &[&str],
    body: Payload,
) -> Result<Response, HttpError> {
    let Some(me) = visit.signed_in() else {
        return Ok(visit.to_sign_in_from(&format!("/admin/{}", slashed(rest))));
    };
    let staff = visit.vnet().staff(&me.user)?;
    let desk = Desk { visit, me, staff };
    match *rest {
        [] => overview(&desk).await,
        ["users"] => users::list(&desk).await,
        ["users", "new"] => users::create(&desk, body).await,
        ["users", id] => users::show(&desk, id).await,
        ["users", id, action] => users::act(&desk, id, action, body).await,
        ["meetings"] => meetings::list(&desk).await,
        ["meetings", code, "delete"] => meetings::delete(&desk, code).await,
        ["help"] => articles::list(&desk).await,
        ["help", "new"] => articles::create(&desk, body).await,
        ["help", number] => articles::edit(&desk, number, body).await,
        ["help", number, "delete"] => articles::delete(&desk, number).await,
        _ => Err(HttpError::not_found()),
    }
}

fn slashed(segments: &[&str]) -> String {
    segments
        .iter()
        .flat_map(|segment| [*segment, "/"])
        .collect()
}

#[derive(Serialize)]
struct Overview {
    tab: &'static str,
    cards: [Card; 3],
}

#[derive(Serialize)]
struct Card {
    href: &'static str,
    icon: &'static str,
    count: String,
    label: &'static str,
    text: &'static str,
}

async fn overview(desk: &Desk<'_>) -> Result<Response, HttpError> {
    desk.visit.only_read()?;
    let users = UserQuery {
        limit: COUNTED,
        ..UserQuery::default()
    };
    let meetings = MeetingQuery {
        not_over_at: Some(desk.visit.now()),
        limit: COUNTED,
        ..MeetingQuery::default()
    };
    let view = Overview {
        tab: "home",
        cards: [
            Card {
                href: "/admin/users/",
                icon: "user",
                count: count(&desk.staff.users(&users).await?),
                label: "users",
                text: "Search, make staff, deactivate, reset passwords, delete.",
            },
            Card {
                href: "/admin/meetings/",
                icon: "calendar",
                count: count(&desk.staff.meetings(&meetings).await?),
                label: "meetings ahead",
                text: "See who hosts what, and delete.",
            },
            Card {
                href: "/admin/help/",
                icon: "help",
                count: desk.staff.articles().await?.len().to_string(),
                label: "help articles",
                text: "Write, change and delete.",
            },
        ],
    };
    desk.visit
        .page(StatusCode::OK, "admin/home.html", "admin", &view)
}

fn count<T>(page: &Page<T>) -> String {
    match page.next {
        None => page.items.len().to_string(),
        Some(_more) => format!("{}+", page.items.len()),
    }
}

/// What is searched for: `q`, if it is not blank.
fn asked(visit: &Visit<'_>) -> Option<String> {
    let q: String = visit
        .query("q")?
        .trim()
        .chars()
        .take(MAX_QUERY_CHARS)
        .collect();
    (!q.is_empty()).then_some(q)
}

/// A list's first page and, if it goes on, its next one.
fn pages<T>(
    visit: &Visit<'_>,
    path: &str,
    q: Option<&str>,
    page: &Page<T>,
) -> (String, Option<String>) {
    let q = q
        .map(|q| format!("q={}", query_value(q)))
        .unwrap_or_default();
    let first = format!("{}{path}?{q}", visit.prefix());
    let next = page.next.map(|cursor| format!("{first}&after={cursor}"));
    (first, next)
}
