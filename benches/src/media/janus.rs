//! The same load through Janus and its `videoroom` plugin.
//!
//! # Source
//! Janus documentation, "Janus `WebSockets` interface" and "`VideoRoom` plugin".

use std::net::{IpAddr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};

use super::client::{Client, Plan};
use super::load::Host;
use super::vnet::read;

const PATIENCE: Duration = Duration::from_secs(20);
const KEEP_ALIVE: Duration = Duration::from_secs(20);
const ROOM: u64 = 4_711;
const PLUGIN: &str = "janus.plugin.videoroom";

/// The command that starts Janus with its sockets on `signalling`; its settings go to `folder`.
///
/// # Errors
/// When the settings cannot be written.
pub fn command(folder: &Path, signalling: SocketAddr) -> Result<Command> {
    let SocketAddr::V4(address) = signalling else {
        bail!("Janus is measured over IPv4");
    };
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text);
    write(
        "janus.jcfg",
        "general: { debug_level = 2 }\n\
         media: { rtp_port_range = \"20000-29999\" }\n\
         nat: { ice_lite = true }\n\
         plugins: { disable = \"libjanus_audiobridge.so,libjanus_echotest.so,libjanus_nosip.so,\
         libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,\
         libjanus_videocall.so,libjanus_voicemail.so\" }\n\
         transports: { disable = \"libjanus_http.so,libjanus_pfunix.so,libjanus_rabbitmq.so,\
         libjanus_mqtt.so,libjanus_nanomsg.so\" }\n"
            .into(),
    )?;
    write(
        "janus.transport.websockets.jcfg",
        format!(
            "general: {{ ws = true\n ws_ip = \"{}\"\n ws_port = {}\n wss = false }}\n",
            address.ip(),
            address.port(),
        ),
    )?;
    let mut janus = Command::new("janus");
    janus.arg("--configs-folder").arg(folder);
    janus.arg("--config").arg(folder.join("janus.jcfg"));
    Ok(janus)
}

/// A room of a running Janus.
#[derive(Debug)]
pub struct Janus {
    socket: WebSocket<TcpStream>,
    local: IpAddr,
    session: u64,
    transactions: u64,
    feeds: Vec<u64>,
    keep_alive_at: Instant,
}

impl Janus {
    /// Opens a session and makes a room.
    ///
    /// # Errors
    /// When Janus refuses.
    pub fn new(signalling: SocketAddr, local: IpAddr) -> Result<Self> {
        let stream = TcpStream::connect(signalling)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut request = format!("ws://{signalling}/").into_client_request()?;
        let protocol = HeaderValue::from_static("janus-protocol");
        request
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", protocol);
        let (socket, _) = tungstenite::client(request, stream)
            .map_err(|error| anyhow::anyhow!("no WebSocket: {error}"))?;
        let mut janus = Self {
            socket,
            local,
            session: 0,
            transactions: 0,
            feeds: Vec::new(),
            keep_alive_at: Instant::now() + KEEP_ALIVE,
        };
        let created = janus.ask(json!({"janus": "create"}), "success")?;
        janus.session = created["data"]["id"].as_u64().context("no session")?;
        let handle = janus.attach()?;
        let room = json!({
            "request": "create", "room": ROOM, "publishers": 500, "bitrate": 0,
            "audiocodec": "opus", "videocodec": "vp8",
        });
        janus.message(handle, &room, None, "success")?;
        Ok(janus)
    }

    fn attach(&mut self) -> Result<u64> {
        let attached = self.ask(json!({"janus": "attach", "plugin": PLUGIN}), "success")?;
        attached["data"]["id"].as_u64().context("no handle")
    }

    fn message(
        &mut self,
        handle: u64,
        body: &Value,
        jsep: Option<Value>,
        answer: &str,
    ) -> Result<Value> {
        let mut message = json!({"janus": "message", "handle_id": handle, "body": body});
        if let Some(jsep) = jsep {
            message["jsep"] = jsep;
        }
        let said = self.ask(message, answer)?;
        if said["plugindata"]["data"]["error"].is_string() {
            bail!("Janus refuses: {said}");
        }
        Ok(said)
    }

    /// Says something and waits for the answer of this kind to it.
    fn ask(&mut self, mut message: Value, kind: &str) -> Result<Value> {
        self.transactions += 1;
        let transaction = self.transactions.to_string();
        message["transaction"] = json!(transaction);
        if self.session != 0 {
            message["session_id"] = json!(self.session);
        }
        self.socket.get_ref().set_nonblocking(false)?;
        self.socket.send(Message::text(message.to_string()))?;
        loop {
            let said = read(&mut self.socket)?.context("no answer in time")?;
            if said["janus"] == "error" {
                bail!("Janus refuses: {said}");
            }
            if said["transaction"] == transaction && said["janus"] == kind {
                self.socket.get_ref().set_nonblocking(true)?;
                return Ok(said);
            }
        }
    }

    fn publish(&mut self, client: &mut Client, plan: Plan) -> Result<()> {
        let handle = self.attach()?;
        let join = json!({"request": "join", "ptype": "publisher", "room": ROOM});
        let joined = self.message(handle, &join, None, "event")?;
        let feed = joined["plugindata"]["data"]["id"].as_u64();
        client.offer(plan, |_, offer| {
            let configure = json!({"request": "configure"});
            let jsep = json!({"type": "offer", "sdp": offer});
            let said = self.message(handle, &configure, Some(jsep), "event")?;
            Ok((sdp(&said)?, ()))
        })?;
        self.feeds.push(feed.context("no feed")?);
        Ok(())
    }

    fn subscribe(&mut self, client: &mut Client) -> Result<()> {
        let handle = self.attach()?;
        let streams: Vec<Value> = self
            .feeds
            .iter()
            .map(|feed| json!({"feed": feed}))
            .collect();
        let join = json!({
            "request": "join", "ptype": "subscriber", "room": ROOM, "streams": streams,
        });
        let said = self.message(handle, &join, None, "event")?;
        let answer = client.answer(&sdp(&said)?)?;
        let start = json!({"request": "start", "room": ROOM});
        let jsep = json!({"type": "answer", "sdp": answer});
        self.message(handle, &start, Some(jsep), "event")?;
        Ok(())
    }
}

fn sdp(said: &Value) -> Result<String> {
    let sdp = said["jsep"]["sdp"].as_str();
    Ok(sdp.with_context(|| format!("no SDP in {said}"))?.into())
}

impl Host for Janus {
    /// Who sends does not take, and the other way round: with Janus these are two connections.
    fn enter(&mut self, plan: Plan, _width: Option<u32>) -> Result<Client> {
        let mut client = Client::new(self.local)?;
        if plan.layers > 0 || plan.microphone {
            self.publish(&mut client, plan)?;
        } else {
            self.subscribe(&mut client)?;
        }
        Ok(client)
    }

    fn listen(&mut self) -> Result<()> {
        while read(&mut self.socket)?.is_some() {}
        if Instant::now() >= self.keep_alive_at {
            self.keep_alive_at = Instant::now() + KEEP_ALIVE;
            self.ask(json!({"janus": "keepalive"}), "ack")?;
        }
        Ok(())
    }
}
