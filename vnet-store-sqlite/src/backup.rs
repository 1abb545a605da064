//! Copying the database while it is in use.

use std::fs;
use std::path::Path;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use crate::error::{Error, Result};
use crate::file;

/// What happens to a file that stands where the backup goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existing {
    Keep,
    Replace,
}

/// Writes one state of the database `live`, read by `source`, to `target`: all of it or nothing.
pub(crate) fn write(
    source: &Connection,
    live: &Path,
    target: &Path,
    existing: Existing,
) -> Result<()> {
    check_target(live, target, existing)?;
    // Beside the target, so that it can be renamed; readable by its owner alone.
    let file = tempfile::Builder::new()
        .prefix(".vnet-backup-")
        .tempfile_in(file::folder(target))?;
    copy(source, file.path())?;
    file.as_file().sync_all()?;
    let persisted = match existing {
        Existing::Keep => file.persist_noclobber(target),
        Existing::Replace => file.persist(target),
    };
    if let Err(error) = persisted {
        return Err(match error.error.kind() {
            std::io::ErrorKind::AlreadyExists => exists(target),
            _ => error.error.into(),
        });
    }
    file::sync_folder(target)
}

fn check_target(live: &Path, target: &Path, existing: Existing) -> Result<()> {
    let in_use = || Error::BackupInUse {
        path: target.to_owned(),
    };
    match fs::canonicalize(target) {
        Ok(found) if fs::canonicalize(live)? == found => return Err(in_use()),
        Ok(_) if existing == Existing::Keep => return Err(exists(target)),
        _ => {}
    }
    // A log left beside the target would be replayed into the copy.
    if ["-wal", "-journal"]
        .iter()
        .any(|suffix| file::beside(target, suffix).exists())
    {
        return Err(in_use());
    }
    Ok(())
}

fn exists(target: &Path) -> Error {
    Error::BackupExists {
        path: target.to_owned(),
    }
}

/// Copies all pages in one step: in WAL mode that is one consistent state and delays no writer.
fn copy(source: &Connection, target: &Path) -> Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(target, flags)?;
    // No one but us sees the file before it is complete and synchronised as a whole.
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update(None, "journal_mode", "OFF")?;
    {
        let backup = Backup::new(source, &mut connection)?;
        if backup.step(-1)? != StepResult::Done {
            return Err(Error::Busy);
        }
    }
    file::quick_check(&connection)?;
    connection.close().map_err(|(_connection, error)| error)?;
    Ok(())
}
