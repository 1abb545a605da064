//! The files that come with the program: style, logo, pictures.

use std::sync::LazyLock;

use bytes::Bytes;
use http::StatusCode;
use http::header::{CACHE_CONTROL, ETAG, HeaderValue};
use sha2::{Digest, Sha256};

use crate::context::Ctx;
use crate::error::HttpError;
use crate::media::is_known;
use crate::reply::{self, Response};

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_bytes!(concat!("../static/", $name)) as &'static [u8])),*]
    };
}

struct File {
    name: &'static str,
    bytes: &'static [u8],
    /// The beginning of the SHA-256 of what it holds.
    version: String,
    tag: HeaderValue,
}

static FILES: LazyLock<Vec<File>> = LazyLock::new(|| {
    let files = files!(
        "avatar.svg",
        "background.svg",
        "favicon.svg",
        "hero.svg",
        "logo.svg",
        "vnet.css",
    );
    files
        .into_iter()
        .map(|(name, bytes)| File::new(name, bytes))
        .collect()
});

impl File {
    fn new(name: &'static str, bytes: &'static [u8]) -> Self {
        let digest = Sha256::digest(bytes);
        let version: String = digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let tag = HeaderValue::from_str(&format!("\"{version}\""));
        Self {
            name,
            bytes,
            version,
            tag: tag.expect("hexadecimal digits in quotes are a header value"),
        }
    }
}

fn find(name: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.name == name)
}

/// The address of a file under `/static/` with its version, under which it may be kept for ever.
pub(crate) fn versioned(name: &str) -> String {
    match find(name) {
        Some(file) => format!("{name}?v={}", file.version),
        None => name.to_owned(),
    }
}

/// A file. Asked for with its version (`?v=`) it never changes; without, it is asked about each time.
///
/// # Errors
/// 404: there is none.
pub(crate) fn file(ctx: &Ctx, name: &str) -> Result<Response, HttpError> {
    let file = find(name).ok_or_else(HttpError::not_found)?;
    let mut response = match is_known(ctx, &file.tag) {
        true => reply::empty(StatusCode::NOT_MODIFIED),
        false => reply::with_type(StatusCode::OK, mime(name), Bytes::from_static(file.bytes)),
    };
    let caching = match ctx
        .query("v")
        .is_some_and(|version| version == file.version)
    {
        true => HeaderValue::from_static("public, max-age=31536000, immutable"),
        false => HeaderValue::from_static("public, no-cache"),
    };
    response.headers_mut().insert(CACHE_CONTROL, caching);
    response.headers_mut().insert(ETAG, file.tag.clone());
    Ok(response)
}

fn mime(name: &str) -> HeaderValue {
    HeaderValue::from_static(match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg") => "image/jpeg",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_served() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/static");
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let file = find(&name).unwrap_or_else(|| panic!("{name} is missing in the table"));
            assert_ne!(mime(&name), "application/octet-stream", "{name}");
            assert_eq!(versioned(&name), format!("{name}?v={}", file.version));
        }
    }
}
