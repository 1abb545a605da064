//! The document of the API says what the server does: real answers are held against it.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use support::{Answer, Browser, PASSWORD, Server, start, start_of, start_with};
use time::macros::datetime;
use vnet_core::conference::{ConferenceProvider, IceServer, JoinTicket, Participant, Role};
use vnet_core::identity::Identity;
use vnet_core::meeting::{GroupId, Meeting};
use vnet_core::memory::{MemoryRooms, MemoryStore};
use vnet_core::password::Hasher;
use vnet_core::token::SigningKey;
use vnet_core::{Result, Vnet, async_trait};
use vnet_http_hyper::{HttpConfig, PathPrefix, openapi_json};

/// The document, and which of its answers were seen.
struct Document {
    json: Value,
    seen: BTreeSet<(String, String, String)>,
}

impl Document {
    fn new() -> Self {
        let mut json = serde_json::from_str(&openapi_json().unwrap()).unwrap();
        close(&mut json);
        Self {
            json,
            seen: BTreeSet::new(),
        }
    }

    /// Holds `value` against the schema that `pointer` leads to.
    fn check(&self, pointer: &str, value: &Value, about: &str) {
        let mut schema = self.json.pointer(pointer).expect(about).clone();
        // References begin at the root of the document.
        schema["components"] = self.json["components"].clone();
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&schema)
            .unwrap();
        let wrong: Vec<_> = validator
            .iter_errors(value)
            .map(|error| error.to_string())
            .collect();
        assert!(wrong.is_empty(), "{about}: {value}: {wrong:?}");
    }

    /// Holds what was sent against the document.
    fn sent(&self, method: &str, path: &str, body: &Value) {
        let at = format!(
            "/paths/{}/{}/requestBody/content/application~1json/schema",
            escaped(path),
            method.to_lowercase()
        );
        self.check(&at, body, &format!("{method} {path}"));
    }

    /// Holds an answer against the document.
    fn answered(&mut self, method: &str, path: &str, answer: &Answer) {
        let method = method.to_lowercase();
        let about = format!("{method} {path}: {}", answer.status);
        let responses = format!("/paths/{}/{method}/responses", escaped(path));
        let documented = self.json.pointer(&responses).expect(&about);
        let status = answer.status.to_string();
        let key = match documented.get(&status) {
            Some(_) => status,
            None => "default".to_owned(),
        };
        let response = &documented[&key];
        for (name, _schema) in response["headers"].as_object().into_iter().flatten() {
            assert!(
                answer.header(&name.to_lowercase()).is_some(),
                "{about}: {name}"
            );
        }
        match response.get("content") {
            None => assert!(answer.body.is_empty(), "{about}"),
            Some(_) => {
                assert_eq!(
                    answer.header("content-type"),
                    Some("application/json"),
                    "{about}"
                );
                let at = format!("{responses}/{key}/content/application~1json/schema");
                self.check(&at, &answer.json(), &about);
            }
        }
        self.seen.insert((method, path.to_owned(), key));
    }

    /// All answers that are no refusal, and the refusals that are this address's own.
    fn promised(&self) -> BTreeSet<(String, String, String)> {
        let mut all = BTreeSet::new();
        for (path, operations) in self.json["paths"].as_object().unwrap() {
            for (method, operation) in operations.as_object().unwrap() {
                for status in operation["responses"].as_object().unwrap().keys() {
                    if status.starts_with('2') || ["400", "401", "404"].contains(&status.as_str()) {
                        all.insert((method.clone(), path.clone(), status.clone()));
                    }
                }
            }
        }
        all
    }
}

/// `path` as a part of a JSON pointer.
fn escaped(path: &str) -> String {
    path.replace('~', "~0").replace('/', "~1")
}

/// Makes every object one without other fields than the document names.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.get("properties").is_some_and(Value::is_object) {
                fields.insert("additionalProperties".to_owned(), json!(false));
            }
            fields.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

#[test]
fn the_committed_document_is_up_to_date() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let committed = std::fs::read_to_string(file).unwrap();
    assert!(
        openapi_json().unwrap() == committed,
        "docs/openapi.json differs from the types; renew it with \
         `cargo run -p vnet-http-hyper --example openapi > docs/openapi.json`"
    );
}

