//! Shares through the HTTP server: who may open which socket, and how devices find each other.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod share_support;
mod support;

use serde_json::json;
use share_support::{Device, meeting, members_of, person, site, trusting, viewer};
use support::{refusal, start_with};
use vnet_http_hyper::{HttpConfig, RateLimits};

#[tokio::test]
async fn an_invited_neighbour_is_linked_and_signals_go_between_the_two() {
    let server = site().await;
    let (ada, bob) = (server.browser("ada").await, server.browser("bob").await);
    let code = meeting(&server, &ada).await;
    let mut one = person(&server, &ada, &code, "192.0.2.7").await;
    assert_eq!(one.hear("nearby").await["devices"], json!([]));
    let mut two = person(&server, &bob, &code, "192.0.2.7").await;
    let near = two.hear("nearby").await;
    assert_eq!(
        near["devices"],
        json!([{"device": one.number, "name": ada.user.meeting_name}])
    );
    let near = one.hear("nearby").await;
    assert_eq!(near["devices"][0]["device"], two.number);
    one.say(json!({"type": "invite", "id": 1, "device": two.number}))
        .await;
    one.hear("opened").await;
    let invited = two.hear("invited").await;
    assert_eq!(invited["name"], json!(ada.user.meeting_name));
    two.say(json!({"type": "ask", "id": 2, "share": invited["share"]}))
        .await;
    let admitted = two.hear("admitted").await;
    assert_eq!(admitted["device"], one.number);
    let members = two.hear("members").await;
    let link = members_of(&members)[1]["link"].clone();
    assert_eq!(members_of(&members)[1]["parent"], one.number);
    assert_eq!(members, one.hear("members").await);
    let data = json!({"candidate": "192.168.1.7"});
    one.say(json!({"type": "signal", "to": two.number, "link": link, "data": data}))
        .await;
    let heard = two.hear("signal").await;
    assert_eq!((&heard["from"], &heard["data"]), (&one.number, &data));
    two.say(json!({"type": "signal", "to": one.number, "link": link, "data": [1, 2]}))
        .await;
    assert_eq!(one.hear("signal").await["data"], json!([1, 2]));
    drop(one);
    assert_eq!(two.hear("ended").await["reason"], "left");
    assert_eq!(two.hear("nearby").await["devices"], json!([]));
}

#[tokio::test]
async fn another_address_is_no_neighbour_unless_the_operator_says_so() {
    let server = site().await;
    let (ada, bob) = (server.browser("ada").await, server.browser("bob").await);
    let code = meeting(&server, &ada).await;
    let mut one = person(&server, &ada, &code, "192.0.2.7").await;
    let mut two = person(&server, &bob, &code, "192.0.2.8").await;
    assert_eq!(two.hear("nearby").await["devices"], json!([]));
    two.say(json!({"type": "invite", "id": 1, "device": one.number}))
        .await;
    assert_eq!(two.hear("error").await["code"], "no_such_device");
    // The code is good from anywhere in the meeting.
    one.say(json!({"type": "open"})).await;
    let opened = one.hear("opened").await;
    two.say(json!({"type": "ask", "id": 2, "code": opened["code"]}))
        .await;
    assert_eq!(two.hear("ok").await["id"], 2);
    assert_eq!(one.hear("asked").await["by"], "code");

    let lan = trusting().with_lan_subnets(vec!["192.0.2.0/24".parse().unwrap()]);
    let server = start_with(lan).await;
    let (ada, bob) = (server.browser("ada").await, server.browser("bob").await);
    let code = meeting(&server, &ada).await;
    let one = person(&server, &ada, &code, "192.0.2.7").await;
    let mut two = person(&server, &bob, &code, "192.0.2.8").await;
    let near = two.hear("nearby").await;
    assert_eq!(near["devices"][0]["device"], one.number);
    let mut other = person(&server, &bob, &code, "198.51.100.1").await;
    assert_eq!(other.hear("nearby").await["devices"], json!([]));
}

#[tokio::test]
async fn who_is_not_behind_a_trusted_proxy_is_near_by_its_own_address() {
    let server = start_with(HttpConfig::default()).await;
    let (ada, bob) = (server.browser("ada").await, server.browser("bob").await);
    let code = meeting(&server, &ada).await;
    let one = person(&server, &ada, &code, "192.0.2.7").await;
    let mut two = person(&server, &bob, &code, "192.0.2.8").await;
    let near = two.hear("nearby").await;
    assert_eq!(
        near["devices"][0]["device"], one.number,
        "both are loopback"
    );
}

