//! `/admin/users/`

use http::StatusCode;
use serde::Serialize;
use time::UtcOffset;
use vnet_core::id::UserId;
use vnet_core::store::UserQuery;
use vnet_core::user::User;
use vnet_core::{Error, ErrorKind, FieldError, Secret};

use super::{Desk, PER_PAGE, asked, pages};
use crate::body::Payload;
use crate::error::HttpError;
use crate::page::sign_up;
use crate::page::view::{FormView, SessionView};
use crate::page::visit::Visit;
use crate::page::when::{self, When};
use crate::reply::Response;

/// An account as staff sees it.
#[derive(Serialize)]
struct UserView {
    id: String,
    username: String,
    full_name: String,
    email: String,
    meeting_name: String,
    picture: String,
    is_staff: bool,
    is_active: bool,
    joined: When,
    last_login: Option<When>,
}

impl UserView {
    fn new(user: &User, visit: &Visit<'_>) -> Self {
        let offset: UtcOffset = visit.offset();
        Self {
            id: user.id.to_string(),
            username: user.username.to_string(),
            full_name: user.full_name(),
            email: user.email.as_str().to_owned(),
            meeting_name: user.meeting_name.clone(),
            picture: visit.picture(user),
            is_staff: user.is_staff,
            is_active: user.is_active,
            joined: when::moment(user.date_joined, offset),
            last_login: user.last_login.map(|at| when::moment(at, offset)),
        }
    }
}

#[derive(Serialize)]
struct List {
    tab: &'static str,
    q: String,
    notice: Option<&'static str>,
    users: Vec<UserView>,
    paged: bool,
    first_page: String,
    next_page: Option<String>,
}

/// GET of the list, with `q` and `after`.
pub(super) async fn list(desk: &Desk<'_>) -> Result<Response, HttpError> {
    let visit = desk.visit;
    visit.only_read()?;
    let query = UserQuery {
        search: asked(visit),
        cursor: visit.cursor(),
        limit: PER_PAGE,
    };
    let page = desk.staff.users(&query).await?;
    let (first_page, next_page) = pages(visit, "/admin/users/", query.search.as_deref(), &page);
    let view = List {
        tab: "users",
        notice: match visit.query("done").as_deref() {
            Some("deleted") => Some("The account was deleted."),
            _ => None,
        },
        users: page
            .items
            .iter()
            .map(|user| UserView::new(user, visit))
            .collect(),
        paged: query.cursor.is_some(),
        q: query.search.unwrap_or_default(),
        first_page,
        next_page,
    };
    visit.page(StatusCode::OK, "admin/users.html", "admin", &view)
}

#[derive(Serialize)]
struct New {
    tab: &'static str,
    form: FormView,
}

fn new_page(desk: &Desk<'_>, form: FormView) -> Result<Response, HttpError> {
    let view = New { tab: "users", form };
    desk.visit
        .page(StatusCode::OK, "admin/user-new.html", "admin", &view)
}

