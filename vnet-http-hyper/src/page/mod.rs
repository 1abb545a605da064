//! Pages for people: plain HTML that works without a line of script.
//!
//! [`dispatch`] is the table of all addresses. Handlers get a [`Visit`] and give an answer;
//! `templates/README.md` says what the templates are told.

mod account;
mod admin;
mod avatar;
mod device;
mod fault;
mod help;
mod home;
mod markdown;
mod meet;
mod meetings;
mod next;
mod render;
mod shell;
mod sign_in;
mod sign_up;
mod view;
mod visit;
mod when;

use crate::body::Payload;
use crate::context::Ctx;
use crate::error::HttpError;
use crate::page::visit::Visit;
use crate::reply::Response;

pub(crate) use render::Pages;

/// Whether `path` (with its slash at the end) is the address of a page: what is asked for without
/// the slash is sent there.
pub(crate) fn is_address(path: &str) -> bool {
    ["/help/", "/account/", "/admin/", "/meet/"]
        .iter()
        .any(|start| path.starts_with(start))
}

/// Answers for every address that is a page.
///
/// # Errors
/// 404: there is none. 405: not with this method. 403: not for this user. 4xx for wrong input.
pub(crate) async fn dispatch(ctx: &Ctx, body: Payload) -> Result<Response, HttpError> {
    let Some(path) = ctx.path().strip_prefix('/') else {
        return Err(HttpError::not_found());
    };
    if !path.is_empty() && !path.ends_with('/') {
        return Err(HttpError::not_found());
    }
    let visit = Visit::new(ctx).await?;
    let segments: Vec<&str> = path.split_terminator('/').collect();
    match *segments {
        [] => home::show(&visit).await,
        ["help"] => help::list(&visit).await,
        ["help", "article", number] => help::article(&visit, number).await,
        ["account", ref rest @ ..] => account(&visit, rest, body).await,
        ["meet", "watch"] => meet::watch(&visit).await,
        ["meet", ref rest @ ..] => meet::show(&visit, rest).await,
        ["admin", ref rest @ ..] => admin::dispatch(&visit, rest, body).await,
        _ => Err(HttpError::not_found()),
    }
}

async fn account(visit: &Visit<'_>, rest: &[&str], body: Payload) -> Result<Response, HttpError> {
    match *rest {
        [] => account::show(visit).await,
        ["sign-in"] => sign_in::sign_in(visit, body).await,
        ["sign-up"] => sign_up::sign_up(visit, body).await,
        ["sign-out"] => sign_in::sign_out(visit).await,
        ["profile"] => account::profile(visit, body).await,
        ["password"] => account::password(visit, body).await,
        ["avatar"] => account::picture(visit, body).await,
        ["avatar", "remove"] => account::remove_picture(visit).await,
        ["sessions", "end"] => account::end_session(visit, body).await,
        ["sessions", "end-others"] => account::end_others(visit).await,
        ["delete"] => account::delete(visit, body).await,
        ["meetings"] => meetings::show(visit).await,
        ["meetings", "new"] => meetings::create(visit, body).await,
        ["meetings", "join"] => meetings::join(visit).await,
        ["meetings", code] => meetings::edit(visit, code, body).await,
        ["meetings", code, "delete"] => meetings::delete(visit, code).await,
        _ => Err(HttpError::not_found()),
    }
}

/// The page that tells a person what went wrong.
pub(crate) async fn error(ctx: &Ctx, error: &HttpError) -> Response {
    // Whoever is signed in is still named at the top, unless the store is what is wrong.
    if !error.status().is_server_error() {
        let _named_or_not = ctx.auth().await;
    }
    fault::page(ctx, error)
}
