use std::sync::mpsc as std_mpsc;

use super::*;
use crate::file::{self, Tuning};

struct Fixture {
    worker: Arc<Worker>,
    path: std::path::PathBuf,
}

fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.sqlite3");
    let connection = file::open_writer(&path, &Tuning::default()).unwrap();
    connection
        .execute_batch("CREATE TABLE numbers (n INTEGER NOT NULL UNIQUE) STRICT")
        .unwrap();
    let worker = Worker::start(connection, 64, Some(folder)).unwrap();
    Fixture {
        worker: Arc::new(worker),
        path,
    }
}

fn insert(connection: &Connection, number: i64) -> Result<()> {
    connection
        .prepare_cached("INSERT INTO numbers VALUES (?1)")?
        .execute([number])?;
    Ok(())
}

fn numbers(connection: &Connection) -> Vec<i64> {
    let mut statement = connection
        .prepare("SELECT n FROM numbers ORDER BY n")
        .unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<rusqlite::Result<_>>().unwrap()
}

impl Fixture {
    /// Queues writes while the thread is held up, so that it takes them as one batch.
    async fn together<T: Send + 'static>(&self, works: Vec<Work<T>>) -> Vec<Result<T>> {
        let (started, has_started) = oneshot::channel();
        let (go, wait) = std_mpsc::channel::<()>();
        let worker = Arc::clone(&self.worker);
        let gate = tokio::spawn(async move {
            let hold = move |_: &Connection| {
                let _ = started.send(());
                wait.recv().unwrap();
                Ok(())
            };
            worker.write(hold).await
        });
        has_started.await.unwrap();
        let mut waiting: Vec<_> = works
            .into_iter()
            .map(|work| Box::pin(self.worker.write(work)))
            .collect();
        // The first poll of each puts it into the queue, in this order.
        for write in &mut waiting {
            assert!(futures_poll(write.as_mut()).await.is_none());
        }
        go.send(()).unwrap();
        gate.await.unwrap().unwrap();
        let mut results = Vec::new();
        for write in waiting {
            results.push(write.await);
        }
        results
    }
}

/// Polls once.
async fn futures_poll<F: Future + ?Sized>(mut future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match future.as_mut().poll(context) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        })
    })
    .await
}

type Work<T> = Box<dyn FnOnce(&Connection) -> Result<T> + Send>;

fn inserting(number: i64) -> Work<()> {
    Box::new(move |connection| insert(connection, number))
}

