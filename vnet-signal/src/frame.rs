//! Text frames of a peer, read into [`Signal`]s, and what the server itself says.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use vnet_core::room::RoomCode;
use vnet_core::signal::Signal;
use vnet_core::{Error, ErrorKind, Limits, Result};

/// The keys that mean something, each still as the text it came in.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    r#type: Option<&'a RawValue>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow)]
    name: Option<&'a RawValue>,
}

/// What nearly all messages are: the three keys, and texts without escapes.
#[derive(Deserialize)]
struct Plain<'a> {
    r#type: &'a str,
    #[serde(borrow)]
    content: &'a RawValue,
    #[serde(default)]
    name: Option<&'a str>,
}

/// Reads one text frame.
///
/// The content is checked to be JSON but kept as its text: what is relayed is what was sent. Keys
/// other than `type`, `content` and `name` are dropped; one of these given twice is refused,
/// since readers differ in which of the two they believe.
///
/// # Errors
/// `InvalidInput`, always with one of the codes of `docs/protocol.md`: `too_large`, `not_json`,
/// `not_an_object`, `too_deep`, `bad_type`, `reserved_type`, `empty_content`, `bad_name`.
///
/// # Examples
/// ```
/// use vnet_core::Limits;
/// use vnet_signal::frame;
///
/// let limits = Limits::default();
/// let signal = frame::parse(r#"{"type":"offer","content":{"sdp":"v=0"},"name":"Ada"}"#, &limits)?;
/// assert_eq!(signal.content(), r#"{"sdp":"v=0"}"#);
/// assert_eq!(frame::parse("[]", &limits).unwrap_err().code(), "not_an_object");
/// # Ok::<(), vnet_core::Error>(())
/// ```
pub fn parse(text: &str, limits: &Limits) -> Result<Signal> {
    if text.len() > limits.signal_max_bytes {
        return Err(invalid("too_large", "the message is too large"));
    }
    if is_deeper_than(text.as_bytes(), limits.signal_max_depth) {
        return Err(invalid("too_deep", "the message is nested too deeply"));
    }
    let object = text
        .trim_start_matches([' ', '\t', '\r', '\n'])
        .starts_with('{');
    if !object {
        return Err(no_object(text));
    }
    match serde_json::from_str::<Plain<'_>>(text) {
        Ok(plain) => Signal::new(plain.r#type, plain.content, plain.name),
        Err(_) => parse_anything(text),
    }
}

/// Takes texts with escapes too, and finds out what exactly is wrong with the rest.
fn parse_anything(text: &str) -> Result<Signal> {
    let wire: Wire<'_> = serde_json::from_str(text).map_err(|error| {
        invalid(
            "not_json",
            "the message is not valid JSON, or has a key twice",
        )
        .with_source(error)
    })?;
    let kind = match wire.r#type {
        Some(raw) => string(raw, "bad_type", "`type` must be a text of 1 to 64 bytes")?,
        None => return Err(invalid("bad_type", "`type` is missing")),
    };
    let name = match wire.name {
        Some(raw) => Some(string(
            raw,
            "bad_name",
            "`name` must be a text of at most 1,000 bytes",
        )?),
        None => None,
    };
    let Some(content) = wire.content else {
        return Err(invalid(
            "empty_content",
            "`content` must be there and must not be empty",
        ));
    };
    Signal::new(&kind, content, name.as_deref())
}

/// [`parse`] for bytes that may not even be text.
///
/// # Errors
/// As [`parse`]; code `not_utf8` when the bytes are not UTF-8.
pub fn parse_bytes(bytes: &[u8], limits: &Limits) -> Result<Signal> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| invalid("not_utf8", "the message is not UTF-8").with_source(error))?;
    parse(text, limits)
}

/// The answer to a message that was refused: `{"type":"error","code":…,"message":…}`.
#[must_use]
pub fn error_reply(error: &Error) -> Bytes {
    let code = Value::from(error.code());
    let message = Value::from(error.message());
    Bytes::from(format!(
        r#"{{"type":"error","code":{code},"message":{message}}}"#
    ))
}

/// `signal_connected`: a peer entered, now there are `peers_count`.
#[must_use]
pub fn connected(room: RoomCode, peers_count: usize) -> Bytes {
    notice("signal_connected", room, peers_count)
}

/// `signal_disconnected`: a peer left, now there are `peers_count`.
#[must_use]
pub fn disconnected(room: RoomCode, peers_count: usize) -> Bytes {
    notice("signal_disconnected", room, peers_count)
}

fn notice(kind: &str, room: RoomCode, peers_count: usize) -> Bytes {
    Bytes::from(format!(
        r#"{{"type":"{kind}","code":"{room}","peers_count":{peers_count}}}"#
    ))
}

fn invalid(code: &'static str, message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidInput, code, message)
}

fn no_object(text: &str) -> Error {
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => invalid("not_an_object", "the message must be a JSON object"),
        Err(error) => invalid("not_json", "the message is not valid JSON").with_source(error),
    }
}

fn string(raw: &RawValue, code: &'static str, message: &'static str) -> Result<String> {
    serde_json::from_str(raw.get()).map_err(|error| invalid(code, message).with_source(error))
}

/// How many `{` and `[` there are, in strings too.
fn opening_brackets(json: &[u8]) -> usize {
    // The two differ in one bit. Counted in bytes, up to what a byte holds, because the compiler
    // makes one instruction of many such additions.
    json.chunks(usize::from(u8::MAX))
        .map(|chunk| {
            let count = chunk
                .iter()
                .map(|byte| u8::from(byte | 0x20 == b'{'))
                .fold(0, u8::wrapping_add);
            usize::from(count)
        })
        .sum()
}

/// Whether brackets outside of strings nest deeper than `max`; a loop, so that no depth can
/// exhaust the stack.
pub(crate) fn is_deeper_than(json: &[u8], max: usize) -> bool {
    // Nearly every message has fewer brackets than that altogether.
    if opening_brackets(json) <= max {
        return false;
    }
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                if depth > max {
                    return true;
                }
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests;
