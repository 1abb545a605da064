//! A connection string is read or refused, and what is refused is never repeated.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vnet_acs::ConnectionString;

fuzz_target!(|text: &str| {
    match ConnectionString::parse(text) {
        Ok(read) => {
            let endpoint = read.endpoint();
            assert!(endpoint.starts_with("https://") || read.is_insecure());
            assert!(!endpoint.ends_with('/'));
            // The endpoint that was understood is understood again, as the same.
            let again = format!("endpoint={endpoint};accesskey=c2VjcmV0");
            let again = ConnectionString::parse(&again).expect("an endpoint reads back");
            assert_eq!(again.endpoint(), endpoint);
        }
        Err(error) => {
            let said = format!("{error} {error:?}");
            let key = text
                .split(';')
                .filter_map(|part| part.split_once('='))
                .map(|(_, value)| value.trim());
            // The error shows how a string should look: who types that finds it there again.
            const HINT: &str = "endpoint=https://NAME.communication.azure.com/;accesskey=BASE64";
            for value in key.filter(|value| value.len() > 24 && !HINT.contains(value)) {
                assert!(!said.contains(value), "the error repeats what was given");
            }
        }
    }
});
