//! What an operator reads at `info` of attempts that were refused.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod page_support;
mod support;

use std::time::Duration;

use page_support::Site;
use serde_json::json;
use support::{Browser, PASSWORD, Server, refusal, start, start_with};
use tracing::subscriber::{DefaultGuard, set_default};
use vnet_core::testkit::logs::Logs;
use vnet_http_hyper::{HttpConfig, RateLimits};

/// What is typed where a name belongs.
const TYPED: &str = "secret-in-the-wrong-field";

/// Records what this thread logs: the runtime of a test is its thread alone.
fn record() -> (Logs, DefaultGuard) {
    let logs = Logs::new();
    let guard = set_default(logs.clone());
    (logs, guard)
}

/// The lines at `info` that contain `text`.
fn lines(logs: &Logs, text: &str) -> Vec<String> {
    let mut lines = logs.lines();
    lines.retain(|line| line.starts_with("event INFO vnet_") && line.contains(text));
    lines
}

async fn post(server: &Server, path: &str, cookie: Option<&Browser>, form: &str) -> u16 {
    let mut headers = vec![("Content-Type", "application/x-www-form-urlencoded")];
    headers.extend(cookie.map(|browser| ("Cookie", browser.cookie.as_str())));
    let answer = server
        .request("POST", path, &headers, form.as_bytes())
        .await;
    answer.status
}

#[tokio::test]
async fn every_failed_sign_in_is_one_line() {
    let (logs, _guard) = record();
    let server = start().await;
    let ada = server.sign_up("ada").await;
    let failed = |count: usize, user: &str| {
        let lines = lines(&logs, "a sign-in failed");
        assert_eq!(lines.len(), count, "{lines:#?}");
        let last = lines.last().unwrap();
        assert!(last.contains("client.address=127.0.0.1"), "{last}");
        assert!(last.contains(&format!("user.id={user}")), "{last}");
    };
    let id = ada.id.to_string();
    let page = "/account/sign-in/";
    post(
        &server,
        page,
        None,
        &format!("username=ada&password={TYPED}"),
    )
    .await;
    failed(1, &id);
    post(&server, page, None, &format!("username={TYPED}&password=x")).await;
    failed(2, "none");
    let api = "/account/p-login/";
    let answer = server
        .post_json(api, &json!({"username": "ADA", "password": TYPED}))
        .await;
    assert_eq!(answer.status, 400);
    assert!(!String::from_utf8(answer.body).unwrap().contains(&id));
    failed(3, &id);
    server
        .post_json(api, &json!({"username": TYPED, "password": "x"}))
        .await;
    failed(4, "none");
    let answer = server
        .post_json(api, &json!({"username": "ada", "password": PASSWORD}))
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(lines(&logs, "a sign-in failed").len(), 4);
    logs.assert_clean(&[TYPED, PASSWORD, "ada@example.org"]);
}

#[tokio::test]
async fn a_wrong_password_in_an_open_session_is_one_line() {
    let (logs, _guard) = record();
    let server = start().await;
    let ada = server.browser("ada").await;
    let change = format!("current={TYPED}&password=a+fine+new+phrase&password_2=a+fine+new+phrase");
    let delete = format!("password={TYPED}");
    for (count, path, form) in [
        (1, "/account/password/", &change),
        (2, "/account/delete/", &delete),
    ] {
        assert_eq!(post(&server, path, Some(&ada), form).await, 200, "{path}");
        let lines = lines(&logs, "a wrong password was given");
        assert_eq!(lines.len(), count, "{path}");
        let user = format!("user.id={}", ada.user.id);
        assert!(lines[count - 1].contains(&user), "{lines:?}");
        assert!(lines[count - 1].contains("client.address=127.0.0.1"));
    }
    // New passwords that differ are no attack.
    let differ = format!(
        "current={}&password=a&password_2=b",
        PASSWORD.replace(' ', "+")
    );
    post(&server, "/account/password/", Some(&ada), &differ).await;
    assert_eq!(lines(&logs, "a wrong password was given").len(), 2);
    logs.assert_clean(&[TYPED, PASSWORD]);
}

