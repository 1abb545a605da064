//! A meeting code is read in any spelling, and each spelling of it is the same code.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vnet_core::meeting::MeetingId;

fuzz_target!(|text: &str| {
    let Ok(code) = text.parse::<MeetingId>() else {
        return;
    };
    assert_eq!(code.as_str().len(), MeetingId::CHARS);
    assert!(
        code.as_str()
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    );
    for spelling in [code.to_string(), code.spelled(), text.to_uppercase()] {
        assert_eq!(spelling.parse::<MeetingId>().ok().as_ref(), Some(&code));
    }
});
