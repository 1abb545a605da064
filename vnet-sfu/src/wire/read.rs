//! From a text to a request, or to a sentence about what is wrong with it.

use serde_json::{Map, Value};

use crate::wire::client::Request;

/// A text that is no request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BadMessage {
    /// The number of the request, if that much could be read.
    pub id: Option<u32>,
    /// What is wrong: names the field.
    pub message: String,
}

/// The longest sentence about a wrong text: bytes.
const LONGEST: usize = 300;
/// Fields that are looked at in search of the wrong one; no message has as many.
const MOST_FIELDS: usize = 16;

impl Request {
    /// Reads a text from the wire.
    ///
    /// # Errors
    /// It is no JSON object, has an unknown `type`, or a field is missing or wrong.
    pub fn read(text: &[u8]) -> Result<Self, BadMessage> {
        let value = match serde_json::from_slice(text) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => return Err(bad(None, "a message is a JSON object")),
            Err(error) => return Err(bad(None, &format!("no JSON: {error}"))),
        };
        let id = value.get("id").and_then(Value::as_u64);
        let id = id.and_then(|id| u32::try_from(id).ok());
        parse(value.clone()).map_err(|error| match wrong_field(&value, &error) {
            Some(field) => bad(id, &format!("`{field}`: {error}")),
            // It names what is missing or unknown by itself.
            None => bad(id, &error),
        })
    }
}

fn parse(fields: Map<String, Value>) -> Result<Request, String> {
    serde_json::from_value(Value::Object(fields)).map_err(|error| error.to_string())
}

/// The field that is to blame: without it the error is another one. A missing field names itself, and
/// fields nobody knows are ignored.
fn wrong_field<'a>(fields: &'a Map<String, Value>, error: &str) -> Option<&'a str> {
    let mut names = fields.keys().take(MOST_FIELDS);
    let name = names.find(|name| {
        let mut others = fields.clone();
        others.remove(*name);
        parse(others).err().as_deref() != Some(error)
    })?;
    Some(name)
}

fn bad(id: Option<u32>, message: &str) -> BadMessage {
    let message = message[..message.floor_char_boundary(LONGEST)].to_owned();
    BadMessage { id, message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TrackId;
    use crate::wire::ClientMessage;
    use proptest::prelude::*;

    fn complaint(text: &str) -> String {
        Request::read(text.as_bytes()).unwrap_err().message
    }

    #[test]
    fn a_request_is_read() {
        let text = br#"{"type":"mute","id":7,"track":3,"muted":true,"unknown":1}"#;
        let request = Request::read(text).unwrap();
        assert_eq!(request.id, Some(7));
        assert!(matches!(
            request.message,
            ClientMessage::Mute {
                track: TrackId(3),
                muted: true
            }
        ));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, named) in [
            ("", "no JSON"),
            ("[]", "object"),
            ("{\"type\":\"mute\"}", "`track`"),
            ("{\"track\":1}", "`type`"),
            ("{\"type\":\"dance\"}", "`dance`"),
            ("{\"type\":5}", "`type`"),
            (
                "{\"type\":\"mute\",\"track\":\"x\",\"muted\":true}",
                "`track`",
            ),
            ("{\"type\":\"mute\",\"track\":1,\"muted\":1}", "`muted`"),
            ("{\"type\":\"leave\",\"id\":-1}", "`id`"),
            ("{\"type\":\"react\",\"emoji\":[]}", "`emoji`"),
            ("{\"type\":\"want\",\"tracks\":[{\"track\":1}]}", "`on`"),
            (
                "{\"type\":\"want\",\"tracks\":[{\"track\":1,\"on\":2}]}",
                "`tracks`",
            ),
            (
                "{\"type\":\"publish\",\"source\":\"nose\",\"mid\":\"1\"}",
                "`source`",
            ),
        ] {
            let said = complaint(text);
            assert!(said.contains(named), "{text}: {said}");
        }
    }

    #[test]
    fn the_number_of_a_bad_request_is_kept() {
        let read = |text: &str| Request::read(text.as_bytes()).unwrap_err().id;
        assert_eq!(read("{\"id\":9,\"type\":\"mute\"}"), Some(9));
        assert_eq!(read("{\"id\":99999999999,\"type\":\"leave\"}"), None);
    }

    #[test]
    fn complaints_are_short() {
        let long = format!("{{\"type\":\"{}\"}}", "ä".repeat(1_000));
        assert!(complaint(&long).len() <= LONGEST);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,80}") {
            if let Err(refused) = Request::read(text.as_bytes()) {
                prop_assert!(!refused.message.is_empty());
            }
        }

        #[test]
        fn any_object_is_read_or_refused(
            kind in prop::sample::select(vec!["join", "resume", "want", "chat", "hand", "publish"]),
            fields in "(\"[a-z]{2,6}\":(1|null|\"x\"|\\[\\]|\\{\\}),){0,4}",
        ) {
            let text = format!("{{{fields}\"type\":\"{kind}\"}}");
            if let Err(refused) = Request::read(text.as_bytes()) {
                prop_assert!(!refused.message.starts_with("no JSON"), "{}", refused);
            }
        }
    }
}
