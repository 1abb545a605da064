//! VNET under a path of another application, which strips the prefix or leaves it.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod support;

use futures_util::SinkExt;
use serde_json::json;
use support::{PASSWORD, json_of, refusal, start_with};
use tokio_tungstenite::tungstenite::Message;
use vnet_http_hyper::HttpConfig;

const PREFIX: &str = "/vnet-app";

fn config() -> HttpConfig {
    HttpConfig::default().with_path_prefix(PREFIX.parse().unwrap())
}

#[tokio::test]
async fn pages_and_api_are_there_with_the_prefix_and_without() {
    let server = start_with(config()).await;
    let ada = server.browser("ada").await;
    for prefix in [PREFIX, ""] {
        for path in ["/", "/healthz", "/help/", "/static/vnet.css"] {
            let answer = server.get(&format!("{prefix}{path}")).await;
            assert_eq!(answer.status, 200, "{prefix}{path}");
        }
        let details = format!("{prefix}/account/get/user-details/");
        assert_eq!(
            server.get_as(&ada, &details).await.json()["username"],
            "ada"
        );
        let page = server.get_as(&ada, &format!("{prefix}/account/")).await;
        let page = String::from_utf8(page.body).unwrap();
        for attribute in ["href=\"", "action=\"", "src=\""] {
            for link in page.split(attribute).skip(1) {
                let link = link.split('"').next().unwrap().replace("&#x2f;", "/");
                let own = !link.starts_with('/') || link.starts_with(PREFIX);
                assert!(own, "{link} leads out of the prefix");
            }
        }
        // What lacks its slash, and who is not signed in, is sent on inside the prefix.
        let answer = server.get(&format!("{prefix}/account")).await;
        let location = answer.header("location").unwrap();
        assert_eq!((answer.status, location), (301, "/vnet-app/account/"));
        let answer = server.get(&format!("{prefix}/account/")).await;
        let location = answer.header("location").unwrap();
        assert_eq!(answer.status, 302);
        assert!(
            location.starts_with("/vnet-app/account/sign-in/?next="),
            "{location}"
        );
    }
    for outside in [
        "/vnet-apple/help/",
        "/other/help/",
        "/vnet-app/vnet-app/help/",
    ] {
        assert_eq!(server.get(outside).await.status, 404, "{outside}");
    }
}

#[tokio::test]
async fn the_cookie_is_for_the_prefix_alone() {
    let server = start_with(config()).await;
    server.sign_up("ada").await;
    let form = format!("username=ada&password={}", PASSWORD.replace(' ', "+"));
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let path = format!("{PREFIX}/account/sign-in/");
    let answer = server
        .request("POST", &path, &headers, form.as_bytes())
        .await;
    assert_eq!(answer.status, 302);
    assert_eq!(answer.header("location"), Some("/vnet-app/account/"));
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.contains("; Path=/vnet-app;"), "{cookie}");
}

#[tokio::test]
async fn sockets_with_the_prefix_and_without_share_a_room() {
    let server = start_with(config()).await;
    let (ada, eve) = (server.browser("ada").await, server.browser("eve").await);
    let mut one = server
        .socket("/vnet-app/vnet/ps/907308/", &[("cookie", &ada.cookie)])
        .await
        .unwrap();
    assert_eq!(json_of(&mut one).await["peers_count"], 1);
    let mut two = server
        .socket("/vnet/ps/907308/", &[("cookie", &eve.cookie)])
        .await
        .unwrap();
    assert_eq!(json_of(&mut two).await["peers_count"], 2);
    assert_eq!(json_of(&mut one).await["peers_count"], 2);
    let offer = json!({"type": "offer", "content": 1, "name": "Ada"});
    one.send(Message::text(offer.to_string())).await.unwrap();
    assert_eq!(json_of(&mut two).await["sender"], "ada");
    let cookie = [("cookie", eve.cookie.as_str())];
    let outside = server.socket("/other/vnet/ps/907308/", &cookie);
    assert_eq!(refusal(outside.await), 404);
    let stranger = server.socket("/vnet-app/vnet/ps/907308/", &[]);
    assert_eq!(refusal(stranger.await), 401);
}
