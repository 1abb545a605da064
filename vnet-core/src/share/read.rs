//! From a text to a request, or to a sentence about what is wrong with it.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::share::{ShareAction, ShareRequest};

/// A text that is no request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BadShareMessage {
    /// The number of the request, if that much could be read.
    pub id: Option<u32>,
    /// What is wrong: for who wrote it only, since it may repeat what was sent.
    pub message: String,
}

/// The longest sentence about a wrong text: bytes.
const LONGEST: usize = 300;
/// Codecs in a `hello`.
const MOST_CODECS: usize = 16;
/// The longest name of a codec: bytes.
const LONGEST_CODEC: usize = 32;

/// `data` as the text it came in, the rest as values.
#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow, default, deserialize_with = "even_null")]
    data: Option<&'a RawValue>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// `null` is something as well.
fn even_null<'de: 'a, 'a, D: Deserializer<'de>>(from: D) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(from).map(Some)
}

impl ShareRequest {
    /// Reads a text from the wire.
    ///
    /// # Errors
    /// It is no JSON object, has an unknown `type`, or a field is missing or wrong.
    pub fn read(text: &[u8]) -> Result<Self, BadShareMessage> {
        if text.trim_ascii_start().first() != Some(&b'{') {
            return Err(bad(None, "a message is a JSON object"));
        }
        let Fields { data, mut rest } = serde_json::from_slice(text)
            .map_err(|error| bad(None, &format!("no JSON object: {error}")))?;
        let id = rest.get("id").and_then(Value::as_u64);
        let id = id.and_then(|id| u32::try_from(id).ok());
        if data.is_some() {
            // Holds the place of what is put there below.
            rest.insert("data".into(), Value::Null);
        }
        let mut request: Self = serde_json::from_value(Value::Object(rest))
            .map_err(|error| bad(id, &error.to_string()))?;
        match &mut request.action {
            ShareAction::Signal { data: held, .. } => {
                *held = data.map_or_else(|| held.clone(), Into::into);
            }
            ShareAction::Hello(hello) => {
                let short = |codec: &String| codec.len() <= LONGEST_CODEC;
                if hello.encoded.len() > MOST_CODECS || !hello.encoded.iter().all(short) {
                    return Err(bad(
                        id,
                        "`encoded` has at most 16 names of at most 32 bytes",
                    ));
                }
            }
            ShareAction::Ask(ask) if ask.share.is_some() == ask.code.is_some() => {
                return Err(bad(id, "`ask` has either `share` or `code`"));
            }
            _ => {}
        }
        Ok(request)
    }
}

fn bad(id: Option<u32>, message: &str) -> BadShareMessage {
    let message = message[..message.floor_char_boundary(LONGEST)].to_owned();
    BadShareMessage { id, message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::share::{DeviceId, LinkId};
    use proptest::prelude::*;

    fn complaint(text: &str) -> String {
        ShareRequest::read(text.as_bytes()).unwrap_err().message
    }

    #[test]
    fn a_request_is_read() {
        let text = br#" {"type":"invite","id":7,"device":3,"unknown":1}"#;
        let request = ShareRequest::read(text).unwrap();
        assert_eq!(request.id, Some(7));
        let invite = ShareAction::Invite {
            device: DeviceId(3),
        };
        assert_eq!(format!("{:?}", request.action), format!("{invite:?}"));
    }

    #[test]
    fn what_is_for_another_device_keeps_its_text() {
        for data in [r#"{ "b" : 1.0, "a":"\u0061" }"#, "null", "[1e400]"] {
            let text = format!(r#"{{"type":"signal","to":1,"data":{data},"link":2}}"#);
            let action = ShareRequest::read(text.as_bytes()).unwrap().action;
            let ShareAction::Signal {
                to,
                link,
                data: read,
            } = action
            else {
                panic!("{action:?}");
            };
            assert_eq!((to, link), (DeviceId(1), LinkId(2)));
            assert_eq!(read.as_str(), data);
            let shown = format!("{read:?}");
            assert!(!shown.contains(data), "{shown}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, named) in [
            ("", "object"),
            ("[]", "object"),
            ("{", "no JSON"),
            ("{\"type\":\"invite\"}", "`device`"),
            ("{\"device\":1}", "`type`"),
            ("{\"type\":\"dance\"}", "`dance`"),
            ("{\"type\":\"invite\",\"device\":\"x\"}", "\"x\""),
            ("{\"type\":\"leave\",\"id\":-1}", "u32"),
            ("{\"type\":\"ask\"}", "either"),
            (
                "{\"type\":\"ask\",\"share\":1,\"code\":\"123456\"}",
                "either",
            ),
            ("{\"type\":\"ask\",\"code\":\"12345\"}", "six digits"),
            ("{\"type\":\"signal\",\"to\":1,\"link\":1}", "`data`"),
            (
                "{\"type\":\"relink\",\"link\":1,\"reason\":\"bored\"}",
                "bored",
            ),
            (
                "{\"type\":\"hello\",\"version\":2,\"encoded\":[]}",
                "`can_relay`",
            ),
        ] {
            let said = complaint(text);
            assert!(said.contains(named), "{text}: {said}");
        }
    }

    #[test]
    fn the_codecs_of_a_hello_are_few_and_short() {
        let hello = |encoded: Vec<String>| {
            let encoded = serde_json::to_string(&encoded).unwrap();
            let text =
                format!(r#"{{"type":"hello","version":2,"can_relay":true,"encoded":{encoded}}}"#);
            ShareRequest::read(text.as_bytes()).is_ok()
        };
        assert!(hello(vec!["vp8".into(); 16]));
        assert!(!hello(vec!["vp8".into(); 17]));
        assert!(!hello(vec!["x".repeat(33)]));
    }

    #[test]
    fn complaints_are_short_and_carry_the_number() {
        let long = format!("{{\"id\":9,\"type\":\"{}\"}}", "ä".repeat(1_000));
        let refused = ShareRequest::read(long.as_bytes()).unwrap_err();
        assert_eq!(refused.id, Some(9));
        assert!(refused.message.len() <= LONGEST);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,80}") {
            if let Err(refused) = ShareRequest::read(text.as_bytes()) {
                prop_assert!(!refused.message.is_empty());
            }
        }

        #[test]
        fn any_object_is_read_or_refused(
            kind in prop::sample::select(vec!["hello", "ask", "signal", "report", "capacity", "relink"]),
            fields in "(\"[a-z]{2,6}\":(1|null|\"x\"|\\[\\]|\\{\\}),){0,4}",
        ) {
            let text = format!("{{{fields}\"type\":\"{kind}\"}}");
            if let Err(refused) = ShareRequest::read(text.as_bytes()) {
                prop_assert!(refused.message.len() <= LONGEST);
            }
        }
    }
}
