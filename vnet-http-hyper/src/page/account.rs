//! `/account/`: what owners see and change of their accounts.

use http::StatusCode;
use serde::Serialize;
use vnet_core::accounts::{PasswordChange, ProfileChange};
use vnet_core::id::{Revision, SessionId};
use vnet_core::session::SignedIn;
use vnet_core::user::User;
use vnet_core::{Error, ErrorKind, FieldError, Secret};

use crate::body::Payload;
use crate::error::HttpError;
use crate::form::Form;
use crate::page::view::{FormView, SessionView};
use crate::page::visit::Visit;
use crate::page::when::{self, When};
use crate::reply::Response;

/// The forms of the page; the ones that were sent hold what was typed.
#[derive(Serialize)]
struct Forms {
    profile: FormView,
    picture: FormView,
    password: FormView,
    delete: FormView,
}

impl Forms {
    fn new(user: &User) -> Self {
        let profile = FormView::new("profile")
            .with_value("username", user.username.as_str())
            .with_value("first_name", &user.first_name)
            .with_value("last_name", &user.last_name)
            .with_value("email", user.email.as_str())
            .with_value("meeting_name", &user.meeting_name)
            .with_value("revision", user.revision.0.to_string());
        Self {
            profile,
            picture: FormView::new("picture"),
            password: FormView::new("password"),
            delete: FormView::new("delete"),
        }
    }
}

#[derive(Serialize)]
struct View {
    #[serde(flatten)]
    forms: Forms,
    notice: Option<&'static str>,
    joined: When,
    has_picture: bool,
    picture_megabytes: usize,
    sessions: Vec<SessionView>,
}

async fn page(visit: &Visit<'_>, me: &SignedIn, forms: Forms) -> Result<Response, HttpError> {
    let sessions = visit.vnet().accounts().sessions(&me.user.id).await?;
    let view = View {
        forms,
        notice: notice(visit),
        joined: when::moment(me.user.date_joined, visit.offset()),
        has_picture: me.user.avatar.is_some(),
        picture_megabytes: visit.max_upload_bytes() / (1024 * 1024),
        sessions: sessions
            .iter()
            .map(|session| SessionView::new(session, Some(me.session.id), visit.offset()))
            .collect(),
    };
    visit.page(StatusCode::OK, "account.html", "account", &view)
}

