//! What owners do with their accounts.

#![allow(
    clippy::unwrap_used,
    reason = "in a test, what is not there is a failure"
)]

mod page_support;

use std::io::Cursor;

use http::{Method, StatusCode};
use page_support::{PASSWORD, Page, Site};

async fn ada(site: &Site) -> page_support::Browser<'_> {
    site.user("ada").await;
    site.signed_in("ada").await
}

#[tokio::test]
async fn the_profile_can_be_changed() {
    let site = Site::new();
    let mut browser = ada(&site).await;
    site.user("eve").await;
    let page = browser.get("/account/").await;
    let revision = page
        .attributes("input[name=\"revision\"]", "value")
        .concat();
    let form = |username, revision| {
        [
            ("username", username),
            ("email", "new@example.org"),
            ("first_name", "Ada"),
            ("last_name", "<b>Byron"),
            ("meeting_name", "The \"Countess\""),
            ("revision", revision),
        ]
    };
    let page = browser
        .post("/account/profile/", &form("EVE", &revision))
        .await;
    assert_eq!(
        page.messages("username"),
        ["The username 'EVE' already exists"]
    );
    let page = browser
        .post("/account/profile/", &form("countess", &revision))
        .await;
    assert_eq!(
        (page.status, page.location()),
        (StatusCode::SEE_OTHER, "/account/?done=profile")
    );
    let page = browser.get("/account/?done=profile").await;
    assert_eq!(page.texts(".alert.done"), ["Your profile was saved."]);
    assert_eq!(page.texts("h1"), ["Ada <b>Byron"]);
    assert_eq!(page.count("main b"), 0);
    assert_eq!(
        page.attributes("input[name=\"meeting_name\"]", "value"),
        ["The \"Countess\""]
    );
    let page = browser
        .post("/account/profile/", &form("ada", &revision))
        .await;
    assert!(
        page.texts(".alert h2")
            .concat()
            .contains("changed elsewhere"),
        "stale form"
    );
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_and_stays_unseen() {
    let site = Site::new();
    let mut browser = ada(&site).await;
    let mut other = site.signed_in("ada").await;
    let new = "ein neues langes wort";
    let form = [
        ("current", "wrong"),
        ("password", new),
        ("password_2", "other"),
    ];
    let page = browser.post("/account/password/", &form).await;
    assert_eq!(
        page.messages("current"),
        ["This is not your current password."]
    );
    assert_eq!(page.messages("password_2"), ["The passwords do not match"]);
    assert!(!page.body.contains(new));
    let form = [
        ("current", PASSWORD),
        ("password", new),
        ("password_2", new),
    ];
    let page = browser.post("/account/password/", &form).await;
    assert_eq!(page.location(), "/account/?done=password");
    assert_eq!(browser.get("/account/").await.status, StatusCode::OK);
    assert_eq!(other.get("/account/").await.status, StatusCode::FOUND);
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let site = Site::new();
    let mut browser = ada(&site).await;
    let mut second = site.signed_in("ada").await;
    let mut third = site.signed_in("ada").await;
    site.user("eve").await;
    let mut eve = site.signed_in("eve").await;
    let page = browser.get("/account/").await;
    assert_eq!(page.count("#sessions li"), 3);
    assert_eq!(page.texts("#sessions .badge"), ["this browser"]);
    let ids = page.attributes("input[name=\"session\"]", "value");
    assert_eq!(ids.len(), 2);
    eve.post("/account/sessions/end/", &[("session", &ids[0])])
        .await;
    assert_eq!(
        browser.get("/account/").await.count("#sessions li"),
        3,
        "not hers to end"
    );
    let page = browser
        .post("/account/sessions/end/", &[("session", &ids[0])])
        .await;
    assert_eq!(page.location(), "/account/?done=session");
    let dead = [
        third.get("/account/").await.status,
        second.get("/account/").await.status,
    ];
    assert_eq!(
        dead.iter()
            .filter(|status| **status == StatusCode::FOUND)
            .count(),
        1
    );
    browser.post("/account/sessions/end-others/", &[]).await;
    assert_eq!(browser.get("/account/").await.count("#sessions li"), 1);
    let page = browser
        .post("/account/sessions/end/", &[("session", "x")])
        .await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = image::DynamicImage::new_luma8(width, height);
    picture
        .write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png)
        .unwrap();
    bytes
}

