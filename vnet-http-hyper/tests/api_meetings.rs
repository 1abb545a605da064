//! Meetings over the API.

mod support;

use serde_json::json;
use support::{Browser, Server, start};
use vnet_http_hyper::HttpConfig;

const NEW: &str = "/meeting/new/";
const LIST: &str = "/meeting/meetings/";

#[tokio::test]
async fn a_meeting_is_made_read_changed_and_deleted() {
    let server = start().await;
    let ada = server.browser("ada").await;
    let sent = json!({"title": " Standup ", "notes": "Daily", "join-now": "on", "host": "eve",
        "start_time": "2026-12-01 13:00:00.0+03:00", "end_time": "2026-12-01T13:30+03:00"});
    let made = server.send_json(&ada, "POST", NEW, &sent).await;
    assert_eq!(made.status, 201);
    let meeting = made.json();
    let code = meeting["meeting_id"].as_str().unwrap().to_owned();
    let url = format!("{LIST}{code}/");
    assert_eq!(meeting["title"], "Standup");
    assert_eq!(meeting["start_time"], "2026-12-01T10:00:00+00:00");
    assert_eq!(meeting["end_time"], "2026-12-01T10:30:00+00:00");
    assert_eq!(meeting["meeting_url"], url);
    assert_eq!(meeting["host"]["email"], "ada@example.org");
    let keys = String::from_utf8(made.body).unwrap();
    let places: Vec<_> = [
        "title",
        "notes",
        "start_time",
        "end_time",
        "meeting_uuid",
        "meeting_id",
        "meeting_url",
        "host",
    ]
    .map(|key| keys.find(&format!("\"{key}\":")).unwrap())
    .into();
    assert!(places.is_sorted(), "the order of the contract");
}

#[tokio::test]
async fn others_read_a_meeting_and_its_host_alone_changes_it() {
    let server = start().await;
    let (ada, eve) = (server.browser("ada").await, server.browser("eve").await);
    let sent = json!({"title": "Standup", "notes": "Daily", "start_time": "2026-12-01T10:00",
        "end_time": "2026-12-01T10:30"});
    let meeting = server.send_json(&ada, "POST", NEW, &sent).await.json();
    let code = meeting["meeting_id"].as_str().unwrap().to_owned();
    let url = format!("{LIST}{code}/");

    let spelled = format!(
        "{}-{}%20{}",
        &code[..3],
        code[3..7].to_uppercase(),
        &code[7..]
    );
    let seen = server.get_as(&eve, &format!("{LIST}{spelled}/")).await;
    assert_eq!(
        (seen.status, &seen.json()["title"]),
        (200, &json!("Standup"))
    );
    assert!(
        !String::from_utf8(seen.body)
            .unwrap()
            .contains("ada@example.org")
    );

    let change = json!({"title": "Retro", "end_time": null});
    assert_eq!(
        server.send_json(&eve, "PATCH", &url, &change).await.status,
        403
    );
    assert_eq!(
        server
            .send_json(&eve, "DELETE", &url, &json!({}))
            .await
            .status,
        403
    );
    let changed = server.send_json(&ada, "PATCH", &url, &change).await.json();
    assert_eq!(
        (&changed["title"], &changed["end_time"]),
        (&json!("Retro"), &json!(null))
    );
    assert_eq!(changed["meeting_uuid"], meeting["meeting_uuid"]);
    assert_eq!(
        server
            .send_json(&ada, "DELETE", &url, &json!({}))
            .await
            .status,
        204
    );
    let gone = server.get_as(&ada, &url).await;
    assert_eq!(
        (gone.status, gone.json()),
        (404, json!({"message": "Meeting not found"}))
    );
    assert_eq!(
        server.get_as(&ada, &format!("{LIST}%ff/")).await.status,
        404
    );
}