#[tokio::test]
async fn writes_that_wait_are_committed_together() {
    let fixture = fixture();
    let counter = |connection: &Connection| -> Result<i64> {
        Ok(connection.query_row("PRAGMA data_version", [], |row| row.get(0))?)
    };
    let watcher = Connection::open(&fixture.path).unwrap();
    let before = counter(&watcher).unwrap();
    let seen_inside: Vec<Work<i64>> = (0..10)
        .map(|number| -> Work<i64> {
            let path = fixture.path.clone();
            Box::new(move |connection| {
                insert(connection, number)?;
                let other = Connection::open(path)?;
                Ok(other.query_row("SELECT count(*) FROM numbers", [], |row| row.get(0))?)
            })
        })
        .collect();
    for seen in fixture.together(seen_inside).await {
        assert_eq!(
            seen.unwrap(),
            0,
            "no write of a batch is visible before all are"
        );
    }
    assert_ne!(counter(&watcher).unwrap(), before);
    assert_eq!(numbers(&watcher), (0..10).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_write_that_fails_does_not_spoil_the_others() {
    let fixture = fixture();
    let results = fixture
        .together(vec![
            inserting(1),
            Box::new(|connection| {
                insert(connection, 2)?;
                Err(Error::Stale("number"))
            }),
            inserting(1),
            Box::new(|connection| {
                insert(connection, 3)?;
                panic!("in the middle of a write")
            }),
            inserting(4),
        ])
        .await;
    assert!(results[0].is_ok() && results[4].is_ok());
    assert!(matches!(results[1], Err(Error::Stale(_))));
    assert!(matches!(results[2], Err(Error::Sqlite(_))));
    assert!(matches!(results[3], Err(Error::Panicked)));
    let watcher = Connection::open(&fixture.path).unwrap();
    assert_eq!(numbers(&watcher), [1, 4]);
}

#[tokio::test]
async fn a_full_disk_fails_what_is_not_written_and_nothing_else() {
    let fixture = fixture();
    let limit = |connection: &Connection| {
        let pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        connection.query_row(
            &format!("PRAGMA max_page_count = {}", pages + 2),
            [],
            |_| Ok(()),
        )?;
        Ok(())
    };
    fixture.worker.write(limit).await.unwrap();
    let large: Work<()> = Box::new(|connection| {
        connection.execute(
            "INSERT INTO numbers SELECT value + 100 FROM (WITH RECURSIVE c (value) AS \
             (SELECT 1 UNION ALL SELECT value + 1 FROM c LIMIT 100000) SELECT value FROM c)",
            [],
        )?;
        Ok(())
    });
    let results = fixture
        .together(vec![inserting(1), large, inserting(2)])
        .await;
    let error = vnet_core::Error::from(match &results[1] {
        Err(Error::Sqlite(rusqlite::Error::SqliteFailure(code, _))) => {
            Error::Sqlite(rusqlite::Error::SqliteFailure(*code, None))
        }
        other => panic!("{other:?}"),
    });
    assert_eq!(error.kind(), vnet_core::ErrorKind::Unavailable);
    let watcher = Connection::open(&fixture.path).unwrap();
    let expected: Vec<i64> = [(0, 1), (2, 2)]
        .into_iter()
        .filter(|(index, _)| results[*index].is_ok())
        .map(|(_, number)| number)
        .collect();
    assert_eq!(
        numbers(&watcher),
        expected,
        "what was acknowledged is there, nothing else"
    );
    assert!(results[2].is_ok(), "the thread goes on");
}

#[tokio::test]
async fn a_transaction_that_sqlite_gives_up_fails_what_came_before() {
    let fixture = fixture();
    let results = fixture
        .together(vec![
            inserting(1),
            Box::new(|connection| Ok(connection.execute_batch("ROLLBACK")?)),
            inserting(2),
        ])
        .await;
    assert!(matches!(results[0], Err(Error::NotCommitted(_))));
    assert!(matches!(results[1], Err(Error::NotCommitted(_))));
    assert!(results[2].is_ok());
    let watcher = Connection::open(&fixture.path).unwrap();
    assert_eq!(numbers(&watcher), [2]);
}

#[tokio::test]
async fn a_failed_commit_fails_every_write_of_the_batch() {
    let fixture = fixture();
    let children = |connection: &Connection| {
        connection.execute_batch(
            "CREATE TABLE children (n INTEGER NOT NULL \
             REFERENCES numbers (n) DEFERRABLE INITIALLY DEFERRED) STRICT",
        )?;
        Ok(())
    };
    fixture.worker.write(children).await.unwrap();
    let orphan: Work<()> = Box::new(|connection| {
        connection.execute("INSERT INTO children VALUES (99)", [])?;
        Ok(())
    });
    let results = fixture
        .together(vec![inserting(1), orphan, inserting(1)])
        .await;
    assert!(matches!(results[0], Err(Error::NotCommitted(_))));
    assert!(matches!(results[1], Err(Error::NotCommitted(_))));
    assert!(
        matches!(results[2], Err(Error::Sqlite(_))),
        "keeps its own error"
    );
    fixture
        .worker
        .write(|connection| insert(connection, 5))
        .await
        .unwrap();
    let watcher = Connection::open(&fixture.path).unwrap();
    assert_eq!(numbers(&watcher), [5]);
}

#[tokio::test]
async fn a_write_whose_caller_went_away_happens() {
    let fixture = fixture();
    {
        let mut write = Box::pin(fixture.worker.write(|connection| insert(connection, 7)));
        let _first_poll = futures_poll(write.as_mut()).await;
    }
    fixture
        .worker
        .write(|connection| insert(connection, 8))
        .await
        .unwrap();
    let watcher = Connection::open(&fixture.path).unwrap();
    assert_eq!(numbers(&watcher), [7, 8]);
}

#[tokio::test]
async fn closing_commits_what_waits_and_refuses_the_rest() {
    let fixture = fixture();
    let write = fixture.worker.write(|connection| insert(connection, 1));
    let (written, ()) = tokio::join!(write, fixture.worker.close());
    written.unwrap();
    let late = fixture
        .worker
        .write(|connection| insert(connection, 2))
        .await;
    assert!(matches!(late, Err(Error::Closed)));
    fixture.worker.close().await;
}

#[tokio::test]
async fn the_thread_ends_with_the_store_and_removes_its_folder() {
    let Fixture { worker, path } = fixture();
    worker
        .write(|connection| insert(connection, 1))
        .await
        .unwrap();
    let mut worker = Arc::into_inner(worker).unwrap();
    let thread = worker.thread.take().unwrap();
    assert!(path.exists());
    drop(worker);
    thread.join().unwrap();
    assert!(!path.exists());
}
