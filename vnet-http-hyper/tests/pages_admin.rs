//! The pages of the staff, and who may not see them.

#![allow(
    clippy::unwrap_used,
    reason = "in a test, what is not there is a failure"
)]

mod page_support;

use http::StatusCode;
use page_support::{PASSWORD, Site, sign_up};
use time::Duration;
use vnet_core::meetings::MeetingDraft;

const PATHS: [&str; 7] = [
    "/admin/",
    "/admin/users/",
    "/admin/users/new/",
    "/admin/meetings/",
    "/admin/help/",
    "/admin/help/new/",
    "/admin/help/1/",
];

async fn site() -> Site {
    let site = Site::new();
    site.staff("boss").await;
    site.user("eve").await;
    site.vnet.seed_help().await.unwrap();
    site
}

#[tokio::test]
async fn only_staff_comes_in() {
    let site = site().await;
    let mut boss = site.signed_in("boss").await;
    let mut eve = site.signed_in("eve").await;
    for path in PATHS {
        assert_eq!(boss.get(path).await.status, StatusCode::OK, "{path}");
        let page = eve.get(path).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
        assert!(page.body.contains("staff of this server"));
        let mut visitor = site.visitor();
        let page = visitor.get(path).await;
        assert_eq!(page.location(), format!("/account/sign-in/?next={path}"));
        let location = page.location().to_owned();
        let page = visitor.get(&location).await;
        assert!(
            page.texts(".alert.info").concat().contains("staff"),
            "an explanation"
        );
    }
    let form = [("username", "x")];
    for path in [
        "/admin/users/new/",
        "/admin/help/new/",
        "/admin/help/1/delete/",
    ] {
        assert_eq!(
            eve.post(path, &form).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    assert!(!eve.get("/").await.body.contains("/admin/"));
    assert!(boss.get("/").await.body.contains("/admin/"));
}

#[tokio::test]
async fn users_are_searched_and_paged() {
    let site = site().await;
    for number in 0..55 {
        site.user(&format!("user_{number:02}")).await;
    }
    let mut boss = site.signed_in("boss").await;
    let page = boss.get("/admin/users/").await;
    assert_eq!(page.count("tbody tr"), 50);
    let next = page.attributes("main a.button", "href").pop().unwrap();
    let page = boss.get(&next).await;
    assert_eq!(page.count("tbody tr"), 7);
    let page = boss.get("/admin/users/?q=USER_1").await;
    assert_eq!(page.count("tbody tr"), 10);
    let page = boss.get("/admin/users/?q=%3Cscript%3E").await;
    assert_eq!((page.count("tbody tr"), page.count("script")), (0, 0));
    assert!(
        page.texts(".empty")
            .concat()
            .contains("No user matches \"<script>\"")
    );
}

#[tokio::test]
async fn staff_changes_accounts() {
    let site = site().await;
    let eve = site.user("mallory").await;
    let mut boss = site.signed_in("boss").await;
    let mut mallory = site.signed_in("mallory").await;
    let path = format!("/admin/users/{}/", eve.id);
    let page = boss.get(&path).await;
    assert!(page.body.contains("mallory@example.org"));
    for word in ["sessionid", "argon2", "token"] {
        let shown = page.texts("main").concat().replace("tokens end", "");
        assert!(!shown.contains(word), "{word}");
    }

    let page = boss.post(&format!("{path}make-staff/"), &[]).await;
    assert_eq!(page.location(), format!("{path}?done=make-staff"));
    assert_eq!(mallory.get("/admin/").await.status, StatusCode::OK);
    boss.post(&format!("{path}unmake-staff/"), &[]).await;
    assert_eq!(mallory.get("/admin/").await.status, StatusCode::FORBIDDEN);

    boss.post(&format!("{path}deactivate/"), &[]).await;
    assert_eq!(mallory.get("/account/").await.status, StatusCode::FOUND);
    assert_eq!(boss.get(&path).await.texts("main .badge"), ["inactive"]);
    boss.post(&format!("{path}activate/"), &[]).await;

    let page = boss
        .post(&format!("{path}password/"), &[("password", "123")])
        .await;
    assert!(!page.messages("password").is_empty());
    let new = "ein ganz neues wort";
    boss.post(&format!("{path}password/"), &[("password", new)])
        .await;
    let form = [("username", "mallory"), ("password", new)];
    let mut mallory = site.visitor();
    assert_eq!(
        mallory.post("/account/sign-in/", &form).await.status,
        StatusCode::FOUND
    );
    boss.post(&format!("{path}end-sessions/"), &[]).await;
    assert_eq!(mallory.get("/account/").await.status, StatusCode::FOUND);
}

#[tokio::test]
async fn staff_deletes_an_account_by_its_name_but_not_its_own() {
    let site = site().await;
    let mallory = site.user("mallory").await;
    let mut boss = site.signed_in("boss").await;
    let path = format!("/admin/users/{}/", mallory.id);
    let page = boss
        .post(&format!("{path}delete/"), &[("username", "wrong")])
        .await;
    assert_eq!(
        page.messages("username"),
        ["This is not the username of this account."]
    );
    let page = boss
        .post(&format!("{path}delete/"), &[("username", "mallory")])
        .await;
    assert_eq!(page.location(), "/admin/users/?done=deleted");
    assert_eq!(boss.get(&path).await.status, StatusCode::NOT_FOUND);

    let own = site
        .vnet
        .accounts()
        .check_password("boss", PASSWORD.into())
        .await
        .unwrap();
    let path = format!("/admin/users/{}/", own.id);
    for action in ["unmake-staff", "deactivate"] {
        let page = boss.post(&format!("{path}{action}/"), &[]).await;
        assert_eq!(page.status, StatusCode::CONFLICT, "{action}");
    }
    assert_eq!(
        boss.post(&format!("{path}fly/"), &[]).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        boss.get("/admin/users/nonsense/").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn staff_makes_accounts_also_when_sign_up_is_closed() {
    let site = Site::closed();
    let accounts = site.vnet.accounts();
    accounts.create_staff(&sign_up("boss")).await.unwrap();
    let mut boss = site.signed_in("boss").await;
    let form = |username| {
        [
            ("username", username),
            ("email", "new@example.org"),
            ("first_name", "N"),
            ("last_name", "U"),
            ("password", PASSWORD),
            ("password_2", PASSWORD),
            ("is_staff", "on"),
        ]
    };
    let page = boss.post("/admin/users/new/", &form("boss")).await;
    assert_eq!(
        page.messages("username"),
        ["The username 'boss' already exists"]
    );
    assert_eq!(page.count("input[name=\"is_staff\"][checked]"), 1);
    let page = boss.post("/admin/users/new/", &form("newbie")).await;
    assert!(page.location().ends_with("?done=created"));
    assert_eq!(
        site.signed_in("newbie").await.get("/admin/").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn meetings_are_found_and_deleted() {
    let site = site().await;
    let eve = site.user("mallory").await;
    let start_time = site.vnet.clock().now() + Duration::HOUR;
    let draft = MeetingDraft {
        title: "Secret <i>plan".into(),
        notes: "x".into(),
        start_time,
        end_time: None,
    };
    let meeting = site.vnet.meetings().create(&eve, draft).await.unwrap();
    let mut boss = site.signed_in("boss").await;
    let spelled = meeting.id.spelled().to_uppercase();
    for query in ["", "?q=secret", &format!("?q={spelled}")] {
        let page = boss.get(&format!("/admin/meetings/{query}")).await;
        assert_eq!(page.count("tbody tr"), 1, "{query}");
        assert!(page.texts("tbody").concat().contains("mallory"));
        assert_eq!(page.count("main i"), 0);
    }
    assert_eq!(
        boss.get("/admin/meetings/?q=zzzz").await.count("tbody tr"),
        0
    );
    let path = format!("/admin/meetings/{}/delete/", meeting.id);
    assert_eq!(boss.get(&path).await.count("main form[method=\"post\"]"), 1);
    let page = boss.post(&path, &[]).await;
    assert_eq!(page.location(), "/admin/meetings/?done=deleted");
    assert_eq!(boss.post(&path, &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn articles_are_written_previewed_changed_and_deleted() {
    let site = site().await;
    let mut boss = site.signed_in("boss").await;
    let form = |action, title, revision| {
        [
            ("title", title),
            ("content", "## Head\r\n\r\n<script>alert(1)</script>"),
            ("tags", "Start, start, R&D"),
            ("revision", revision),
            ("action", action),
        ]
    };
    let page = boss
        .post("/admin/help/new/", &form("preview", "New", ""))
        .await;
    assert_eq!(
        (page.status, page.texts(".prose h2")),
        (StatusCode::OK, vec!["Head".to_owned()])
    );
    assert_eq!(page.count("script"), 0);
    let page = boss.post("/admin/help/new/", &form("save", " ", "")).await;
    assert_eq!(page.messages("title"), ["This field is required."]);
    let page = boss
        .post("/admin/help/new/", &form("save", "New", ""))
        .await;
    assert_eq!(page.location(), "/admin/help/?done=created");

    let page = boss.get("/admin/help/9/").await;
    assert_eq!(
        page.attributes("input[name=\"tags\"]", "value"),
        ["Start, R&D"]
    );
    let revision = page
        .attributes("input[name=\"revision\"]", "value")
        .concat();
    let page = boss
        .post("/admin/help/9/", &form("save", "Changed", &revision))
        .await;
    assert_eq!(page.location(), "/admin/help/?done=changed");
    let page = boss
        .post("/admin/help/9/", &form("save", "Mine", &revision))
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.texts(".alert h2")
            .concat()
            .contains("Somebody else changed this article")
    );
    assert_eq!(page.attributes("input[name=\"title\"]", "value"), ["Mine"]);
    assert_eq!(boss.get("/help/article/9/").await.texts("h1"), ["Changed"]);
    let page = boss
        .post("/admin/help/9/", &form("save", "Mine", "x"))
        .await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn articles_are_deleted() {
    let site = site().await;
    let mut boss = site.signed_in("boss").await;
    let page = boss.post("/admin/help/7/delete/", &[]).await;
    assert_eq!(page.location(), "/admin/help/?done=deleted");
    for path in ["/help/article/7/", "/admin/help/7/"] {
        assert_eq!(boss.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let page = boss.post("/admin/help/7/delete/", &[]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}
