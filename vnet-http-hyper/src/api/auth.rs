//! Who calls the API: by token, else by session.

use http::header::AUTHORIZATION;
use vnet_core::ErrorKind;
use vnet_core::user::User;

use crate::context::Ctx;
use crate::error::HttpError;

/// The account that `Authorization: Token …` stands for; `None` when the request has no such header.
/// Other schemes do not concern us.
///
/// # Errors
/// 401 in the words of the contract.
pub(super) async fn token_user(ctx: &Ctx) -> Result<Option<User>, HttpError> {
    let Some(header) = ctx.parts.headers.get(AUTHORIZATION) else {
        return Ok(None);
    };
    let mut words = header
        .as_bytes()
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    if !words
        .next()
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"token"))
    {
        return Ok(None);
    }
    let fail = |detail: &'static str| Err(HttpError::unauthenticated(detail));
    let Some(token) = words.next() else {
        return fail("Invalid token header. No credentials provided.");
    };
    if words.next().is_some() {
        return fail("Invalid token header. Token string should not contain spaces.");
    }
    let Ok(token) = std::str::from_utf8(token) else {
        return fail("Invalid token header. Token string should not contain invalid characters.");
    };
    match ctx.app.vnet.accounts().authenticate_bearer(token).await {
        Ok(user) => Ok(Some(user)),
        Err(error) if error.kind() == ErrorKind::Unauthenticated => {
            Err(HttpError::unauthenticated(error.message().to_owned()))
        }
        Err(error) => Err(error.into()),
    }
}

/// The account that calls.
///
/// # Errors
/// 401: neither token nor session.
pub(super) async fn caller<'a>(
    ctx: &'a Ctx,
    token_user: Option<&'a User>,
) -> Result<&'a User, HttpError> {
    if let Some(user) = token_user {
        return Ok(user);
    }
    ctx.user()
        .await?
        .ok_or_else(|| HttpError::unauthenticated("Authentication credentials were not provided."))
}
