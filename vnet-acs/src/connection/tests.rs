use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::Mac as _;
use proptest::prelude::*;
use vnet_core::ErrorKind;

const KEY: &str = "dm5ldC1mYWtlLWFjcy1rZXktb25lLTMyLWJ5dGVzISE=";

fn field_of(text: &str) -> Option<&'static str> {
    let error = ConnectionString::parse(text).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    error.field()
}

#[test]
fn the_documented_form_and_its_variants_are_read() {
    for text in [
        format!("endpoint=https://contoso.communication.azure.com/;accesskey={KEY}"),
        format!("endpoint=https://contoso.communication.azure.com;accesskey={KEY}"),
        format!("ENDPOINT=HTTPS://Contoso.Communication.Azure.COM/;AccessKey={KEY};"),
        format!("accesskey={KEY};endpoint=https://contoso.communication.azure.com:443/"),
        format!(" endpoint = https://contoso.communication.azure.com/ ;; accesskey = {KEY} \n"),
        format!("endpoint=https://contoso.communication.azure.com/;more=a=b;accesskey={KEY};x="),
    ] {
        let parsed = ConnectionString::parse(&text).unwrap();
        assert_eq!(
            parsed.endpoint(),
            "https://contoso.communication.azure.com",
            "{text}"
        );
        assert!(!parsed.is_insecure());
        let (endpoint, key) = parsed.into_parts();
        assert_eq!(endpoint.host(), "contoso.communication.azure.com");
        let expected = AccessKey::from_base64(KEY).unwrap();
        assert_eq!(
            key.mac("x").finalize().into_bytes(),
            expected.mac("x").finalize().into_bytes()
        );
    }
}

#[test]
fn wrong_strings_are_refused_by_part() {
    for (text, field) in [
        (String::new(), "endpoint"),
        (";;".into(), "endpoint"),
        ("nonsense".into(), "connection_string"),
        (format!("accesskey={KEY}"), "endpoint"),
        (format!("endpoint=;accesskey={KEY}"), "endpoint"),
        ("endpoint=https://a.example".into(), "accesskey"),
        ("endpoint=https://a.example;accesskey=".into(), "accesskey"),
        (
            "endpoint=https://a.example;accesskey=%%".into(),
            "accesskey",
        ),
        (
            format!("endpoint=https://a.example;accesskey={KEY};accesskey={KEY}"),
            "connection_string",
        ),
        (
            format!("endpoint=https://a.example;endpoint=https://b.example;accesskey={KEY}"),
            "connection_string",
        ),
    ] {
        assert_eq!(field_of(&text), Some(field), "{text}");
    }
}

#[test]
fn endpoints_are_origins() {
    for bad in [
        "contoso.communication.azure.com",
        "ftp://a.example",
        "https:a.example",
        "https:/a.example",
        "https:///a.example",
        "https://",
        "https://:443",
        "https://a.example/path",
        "https://a.example//",
        "https://a.example/?",
        "https://a.example/?q=1",
        "https://a.example/#f",
        "https://user@a.example/",
        "https://@a.example/",
        "https://user:pass@a.example/",
        "https://a.example:99999",
        "https://a b.example",
        "https://a\t.example",
        "https:\\\\a.example",
        "https://a.example\\x",
        "http://a.example/",
        "http://10.0.0.1:8089",
        "http://localhost.example/",
        "http://[2001:db8::1]/",
    ] {
        assert!(bad.parse::<Endpoint>().is_err(), "{bad}");
    }
}

#[test]
fn hosts_are_signed_as_they_are_sent() {
    for (text, host) in [
        ("http://127.0.0.1:8089/", "127.0.0.1:8089"),
        ("http://127.1.2.3", "127.1.2.3"),
        ("http://LOCALHOST:80", "localhost"),
        ("http://acs.localhost:8089", "acs.localhost:8089"),
        ("http://[::1]:8085/", "[::1]:8085"),
        ("http://[::ffff:127.0.0.1]:1", "[::ffff:7f00:1]:1"),
        ("https://VNET-Test.Example:443", "vnet-test.example"),
        ("https://acs.vnet.example:8443/", "acs.vnet.example:8443"),
    ] {
        assert_eq!(text.parse::<Endpoint>().unwrap().host(), host);
    }
}

#[test]
fn nothing_shows_the_key() {
    let text = format!("endpoint=https://a.example;accesskey={KEY}");
    let parsed = ConnectionString::parse(&text).unwrap();
    assert!(!format!("{parsed:?}").contains("dm5ld"));
    let wrong = format!("endpoint=https://a.example/secret-path;accesskey={KEY}");
    let error = ConnectionString::parse(&wrong).unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("dm5ld") && !shown.contains("secret-path"));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_without_being_repeated(text in "\\PC{0,80}") {
        if let Err(error) = ConnectionString::parse(&text) {
            prop_assert_eq!(error.kind(), ErrorKind::InvalidInput);
        }
    }

    #[test]
    fn well_formed_texts_survive_order_case_blanks_and_strangers(
        host in "[a-z][a-z0-9-]{0,20}[a-z0-9]\\.communication\\.azure\\.com",
        port in proptest::option::of(1_u16..),
        key in proptest::collection::vec(any::<u8>(), 1..80),
        swap in any::<bool>(),
        upper in any::<bool>(),
        blank in "[ \t]{0,3}",
        stranger in "[a-z]{1,8}=[^;\\x00]{0,12}",
    ) {
        prop_assume!(!host.contains("xn--"));
        prop_assume!(!stranger.starts_with("endpoint=") && !stranger.starts_with("accesskey="));
        let origin = match port {
            Some(port) => format!("https://{host}:{port}"),
            None => format!("https://{host}"),
        };
        let name = |n: &str| if upper { n.to_uppercase() } else { n.to_owned() };
        let endpoint = format!("{blank}{}{blank}={blank}{origin}/", name("endpoint"));
        let access = format!("{}={}{blank}", name("accesskey"), STANDARD.encode(&key));
        let text = if swap {
            format!("{access};{stranger};{endpoint}")
        } else {
            format!("{endpoint};{access};{stranger};")
        };
        let parsed = ConnectionString::parse(&text).unwrap();
        let expected = origin.strip_suffix(":443").unwrap_or(&origin);
        prop_assert_eq!(parsed.endpoint(), expected);
        let again = format!("endpoint={};accesskey={}", parsed.endpoint(), STANDARD.encode(&key));
        let again = ConnectionString::parse(&again).unwrap();
        prop_assert_eq!(again.endpoint(), parsed.endpoint());
    }
}
