//! The media of meetings: settings, banner, metrics.

use std::net::UdpSocket;

use tempfile::tempdir;

use crate::cli::{assert_one_line, text};
use crate::server::{self, Server};

#[tokio::test]
async fn the_help_names_every_setting_of_media() {
    let help = text(&server::run(&["--help"], "").await.stdout);
    for part in [
        "--media-port <PORT>",
        "10000",
        "VNET_MEDIA_PORT",
        "--media-shards <COUNT>",
        "--media-interface <NAME>",
        "--media-address <IP>",
        "--public-ip <IP>",
        "VNET_PUBLIC_IP",
        "--turn <URL>",
        "--turn-secret-file <FILE>",
        "--meetings <COUNT>",
        "--meeting-people <COUNT>",
        "--meeting-publishers <COUNT>",
        "--meeting-tracks <COUNT>",
        "--track-bitrate <BITS>",
        "--media-bitrate <BITS>",
        "--media-within <SECONDS>",
        "--metrics-listen <ADDR>",
        "conference=60/3s",
    ] {
        assert!(help.contains(part), "`{part}` is missing: {help}");
    }
}

#[tokio::test]
async fn a_wrong_setting_of_media_is_told_in_one_line() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data");
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "north\n").unwrap();
    let (data, secret) = (data.to_str().unwrap(), secret.to_str().unwrap());
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let wrong: &[(&[&str], &[&str])] = &[
        (&["--media-port", "70000"], &["--media-port", "70000"]),
        (&["--media-shards", "0"], &["--media-shards", "1..=64"]),
        (&["--media-address", "here"], &["--media-address", "here"]),
        (
            &["--media-address", "203.0.113.9"],
            &["--media-address", "203.0.113.9", "127.0.0.1"],
        ),
        (
            &["--media-interface", "eth77"],
            &["--media-interface", "eth77", "lo"],
        ),
        (
            &["--media-address", "127.0.0.1", "--public-ip", "2001:db8::9"],
            &["--public-ip", "2001:db8::9", "IPv6"],
        ),
        (
            &["--media-address", "127.0.0.1", "--media-port", &port],
            &["--media-port", &port],
        ),
        (
            &["--turn", "turn:turn.example.org"],
            &["--turn", "--turn-secret-file"],
        ),
        (
            &["--turn-secret-file", secret],
            &["--turn-secret-file", "--turn"],
        ),
        (
            &["--turn", "turn:x", "--turn-secret-file", "/nowhere"],
            &["--turn-secret-file", "/nowhere"],
        ),
        (
            &["--turn", "https://x/", "--turn-secret-file", secret],
            &["--turn", "https://x/"],
        ),
        (
            &["--limit", "conference=1/1m"],
            &["--limit conference=1/1m", "one message a second"],
        ),
    ];
    for (flags, parts) in wrong {
        let common = ["--data-dir", data, "--listen", "127.0.0.1:0"];
        let output = server::run(&[&common, *flags].concat(), "").await;
        assert_one_line(&output, parts);
        assert!(!text(&output.stderr).contains("north"), "no secret");
    }
}

#[tokio::test]
async fn the_banner_names_the_media_port_and_metrics_are_served() {
    let data = tempdir().unwrap();
    let flags = [
        "--media-address",
        "127.0.0.1",
        "--media-port",
        "0",
        "--media-shards",
        "2",
        "--metrics-listen",
        "127.0.0.1:0",
    ];
    let server = Server::start(data.path(), &flags).await;
    let line = |name: &str| {
        let mut lines = server.banner.iter();
        let line = lines.find(|line| line.trim_start().starts_with(name));
        line.unwrap_or_else(|| panic!("no {name}: {:?}", server.banner))
    };
    let media = line("Media");
    assert!(media.contains("UDP and TCP ports "), "{media}");
    assert!(media.ends_with("on 127.0.0.1"), "{media}");
    let url = line("Metrics").split_whitespace().last().unwrap();
    let answer = reqwest::get(url).await.unwrap();
    assert!(answer.status().is_success());
    let kind = answer.headers()["content-type"].to_str().unwrap();
    assert!(kind.starts_with("text/plain; version=0.0.4"), "{kind}");
    let figures = answer.text().await.unwrap();
    for part in [
        "# TYPE vnet_sfu_packets_in_total counter",
        "vnet_sfu_packets_out_total{shard=\"1\"} 0",
        "vnet_sfu_packets_dropped_total{shard=\"0\",reason=\"stranger\"} 0",
    ] {
        assert!(figures.contains(part), "`{part}` is missing: {figures}");
    }
    let elsewhere = url.trim_end_matches("/metrics");
    let status = reqwest::get(elsewhere).await.unwrap().status();
    assert_eq!(status, reqwest::StatusCode::NOT_FOUND);
    server.stop().await;
}