#[tokio::test]
async fn wrong_meetings_are_told_field_by_field() {
    let server = start().await;
    let ada = server.browser("ada").await;
    let answer = server.send_json(&ada, "POST", NEW, &json!({})).await;
    let required = "This field is required.";
    assert_eq!(
        (answer.status, answer.json()),
        (
            400,
            json!({"title": [required], "notes": [required], "start_time": [required]})
        )
    );
    let answer = server.send_json(&ada, "POST", NEW, &json!([])).await;
    assert_eq!(
        answer.json(),
        json!({"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]})
    );
    let about = server.get_as(&ada, NEW).await.json();
    assert_eq!(about["end_time"]["required"], false);
}

#[tokio::test]
async fn the_list_has_pages() {
    let server = start().await;
    let (ada, eve) = (server.browser("ada").await, server.browser("eve").await);
    assert_eq!(
        server.get_as(&ada, LIST).await.json(),
        json!({"meetings": []})
    );
    for n in 0..5 {
        let sent = json!({"title": format!("m{n}"), "notes": "n",
            "start_time": if n < 4 { "2020-01-01T10:00" } else { "9000-01-01T10:00" }});
        server.send_json(&ada, "POST", NEW, &sent).await;
    }
    let first = server.get_as(&ada, &format!("{LIST}?limit=3")).await.json();
    assert_eq!(first["meetings"].as_array().unwrap().len(), 3);
    assert_eq!(first["meetings"][0]["title"], "m0");
    let next = first["next"].as_str().unwrap();
    let rest = server
        .get_as(&ada, &format!("{LIST}?limit=3&cursor={next}"))
        .await
        .json();
    assert_eq!(rest["meetings"][1]["title"], "m4");
    assert!(rest.get("next").is_none());
    let open = server
        .get_as(&ada, &format!("{LIST}?not_over=1"))
        .await
        .json();
    assert_eq!(open["meetings"].as_array().unwrap().len(), 1);
    assert_eq!(
        server.get_as(&eve, LIST).await.json(),
        json!({"meetings": []})
    );
    for wrong in [
        "limit=0",
        "limit=x",
        "cursor=x",
        "cursor=1.",
        "not_over=x",
        "over=x",
        "over=1&not_over=1",
        "order=x",
        "order=-created",
    ] {
        assert_eq!(
            server.get_as(&ada, &format!("{LIST}?{wrong}")).await.status,
            400,
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn the_list_may_begin_with_the_soonest() {
    let server = start().await;
    let ada = server.browser("ada").await;
    for hour in [14, 11, 13, 11, 12] {
        let start = format!("9000-01-01T{hour}:00");
        let sent = json!({"title": format!("at {hour}"), "notes": "n", "start_time": start});
        assert_eq!(server.send_json(&ada, "POST", NEW, &sent).await.status, 201);
    }
    assert_eq!(
        paged(&server, &ada, "order=start").await,
        ["at 11", "at 11", "at 12", "at 13", "at 14"]
    );
    // Without a word about it, the contract's order.
    let list = server.get_as(&ada, LIST).await.json();
    assert_eq!(list["meetings"][0]["title"], "at 14");
}

#[tokio::test]
async fn the_list_of_what_is_over_may_begin_with_the_latest() {
    let server = start().await;
    let ada = server.browser("ada").await;
    for start in ["2020-03", "2020-01", "9000-01", "2020-04", "2020-02"] {
        let sent = json!({"title": start, "notes": "n", "start_time": format!("{start}-01T10:00")});
        assert_eq!(server.send_json(&ada, "POST", NEW, &sent).await.status, 201);
    }
    let past = ["2020-04", "2020-03", "2020-02", "2020-01"];
    assert_eq!(paged(&server, &ada, "order=-start&over=1").await, past);
    let all = paged(&server, &ada, "order=-start&over=0").await;
    assert_eq!(all[0], "9000-01");
    assert_eq!(all[1..], past);
}

/// The titles of a whole list, two meetings a page.
async fn paged(server: &Server, browser: &Browser, query: &str) -> Vec<String> {
    let mut titles = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("{LIST}?{query}&limit=2{cursor}");
        let page = server.get_as(browser, &path).await.json();
        for meeting in page["meetings"].as_array().expect("a list") {
            let title = meeting["title"].as_str().expect("a title");
            titles.push(title.to_owned());
        }
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return titles,
        }
    }
}

#[tokio::test]
async fn joining_without_a_conference_says_so() {
    let server = start().await;
    let ada = server.browser("ada").await;
    let sent = json!({"title": "t", "notes": "n", "start_time": "2026-12-01T10:00"});
    let meeting = server.send_json(&ada, "POST", NEW, &sent).await.json();
    let url = format!("{}join/", meeting["meeting_url"].as_str().unwrap());
    let answer = server.send_json(&ada, "POST", &url, &json!({})).await;
    assert_eq!(
        (answer.status, &answer.json()["code"]),
        (501, &json!("no_conference"))
    );
    let unknown = format!("{LIST}2222222222/join/");
    assert_eq!(
        server
            .send_json(&ada, "POST", &unknown, &json!({}))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_prefix_is_in_every_address() {
    let config = HttpConfig::default().with_path_prefix("/app".parse().unwrap());
    let server = support::start_with(config).await;
    let ada = server.browser("ada").await;
    let details = server
        .get_as(&ada, "/app/account/get/user-details/")
        .await
        .json();
    assert_eq!(
        details["profile_image"],
        "/app/media/profile/images/def/pc.jpg"
    );
    let sent = json!({"title": "t", "notes": "n", "start_time": "2026-12-01T10:00"});
    let meeting = server
        .send_json(&ada, "POST", "/app/meeting/new/", &sent)
        .await
        .json();
    assert!(
        meeting["meeting_url"]
            .as_str()
            .unwrap()
            .starts_with("/app/meeting/meetings/")
    );
    let slash = server.get("/app/account?x=1").await;
    assert_eq!(
        (slash.status, slash.header("location")),
        (301, Some("/app/account/?x=1"))
    );
}
