//! Which files are opened, and what is said about the others.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use vnet_core::meeting::{MeetingOrder, MeetingQuery};
use vnet_core::store::{MeetingStore, UserStore};
use vnet_core::testkit::samples;
use vnet_core::{Error, ErrorKind};
use vnet_store_sqlite::{Check, SqliteStore};

fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("vnet.sqlite3");
    (folder, path)
}

/// Makes a database with `users` users in it.
async fn filled(path: &Path, users: usize) {
    let store = SqliteStore::open(path).expect("a database");
    for number in 0..users {
        store
            .insert_user(samples::new_user(&format!("user_{number}")))
            .await
            .expect("a user");
    }
    store.close().await;
}

#[track_caller]
fn refused(path: &Path, kind: ErrorKind, words: &[&str]) -> Error {
    let error = SqliteStore::open(path).expect_err("must be refused");
    assert_eq!(error.kind(), kind, "{error}");
    let text = error.to_string();
    assert!(!text.contains('\n'), "{text}");
    for word in words.iter().chain(&["vnet.sqlite3"]) {
        assert!(text.contains(word), "{word:?} in: {text}");
    }
    error
}

#[track_caller]
fn refused_as_broken(path: &Path) {
    let error = refused(path, ErrorKind::Internal, &[]).to_string();
    let said = ["damaged", "is not a database"]
        .iter()
        .any(|words| error.contains(words));
    assert!(said, "{error}");
}

fn number(path: &Path, sql: &str) -> i64 {
    let connection = Connection::open(path).expect("a database");
    connection
        .query_row(sql, [], |row| row.get(0))
        .expect("a number")
}

#[tokio::test]
async fn a_new_database_says_whose_it_is_and_its_version() {
    let (_folder, path) = place();
    filled(&path, 1).await;
    assert_eq!(number(&path, "PRAGMA application_id"), 0x564E_4554);
    assert_eq!(number(&path, "PRAGMA user_version"), 2);
    let wal: String = Connection::open(&path)
        .unwrap()
        .query_row("PRAGMA journal_mode", [], |row| row.get(0))
        .unwrap();
    assert_eq!(wal, "wal");
}

#[tokio::test]
async fn a_database_of_the_first_version_is_brought_forward_with_what_is_in_it() {
    let (_folder, path) = place();
    let first = Connection::open(&path).unwrap();
    first
        .execute_batch(include_str!("../migrations/0001_initial.sql"))
        .unwrap();
    first
        .pragma_update(None, "application_id", 0x564E_4554)
        .unwrap();
    first.pragma_update(None, "user_version", 1).unwrap();
    first
        .execute_batch(
            "INSERT INTO users VALUES (1, x'00112233445566778899aabbccddeeff', 'ada', 'ada@example.org',
                 '', '', 'Ada', NULL, 0, 1, 0, NULL, 0, 0, 'x', 'ada', 'ada@example.org');
             INSERT INTO meetings (code, group_uuid, host_id, title, start_at, created_at, revision, notes)
                 VALUES ('23456789ab', x'ffeeddccbbaa99887766554433221100', 1, 'late', 9, 0, 0, ''),
                        ('23456789ac', x'ffeeddccbbaa99887766554433221101', 1, 'soon', 3, 1, 0, '');",
        )
        .unwrap();
    drop(first);
    let store = SqliteStore::open(&path).unwrap();
    let ada = store.find_user(&"ada".parse().unwrap()).await.unwrap();
    let query = MeetingQuery {
        host_id: Some(ada.expect("kept").id),
        order: MeetingOrder::SoonestFirst,
        ..MeetingQuery::default()
    };
    let listed = store.list_meetings(&query).await.unwrap().items;
    let titles: Vec<_> = listed.iter().map(|meeting| &*meeting.title).collect();
    assert_eq!(titles, ["soon", "late"]);
    store.close().await;
    assert_eq!(number(&path, "PRAGMA user_version"), 2);
}

