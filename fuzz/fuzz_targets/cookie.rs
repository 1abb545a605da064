//! A session key is found among cookies as a browser sends it, and nothing else is taken for one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vnet_core::session::SessionKey;
use vnet_http_hyper::fuzzing;

fuzz_target!(|line: &[u8]| {
    if let Some(key) = fuzzing::cookie(line) {
        assert_eq!(key.expose().len(), 43);
        assert!(line.windows(43).any(|part| part == key.expose().as_bytes()));
        assert!(key.expose().parse::<SessionKey>().is_ok());
    }
    // Whatever stands before it, our own cookie is found unless that holds a good one, too.
    const OURS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let mut all = line.to_vec();
    all.extend_from_slice(b"; sessionid=");
    all.extend_from_slice(OURS.as_bytes());
    let is_header = line.iter().all(|byte| *byte == b'\t' || (*byte >= 32 && *byte != 127));
    if is_header && fuzzing::cookie(line).is_none() {
        let found = fuzzing::cookie(&all).expect("the cookie is there");
        assert_eq!(found.expose(), OURS);
    }
});