#[tokio::test]
async fn a_second_screen_without_a_session_comes_by_code() {
    let server = site().await;
    let ada = server.browser("ada").await;
    let code = meeting(&server, &ada).await;
    let mut sharer = person(&server, &ada, &code, "192.0.2.7").await;
    sharer.say(json!({"type": "open", "id": 1})).await;
    let opened = sharer.hear("opened").await;
    assert_eq!(sharer.hear("ok").await["id"], 1);
    let mut screen = viewer(&server, "192.0.2.9", "Wall", Some(&opened["code"])).await;
    let asked = sharer.hear("asked").await;
    assert_eq!(
        (&asked["name"], &asked["viewer"], &asked["device"]),
        (&json!("Wall"), &json!(true), &screen.number)
    );
    sharer
        .say(json!({"type": "admit", "id": 2, "device": asked["device"]}))
        .await;
    let admitted = screen.hear("admitted").await;
    assert_eq!(admitted["name"], json!(ada.user.meeting_name));
    let members = screen.hear("members").await;
    assert_eq!(members_of(&members)[1]["viewer"], true);
    sharer.say(json!({"type": "close"})).await;
    assert_eq!(screen.hear("ended").await["reason"], "closed");
    screen
        .say(json!({"type": "ask", "id": 3, "code": opened["code"]}))
        .await;
    assert_eq!(screen.hear("error").await["code"], "unknown_code");
}

#[tokio::test]
async fn who_guesses_codes_has_to_wait() {
    let server = site().await;
    let mut screen = viewer(&server, "192.0.2.9", "Guess", None).await;
    for number in 0..5 {
        screen
            .say(json!({"type": "ask", "id": number, "code": "000000"}))
            .await;
        assert_eq!(screen.hear("error").await["code"], "unknown_code");
    }
    // Another socket from the same network does not help.
    let mut again = viewer(&server, "192.0.2.9", "Guess", Some(&json!("000001"))).await;
    let error = again.hear("error").await;
    assert_eq!(error["code"], "too_many_tries");
    assert!((1..=60).contains(&error["retry_after"].as_u64().unwrap()));
    let mut other = viewer(&server, "192.0.2.10", "Other", Some(&json!("000001"))).await;
    assert_eq!(other.hear("error").await["code"], "unknown_code");
}

#[tokio::test]
async fn who_may_not_connect_is_told_at_once_and_in_order() {
    let mut limits = RateLimits::default();
    limits.set("join=3/1h").unwrap();
    limits.set("watch=2/1h").unwrap();
    let server = start_with(trusting().with_rate_limits(limits)).await;
    let ada = server.browser("ada").await;
    let code = meeting(&server, &ada).await;
    let share = format!("/vnet/share/{code}/");
    let cookie = ("cookie", ada.cookie.as_str());
    let evil = ("origin", "https://evil.example");
    for path in [
        "/vnet/share/abc/",
        "/vnet/share//",
        "/x/vnet/share/abcdefghjk/",
    ] {
        assert_eq!(refusal(server.socket(path, &[cookie]).await), 404, "{path}");
    }
    assert_eq!(refusal(server.socket(&share, &[evil]).await), 401);
    assert_eq!(refusal(server.socket(&share, &[cookie, evil]).await), 403);
    let nowhere = "/vnet/share/abcdefghjk/";
    assert_eq!(refusal(server.socket(nowhere, &[]).await), 401);
    assert_eq!(refusal(server.socket(nowhere, &[cookie]).await), 404);
    let post = server.send_json(&ada, "POST", &share, &json!({})).await;
    assert_eq!((post.status, post.header("allow")), (405, Some("GET")));
    let plain = server.get_as(&ada, &share).await;
    assert_eq!(
        (plain.status, plain.header("upgrade")),
        (426, Some("websocket"))
    );
    drop(server.socket(&share, &[cookie]).await.unwrap());
    assert_eq!(refusal(server.socket(&share, &[cookie]).await), 429);

    let (one, other) = (
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-for", "192.0.2.2"),
    );
    assert_eq!(
        refusal(server.socket("/vnet/watch/", &[one, evil]).await),
        403
    );
    assert_eq!(refusal(server.socket("/vnet/watch", &[one]).await), 301);
    for _ in 0..2 {
        drop(server.socket("/vnet/watch/", &[one]).await.unwrap());
    }
    assert_eq!(refusal(server.socket("/vnet/watch/", &[one]).await), 429);
    drop(server.socket("/vnet/watch/", &[other]).await.unwrap());
    let post = server.post_json("/vnet/watch/", &json!({})).await;
    assert_eq!(post.status, 405);
}

