//! The protocol for machines: what types of other languages are made from.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

use crate::wire::{Request, ServerMessage};

/// The conference protocol: what goes over the WebSocket at `/vnet/sfu/{meeting_id}/`, one JSON
/// object a text frame.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is of use")]
struct ConferenceProtocol {
    /// What a browser sends.
    request: Request,
    /// What the server sends.
    message: ServerMessage,
}

/// The JSON Schema (draft 2020-12) of everything that is said, as text.
///
/// # Panics
/// Never: a schema can be written as JSON.
#[must_use]
pub fn schema() -> String {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let schema = generator.into_root_schema_for::<ConferenceProtocol>();
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    text.push('\n');
    text
}
