//! Profile pictures.

use http::StatusCode;
use http::header::{CACHE_CONTROL, ETAG, HeaderValue, IF_NONE_MATCH};
use vnet_core::id::AvatarId;
use vnet_core::user::User;

use crate::context::Ctx;
use crate::error::HttpError;
use crate::reply::{self, Response};

/// The address of the picture of those who have none.
pub(crate) const DEFAULT_PICTURE: &str = "/media/profile/images/def/pc.jpg";

static DEFAULT_JPEG: &[u8] = include_bytes!("media/default.jpg");

/// Pictures never change: a new one has a new address. They are for people, not for shared caches.
const FOR_EVER: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
const FOR_A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// The address of a user's profile picture on this host.
pub(crate) fn picture_path(prefix: &str, user: &User) -> String {
    match &user.avatar {
        Some(id) => format!("{prefix}/media/profiles/images/pc/{id}.jpg"),
        None => format!("{prefix}{DEFAULT_PICTURE}"),
    }
}

/// A profile picture by its file name.
///
/// # Errors
/// 404: there is none. 503: the store.
pub(crate) async fn picture(ctx: &Ctx, file: &str) -> Result<Response, HttpError> {
    let id = file
        .strip_suffix(".jpg")
        .and_then(|id| id.parse::<AvatarId>().ok());
    let id = id.ok_or_else(HttpError::not_found)?;
    // One spelling of each address.
    let name = id.to_string();
    if file.len() != name.len() + ".jpg".len() || !file.starts_with(&name) {
        return Err(HttpError::not_found());
    }
    let picture = ctx.app.vnet.accounts().avatar(&id).await?;
    let picture = picture.ok_or_else(HttpError::not_found)?;
    let mime = match picture.mime.as_str() {
        "image/jpeg" => HeaderValue::from_static("image/jpeg"),
        "image/png" => HeaderValue::from_static("image/png"),
        "image/webp" => HeaderValue::from_static("image/webp"),
        // What is none of these is not shown under our name.
        _ => return Err(HttpError::not_found()),
    };
    let tag =
        HeaderValue::from_str(&format!("\"{id}\"")).map_err(|_invalid| HttpError::not_found())?;
    let mut response = match is_known(ctx, &tag) {
        true => reply::empty(StatusCode::NOT_MODIFIED),
        false => reply::with_type(StatusCode::OK, mime, picture.bytes),
    };
    response.headers_mut().insert(CACHE_CONTROL, FOR_EVER);
    response.headers_mut().insert(ETAG, tag);
    Ok(response)
}

/// The picture of those who have none.
pub(crate) fn default_picture(ctx: &Ctx) -> Response {
    let tag = HeaderValue::from_static("\"default-1\"");
    let mut response = match is_known(ctx, &tag) {
        true => reply::empty(StatusCode::NOT_MODIFIED),
        false => {
            let bytes = bytes::Bytes::from_static(DEFAULT_JPEG);
            reply::with_type(
                StatusCode::OK,
                HeaderValue::from_static("image/jpeg"),
                bytes,
            )
        }
    };
    response.headers_mut().insert(CACHE_CONTROL, FOR_A_DAY);
    response.headers_mut().insert(ETAG, tag);
    response
}

/// Whether the client has what carries this tag (RFC 9110, section 13.1.2).
pub(crate) fn is_known(ctx: &Ctx, tag: &HeaderValue) -> bool {
    let lines = ctx.parts.headers.get_all(IF_NONE_MATCH).iter();
    lines.filter_map(|line| line.to_str().ok()).any(|line| {
        line.split(',').any(|known| {
            let known = known.trim();
            known == "*" || known.strip_prefix("W/").unwrap_or(known).as_bytes() == tag.as_bytes()
        })
    })
}
