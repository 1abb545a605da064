//! `/account/sign-up/`

use http::StatusCode;
use serde::Serialize;
use vnet_core::accounts::{SignUp, SignUpPolicy};
use vnet_core::{ErrorKind, FieldError, Secret};

use crate::body::Payload;
use crate::error::HttpError;
use crate::form::Form;
use crate::page::view::FormView;
use crate::page::visit::Visit;
use crate::reply::Response;

#[derive(Serialize)]
struct View {
    form: FormView,
}

/// GET and POST of the sign-up page.
pub(super) async fn sign_up(visit: &Visit<'_>, body: Payload) -> Result<Response, HttpError> {
    let is_post = visit.read_or_post()?;
    if visit.signed_in().is_some() {
        return Ok(visit.found("/account/"));
    }
    if visit.vnet().accounts().sign_up_policy() == SignUpPolicy::Closed {
        let status = if is_post {
            StatusCode::FORBIDDEN
        } else {
            StatusCode::OK
        };
        return page(visit, status, FormView::new("sign-up"));
    }
    if !is_post {
        return page(visit, StatusCode::OK, FormView::new("sign-up"));
    }
    let typed = visit.form(body).await?;
    visit.count_sign_up()?;
    match visit.vnet().accounts().sign_up(&read(&typed)).await {
        Ok(user) => visit.begin_session(&user, visit.found("/account/")).await,
        Err(error) if error.kind() == ErrorKind::InvalidInput => {
            let errors: Vec<FieldError> = error.fields().iter().cloned().map(moved).collect();
            let form = kept(FormView::new("sign-up"), &typed).with_errors(&errors);
            page(visit, StatusCode::OK, form)
        }
        Err(error) => Err(error.into()),
    }
}

fn page(visit: &Visit<'_>, status: StatusCode, form: FormView) -> Result<Response, HttpError> {
    visit.page(status, "sign-up.html", "sign-up", &View { form })
}

/// That the passwords differ is told at the first of them, where both are typed anew from.
fn moved(mut error: FieldError) -> FieldError {
    if error.field == "password_2" && error.message == "The passwords do not match" {
        error.field = "password";
    }
    error
}

/// What was typed; also what staff types for others.
pub(super) fn read(typed: &Form) -> SignUp {
    let text = |name| typed.text(name).to_owned();
    SignUp {
        username: text("username"),
        email: text("email"),
        first_name: text("first_name"),
        last_name: text("last_name"),
        password: Secret::from(typed.text("password")),
        password_2: Secret::from(typed.text("password_2")),
    }
}

/// The form with what was typed into it, but for the passwords.
pub(super) fn kept(form: FormView, typed: &Form) -> FormView {
    ["username", "email", "first_name", "last_name"]
        .into_iter()
        .fold(form, |form, field| {
            form.with_value(field, typed.text(field).trim())
        })
}
