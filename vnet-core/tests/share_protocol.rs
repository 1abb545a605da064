//! The documents about the share protocol say what the types say.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use vnet_core::Limits;
use vnet_core::share::schema;

fn docs(file: &str) -> String {
    let docs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs");
    fs::read_to_string(docs.join(file)).expect("a file of this repository")
}

#[test]
fn the_schema_for_machines_is_up_to_date() {
    assert!(
        schema() == docs("share-protocol.schema.json"),
        "docs/share-protocol.schema.json differs from the types; renew it with \
         `cargo run -p vnet-core --example share_schema > docs/share-protocol.schema.json`, \
         and say in docs/protocol.md what changed"
    );
}

/// The chapter about this protocol.
fn chapter() -> String {
    let text = docs("protocol.md");
    let start = text.find("\n# The share protocol\n");
    let text = &text[start.expect("the chapter")..];
    let end = text[1..].find("\n# ").map_or(text.len(), |end| end + 1);
    text[..end].to_owned()
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
    assert!(found.len() > 70, "{found:?}");
    for known in [
        "hello",
        "asked_off",
        "too_many_tries",
        "transcoded",
        "blocked",
        "unreachable",
        "relay_children",
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

type Row = (&'static str, String);

fn seconds(time: std::time::Duration) -> String {
    format!("{} s", time.as_secs())
}

/// Bounds of a socket.
fn of_sockets(limits: &Limits) -> Vec<Row> {
    vec![
        (
            "time to the first message",
            seconds(limits.share_hello_within),
        ),
        (
            "size of a message",
            format!("{} KiB", limits.share_max_bytes / 1024),
        ),
        (
            "nesting of a message",
            format!("{} levels", limits.signal_max_depth),
        ),
        (
            "messages a second, sustained",
            limits.signal_rate.to_string(),
        ),
        ("burst beyond that", limits.signal_burst.to_string()),
        (
            "messages waiting for one device",
            format!(
                "{}, or {} MiB of signals",
                limits.share_queue,
                limits.share_queue_bytes >> 20
            ),
        ),
        (
            "time without taking anything from the connection",
            seconds(limits.signal_pong_within),
        ),
    ]
}

/// Bounds of shares.
fn of_shares(limits: &Limits) -> Vec<Row> {
    let times = |count: usize, time| format!("{count} in {}", seconds(time));
    vec![
        (
            "devices of one meeting, viewers of one network",
            limits.share_devices.to_string(),
        ),
        ("receivers of a share", limits.share_receivers.to_string()),
        (
            "devices that ask for one share",
            limits.share_asking.to_string(),
        ),
        (
            "devices a sharer sends to",
            limits.share_children.to_string(),
        ),
        (
            "devices a receiver sends on to",
            limits.share_relay_children.to_string(),
        ),
        (
            "links between sharer and receiver",
            limits.share_depth.to_string(),
        ),
        ("life of a code", seconds(limits.share_code_life)),
        (
            "time for a sharer whose socket broke to share with the same again",
            seconds(limits.share_return),
        ),
        (
            "wrong codes from one network",
            times(limits.share_tries, limits.share_tries_within),
        ),
        (
            "changes of a link that does not work",
            times(limits.share_relinks, limits.share_relinks_within),
        ),
    ]
}

#[test]
fn the_bounds_in_the_text_are_those_in_force() {
    let limits = Limits::default();
    let rows = [of_sockets(&limits), of_shares(&limits)].concat();
    let chapter = chapter();
    for (what, bound) in rows {
        let row = format!("| {what} | {bound} |");
        assert!(chapter.contains(&row), "not in docs/protocol.md: {row}");
    }
    assert_eq!(
        limits.shares, 10_000,
        "| shares at the same time | 10,000 |"
    );
}
