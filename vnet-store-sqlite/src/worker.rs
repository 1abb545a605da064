//! The thread that owns the writing connection.
//!
//! It takes all writes that wait, runs them in one transaction, each in a savepoint of its own, and
//! answers them after `COMMIT` returned: one `fsync` for all that came while the last one ran.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};

use crate::error::{Error, Result};

/// Writes that are committed together at most; more would make the first one wait too long.
const LARGEST_BATCH: usize = 256;

/// The way to the thread; it ends when this is dropped, after the writes that wait.
#[derive(Debug)]
pub(crate) struct Worker {
    queue: mpsc::Sender<Message>,
    /// Its other end is dropped last of all by the thread.
    ended: watch::Receiver<()>,
    #[cfg(test)]
    thread: Option<thread::JoinHandle<()>>,
}

enum Message {
    Write(Box<dyn Job>),
    Close,
}

/// A write on its way through the thread.
trait Job: Send {
    /// Does the work; whether its changes are to be kept.
    fn run(&mut self, connection: &Connection) -> bool;
    /// Turns success into `error`: the changes are not there.
    fn fail(&mut self, error: Error);
    /// Tells who waits how it ended.
    fn answer(self: Box<Self>);
}

struct Task<T, F> {
    work: Option<F>,
    outcome: Result<T>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T, F> Job for Task<T, F>
where
    F: FnOnce(&Connection) -> Result<T> + Send,
    T: Send,
{
    fn run(&mut self, connection: &Connection) -> bool {
        let Some(work) = self.work.take() else {
            return false;
        };
        // What the closure may have left half done in the database is rolled back by the caller.
        self.outcome = catch_unwind(AssertUnwindSafe(|| work(connection)))
            .unwrap_or_else(|_payload| Err(Error::Panicked));
        self.outcome.is_ok()
    }

    fn fail(&mut self, error: Error) {
        if self.outcome.is_ok() || self.work.take().is_some() {
            self.outcome = Err(error);
        }
    }

    fn answer(self: Box<Self>) {
        // Nobody waits any more when the caller's future was dropped; the write stands.
        let _nobody = self.reply.send(self.outcome);
    }
}

impl Worker {
    /// Starts the thread. `keep_along` is a folder that is removed when the connection is closed.
    pub(crate) fn start(
        connection: Connection,
        queue: usize,
        keep_along: Option<tempfile::TempDir>,
    ) -> Result<Self> {
        let (sender, receiver) = mpsc::channel(queue.max(1));
        let (end, ended) = watch::channel(());
        let thread = thread::Builder::new()
            .name("vnet-store-sqlite".to_owned())
            .spawn(move || {
                serve(&connection, receiver);
                drop(connection);
                drop(keep_along);
                drop(end);
            })?;
        #[cfg(not(test))]
        drop(thread);
        Ok(Self {
            queue: sender,
            ended,
            #[cfg(test)]
            thread: Some(thread),
        })
    }

    /// Runs `work` on the writing connection and returns when its changes are on the disk.
    ///
    /// A full queue makes the caller wait. Once queued the write happens, also if the future is
    /// dropped.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let task = Task {
            work: Some(work),
            outcome: Err(Error::Closed),
            reply,
        };
        self.queue
            .send(Message::Write(Box::new(task)))
            .await
            .map_err(|_refused| Error::Closed)?;
        answer.await.unwrap_or(Err(Error::Closed))
    }

    /// Commits what waits, closes the connection and ends the thread.
    pub(crate) async fn close(&self) {
        // Refused if it is closed already: then only the end is waited for.
        let _refused = self.queue.send(Message::Close).await;
        let _ended = self.ended.clone().changed().await;
    }
}

fn serve(connection: &Connection, mut queue: mpsc::Receiver<Message>) {
    let mut batch: Vec<Box<dyn Job>> = Vec::new();
    while let Some(message) = queue.blocking_recv() {
        let mut next = Some(message);
        while let Some(message) = next {
            match message {
                Message::Write(job) => batch.push(job),
                // Lets in nothing new; what was queued before is still received.
                Message::Close => queue.close(),
            }
            next = if batch.len() < LARGEST_BATCH {
                queue.try_recv().ok()
            } else {
                None
            };
        }
        commit(connection, &mut batch);
    }
}

/// Runs all jobs of the batch and answers them.
fn commit(connection: &Connection, batch: &mut Vec<Box<dyn Job>>) {
    let mut rest = batch.as_mut_slice();
    while !rest.is_empty() {
        let done = transaction(connection, rest);
        rest = &mut rest[done..];
    }
    for job in batch.drain(..) {
        job.answer();
    }
}

/// Runs jobs in one transaction and returns how many of them are decided: all, or those up to the
/// one at which SQLite gave the whole transaction up (disk full, input or output error).
fn transaction(connection: &Connection, jobs: &mut [Box<dyn Job>]) -> usize {
    if let Err(error) = execute(connection, "BEGIN IMMEDIATE") {
        fail(jobs, error);
        return jobs.len();
    }
    let alone = jobs.len() == 1;
    let mut changed = false;
    for index in 0..jobs.len() {
        let job = jobs[index].as_mut();
        let worked = if alone {
            Ok(job.run(connection))
        } else {
            in_savepoint(connection, job)
        };
        match worked {
            Ok(worked) => changed |= worked,
            Err(error) => {
                undo(connection);
                fail(&mut jobs[..=index], error);
                return index + 1;
            }
        }
        if connection.is_autocommit() {
            fail(&mut jobs[..=index], gave_up());
            return index + 1;
        }
    }
    let end = if changed { "COMMIT" } else { "ROLLBACK" };
    if let Err(error) = execute(connection, end) {
        undo(connection);
        fail(jobs, error);
    }
    jobs.len()
}

/// Runs one job so that its changes can be undone alone.
fn in_savepoint(connection: &Connection, job: &mut dyn Job) -> rusqlite::Result<bool> {
    execute(connection, "SAVEPOINT job")?;
    let worked = job.run(connection);
    if connection.is_autocommit() {
        return Ok(false);
    }
    if !worked {
        execute(connection, "ROLLBACK TO job")?;
    }
    execute(connection, "RELEASE job")?;
    Ok(worked)
}

fn execute(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}

/// Leaves the transaction, if SQLite has not left it by itself.
fn undo(connection: &Connection) {
    if !connection.is_autocommit()
        && let Err(error) = execute(connection, "ROLLBACK")
    {
        tracing::error!(%error, "cannot roll back a transaction");
    }
}

fn fail(jobs: &mut [Box<dyn Job>], error: rusqlite::Error) {
    let error = Arc::new(error);
    for job in jobs {
        job.fail(Error::NotCommitted(Arc::clone(&error)));
    }
}

/// Why the jobs before are lost when SQLite rolled back by itself; the job at which it happened
/// keeps its own error.
fn gave_up() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(
        rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT_ROLLBACK),
        None,
    )
}

#[cfg(test)]
mod tests;