fn refusal(page: &Page) -> String {
    assert_eq!(page.status, StatusCode::OK);
    page.messages("picture").concat()
}

#[tokio::test]
async fn a_picture_is_judged_by_its_content_and_its_ending() {
    let site = Site::new();
    let mut browser = ada(&site).await;
    let path = "/account/avatar/";
    let page = browser
        .upload(path, "picture", "me.png", &png(300, 200))
        .await;
    assert_eq!(page.location(), "/account/?done=picture");
    let page = browser.get("/account/").await;
    let address = page.attributes("img.avatar-l", "src").concat();
    let picture = browser.get(&address).await;
    assert_eq!(picture.header("content-type"), "image/jpeg");
    let read = image::load_from_memory(&picture.bytes).unwrap();
    assert_eq!((read.width(), read.height()), (256, 256));

    let html = b"<!doctype html><script>alert(1)</script>";
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    for (name, bytes, message) in [
        ("me.png", &html[..], "not a picture"),
        ("me.svg", &svg[..], "must end in"),
        ("me.png", &svg[..], "not a picture"),
        ("me.html", &png(9, 9), "must end in"),
        ("bomb.png", &png(8000, 8000), "too many pixels"),
        ("me.png", b"", "Choose a picture first"),
    ] {
        let page = browser.upload(path, "picture", name, bytes).await;
        assert!(
            refusal(&page).contains(message),
            "{name}: {}",
            refusal(&page)
        );
    }
    assert_eq!(
        browser
            .get("/account/")
            .await
            .attributes("img.avatar-l", "src"),
        [address.as_str()]
    );
    let page = browser
        .upload(path, "picture", "me.png", &vec![0; 9_000_000])
        .await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);

    browser.post("/account/avatar/remove/", &[]).await;
    let page = browser.get("/account/").await;
    let default = page.attributes("img.avatar-l", "src").concat();
    assert_ne!(default, address);
    assert_eq!(browser.get(&default).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_account_is_deleted_with_its_password_only() {
    let site = Site::new();
    let mut browser = ada(&site).await;
    let page = browser
        .post("/account/delete/", &[("password", "wrong")])
        .await;
    assert_eq!(
        page.messages("password").last().unwrap(),
        "This is not your password."
    );
    let page = browser
        .post("/account/delete/", &[("password", PASSWORD)])
        .await;
    assert_eq!(page.location(), "/?done=deleted");
    assert!(browser.cookies.is_empty());
    assert!(
        browser
            .get("/?done=deleted")
            .await
            .body
            .contains("Your account was deleted.")
    );
    let form = [("username", "ada"), ("password", PASSWORD)];
    assert_eq!(
        browser.post("/account/sign-in/", &form).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn forms_act_on_post_only_and_for_users_only() {
    let site = Site::new();
    let mut browser = ada(&site).await;
    for path in [
        "/account/profile/",
        "/account/password/",
        "/account/avatar/",
        "/account/avatar/remove/",
        "/account/sessions/end/",
        "/account/sessions/end-others/",
        "/account/delete/",
    ] {
        assert_eq!(
            browser.get(path).await.status,
            StatusCode::METHOD_NOT_ALLOWED,
            "{path}"
        );
        let page = site.visitor().post(path, &[]).await;
        assert_eq!(
            page.location(),
            "/account/sign-in/?next=/account/",
            "{path}"
        );
    }
    let page = browser
        .send(Method::HEAD, "/account/", None, bytes::Bytes::new())
        .await;
    assert_eq!((page.status, page.body.as_str()), (StatusCode::OK, ""));
}