#[tokio::test]
async fn the_document_is_served_to_everybody_and_kept() {
    let server = start().await;
    let answer = server.get("/openapi.json").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("public, no-cache"));
    let document: Value = serde_json::from_str(&openapi_json().unwrap()).unwrap();
    assert_eq!(answer.json(), document);
    let tag = answer.header("etag").unwrap();
    let headers = [("If-None-Match", tag)];
    let again = server.request("GET", "/openapi.json", &headers, b"").await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    let post = server.request("POST", "/openapi.json", &[], b"").await;
    assert_eq!(post.status, 405);

    let prefix: PathPrefix = "/apps/vnet".parse().unwrap();
    let server = start_with(HttpConfig::default().with_path_prefix(prefix)).await;
    let answer = server.get("/apps/vnet/openapi.json").await;
    assert_eq!(answer.json()["servers"], json!([{"url": "/apps/vnet"}]));
}

/// Gives a ticket for this server's own media system.
#[derive(Debug)]
struct Tickets;

#[async_trait]
impl ConferenceProvider for Tickets {
    fn needs_access(&self) -> bool {
        false
    }

    async fn join(&self, meeting: &Meeting, participant: &Participant) -> Result<JoinTicket> {
        let server = |username: Option<&str>| IceServer {
            urls: vec!["turn:turn.example.org".to_owned()],
            username: username.map(str::to_owned),
            credential: username.map(Into::into),
        };
        Ok(JoinTicket::Sfu {
            url: format!("/vnet/sfu/{}/", meeting.id),
            ticket: "secret".into(),
            expires_on: datetime!(2030-01-01 12:00 UTC),
            ice_servers: vec![server(None), server(Some("ada"))],
            display_name: participant.display_name.clone(),
            role: participant.role,
        })
    }
}

#[test]
fn a_ticket_of_each_provider_is_as_described() {
    let document = Document::new();
    let acs = JoinTicket::Acs {
        group_id: GroupId::generate(),
        user_id: Identity::new("8:acs:1_2").unwrap(),
        token: "secret".into(),
        expires_on: datetime!(2030-01-01 12:00 UTC),
        display_name: "Ada".to_owned(),
        role: Role::Guest,
    };
    let acs = serde_json::to_value(acs).unwrap();
    let at = "/components/schemas/JoinTicket";
    document.check(at, &acs, "acs");
    // What the schema asks for is all that is written: nothing may be left out.
    let variants = document.json.pointer(at).unwrap()["oneOf"]
        .as_array()
        .unwrap();
    let named = |name: &str| {
        let mut variants = variants.iter();
        variants.find(|variant| variant["properties"]["provider"]["enum"] == json!([name]))
    };
    let required = |variant: &Value| {
        let names = variant["required"].as_array().unwrap().iter();
        names
            .map(|name| name.as_str().unwrap().to_owned())
            .collect::<BTreeSet<_>>()
    };
    let written: BTreeSet<_> = acs.as_object().unwrap().keys().cloned().collect();
    assert_eq!(required(named("acs").unwrap()), written);
    assert_eq!(variants.len(), 2, "{variants:?}");
    assert!(named("sfu").is_some());
}

/// A server whose conference gives tickets.
async fn whole() -> Server {
    let vnet = Vnet::builder(
        MemoryStore::new(),
        MemoryRooms::default(),
        SigningKey::from_bytes([7; 32]),
    )
    .with_hasher(Hasher::weak_for_tests())
    .with_conference(Tickets)
    .build();
    start_of(vnet, HttpConfig::default(), |serving| serving).await
}

/// Asks without a session, with a wrong token, and as somebody who takes no JSON.
async fn refused(document: &mut Document, server: &Server, method: &str, path: &str, real: &str) {
    let json = [("Content-Type", "application/json")];
    let body: &[u8] = if method == "GET" { b"" } else { b"{}" };
    if path != "/account/p-login/" {
        let answer = server.request(method, real, &json, body).await;
        assert_eq!(answer.status, 401, "{method} {path}");
        document.answered(method, path, &answer);
    }
    let token = [json[0], ("Authorization", "Token wrong")];
    let answer = server.request(method, real, &token, body).await;
    assert_eq!(answer.status, 401, "{method} {path}");
    document.answered(method, path, &answer);
    let picture = [json[0], ("Accept", "image/png")];
    let answer = server.request(method, real, &picture, body).await;
    assert_eq!(answer.status, 406, "{method} {path}");
    document.answered(method, path, &answer);
}

