//! The command line.

use std::fs;
use std::path::Path;
use std::process::Output;

use reqwest::StatusCode;
use serde_json::json;
use tempfile::tempdir;
use tokio::net::TcpListener;

use crate::server::{self, Server};
use crate::support::person::{PASSWORD, Person};

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Asserts that the program ended with 2 and one line that has all of `parts`.
pub(crate) fn assert_one_line(output: &Output, parts: &[&str]) {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(text(&output.stdout), "", "{said}");
    assert_eq!(said.trim_end().lines().count(), 1, "one line: {said}");
    assert!(said.starts_with("error: "), "{said}");
    for part in parts {
        assert!(said.contains(part), "`{part}` is missing: {said}");
    }
}

#[tokio::test]
async fn the_help_names_every_setting_with_its_default_and_variable() {
    let output = server::run(&["--help"], "").await;
    let help = text(&output.stdout);
    assert!(output.status.success());
    for part in [
        "--listen <ADDR>",
        "127.0.0.1:8000",
        "VNET_LISTEN",
        "--data-dir <DIR>",
        "./vnet-data",
        "--public-url <URL>",
        "--trusted-proxy <CIDR>",
        "VNET_TRUSTED_PROXY",
        "--lan-subnet <CIDR>",
        "VNET_LAN_SUBNET",
        "--tls <MODE>",
        "self-signed",
        "--tls-cert <FILE>",
        "--tls-key <FILE>",
        "--acs-connection-string-file <FILE>",
        "VNET_ACS_CONNECTION_STRING",
        "--acs-endpoint-insecure",
        "--sign-up <POLICY>",
        "--limit <NAME=COUNT/PERIOD>",
        "--log <FILTER>",
        "create-admin",
        "sign-in=300/10m",
        "sign-up=200/1h",
        "join=120/1m",
        "watch=120/1m",
        "token=120/1m",
        "write=600/10m",
        "signal=300/3s",
    ] {
        assert!(help.contains(part), "`{part}` is missing: {help}");
    }
}

/// Flags, and what the line about them must have.
const WRONG_SETTINGS: &[(&[&str], &[&str])] = &[
    (
        &["--listen", "8000"],
        &["--listen", "8000", "127.0.0.1:8000"],
    ),
    (
        &["--listen", "localhost:8000"],
        &["--listen", "127.0.0.1:8000"],
    ),
    (
        &["--public-url", "meet.example.org"],
        &["--public-url", "https://"],
    ),
    (&["--public-url", "https://a.example/b"], &["--public-url"]),
    (
        &["--trusted-proxy", "10.0.0.0/64"],
        &["--trusted-proxy", "10.0.0.0/8"],
    ),
    (
        &["--lan-subnet", "192.168.0.0/33"],
        &["--lan-subnet", "192.168.0.0/33", "192.168.0.0/16"],
    ),
    (
        &["--lan-subnet", "10.0.0.0/8,lan"],
        &["--lan-subnet", "`lan`", "192.168.0.0/16"],
    ),
    (&["--tls", "on"], &["--tls", "off", "self-signed"]),
    (&["--tls-cert", "a.pem"], &["--tls-cert", "--tls-key"]),
    (&["--tls-key", "a.pem"], &["--tls-key", "--tls-cert"]),
    (
        &["--tls", "self-signed", "--tls-cert", "a", "--tls-key", "b"],
        &["--tls", "--tls-cert"],
    ),
    (&["--sign-up", "maybe"], &["--sign-up", "open", "closed"]),
    (&["--limit", "sign-up"], &["--limit", "NAME=COUNT/PERIOD"]),
    (
        &["--limit", "tea=1/s"],
        &[
            "--limit tea=1/s",
            "`tea`",
            "sign-in, sign-up, join, watch, token, write, signal",
        ],
    ),
    (
        &["--limit", "signal=10/1m"],
        &["--limit signal=10/1m", "one message a second", "60/60s"],
    ),
    (
        &["--limit", "signal=ten"],
        &["--limit signal=ten", "COUNT/PERIOD"],
    ),
    (
        &["--limit", "join=0/s"],
        &["--limit", "join", "COUNT/PERIOD"],
    ),
    (&["--limit", "join=5/fortnight"], &["--limit", "fortnight"]),
    (&["--log", "vnet=loud"], &["--log", "vnet=loud"]),
    (
        &["--acs-connection-string-file", "/nowhere"],
        &["--acs-connection-string-file", "/nowhere"],
    ),
    (&["--colour", "red"], &["--colour"]),
    (&["serve"], &["serve"]),
];