fn notice(visit: &Visit<'_>) -> Option<&'static str> {
    match visit.query("done")?.as_str() {
        "profile" => Some("Your profile was saved."),
        "picture" => Some("Your picture was saved."),
        "picture-removed" => Some("Your picture was removed."),
        "password" => Some("Your password was changed. All other browsers were signed out."),
        "session" => Some("That browser was signed out."),
        "sessions" => Some("All other browsers were signed out."),
        _ => None,
    }
}

/// GET of `/account/`.
pub(super) async fn show(visit: &Visit<'_>) -> Result<Response, HttpError> {
    visit.only_read()?;
    match visit.signed_in() {
        Some(me) => page(visit, me, Forms::new(&me.user)).await,
        None => Ok(visit.to_sign_in()),
    }
}

/// POST of names, e-mail and display name.
pub(super) async fn profile(visit: &Visit<'_>, body: Payload) -> Result<Response, HttpError> {
    visit.only_post()?;
    let Some(me) = visit.signed_in() else {
        return Ok(visit.to_sign_in_from("/account/"));
    };
    visit.count_write(me)?;
    let typed = visit.form(body).await?;
    let text = |name| typed.text(name).to_owned();
    let change = ProfileChange {
        username: text("username"),
        email: text("email"),
        first_name: text("first_name"),
        last_name: text("last_name"),
        meeting_name: text("meeting_name"),
    };
    let mut read = me.user.clone();
    // The form says what it was filled from, so that a page left open does not undo a later change.
    if let Ok(revision) = typed.text("revision").parse() {
        read.revision = Revision(revision);
    }
    match visit.vnet().accounts().update_profile(&read, &change).await {
        Ok(_user) => Ok(visit.see("/account/?done=profile")),
        Err(error) => {
            let mut forms = Forms::new(&me.user);
            forms.profile = refused(kept(forms.profile, &typed), error)?;
            page(visit, me, forms).await
        }
    }
}

fn kept(form: FormView, typed: &Form) -> FormView {
    [
        "username",
        "email",
        "first_name",
        "last_name",
        "meeting_name",
    ]
    .into_iter()
    .fold(form, |form, field| {
        form.with_value(field, typed.text(field).trim())
    })
}

/// The form with what is wrong in it; an error that no form can show is passed on.
fn refused(form: FormView, error: Error) -> Result<FormView, HttpError> {
    match error.kind() {
        ErrorKind::InvalidInput => Ok(form.with_errors(error.fields())),
        ErrorKind::Conflict => Ok(form.with_message(
            "Your account was changed elsewhere meanwhile. Look at what you typed, then save again.",
        )),
        _ => Err(error.into()),
    }
}

/// POST of a new password.
pub(super) async fn password(visit: &Visit<'_>, body: Payload) -> Result<Response, HttpError> {
    visit.only_post()?;
    let Some(me) = visit.signed_in() else {
        return Ok(visit.to_sign_in_from("/account/"));
    };
    let typed = visit.form(body).await?;
    visit.count_sign_in(me.user.username.as_str())?;
    let change = PasswordChange {
        current: Secret::from(typed.text("current")),
        password: Secret::from(typed.text("password")),
        password_2: Secret::from(typed.text("password_2")),
    };
    let accounts = visit.vnet().accounts();
    match accounts
        .change_password(&me.user, &change, Some(me.session.id))
        .await
    {
        Ok(()) => Ok(visit.see("/account/?done=password")),
        Err(error) => {
            if error.fields().iter().any(|wrong| wrong.field == "current") {
                visit.wrong_password(me);
            }
            let mut forms = Forms::new(&me.user);
            forms.password = refused(forms.password, error)?;
            page(visit, me, forms).await
        }
    }
}

/// POST of a picture.
pub(super) async fn picture(visit: &Visit<'_>, body: Payload) -> Result<Response, HttpError> {
    visit.only_post()?;
    let Some(me) = visit.signed_in() else {
        return Ok(visit.to_sign_in_from("/account/"));
    };
    visit.count_write(me)?;
    let typed = visit.upload(body).await?;
    let refusal = match typed.file("picture") {
        None => "Choose a picture first.",
        Some(file) => {
            let studio = &visit.pages().studio;
            match studio.develop(&file.name, file.bytes.clone()).await? {
                Ok(avatar) => {
                    let accounts = visit.vnet().accounts();
                    accounts.set_avatar(&me.user.id, Some(avatar)).await?;
                    return Ok(visit.see("/account/?done=picture"));
                }
                Err(refusal) => refusal,
            }
        }
    };
    let mut forms = Forms::new(&me.user);
    forms.picture = forms
        .picture
        .with_errors(&[FieldError::new("picture", refusal)]);
    page(visit, me, forms).await
}

/// POST that removes the picture.
pub(super) async fn remove_picture(visit: &Visit<'_>) -> Result<Response, HttpError> {
    visit.only_post()?;
    let Some(me) = visit.signed_in() else {
        return Ok(visit.to_sign_in_from("/account/"));
    };
    visit
        .vnet()
        .accounts()
        .set_avatar(&me.user.id, None)
        .await?;
    Ok(visit.see("/account/?done=picture-removed"))
}

/// POST that ends one session.
pub(super) async fn end_session(visit: &Visit<'_>, body: Payload) -> Result<Response, HttpError> {
    visit.only_post()?;
    let Some(me) = visit.signed_in() else {
        return Ok(visit.to_sign_in_from("/account/"));
    };
    let typed = visit.form(body).await?;
    let Ok(session) = typed.text("session").parse::<SessionId>() else {
        return Err(HttpError::bad_request(
            "This is not the number of a session.",
        ));
    };
    if session == me.session.id {
        return visit.end_session(visit.see("/")).await;
    }
    let accounts = visit.vnet().accounts();
    accounts.end_own_session(&me.user.id, &session).await?;
    Ok(visit.see("/account/?done=session"))
}

/// POST that ends all sessions but this one.
pub(super) async fn end_others(visit: &Visit<'_>) -> Result<Response, HttpError> {
    visit.only_post()?;
    let Some(me) = visit.signed_in() else {
        return Ok(visit.to_sign_in_from("/account/"));
    };
    let accounts = visit.vnet().accounts();
    accounts
        .end_all_sessions(&me.user.id, Some(me.session.id))
        .await?;
    Ok(visit.see("/account/?done=sessions"))
}

/// POST that deletes the account, with the password as proof.
pub(super) async fn delete(visit: &Visit<'_>, body: Payload) -> Result<Response, HttpError> {
    visit.only_post()?;
    let Some(me) = visit.signed_in() else {
        return Ok(visit.to_sign_in_from("/account/"));
    };
    let typed = visit.form(body).await?;
    visit.count_sign_in(me.user.username.as_str())?;
    let accounts = visit.vnet().accounts();
    let password = Secret::from(typed.text("password"));
    match accounts
        .check_password(me.user.username.as_str(), password)
        .await
    {
        Ok(_user) => {
            accounts.delete(&me.user.id).await?;
            Ok(visit.forget_session(visit.see("/?done=deleted")))
        }
        Err(error) if error.kind() == ErrorKind::Unauthenticated => {
            visit.wrong_password(me);
            let wrong = FieldError::new("password", "This is not your password.");
            let mut forms = Forms::new(&me.user);
            forms.delete = forms.delete.with_errors(&[wrong]);
            page(visit, me, forms).await
        }
        Err(error) => Err(error.into()),
    }
}
