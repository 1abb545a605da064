//! What can go wrong in here, and what callers are told of it.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::ffi;
use vnet_core::ErrorKind;

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// Every failure of this adapter.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("the database refused")]
    Sqlite(#[from] rusqlite::Error),
    #[error("the writes that waited together were not committed")]
    NotCommitted(#[source] Arc<rusqlite::Error>),
    #[error("a write panicked and was undone")]
    Panicked,
    #[error("the store is closed")]
    Closed,
    #[error("the value of {0} is taken")]
    Taken(&'static str),
    #[error("{0} not found")]
    NotFound(&'static str),
    #[error("{0} was changed meanwhile")]
    Stale(&'static str),
    #[error("column {0} of the database holds what this program never writes")]
    BadValue(usize),
    #[error(
        "the database is of a newer program: its schema has version {found}, \
         this program knows versions up to {known}"
    )]
    Newer { found: i64, known: i64 },
    #[error(
        "the file belongs to another application (application id {found:#010x}, not {ours:#010x})"
    )]
    OtherApplication { found: i64, ours: i64 },
    #[error("the file is not a database")]
    NotADatabase(#[source] rusqlite::Error),
    #[error("the database is damaged: {0}; restore a backup")]
    Damaged(Box<str>),
    #[error("the file system cannot hold a write-ahead log (journal mode stays {0})")]
    NoWal(Box<str>),
    #[error("cannot open the database {path:?}")]
    Open { path: PathBuf, source: Box<Self> },
    #[error("cannot read or write a file")]
    Io(#[from] io::Error),
    #[error("the backup would replace {path:?}, which exists")]
    BackupExists { path: PathBuf },
    #[error("the backup would replace {path:?}, which is in use")]
    BackupInUse { path: PathBuf },
    #[error("another process keeps the database busy")]
    Busy,
}

impl Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Sqlite(source) => sqlite_kind(source),
            Self::NotCommitted(source) => sqlite_kind(source),
            Self::Closed | Self::Busy => ErrorKind::Unavailable,
            Self::Taken(_) | Self::BackupExists { .. } => ErrorKind::AlreadyExists,
            Self::NotFound(_) => ErrorKind::NotFound,
            Self::Stale(_) => ErrorKind::Conflict,
            Self::BackupInUse { .. } => ErrorKind::InvalidInput,
            Self::Newer { .. } | Self::OtherApplication { .. } => ErrorKind::Unsupported,
            Self::Open { source, .. } => source.kind(),
            Self::Panicked
            | Self::BadValue(_)
            | Self::NotADatabase(_)
            | Self::Damaged(_)
            | Self::NoWal(_)
            | Self::Io(_) => ErrorKind::Internal,
        }
    }

    /// One line for whoever runs the server; for an error while opening with its reason.
    fn message(&self) -> String {
        match self {
            Self::Open { source, .. } => format!("{self}: {}", source.message()),
            Self::Sqlite(source) => format!("{self}: {}", sqlite_message(source)),
            Self::NotCommitted(source) => format!("{self}: {}", sqlite_message(source)),
            Self::Io(source) => format!("{self}: {source}"),
            _ => self.to_string(),
        }
    }
}

impl From<Error> for vnet_core::Error {
    fn from(error: Error) -> Self {
        match &error {
            Error::Taken(field) => return Self::already_exists(field),
            Error::NotFound(what) => return Self::not_found(what),
            Error::Stale(what) => return Self::stale(what),
            Error::Sqlite(source) => {
                if let Some(field) = taken_field(source) {
                    return Self::already_exists(field).with_source(error);
                }
            }
            _ => {}
        }
        let kind = error.kind();
        let code = match kind {
            ErrorKind::Unavailable => "store_unavailable",
            ErrorKind::AlreadyExists => "already_exists",
            ErrorKind::InvalidInput => "invalid",
            ErrorKind::Unsupported => "store_unsupported",
            _ => "internal",
        };
        Self::new(kind, code, error.message()).with_source(error)
    }
}

fn sqlite_kind(error: &rusqlite::Error) -> ErrorKind {
    use rusqlite::ErrorCode as Code;
    match error.sqlite_error_code() {
        Some(
            Code::DatabaseBusy
            | Code::DatabaseLocked
            | Code::FileLockingProtocolFailed
            | Code::DiskFull
            | Code::OutOfMemory
            | Code::CannotOpen
            | Code::SystemIoFailure
            | Code::OperationInterrupted,
        ) => ErrorKind::Unavailable,
        _ => ErrorKind::Internal,
    }
}

/// SQLite's own words for its codes: they name no value.
fn sqlite_message(error: &rusqlite::Error) -> String {
    match error.sqlite_error() {
        Some(code) => code.to_string(),
        None => "the answer cannot be read".to_owned(),
    }
}

/// Which field a broken unique index stands for.
fn taken_field(error: &rusqlite::Error) -> Option<&'static str> {
    let rusqlite::Error::SqliteFailure(code, Some(message)) = error else {
        return None;
    };
    if !matches!(
        code.extended_code,
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
    ) {
        return None;
    }
    let column = message.strip_prefix("UNIQUE constraint failed: ")?;
    Some(match column {
        "users.uuid" | "avatars.uuid" | "sessions.uuid" => "id",
        "users.username_key" => "username",
        "users.email_key" => "email",
        "sessions.hash" => "hash",
        "identities.user_id" => "user",
        "identities.identity" => "identity",
        "meetings.code" => "meeting_id",
        "meetings.group_uuid" => "meeting_uuid",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    fn failure(code: i32, message: &str) -> Error {
        rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some(message.to_owned())).into()
    }

    #[test]
    fn codes_of_sqlite_become_kinds() {
        for (code, kind) in [
            (ffi::SQLITE_BUSY, ErrorKind::Unavailable),
            (ffi::SQLITE_LOCKED, ErrorKind::Unavailable),
            (ffi::SQLITE_FULL, ErrorKind::Unavailable),
            (ffi::SQLITE_IOERR, ErrorKind::Unavailable),
            (ffi::SQLITE_CORRUPT, ErrorKind::Internal),
            (ffi::SQLITE_CONSTRAINT_CHECK, ErrorKind::Internal),
        ] {
            let error = vnet_core::Error::from(failure(code, "…"));
            assert_eq!(error.kind(), kind, "{code}");
            assert!(error.source().is_some());
        }
    }

    #[test]
    fn broken_unique_indexes_name_the_field() {
        let code = ffi::SQLITE_CONSTRAINT_UNIQUE;
        for (column, field) in [
            ("users.email_key", Some("email")),
            ("meetings.code", Some("meeting_id")),
            ("article_tags.article_id, article_tags.position", None),
        ] {
            let message = format!("UNIQUE constraint failed: {column}");
            let error = vnet_core::Error::from(failure(code, &message));
            assert_eq!(error.field(), field, "{column}");
        }
    }

    #[test]
    fn an_error_while_opening_says_why_in_one_line() {
        let error = vnet_core::Error::from(Error::Open {
            path: "vnet.sqlite3".into(),
            source: Box::new(Error::Newer { found: 7, known: 1 }),
        });
        let text = error.to_string();
        assert!(text.contains("vnet.sqlite3"), "{text}");
        assert!(text.contains('7') && text.contains("up to 1"), "{text}");
        assert!(!text.contains('\n'));
    }
}
