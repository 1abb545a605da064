//! A store that fails, and handlers that panic: told in words, without internals, and survived.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod support;

use support::faulty::{Fault, FaultyStore, INTERNALS, METHODS};
use support::{Answer, Browser, PASSWORD, Server, refusal, start_of};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use vnet_core::accounts::SignUp;
use vnet_core::id::{AvatarId, SessionId};
use vnet_core::password::Hasher;
use vnet_core::token::SigningKey;
use vnet_core::{Limits, Vnet};
use vnet_http_hyper::HttpConfig;
use vnet_signal::InProcessRooms;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
const MEETING: &str = r#"{"title":"T","notes":"N","start_time":"2030-01-01T10:00:00Z","end_time":"2030-01-01T11:00:00Z"}"#;
const LOGIN: &str = "/account/p-login/";
const DETAILS: &str = "/account/get/user-details/";

/// A server whose store can break, and somebody of the staff who is signed in.
struct House {
    store: FaultyStore,
    server: Server,
    boss: Browser,
    meeting: String,
    password: String,
}

/// A request: method, path, type of its body, body.
type Ask = (&'static str, String, &'static str, String);

async fn house() -> House {
    let store = FaultyStore::default();
    let vnet = Vnet::builder(
        store.clone(),
        InProcessRooms::new(&Limits::default()),
        SigningKey::from_bytes([7; 32]),
    )
    .with_hasher(Hasher::weak_for_tests())
    .build();
    let server = start_of(vnet, HttpConfig::default(), |serving| serving).await;
    let form = SignUp {
        username: "boss".to_owned(),
        email: "boss@example.org".to_owned(),
        first_name: "Ada".to_owned(),
        last_name: "Byron".to_owned(),
        password: PASSWORD.into(),
        password_2: PASSWORD.into(),
    };
    let user = server.vnet.accounts().create_staff(&form).await.unwrap();
    let boss = server.browser_of(user).await;
    let meeting = serde_json::from_str(MEETING).unwrap();
    let meeting = server.send_json(&boss, "POST", "/meeting/new/", &meeting);
    let meeting = meeting.await.json()["meeting_id"]
        .as_str()
        .unwrap()
        .to_owned();
    House {
        store,
        meeting,
        password: PASSWORD.replace(' ', "+"),
        server,
        boss,
    }
}

impl House {
    /// Everything that can be asked for; what destroys comes last.
    fn everything(&self) -> Vec<Ask> {
        let mut asks = self.reads();
        asks.extend(self.writes());
        asks
    }

    fn reads(&self) -> Vec<Ask> {
        let (code, id) = (&self.meeting, self.boss.user.id);
        let mut asks: Vec<Ask> = Vec::new();
        for path in [
            "/",
            "/help/",
            "/help/article/1/",
            "/account/",
            "/account/meetings/",
            "/account/meetings/new/",
            "/meet/",
            "/admin/",
            "/admin/users/",
            "/admin/help/",
            "/admin/help/1/",
            "/admin/meetings/",
            DETAILS,
            "/account/get/user-details/?acs=1",
            "/meeting/meetings/",
            "/readyz",
            "/account/sign-in/",
        ] {
            asks.push(("GET", path.to_owned(), "", String::new()));
        }
        for path in [
            format!("/meeting/meetings/{code}/"),
            format!("/meet/conf/{code}/"),
            format!("/account/meetings/{code}/"),
            format!("/admin/users/{id}/"),
            format!("/media/profiles/images/pc/{}.jpg", AvatarId::generate()),
        ] {
            asks.push(("GET", path, "", String::new()));
        }
        asks
    }

