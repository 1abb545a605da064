//! Writes the JSON Schema of the share protocol:
//! `cargo run -p vnet-core --example share_schema > docs/share-protocol.schema.json`

use std::io::Write as _;

fn main() -> std::io::Result<()> {
    std::io::stdout().write_all(vnet_core::share::schema().as_bytes())
}
