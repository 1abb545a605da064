//! The documents about the share protocol say what the types say.

use std::fs;
use std::path::PathBuf;

use vnet_core::share::schema;

fn docs(file: &str) -> String {
    let docs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs");
    fs::read_to_string(docs.join(file)).expect("a file of this repository")
}

#[test]
fn the_schema_for_machines_is_up_to_date() {
    assert!(
        schema() == docs("share-protocol.schema.json"),
        "docs/share-protocol.schema.json differs from the types; renew it with \
         `cargo run -p vnet-core --example share_schema > docs/share-protocol.schema.json`, \
         and say in docs/protocol.md what changed"
    );
}
