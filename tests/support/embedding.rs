//! What must work when VNET is a part of another application: one test for every framework.

use reqwest::StatusCode;
use serde_json::json;

use super::person::{PASSWORD, Person};
use super::socket::Socket;

/// The application's own pages are untouched.
pub(crate) async fn own_routes_answer(origin: &str) {
    let visitor = Person::new(origin, "visitor");
    let home = visitor.get("/").await;
    assert_eq!(home.status(), StatusCode::OK);
    assert!(home.text().await.expect("a page").contains("Our intranet"));
    let greeting = visitor.get_json("/api/greeting/Ada").await;
    assert_eq!(greeting, json!({"greeting": "Hello, Ada!"}));
    for nowhere in ["/nowhere/", "/account/", "/conferences/"] {
        assert_eq!(
            visitor.get(nowhere).await.status(),
            StatusCode::NOT_FOUND,
            "{nowhere}"
        );
    }
}

/// Everything of VNET below `base`: forms, pages, API, signalling. Returns a socket that is open.
pub(crate) async fn conference_works(base: &str) -> Socket {
    let prefix = &base[super::origin(base).len()..];
    let ada = Person::sign_up(base, "ada_1").await;
    let bob = Person::sign_up(base, "bob_1").await;
    let again = Person::sign_in(base, "ada_1", PASSWORD).await;
    let page = ada.get("/account/").await;
    assert_eq!(page.status(), StatusCode::OK);
    let page = page.text().await.expect("a page");
    assert!(
        page.contains(&format!("{prefix}/account/sign-out/")),
        "links have the prefix"
    );
    let style = page
        .split('"')
        .find(|text| text.contains(".css"))
        .expect("a style sheet");
    let style = style.strip_prefix(prefix).expect("below the prefix");
    assert_eq!(ada.get(style).await.status(), StatusCode::OK);
    let shell = ada.get("/meet/").await.text().await.expect("the shell");
    let signalling = format!("{}/vnet/ps/", base.replacen("http", "ws", 1));
    assert!(shell.contains(&signalling), "{signalling}");

    // A picture goes through the body of the framework.
    let broken = reqwest::multipart::Part::bytes(vec![0_u8; 100_000]).file_name("x.png");
    let form = reqwest::multipart::Form::new().part("picture", broken);
    let upload = ada
        .request(reqwest::Method::POST, "/account/avatar/")
        .multipart(form);
    assert_eq!(
        ada.send(upload).await.status(),
        StatusCode::OK,
        "the form again, with a message"
    );

    let meeting = ada.schedule("Planning").await;
    let url = meeting["meeting_url"].as_str().expect("an address");
    let below = url.strip_prefix(prefix).expect("below the prefix");
    assert_eq!(bob.get_json(below).await["title"], "Planning");

    devices_find_each_other(&ada, &bob, below).await;

    let (mut one, mut two) = (
        ada.enter("141421", "").await,
        bob.enter("141421", "?echo=off").await,
    );
    while one.hear().await["peers_count"] != 2 {}
    one.say("offer", json!({"sdp": "v=0"})).await;
    while two.hear().await["type"] != "offer" {}
    two.say("answer", json!({"sdp": "v=0"})).await;
    while one.hear().await["type"] != "answer" {}
    one.say("candidate", json!({"candidate": "c"})).await;
    let candidate = two.hear().await;
    assert_eq!(candidate["candidates"]["candidate"], "c");
    assert_eq!(candidate["sender"], "ada_1");

    bob.post_form("/account/sign-out/", &[]).await;
    assert_eq!(two.closed().await, 4401);
    again.enter("173205", "").await
}

/// Two people of a meeting, whose path this is, are near each other: the application says from which address
/// they come.
async fn devices_find_each_other(ada: &Person, bob: &Person, meeting: &str) {
    let code = meeting.trim_end_matches('/').rsplit('/').next();
    let path = format!("/vnet/share/{}/", code.expect("a code"));
    let hello =
        json!({"type": "hello", "version": 2, "can_relay": true, "encoded": []}).to_string();
    let mut numbers = Vec::new();
    let mut sockets = Vec::new();
    for person in [ada, bob] {
        let mut socket = person.open(&path).await;
        socket.send(&hello).await;
        numbers.push(socket.hear().await["device"].clone());
        sockets.push(socket);
    }
    let near = sockets[1].hear().await;
    assert_eq!(near["devices"][0]["device"], numbers[0], "{near}");
}
