//! Files for browsers, and the front end that they make up: whoever serves pages takes one as
//! `Arc<dyn FrontEnd>`, so that an embedder can put one of their own in its place.

mod folder;

use std::borrow::Cow;
use std::fmt;

use async_trait::async_trait;
use auto_impl::auto_impl;
use bytes::Bytes;

use crate::error::Result;

pub use folder::Folder;

/// How bytes are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coding {
    /// RFC 7932.
    Brotli,
    /// RFC 1952.
    Gzip,
}

impl Coding {
    /// All of them, the tightest first.
    pub const ALL: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// Its name in `Accept-Encoding` and `Content-Encoding`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// What the names of files that are packed like this end in.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gz",
        }
    }
}

/// A file, and the same packed.
#[derive(Clone)]
pub struct Asset {
    /// What it holds.
    pub bytes: Bytes,
    /// Its type, with the character set if it is text.
    pub mime: Cow<'static, str>,
    /// Another one for each content: visible ASCII without quotes.
    pub etag: Cow<'static, str>,
    /// The same packed, the best first.
    pub encodings: Vec<(Coding, Bytes)>,
    /// Whether another content would have another name, so that browsers may keep it for good.
    pub is_immutable: bool,
}

impl fmt::Debug for Asset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asset")
            .field("mime", &self.mime)
            .field("etag", &self.etag)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// A file that is part of the program; `vnet-pack` makes tables of them when a crate is built.
#[derive(Clone, Copy)]
pub struct Packed {
    /// Its path below its folder, with slashes.
    pub name: &'static str,
    /// What it holds.
    pub bytes: &'static [u8],
    /// Another one for each content: visible ASCII without quotes.
    pub etag: &'static str,
    /// The same packed, the best first; only where it saves something.
    pub encodings: &'static [(Coding, &'static [u8])],
}

impl fmt::Debug for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Packed").field(&self.name).finish()
    }
}

impl Packed {
    /// The file of this name in a table, which is sorted by name.
    #[must_use]
    pub fn find(table: &'static [Self], name: &str) -> Option<&'static Self> {
        let place = table.binary_search_by(|file| file.name.cmp(name)).ok()?;
        table.get(place)
    }

    /// The file as it is served; nothing is copied.
    #[must_use]
    pub fn asset(&self) -> Asset {
        let encodings = self.encodings.iter();
        Asset {
            bytes: Bytes::from_static(self.bytes),
            mime: mime_of(self.name).unwrap_or(BINARY).into(),
            etag: self.etag.into(),
            encodings: encodings
                .map(|(coding, bytes)| (*coding, Bytes::from_static(bytes)))
                .collect(),
            is_immutable: false,
        }
    }
}

/// What a page must load first, by names that [`FrontEnd::asset`] knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirstLoad {
    /// The ES module that everything begins with.
    pub script: String,
    /// Style sheets, in order.
    pub styles: Vec<String>,
    /// Modules that `script` imports, so that browsers need not find that out one by one.
    pub preloads: Vec<String>,
    /// Whether scripts compile WebAssembly, which the page's policy must allow then.
    pub needs_wasm: bool,
}

/// The files of a front end for the pages under `/meet/`.
///
/// # Contract
/// What [`first_load`](Self::first_load) names, [`asset`](Self::asset) gives, until the files are
/// replaced altogether. Names come from strangers: what is not part of the front end is never given.
#[cfg_attr(any(test, feature = "testkit"), mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait FrontEnd: fmt::Debug + Send + Sync + 'static {
    /// What a page must load first.
    ///
    /// # Errors
    /// `Unavailable`: the files cannot be read, or are not those of a front end.
    async fn first_load(&self) -> Result<FirstLoad>;

    /// A file by its path below the front end, with slashes, as it stands in the address.
    ///
    /// # Errors
    /// `Unavailable`: it cannot be read.
    async fn asset(&self, name: &str) -> Result<Option<Asset>>;
}

/// The type of what nobody knows better.
const BINARY: &str = "application/octet-stream";

/// The type of a file of a front end, by the ending of its name, with the character set if it is text;
/// `None` for endings that front ends have no use for.
///
/// # Source
/// IANA media types; RFC 9239 for `text/javascript`.
#[must_use]
pub fn mime_of(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        "tflite" | "bin" => BINARY,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    static TABLE: &[Packed] = &[
        Packed {
            name: "a.js",
            bytes: b"1",
            etag: "one",
            encodings: &[(Coding::Gzip, b"packed")],
        },
        Packed {
            name: "b/c.css",
            bytes: b"2",
            etag: "two",
            encodings: &[],
        },
    ];

    #[test]
    fn a_packed_file_is_found_by_its_whole_name() {
        let file = Packed::find(TABLE, "a.js").map(Packed::asset);
        let file = file.expect("it is in the table");
        assert_eq!((&file.bytes[..], &*file.etag), (&b"1"[..], "one"));
        assert_eq!(file.mime, "text/javascript; charset=utf-8");
        assert_eq!(
            file.encodings,
            [(Coding::Gzip, Bytes::from_static(b"packed"))]
        );
        assert!(Packed::find(TABLE, "b/c.css").is_some());
        for unknown in ["", "a", "A.js", "c.css", "b/", "a.js/"] {
            assert!(Packed::find(TABLE, unknown).is_none(), "{unknown}");
        }
    }

    #[test]
    fn the_type_goes_by_the_last_ending() {
        assert_eq!(mime_of("x.css.js"), Some("text/javascript; charset=utf-8"));
        for unknown in ["js", "a.html", "a.JS", "a.", "a.js.br"] {
            assert_eq!(mime_of(unknown), None, "{unknown}");
        }
    }
}
