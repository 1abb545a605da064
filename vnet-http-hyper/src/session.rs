//! The session cookie.

use http::HeaderMap;
use http::header::{COOKIE, HeaderValue, SET_COOKIE};
use vnet_core::accounts::Authenticated;
use vnet_core::session::SessionKey;
use vnet_core::user::User;

use crate::config::CookieSecurity;
use crate::context::Ctx;
use crate::error::HttpError;
use crate::reply::Response;

/// The name of the cookie.
pub(crate) const NAME: &str = "sessionid";

/// The first good session key among the cookies of a request.
///
/// Cookies that are not ours, broken or doubled do not matter: a page on a sibling host could set
/// them, and must not be able to sign anybody out.
pub(crate) fn key(headers: &HeaderMap) -> Option<SessionKey> {
    headers
        .get_all(COOKIE)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|pair| pair.trim_ascii().strip_prefix(NAME.as_bytes()))
        .filter_map(|rest| rest.strip_prefix(b"="))
        .filter_map(|value| std::str::from_utf8(value.trim_ascii()).ok())
        .find_map(|value| value.trim_matches('"').parse().ok())
}

/// Who holds the session of a request.
pub(crate) async fn authenticate(ctx: &Ctx) -> Result<Option<Authenticated>, HttpError> {
    match key(&ctx.parts.headers) {
        Some(key) => Ok(ctx.app.vnet.accounts().authenticate(&key).await?),
        None => Ok(None),
    }
}

/// Begins a session of `user` and puts its cookie into `response`. A session that the browser had is
/// ended: a sign-in always changes the key.
///
/// # Errors
/// 503: the store.
pub(crate) async fn begin(
    ctx: &Ctx,
    user: &User,
    response: &mut Response,
) -> Result<(), HttpError> {
    let accounts = ctx.app.vnet.accounts();
    if let Some(former) = ctx.auth().await? {
        accounts.end_session(&former.signed_in.session.id).await?;
    }
    let (key, _session) = accounts.start_session(user, &ctx.session_meta()).await?;
    set(ctx, response, &key);
    Ok(())
}

/// Ends the session of a request, if it has one, and takes the cookie back.
///
/// # Errors
/// 503: the store.
pub(crate) async fn end(ctx: &Ctx, response: &mut Response) -> Result<(), HttpError> {
    if let Some(auth) = ctx.auth().await? {
        let id = auth.signed_in.session.id;
        ctx.app.vnet.accounts().end_session(&id).await?;
    }
    clear(ctx, response);
    Ok(())
}

/// Puts the cookie into `response`.
pub(crate) fn set(ctx: &Ctx, response: &mut Response, key: &SessionKey) {
    let life = ctx.app.vnet.limits().session_lifetime.as_secs();
    let cookie = format!("{NAME}={}; Max-Age={life}{}", key.expose(), attributes(ctx));
    append(response, &cookie);
}

/// Takes the cookie back.
pub(crate) fn clear(ctx: &Ctx, response: &mut Response) {
    let cookie = format!(
        "{NAME}=\"\"; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0{}",
        attributes(ctx)
    );
    append(response, &cookie);
}

/// Prolongs the cookie along with a session that was just prolonged, unless the answer sets one.
pub(crate) fn renew(ctx: &Ctx, response: &mut Response) {
    let renewed = ctx.known_auth().is_some_and(|auth| auth.renewed);
    if renewed
        && !response.headers().contains_key(SET_COOKIE)
        && let Some(key) = key(&ctx.parts.headers)
    {
        set(ctx, response, &key);
    }
}

fn attributes(ctx: &Ctx) -> String {
    let secure = ctx.app.config.cookie_security == CookieSecurity::Always || ctx.is_secure();
    format!(
        "; Path={}; HttpOnly; SameSite=Lax{}",
        ctx.app.config.path_prefix.cookie_path(),
        if secure { "; Secure" } else { "" }
    )
}

fn append(response: &mut Response, cookie: &str) {
    let mut value =
        HeaderValue::from_str(cookie).expect("a key and a checked path are header text");
    value.set_sensitive(true);
    response.headers_mut().append(SET_COOKIE, value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(lines: &[&[u8]]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, HeaderValue::from_bytes(line).unwrap());
        }
        key(&headers).map(|key| key.expose().to_owned())
    }

    #[test]
    fn the_first_good_key_counts() {
        let good = SessionKey::generate().unwrap().expose().to_owned();
        let cookie = format!("a=b; sessionid=bad;sessionid=\"{good}\" ; x");
        assert_eq!(found(&[cookie.as_bytes()]), Some(good.clone()));
        let second = format!("sessionid={good}");
        assert_eq!(
            found(&[b"sessionid=\xff\xfe", second.as_bytes()]),
            Some(good.clone())
        );
        assert_eq!(found(&[format!("xsessionid={good}").as_bytes()]), None);
        assert_eq!(found(&[format!("sessionid2={good}").as_bytes()]), None);
        assert_eq!(found(&[]), None);
    }

    proptest! {
        #[test]
        fn no_cookie_panics(line in proptest::collection::vec(32_u8..=255, 0..80)) {
            prop_assume!(!line.contains(&127));
            let mut full = b"sessionid=".to_vec();
            full.extend_from_slice(&line);
            for text in [&line[..], &full[..]] {
                if let Some(key) = found(&[text]) {
                    prop_assert_eq!(key.len(), 43);
                }
            }
        }
    }
}
