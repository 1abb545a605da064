//! The files that come with the program: style, logo, pictures. `build.rs` makes the table of them.

use crate::asset::{self, Asset, Coding};
use crate::context::Ctx;
use crate::error::HttpError;
use crate::reply::Response;

static FILES: &[(&str, Asset)] = include!(concat!(env!("OUT_DIR"), "/static_files.rs"));

fn find(name: &str) -> Option<&'static Asset> {
    let mut files = FILES.iter();
    files
        .find(|(known, _)| *known == name)
        .map(|(_, file)| file)
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
    let is_versioned = ctx
        .query("v")
        .is_some_and(|version| version == file.version);
    let caching = match is_versioned {
        true => asset::FOR_EVER,
        false => asset::ASK_EACH_TIME,
    };
    Ok(file.answer(ctx, caching))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn unpacked(coding: Coding, packed: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        match coding {
            Coding::Brotli => brotli::BrotliDecompress(&mut &*packed, &mut bytes),
            Coding::Gzip => flate2::read::GzDecoder::new(packed)
                .read_to_end(&mut bytes)
                .map(drop),
        }
        .unwrap();
        bytes
    }

    #[test]
    fn every_file_of_the_folder_is_served() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/static");
        let mut count = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let file = find(&name).unwrap_or_else(|| panic!("{name} is missing in the table"));
            assert_eq!(file.bytes, std::fs::read(entry.path()).unwrap(), "{name}");
            assert_eq!(versioned(&name), format!("{name}?v={}", file.version));
            count += 1;
        }
        assert_eq!(FILES.len(), count);
    }

    #[test]
    fn an_encoding_holds_the_same_in_less() {
        for (name, file) in FILES {
            for (coding, packed) in file.encodings {
                assert!(packed.len() < file.bytes.len(), "{name}");
                assert_eq!(unpacked(*coding, packed), file.bytes, "{name}: {coding:?}");
            }
        }
        let style = find("vnet.css").unwrap();
        assert_eq!(style.encodings.len(), 2, "text is worth packing");
    }
}
