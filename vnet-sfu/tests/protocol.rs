//! The protocol is what is written down: for machines and for people.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use vnet_sfu::SfuLimits;
use vnet_sfu::wire::{CloseCode, Request, ServerMessage, schema};

fn docs(file: &str) -> String {
    let docs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs");
    fs::read_to_string(docs.join(file)).expect("a file of this repository")
}

/// The chapter about this protocol.
fn chapter() -> String {
    let text = docs("protocol.md");
    let start = text.find("\n# The conference protocol\n");
    let text = &text[start.expect("the chapter")..];
    let end = text[1..].find("\n# ").map_or(text.len(), |end| end + 1);
    text[..end].to_owned()
}

#[test]
fn the_schema_for_machines_is_up_to_date() {
    assert!(
        schema() == docs("sfu-protocol.schema.json"),
        "docs/sfu-protocol.schema.json differs from the types; renew it with \
         `cargo run -p vnet-sfu --example schema > docs/sfu-protocol.schema.json`, \
         and say in docs/protocol.md what changed"
    );
}

/// All names of fields, and all fixed texts: message types, error ids, and other choices.
fn names(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::String(fixed)) = fields.get("const") {
                found.insert(fixed.clone());
            }
            if let Some(Value::Array(fixed)) = fields.get("enum") {
                found.extend(fixed.iter().filter_map(Value::as_str).map(str::to_owned));
            }
            if let Some(Value::Object(properties)) = fields.get("properties") {
                found.extend(properties.keys().cloned());
            }
            fields.values().for_each(|inner| names(inner, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| names(inner, found)),
        _ => {}
    }
}

#[test]
fn every_message_field_and_error_id_is_explained_to_people() {
    let schema: Value = serde_json::from_str(&schema()).expect("JSON");
    let mut found = BTreeSet::new();
    names(&schema["$defs"], &mut found);
    assert!(found.len() > 100, "{found:?}");
    for known in [
        "join",
        "hand_over",
        "media_lost",
        "bad_ticket",
        "screen_audio",
        "last_event",
    ] {
        assert!(found.contains(known), "{known}");
    }
    let chapter = chapter();
    let missing: Vec<_> = found
        .into_iter()
        .filter(|name| !chapter.contains(&format!("`{name}`")))
        .collect();
    assert!(missing.is_empty(), "not in docs/protocol.md: {missing:?}");
}

#[test]
fn every_close_code_is_explained_to_people() {
    let chapter = chapter();
    let mut numbers = BTreeSet::new();
    for code in CloseCode::ALL {
        let number = code.number();
        assert!(numbers.insert(number), "{number} twice");
        assert!(matches!(number, 1000 | 1001 | 4000..=4999), "{number}");
        assert!(chapter.contains(&format!("| {number} |")), "{number}");
    }
}

#[test]
fn the_bounds_in_the_text_are_those_in_force() {
    let limits = SfuLimits::default();
    let seconds = |time: std::time::Duration| format!("{} s", time.as_secs());
    let rows = [
        ("life of a ticket", seconds(limits.ticket_lifetime)),
        (
            "time to the first message",
            seconds(limits.first_message_within),
        ),
        (
            "size of a message",
            format!("{} KiB", limits.message_bytes / 1024),
        ),
        (
            "messages a second, sustained",
            limits.message_rate.to_string(),
        ),
        ("burst beyond that", limits.message_burst.to_string()),
        (
            "refused messages in a row",
            limits.message_strikes.to_string(),
        ),
        (
            "time without taking anything from the connection",
            seconds(limits.write_within),
        ),
        (
            "time for a lost connection to come back",
            seconds(limits.resume_within),
        ),
        (
            "time for media to connect, of those who send or receive any",
            seconds(limits.media_within.unwrap_or_default()),
        ),
        ("people in a meeting", limits.people_per_meeting.to_string()),
        (
            "people waiting for a meeting",
            limits.waiting_per_meeting.to_string(),
        ),
        (
            "people of a meeting who publish",
            limits.publishers_per_meeting.to_string(),
        ),
        ("tracks in a meeting", limits.tracks_per_meeting.to_string()),
        ("slots of a browser", limits.slots_per_person.to_string()),
        ("bytes of a reaction", limits.reaction_bytes.to_string()),
        (
            "lines of chat for newcomers",
            limits.chat_history.to_string(),
        ),
    ];
    let chapter = chapter();
    for (name, value) in rows {
        let row = format!("| {name} | {value} |");
        assert!(chapter.contains(&row), "not in docs/protocol.md: {row}");
    }
    assert_eq!((limits.queue_texts, limits.queue_bytes), (1_024, 4 << 20));
    assert_eq!((limits.event_log, limits.event_log_bytes), (500, 1 << 20));
    assert_eq!(limits.event_log_time.as_secs(), 30);
    assert_eq!((limits.meetings, limits.chat_chars), (1_000, 4_000));
    assert_eq!(limits.track_bitrate, 8_000_000);
}

/// The lines of the worked example are messages of this protocol.
#[test]
fn the_example_is_true() {
    let chapter = chapter();
    let example = chapter.split("## A join").nth(1).expect("the example");
    let mut blocks = example.split("```");
    let (mut said, mut heard) = (0, 0);
    while let (Some(_prose), Some(block)) = (blocks.next(), blocks.next()) {
        let block = block.trim_start_matches("text").replace("\n   ", "");
        for line in block.lines().filter(|line| !line.is_empty()) {
            let (direction, text) = line.split_at(2);
            // Identities are shortened in the text.
            let text = text
                .replace("0189…", "01890a5d-ac96-774b-bcce-b302099a8057")
                .replace("018a…", "018a0a5d-ac96-774b-bcce-b302099a8057");
            if direction == "> " {
                Request::read(text.as_bytes()).unwrap_or_else(|bad| panic!("{bad}: {text}"));
                said += 1;
            } else {
                let read = serde_json::from_str::<ServerMessage>(&text);
                let read = read.unwrap_or_else(|bad| panic!("{bad}: {text}"));
                let again: Value = serde_json::from_slice(&read.to_text()).expect("JSON");
                let once: Value = serde_json::from_str(&text).expect("JSON");
                assert_eq!(
                    again, once,
                    "every field of the example is one of the protocol"
                );
                heard += 1;
            }
        }
    }
    assert!(said >= 3 && heard >= 10, "{said}, {heard}");
}
