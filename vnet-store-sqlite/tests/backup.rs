//! Copies are complete, consistent, and never in the way of anything.

use std::fs;

use vnet_core::ErrorKind;
use vnet_core::store::{MeetingStore, UserQuery, UserStore};
use vnet_core::testkit::samples;
use vnet_store_sqlite::{Check, SqliteStore};

async fn count(store: &SqliteStore) -> usize {
    let query = UserQuery {
        limit: 1_000,
        ..UserQuery::default()
    };
    store.list_users(&query).await.expect("a list").items.len()
}

#[tokio::test]
async fn a_backup_holds_everything_that_was_acknowledged() {
    let store = SqliteStore::open_temporary().unwrap();
    let user = store.insert_user(samples::new_user("ada")).await.unwrap();
    let meeting = store
        .insert_meeting(&samples::meeting(user.id))
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.sqlite3");
    store.backup(&copy).await.unwrap();
    store.insert_user(samples::new_user("later")).await.unwrap();

    let restored = SqliteStore::builder(&copy)
        .check(Check::Always)
        .open()
        .unwrap();
    assert_eq!(restored.get_user(&user.id).await.unwrap(), Some(user));
    assert_eq!(
        restored.get_meeting(&meeting.id).await.unwrap(),
        Some(meeting)
    );
    assert_eq!(count(&restored).await, 1);
    restored
        .insert_user(samples::new_user("after"))
        .await
        .unwrap();
    restored.close().await;
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing is left beside the copy: {left:?}");
}

#[tokio::test]
async fn a_backup_replaces_only_when_told() {
    let store = SqliteStore::open_temporary().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.sqlite3");
    fs::write(&copy, "precious").unwrap();
    let error = store.backup(&copy).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    assert_eq!(fs::read(&copy).unwrap(), b"precious");
    store.insert_user(samples::new_user("ada")).await.unwrap();
    store.backup_replacing(&copy).await.unwrap();
    assert_eq!(count(&SqliteStore::open(&copy).unwrap()).await, 1);
}

#[tokio::test]
async fn a_backup_never_goes_where_a_database_is_in_use() {
    let store = SqliteStore::open_temporary().unwrap();
    let own = store.backup_replacing(store.path()).await.unwrap_err();
    assert_eq!(own.kind(), ErrorKind::InvalidInput);
    let other = SqliteStore::open_temporary().unwrap();
    other.insert_user(samples::new_user("ada")).await.unwrap();
    let busy = store.backup_replacing(other.path()).await.unwrap_err();
    assert_eq!(busy.kind(), ErrorKind::InvalidInput, "it has a log");
    assert_eq!(count(&other).await, 1);
    let nowhere = store.path().with_file_name("missing").join("copy");
    assert!(store.backup(nowhere).await.is_err());
    assert_eq!(count(&store).await, 0, "the store goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backups_during_writes_are_whole() {
    let store = SqliteStore::open_temporary().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                for number in 0..25 {
                    let name = format!("user_{writer}_{number}");
                    let user = store.insert_user(samples::new_user(&name)).await.unwrap();
                    store
                        .insert_meeting(&samples::meeting(user.id))
                        .await
                        .unwrap();
                }
            })
        })
        .collect();
    let mut last = 0;
    for round in 0..5 {
        let before = count(&store).await;
        let copy = folder.path().join(format!("copy_{round}"));
        store.backup(&copy).await.unwrap();
        let restored = SqliteStore::builder(&copy)
            .check(Check::Always)
            .open()
            .unwrap();
        let inside = count(&restored).await;
        assert!(
            inside >= before.max(last),
            "what was there before is in the copy"
        );
        last = inside;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(count(&store).await, 100);
}