#[tokio::test]
async fn a_wrong_setting_is_told_in_one_line() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data");
    let file = folder.path().join("file");
    fs::write(&file, "endpoint=https://a.example/;accesskey=%%%").unwrap();
    let (data, file) = (data.to_str().unwrap(), file.to_str().unwrap());
    let below_a_file = format!("{file}/data");
    let with_files: &[(&[&str], &[&str])] = &[
        (
            &["--tls-cert", "/nowhere/a.pem", "--tls-key", file],
            &["--tls-cert", "/nowhere/a.pem"],
        ),
        (&["--tls-cert", file, "--tls-key", file], &["--tls-cert"]),
        (
            &["--acs-connection-string-file", file],
            &["--acs-connection-string-file", "accesskey"],
        ),
        (
            &["--data-dir", &below_a_file],
            &["--data-dir", &below_a_file],
        ),
    ];
    for (flags, parts) in WRONG_SETTINGS.iter().chain(with_files) {
        let flags = [&["--data-dir", data], *flags].concat();
        // The folder of the case comes last, and a flag that is there twice is an error of its own.
        let flags = if flags.iter().filter(|flag| **flag == "--data-dir").count() > 1 {
            &flags[2..]
        } else {
            &flags
        };
        assert_one_line(&server::run(flags, "").await, parts);
    }
}

#[tokio::test]
async fn secrets_in_wrong_settings_are_not_repeated() {
    let folder = tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    for (text, part) in [
        (
            "endpoint=https://a.example/;accesskey=hunter2-is-no-base64",
            "accesskey",
        ),
        (
            "endpoint=ftp://a.example/;accesskey=aHVudGVyMg==",
            "endpoint",
        ),
        ("accesskey=aHVudGVyMg==", "endpoint"),
        (
            "endpoint=http://127.0.0.1:8089/;accesskey=aHVudGVyMg==",
            "--acs-endpoint-insecure",
        ),
    ] {
        let mut command = server::command(&["--data-dir", data]);
        command.env("VNET_ACS_CONNECTION_STRING", text);
        let output = server::finish(command, "").await;
        assert_one_line(&output, &["VNET_ACS_CONNECTION_STRING", part]);
        let said = crate::cli::text(&output.stderr);
        assert!(
            !said.contains("hunter2") && !said.contains("aHVudGVyMg"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn a_taken_port_is_told_in_one_line() {
    let folder = tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let flags = [
        "--data-dir",
        folder.path().to_str().unwrap(),
        "--listen",
        &address,
    ];
    assert_one_line(&server::run(&flags, "").await, &["--listen", &address]);
}

#[tokio::test]
async fn a_setting_may_come_from_the_environment() {
    let data = tempdir().unwrap();
    let variables = [
        ("VNET_SIGN_UP", "closed"),
        ("VNET_LIMIT", "sign-in=2/1h, join=7/m"),
    ];
    let server = Server::start_with(data.path(), &[], &variables).await;
    let stranger = Person::new(&server.url, "stranger");
    assert_eq!(stranger.try_sign_up().await.status(), StatusCode::FORBIDDEN);
    let form = [("username", "nobody"), ("password", "wrong")];
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(stranger.post_form("/account/sign-in/", &form).await);
    }
    let limited = statuses.last().unwrap();
    assert_eq!(limited.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u32 = limited.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=3600).contains(&wait), "{wait}");
    server.stop().await;
}

#[tokio::test]
async fn the_limit_of_messages_in_a_room_can_be_set() {
    let data = tempdir().unwrap();
    let server = Server::start(data.path(), &["--limit", "signal=3/3s"]).await;
    let ada = Person::sign_up(&server.url, "ada_1").await;
    let mut room = ada.enter("141421", "").await;
    assert_eq!(room.hear().await["type"], "signal_connected");
    // Three at once and one a second: who speaks on and on is told soon, by default after hundreds.
    let mut relayed = 0;
    let refused = loop {
        room.say("candidate", json!({"candidate": "c"})).await;
        let heard = room.hear().await;
        if heard["type"] == "error" {
            break heard;
        }
        relayed += 1;
    };
    assert_eq!(refused["code"], "rate_limited");
    assert!((3..100).contains(&relayed), "{relayed}");
    server.stop().await;
}

#[tokio::test]
async fn the_banner_tells_where_everything_is() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("new/data");
    let server = Server::start(&data, &[]).await;
    let banner = server.banner.join("\n");
    let path = data.canonicalize().unwrap();
    for part in [&server.url, path.to_str().unwrap(), "create-admin", "local"] {
        assert!(banner.contains(part), "`{part}` is missing: {banner}");
    }
    assert!(!server.url.ends_with(":0"), "the port that it got");
    let ready = Person::new(&server.url, "x").get("/readyz").await;
    assert_eq!(ready.status(), StatusCode::OK);
    assert_private(&data);
    let key = fs::read(data.join("secret.key")).unwrap();
    assert_eq!(key.len(), 32);
    server.stop().await;

    // The key is kept, and what a restore left open is closed.
    loosen(&data.join("secret.key"));
    let server = Server::start(&data, &[]).await;
    assert_eq!(fs::read(data.join("secret.key")).unwrap(), key);
    assert_private(&data);
    server.stop().await;

    fs::write(data.join("secret.key"), "short").unwrap();
    let output = server::run(
        &[
            "--data-dir",
            data.to_str().unwrap(),
            "--listen",
            "127.0.0.1:0",
        ],
        "",
    )
    .await;
    assert_one_line(&output, &["--data-dir", "secret.key", "32"]);
}

#[cfg(unix)]
fn assert_private(data: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(data), 0o700);
    assert_eq!(mode(&data.join("secret.key")), 0o600);
}