    fn writes(&self) -> Vec<Ask> {
        let (code, pass) = (&self.meeting, &self.password);
        let form = |path: &str, body: String| ("POST", path.to_owned(), FORM, body);
        let new = "username=eve&email=eve%40example.org&first_name=E&last_name=V";
        let passwords = format!("password={pass}&password_2={pass}");
        vec![
            form("/account/sign-up/", format!("{new}&{passwords}")),
            form("/account/sign-in/", format!("username=boss&password={pass}")),
            form(LOGIN, format!("username=boss&password={pass}")),
            form("/account/acs-token/", String::new()),
            form(&format!("/meeting/meetings/{code}/join/"), String::new()),
            form(
                "/account/profile/",
                "username=boss&email=b%40example.org&first_name=E&last_name=V&meeting_name=x&revision=1".to_owned(),
            ),
            form("/account/avatar/remove/", String::new()),
            form("/account/sessions/end/", format!("session={}", SessionId::generate())),
            form("/account/sessions/end-others/", String::new()),
            form("/account/password/", format!("current={pass}&{passwords}")),
            form("/admin/help/new/", "title=T&content=C&tags=t".to_owned()),
            (
                "POST",
                "/meeting/new/".to_owned(),
                JSON,
                MEETING.to_owned(),
            ),
            (
                "PATCH",
                format!("/meeting/meetings/{code}/"),
                JSON,
                r#"{"title":"Other"}"#.to_owned(),
            ),
            ("DELETE", format!("/meeting/meetings/{code}/"), "", String::new()),
            form("/account/delete/", format!("password={pass}")),
            form("/account/sign-out/", String::new()),
        ]
    }

    async fn ask(&self, ask: &Ask, signed_in: bool) -> Answer {
        let (method, path, mime, body) = ask;
        let mut headers = Vec::new();
        if signed_in {
            headers.push(("Cookie", self.boss.cookie.as_str()));
        }
        if !mime.is_empty() {
            headers.push(("Content-Type", *mime));
        }
        let body = body.as_bytes();
        self.server.request(method, path, &headers, body).await
    }
}

/// Whether programs ask there.
fn is_api(path: &str) -> bool {
    let path = path.split('?').next().unwrap();
    path.starts_with("/meeting/") || [LOGIN, DETAILS, "/account/acs-token/"].contains(&path)
}

fn assert_discreet(answer: &Answer, about: &str) {
    let body = String::from_utf8_lossy(&answer.body);
    assert!(!body.contains(INTERNALS), "{about}: {body}");
    for (name, value) in &answer.headers {
        assert!(!value.contains(INTERNALS), "{about}: {name}");
    }
}

fn assert_told(answer: &Answer, path: &str, about: &str) {
    if path == "/readyz" {
        return;
    }
    assert!(answer.header("x-request-id").is_some(), "{about}");
    if answer.status == 503 {
        assert!(answer.header("retry-after").is_some(), "{about}");
    }
    if is_api(path) {
        assert!(answer.json()["detail"].is_string(), "{about}");
    } else {
        let page = String::from_utf8_lossy(&answer.body);
        assert!(page.contains("<title>"), "{about}: {page}");
    }
}

#[tokio::test]
async fn a_store_that_is_away_is_503_everywhere() {
    let house = house().await;
    house.store.break_at("*", Fault::Unavailable);
    for ask in house.everything() {
        let about = format!("{} {}", ask.0, ask.1);
        let answer = house.ask(&ask, true).await;
        assert_eq!(answer.status, 503, "{about}");
        assert_discreet(&answer, &about);
        assert_told(&answer, &ask.1, &about);
    }
    let cookie = [("cookie", house.boss.cookie.as_str())];
    let room = house.server.socket("/vnet/ps/907308/", &cookie).await;
    assert_eq!(refusal(room), 503);
    // What needs no store goes on.
    for path in [
        "/healthz",
        "/static/vnet.css",
        "/media/profile/images/def/pc.jpg",
    ] {
        assert_eq!(house.server.get(path).await.status, 200, "{path}");
    }
    house.store.mend();
    let answer = house.server.get_as(&house.boss, DETAILS).await;
    assert_eq!(answer.status, 200, "nobody was signed out");
}

