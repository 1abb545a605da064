//! Whatever devices of a share say, no address, code, name or candidate is in the log.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod share_support;
mod support;

use serde_json::json;
use share_support::{Device, meeting, members_of, person, site, viewer};
use support::Server;
use vnet_core::testkit::logs::Logs;

/// A private address, in a candidate as browsers write it.
const CANDIDATE: &str = "candidate:1 1 udp 2122260223 192.168.77.5 51234 typ host";

/// Texts that are no messages, but have secrets in them.
async fn says_nonsense(server: &Server, screen: &mut Device) {
    for bad in [
        json!({"type": "ask", "code": "9182736"}),
        json!({"type": CANDIDATE}),
        json!({"type": "invite", "device": CANDIDATE}),
    ] {
        screen.say(bad).await;
        assert_eq!(screen.hear("error").await["code"], "bad_message");
    }
    let mut refused = Device::connect(server, "/vnet/watch/", &[]).await;
    refused
        .say(json!({"type": "hello", "version": CANDIDATE, "name": "Wandtafel"}))
        .await;
    assert_eq!(refused.hear("error").await["code"], "bad_message");
    assert_eq!(refused.close_code().await, 4400);
}

#[tokio::test]
async fn no_address_code_name_or_candidate_is_logged() {
    let logs = Logs::new();
    tracing::subscriber::set_global_default(logs.clone()).unwrap();
    let server = site().await;
    let ada = server.browser("yvonne").await;
    let bob = server.browser("zoltan").await;
    let code = meeting(&server, &ada).await;
    let mut one = person(&server, &ada, &code, "203.0.113.7").await;
    let mut two = person(&server, &bob, &code, "203.0.113.7").await;

    one.say(json!({"type": "invite", "device": two.number}))
        .await;
    let opened = one.hear("opened").await;
    let share = two.hear("invited").await["share"].clone();
    two.say(json!({"type": "ask", "share": share})).await;
    let members = two.hear("members").await;
    let link = members_of(&members)[1]["link"].clone();
    let data = json!({"candidate": CANDIDATE, "sdp": "v=0 c=IN IP4 192.168.77.5"});
    for to in [&two.number, &json!(99_999)] {
        one.say(json!({"type": "signal", "to": to, "link": link, "data": data}))
            .await;
    }
    two.hear("signal").await;

    // A second screen and a wrong code.
    let mut screen = viewer(&server, "203.0.113.8", "Wandtafel", Some(&opened["code"])).await;
    one.hear("asked").await;
    screen.say(json!({"type": "leave", "id": 1})).await;
    screen.hear("ok").await;
    screen.say(json!({"type": "ask", "code": "918273"})).await;
    screen.hear("error").await;
    says_nonsense(&server, &mut screen).await;
    drop((one, two, screen));
    let mut server = server;
    server.stop();
    server.ended().await;

    logs.assert_contains("a device entered");
    logs.assert_contains("a device left");
    logs.assert_contains("a share socket is refused");
    let own_code = opened["code"].as_str().unwrap();
    logs.assert_clean(&[
        "192.168.77.5",
        "203.0.113",
        "candidate:",
        "9182736",
        "918273",
        "Wandtafel",
        &format!("\"{own_code}\""),
        &format!("={own_code}"),
        &format!(" {own_code}"),
        code.as_str(),
        &ada.cookie,
        &ada.user.meeting_name,
    ]);
}