#[cfg(not(unix))]
fn assert_private(_data: &Path) {}

#[cfg(unix)]
fn loosen(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
}

#[cfg(not(unix))]
fn loosen(_path: &Path) {}

#[tokio::test]
async fn the_first_staff_account_is_made_on_the_command_line() {
    let folder = tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let create = |name: &'static str, more: &'static [&'static str]| {
        [&["create-admin", name, "--data-dir", data][..], more].concat()
    };
    let weak = server::run(&create("root_1", &[]), "12345678\n").await;
    assert_one_line(&weak, &["password", "entirely numeric"]);
    let made = server::run(&create("root_1", &[]), &format!("{PASSWORD}\n")).await;
    assert!(made.status.success(), "{}", text(&made.stderr));
    assert!(text(&made.stdout).contains("/admin/"), "what to do next");
    let again = server::run(&create("ROOT_1", &[]), &format!("{PASSWORD}\n")).await;
    assert_one_line(&again, &["NAME", "root_1", "exists"]);
    let nobody = server::run(&create("nobody", &["--promote"]), "").await;
    assert_one_line(&nobody, &["--promote", "nobody"]);
    let bad = server::run(&create("no spaces", &[]), "").await;
    assert_one_line(&bad, &["NAME", "letters, digits"]);

    let server = Server::start(folder.path(), &[]).await;
    let root = Person::sign_in(&server.url, "root_1", PASSWORD).await;
    assert_eq!(root.get("/admin/").await.status(), StatusCode::OK);
    // Also while the server runs.
    let ada = Person::sign_up(&server.url, "ada_1").await;
    assert_eq!(ada.get("/admin/").await.status(), StatusCode::FORBIDDEN);
    let promoted = server::run(&create("ada_1", &["--promote"]), "").await;
    assert!(promoted.status.success(), "{}", text(&promoted.stderr));
    assert_eq!(ada.get("/admin/").await.status(), StatusCode::OK);
    server.stop().await;
}

#[tokio::test]
async fn a_second_signal_does_not_wait() {
    let data = tempdir().unwrap();
    let server = Server::start(data.path(), &[]).await;
    // A request whose body never comes keeps the drain waiting.
    let host = server.url.trim_start_matches("http://").to_owned();
    let mut slow = tokio::net::TcpStream::connect(&host).await.unwrap();
    let head = format!(
        "POST /account/sign-in/ HTTP/1.1\r\nHost: {host}\r\nContent-Length: 10\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nu"
    );
    tokio::io::AsyncWriteExt::write_all(&mut slow, head.as_bytes())
        .await
        .unwrap();
    Person::new(&server.url, "x").get("/healthz").await;
    server.signal("INT").await;
    server.wait_for_log("stopping").await;
    server.signal("INT").await;
    let (code, log) = server.wait().await;
    assert_eq!(code, Some(130), "{log}");
}

#[tokio::test]
async fn a_certificate_of_its_own_is_made_once_and_kept() {
    let data = tempdir().unwrap();
    let server = Server::start(data.path(), &["--tls", "self-signed"]).await;
    assert!(server.url.starts_with("https://"), "{}", server.url);
    let ada = Person::sign_up(&server.url, "ada_1").await;
    let shell = ada.get("/meet/").await.text().await.unwrap();
    assert!(
        shell.contains("wss://127.0.0.1:"),
        "the signalling address is encrypted, too"
    );
    let kept = |data: &Path| {
        let files = fs::read_dir(data.join("tls"))
            .unwrap()
            .map(|file| file.unwrap().path());
        let mut files = files
            .map(|path| (path.clone(), fs::read(path).unwrap()))
            .collect::<Vec<_>>();
        files.sort();
        files
    };
    let before = kept(data.path());
    assert!(!before.is_empty());
    server.stop().await;
    let server = Server::start(data.path(), &["--tls", "self-signed"]).await;
    assert_eq!(kept(data.path()), before);
    server.stop().await;
}