/// Without these a request may still be answered: the identity at the provider is made and cleared
/// away later. So may a page that only tells that there is nothing (404), without a name at its top.
const TOLERATED: [&str; 3] = ["get_identity", "insert_identity", "set_token"];

/// Breaks one method after the other, in every way of being asked.
async fn break_each(fault: Fault, expected: u16) {
    let mut broke = 0;
    for method in METHODS {
        let house = house().await;
        for signed_in in [false, true] {
            for ask in house.everything() {
                if !signed_in && ask.0 != "POST" {
                    continue;
                }
                house.store.break_at(method, fault);
                let hits = house.store.hits();
                let answer = house.ask(&ask, signed_in).await;
                let about = format!("{method} at {} {} {signed_in}", ask.0, ask.1);
                assert_discreet(&answer, &about);
                // 501: there is no conference to join.
                let is_broken = answer.status >= 500 && answer.status != 501;
                if is_broken {
                    assert!(house.store.hits() > hits, "{about}: {}", answer.status);
                    assert_eq!(answer.status, expected, "{about}");
                    assert_told(&answer, &ask.1, &about);
                    broke += 1;
                } else if house.store.hits() > hits {
                    let may = TOLERATED.contains(method) || answer.status == 404;
                    assert!(may, "{about}: {}", answer.status);
                }
            }
        }
    }
    assert!(broke > 80, "{broke} requests met a broken store");
}

#[tokio::test]
async fn any_method_that_is_away_is_503_and_never_500() {
    break_each(Fault::Unavailable, 503).await;
}

#[tokio::test]
async fn any_method_that_panics_is_500_for_its_request() {
    break_each(Fault::Panic, 500).await;
}

/// Reads one answer from a connection that stays open.
async fn one_answer(stream: &mut tokio::net::TcpStream) -> Answer {
    let mut bytes = Vec::new();
    loop {
        let mut part = [0; 4_096];
        let read = tokio::time::timeout(support::PATIENCE, stream.read(&mut part));
        let count = read.await.unwrap().unwrap();
        assert_ne!(count, 0, "the connection must go on");
        bytes.extend_from_slice(&part[..count]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let answer = Answer::parse(&bytes);
        let length: usize = answer.header("content-length").unwrap().parse().unwrap();
        if bytes.len() == end + 4 + length {
            return answer;
        }
    }
}

#[tokio::test]
async fn after_a_panic_the_connection_goes_on() {
    let house = house().await;
    let mut stream = house.server.connect().await;
    let request = format!(
        "GET {DETAILS} HTTP/1.1\r\nHost: a\r\nCookie: {}\r\n\r\n",
        house.boss.cookie
    );
    for (fault, status) in [(true, 500), (false, 200), (true, 500), (false, 200)] {
        match fault {
            true => house.store.break_at("find_session", Fault::Panic),
            false => house.store.mend(),
        }
        stream.write_all(request.as_bytes()).await.unwrap();
        let answer = one_answer(&mut stream).await;
        assert_eq!(answer.status, status);
        assert_discreet(&answer, "a panic");
    }
    // A socket that is open meanwhile does not notice.
    let cookie = [("cookie", house.boss.cookie.as_str())];
    let mut socket = house
        .server
        .socket("/vnet/ps/907308/", &cookie)
        .await
        .unwrap();
    assert_eq!(support::json_of(&mut socket).await["peers_count"], 1);
    house.store.break_at("find_session", Fault::Panic);
    let refused = house.server.socket("/vnet/ps/907308/", &cookie).await;
    assert_eq!(refusal(refused), 500);
    house.store.mend();
    let mut second = house
        .server
        .socket("/vnet/ps/907308/", &cookie)
        .await
        .unwrap();
    assert_eq!(support::json_of(&mut second).await["peers_count"], 2);
    assert_eq!(support::json_of(&mut socket).await["peers_count"], 2);
}
