//! Everything a client can send wrong is answered with 4xx: never 5xx, a hang or a panic.

mod support;

use support::{start, start_with};
use vnet_http_hyper::{HttpConfig, RateLimits};

const LOGIN: &str = "/account/p-login/";

fn is_4xx(status: u16) -> bool {
    (400..500).contains(&status)
}

#[tokio::test]
async fn paths_and_queries() {
    let server = start().await;
    let long = format!("/account/{}/", "a".repeat(20_000));
    for path in [
        "/nope/",
        "//evil.example/",
        "/%",
        "/%zz/",
        "/%ff/",
        "/%00/",
        "/..",
        "/static/../Cargo.toml",
        "/static/%2e%2e/Cargo.toml",
        "/static/",
        "/media/",
        "/media/profiles/images/pc/x.jpg",
        "/media/profiles/images/pc/../../x",
        "/xmeet/",
        "/foo/meet/x",
        "/meeting/meetings/%ff%fe/",
        "/help/article/99999999999999999999/",
        "/help/article/%D9%A1/",
        "/vnet/ps/%D9%A1%D9%A2%D9%A3%D9%A4%D9%A5%D9%A6/",
        &long,
    ] {
        let answer = server.get(path).await;
        assert!(is_4xx(answer.status), "{path}: {}", answer.status);
        assert_eq!(
            server.request("POST", path, &[], b"").await.status / 100,
            4,
            "{path}"
        );
    }
    for query in ["?", "?%", "?%ff", "?acs=%ff", "?=&&==&", "?acs=1&acs=2"] {
        let answer = server
            .get(&format!("/account/get/user-details/{query}"))
            .await;
        assert_eq!(answer.status, 401, "{query}");
    }
    for query in ["?q=%ff%00&t=%", "?q=%F0%9F%98%80", "?next=//evil.example"] {
        assert_eq!(
            server.get(&format!("/help/{query}")).await.status,
            200,
            "{query}"
        );
    }
}

#[tokio::test]
async fn bodies() {
    let mut limits = RateLimits::default();
    limits.set("sign-in=1000000/1s").unwrap();
    let config = HttpConfig::default().with_rate_limits(limits);
    let server = start_with(config.with_max_body_bytes(4_096)).await;
    let nested = "[".repeat(2_000);
    let large = "x".repeat(5_000);
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    let multipart = "multipart/form-data; boundary=X";
    for (kind, body, status) in [
        (json, "{", 400),
        (json, "", 400),
        (json, "\u{feff}{}", 400),
        (json, "{\"username\": NaN}", 400),
        (json, &nested, 400),
        (json, "{\"username\":\"\\ud800\"}", 400),
        (json, &large, 413),
        (form, "username=%ff", 400),
        (form, "%", 400),
        (form, &large, 413),
        (multipart, "", 400),
        (multipart, "nonsense", 400),
        (multipart, "--X\r\n", 400),
        (multipart, "--X\r\n\r\n\r\n--X--", 400),
        ("multipart/form-data", "x", 415),
        ("text/plain", "x", 415),
        ("", "x", 415),
        ("application/json\u{e9}", "{}", 415),
    ] {
        let answer = server
            .request("POST", LOGIN, &[("Content-Type", kind)], body.as_bytes())
            .await;
        assert_eq!(
            answer.status,
            status,
            "{kind}: {body:.40}: {:?}",
            String::from_utf8_lossy(&answer.body)
        );
        assert!(answer.json().is_object());
    }
}

#[tokio::test]
async fn bodies_that_are_refused_say_why() {
    let server = start().await;
    let json = "application/json";
    let answer = server
        .request(
            "POST",
            LOGIN,
            &[("Content-Type", json)],
            b"{\"a\":\"\xff\"}",
        )
        .await;
    assert_eq!(answer.status, 400);
    let answer = server
        .request("POST", LOGIN, &[("Content-Type", "text/plain")], b"x")
        .await;
    assert_eq!(
        answer.json()["detail"],
        "Unsupported media type \"text/plain\" in request."
    );
    let answer = server
        .request("POST", LOGIN, &[("Content-Type", json)], b"{")
        .await;
    assert!(
        answer.json()["detail"]
            .as_str()
            .unwrap()
            .starts_with("JSON parse error - ")
    );
}

