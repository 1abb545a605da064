//! The files that come with the program: style, logo, pictures. `build.rs` makes the table of them.

use vnet_core::web::Packed;

use crate::context::Ctx;
use crate::error::HttpError;
use crate::reply::Response;
use crate::{asset, front_end};

static FILES: &[Packed] = include!(concat!(env!("OUT_DIR"), "/static_files.rs"));

fn find(name: &str) -> Option<&'static Packed> {
    Packed::find(FILES, name)
}

/// The address of a file under `/static/` with its version, under which it may be kept for ever.
pub(crate) fn versioned(name: &str) -> String {
    match find(name) {
        Some(file) => format!("{name}?v={}", file.etag),
        None => name.to_owned(),
    }
}

/// A file. Asked for with its version (`?v=`) it never changes; without, it is asked about each time.
///
/// # Errors
/// 404: there is none. 503: it cannot be read.
pub(crate) async fn file(ctx: &Ctx, name: &str) -> Result<Response, HttpError> {
    if let Some(name) = name.strip_prefix("meeting/") {
        return front_end::asset(ctx, name).await;
    }
    if let Some(name) = name.strip_prefix("acs/") {
        return front_end::acs_asset(ctx, name).await;
    }
    let file = find(name).ok_or_else(HttpError::not_found)?;
    let is_versioned = ctx.query("v").is_some_and(|version| version == file.etag);
    let caching = match is_versioned {
        true => asset::FOR_EVER,
        false => asset::ASK_EACH_TIME,
    };
    Ok(asset::answer(ctx, file.asset(), caching))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_served() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/static");
        let mut count = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let file = find(&name).unwrap_or_else(|| panic!("{name} is missing in the table"));
            assert_eq!(file.bytes, std::fs::read(entry.path()).unwrap(), "{name}");
            assert_eq!(versioned(&name), format!("{name}?v={}", file.etag));
            count += 1;
        }
        assert_eq!(FILES.len(), count);
    }

    #[test]
    fn text_is_packed_and_every_type_is_known() {
        let style = find("vnet.css").unwrap();
        assert_eq!(style.encodings.len(), 2, "text is worth packing");
        for file in FILES {
            assert!(
                vnet_core::web::mime_of(file.name).is_some(),
                "{}",
                file.name
            );
        }
    }
}
