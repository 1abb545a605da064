//! The contract that every store keeps, and what only a file can do.

use super::*;
use vnet::core::store::UserStore as _;
use vnet::core::testkit::samples;

async fn new_store() -> JsonStore {
    let folder = tempfile::tempdir().expect("a folder for the test");
    JsonStore::open(folder.keep().join("store.json")).expect("an empty store")
}

vnet::core::store_contract!(new_store);

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.json");
    let store = JsonStore::open(&path).unwrap();
    let ada = store.insert_user(samples::new_user("ada")).await.unwrap();
    drop(store);
    let store = JsonStore::open(&path).unwrap();
    assert_eq!(store.get_user(&ada.id).await.unwrap(), Some(ada));
}

#[tokio::test]
async fn a_write_that_fails_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = JsonStore::open(folder.path().join("store.json")).unwrap();
    drop(folder);
    let ada = samples::new_user("ada");
    let id = ada.user.id;
    store.insert_user(ada).await.unwrap_err();
    assert_eq!(store.get_user(&id).await.unwrap(), None);
}

#[test]
fn another_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.json");
    fs::write(&path, "no store at all").unwrap();
    assert_eq!(
        JsonStore::open(&path).unwrap_err().message(),
        "the file is no store"
    );
}
