//! Files for browsers that lie in a folder.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{fs, io};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorKind, Result};
use crate::web::{Asset, Coding, mime_of};

/// A folder whose files are read anew each time they are asked for.
///
/// Only files of a known type are given ([`mime_of`]), none whose name begins with a dot, and nothing that
/// lies outside, whatever links lead there. `name.br` and `name.gz` beside a file are its packed forms
/// unless the file is newer.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder at `path`, which need not be there yet.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Whether [`asset`](Self::asset) would give a file of this name, without reading it.
    pub async fn has(&self, name: &str) -> bool {
        if !is_plain(name) || mime_of(name).is_none() {
            return false;
        }
        let (folder, file) = (self.0.clone(), self.0.join(name));
        let find = tokio::task::spawn_blocking(move || find(&folder, &file).is_ok());
        find.await.unwrap_or(false)
    }

    /// The file at `name`, a path below the folder with slashes; `None` if there is none to give.
    ///
    /// # Errors
    /// `Unavailable`: it cannot be read.
    pub async fn asset(&self, name: &str) -> Result<Option<Asset>> {
        let (true, Some(mime)) = (is_plain(name), mime_of(name)) else {
            return Ok(None);
        };
        let (folder, file) = (self.0.clone(), self.0.join(name));
        let read = tokio::task::spawn_blocking(move || read(&folder, &file));
        let read = read
            .await
            .map_err(|source| Error::internal("the thread that reads files ended early", source))?;
        match read {
            Ok(Found { bytes, encodings }) => Ok(Some(Asset {
                etag: digest(&bytes).into(),
                bytes,
                mime: mime.into(),
                encodings,
                is_immutable: false,
            })),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(unreadable(error)),
        }
    }
}

fn unreadable(error: io::Error) -> Error {
    let message = "a file for browsers cannot be read";
    Error::new(ErrorKind::Unavailable, "unreadable_file", message).with_source(error)
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory
    )
}

/// Whether each part of the path is a plain name: what is no letter, digit, `-`, `_` or `.` is in no name of
/// a front end's files, and names with a dot in front are nobody's business.
fn is_plain(name: &str) -> bool {
    name.split('/').all(|part| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    })
}

struct Found {
    bytes: Bytes,
    encodings: Vec<(Coding, Bytes)>,
}

/// The file without links on its way, and what the system says about it.
fn find(folder: &Path, file: &Path) -> io::Result<(PathBuf, fs::Metadata)> {
    let whole = file.canonicalize()?;
    if !whole.starts_with(folder.canonicalize()?) {
        return Err(io::ErrorKind::NotFound.into());
    }
    let about = fs::metadata(&whole)?;
    match about.is_file() {
        true => Ok((whole, about)),
        false => Err(io::ErrorKind::NotFound.into()),
    }
}

fn read(folder: &Path, file: &Path) -> io::Result<Found> {
    let (whole, about) = find(folder, file)?;
    let bytes = fs::read(&whole)?;
    let packed = |coding: Coding| {
        let bytes = read_packed(&whole, coding, about.modified().ok()?)?;
        Some((coding, bytes))
    };
    Ok(Found {
        bytes: bytes.into(),
        encodings: Coding::ALL.into_iter().filter_map(packed).collect(),
    })
}

/// The packed form of `file`, unless that was written before the file itself.
fn read_packed(file: &Path, coding: Coding, written: SystemTime) -> Option<Bytes> {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(coding.ending());
    // A link could lead anywhere.
    let about = fs::symlink_metadata(&name).ok()?;
    let is_current = about.is_file() && about.modified().is_ok_and(|time| time >= written);
    is_current.then(|| fs::read(&name).ok().map(Bytes::from))?
}

fn digest(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(16);
    for byte in Sha256::digest(bytes).iter().take(8) {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests;
