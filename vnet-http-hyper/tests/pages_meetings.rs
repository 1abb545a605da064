//! Scheduling in plain HTML, and the shell of the meeting page.

#![allow(
    clippy::unwrap_used,
    reason = "in a test, what is not there is a failure"
)]

mod page_support;

use http::StatusCode;
use page_support::Site;
use vnet_core::Limits;
use vnet_http_hyper::HttpConfig;

const GOOD: [(&str, &str); 5] = [
    ("title", " Planning <b> "),
    ("notes", "Bring\r\nfigures & \"words\""),
    ("start_time", "2099-11-03T14:00"),
    ("end_time", "2099-11-03T15:00"),
    ("offset", "+05:30"),
];

fn with<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form = GOOD.to_vec();
    for (field, value) in changes {
        form.iter_mut().find(|(name, _)| name == field).unwrap().1 = value;
    }
    form
}

async fn site() -> Site {
    let site = Site::new();
    site.user("ada").await;
    site.user("eve").await;
    site
}

/// The code of the only meeting in the list.
async fn code(browser: &mut page_support::Browser<'_>) -> String {
    let page = browser.get("/account/meetings/").await;
    page.texts("main .list .code").concat()
}

#[tokio::test]
async fn the_soonest_meeting_comes_first_on_the_first_page() {
    let mut limits = Limits::default();
    limits.meetings_per_page = 2;
    let site = Site::with_limits(limits);
    site.user("ada").await;
    let mut ada = site.signed_in("ada").await;
    // Scheduled in another order than they begin.
    for day in ["05", "01", "04", "02", "03"] {
        let (start, end) = (
            format!("2099-11-{day}T14:00"),
            format!("2099-11-{day}T15:00"),
        );
        let form = with(&[("title", day), ("start_time", &start), ("end_time", &end)]);
        let page = ada.post("/account/meetings/new/", &form).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
    }
    let (mut titles, mut next) = (Vec::new(), vec!["/account/meetings/".to_owned()]);
    while let Some(path) = next.pop() {
        let page = ada.get(&path).await;
        titles.push(page.texts(".list-title"));
        next.extend(page.attributes("main a[href*=\"after=\"]", "href"));
    }
    assert_eq!(titles, [vec!["01", "02"], vec!["03", "04"], vec!["05"]]);
    let titles = ada.get("/").await.texts(".list-title");
    assert!(
        titles.ends_with(&["01", "02", "03", "04", "05"].map(str::to_owned)),
        "{titles:?}"
    );
}

