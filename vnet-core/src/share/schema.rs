//! The protocol for machines: what types of other languages are made from.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

use crate::share::{ShareEvent, ShareRequest};

/// The share protocol: what goes over the sockets at `/vnet/share/{meeting_id}/` and `/vnet/watch/`, one
/// JSON object a text frame.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is of use")]
struct ShareProtocol {
    /// What a device sends.
    request: ShareRequest,
    /// What the server sends.
    event: ShareEvent,
}

/// The JSON Schema (draft 2020-12) of everything that is said, as text.
///
/// # Panics
/// Never: a schema can be written as JSON.
#[must_use]
pub fn schema() -> String {
    // As it is written: what is always there, `null` or not, is required.
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let generator = settings.into_generator();
    let schema = generator.into_root_schema_for::<ShareProtocol>();
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    text.push('\n');
    text
}
