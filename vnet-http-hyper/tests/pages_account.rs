//! Signing up, signing in, signing out.

#![allow(
    clippy::unwrap_used,
    reason = "in a test, what is not there is a failure"
)]

mod page_support;

use http::StatusCode;
use page_support::{PASSWORD, Site};
use vnet_http_hyper::HttpConfig;

const GOOD: [(&str, &str); 6] = [
    ("username", "grace"),
    ("email", "grace@example.org"),
    ("first_name", "Grace"),
    ("last_name", "Hopper"),
    ("password", PASSWORD),
    ("password_2", PASSWORD),
];

fn with<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form = GOOD.to_vec();
    for (field, value) in changes {
        form.iter_mut().find(|(name, _)| name == field).unwrap().1 = value;
    }
    form
}

#[tokio::test]
async fn signing_up_makes_an_account_and_signs_it_in() {
    let site = Site::new();
    let mut visitor = site.visitor();
    let page = visitor.get("/account/sign-up/").await;
    assert_eq!(page.title(), "VNET | Sign Up");
    assert_eq!(page.count("form#sign-form[method=\"post\"]"), 1);
    let page = visitor
        .post("/account/sign-up/", &with(&[("first_name", "  Grace ")]))
        .await;
    assert_eq!(
        (page.status, page.location()),
        (StatusCode::FOUND, "/account/")
    );
    let page = visitor.get("/account/").await;
    assert_eq!(page.title(), "VNET | grace - account page");
    assert!(page.body.contains("Grace Hopper"));
    for path in ["/account/sign-up/", "/account/sign-in/"] {
        let page = visitor.get(path).await;
        assert_eq!(
            (page.status, page.location()),
            (StatusCode::FOUND, "/account/")
        );
    }
}

/// Stands for a text of 151 characters.
const LONG: &str = "(long)";
const TOO_LONG: &str = "Ensure this value has at most 150 characters (it has 151).";
const REQUIRED: &str = "This field is required.";
/// Field, what is typed into it, and the message that this gets.
const WRONG: &[(&str, &str, &str)] = &[
    ("username", "", REQUIRED),
    ("username", " ", REQUIRED),
    ("email", "", REQUIRED),
    ("first_name", "", REQUIRED),
    ("last_name", " ", REQUIRED),
    ("password", "", REQUIRED),
    ("password_2", "", REQUIRED),
    ("username", LONG, TOO_LONG),
    (
        "username",
        "a b",
        "Enter a valid username. This value may contain only letters, numbers, and _ character.",
    ),
    (
        "username",
        "a@b",
        "No special characters on username (like: @, .), except _",
    ),
    (
        "username",
        "grüße",
        "No special characters on username (like: @, .), except _",
    ),
    ("username", "ADA", "The username 'ADA' already exists"),
    ("email", "nonsense", "Enter a valid email address."),
    (
        "email",
        "Ada@example.org",
        "The email 'Ada@example.org' already exists",
    ),
    ("first_name", LONG, TOO_LONG),
    ("last_name", LONG, TOO_LONG),
    ("password", "something else", "The passwords do not match"),
    (
        "password",
        "xK9#mq",
        "This password is too short. It must contain at least 8 characters.",
    ),
    ("password", "password", "This password is too common."),
    (
        "password",
        "8347120956",
        "This password is entirely numeric.",
    ),
    (
        "password",
        "grace_77",
        "The password is too similar to the username.",
    ),
    (
        "password",
        "hopper_77",
        "The password is too similar to the last name.",
    ),
];

#[tokio::test]
async fn each_wrong_field_says_why_and_keeps_what_was_typed() {
    let site = Site::new();
    site.user("ada").await;
    let long = "x".repeat(151);
    for (field, value, message) in WRONG {
        let value = if *value == LONG { long.as_str() } else { value };
        let mut visitor = site.visitor();
        let page = visitor
            .post("/account/sign-up/", &with(&[(field, value)]))
            .await;
        assert_eq!(page.status, StatusCode::OK, "{field} {value}");
        let messages = page.messages(field);
        assert!(
            messages.iter().any(|text| text == message),
            "{field} {value}: {messages:?}"
        );
        if !field.starts_with("password") && !value.trim().is_empty() {
            let kept = page.attributes(&format!("input[name=\"{field}\"]"), "value");
            assert_eq!(kept, [value]);
        }
        assert!(!page.body.contains(PASSWORD), "a password comes back");
        assert_eq!(
            page.attributes("input[type=\"password\"]", "value"),
            Vec::<String>::new()
        );
        assert!(visitor.cookies.is_empty());
    }
    let page = site.visitor().post("/account/sign-up/", &[]).await;
    assert_eq!(page.count("small.dab"), 6, "all fields at once");
}

