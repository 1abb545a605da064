//! The folder that everything is kept in.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use vnet::core::token::SigningKey;

use crate::failure::Failure;

const SETTING: &str = "--data-dir";

/// The data folder: the database, the key of this installation, its own certificate.
#[derive(Debug)]
pub(crate) struct DataDir(PathBuf);

impl DataDir {
    /// Opens the folder; makes it, for its owner alone, if it is not there.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        make_private(path).map_err(|error| {
            let wrong = format!("cannot make the folder {} ({error})", path.display());
            Failure::setting(SETTING, wrong, "name a folder that this user may write to")
        })?;
        let path = path.canonicalize().map_err(|error| {
            let wrong = format!("cannot read the folder {} ({error})", path.display());
            Failure::setting(SETTING, wrong, "name a folder that this user may write to")
        })?;
        Ok(Self(path))
    }

    /// Where it is, from the root.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The database.
    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("vnet.sqlite3")
    }

    /// The folder of the certificate that the server makes for itself.
    pub(crate) fn tls(&self) -> Result<PathBuf, Failure> {
        let path = self.0.join("tls");
        make_private(&path)
            .map(|()| path)
            .map_err(|error| self.unusable("tls", &error))
    }

    /// The key that signed texts are made with; made once, and kept.
    pub(crate) fn signing_key(&self) -> Result<SigningKey, Failure> {
        let path = self.0.join("secret.key");
        match fs::read(&path) {
            Ok(bytes) => self.kept_key(&path, bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.new_key(&path),
            Err(error) => Err(self.unusable("secret.key", &error)),
        }
    }

    fn kept_key(&self, path: &Path, bytes: Vec<u8>) -> Result<SigningKey, Failure> {
        tighten(path).map_err(|error| self.unusable("secret.key", &error))?;
        let length = bytes.len();
        <[u8; SigningKey::BYTES]>::try_from(bytes)
            .map(SigningKey::from_bytes)
            .map_err(|_bytes| {
                let wrong = format!("{} has {length} bytes", path.display());
                let right = "it must have 32: restore it, or delete it, which signs everybody's tokens anew";
                Failure::setting(SETTING, wrong, right)
            })
    }

    /// Writes a key beside its place and links it there: no other start sees half of it, and of two
    /// starts at the same time one wins.
    fn new_key(&self, path: &Path) -> Result<SigningKey, Failure> {
        let key = SigningKey::generate()
            .map_err(|error| Failure::run("cannot make a secret key", &error))?;
        let written = tempfile::NamedTempFile::new_in(&self.0).and_then(|mut file| {
            file.write_all(key.expose())?;
            file.as_file().sync_all()?;
            match file.persist_noclobber(path) {
                Ok(_file) => sync_folder(&self.0).map(|()| true),
                Err(lost) if lost.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
                Err(lost) => Err(lost.error),
            }
        });
        match written {
            Ok(true) => Ok(key),
            Ok(false) => self.signing_key(),
            Err(error) => Err(self.unusable("secret.key", &error)),
        }
    }

    fn unusable(&self, name: &str, error: &io::Error) -> Failure {
        let wrong = format!("cannot use {} ({error})", self.0.join(name).display());
        Failure::setting(
            SETTING,
            wrong,
            "this user must be able to read and write it",
        )
    }
}

#[cfg(unix)]
fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

#[cfg(not(unix))]
fn make_private(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Takes the rights of others on a secret file away, as after a restored backup.
#[cfg(unix)]
fn tighten(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & 0o077 != 0 {
        tracing::warn!(path = %path.display(), "a secret file could be read by others: its mode is 0600 now");
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn tighten(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    fs::File::open(path)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}
