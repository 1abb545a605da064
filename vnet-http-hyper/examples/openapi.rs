//! Writes the `OpenAPI` document of the JSON API:
//! `cargo run -p vnet-http-hyper --example openapi > docs/openapi.json`

use std::io::Write as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let document = vnet_http_hyper::openapi_json()?;
    std::io::stdout().write_all(document.as_bytes())?;
    Ok(())
}
