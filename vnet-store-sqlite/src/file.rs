//! Opening the file: made for its owner alone, and checked before anything is written to it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::error::{Error, Result};
use crate::schema;

/// Bytes up to which a database is checked at every start: a few milliseconds.
const SMALL_BYTES: u64 = 8 << 20;

/// Bytes of the smallest page of SQLite.
const SMALLEST_BYTES: u64 = 512;

/// Statements kept prepared on each connection; more than there are.
const PREPARED: usize = 128;

/// When the whole file is checked while it is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Check {
    /// When the last run did not end in order (its write-ahead log is still there), and always
    /// while the file is at most 8 MiB.
    #[default]
    WhenDoubtful,
    /// At every start, however long it takes.
    Always,
}

/// Settings of every connection.
#[derive(Clone, Debug)]
pub(crate) struct Tuning {
    pub(crate) busy_timeout: Duration,
    pub(crate) cache_bytes: u32,
    pub(crate) map_bytes: u64,
    pub(crate) check: Check,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            busy_timeout: Duration::from_secs(5),
            cache_bytes: 4 << 20,
            map_bytes: 256 << 20,
            check: Check::default(),
        }
    }
}

/// Opens, makes or migrates the database; the connection that writes.
pub(crate) fn open_writer(path: &Path, tuning: &Tuning) -> Result<Connection> {
    let opened = create_private(path).and_then(|()| prepare_writer(path, tuning));
    opened.map_err(|source| Error::Open {
        path: path.to_owned(),
        source: Box::new(tell_apart(source)),
    })
}

fn prepare_writer(path: &Path, tuning: &Tuning) -> Result<Connection> {
    let bytes = size(path)?;
    // SQLite takes a stump shorter than its smallest page for an empty file and overwrites it.
    if (1..SMALLEST_BYTES).contains(&bytes) {
        let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_NOTADB);
        return Err(rusqlite::Error::SqliteFailure(code, None).into());
    }
    let doubtful = tuning.check == Check::Always
        || bytes <= SMALL_BYTES
        || size(&beside(path, "-wal")).is_ok_and(|bytes| bytes > 0);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(tuning.busy_timeout)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Until it is known to be ours, nothing is written, not even a checkpoint on the way out.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    schema::recognise(&connection)?;
    if doubtful {
        quick_check(&connection)?;
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(Error::NoWal(mode.into()));
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "journal_size_limit", 64_i64 << 20)?;
    tune(&connection, tuning)?;
    schema::migrate(&mut connection)?;
    schema::verify(&connection)?;
    Ok(connection)
}

/// Opens a connection that only reads.
pub(crate) fn open_reader(path: &Path, tuning: &Tuning) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(tuning.busy_timeout)?;
    connection.pragma_update(None, "query_only", true)?;
    tune(&connection, tuning)?;
    Ok(connection)
}

fn tune(connection: &Connection, tuning: &Tuning) -> Result<()> {
    connection.set_prepared_statement_cache_capacity(PREPARED);
    // Plans do not depend on values. Without this, clearing the values of a cached statement makes
    // SQLite plan it anew at the next use, which costs several times the read itself.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // Negative: in KiB instead of pages.
    let cache = -i64::from(tuning.cache_bytes / 1024);
    connection.pragma_update(None, "cache_size", cache)?;
    let map = i64::try_from(tuning.map_bytes).unwrap_or(i64::MAX);
    connection.pragma_update(None, "mmap_size", map)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(())
}

/// Reads every page once; the first thing that is wrong is the error.
pub(crate) fn quick_check(connection: &Connection) -> Result<()> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" {
        Ok(())
    } else {
        let one_line = found.split_whitespace().collect::<Vec<_>>().join(" ");
        Err(Error::Damaged(one_line.into()))
    }
}

/// Makes an empty file that only its owner may read, if there is none.
///
/// An existing file is never opened here: closing it would drop the locks that connections of
/// this process hold on it (POSIX: locks belong to process and file, not to the descriptor).
fn create_private(path: &Path) -> Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(file) => {
            file.sync_all()?;
            sync_folder(path)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Makes the name of a file that was just made or renamed as durable as the file.
pub(crate) fn sync_folder(path: &Path) -> Result<()> {
    #[cfg(unix)]
    fs::File::open(folder(path))?.sync_all()?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// The folder a file is in; `.` for a bare name.
pub(crate) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// The file of SQLite beside the database, such as its write-ahead log.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn size(path: &Path) -> Result<u64> {
    Ok(fs::metadata(path)?.len())
}

/// Gives the codes of SQLite that mean a broken file their own words.
fn tell_apart(error: Error) -> Error {
    let Error::Sqlite(source) = error else {
        return error;
    };
    match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => Error::NotADatabase(source),
        Some(ErrorCode::DatabaseCorrupt) => {
            Error::Damaged("its pages contradict each other, or it was cut off".into())
        }
        Some(ErrorCode::DatabaseBusy) => Error::Busy,
        _ => Error::Sqlite(source),
    }
}
