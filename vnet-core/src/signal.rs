//! The messages that peers of a room send each other.

use serde_json::value::RawValue;

use crate::error::{Error, ErrorKind, Result};

/// What a peer sends to its room: a type, a content that is never looked into, and a name.
#[derive(Clone, Debug)]
pub struct Signal {
    /// Type, content and name, one after the other: one allocation for a message.
    text: String,
    kind_end: usize,
    content_end: usize,
    has_name: bool,
}

impl Signal {
    /// The longest type, in bytes.
    pub const MAX_KIND_BYTES: usize = 64;
    /// The longest name, in bytes.
    pub const MAX_NAME_BYTES: usize = 1_000;
    /// Types that only the server may send.
    pub const RESERVED: [&'static str; 3] = ["signal_connected", "signal_disconnected", "error"];

    /// Checks and wraps a message.
    ///
    /// `content` is kept as the text it is; of values that JavaScript counts as false (`null`,
    /// `false`, `0`, `""`) and of empty objects and lists the contract says that they are no content.
    ///
    /// # Errors
    /// `InvalidInput` with code `bad_type`, `reserved_type`, `empty_content` or `bad_name`.
    pub fn new(kind: &str, content: &RawValue, name: Option<&str>) -> Result<Self> {
        let fail =
            |code, message: &'static str| Err(Error::new(ErrorKind::InvalidInput, code, message));
        if kind.is_empty() || kind.len() > Self::MAX_KIND_BYTES {
            return fail("bad_type", "`type` must be a text of 1 to 64 bytes");
        }
        if Self::RESERVED.contains(&kind) {
            return fail("reserved_type", "this `type` is the server's own");
        }
        if is_empty(content.get()) {
            return fail(
                "empty_content",
                "`content` must be there and must not be empty",
            );
        }
        if name.is_some_and(|name| name.len() > Self::MAX_NAME_BYTES) {
            return fail("bad_name", "`name` must be a text of at most 1,000 bytes");
        }
        let (content, has_name) = (content.get(), name.is_some());
        let name = name.unwrap_or_default();
        let mut text = String::with_capacity(kind.len() + content.len() + name.len());
        text.push_str(kind);
        text.push_str(content);
        text.push_str(name);
        Ok(Self {
            text,
            kind_end: kind.len(),
            content_end: kind.len() + content.len(),
            has_name,
        })
    }

    /// The type: `offer`, `answer`, `candidate` or the peers' own.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.text[..self.kind_end]
    }

    /// The content, untouched JSON text.
    #[must_use]
    pub fn content(&self) -> &str {
        &self.text[self.kind_end..self.content_end]
    }

    /// The name the sender gave itself.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.has_name.then(|| &self.text[self.content_end..])
    }

    /// The relayed message as the other peers read it; `sender` is who the server knows it is.
    ///
    /// # Examples
    /// ```
    /// use vnet_core::signal::Signal;
    /// use serde_json::value::RawValue;
    ///
    /// let content = RawValue::from_string(r#"{"sdp":"v=0"}"#.into())?;
    /// let signal = Signal::new("offer", &content, Some("Ada"))?;
    /// assert_eq!(
    ///     signal.to_wire("ada_1"),
    ///     r#"{"type":"offer","description":{"sdp":"v=0"},"sent_by":"Ada","sender":"ada_1"}"#,
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    /// Never: texts always serialize.
    #[must_use]
    pub fn to_wire(&self, sender: &str) -> String {
        let content = self.content();
        let described = matches!(self.kind(), "offer" | "answer");
        let key = if described {
            "\"description\":"
        } else {
            "\"candidates\":"
        };
        // Room for everything at once: the keys take less than the 80 bytes.
        let texts = self.kind().len() + self.name().map_or(0, str::len) + sender.len();
        let mut wire = String::with_capacity(content.len() + texts + 80);
        wire.push_str("{\"type\":");
        put_text(&mut wire, self.kind());
        wire.push(',');
        wire.push_str(key);
        wire.push_str(content);
        wire.push_str(",\"sent_by\":");
        match self.name() {
            Some(name) => put_text(&mut wire, name),
            None => wire.push_str("null"),
        }
        wire.push_str(",\"sender\":");
        put_text(&mut wire, sender);
        wire.push('}');
        wire
    }
}

/// Writes a text as JSON: as it is where, as nearly always, nothing in it has to be escaped.
fn put_text(wire: &mut String, text: &str) {
    let special = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    let plain = !text.bytes().any(special);
    if plain {
        wire.push('"');
        wire.push_str(text);
        wire.push('"');
    } else {
        let quoted = serde_json::to_string(text).expect("texts always serialize");
        wire.push_str(&quoted);
    }
}

fn is_empty(json: &str) -> bool {
    let json = json.trim();
    match json.as_bytes() {
        b"null" | b"false" | b"\"\"" => true,
        [open @ (b'{' | b'['), .., _] => {
            let close = if *open == b'{' { '}' } else { ']' };
            json[1..].trim_start().starts_with(close)
        }
        [b'-' | b'0'..=b'9', ..] => json.parse::<f64>().is_ok_and(|number| number == 0.0),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal(kind: &str, content: &str) -> Result<Signal> {
        let content = RawValue::from_string(content.into()).unwrap();
        Signal::new(kind, &content, None)
    }

    #[test]
    fn every_type_but_offer_and_answer_is_relayed_as_candidates() {
        let wire = signal("candidate", r#"{"a" : 1}"#).unwrap().to_wire("ada");
        assert_eq!(
            wire,
            r#"{"type":"candidate","candidates":{"a" : 1},"sent_by":null,"sender":"ada"}"#
        );
        let wire = signal("answer", "[1]").unwrap().to_wire("ada");
        assert_eq!(
            wire,
            r#"{"type":"answer","description":[1],"sent_by":null,"sender":"ada"}"#
        );
    }

    #[test]
    fn texts_are_escaped_like_any_json() {
        for text in [
            "",
            "é",
            "\"",
            "a\\b",
            "\u{0}",
            "line\nbreak",
            "\u{7f}",
            "</script>",
        ] {
            let content = RawValue::from_string("[1]".into()).unwrap();
            let signal = Signal::new(&format!("x{text}"), &content, Some(text)).unwrap();
            let wire: serde_json::Value = serde_json::from_str(&signal.to_wire(text)).unwrap();
            let wanted = serde_json::json!({
                "type": format!("x{text}"), "candidates": [1], "sent_by": text, "sender": text,
            });
            assert_eq!(wire, wanted);
        }
    }

    #[test]
    fn nobody_speaks_for_the_server() {
        for kind in Signal::RESERVED {
            assert_eq!(
                signal(kind, "{\"a\":1}").unwrap_err().code(),
                "reserved_type"
            );
        }
        assert_eq!(signal("", "1").unwrap_err().code(), "bad_type");
        assert_eq!(signal(&"x".repeat(65), "1").unwrap_err().code(), "bad_type");
    }

    #[test]
    fn empty_contents_are_none() {
        for empty in [
            "null", "false", "0", "-0.0", "0e5", "\"\"", "{ }", "[]", " {}",
        ] {
            assert_eq!(
                signal("x", empty).unwrap_err().code(),
                "empty_content",
                "{empty}"
            );
        }
        for full in ["true", "1", "-1", "\" \"", "{\"a\":null}", "[0]"] {
            assert!(signal("x", full).is_ok(), "{full}");
        }
    }
}