#[tokio::test]
async fn what_was_written_is_there_after_reopening() {
    let (_folder, path) = place();
    filled(&path, 3).await;
    let store = SqliteStore::open(&path).unwrap();
    assert!(
        store
            .find_user(&"user_2".parse().unwrap())
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn an_ended_store_leaves_one_file() {
    let (folder, path) = place();
    filled(&path, 1).await;
    let store = SqliteStore::open(&path).unwrap();
    store.find_user(&"user_0".parse().unwrap()).await.unwrap();
    store.close().await;
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn an_empty_file_becomes_a_database() {
    let (_folder, path) = place();
    fs::write(&path, []).unwrap();
    drop(SqliteStore::open(&path).unwrap());
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_what_is_made() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    store.insert_user(samples::new_user("ada")).await.unwrap();
    store.backup(folder.path().join("copy")).await.unwrap();
    let mut seen = 0;
    for file in fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.path());
        seen += 1;
    }
    assert!(seen >= 3, "the database, its log and the copy");
}

#[tokio::test]
async fn a_newer_database_is_refused_with_both_versions_and_left_alone() {
    let (_folder, path) = place();
    filled(&path, 1).await;
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 7)
        .unwrap();
    let before = fs::read(&path).unwrap();
    refused(&path, ErrorKind::Unsupported, &["version 7", "up to 2"]);
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_database_of_another_application_is_refused_and_left_alone() {
    let (_folder, path) = place();
    let other = Connection::open(&path).unwrap();
    other.pragma_update(None, "application_id", 0x1234).unwrap();
    other.execute_batch("CREATE TABLE theirs (x)").unwrap();
    drop(other);
    let before = fs::read(&path).unwrap();
    refused(
        &path,
        ErrorKind::Unsupported,
        &["another application", "0x00001234"],
    );
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_database_without_an_application_is_refused_if_there_is_something_in_it() {
    let (_folder, path) = place();
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE theirs (x)")
        .unwrap();
    refused(&path, ErrorKind::Unsupported, &["another application"]);
}

#[test]
fn what_is_no_database_is_refused_and_left_alone() {
    let (_folder, path) = place();
    for content in ["hello".repeat(2_000), "x".to_owned()] {
        fs::write(&path, &content).unwrap();
        refused(&path, ErrorKind::Internal, &["not a database"]);
        assert_eq!(fs::read(&path).unwrap(), content.as_bytes());
    }
}

#[tokio::test]
async fn a_database_that_was_cut_off_is_refused() {
    let (_folder, path) = place();
    filled(&path, 50).await;
    let whole = fs::metadata(&path).unwrap().len();
    for length in [whole / 2, whole - 4_096, 5_000, 512, 100] {
        let copy = path.with_file_name(format!("cut_{length}_vnet.sqlite3"));
        fs::copy(&path, &copy).unwrap();
        fs::OpenOptions::new()
            .write(true)
            .open(&copy)
            .unwrap()
            .set_len(length)
            .unwrap();
        refused_as_broken(&copy);
    }
}

#[tokio::test]
async fn a_database_with_overwritten_pages_is_refused() {
    let (_folder, path) = place();
    filled(&path, 50).await;
    let pages = fs::metadata(&path).unwrap().len() / 4_096;
    for page in 0..pages {
        let copy = path.with_file_name(format!("page_{page}_vnet.sqlite3"));
        fs::copy(&path, &copy).unwrap();
        let mut file = fs::OpenOptions::new().write(true).open(&copy).unwrap();
        file.seek(SeekFrom::Start(page * 4_096)).unwrap();
        file.write_all(&[0xA5; 4_096]).unwrap();
        drop(file);
        refused_as_broken(&copy);
    }
}

#[tokio::test]
async fn a_database_without_one_of_its_indexes_is_refused() {
    let (_folder, path) = place();
    filled(&path, 1).await;
    Connection::open(&path)
        .unwrap()
        .execute_batch("DROP INDEX users_email_key")
        .unwrap();
    refused(&path, ErrorKind::Internal, &["damaged", "users_email_key"]);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut permissions = fs::metadata(folder.path()).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(folder.path(), permissions).unwrap();
    // Who may write everywhere meets the same at a place that takes no files from anybody.
    let privileged = fs::write(folder.path().join("probe"), []).is_ok();
    let place = if privileged {
        Path::new("/proc")
    } else {
        folder.path()
    };
    refused(
        &place.join("vnet.sqlite3"),
        ErrorKind::Internal,
        &["cannot open"],
    );
    refused(
        &place.join("missing").join("vnet.sqlite3"),
        ErrorKind::Internal,
        &["cannot open"],
    );
}

#[test]
fn a_folder_is_no_database() {
    let (_folder, path) = place();
    fs::create_dir(&path).unwrap();
    assert!(SqliteStore::open(&path).is_err());
}

#[tokio::test]
async fn a_sound_database_passes_the_full_check() {
    let (_folder, path) = place();
    filled(&path, 5).await;
    drop(
        SqliteStore::builder(&path)
            .check(Check::Always)
            .open()
            .unwrap(),
    );
}
