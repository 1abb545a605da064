use super::*;
use crate::emulator::builder::EmulatorBuilder;
use crate::signing::{AccessKey, sign};
use http::{HeaderName, HeaderValue};
use serde_json::Value;
use std::time::Duration;
use time::macros::datetime;

const KEY: &str = "dm5ldC1mYWtlLWFjcy1rZXktb25lLTMyLWJ5dGVzISE=";
const NOW: OffsetDateTime = datetime!(2026-08-14 09:30:00 UTC);
const DATE: &str = "Fri, 14 Aug 2026 09:30:00 GMT";
const TARGET: &str = "/identities?api-version=2023-10-01";

fn settings(keys: &[&str]) -> Settings {
    Settings {
        keys: keys
            .iter()
            .map(|key| ((*key).into(), AccessKey::from_base64(key).unwrap()))
            .collect(),
        bearers: vec!["entra-token".into()],
        resource_id: uuid::Uuid::nil(),
        gone: Default::default(),
        control: false,
        tolerance: Some(Duration::from_secs(900)),
        clock: std::sync::Arc::new(vnet_core::SystemClock),
        token_key: AccessKey::from_base64(KEY).unwrap(),
    }
}

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            (name, HeaderValue::from_str(value).unwrap())
        })
        .collect()
}

/// A good request of `body` at `DATE`, ready to be spoilt.
fn signed(body: &[u8]) -> HeaderMap {
    let key = AccessKey::from_base64(KEY).unwrap();
    let signature = sign(&key, "POST", TARGET, "acs.localhost", DATE, body);
    headers(&[
        ("host", "acs.localhost"),
        ("x-ms-date", &signature.date),
        ("x-ms-content-sha256", &signature.content_hash),
        ("authorization", &signature.authorization),
    ])
}

fn check(headers: &HeaderMap, body: &[u8], now: OffsetDateTime) -> Result<Option<usize>, ApiError> {
    let received = Received {
        method: "POST",
        target: TARGET,
        headers,
        body,
    };
    verify(&received, &settings(&[KEY]), now)
}

#[test]
fn legacy_vectors_are_genuine() {
    let data: Value =
        serde_json::from_str(include_str!("../../../tests/data/hmac-vectors.json")).unwrap();
    let vectors = data["legacy"].as_array().unwrap();
    assert_eq!(vectors.len(), 3);
    for vector in vectors {
        let text = |name: &str| vector[name].as_str().unwrap_or_default();
        let expected = |name: &str| vector["expected"][name].as_str().unwrap();
        let url = url::Url::parse(text("url")).unwrap();
        let headers = headers(&[
            ("host", url.host_str().unwrap()),
            ("date", text("date_header")),
            ("x-ms-content-sha256", expected("x_ms_content_sha256")),
            ("authorization", expected("authorization")),
        ]);
        let received = Received {
            method: text("method"),
            target: &url[url::Position::BeforePath..],
            headers: &headers,
            body: text("body").as_bytes(),
        };
        let settings = settings(&["c2Vjb25k", text("access_key_base64")]);
        let now = datetime!(2022-07-01 10:05 UTC);
        assert_eq!(
            verify(&received, &settings, now),
            Ok(Some(1)),
            "{}",
            text("name")
        );
        let late = verify(&received, &settings, datetime!(2022-07-01 10:16 UTC));
        assert_eq!(late, Err(ApiError::denied()));
    }
}

#[test]
fn a_genuine_request_is_taken_within_the_clock_rule() {
    let headers = signed(b"{}");
    let minutes = time::Duration::minutes;
    for now in [NOW, NOW + minutes(15), NOW - minutes(15)] {
        assert_eq!(check(&headers, b"{}", now), Ok(Some(0)));
    }
    for now in [NOW + minutes(16), NOW - minutes(16)] {
        assert_eq!(check(&headers, b"{}", now), Err(ApiError::denied()));
    }
    let mut lax = settings(&[KEY]);
    lax.tolerance = None;
    let received = Received {
        method: "POST",
        target: TARGET,
        headers: &headers,
        body: b"{}",
    };
    let now = NOW + time::Duration::days(900);
    assert_eq!(verify(&received, &lax, now), Ok(Some(0)));
}

#[test]
fn the_hash_of_the_body_comes_before_the_signature() {
    let mut headers = signed(b"{}");
    assert_eq!(check(&headers, b"{ }", NOW), Err(ApiError::content_hash()));
    headers.insert("authorization", HeaderValue::from_static("nonsense"));
    assert_eq!(check(&headers, b"{ }", NOW), Err(ApiError::content_hash()));
}

#[test]
fn missing_doubled_and_changed_headers_are_denied() {
    for name in ["authorization", "x-ms-date", "x-ms-content-sha256", "host"] {
        let mut missing = signed(b"");
        missing.remove(name);
        assert_eq!(check(&missing, b"", NOW), Err(ApiError::denied()), "{name}");
        let mut doubled = signed(b"");
        let value = doubled[name].clone();
        doubled.append(name, value);
        assert!(check(&doubled, b"", NOW).is_err(), "{name}");
    }
    let mut other_host = signed(b"");
    other_host.insert("host", HeaderValue::from_static("acs.localhost:80"));
    assert_eq!(check(&other_host, b"", NOW), Err(ApiError::denied()));
}

#[test]
fn signatures_over_less_than_date_host_and_hash_are_denied() {
    let key = AccessKey::from_base64(KEY).unwrap();
    let hash = content_hash(b"");
    for names in [
        &["x-ms-date", "host"][..],
        &["x-ms-date", "x-ms-content-sha256"],
        &["host", "x-ms-content-sha256"],
        &[],
    ] {
        let mut headers = signed(b"");
        let values: Vec<_> = names
            .iter()
            .map(|name| headers[*name].to_str().unwrap())
            .collect();
        let text = string_to_sign("POST", TARGET, &values);
        let signature = STANDARD.encode(key.mac(&text).finalize().into_bytes());
        let names = names.join(";");
        let value = format!("HMAC-SHA256 SignedHeaders={names}&Signature={signature}");
        headers.insert("authorization", HeaderValue::from_str(&value).unwrap());
        assert_eq!(headers["x-ms-content-sha256"], hash.as_str());
        assert_eq!(
            check(&headers, b"", NOW),
            Err(ApiError::denied()),
            "{names}"
        );
    }
}

#[test]
fn malformed_authorizations_are_denied() {
    for value in [
        "",
        "HMAC-SHA256",
        "HMAC-SHA256 ",
        "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256",
        "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=",
        "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=%%",
        "HMAC-SHA512 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=AAAA",
        "Basic QTpC",
        "Bearer",
        "Bearer other",
    ] {
        let mut headers = signed(b"");
        headers.insert("authorization", HeaderValue::from_static(value));
        assert_eq!(
            check(&headers, b"", NOW),
            Err(ApiError::denied()),
            "{value}"
        );
    }
}

#[test]
fn bearer_tokens_need_neither_date_nor_hash() {
    let headers = headers(&[("authorization", "Bearer entra-token")]);
    assert_eq!(check(&headers, b"{}", NOW), Ok(None));
}

#[test]
fn builders_refuse_keys_that_are_none() {
    assert!(EmulatorBuilder::default().access_key("%").build().is_err());
}
