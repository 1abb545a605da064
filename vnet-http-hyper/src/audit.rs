//! What an operator watches for in the log: attempts that were refused. Who tried is told by address and
//! account; what was typed, names included, never is: people type passwords into the wrong field.
//!
//! Strangers decide how often this happens, so each kind is bounded: what is beyond is counted.

use std::sync::Arc;

use http::StatusCode;
use vnet_core::Error;
use vnet_core::id::UserId;
use vnet_core::log::Bound;

use crate::context::Ctx;
use crate::rate::RateRule;

/// An attempt that came too soon after others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooSoon {
    pub(crate) rule: RateRule,
    /// Who tried; `None` where attempts are counted by address or name.
    pub(crate) user: Option<UserId>,
}

/// What is left of the lines that the log takes, by kind.
#[derive(Debug)]
pub(crate) struct Audit {
    sign_in: Arc<Bound>,
    password: Arc<Bound>,
    too_soon: [Arc<Bound>; RateRule::ALL.len()],
    failed: Arc<Bound>,
    no_token: Arc<Bound>,
}

impl Audit {
    pub(crate) fn new() -> Self {
        let kind = |what| Bound::new(what, None);
        let limit = |rule: RateRule| Bound::new("a limit refused a request", Some(rule.name()));
        Self {
            sign_in: kind("a sign-in failed"),
            password: kind("a wrong password was given while signed in"),
            too_soon: RateRule::ALL.map(limit),
            failed: kind("a request failed"),
            no_token: kind("no access token for a user's details"),
        }
    }
}

/// An attempt to sign in failed; `error` is that of `check_password`.
pub(crate) fn sign_in_failed(ctx: &Ctx, error: &Error) {
    let lines = &ctx.app.audit.sign_in;
    if !lines.admit() {
        return;
    }
    let mut context = error.context().iter();
    let user = context.find(|(key, _)| *key == "user.id");
    tracing::info!(
        request.id = %ctx.id,
        client.address = %ctx.client(),
        user.id = user.map_or("none", |(_, id)| id.as_str()),
        "{}", lines.what()
    );
}

/// Somebody who is signed in did not know the account's password.
pub(crate) fn wrong_password(ctx: &Ctx, user: UserId) {
    let lines = &ctx.app.audit.password;
    if !lines.admit() {
        return;
    }
    tracing::info!(
        request.id = %ctx.id,
        client.address = %ctx.client(),
        user.id = %user,
        "{}", lines.what()
    );
}

/// A limit refused an attempt.
pub(crate) fn too_soon(ctx: &Ctx, refused: TooSoon) {
    let lines = &ctx.app.audit.too_soon[refused.rule.index()];
    if !lines.admit() {
        return;
    }
    let user = refused.user.map(|id| id.to_string());
    tracing::info!(
        request.id = %ctx.id,
        client.address = %ctx.client(),
        user.id = user.as_deref().unwrap_or("none"),
        limit = refused.rule.name(),
        "{}", lines.what()
    );
}

/// A request came to a fault of ours, or of what we rely on: somebody must look.
pub(crate) fn failed(ctx: &Ctx, route: &str, status: StatusCode, cause: Option<&Error>) {
    let lines = &ctx.app.audit.failed;
    if !lines.admit() {
        return;
    }
    tracing::error!(
        request.id = %ctx.id,
        route,
        status = status.as_u16(),
        error = cause.map(|cause| cause as &(dyn std::error::Error + 'static)),
        "{}", lines.what()
    );
}

/// A user's details go out without identity and token.
pub(crate) fn no_token(ctx: &Ctx, user: UserId, error: &Error) {
    let lines = &ctx.app.audit.no_token;
    if lines.admit() {
        tracing::warn!(request.id = %ctx.id, user.id = %user, %error, "{}", lines.what());
    }
}
