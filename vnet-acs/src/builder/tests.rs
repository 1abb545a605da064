use super::*;
use crate::credential::BearerCredential;
use std::error::Error as _;

const KEY: &str = "dm5ldC1mYWtlLWFjcy1rZXktb25lLTMyLWJ5dGVzISE=";

#[derive(Debug)]
struct NoTokens;

#[vnet_core::async_trait]
impl TokenSource for NoTokens {
    async fn bearer_token(&self) -> Result<BearerCredential> {
        Err(Error::new(ErrorKind::Unavailable, "none", "none"))
    }
}

fn https() -> AcsBuilder {
    AcsBuilder::default().endpoint("https://contoso.communication.azure.com")
}

#[test]
fn each_way_of_proving_oneself_builds() {
    let text = format!("endpoint=https://contoso.communication.azure.com/;accesskey={KEY}");
    let built = AcsBuilder::default().connection_string(text).build();
    assert_eq!(
        built.unwrap().endpoint(),
        "https://contoso.communication.azure.com"
    );
    assert!(https().access_key(KEY).build().is_ok());
    assert!(https().token_source(Arc::new(NoTokens)).build().is_ok());
}

#[test]
fn contradictions_and_gaps_are_named() {
    let text = || format!("endpoint=https://contoso.communication.azure.com/;accesskey={KEY}");
    let http = || AcsBuilder::default().endpoint("http://127.0.0.1:8089");
    for (builder, field) in [
        (AcsBuilder::default(), "connection_string"),
        (https(), "access_key"),
        (https().access_key("%"), "accesskey"),
        (https().connection_string(text()), "endpoint"),
        (
            AcsBuilder::default()
                .connection_string(text())
                .access_key(KEY),
            "access_key",
        ),
        (
            AcsBuilder::default()
                .connection_string(text())
                .token_source(Arc::new(NoTokens)),
            "token_source",
        ),
        (
            https().access_key(KEY).token_source(Arc::new(NoTokens)),
            "token_source",
        ),
        (http().access_key(KEY), "endpoint"),
        (
            http()
                .allow_insecure_loopback(true)
                .token_source(Arc::new(NoTokens)),
            "endpoint",
        ),
        (
            AcsBuilder::default()
                .endpoint("http://acs.example")
                .allow_insecure_loopback(true)
                .access_key(KEY),
            "endpoint",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(error.field(), Some(field), "{error}");
    }
    let allowed = http().allow_insecure_loopback(true).access_key(KEY).build();
    assert_eq!(allowed.unwrap().endpoint(), "http://127.0.0.1:8089");
}

#[test]
fn certificates_that_are_none_are_refused() {
    let bad = "-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----\n";
    let error = https()
        .access_key(KEY)
        .root_certificates_pem(bad)
        .build()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.source().is_some());
}

#[test]
fn debug_shows_no_key() {
    let text = format!("endpoint=https://contoso.communication.azure.com/;accesskey={KEY}");
    let builder = AcsBuilder::default()
        .connection_string(text)
        .access_key(KEY);
    let provider = https().access_key(KEY).build().unwrap();
    let shown = format!("{builder:?} {provider:?}");
    assert!(!shown.contains("dm5ld"), "{shown}");
}
