//! One request for a page, and what pages need of it.

use http::{Method, StatusCode};
use serde::Serialize;
use time::{OffsetDateTime, UtcOffset};
use vnet_core::accounts::SignUpPolicy;
use vnet_core::id::Cursor;
use vnet_core::session::SignedIn;
use vnet_core::user::User;
use vnet_core::{Error, Vnet};

use crate::audit;
use crate::body::Payload;
use crate::context::Ctx;
use crate::error::HttpError;
use crate::form::Form;
use crate::page::render::{Frame, Pages};
use crate::page::view::Viewer;
use crate::page::{next, when};
use crate::rate::RateRule;
use crate::reply::{self, Response};
use crate::session;

const READ: &str = "GET, HEAD";
const POST: &str = "POST";
const READ_AND_POST: &str = "GET, HEAD, POST";

/// A request for a page; who is signed in is known.
#[derive(Debug)]
pub(crate) struct Visit<'a> {
    ctx: &'a Ctx,
    signed_in: Option<&'a SignedIn>,
}

impl<'a> Visit<'a> {
    /// # Errors
    /// 503: the store cannot say who is signed in.
    pub(crate) async fn new(ctx: &'a Ctx) -> Result<Self, HttpError> {
        let auth = ctx.auth().await?;
        Ok(Self {
            ctx,
            signed_in: auth.map(|auth| &auth.signed_in),
        })
    }

    /// Without asking the store: for pages that tell of an error, which may be the store's.
    pub(crate) fn with_what_is_known(ctx: &'a Ctx) -> Self {
        Self {
            ctx,
            signed_in: ctx.known_auth().map(|auth| &auth.signed_in),
        }
    }