#[tokio::test]
async fn requests_that_are_no_http() {
    let server = start().await;
    let many = format!(
        "GET / HTTP/1.1\r\nHost: a\r\n{}\r\n",
        "X: y\r\n".repeat(200)
    );
    let large = format!(
        "GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n",
        "y".repeat(100_000)
    );
    for bytes in [
        "nonsense\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n",
        "POST /account/p-login/ HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        "POST /account/p-login/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST /account/p-login/ HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST /account/p-login/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        "POST /account/p-login/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST /account/p-login/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n",
        &many,
        &large,
    ] {
        let answer = server.raw(bytes.as_bytes()).await;
        assert!(is_4xx(answer.status), "{bytes:.60}: {}", answer.status);
    }
    assert_eq!(server.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn headers() {
    let server = start().await;
    let ada = server.browser("ada").await;
    for (name, value, status) in [
        ("Host", "a/b", 400),
        ("Host", "", 400),
        ("Host", "a b", 400),
        ("Accept", "image/png", 406),
        ("Cookie", "sessionid=\u{e9}; ;;=;sessionid", 401),
        ("Authorization", "Token \u{e9}", 401),
        ("Authorization", "", 401),
        ("X-Request-Id", "\u{e9}", 401),
        ("Forwarded", "for=\"\u{e9};;=", 401),
        ("If-None-Match", ",,\"", 401),
    ] {
        let answer = server
            .request("GET", "/account/get/user-details/", &[(name, value)], b"")
            .await;
        assert_eq!(answer.status, status, "{name}: {value}");
    }
    let two = [("Host", "a"), ("Host", "b")];
    assert_eq!(server.request("GET", "/", &two, b"").await.status, 400);
    let noisy = format!("sessionid=bad; {}; sessionid=", ada.cookie);
    let headers = [("Cookie", noisy.as_str()), ("X-Request-Id", "abc-1")];
    let answer = server
        .request("GET", "/account/get/user-details/", &headers, b"")
        .await;
    assert_eq!(
        (answer.status, answer.header("x-request-id")),
        (200, Some("abc-1"))
    );
}

#[tokio::test]
async fn methods() {
    let server = start().await;
    let ada = server.browser("ada").await;
    let cookie = [("Cookie", ada.cookie.as_str())];
    for (method, path, allow) in [
        ("PUT", LOGIN, "GET, HEAD, POST, OPTIONS"),
        ("DELETE", "/account/get/user-details/", "GET, HEAD, OPTIONS"),
        ("POST", "/meeting/meetings/", "GET, HEAD, OPTIONS"),
        (
            "PUT",
            "/meeting/meetings/abc/",
            "GET, HEAD, PATCH, DELETE, OPTIONS",
        ),
        ("NONSENSE", "/meeting/new/", "GET, HEAD, POST, OPTIONS"),
        ("POST", "/healthz", "GET, HEAD"),
        ("POST", "/static/vnet.css", "GET, HEAD"),
    ] {
        let answer = server.request(method, path, &cookie, b"").await;
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, Some(allow)),
            "{method} {path}"
        );
    }
    let answer = server.request("PUT", LOGIN, &[], b"").await;
    assert_eq!(answer.json()["detail"], "Method \"PUT\" not allowed.");
    assert_eq!(
        server
            .request("PUT", "/meeting/new/", &[], b"")
            .await
            .status,
        401
    );
    let options = server.request("OPTIONS", LOGIN, &[], b"").await;
    assert_eq!(
        (options.status, options.header("allow")),
        (200, Some("GET, HEAD, POST, OPTIONS"))
    );
    assert_eq!(options.json()["parses"].as_array().unwrap().len(), 3);
    assert_eq!(
        server
            .request("OPTIONS", "/meeting/new/", &[], b"")
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn heads_are_gets_without_a_body() {
    let server = start().await;
    let ada = server.browser("ada").await;
    let cookie = [("Cookie", ada.cookie.as_str())];
    for path in [
        "/account/get/user-details/",
        "/meeting/meetings/",
        "/meeting/new/",
        LOGIN,
        "/healthz",
        "/readyz",
        "/static/vnet.css",
        "/media/profile/images/def/pc.jpg",
        "/",
        "/account/",
        "/help/",
    ] {
        let (get, head) = (
            server.request("GET", path, &cookie, b"").await,
            server.request("HEAD", path, &cookie, b"").await,
        );
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        assert_eq!(
            head.header("content-length"),
            get.header("content-length"),
            "{path}"
        );
        assert_eq!(
            get.header("content-length"),
            Some(get.body.len().to_string().as_str()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_last_slash_is_added() {
    let server = start().await;
    for (path, location) in [
        ("/account", "/account/"),
        ("/meeting/meetings/a=b?x=1", "/meeting/meetings/a%3Db/?x=1"),
        ("/vnet/ps/123456", "/vnet/ps/123456/"),
        ("/meet/conf/abc", "/meet/conf/abc/"),
    ] {
        let answer = server.get(path).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (301, Some(location))
        );
        assert!(answer.body.is_empty());
        assert_eq!(server.request("POST", path, &[], b"").await.status, 308);
    }
}

#[tokio::test]
async fn pictures_and_files_are_kept_and_asked_about() {
    let server = start().await;
    let mut ada = server.sign_up("ada").await;
    let avatar = vnet_core::testkit::samples::avatar();
    server
        .vnet
        .accounts()
        .set_avatar(&ada.id, Some(avatar.clone()))
        .await
        .unwrap();
    ada = server.vnet.accounts().get(&ada.id).await.unwrap();
    let path = format!("/media/profiles/images/pc/{}.jpg", ada.avatar.unwrap());
    for path in [
        path.as_str(),
        "/media/profile/images/def/pc.jpg",
        "/static/logo.svg",
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert!(!answer.body.is_empty());
        let tag = answer.header("etag").unwrap();
        let again = server
            .request("GET", path, &[("If-None-Match", tag)], b"")
            .await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        assert_eq!(again.header("etag"), Some(tag));
    }
    assert_eq!(server.get(&path).await.body, avatar.bytes);
}
