//! A room code is exactly six ASCII digits, and an address with one opens exactly that room.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vnet_core::room::RoomCode;

fuzz_target!(|text: &str| {
    let six_digits = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    match RoomCode::parse(text) {
        Ok(room) => {
            assert!(six_digits);
            assert_eq!(room.to_string(), text);
            assert!(!format!("{room:?}").contains(text), "the code is a secret");
        }
        Err(_refused) => assert!(!six_digits),
    }
    if let Some(target) = vnet_signal::path::parse(text) {
        assert!(text.starts_with(&format!("/vnet/ps/{}/", target.room)));
    }
    let path = format!("/vnet/ps/{text}/");
    if let Some(target) = vnet_signal::path::parse(&path) {
        assert!(path.starts_with(&format!("/vnet/ps/{}/", target.room)));
    }
});