#[tokio::test]
async fn accounts_answer_as_described() {
    let (mut document, server) = (Document::new(), whole().await);
    let ada = server.browser("ada").await;

    let path = "/account/p-login/";
    document.answered("GET", path, &server.get(path).await);
    for (body, status) in [
        (json!({"username": "ada", "password": PASSWORD}), 200),
        (
            json!({"username": "ada", "password": PASSWORD, "acs": false}),
            200,
        ),
        (json!({"username": "ada", "password": "wrong"}), 400),
    ] {
        document.sent("POST", path, &body);
        let answer = server.post_json(path, &body).await;
        assert_eq!(answer.status, status, "{body}");
        document.answered("POST", path, &answer);
    }
    let text = [("Content-Type", "text/plain")];
    let answer = server.request("POST", path, &text, b"x").await;
    assert_eq!(answer.status, 415);
    document.answered("POST", path, &answer);
    let broken = [("Content-Type", "application/json")];
    let answer = server.request("POST", path, &broken, b"{").await;
    assert_eq!(answer.status, 400);
    document.answered("POST", path, &answer);

    let path = "/account/get/user-details/";
    for (query, status) in [("", 200), ("?acs=0", 200), ("?acs=1", 200), ("?acs=x", 400)] {
        let answer = server.get_as(&ada, &format!("{path}{query}")).await;
        assert_eq!(answer.status, status, "{query}");
        document.answered("GET", path, &answer);
    }
    let path = "/account/acs-token/";
    let answer = server.send_json(&ada, "POST", path, &json!({})).await;
    assert_eq!(answer.status, 200);
    document.answered("POST", path, &answer);
    let path = "/account/error/";
    document.answered("GET", path, &server.get(path).await);

    for (method, path) in [
        ("GET", "/account/p-login/"),
        ("POST", "/account/p-login/"),
        ("GET", "/account/get/user-details/"),
        ("POST", "/account/acs-token/"),
    ] {
        refused(&mut document, &server, method, path, path).await;
    }
    nothing_is_unseen(&document, |path| path.starts_with("/account/"));
}

#[tokio::test]
async fn meetings_answer_as_described() {
    let (mut document, server) = (Document::new(), whole().await);
    let (ada, eve) = (server.browser("ada").await, server.browser("eve").await);
    let code = scheduled(&mut document, &server, &ada).await;

    let path = "/meeting/meetings/";
    for (query, status) in [
        ("", 200),
        ("?limit=1&order=start&not_over=1", 200),
        ("?limit=1&order=-start&over=1", 200),
        ("?limit=0", 400),
    ] {
        let answer = server.get_as(&ada, &format!("{path}{query}")).await;
        assert_eq!(answer.status, status, "{query}");
        document.answered("GET", path, &answer);
    }

    let path = "/meeting/meetings/{code}/";
    let missing = "/meeting/meetings/zzzzzzzzzz/";
    let real = format!("/meeting/meetings/{code}/");
    read_and_changed(&mut document, &server, [&ada, &eve], &real, missing).await;

    let join = "/meeting/meetings/{code}/join/";
    for (address, status) in [
        (format!("{real}join/"), 200),
        (format!("{missing}join/"), 404),
    ] {
        let answer = server.send_json(&eve, "POST", &address, &json!({})).await;
        assert_eq!(answer.status, status);
        document.answered("POST", join, &answer);
    }

    for (method, path, real) in [
        ("GET", "/meeting/new/", "/meeting/new/"),
        ("POST", "/meeting/new/", "/meeting/new/"),
        ("GET", "/meeting/meetings/", "/meeting/meetings/"),
        ("GET", path, &real),
        ("PATCH", path, &real),
        ("DELETE", path, &real),
        ("POST", join, &format!("{real}join/")),
    ] {
        refused(&mut document, &server, method, path, real).await;
    }

    for (address, status) in [(&*real, 204), (missing, 404)] {
        let answer = server.send_json(&ada, "DELETE", address, &json!({})).await;
        assert_eq!(answer.status, status);
        document.answered("DELETE", path, &answer);
    }
    nothing_is_unseen(&document, |path| path.starts_with("/meeting/"));
}