/// GET and POST of a new account.
pub(super) async fn create(desk: &Desk<'_>, body: Payload) -> Result<Response, HttpError> {
    if !desk.visit.read_or_post()? {
        return new_page(desk, FormView::new("user"));
    }
    let typed = desk.visit.form(body).await?;
    let is_staff = typed.get("is_staff").is_some();
    match desk
        .staff
        .create_user(&sign_up::read(&typed), is_staff)
        .await
    {
        Ok(user) => Ok(desk
            .visit
            .see(&format!("/admin/users/{}/?done=created", user.id))),
        Err(error) if error.kind() == ErrorKind::InvalidInput => {
            let form = sign_up::kept(FormView::new("user"), &typed)
                .with_value("is_staff", if is_staff { "on" } else { "" })
                .with_errors(error.fields());
            new_page(desk, form)
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Serialize)]
struct One {
    tab: &'static str,
    user: UserView,
    /// Whether it is the account of who looks at it.
    own: bool,
    sessions: Vec<SessionView>,
    notice: Option<&'static str>,
    message: Option<String>,
    password: FormView,
    delete: FormView,
}

impl One {
    async fn new(desk: &Desk<'_>, user: &User) -> Result<Self, HttpError> {
        let visit = desk.visit;
        let sessions = visit.vnet().accounts().sessions(&user.id).await?;
        let current = Some(desk.me.session.id);
        Ok(Self {
            tab: "users",
            user: UserView::new(user, visit),
            own: user.id == desk.me.user.id,
            sessions: sessions
                .iter()
                .map(|session| SessionView::new(session, current, visit.offset()))
                .collect(),
            notice: notice(visit),
            message: None,
            password: FormView::new("password"),
            delete: FormView::new("delete"),
        })
    }

    fn page(&self, desk: &Desk<'_>, status: StatusCode) -> Result<Response, HttpError> {
        desk.visit.page(status, "admin/user.html", "admin", self)
    }
}

fn notice(visit: &Visit<'_>) -> Option<&'static str> {
    match visit.query("done")?.as_str() {
        "created" => Some("The account was made."),
        "make-staff" => Some("The account is staff now."),
        "unmake-staff" => Some("The account is no longer staff."),
        "activate" => Some("The account may sign in again."),
        "deactivate" => Some("The account was deactivated; its sessions have ended."),
        "end-sessions" => Some("All sessions of the account have ended."),
        "password" => Some("The password was set; all sessions of the account have ended."),
        _ => None,
    }
}

async fn find(desk: &Desk<'_>, id: &str) -> Result<User, HttpError> {
    let id: UserId = id.parse().map_err(|_no_id| HttpError::not_found())?;
    Ok(desk.visit.vnet().accounts().get(&id).await?)
}

/// GET of one account.
pub(super) async fn show(desk: &Desk<'_>, id: &str) -> Result<Response, HttpError> {
    desk.visit.only_read()?;
    let user = find(desk, id).await?;
    One::new(desk, &user).await?.page(desk, StatusCode::OK)
}

/// POST of what is to be done to one account.
pub(super) async fn act(
    desk: &Desk<'_>,
    id: &str,
    action: &str,
    body: Payload,
) -> Result<Response, HttpError> {
    let known = [
        "make-staff",
        "unmake-staff",
        "activate",
        "deactivate",
        "end-sessions",
        "password",
        "delete",
    ];
    if !known.contains(&action) {
        return Err(HttpError::not_found());
    }
    desk.visit.only_post()?;
    let user = find(desk, id).await?;
    let done = match action {
        "make-staff" => desk.staff.set_staff(&user.id, true).await.map(drop),
        "unmake-staff" => desk.staff.set_staff(&user.id, false).await.map(drop),
        "activate" => desk.staff.set_active(&user.id, true).await.map(drop),
        "deactivate" => desk.staff.set_active(&user.id, false).await.map(drop),
        "end-sessions" => desk.staff.end_sessions(&user.id).await.map(drop),
        "password" => {
            let typed = desk.visit.form(body).await?;
            let password = Secret::from(typed.text("password"));
            desk.staff.reset_password(&user.id, password).await
        }
        _ => return delete(desk, &user, body).await,
    };
    match done {
        // Who ends all of his own sessions, or sets his own password, is out as well.
        Ok(()) => Ok(desk
            .visit
            .see(&format!("/admin/users/{}/?done={action}", user.id))),
        Err(error) => refused(desk, &user, error).await,
    }
}

async fn delete(desk: &Desk<'_>, user: &User, body: Payload) -> Result<Response, HttpError> {
    let typed = desk.visit.form(body).await?;
    if !typed
        .text("username")
        .trim()
        .eq_ignore_ascii_case(user.username.as_str())
    {
        let wrong = FieldError::new("username", "This is not the username of this account.");
        let mut view = One::new(desk, user).await?;
        view.delete = view.delete.with_errors(&[wrong]);
        return view.page(desk, StatusCode::OK);
    }
    match desk.staff.delete_user(&user.id).await {
        Ok(_was_there) => Ok(desk.visit.see("/admin/users/?done=deleted")),
        Err(error) => refused(desk, user, error).await,
    }
}

/// The page again, with what is wrong.
async fn refused(desk: &Desk<'_>, user: &User, error: Error) -> Result<Response, HttpError> {
    match error.kind() {
        ErrorKind::InvalidInput => {
            let mut view = One::new(desk, user).await?;
            view.password = view.password.with_errors(error.fields());
            view.page(desk, StatusCode::OK)
        }
        ErrorKind::Conflict => {
            let mut view = One::new(desk, user).await?;
            view.message =
                Some("Staff cannot do this to its own account: ask a colleague.".to_owned());
            view.page(desk, StatusCode::CONFLICT)
        }
        _ => Err(error.into()),
    }
}