#[tokio::test]
async fn every_refusal_of_a_limit_is_one_line() {
    let (logs, _guard) = record();
    let mut limits = RateLimits::default();
    for limit in [
        "sign-in=1/1h",
        "sign-up=1/1h",
        "join=1/1h",
        "token=1/1h",
        "write=1/1h",
    ] {
        limits.set(limit).unwrap();
    }
    let server = start_with(HttpConfig::default().with_rate_limits(limits)).await;
    let ada = server.browser("ada").await;
    let id = ada.user.id.to_string();
    let refused = |rule: &str, user: &str| {
        let lines = lines(&logs, &format!("limit={rule}"));
        assert_eq!(lines.len(), 1, "{rule}: {lines:?}");
        let line = &lines[0];
        for part in [
            "a limit refused a request",
            "client.address=127.0.0.1",
            &format!("user.id={user}"),
        ] {
            assert!(line.contains(part), "{part}: {line}");
        }
    };
    let wrong = format!("username={TYPED}&password=x");
    let meeting = json!({"title": "x"});
    for last in [false, true] {
        let status = |passes: u16| if last { 429 } else { passes };
        let sign_in = post(&server, "/account/sign-in/", None, &wrong).await;
        assert_eq!(sign_in, status(200));
        let sign_up = post(&server, "/account/sign-up/", None, &wrong).await;
        assert_eq!(sign_up, status(200));
        let token = post(&server, "/account/acs-token/", Some(&ada), "").await;
        assert_eq!(token, status(200));
        let write = server.send_json(&ada, "POST", "/meeting/new/", &meeting);
        assert_eq!(write.await.status, status(400));
        let cookie = [("cookie", ada.cookie.as_str())];
        let room = server.socket("/vnet/ps/907308/", &cookie);
        match last {
            false => drop(room.await.unwrap()),
            true => assert_eq!(refusal(room.await), 429),
        }
    }
    refused("sign-in", "none");
    refused("sign-up", "none");
    for rule in ["token", "write", "join"] {
        refused(rule, &id);
    }
    logs.assert_clean(&[TYPED, "907308"]);
}

/// Strangers decide how often somebody is refused, but not how much the log grows.
#[tokio::test(start_paused = true)]
async fn a_flood_of_refusals_is_bounded_and_summed_up() {
    let (logs, _guard) = record();
    let site = Site::new();
    let mut stranger = site.visitor();
    let (mut wrong, mut limited) = (0, 0);
    for number in 0..400 {
        // Another name each time: the limit of one name is a tenth of that of an address.
        let name = format!("{TYPED}-{number}");
        let form = [("username", name.as_str()), ("password", "x")];
        match stranger
            .post("/account/sign-in/", &form)
            .await
            .status
            .as_u16()
        {
            429 => limited += 1,
            _ => wrong += 1,
        }
    }
    // The limit is 300 in ten minutes; on a slow machine some come back while this runs.
    assert_eq!(wrong + limited, 400);
    assert!((300..330).contains(&wrong), "{wrong}");
    let (failed, refused) = ("a sign-in failed", "a limit refused a request");
    for text in [failed, refused] {
        assert_eq!(lines(&logs, text).len(), 60, "{text}");
    }
    tokio::time::sleep(Duration::from_secs(61)).await;
    let sum = lines(&logs, failed);
    assert_eq!(sum.len(), 61);
    assert!(
        sum[60].contains(&format!("a sign-in failed … and {} more", wrong - 60)),
        "{}",
        sum[60]
    );
    let sum = lines(&logs, refused);
    assert_eq!(sum.len(), 61);
    let more = format!("a limit refused a request … and {} more", limited - 60);
    for part in [more.as_str(), "limit=sign-in"] {
        assert!(sum[60].contains(part), "{part}: {}", sum[60]);
    }
    logs.assert_clean(&[TYPED]);
}
