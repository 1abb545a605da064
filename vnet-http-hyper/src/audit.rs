//! What an operator watches for in the log: attempts that were refused. Who tried is told by address and
//! account; what was typed, names included, never is: people type passwords into the wrong field.

use vnet_core::Error;
use vnet_core::id::UserId;

use crate::context::Ctx;
use crate::rate::RateRule;

/// An attempt that came too soon after others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooSoon {
    pub(crate) rule: RateRule,
    /// Who tried; `None` where attempts are counted by address or name.
    pub(crate) user: Option<UserId>,
}

/// An attempt to sign in failed; `error` is that of `check_password`.
pub(crate) fn sign_in_failed(ctx: &Ctx, error: &Error) {
    let mut context = error.context().iter();
    let user = context.find(|(key, _)| *key == "user.id");
    tracing::info!(
        request.id = %ctx.id,
        client.address = %ctx.client(),
        user.id = user.map_or("none", |(_, id)| id.as_str()),
        "a sign-in failed"
    );
}

/// Somebody who is signed in did not know the account's password.
pub(crate) fn wrong_password(ctx: &Ctx, user: UserId) {
    tracing::info!(
        request.id = %ctx.id,
        client.address = %ctx.client(),
        user.id = %user,
        "a wrong password was given while signed in"
    );
}

/// A limit refused an attempt.
pub(crate) fn too_soon(ctx: &Ctx, refused: TooSoon) {
    let user = refused.user.map(|id| id.to_string());
    tracing::info!(
        request.id = %ctx.id,
        client.address = %ctx.client(),
        user.id = user.as_deref().unwrap_or("none"),
        limit = refused.rule.name(),
        "a limit refused a request"
    );
}
