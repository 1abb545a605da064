use super::*;
use proptest::prelude::*;

fn refused(text: &str) -> &'static str {
    match parse(text, &Limits::default()) {
        Ok(_) => "taken",
        Err(error) => error.code(),
    }
}

#[test]
fn a_message_of_the_contract_is_read() {
    let text =
        r#" { "name":"Ada", "type":"candidate", "more":[1], "content":{ "candidate":"é" } } "#;
    let signal = parse(text, &Limits::default()).unwrap();
    assert_eq!(signal.kind(), "candidate");
    assert_eq!(signal.content(), r#"{ "candidate":"é" }"#);
    assert_eq!(signal.name(), Some("Ada"));
    let unnamed = parse(
        r#"{"type":"x","content":1,"name":null}"#,
        &Limits::default(),
    );
    assert_eq!(unnamed.unwrap().name(), None);
}

#[test]
fn escapes_are_read_like_what_they_stand_for() {
    let text = r#"{"ty\u0070e":"off\u0065r","content":{"\n":"\u00e9"},"name":"\"A\\\u00e9"}"#;
    let signal = parse(text, &Limits::default()).unwrap();
    assert_eq!((signal.kind(), signal.name()), ("offer", Some("\"A\\é")));
    assert_eq!(signal.content(), r#"{"\n":"\u00e9"}"#);
}

#[test]
fn every_wrong_message_has_its_code() {
    let deep = format!(
        r#"{{"type":"x","content":{}1{}}}"#,
        "[".repeat(64),
        "]".repeat(64)
    );
    let abyss = "[".repeat(60_000);
    for (text, code) in [
        ("", "not_json"),
        ("{", "not_json"),
        ("hello", "not_json"),
        ("\u{feff}{}", "not_json"),
        (r#"{"type":"x","content":NaN}"#, "not_json"),
        (r#"{"type":"x","content":[Infinity]}"#, "not_json"),
        (r#"{"type":"x","content":1}}"#, "not_json"),
        (r#"{"type":"x","content":"\x"}"#, "not_json"),
        (r#"{"type":"x","type":"y","content":1}"#, "not_json"),
        (r#"{"type":"x","content":1,"content":2}"#, "not_json"),
        ("[]", "not_an_object"),
        (r#"["x",{"a":1},"n"]"#, "not_an_object"),
        ("5", "not_an_object"),
        ("null", "not_an_object"),
        ("true", "not_an_object"),
        (" \"x\" ", "not_an_object"),
        ("{}", "bad_type"),
        (r#"{"content":1}"#, "bad_type"),
        (r#"{"type":null,"content":1}"#, "bad_type"),
        (r#"{"type":5,"content":1}"#, "bad_type"),
        (r#"{"type":["x"],"content":1}"#, "bad_type"),
        (r#"{"type":{"a":1},"content":1}"#, "bad_type"),
        (r#"{"type":"","content":1}"#, "bad_type"),
        (r#"{"type":"\ud800","content":1}"#, "bad_type"),
        (
            r#"{"type":"signal_connected","content":1}"#,
            "reserved_type",
        ),
        (
            r#"{"type":"signal_disconnecte\u0064","content":1}"#,
            "reserved_type",
        ),
        (r#"{"type":"error","content":1}"#, "reserved_type"),
        (r#"{"type":"x"}"#, "empty_content"),
        (r#"{"type":"x","content":null}"#, "empty_content"),
        (r#"{"type":"x","content":{}}"#, "empty_content"),
        (r#"{"type":"x","content":1,"name":5}"#, "bad_name"),
        (r#"{"type":"x","content":1,"name":{"a":1}}"#, "bad_name"),
        (&abyss, "too_deep"),
        (&deep, "too_deep"),
    ] {
        assert_eq!(refused(text), code, "{}", &text[..text.len().min(60)]);
    }
    assert_eq!(refused(&" ".repeat(64 * 1024 + 1)), "too_large");
    assert_eq!(
        parse_bytes(b"\xff", &Limits::default()).unwrap_err().code(),
        "not_utf8"
    );
}

#[test]
fn only_real_brackets_are_depth() {
    let level = |n: usize| {
        format!(
            r#"{{"type":"x","content":{}1{}}}"#,
            "[".repeat(n),
            "]".repeat(n)
        )
    };
    assert_eq!(refused(&level(63)), "taken");
    assert_eq!(refused(&level(64)), "too_deep");
    let in_text = format!(r#"{{"type":"x","content":"\"{}\\"}}"#, "[{".repeat(500));
    assert_eq!(refused(&in_text), "taken");
    let in_a_row = format!(r#"{{"type":"x","content":[{}1]}}"#, "[],".repeat(500));
    assert_eq!(refused(&in_a_row), "taken");
}

#[test]
fn an_error_is_told_as_json() {
    let error = parse("[]", &Limits::default()).unwrap_err();
    assert_eq!(
        error_reply(&error),
        r#"{"type":"error","code":"not_an_object","message":"the message must be a JSON object"}"#,
    );
    let odd = Error::new(ErrorKind::InvalidInput, "odd", "a \"quote\"\n");
    let value: Value = serde_json::from_slice(&error_reply(&odd)).unwrap();
    assert_eq!(value["message"], "a \"quote\"\n");
}

#[test]
fn notices_are_those_of_the_contract() {
    let room = RoomCode::parse("007308").unwrap();
    assert_eq!(
        connected(room, 2),
        r#"{"type":"signal_connected","code":"007308","peers_count":2}"#,
    );
    assert_eq!(
        disconnected(room, 1),
        r#"{"type":"signal_disconnected","code":"007308","peers_count":1}"#,
    );
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::hash_map(".*", inner, 0..8)
                .prop_map(|map| map.into_iter().collect::<Value>()),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_bytes(&bytes, &Limits::default());
    }

    #[test]
    fn no_near_json_panics_and_every_refusal_is_a_reply(text in r#"[\{\}\[\]:," \\]{0,12}(\{"type":"x","content":)?[\{\}\[\]:,"\\0-9a-z]{0,24}\}?"#) {
        match parse(&text, &Limits::default()) {
            Ok(signal) => prop_assert!(serde_json::from_str::<Value>(&signal.to_wire("ada")).is_ok()),
            Err(error) => {
                let reply: Value = serde_json::from_slice(&error_reply(&error)).unwrap();
                prop_assert_eq!(reply["code"].as_str(), Some(error.code()));
            }
        }
    }

    #[test]
    fn what_is_relayed_is_the_same_value(content in any_json(), kind in "[a-z]{1,12}", name in prop::option::of("\\PC{0,40}"), pretty: bool) {
        let message = serde_json::json!({"type": kind, "content": content, "name": name});
        let text = if pretty {
            serde_json::to_string_pretty(&message).unwrap()
        } else {
            message.to_string()
        };
        let signal = match parse(&text, &Limits::default()) {
            Ok(signal) => signal,
            Err(error) => {
                prop_assert!(["empty_content", "reserved_type"].contains(&error.code()), "{error:?}");
                return Ok(());
            }
        };
        // Both are read by the same reader, which may round long fractions.
        let message: Value = serde_json::from_str(&text).unwrap();
        let relayed: Value = serde_json::from_str(&signal.to_wire("ada_1")).unwrap();
        let key = if kind == "offer" || kind == "answer" { "description" } else { "candidates" };
        prop_assert_eq!(&relayed[key], &message["content"]);
        prop_assert_eq!(&relayed["sent_by"], &message["name"]);
        prop_assert_eq!(&relayed["sender"], "ada_1");
    }
}
