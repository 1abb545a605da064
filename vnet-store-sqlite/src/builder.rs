//! How a store is set up.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;
use crate::file::{self, Check, Tuning};
use crate::reader::Readers;
use crate::store::SqliteStore;
use crate::worker::Worker;

/// Settings of a [`SqliteStore`], each with a default that suits a server of a company.
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    path: PathBuf,
    readers: usize,
    queue: usize,
    tuning: Tuning,
}

impl Builder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self {
            path,
            readers: 4,
            queue: 1_024,
            tuning: Tuning::default(),
        }
    }

    /// Searches and other long reads that run at once on the blocking pool. Default 4, at least 1.
    /// Point reads and pages run on the calling thread and are not counted.
    pub fn readers(mut self, count: usize) -> Self {
        self.readers = count;
        self
    }

    /// Writes that may wait before callers wait for a place. Default 1,024, at least 1.
    pub fn queue(mut self, writes: usize) -> Self {
        self.queue = writes;
        self
    }

    /// Memory for pages on each connection, in bytes. Default 4 MiB.
    pub fn cache_bytes(mut self, bytes: u32) -> Self {
        self.tuning.cache_bytes = bytes;
        self
    }

    /// Bytes of the file that are read through a memory map. Default 256 MiB; 0 turns it off.
    pub fn map_bytes(mut self, bytes: u64) -> Self {
        self.tuning.map_bytes = bytes;
        self
    }

    /// How long to wait for another process that writes. Default 5 seconds.
    pub fn busy_timeout(mut self, wait: Duration) -> Self {
        self.tuning.busy_timeout = wait;
        self
    }

    /// When the whole file is checked at the start. Default [`Check::WhenDoubtful`].
    pub fn check(mut self, check: Check) -> Self {
        self.tuning.check = check;
        self
    }

    /// Opens the database, makes it if there is none, and migrates it if it is older.
    ///
    /// Blocks for some milliseconds, longer when the file is checked: call it while starting.
    ///
    /// # Errors
    /// `Unsupported`: the file belongs to another application, or to a newer version of this one
    /// (both versions are named). `Internal`: it is no database, is damaged, or cannot be opened.
    /// `Unavailable`: another process keeps it busy.
    pub fn open(self) -> vnet_core::Result<SqliteStore> {
        Ok(self.start(None)?)
    }

    pub(crate) fn start(self, folder: Option<tempfile::TempDir>) -> Result<SqliteStore, Error> {
        // One name for the life of the store, also if the process changes its folder.
        let path = std::path::absolute(&self.path)?;
        let connection = file::open_writer(&path, &self.tuning)?;
        let worker = Worker::start(connection, self.queue, folder)?;
        let readers = Readers::new(path.clone(), self.tuning, self.readers);
        Ok(SqliteStore::new(path, Arc::new(readers), worker))
    }
}
