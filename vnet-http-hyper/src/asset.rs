//! Files that are ready to be sent, in more than one encoding.

mod negotiate;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, ETAG, HeaderValue, VARY};
use http::{HeaderMap, StatusCode};

use crate::context::Ctx;
use crate::media::is_known;
use crate::reply::{self, Response};

/// Asked for under an address with its version, an asset never changes.
pub(crate) const FOR_EVER: HeaderValue =
    HeaderValue::from_static("public, max-age=31536000, immutable");
/// Asked for under an address that stays the same, it is asked about each time.
pub(crate) const ASK_EACH_TIME: HeaderValue = HeaderValue::from_static("public, no-cache");

/// How a body can be packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// RFC 7932.
    Brotli,
    /// RFC 1952.
    Gzip,
}

impl Coding {
    /// The name in headers.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }
}

/// A file and its ready encodings.
#[derive(Debug)]
pub(crate) struct Asset {
    /// What it holds.
    pub(crate) bytes: &'static [u8],
    /// Its type, with the character set if it is text.
    pub(crate) mime: &'static str,
    /// Another one for each content: visible ASCII without quotes.
    pub(crate) version: &'static str,
    /// The same packed, the best first.
    pub(crate) encodings: &'static [(Coding, &'static [u8])],
}

impl Asset {
    /// Answers with the asset in the encoding that suits the client best, or that it has it already.
    ///
    /// # Source
    /// RFC 9110, sections 8.8.3 (another tag for each encoding), 12.5.3 and 12.5.5.
    pub(crate) fn answer(&self, ctx: &Ctx, caching: HeaderValue) -> Response {
        let (coding, bytes) = self.choose(&ctx.parts.headers);
        let tag = self.tag(coding);
        let mut response = match is_known(ctx, &tag) {
            true => reply::empty(StatusCode::NOT_MODIFIED),
            false => {
                let mime = HeaderValue::from_static(self.mime);
                let mut response =
                    reply::with_type(StatusCode::OK, mime, Bytes::from_static(bytes));
                if let Some(coding) = coding {
                    let name = HeaderValue::from_static(coding.name());
                    response.headers_mut().insert(CONTENT_ENCODING, name);
                }
                response
            }
        };
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, caching);
        headers.insert(ETAG, tag);
        if !self.encodings.is_empty() {
            headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
        }
        response
    }

    fn choose(&self, headers: &HeaderMap) -> (Option<Coding>, &'static [u8]) {
        let accepted = headers.get_all(ACCEPT_ENCODING).iter();
        let accepted = accepted.filter_map(|line| line.to_str().ok());
        let ready = self.encodings.iter().map(|(coding, _)| *coding);
        let coding = negotiate::choose(accepted, ready);
        let packed = self
            .encodings
            .iter()
            .find(|(ready, _)| Some(*ready) == coding);
        (coding, packed.map_or(self.bytes, |(_, bytes)| bytes))
    }

    fn tag(&self, coding: Option<Coding>) -> HeaderValue {
        let tag = match coding {
            Some(coding) => format!("\"{}-{}\"", self.version, coding.name()),
            None => format!("\"{}\"", self.version),
        };
        HeaderValue::from_str(&tag).expect("a version is visible ASCII")
    }
}
