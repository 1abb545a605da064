//! The conversations of participants with VNET: a blocking entry, then messages as they come.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};
use vnet_core::clock::{Clock as _, SystemClock};
use vnet_core::conference::{Participant, Role};
use vnet_core::id::UserId;
use vnet_core::meeting::MeetingId;
use vnet_core::token::SigningKey;
use vnet_sfu::SfuLimits;
use vnet_sfu::ticket::Tickets;

use super::client::{Client, Plan};
use super::load::Host;

const PATIENCE: Duration = Duration::from_secs(20);

/// The key that signs the tickets of a measured server.
#[must_use]
pub fn key() -> SigningKey {
    SigningKey::from_bytes([7; SigningKey::BYTES])
}

/// A meeting on VNET's embedded conference.
#[derive(Debug)]
pub struct Vnet {
    signalling: SocketAddr,
    local: IpAddr,
    tickets: Tickets,
    meeting: MeetingId,
    people: Vec<Person>,
}

#[derive(Debug)]
struct Person {
    socket: WebSocket<TcpStream>,
    me: u64,
    width: Option<u32>,
}

/// A track: its number, its publisher's, its source.
type Track = (u64, u64, String);

impl Vnet {
    /// An empty meeting on the server whose sockets are at `signalling` and whose tickets `key`
    /// signs; participants' media sockets are on `local`.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn new(signalling: SocketAddr, local: IpAddr, key: &SigningKey) -> Result<Self> {
        Ok(Self {
            signalling,
            local,
            tickets: Tickets::new(key, &SfuLimits::default()),
            meeting: MeetingId::generate()?,
            people: Vec::new(),
        })
    }

    fn open(&self) -> Result<WebSocket<TcpStream>> {
        let stream = TcpStream::connect(self.signalling)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let url = format!(
            "ws://{}/vnet/sfu/{}/",
            self.signalling,
            self.meeting.as_str()
        );
        let (socket, _) = tungstenite::client(url, stream)
            .map_err(|error| anyhow::anyhow!("no WebSocket: {error}"))?;
        Ok(socket)
    }

    fn join(
        &self,
        client: &Client,
        offer: &str,
    ) -> Result<(String, (WebSocket<TcpStream>, Value))> {
        let participant = Participant {
            user_id: UserId::generate(),
            display_name: "load".into(),
            role: Role::Guest,
            access: None,
        };
        let now = SystemClock.now();
        let (ticket, _) = self.tickets.issue(&self.meeting, &participant, now)?;
        let sections = [("microphone", client.microphone), ("camera", client.camera)];
        let publish = sections.into_iter().filter_map(|(source, mid)| {
            mid.map(|mid| json!({"source": source, "mid": mid.to_string()}))
        });
        let join = json!({
            "type": "join", "id": 1, "version": 1, "ticket": ticket.expose(),
            "offer": offer, "publish": publish.collect::<Vec<_>>(),
        });
        let mut socket = self.open()?;
        socket.send(Message::text(join.to_string()))?;
        let said = read(&mut socket)?.context("no welcome in time")?;
        if said["type"] != "welcome" {
            bail!("refused: {said}");
        }
        socket.get_ref().set_nonblocking(true)?;
        let answer = said["answer"].as_str().context("no answer")?.to_owned();
        Ok((answer, (socket, said)))
    }
}

impl Host for Vnet {
    fn enter(&mut self, plan: Plan, width: Option<u32>) -> Result<Client> {
        let mut client = Client::new(self.local)?;
        let (socket, welcome) = client.offer(plan, |client, offer| self.join(client, offer))?;
        let mut person = Person {
            socket,
            me: welcome["you"].as_u64().context("no number")?,
            width,
        };
        let tracks = welcome["snapshot"]["tracks"].as_array();
        let tracks: Vec<Track> = tracks.into_iter().flatten().filter_map(track).collect();
        person.want(&tracks)?;
        self.people.push(person);
        Ok(client)
    }

    fn listen(&mut self) -> Result<()> {
        self.people.iter_mut().try_for_each(Person::listen)
    }
}

impl Person {
    fn want(&mut self, tracks: &[Track]) -> Result<()> {
        let cameras = tracks
            .iter()
            .filter(|(_, owner, source)| *owner != self.me && source == "camera");
        let wants: Vec<Value> = cameras
            .map(|(track, ..)| json!({"track": track, "on": true, "width": self.width}))
            .collect();
        if !wants.is_empty() {
            let message = json!({"type": "want", "tracks": wants});
            self.socket.send(Message::text(message.to_string()))?;
        }
        Ok(())
    }

    fn listen(&mut self) -> Result<()> {
        let mut tracks = Vec::new();
        while let Some(said) = read(&mut self.socket)? {
            match said["type"].as_str() {
                Some("track_added") => tracks.extend(track(&said["track"])),
                Some("error") => bail!("refused: {said}"),
                _ => {}
            }
        }
        self.want(&tracks)
    }
}

fn track(said: &Value) -> Option<Track> {
    Some((
        said["id"].as_u64()?,
        said["participant"].as_u64()?,
        said["source"].as_str()?.into(),
    ))
}

/// The next message; `None` when there is none.
///
/// # Errors
/// When the connection is over.
pub fn read(socket: &mut WebSocket<TcpStream>) -> Result<Option<Value>> {
    loop {
        match socket.read() {
            Ok(Message::Text(text)) => return Ok(Some(serde_json::from_str(&text)?)),
            Ok(Message::Close(frame)) => bail!("the server closed the connection: {frame:?}"),
            Ok(_) => {}
            Err(tungstenite::Error::Io(error))
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        }
    }
}
