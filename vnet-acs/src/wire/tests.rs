use super::*;
use proptest::prelude::*;
use time::macros::datetime;

#[test]
fn recorded_forms_of_expires_on_are_read() {
    for (text, expected) in [
        (
            "2022-11-16T09:48:02.7233445+00:00",
            datetime!(2022-11-16 09:48:02.723_344_5 UTC),
        ),
        (
            "2022-11-16T09:47:55.688402+00:00",
            datetime!(2022-11-16 09:47:55.688_402 UTC),
        ),
        ("2022-11-16T09:47:55Z", datetime!(2022-11-16 09:47:55 UTC)),
        (
            "2022-11-16T10:47:55.5+01:00",
            datetime!(2022-11-16 09:47:55.5 UTC),
        ),
        (
            "2022-11-16T09:47:55.123456789012+00:00",
            datetime!(2022-11-16 09:47:55.123_456_789 UTC),
        ),
    ] {
        let body = format!(r#"{{"token":"a.b.c","expiresOn":"{text}"}}"#);
        let token = issued(body.as_bytes()).unwrap();
        assert_eq!(token.expires_at, expected, "{text}");
        assert_eq!(token.token.expose(), "a.b.c");
    }
}

#[test]
fn create_answers_need_identity_and_token() {
    let good = br#"{"identity":{"id":"8:acs:a_b","more":1},
        "accessToken":{"token":"a.b.c","expiresOn":"2022-11-16T09:47:55Z"},"new":null}"#;
    let (identity, token) = created(good).unwrap();
    assert_eq!(identity.as_str(), "8:acs:a_b");
    assert_eq!(token.token.expose(), "a.b.c");
    let without = br#"{"identity":{"id":"8:acs:a_b"}}"#;
    assert!(matches!(created(without), Err(BadAnswer::Json { .. })));
    let blank = br#"{"identity":{"id":"8 acs"},
        "accessToken":{"token":"a.b.c","expiresOn":"2022-11-16T09:47:55Z"}}"#;
    assert_eq!(created(blank), Err(BadAnswer::Identity));
}

#[test]
fn useless_tokens_are_refused() {
    for (body, why) in [
        (
            r#"{"token":"","expiresOn":"2022-11-16T09:47:55Z"}"#,
            BadAnswer::Token,
        ),
        (
            r#"{"token":"a\nb","expiresOn":"2022-11-16T09:47:55Z"}"#,
            BadAnswer::Token,
        ),
        (
            r#"{"token":"a.b.c","expiresOn":"soon"}"#,
            BadAnswer::ExpiresOn,
        ),
    ] {
        assert_eq!(issued(body.as_bytes()), Err(why), "{body}");
    }
}

#[test]
fn complaints_about_answers_never_repeat_them() {
    // serde_json's own message would say: invalid type: string "hush-hush", expected a struct.
    let error = created(br#"{"identity":"hush-hush"}"#).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hush"), "{error}");
}

#[test]
fn error_bodies_of_every_recorded_kind_are_survived() {
    let body = refused(
        br#"{"error":{"code":"ValidationError","message":"ExpiresInMinutes value 59 is invalid.",
            "target":"ExpiresInMinutes","details":[],"innererror":{}}}"#,
    );
    assert_eq!(body.code.as_deref(), Some("ValidationError"));
    assert_eq!(body.target.as_deref(), Some("ExpiresInMinutes"));
    for nothing in [
        &b""[..],
        b"{}",
        b"null",
        b"[]",
        b"{\"error\":null}",
        b"{\"error\":{}}",
        b"<!DOCTYPE html><title>Our services aren't available right now</title>",
        b"\xff\xfe\x00",
        b"{\"error\":{\"code\":7}}",
    ] {
        assert_eq!(refused(nothing), ErrorBody::default());
    }
}

#[test]
fn messages_lose_line_breaks_and_whatever_looks_like_a_secret() {
    let jwt = format!("eyJhbGciOi.{}.sig", "x".repeat(60));
    let text = printable(&format!("Token {jwt} is\r\n\tbad"), 300);
    assert_eq!(text, "Token [redacted] is   bad");
    let guid = "ID 2dee53b4-368b-45b4-ab52-8493fb117652.";
    assert_eq!(printable(guid, 300), "ID [redacted]");
    let guid = "ID '2dee53b4-368b-45b4-ab52-8493fb117652'";
    assert_eq!(printable(guid, 300), guid);
    assert_eq!(printable("ä".repeat(50).as_str(), 10).chars().count(), 10);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = created(&body);
        let _ = issued(&body);
        let error = refused(&body);
        prop_assert!(error.message.is_none_or(|text| text.chars().count() <= 300));
    }

    #[test]
    fn printable_is_bounded_and_on_one_line(text in ".{0,400}", max in 1_usize..100) {
        let out = printable(&text, max);
        prop_assert!(out.chars().count() <= max);
        prop_assert!(!out.contains(char::is_control));
    }
}
