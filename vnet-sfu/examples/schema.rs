//! Writes the JSON Schema of the conference protocol:
//! `cargo run -p vnet-sfu --example schema > docs/sfu-protocol.schema.json`

use std::io::Write as _;

fn main() -> std::io::Result<()> {
    std::io::stdout().write_all(vnet_sfu::wire::schema().as_bytes())
}
