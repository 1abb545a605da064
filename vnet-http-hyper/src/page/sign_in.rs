//! `/account/sign-in/` and `/account/sign-out/`

use http::StatusCode;
use serde::Serialize;
use vnet_core::{ErrorKind, FieldError, Secret};

use crate::body::Payload;
use crate::error::HttpError;
use crate::page::next;
use crate::page::view::FormView;
use crate::page::visit::Visit;
use crate::reply::Response;

#[derive(Serialize)]
struct SignIn {
    form: FormView,
    explanation: Option<&'static str>,
}

/// GET and POST of the sign-in page.
pub(super) async fn sign_in(visit: &Visit<'_>, body: Payload) -> Result<Response, HttpError> {
    let is_post = visit.read_or_post()?;
    if visit.signed_in().is_some() {
        return Ok(visit.found("/account/"));
    }
    if is_post {
        submit(visit, body).await
    } else {
        page(visit, FormView::new("sign-in"))
    }
}

fn page(visit: &Visit<'_>, form: FormView) -> Result<Response, HttpError> {
    let to_staff = visit.query("next").is_some_and(|next| {
        let next = next.strip_prefix(visit.prefix()).unwrap_or(&next);
        next.starts_with("/admin/")
    });
    let view = SignIn {
        form,
        explanation: to_staff.then_some(
            "The administration is for the staff of this server. Sign in with a staff account.",
        ),
    };
    visit.page(StatusCode::OK, "sign-in.html", "sign-in", &view)
}

async fn submit(visit: &Visit<'_>, body: Payload) -> Result<Response, HttpError> {
    let form = visit.form(body).await?;
    let username = form.text("username").trim().to_owned();
    let password = form.text("password");
    let view = FormView::new("sign-in").with_value("username", username.clone());
    let blank = [("username", username.as_str()), ("password", password)];
    let blank: Vec<FieldError> = blank
        .iter()
        .filter(|(_, text)| text.is_empty())
        .map(|&(field, _)| FieldError::new(field, "This field is required."))
        .collect();
    if !blank.is_empty() {
        return page(visit, view.with_errors(&blank));
    }
    visit.count_sign_in(&username)?;
    let checked = visit
        .vnet()
        .accounts()
        .check_password(&username, Secret::from(password))
        .await;
    match checked {
        Ok(user) => {
            let next = visit.query("next").and_then(|next| next::safe(&next));
            let response = match next {
                Some(next) => visit.found_here(&next),
                None => visit.found("/account/"),
            };
            visit.begin_session(&user, response).await
        }
        Err(error) if error.kind() == ErrorKind::Unauthenticated => {
            visit.sign_in_failed(&error);
            page(visit, view.with_message(error.message()))
        }
        Err(error) => Err(error.into()),
    }
}

/// GET asks, POST acts: a link from elsewhere signs nobody out.
pub(super) async fn sign_out(visit: &Visit<'_>) -> Result<Response, HttpError> {
    let is_post = visit.read_or_post()?;
    if visit.signed_in().is_none() {
        return Ok(visit.forget_session(after_sign_out(visit)));
    }
    if is_post {
        visit.end_session(after_sign_out(visit)).await
    } else {
        visit.page(StatusCode::OK, "sign-out.html", "account", &())
    }
}

fn after_sign_out(visit: &Visit<'_>) -> Response {
    match visit.query("next").and_then(|next| next::safe(&next)) {
        Some(next) => visit.found_here(&next),
        None => visit.found("/"),
    }
}
