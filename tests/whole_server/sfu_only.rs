//! Meetings without accounts: the program `examples/sfu_only`, from the page to the meeting.

use std::process::Stdio;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::server::example;
use crate::support::PATIENCE;

/// Sound to send in section 0.
const OFFER: &str = concat!(
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendonly\r\na=rtcp-mux\r\n",
    "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=setup:actpass\r\n",
    "a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:",
    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n",
    "a=rtpmap:111 opus/48000/2\r\na=ssrc:1111 cname:x\r\n",
);

/// The running program, and where its page is.
async fn start() -> (Child, String) {
    let mut child = Command::new(example("sfu_only"))
        .arg("127.0.0.1:0")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the program starts");
    let stdout = child.stdout.take().expect("piped");
    let mut lines = BufReader::new(stdout).lines();
    let line = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap();
    let line = line.expect("it says where it is");
    let url = line.split(' ').find(|word| word.starts_with("http://"));
    (child, url.expect("an address").trim_end_matches('/').into())
}

/// Somebody at the page.
struct Visitor(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Visitor {
    /// Gets a ticket, and shows it.
    async fn come(url: &str) -> Self {
        let answer = reqwest::Client::new().post(format!("{url}/ticket"));
        let answer = answer.send().await.unwrap();
        let ticket: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        let path = ticket["url"].as_str().unwrap();
        let mut visitor = Self::open(url, path).await.unwrap();
        visitor.join(ticket["ticket"].as_str().unwrap()).await;
        visitor
    }

    async fn open(url: &str, path: &str) -> Result<Self, Error> {
        let address = format!("{}{path}", url.replacen("http", "ws", 1));
        let opened = timeout(PATIENCE, connect_async(address)).await;
        opened.expect("an answer").map(|(socket, _)| Self(socket))
    }

    async fn join(&mut self, ticket: &str) {
        let publish = json!([{"source": "microphone", "mid": "0"}]);
        let join = json!({"type": "join", "version": 1, "ticket": ticket, "offer": OFFER, "publish": publish});
        self.0.send(Message::text(join.to_string())).await.unwrap();
    }

    /// The next message of this type.
    async fn hear(&mut self, kind: &str) -> Value {
        loop {
            match timeout(PATIENCE, self.0.next()).await.unwrap() {
                Some(Ok(Message::Text(text))) => {
                    let message: Value = serde_json::from_str(&text).unwrap();
                    if message["type"] == kind {
                        return message;
                    }
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("`{kind}` was expected: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn whoever_opens_the_page_meets_whoever_else_has() {
    let (_program, url) = start().await;
    let page = reqwest::get(&url).await.unwrap().text().await.unwrap();
    let script = "/vnet/conference.js";
    assert!(page.contains(script), "{page}");
    let script = reqwest::get(format!("{url}{script}")).await.unwrap();
    let kind = script.headers()["content-type"].to_str().unwrap();
    assert!(kind.starts_with("text/javascript"), "{kind}");
    assert!(script.text().await.unwrap().contains("class Conference"));

    let mut ada = Visitor::come(&url).await;
    let welcome = ada.hear("welcome").await;
    assert!(welcome["answer"].as_str().unwrap().contains("a=ice-lite"));
    let mut bob = Visitor::come(&url).await;
    let welcome = bob.hear("welcome").await;
    assert_eq!(welcome["snapshot"]["tracks"].as_array().unwrap().len(), 2);
    let joined = ada.hear("joined").await;
    assert_eq!(joined["participant"]["id"], welcome["you"]);
    drop(bob);
    assert_eq!(ada.hear("changed").await["participant"]["connected"], false);
}

#[tokio::test]
async fn who_has_no_ticket_or_no_way_in_is_told() {
    let (_program, url) = start().await;
    let mut eve = Visitor::open(&url, "/vnet/sfu/abcdefghjk/").await.unwrap();
    eve.join("none").await;
    assert_eq!(eve.hear("error").await["code"], "bad_ticket");
    for (path, status) in [
        ("/vnet/sfu/abcdefghjk", 404),
        ("/vnet/sfu/no-code/", 404),
        ("/elsewhere", 404),
        ("/vnet/sfu/abcdefghjk/", 426),
    ] {
        let answer = reqwest::get(format!("{url}{path}")).await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
    }
    let post = reqwest::Client::new().post(format!("{url}/vnet/sfu/abcdefghjk/"));
    assert_eq!(post.send().await.unwrap().status(), 405);
}
