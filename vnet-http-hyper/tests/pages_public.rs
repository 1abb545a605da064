//! What everybody may see: home, help, errors, and the frame around all pages.

#![allow(
    clippy::unwrap_used,
    reason = "in a test, what is not there is a failure"
)]

mod page_support;

use http::header::{ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{Method, StatusCode};
use page_support::Site;
use vnet_core::help::ArticleDraft;
use vnet_http_hyper::HttpConfig;

/// A form with no content, sent with a method of choice.
async fn with_method(site: &Site, method: Method, path: &str) -> page_support::Page {
    site.visitor()
        .send(method, path, None, bytes::Bytes::new())
        .await
}

#[tokio::test]
async fn home_shows_visitors_the_way_in_and_users_the_way_on() {
    let site = Site::new();
    site.user("ada").await;
    let page = site.visitor().get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    let links = page.attributes("a", "href");
    for link in ["/account/sign-in/", "/account/sign-up/", "/help/?t=Start"] {
        assert!(links.iter().any(|href| href == link), "{link}: {links:?}");
    }
    assert!(page.headers.get("set-cookie").is_none());

    let page = site.signed_in("ada").await.get("/").await;
    let links = page.attributes("a", "href");
    for link in [
        "/account/",
        "/meet/",
        "/help/?t=Start",
        "/account/meetings/",
    ] {
        assert!(links.iter().any(|href| href == link), "{link}: {links:?}");
    }
    assert!(page.body.contains("Augusta King") && page.body.contains("ada@example.org"));
}

#[tokio::test]
async fn a_closed_server_offers_no_sign_up() {
    let site = Site::closed();
    let mut visitor = site.visitor();
    let page = visitor.get("/").await;
    assert!(!page.body.contains("/account/sign-up/"));
    let page = visitor.get("/account/sign-up/").await;
    assert_eq!((page.status, page.count("form")), (StatusCode::OK, 0));
    let page = visitor
        .post("/account/sign-up/", &[("username", "ada")])
        .await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn pages_have_the_headers_of_pages() {
    let site = Site::new();
    let page = site.visitor().get("/account/sign-in/").await;
    assert_eq!(page.header(CONTENT_TYPE), "text/html; charset=utf-8");
    assert_eq!(page.header(CACHE_CONTROL), "no-store");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    let policy = page.header(CONTENT_SECURITY_POLICY);
    assert!(!policy.is_empty() && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.count("script, style, [style], [onclick]"), 0);
    assert_eq!(page.count("html[lang] meta[name=\"color-scheme\"]"), 1);
}

#[tokio::test]
async fn errors_are_pages_for_people() {
    let site = Site::new();
    for (method, path, status) in [
        (Method::GET, "/help/article/99/", 404),
        (Method::GET, "/help/article/99999999999999999999/", 404),
        (Method::GET, "/help/article/0/", 404),
        (Method::GET, "/help/article/x/", 404),
        (Method::GET, "/help/nothing/", 404),
        (Method::GET, "/account/nothing/", 404),
        (Method::PUT, "/account/sign-in/", 405),
        (Method::DELETE, "/", 405),
        (Method::GET, "/account/delete/", 405),
    ] {
        let page = with_method(&site, method.clone(), path).await;
        assert_eq!(page.status.as_u16(), status, "{method} {path}");
        assert_eq!(
            page.header(CONTENT_TYPE),
            "text/html; charset=utf-8",
            "{path}"
        );
        assert_eq!(page.texts(".fault-code"), [status.to_string()], "{path}");
        assert_eq!(page.header(ALLOW).is_empty(), status != 405, "{path}");
    }
}

#[tokio::test]
async fn a_form_of_another_type_or_size_is_refused() {
    let site = Site::new();
    let mut visitor = site.visitor();
    let path = "/account/sign-in/";
    let page = visitor
        .send(Method::POST, path, Some("text/plain"), "a=b".into())
        .await;
    assert_eq!(page.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let mime = Some("application/x-www-form-urlencoded");
    let page = visitor
        .send(Method::POST, path, mime, vec![b'a'; 300_000].into())
        .await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    let page = visitor
        .send(Method::POST, path, mime, "username=%ff".into())
        .await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
}

async fn help_site() -> Site {
    let site = Site::new();
    let staff = site.staff("boss").await;
    let staff = site.vnet.staff(&staff).unwrap();
    for (title, content, tags) in [
        (
            "First steps",
            "# Start\n\nAsk the **oracle** of the camera.",
            "Start, R&D",
        ),
        ("Second steps", "More words.", "Network"),
        (
            "Evil",
            "<script>alert(1)</script> [x](javascript:alert(1)) ![p](//evil.example/p.png)",
            "<b>",
        ),
    ] {
        let draft = ArticleDraft::parse(title, content, tags).unwrap();
        staff.create_article(&draft).await.unwrap();
    }
    site
}

#[tokio::test]
async fn help_is_searched_in_titles_and_texts_and_by_whole_tags() {
    let site = help_site().await;
    for (query, heading, articles, clear) in [
        ("", None, 3, false),
        ("?q=", None, 3, false),
        ("?q=FIRST", Some("Results for \"FIRST\""), 1, false),
        ("?q=oracle", Some("Results for \"oracle\""), 1, false),
        (
            "?q=oracle&t=Start",
            Some("Results for \"oracle\" tagged \"Start\""),
            1,
            true,
        ),
        ("?t=start", Some("Articles tagged \"start\""), 1, true),
        ("?t=R%26D", Some("Articles tagged \"R&D\""), 1, true),
        (
            "?t=Sta",
            Some("No article available tagged \"Sta\""),
            0,
            true,
        ),
        ("?q=zzz", Some("No article available for \"zzz\""), 0, true),
        (
            "?q=%3Cb%3E%22",
            Some("No article available for \"<b>\"\""),
            0,
            true,
        ),
    ] {
        let page = site.visitor().get(&format!("/help/{query}")).await;
        assert_eq!(page.title(), "VNET | Help");
        let headings = page.texts("main .row h2");
        assert_eq!(headings.first().map(String::as_str), heading, "{query}");
        assert_eq!(page.count(".article-list > li"), articles, "{query}");
        let links = page.texts("main a");
        assert_eq!(links.iter().any(|text| text == "clear"), clear, "{query}");
    }
}

#[tokio::test]
async fn tags_are_sorted_and_their_links_find_their_articles() {
    let site = help_site().await;
    let page = site.visitor().get("/help/").await;
    assert_eq!(page.texts("a.tag"), ["<b>", "Network", "R&D", "Start"]);
    for href in page.attributes("a.tag", "href") {
        let page = site.visitor().get(&href).await;
        assert_eq!(page.count(".article-list > li"), 1, "{href}");
    }
    let excerpts = page.texts(".article-list p");
    assert_eq!(excerpts[0], "Start Ask the oracle of the camera.…");
    assert!(
        excerpts
            .iter()
            .all(|text| text.ends_with('…') && text.chars().count() <= 151)
    );
}

#[tokio::test]
async fn an_article_is_shown_and_cannot_harm() {
    let site = help_site().await;
    let page = site.visitor().get("/help/article/1/").await;
    assert_eq!(page.title(), "VNET | Help - First steps");
    assert_eq!(page.texts(".prose h2"), ["Start"]);
    assert_eq!(page.texts("h1"), ["First steps"]);

    let page = site.visitor().get("/help/article/3/").await;
    assert_eq!(page.count("script, .prose a[href], .prose img[src]"), 0);
    assert!(
        page.texts(".prose")
            .concat()
            .contains("<script>alert(1)</script>")
    );
}

#[tokio::test]
async fn shipped_articles_are_there_once_and_all_can_be_read() {
    let site = Site::new();
    assert!(site.vnet.seed_help().await.unwrap());
    assert!(!site.vnet.seed_help().await.unwrap());
    let page = site.visitor().get("/help/?t=Start").await;
    assert_eq!(page.count(".article-list > li"), 3);
    let page = site.visitor().get("/help/").await;
    let links = page.attributes(".article-list a", "href");
    assert_eq!(links.len(), 8);
    for href in links {
        let page = site.visitor().get(&href).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.count(".prose > *") > 5, "{href}");
    }
}

#[tokio::test]
async fn under_a_prefix_every_address_has_it() {
    let config = HttpConfig::default().with_path_prefix("/app".parse().unwrap());
    let site = Site::with(config);
    site.user("ada").await;
    let mut browser = site.visitor();
    let form = [("username", "ada"), ("password", page_support::PASSWORD)];
    let page = browser
        .post("/app/account/sign-in/?next=/app/meet/", &form)
        .await;
    assert_eq!(page.location(), "/app/meet/");
    for path in [
        "/",
        "/account/",
        "/account/meetings/new/",
        "/meet/",
        "/help/",
    ] {
        let page = browser.get(&format!("/app{path}")).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        for (selector, attribute) in [("[href]", "href"), ("[src]", "src"), ("[action]", "action")]
        {
            for address in page.attributes(selector, attribute) {
                let inside = address.starts_with("/app/") || address.starts_with('#');
                assert!(inside, "{path}: {address}");
            }
        }
    }
}

#[tokio::test]
async fn an_own_template_takes_the_place_of_the_built_in_one() {
    let config = HttpConfig::default().with_template("home.html", "<p>{{ page.section }}</p>");
    let page = Site::with(config).visitor().get("/").await;
    assert_eq!(page.body, "<p>home</p>");
}

/// Names of fields in any form.
const FIELDS: [&str; 15] = [
    "username",
    "email",
    "first_name",
    "last_name",
    "meeting_name",
    "title",
    "notes",
    "tags",
    "content",
    "start_time",
    "end_time",
    "offset",
    "revision",
    "is_staff",
    "session",
];

#[tokio::test]
async fn whatever_is_typed_comes_back_as_text() {
    let evil = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>";
    let encoded: String = form_urlencoded::byte_serialize(evil.as_bytes()).collect();
    let site = Site::new();
    site.staff("boss").await;
    let mut visitor = site.visitor();
    let mut boss = site.signed_in("boss").await;
    let form = FIELDS.map(|field| (field, evil));
    let mut pages = Vec::new();
    let with_password = [&form[..], &[("password", "x"), ("action", "preview")]].concat();
    for path in ["/account/sign-in/", "/account/sign-up/"] {
        pages.push(visitor.post(path, &with_password).await);
    }
    for path in [
        "/account/profile/",
        "/account/password/",
        "/account/sessions/end/",
        "/account/delete/",
        "/account/meetings/new/",
        "/admin/users/new/",
        "/admin/help/new/",
    ] {
        pages.push(boss.post(path, &with_password).await);
    }
    for path in ["/help/?q=", "/help/?t=", "/account/sign-in/?next="] {
        pages.push(visitor.get(&format!("{path}{encoded}")).await);
    }
    for path in [
        "/admin/users/?q=",
        "/admin/meetings/?q=",
        "/account/meetings/join/?join-code=",
    ] {
        pages.push(boss.get(&format!("{path}{encoded}")).await);
    }
    for page in pages {
        assert!(
            page.status.is_success() || page.status == StatusCode::BAD_REQUEST,
            "{page:?}"
        );
        assert_eq!(
            page.count("script, img[src=\"x\"], [onerror]"),
            0,
            "{}",
            page.body
        );
    }
}
