//! Bodies of the API: JSON or a form, both read into one shape.

use http::StatusCode;
use serde_json::{Map, Value};

use crate::body::{self, Kind, Payload};
use crate::context::Ctx;
use crate::error::HttpError;
use crate::form::Form;

/// What was sent.
pub(super) struct Data {
    /// An object of texts if it was a form.
    pub(super) value: Value,
    /// Whether it was a form, in which an empty field can mean that there is none.
    pub(super) is_form: bool,
}

/// Reads the body.
///
/// # Errors
/// 400: it is not what it says. 408, 413: it is too slow or too large. 415: another type.
pub(super) async fn read(ctx: &Ctx, payload: Payload) -> Result<Data, HttpError> {
    let max = ctx.app.config.max_body_bytes;
    if body::kind(ctx) == Kind::Json {
        let bytes = payload.read(ctx, max).await?;
        let value = serde_json::from_slice(&bytes).map_err(|error| {
            HttpError::new(
                StatusCode::BAD_REQUEST,
                format!("JSON parse error - {error}"),
            )
        })?;
        return Ok(Data {
            value,
            is_form: false,
        });
    }
    let form: Form = payload.form(ctx, max).await?;
    let fields: Map<String, Value> = form
        .into_fields()
        .map(|(name, text)| (name, Value::String(text)))
        .collect();
    Ok(Data {
        value: Value::Object(fields),
        is_form: true,
    })
}

/// What JSON calls a value of this type, in the words of the contract.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}
