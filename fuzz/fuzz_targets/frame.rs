//! A frame is relayed as valid JSON with the content as it was sent, or refused with a known code.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use vnet_core::Limits;
use vnet_signal::frame;

static LIMITS: LazyLock<Limits> = LazyLock::new(Limits::default);

const CODES: [&str; 9] = [
    "too_large",
    "not_utf8",
    "not_json",
    "not_an_object",
    "too_deep",
    "bad_type",
    "reserved_type",
    "empty_content",
    "bad_name",
];

fuzz_target!(|bytes: &[u8]| {
    match frame::parse_bytes(bytes, &LIMITS) {
        Ok(signal) => {
            let text = std::str::from_utf8(bytes).expect("only text is taken");
            assert!(
                text.contains(signal.content()),
                "the content is untouched"
            );
            let wire = signal.to_wire("ada");
            let relayed: &serde_json::value::RawValue =
                serde_json::from_str(&wire).expect("what is relayed is JSON");
            assert!(relayed.get().contains(r#""sender":"ada"}"#));
            // Numbers beyond a double are valid JSON that this reader refuses; all else it takes.
            if let Ok(relayed) = serde_json::from_str::<Value>(&wire) {
                assert_eq!(relayed["type"], signal.kind());
                assert_eq!(relayed["sender"], "ada");
            }
        }
        Err(error) => {
            assert!(CODES.contains(&error.code()), "{}", error.code());
            let reply: Value =
                serde_json::from_slice(&frame::error_reply(&error)).expect("a reply is JSON");
            assert_eq!(reply["type"], "error");
        }
    }
});
