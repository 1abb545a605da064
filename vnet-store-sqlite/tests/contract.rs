//! The contract of every store, on SQLite.

use vnet_store_sqlite::SqliteStore;

async fn new_store() -> SqliteStore {
    SqliteStore::open_temporary().expect("a store in a temporary folder")
}

vnet_core::store_contract!(new_store);