#[tokio::test]
async fn passwords_may_begin_and_end_with_blanks() {
    let site = Site::new();
    let password = "  blanks at both ends ";
    let form = with(&[("password", password), ("password_2", password)]);
    let page = site.visitor().post("/account/sign-up/", &form).await;
    assert_eq!(page.status, StatusCode::FOUND);
    let form = [("username", "grace"), ("password", password)];
    let page = site.visitor().post("/account/sign-in/", &form).await;
    assert_eq!(page.status, StatusCode::FOUND);
}

#[tokio::test]
async fn wrong_and_unknown_names_are_told_the_same() {
    let site = Site::new();
    site.user("ada").await;
    let mut texts = Vec::new();
    for username in ["ada", "nobody"] {
        let form = [("username", username), ("password", "nonsense")];
        let page = site.visitor().post("/account/sign-in/", &form).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(
            page.attributes("input[name=\"username\"]", "value"),
            [username]
        );
        texts.push(page.texts(".alert h2").concat());
    }
    assert_eq!(
        texts[0],
        "Please enter a correct username and password. Note that both fields may be case-sensitive."
    );
    assert_eq!(texts[0], texts[1]);

    let page = site
        .visitor()
        .post("/account/sign-in/", &[("username", " ")])
        .await;
    assert_eq!(page.messages("username"), ["This field is required."]);
    assert_eq!(page.messages("password"), ["This field is required."]);
}

#[tokio::test]
async fn next_leads_to_this_host_only() {
    let site = Site::new();
    site.user("ada").await;
    for (next, location) in [
        ("/meet/conf/abc/", "/meet/conf/abc/"),
        ("/help/?q%3Da%26t%3Db", "/help/?q=a&t=b"),
        ("", "/account/"),
        ("https://evil.example/", "/account/"),
        ("//evil.example", "/account/"),
        ("/%5Cevil.example", "/account/"),
        ("%5C%5Cevil.example", "/account/"),
        ("/%09/evil.example", "/account/"),
        ("/%0D%0ASet-Cookie:%20a=b", "/account/"),
        ("javascript:alert(1)", "/account/"),
        ("account/", "/account/"),
    ] {
        let form = [("username", "ada"), ("password", PASSWORD)];
        let path = format!("/account/sign-in/?next={next}");
        let page = site.visitor().post(&path, &form).await;
        assert_eq!(
            (page.status, page.location()),
            (StatusCode::FOUND, location),
            "{next}"
        );
    }
}

#[tokio::test]
async fn personal_pages_send_visitors_to_sign_in_and_back() {
    let site = Site::new();
    site.user("ada").await;
    for path in [
        "/account/",
        "/meet/conf/abc/",
        "/account/meetings/",
        "/account/meetings/?all=1",
    ] {
        let mut visitor = site.visitor();
        let page = visitor.get(path).await;
        assert_eq!(page.status, StatusCode::FOUND);
        assert!(
            page.location().starts_with("/account/sign-in/?next=/"),
            "{}",
            page.location()
        );
        let form = [("username", "ada"), ("password", PASSWORD)];
        let location = page.location().to_owned();
        let page = visitor.post(&location, &form).await;
        assert_eq!(page.location(), path);
    }
    let page = site.visitor().get("/account/").await;
    assert_eq!(page.location(), "/account/sign-in/?next=/account/");
}

#[tokio::test]
async fn signing_out_takes_a_click() {
    let site = Site::new();
    site.user("ada").await;
    let mut browser = site.signed_in("ada").await;
    let page = browser.get("/account/sign-out/").await;
    assert_eq!(
        (page.status, page.count("main form[method=\"post\"]")),
        (StatusCode::OK, 1)
    );
    assert_eq!(browser.get("/account/").await.status, StatusCode::OK);
    let before = browser.cookies.clone();
    let page = browser
        .post("/account/sign-out/?next=//evil.example", &[])
        .await;
    assert_eq!((page.status, page.location()), (StatusCode::FOUND, "/"));
    assert!(browser.cookies.is_empty());
    browser.cookies = before;
    assert_eq!(
        browser.get("/account/").await.status,
        StatusCode::FOUND,
        "the cookie is dead"
    );
}

#[tokio::test]
async fn a_sign_in_is_counted_and_then_refused_with_the_wait() {
    let mut config = HttpConfig::default();
    config.rate_limits.set("sign-in=10/1h").unwrap();
    let site = Site::with(config);
    let form = [("username", "ada"), ("password", "nonsense")];
    assert_eq!(
        site.visitor().post("/account/sign-in/", &form).await.status,
        StatusCode::OK
    );
    let page = site.visitor().post("/account/sign-in/", &form).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(page.header("retry-after").parse::<u64>().unwrap() > 1);
    assert_eq!(page.texts(".fault-code"), ["429"]);
    assert!(page.body.contains("Please wait"));
}