    pub(crate) fn ctx(&self) -> &'a Ctx {
        self.ctx
    }

    pub(crate) fn vnet(&self) -> &'a Vnet {
        &self.ctx.app.vnet
    }

    pub(crate) fn pages(&self) -> &'a Pages {
        &self.ctx.app.pages
    }

    pub(crate) fn signed_in(&self) -> Option<&'a SignedIn> {
        self.signed_in
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        self.vnet().clock().now()
    }

    pub(crate) fn prefix(&self) -> &'a str {
        self.ctx.app.config.path_prefix.as_str()
    }

    pub(crate) fn cookie_path(&self) -> &'a str {
        self.ctx.app.config.path_prefix.cookie_path()
    }

    pub(crate) fn max_upload_bytes(&self) -> usize {
        self.ctx.app.config.max_upload_bytes
    }

    /// Scheme and host that the browser used.
    pub(crate) fn origin(&self) -> String {
        self.ctx.origin()
    }

    /// Where signalling rooms are; the code follows.
    pub(crate) fn signalling_url(&self) -> String {
        self.ctx.ws_url("/vnet/ps/")
    }

    pub(crate) fn request_id(&self) -> String {
        self.ctx.id.to_string()
    }

    /// The first value of `name` in the query.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        self.ctx.query(name).map(std::borrow::Cow::into_owned)
    }

    /// Where a list goes on (`after`).
    pub(crate) fn cursor(&self) -> Option<Cursor> {
        self.query("after")?.parse().ok()
    }

    /// The offset that this browser chose last; UTC if it never did.
    pub(crate) fn offset(&self) -> UtcOffset {
        let cookies = self.ctx.parts.headers.get_all(http::header::COOKIE);
        cookies
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| {
                pair.trim()
                    .strip_prefix(when::OFFSET_COOKIE)?
                    .strip_prefix('=')
            })
            .find_map(when::parse_offset)
            .unwrap_or(UtcOffset::UTC)
    }

    pub(crate) fn picture(&self, user: &User) -> String {
        self.ctx.picture(user)
    }

    /// # Errors
    /// 405 unless it is GET or HEAD.
    pub(crate) fn only_read(&self) -> Result<(), HttpError> {
        match self.ctx.is_read() {
            true => Ok(()),
            false => Err(HttpError::method_not_allowed(self.ctx.method(), READ)),
        }
    }

    /// # Errors
    /// 405 unless it is POST.
    pub(crate) fn only_post(&self) -> Result<(), HttpError> {
        match self.is_post() {
            true => Ok(()),
            false => Err(HttpError::method_not_allowed(self.ctx.method(), POST)),
        }
    }

    /// Whether it is POST.
    ///
    /// # Errors
    /// 405 unless it is GET, HEAD or POST.
    pub(crate) fn read_or_post(&self) -> Result<bool, HttpError> {
        if self.is_post() || self.ctx.is_read() {
            Ok(self.is_post())
        } else {
            Err(HttpError::method_not_allowed(
                self.ctx.method(),
                READ_AND_POST,
            ))
        }
    }

    fn is_post(&self) -> bool {
        *self.ctx.method() == Method::POST
    }

    /// The fields of the form that was sent.
    ///
    /// # Errors
    /// 400, 408, 413, 415 for what is no such form.
    pub(crate) async fn form(&self, body: Payload) -> Result<Form, HttpError> {
        body.form(self.ctx, self.ctx.app.config.max_body_bytes)
            .await
    }

    /// The form that was sent, with room for a picture.
    ///
    /// # Errors
    /// As [`form`](Self::form).
    pub(crate) async fn upload(&self, body: Payload) -> Result<Form, HttpError> {
        body.form(self.ctx, self.max_upload_bytes()).await
    }

    /// # Errors
    /// 429: too many tries to sign in.
    pub(crate) fn count_sign_in(&self, username: &str) -> Result<(), HttpError> {
        let limits = &self.ctx.app.limits;
        limits.check_sign_in(self.ctx.client(), username)
    }

    /// Tells the operator of a failed attempt to sign in.
    pub(crate) fn sign_in_failed(&self, error: &Error) {
        audit::sign_in_failed(self.ctx, error);
    }

    /// Tells the operator that `me` did not know the password of the account.
    pub(crate) fn wrong_password(&self, me: &SignedIn) {
        audit::wrong_password(self.ctx, me.user.id);
    }

    /// # Errors
    /// 429: too many new accounts.
    pub(crate) fn count_sign_up(&self) -> Result<(), HttpError> {
        let limits = &self.ctx.app.limits;
        limits.check_address(RateRule::SignUp, self.ctx.client())
    }

    /// # Errors
    /// 429: too many changes by this user.
    pub(crate) fn count_write(&self, me: &SignedIn) -> Result<(), HttpError> {
        self.ctx.app.limits.check_user(RateRule::Write, me.user.id)
    }

    /// Begins a session of `user` and gives the browser its cookie with `response`.
    ///
    /// # Errors
    /// 503: the store.
    pub(crate) async fn begin_session(
        &self,
        user: &User,
        mut response: Response,
    ) -> Result<Response, HttpError> {
        session::begin(self.ctx, user, &mut response).await?;
        Ok(reply::no_store(response))
    }

    /// Ends the session and takes the cookie back with `response`.
    ///
    /// # Errors
    /// 503: the store.
    pub(crate) async fn end_session(&self, mut response: Response) -> Result<Response, HttpError> {
        session::end(self.ctx, &mut response).await?;
        Ok(reply::no_store(response))
    }

    /// Takes back the cookie of a session that is over.
    pub(crate) fn forget_session(&self, mut response: Response) -> Response {
        session::clear(self.ctx, &mut response);
        reply::no_store(response)
    }

    /// 302 to a page of VNET.
    pub(crate) fn found(&self, path: &str) -> Response {
        reply::no_store(reply::found(&self.ctx.url(path)))
    }

    /// 302 to a path of this host, which has the prefix already if it needs one.
    pub(crate) fn found_here(&self, path: &str) -> Response {
        reply::no_store(reply::found(path))
    }

    /// 303 to a page of VNET: it was done, look there.
    pub(crate) fn see(&self, path: &str) -> Response {
        reply::no_store(reply::see_other(&self.ctx.url(path)))
    }

    /// 302 to the sign-in page, and from there back to this one.
    pub(crate) fn to_sign_in(&self) -> Response {
        let path = match self.ctx.parts.uri.query() {
            Some(query) => format!("{}?{query}", self.ctx.path()),
            None => self.ctx.path().to_owned(),
        };
        self.to_sign_in_from(&path)
    }

    /// 302 to the sign-in page, and from there to `path`.
    pub(crate) fn to_sign_in_from(&self, path: &str) -> Response {
        let location = next::sign_in(self.prefix(), &self.ctx.url(path));
        reply::no_store(reply::found(&location))
    }

    /// A page that is for this browser alone.
    ///
    /// # Errors
    /// 500: a replaced template cannot be filled.
    pub(crate) fn page(
        &self,
        status: StatusCode,
        template: &'static str,
        section: &'static str,
        view: &impl Serialize,
    ) -> Result<Response, HttpError> {
        let page = self.render(template, section, false, view)?;
        Ok(reply::no_store(reply::html(status, page)))
    }

    /// A page that search engines may list. It is kept by nobody either, since the bar at its top
    /// names who is signed in.
    ///
    /// # Errors
    /// As [`page`](Self::page).
    pub(crate) fn indexed_page(
        &self,
        status: StatusCode,
        template: &'static str,
        section: &'static str,
        view: &impl Serialize,
    ) -> Result<Response, HttpError> {
        let page = self.render(template, section, true, view)?;
        Ok(reply::no_store(reply::html(status, page)))
    }

    fn render(
        &self,
        template: &'static str,
        section: &'static str,
        indexed: bool,
        view: &impl Serialize,
    ) -> Result<String, HttpError> {
        let policy = self.vnet().accounts().sign_up_policy();
        let viewer = self
            .signed_in
            .map(|me| Viewer::new(&me.user, self.picture(&me.user)));
        let frame = Frame {
            section,
            indexed,
            viewer,
            sign_up_open: policy == SignUpPolicy::Open,
        };
        Ok(self.pages().render(template, &frame, view)?)
    }
}