#[tokio::test]
async fn a_meeting_is_scheduled_changed_and_deleted() {
    let site = site().await;
    let mut ada = site.signed_in("ada").await;
    assert!(
        ada.get("/account/meetings/")
            .await
            .body
            .contains("No meetings scheduled")
    );
    let page = ada.get("/account/meetings/new/").await;
    assert_eq!(page.count("select[name=\"offset\"] option"), 38);
    let page = ada.post("/account/meetings/new/", &GOOD).await;
    assert_eq!(
        (page.status, page.location()),
        (StatusCode::SEE_OTHER, "/account/meetings/?done=created")
    );
    let page = ada.get("/account/meetings/").await;
    assert_eq!(page.texts(".list-title"), ["Planning <b>"]);
    let text = page.texts(".list-main").concat();
    assert!(
        text.contains("Tue 3 Nov 2099, 14:00 – 15:00 UTC+05:30"),
        "{text}"
    );

    let code = code(&mut ada).await;
    let path = format!("/account/meetings/{}/", code.replace('-', ""));
    let page = ada.get(&path).await;
    assert_eq!(
        page.attributes("[name=\"start_time\"]", "value"),
        ["2099-11-03T14:00"]
    );
    assert!(page.body.contains("http://meet.example.org/meet/conf/"));
    let form = with(&[("title", "Review"), ("end_time", ""), ("offset", "+00:00")]);
    let page = ada.post(&path, &form).await;
    assert_eq!(page.location(), "/account/meetings/?done=changed");
    let text = ada
        .get("/account/meetings/")
        .await
        .texts(".list-main")
        .concat();
    assert!(
        text.contains("Review Tue 3 Nov 2099, 14:00 UTC Code"),
        "{text}"
    );

    let page = ada.post(&format!("{path}delete/"), &[]).await;
    assert_eq!(page.location(), "/account/meetings/?done=deleted");
    assert_eq!(ada.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn wrong_fields_say_why_and_are_kept() {
    let site = site().await;
    let mut ada = site.signed_in("ada").await;
    let long = "x".repeat(101);
    for (field, value, message) in [
        ("title", "", "This field is required."),
        (
            "title",
            long.as_str(),
            "Ensure this field has no more than 100 characters.",
        ),
        ("notes", " ", "This field is required."),
        ("start_time", "", "This field is required."),
        (
            "start_time",
            "soon",
            "Write day and time like 2026-11-03T14:00.",
        ),
        (
            "start_time",
            "2026-02-30T10:00",
            "Write day and time like 2026-11-03T14:00.",
        ),
        (
            "end_time",
            "2099-11-03T14:00",
            "The end must be after the start.",
        ),
        ("offset", "+99:00", "Choose one of the offsets."),
    ] {
        let page = ada
            .post("/account/meetings/new/", &with(&[(field, value)]))
            .await;
        assert_eq!(page.status, StatusCode::OK, "{field} {value}");
        assert!(
            page.messages(field).contains(&message.to_owned()),
            "{field}: {:?}",
            page.messages(field)
        );
        assert_eq!(page.texts("textarea").concat().is_empty(), field == "notes");
    }
    assert!(
        ada.get("/account/meetings/")
            .await
            .body
            .contains("No meetings scheduled")
    );
}

#[tokio::test]
async fn meetings_belong_to_their_host() {
    let site = site().await;
    let mut ada = site.signed_in("ada").await;
    let mut eve = site.signed_in("eve").await;
    ada.post("/account/meetings/new/", &GOOD).await;
    let code = code(&mut ada).await;
    let path = format!("/account/meetings/{code}/");
    assert_eq!(eve.get(&path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(eve.post(&path, &GOOD).await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        eve.post(&format!("{path}delete/"), &[]).await.status,
        StatusCode::FORBIDDEN
    );
    assert!(
        eve.get("/account/meetings/")
            .await
            .body
            .contains("No meetings scheduled")
    );
}

#[tokio::test]
async fn a_code_leads_to_its_meeting_in_any_spelling() {
    let site = site().await;
    let mut ada = site.signed_in("ada").await;
    let mut eve = site.signed_in("eve").await;
    ada.post("/account/meetings/new/", &GOOD).await;
    let code = code(&mut ada).await;
    let plain = code.replace('-', "");
    for typed in [code.clone(), plain.to_uppercase(), code.replace('-', "+")] {
        let page = eve
            .get(&format!("/account/meetings/join/?join-code={typed}"))
            .await;
        assert_eq!(page.location(), format!("/meet/conf/{plain}/"), "{typed}");
    }
    let page = eve.get("/account/meetings/join/?join-code=%3Cb%3E").await;
    assert_eq!(
        page.texts("small.dab"),
        ["Could not find the meeting with code \"<b>\""]
    );
}

#[tokio::test]
async fn the_shell_configures_the_front_end() {
    let site = site().await;
    let mut ada = site.signed_in("ada").await;
    for path in [
        "/meet/",
        "/meet/new-meeting/",
        "/meet/conf/abc/",
        "/meet/x/y/z/",
    ] {
        let page = ada.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        for (name, value) in [
            ("data-signalling-server", "ws://meet.example.org/vnet/ps/"),
            ("data-user-details-url", "/account/get/user-details/?acs=1"),
            ("data-get-meetings-url", "/meeting/meetings/"),
            ("data-create-meeting-url", "/meeting/new/"),
            ("data-profile-page", "/account/"),
            ("data-vnet-logo", "/static/logo.svg"),
            ("data-vnet-background", "/static/background.svg"),
            ("data-vnet-background-large", "/static/background.svg"),
        ] {
            assert_eq!(page.attributes("div#root.main", name), [value], "{path}");
        }
        assert!(page.headers.get("set-cookie").is_none());
    }
    for path in ["/xmeet/", "/foo/meet/x/"] {
        assert_eq!(ada.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_signalling_address_follows_the_public_one() {
    let url = Some("https://vnet.example.com".parse().unwrap());
    let config = HttpConfig::default()
        .with_public_url(url)
        .with_path_prefix("/app".parse().unwrap());
    let site = Site::with(config);
    site.user("ada").await;
    let mut ada = site.visitor();
    let form = [("username", "ada"), ("password", page_support::PASSWORD)];
    ada.post("/app/account/sign-in/", &form).await;
    let page = ada.get("/app/meet/").await;
    assert_eq!(
        page.attributes("#root", "data-signalling-server"),
        ["wss://vnet.example.com/app/vnet/ps/"]
    );
}

#[tokio::test]
async fn the_shell_shows_guests_the_meeting_but_no_address() {
    let site = site().await;
    let mut ada = site.signed_in("ada").await;
    let mut eve = site.signed_in("eve").await;
    ada.post("/account/meetings/new/", &GOOD).await;
    let code = code(&mut ada).await;
    let page = eve.get(&format!("/meet/conf/{code}/")).await;
    assert_eq!(page.texts("h1"), ["Planning <b>"]);
    assert!(page.texts(".facts").concat().contains("Augusta King"));
    assert!(
        !page.body.contains("ada@example.org"),
        "the host's address is not for guests"
    );
    assert!(!page.body.contains("Edit this meeting"));
    let page = eve.get("/meet/conf/%3Cb%3E/").await;
    assert!(
        page.texts(".alert")
            .concat()
            .contains("Could not find the meeting with code \"<b>\"")
    );
    assert_eq!(page.count("main b"), 0);
}