#[tokio::test]
async fn who_signs_out_is_out_and_its_receivers_hear_why() {
    let server = site().await;
    let ada = server.browser("ada").await;
    let code = meeting(&server, &ada).await;
    let mut sharer = person(&server, &ada, &code, "192.0.2.7").await;
    sharer.say(json!({"type": "open"})).await;
    let opened = sharer.hear("opened").await;
    let mut screen = viewer(&server, "192.0.2.7", "Wall", Some(&opened["code"])).await;
    sharer.hear("asked").await;
    sharer
        .say(json!({"type": "admit", "device": screen.number}))
        .await;
    screen.hear("admitted").await;
    let ended = server.vnet.accounts().end_session(&ada.session.id).await;
    assert!(ended.unwrap());
    assert_eq!(sharer.close_code().await, 4401);
    assert_eq!(screen.hear("ended").await["reason"], "session_ended");
}

#[tokio::test]
async fn a_server_that_ends_tells_its_devices() {
    let mut server = site().await;
    let mut screen = viewer(&server, "192.0.2.7", "Wall", None).await;
    assert_eq!(server.service.open_sockets(), 1);
    server.stop();
    assert_eq!(screen.close_code().await, 1001);
    server.ended().await;
}

#[tokio::test]
async fn a_conversation_begins_with_a_good_hello() {
    let server = site().await;
    for (first, code) in [
        ("hello", "bad_message"),
        (r#"{"type":"open"}"#, "wrong_state"),
        (
            r#"{"type":"hello","version":1,"name":"x","can_relay":false,"encoded":[]}"#,
            "unsupported_version",
        ),
        (
            r#"{"type":"hello","version":2,"name":" ","can_relay":false,"encoded":[]}"#,
            "bad_name",
        ),
        (
            r#"{"type":"hello","version":2,"can_relay":false,"encoded":[]}"#,
            "bad_name",
        ),
    ] {
        let mut device = Device::connect(&server, "/vnet/watch/", &[]).await;
        device.say_text(first).await;
        assert_eq!(device.hear("error").await["code"], code, "{first}");
        assert_eq!(device.close_code().await, 4400, "{first}");
    }
    let mut screen = viewer(&server, "192.0.2.7", "Wall", None).await;
    screen.say_text("nonsense").await;
    assert_eq!(screen.hear("error").await["code"], "bad_message");
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    screen.say_text(&deep).await;
    assert_eq!(screen.hear("error").await["code"], "bad_message");
    screen.say_text(&"x".repeat(300_000)).await;
    assert_eq!(screen.close_code().await, 1009);
}

#[tokio::test]
async fn sockets_with_the_prefix_and_without_share_everything() {
    let server = start_with(trusting().with_path_prefix("/vnet-app".parse().unwrap())).await;
    let (ada, bob) = (server.browser("ada").await, server.browser("bob").await);
    let code = meeting(&server, &ada).await;
    let headers = |cookie| [("cookie", cookie), ("x-forwarded-for", "192.0.2.7")];
    let path = format!("/vnet-app/vnet/share/{code}/");
    let mut one = Device::connect(&server, &path, &headers(ada.cookie.as_str())).await;
    one.hello(json!({})).await;
    let mut two = person(&server, &bob, &code, "192.0.2.7").await;
    assert_eq!(two.hear("nearby").await["devices"][0]["device"], one.number);
    let mut screen = Device::connect(&server, "/vnet-app/vnet/watch/", &[]).await;
    screen.hello(json!({"name": "Wall"})).await;
    let outside = format!("/other/vnet/share/{code}/");
    let cookie = [("cookie", ada.cookie.as_str())];
    assert_eq!(refusal(server.socket(&outside, &cookie).await), 404);
}
