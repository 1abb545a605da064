//! Files that are ready to be sent, in more than one encoding.

mod negotiate;

use std::borrow::Cow;

use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, ETAG, HeaderValue, VARY};
use http::{HeaderMap, StatusCode};
use vnet_core::web::{Asset, Coding};

use crate::context::Ctx;
use crate::media::is_known;
use crate::reply::{self, Response};

/// Asked for under an address with its version, an asset never changes.
pub(crate) const FOR_EVER: HeaderValue =
    HeaderValue::from_static("public, max-age=31536000, immutable");
/// Asked for under an address that stays the same, it is asked about each time.
pub(crate) const ASK_EACH_TIME: HeaderValue = HeaderValue::from_static("public, no-cache");

/// Answers with `asset` in the encoding that suits the client best, or that it has it already.
///
/// # Source
/// RFC 9110, sections 8.8.3 (another tag for each encoding), 12.5.3 and 12.5.5.
pub(crate) fn answer(ctx: &Ctx, asset: Asset, caching: HeaderValue) -> Response {
    let is_packed = !asset.encodings.is_empty();
    let coding = choose(&ctx.parts.headers, &asset);
    let tag = tag(&asset.etag, coding);
    let is_known = tag.as_ref().is_some_and(|tag| is_known(ctx, tag));
    let mut response = match is_known {
        true => reply::empty(StatusCode::NOT_MODIFIED),
        false => whole(asset, coding),
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, caching);
    if let Some(tag) = tag {
        headers.insert(ETAG, tag);
    }
    if is_packed {
        headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    }
    response
}

fn whole(asset: Asset, coding: Option<Coding>) -> Response {
    let mut encodings = asset.encodings.into_iter();
    let packed = encodings.find(|(ready, _)| Some(*ready) == coding);
    let bytes = packed.map_or(asset.bytes, |(_, bytes)| bytes);
    let mime = match asset.mime {
        Cow::Borrowed(mime) => HeaderValue::from_static(mime),
        Cow::Owned(mime) => HeaderValue::try_from(mime)
            .unwrap_or_else(|_no_header| HeaderValue::from_static("application/octet-stream")),
    };
    let mut response = reply::with_type(StatusCode::OK, mime, bytes);
    if let Some(coding) = coding {
        let name = HeaderValue::from_static(coding.name());
        response.headers_mut().insert(CONTENT_ENCODING, name);
    }
    response
}

fn choose(headers: &HeaderMap, asset: &Asset) -> Option<Coding> {
    let accepted = headers.get_all(ACCEPT_ENCODING).iter();
    let accepted = accepted.filter_map(|line| line.to_str().ok());
    let ready = asset.encodings.iter().map(|(coding, _)| *coding);
    negotiate::choose(accepted, ready)
}

/// None for what could not stand in a header: the file is then sent each time.
fn tag(etag: &str, coding: Option<Coding>) -> Option<HeaderValue> {
    let is_plain = etag
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'"');
    let tag = match coding {
        Some(coding) => format!("\"{etag}-{}\"", coding.name()),
        None => format!("\"{etag}\""),
    };
    is_plain.then(|| HeaderValue::try_from(tag).ok())?
}
