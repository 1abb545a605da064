//! What proxies say, believed or not.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod support;

use support::{Browser, Server, start_with};
use vnet_http_hyper::{HttpConfig, RateLimits};

/// The cookie that an answer renews through a proxy that says `https`.
async fn renewed(server: &Server, ada: &Browser) -> String {
    let past = server.vnet.clock().now() - time::Duration::hours(1);
    let (id, until) = (&ada.session.id, ada.session.expires_at);
    let store = server.vnet.store();
    store.touch_session(id, past, until).await.unwrap();
    let headers = [
        ("Cookie", ada.cookie.as_str()),
        ("X-Forwarded-Proto", "https"),
    ];
    let path = "/account/get/user-details/";
    let answer = server.request("GET", path, &headers, b"").await;
    answer.header("set-cookie").unwrap().to_owned()
}

#[tokio::test]
async fn the_cookie_is_secure_when_a_trusted_proxy_says_https() {
    let trusting = HttpConfig::default().with_trusted_proxies(vec!["127.0.0.0/8".parse().unwrap()]);
    let server = start_with(trusting).await;
    let ada = server.browser("ada").await;
    assert!(renewed(&server, &ada).await.ends_with("; Secure"));
    let server = start_with(HttpConfig::default()).await;
    let ada = server.browser("ada").await;
    assert!(!renewed(&server, &ada).await.contains("Secure"));
}

#[tokio::test]
async fn a_public_url_decides_and_is_an_origin_of_ones_own() {
    let url = "https://meet.example.org".parse().unwrap();
    let server = start_with(HttpConfig::default().with_public_url(Some(url))).await;
    let ada = server.browser("ada").await;
    assert!(renewed(&server, &ada).await.ends_with("; Secure"));
    for (origin, status) in [
        ("https://meet.example.org", 200),
        ("https://example.org", 403),
    ] {
        let headers = [("Cookie", ada.cookie.as_str()), ("Origin", origin)];
        let answer = server
            .request("POST", "/account/acs-token/", &headers, b"")
            .await;
        assert_eq!(answer.status, status, "{origin}");
    }
}

#[tokio::test]
async fn attempts_are_counted_by_client_behind_a_trusted_proxy() {
    let mut limits = RateLimits::default();
    limits.set("sign-in=1/1h").unwrap();
    let trusting = HttpConfig::default()
        .with_trusted_proxies(vec!["127.0.0.1".parse().unwrap()])
        .with_rate_limits(limits);
    let server = start_with(trusting).await;
    for (client, name, status) in [
        ("192.0.2.1", "a", 400),
        ("192.0.2.1", "b", 429),
        ("192.0.2.2", "c", 400),
    ] {
        let headers = [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("X-Forwarded-For", client),
        ];
        let body = format!("username={name}&password=x");
        let answer = server
            .request("POST", "/account/p-login/", &headers, body.as_bytes())
            .await;
        assert_eq!(answer.status, status, "{client} {name}");
    }
}
