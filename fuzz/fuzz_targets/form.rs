//! Forms in both encodings are read or refused, and what was encoded properly comes back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vnet_http_hyper::fuzzing;

const BOUNDARY: &str = "vnet-boundary";

fuzz_target!(|body: &[u8]| {
    let _ = fuzzing::urlencoded(body, "username");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let read = |body: Vec<u8>| runtime.block_on(fuzzing::multipart(body.into(), BOUNDARY, "username"));
    let _ = read(body.to_vec());

    let Ok(text) = std::str::from_utf8(body) else {
        return;
    };
    let encoded: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let form = format!("a=b&username={encoded}&c=d");
    assert_eq!(fuzzing::urlencoded(form.as_bytes(), "username").as_deref(), Some(text));
    if !text.contains(BOUNDARY) {
        let part = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\n{text}\r\n--{BOUNDARY}--\r\n"
        );
        assert_eq!(read(part.into_bytes()).as_deref(), Some(text));
    }
});