/// Reads and changes the meeting at `real`, which is Ada's, and the one at `missing`, which is not.
async fn read_and_changed(
    document: &mut Document,
    server: &Server,
    [ada, eve]: [&Browser; 2],
    real: &str,
    missing: &str,
) {
    let path = "/meeting/meetings/{code}/";
    for browser in [ada, eve] {
        document.answered("GET", path, &server.get_as(browser, real).await);
    }
    document.answered("GET", path, &server.get_as(ada, missing).await);
    for (browser, address, body, status) in [
        (ada, real, json!({"title": "Retro", "end_time": null}), 200),
        (ada, real, json!({}), 200),
        (eve, real, json!({"title": "Mine"}), 403),
        (ada, missing, json!({"title": "Mine"}), 404),
    ] {
        document.sent("PATCH", path, &body);
        let answer = server.send_json(browser, "PATCH", address, &body).await;
        assert_eq!(answer.status, status, "{body}");
        document.answered("PATCH", path, &answer);
    }
    let wrong = json!({"title": ""});
    let answer = server.send_json(ada, "PATCH", real, &wrong).await;
    assert_eq!(answer.status, 400);
    document.answered("PATCH", path, &answer);
}

/// Schedules two meetings, and some that cannot be; gives the code of the first.
async fn scheduled(document: &mut Document, server: &Server, ada: &Browser) -> String {
    let path = "/meeting/new/";
    document.answered("GET", path, &server.get_as(ada, path).await);
    let good = json!({"title": "Standup", "notes": "Daily", "start_time": "2026-12-01T10:00:00Z"});
    let mut ended = good.clone();
    ended["end_time"] = json!("2026-12-01T10:30:00.5+00:00");
    let mut codes = Vec::new();
    for body in [good, ended] {
        document.sent("POST", path, &body);
        let answer = server.send_json(ada, "POST", path, &body).await;
        assert_eq!(answer.status, 201);
        document.answered("POST", path, &answer);
        codes.push(answer.json()["meeting_id"].as_str().unwrap().to_owned());
    }
    for bad in [
        json!({}),
        json!([]),
        json!({"title": "x".repeat(101), "notes": 1}),
    ] {
        let answer = server.send_json(ada, "POST", path, &bad).await;
        assert_eq!(answer.status, 400, "{bad}");
        document.answered("POST", path, &answer);
    }
    let headers = [
        ("Cookie", ada.cookie.as_str()),
        ("Content-Type", "application/json"),
        ("Sec-Fetch-Site", "cross-site"),
    ];
    let answer = server.request("POST", path, &headers, b"{}").await;
    assert_eq!(answer.status, 403);
    document.answered("POST", path, &answer);
    codes.swap_remove(0)
}

/// Every promised answer was asked for: a document that promises more lies.
fn nothing_is_unseen(document: &Document, mine: impl Fn(&str) -> bool) {
    let promised = document.promised();
    let unseen: Vec<_> = promised
        .difference(&document.seen)
        .filter(|(_, path, _)| mine(path))
        .collect();
    assert!(unseen.is_empty(), "{unseen:?}");
}

#[test]
fn a_wrong_answer_is_noticed() {
    let document = Document::new();
    let at = "/components/schemas/AccessToken";
    let good = json!({"token": "x", "expires_on": "2030-01-01T12:00:00+00:00"});
    document.check(at, &good, "good");
    for bad in [
        json!({"token": "x"}),
        json!({"token": 1, "expires_on": "2030-01-01T12:00:00+00:00"}),
        json!({"token": "x", "expires_on": "tomorrow"}),
        json!({"token": "x", "expires_on": "2030-01-01T12:00:00+00:00", "more": 1}),
    ] {
        let noticed = std::panic::catch_unwind(|| document.check(at, &bad, "bad"));
        assert!(noticed.is_err(), "{bad}");
    }
}
