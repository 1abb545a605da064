//! Signing in by JSON, details, tokens, and who may call.

mod support;

use serde_json::{Value, json};
use support::{PASSWORD, start, start_with};
use vnet_http_hyper::{HttpConfig, RateLimits};

const DETAILS: &str = "/account/get/user-details/";
const LOGIN: &str = "/account/p-login/";

#[tokio::test]
async fn details_are_those_of_the_session() {
    let server = start().await;
    let ada = server.browser("ada").await;
    let answer = server.get_as(&ada, DETAILS).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.json(),
        json!({
            "username": "ada", "first_name": "Ada", "last_name": "Byron",
            "email": "ada@example.org", "meeting_name": "ada",
            "profile_image": "/media/profile/images/def/pc.jpg",
        })
    );
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("x-frame-options"), Some("DENY"));
    assert_eq!(answer.header("vary"), Some("Accept, Cookie"));
    assert_eq!(answer.header("x-request-id").unwrap().len(), 16);
}

#[tokio::test]
async fn calling_details_are_there_when_asked_for() {
    let server = start().await;
    let ada = server.browser("ada").await;
    let with = server
        .get_as(&ada, &format!("{DETAILS}?acs=1"))
        .await
        .json();
    assert!(
        with["acs_identity"]
            .as_str()
            .unwrap()
            .starts_with("8:vnet:")
    );
    assert!(with["acs_token"].as_str().unwrap().contains('.'));
    let token = with["auth_token"].as_str().unwrap();
    let header = format!("toKEN {token}");
    let answer = server
        .request("GET", DETAILS, &[("Authorization", &header)], b"")
        .await;
    assert_eq!(
        (answer.status, &answer.json()["username"]),
        (200, &json!("ada"))
    );
    assert!(
        server
            .get_as(&ada, &format!("{DETAILS}?acs=0"))
            .await
            .json()
            .get("acs_token")
            .is_none()
    );
    for wrong in ["abc", "", "1.5", "true", "99999999999999999999"] {
        let answer = server.get_as(&ada, &format!("{DETAILS}?acs={wrong}")).await;
        assert_eq!(answer.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn the_token_header_is_read_as_the_contract_says() {
    let server = start().await;
    let ada = server.browser("ada").await;
    for (header, detail) in [
        (None, "Authentication credentials were not provided."),
        (
            Some("Bearer x"),
            "Authentication credentials were not provided.",
        ),
        (Some("Token wrong"), "Invalid token."),
        (
            Some("Token"),
            "Invalid token header. No credentials provided.",
        ),
        (
            Some("Token a b"),
            "Invalid token header. Token string should not contain spaces.",
        ),
    ] {
        let headers: Vec<_> = header
            .map(|value| ("Authorization", value))
            .into_iter()
            .collect();
        let answer = server.request("GET", DETAILS, &headers, b"").await;
        assert_eq!(
            (answer.status, answer.json()),
            (401, json!({"detail": detail}))
        );
        assert_eq!(answer.header("www-authenticate"), Some("Token"));
    }
    // A wrong token is refused beside a good session; another scheme is not looked at.
    let cookie = ("Cookie", ada.cookie.as_str());
    let wrong = [cookie, ("Authorization", "Token wrong")];
    assert_eq!(
        server.request("GET", DETAILS, &wrong, b"").await.status,
        401
    );
    let other = [cookie, ("Authorization", "Basic eDp5")];
    assert_eq!(
        server.request("GET", DETAILS, &other, b"").await.status,
        200
    );
}

#[tokio::test]
async fn a_deactivated_account_is_told_so() {
    let server = start().await;
    let user = server.sign_up("ada").await;
    let token = server.vnet.accounts().issue_bearer(&user);
    let mut inactive = user.clone();
    inactive.is_active = false;
    server.vnet.store().update_user(&inactive).await.unwrap();
    let header = format!("Token {}", token.expose());
    let answer = server
        .request("GET", DETAILS, &[("Authorization", &header)], b"")
        .await;
    assert_eq!(
        (answer.status, answer.json()),
        (401, json!({"detail": "User inactive or deleted."}))
    );
}

#[tokio::test]
async fn signing_in_by_json_gives_details_and_no_session() {
    let server = start().await;
    server.sign_up("ada").await;
    let about = server.get(LOGIN).await.json();
    assert_eq!(
        about,
        json!({"url": "user authentication", "fields": ["username", "password"], "returns": ["user_data"]})
    );
    let good = json!({"username": "ada", "password": PASSWORD});
    let answer = server.post_json(LOGIN, &good).await;
    assert_eq!(
        (answer.status, &answer.json()["success"]),
        (200, &json!(true))
    );
    assert!(answer.json()["details"]["auth_token"].is_string());
    assert_eq!(answer.header("set-cookie"), None);
    for none in [json!(false), json!(0), json!("")] {
        let sent = json!({"username": "ada", "password": PASSWORD, "acs": none});
        let details = server.post_json(LOGIN, &sent).await.json()["details"].clone();
        assert!(details.get("acs_token").is_none() && details["email"] == "ada@example.org");
    }
    let form = format!("username=ada&password={}&acs=0", PASSWORD.replace(' ', "+"));
    let kind = [("Content-Type", "application/x-www-form-urlencoded")];
    let answer = server.request("POST", LOGIN, &kind, form.as_bytes()).await;
    assert!(answer.json()["details"]["acs_token"].is_string());
    let multipart = format!(
        "--X\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\nada\r\n--X\r\n\
         Content-Disposition: form-data; name=\"password\"\r\n\r\n{PASSWORD}\r\n--X--\r\n"
    );
    let kind = [("Content-Type", "multipart/form-data; boundary=X")];
    let answer = server
        .request("POST", LOGIN, &kind, multipart.as_bytes())
        .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn wrong_credentials_look_the_same_whoever_exists() {
    let server = start().await;
    server.sign_up("ada").await;
    let wrong =
        json!({"url": "user authentication", "success": false, "error": "Wrong Credentials"});
    for sent in [
        json!({"username": "ada", "password": "x"}),
        json!({"username": "nobody", "password": "x"}),
        json!({"username": "ada", "password": 5}),
        json!({"username": "nobody", "password": 5}),
        json!({"username": "ada"}),
        json!([]),
        json!("x"),
        json!(7),
        Value::Null,
    ] {
        let answer = server.post_json(LOGIN, &sent).await;
        assert_eq!(
            (answer.status, answer.json()),
            (400, wrong.clone()),
            "{sent}"
        );
    }
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let mut limits = RateLimits::default();
    limits.set("sign-in=50/1h").unwrap();
    let server = start_with(HttpConfig::default().with_rate_limits(limits)).await;
    server.sign_up("ada").await;
    let wrong = json!({"username": "ada", "password": "wrong"});
    for _ in 0..5 {
        assert_eq!(server.post_json(LOGIN, &wrong).await.status, 400);
    }
    let right = json!({"username": "ADA", "password": PASSWORD});
    let answer = server.post_json(LOGIN, &right).await;
    assert_eq!(answer.status, 429);
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=720).contains(&wait), "{wait}");
    let other = json!({"username": "eve", "password": "wrong"});
    assert_eq!(server.post_json(LOGIN, &other).await.status, 400);
}

#[tokio::test]
async fn an_access_token_is_given_to_session_and_token() {
    let server = start().await;
    let ada = server.browser("ada").await;
    let answer = server
        .send_json(&ada, "POST", "/account/acs-token/", &json!({}))
        .await;
    assert_eq!(answer.status, 200);
    assert!(answer.json()["token"].is_string());
    let expiry = answer.json()["expires_on"].as_str().unwrap().to_owned();
    assert!(
        expiry.ends_with("+00:00") && expiry.contains('T'),
        "{expiry}"
    );
    let token = server.vnet.accounts().issue_bearer(&ada.user);
    let header = format!("Token {}", token.expose());
    let headers = [
        ("Authorization", header.as_str()),
        ("Origin", "https://evil.example"),
    ];
    assert_eq!(
        server
            .request("POST", "/account/acs-token/", &headers, b"")
            .await
            .status,
        200
    );
    assert_eq!(
        server
            .request("POST", "/account/acs-token/", &[], b"")
            .await
            .status,
        401
    );
    assert_eq!(server.get_as(&ada, "/account/acs-token/").await.status, 405);
}

#[tokio::test]
async fn other_sites_cannot_act_with_the_cookie() {
    let server = start().await;
    let ada = server.browser("ada").await;
    let own = format!("http://{}", server.address);
    let status = async |extra: &[(&str, &str)]| {
        let mut headers = vec![("Cookie", ada.cookie.as_str())];
        headers.extend_from_slice(extra);
        server
            .request("POST", "/account/acs-token/", &headers, b"")
            .await
            .status
    };
    assert_eq!(status(&[]).await, 200);
    assert_eq!(status(&[("Origin", &own)]).await, 200);
    assert_eq!(
        status(&[("Sec-Fetch-Site", "same-origin"), ("Origin", &own)]).await,
        200
    );
    assert_eq!(status(&[("Sec-Fetch-Site", "none")]).await, 200);
    for foreign in [
        &[("Origin", "https://evil.example")][..],
        &[("Origin", "null")],
        &[("Origin", "http://127.0.0.1:1")],
        &[("Sec-Fetch-Site", "cross-site")],
        &[
            ("Sec-Fetch-Site", "same-site"),
            ("Origin", "http://127.0.0.1:1"),
        ],
        &[("Referer", "https://evil.example/x")],
    ] {
        assert_eq!(status(foreign).await, 403, "{foreign:?}");
    }
}

#[tokio::test]
async fn a_used_session_moves_its_cookie_along() {
    let server = start().await;
    let ada = server.browser("ada").await;
    assert_eq!(
        server.get_as(&ada, DETAILS).await.header("set-cookie"),
        None
    );
    let past = server.vnet.clock().now() - time::Duration::hours(1);
    let until = ada.session.expires_at;
    server
        .vnet
        .store()
        .touch_session(&ada.session.id, past, until)
        .await
        .unwrap();
    let answer = server.get_as(&ada, DETAILS).await;
    let cookie = answer.header("set-cookie").unwrap();
    assert!(
        cookie.starts_with(&format!(
            "{}; Max-Age=1209600; Path=/; HttpOnly",
            ada.cookie
        )),
        "{cookie}"
    );
}
