//! The store: one file per trait.

mod help;
mod identities;
mod meetings;
mod sessions;
mod users;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use vnet_core::id::{Cursor, Page};

use crate::backup::{self, Existing};
use crate::builder::Builder;
use crate::error::{Error, Result};
use crate::reader::Readers;
use crate::worker::Worker;

/// Everything that is kept, in one SQLite file. Clones share it.
///
/// The file is open until [`close`](Self::close) or until the last clone is dropped.
#[derive(Clone)]
pub struct SqliteStore {
    // First, so that the connections that read are closed before the one that writes: the last
    // one to go empties the write-ahead log into the file, which one that only reads cannot.
    readers: Arc<Readers>,
    worker: Arc<Worker>,
    path: Arc<Path>,
}

impl SqliteStore {
    /// Opens the database at `path` with the default settings; makes it if there is none.
    ///
    /// # Errors
    /// As [`Builder::open`].
    pub fn open(path: impl Into<PathBuf>) -> vnet_core::Result<Self> {
        Self::builder(path).open()
    }

    /// Settings for a store in the file at `path`.
    pub fn builder(path: impl Into<PathBuf>) -> Builder {
        Builder::new(path.into())
    }

    /// A store in a temporary folder that is removed when the store is closed; for tests.
    ///
    /// # Errors
    /// `Internal`: there is no place for temporary files.
    pub fn open_temporary() -> vnet_core::Result<Self> {
        let folder = tempfile::Builder::new().prefix("vnet-").tempdir();
        let folder = folder.map_err(Error::from)?;
        let path = folder.path().join("vnet.sqlite3");
        Ok(Builder::new(path).start(Some(folder))?)
    }

    pub(crate) fn new(path: PathBuf, readers: Arc<Readers>, worker: Worker) -> Self {
        Self {
            readers,
            worker: Arc::new(worker),
            path: path.into(),
        }
    }

    /// Where the database is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Copies the database to a new file, while it is used.
    ///
    /// The copy is one consistent state with every write that was acknowledged before the call. It
    /// is checked and synchronised, then appears under its name: all of it or nothing, readable by
    /// its owner alone. To restore it, put it in the place of the database of a stopped server.
    ///
    /// # Errors
    /// `AlreadyExists`: there is a file at `target`. `InvalidInput`: it is this database, or files
    /// of SQLite stand beside it. `Unavailable`, `Internal`: it cannot be written.
    pub async fn backup(&self, target: impl Into<PathBuf>) -> vnet_core::Result<()> {
        Ok(self.write_backup(target.into(), Existing::Keep).await?)
    }

    /// As [`backup`](Self::backup), but takes the place of a file that is at `target`; that one
    /// stays whole until the new one is complete.
    ///
    /// # Errors
    /// As [`backup`](Self::backup), without `AlreadyExists`.
    pub async fn backup_replacing(&self, target: impl Into<PathBuf>) -> vnet_core::Result<()> {
        Ok(self.write_backup(target.into(), Existing::Replace).await?)
    }

    async fn write_backup(&self, target: PathBuf, existing: Existing) -> Result<()> {
        let live = Arc::clone(&self.path);
        let copy = move |source: &Connection| backup::write(source, &live, &target, existing);
        self.readers.heavy(copy).await
    }

    /// Commits the writes that wait, closes the file and ends the writing thread. Later calls fail
    /// with `Unavailable`; closing again does nothing.
    pub async fn close(&self) {
        self.readers.close();
        self.worker.close().await;
    }

    /// A read of a few pages, on this thread.
    fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.readers.inline(work)
    }

    /// A read that may go through a whole table, on the blocking pool.
    async fn search<T, F>(&self, work: F) -> Result<T>
    where
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.readers.heavy(work).await
    }

    /// A write; on the disk when it returns.
    async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.worker.write(work).await
    }
}

/// Only where it is: what is in it is personal.
impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// The limit of a page, as the traits allow it.
fn page_limit(limit: u32) -> usize {
    limit.clamp(1, 1_000) as usize
}

/// A page of things, each with its place, of which one more than `limit` was read, to see whether
/// there is more.
fn page<T>(mut placed: Vec<(Cursor, T)>, limit: usize) -> Page<T> {
    let more = placed.len() > limit;
    placed.truncate(limit);
    let next = placed.last().filter(|_| more);
    Page {
        next: next.map(|(place, _item)| *place),
        items: placed.into_iter().map(|(_place, item)| item).collect(),
    }
}

/// A number of rows for `LIMIT`.
fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
