//! Reading: small reads on the spot, large ones on the blocking pool.
//!
//! Every thread that reads has a connection of its own with its statements prepared, so a point read
//! is a call and no hop. The connections belong to the store, not to the thread: they are closed with
//! the store, and a new thread takes over the connection of one that ended.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use thread_local::ThreadLocal;
use tokio::sync::Semaphore;

use crate::error::{Error, Result};
use crate::file::{self, Tuning};
use crate::fold;

/// The connections that only read.
pub(crate) struct Readers {
    path: PathBuf,
    tuning: Tuning,
    closed: AtomicBool,
    /// The lock is never contended but by [`Readers::close`]: each thread has its own.
    inline: ThreadLocal<Mutex<Option<Connection>>>,
    /// Those for the blocking pool that are not at work.
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl fmt::Debug for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readers").finish_non_exhaustive()
    }
}

impl Readers {
    /// Readers of the database at `path`; at most `heavy` reads run on the blocking pool at once.
    pub(crate) fn new(path: PathBuf, tuning: Tuning, heavy: usize) -> Self {
        Self {
            path,
            tuning,
            closed: AtomicBool::new(false),
            inline: ThreadLocal::new(),
            idle: Mutex::new(Vec::new()),
            permits: Arc::new(Semaphore::new(heavy.max(1))),
        }
    }

    /// Runs a read that touches a few pages, here and now.
    pub(crate) fn inline<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let mut slot = lock(self.inline.get_or_default());
        if self.is_closed() {
            return Err(Error::Closed);
        }
        match &*slot {
            Some(connection) => work(connection),
            None => work(slot.insert(file::open_reader(&self.path, &self.tuning)?)),
        }
    }

    /// Runs a read that may take long on the blocking pool.
    pub(crate) async fn heavy<T, F>(self: &Arc<Self>, work: F) -> Result<T>
    where
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let permit = permit.map_err(|_closed| Error::Closed)?;
        let readers = Arc::clone(self);
        let read = tokio::task::spawn_blocking(move || {
            // Held by the work, not by the caller: who gives up waiting frees no place.
            let _permit = permit;
            let connection = readers.take_idle()?;
            let result = work(&connection);
            readers.put_idle(connection);
            result
        });
        read.await.unwrap_or(Err(Error::Panicked))
    }

    /// Ends all reads to come and closes the connections that are not at work.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.permits.close();
        for slot in self.inline.iter() {
            drop(lock(slot).take());
        }
        lock(&self.idle).clear();
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    fn take_idle(&self) -> Result<Connection> {
        if self.is_closed() {
            return Err(Error::Closed);
        }
        if let Some(connection) = lock(&self.idle).pop() {
            return Ok(connection);
        }
        let connection = file::open_reader(&self.path, &self.tuning)?;
        fold::register(&connection)?;
        Ok(connection)
    }

    fn put_idle(&self, connection: Connection) {
        let mut idle = lock(&self.idle);
        if !self.is_closed() {
            idle.push(connection);
        }
    }

    /// How many connections are open, those at work on the blocking pool not counted.
    #[cfg(test)]
    pub(crate) fn open(&self) -> usize {
        let inline = self.inline.iter().filter(|slot| lock(slot).is_some());
        inline.count() + lock(&self.idle).len()
    }
}

/// A read that panicked leaves nothing behind: its statement is reset when it is dropped.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readers(dir: &tempfile::TempDir) -> Arc<Readers> {
        let path = dir.path().join("readers.sqlite3");
        let tuning = Tuning::default();
        drop(file::open_writer(&path, &tuning).unwrap());
        Arc::new(Readers::new(path, tuning, 2))
    }

    fn one(connection: &Connection) -> Result<i64> {
        Ok(connection.query_row("SELECT 1", [], |row| row.get(0))?)
    }

    #[test]
    fn each_thread_has_one_connection_and_passes_it_on() {
        let dir = tempfile::tempdir().unwrap();
        let readers = readers(&dir);
        for _ in 0..20 {
            let readers = Arc::clone(&readers);
            std::thread::spawn(move || {
                for _ in 0..3 {
                    assert_eq!(readers.inline(one).unwrap(), 1);
                }
            })
            .join()
            .unwrap();
        }
        // Numbers of threads are given out again; other tests run beside this one.
        assert!(readers.open() < 20, "{} connections", readers.open());
    }

    #[test]
    fn a_panic_in_a_read_does_not_break_the_connection() {
        let dir = tempfile::tempdir().unwrap();
        let readers = readers(&dir);
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            readers.inline(|connection| -> Result<()> {
                let mut statement = connection.prepare_cached("SELECT 1")?;
                let _rows = statement.query([])?;
                panic!("in the middle of a read");
            })
        }));
        assert!(panicked.is_err());
        assert_eq!(readers.inline(one).unwrap(), 1);
        assert_eq!(readers.open(), 1);
    }

    #[tokio::test]
    async fn closing_closes_every_connection_and_refuses_reads() {
        let dir = tempfile::tempdir().unwrap();
        let readers = readers(&dir);
        readers.inline(one).unwrap();
        readers.heavy(one).await.unwrap();
        assert_eq!(readers.open(), 2);
        readers.close();
        assert_eq!(readers.open(), 0);
        assert!(matches!(readers.inline(one), Err(Error::Closed)));
        assert!(matches!(readers.heavy(one).await, Err(Error::Closed)));
    }

    #[tokio::test]
    async fn heavy_reads_are_bounded_and_survive_a_panic() {
        let dir = tempfile::tempdir().unwrap();
        let readers = readers(&dir);
        let failed = readers.heavy(|_| -> Result<()> { panic!("in a read") });
        assert!(matches!(failed.await, Err(Error::Panicked)));
        let reads = (0..16).map(|_| {
            let readers = Arc::clone(&readers);
            tokio::spawn(async move { readers.heavy(one).await })
        });
        for read in reads.collect::<Vec<_>>() {
            assert_eq!(read.await.unwrap().unwrap(), 1);
        }
        assert!(readers.open() <= 2, "{} connections", readers.open());
    }

    #[test]
    fn readers_cannot_write() {
        let dir = tempfile::tempdir().unwrap();
        let readers = readers(&dir);
        let write = readers.inline(|connection| Ok(connection.execute("DELETE FROM users", [])?));
        assert!(matches!(write, Err(Error::Sqlite(_))));
    }
}
