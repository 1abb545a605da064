//! One socket: the first message, the ticket, then texts both ways until either side ends it.

mod pump;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use tokio::time::timeout;
use vnet_core::Secret;
use vnet_core::clock::Clock;
use vnet_core::conference::{Gone, TextSocket};
use vnet_core::id::UserId;
use vnet_core::meeting::MeetingId;

use self::pump::Pump;
use crate::command::{Command, Entry, RoomHost, Said};
use crate::ids::ConnId;
use crate::limits::SfuLimits;
use crate::outbox::{Closing, outbox};
use crate::ticket::Tickets;
use crate::wire::{
    ClientMessage, CloseCode, ErrorCode, Join, Request, Resume, ServerMessage, VERSION,
};

/// What sockets are served with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Front<'a> {
    pub(crate) tickets: &'a Tickets,
    pub(crate) limits: &'a Arc<SfuLimits>,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) host: &'a Arc<dyn RoomHost>,
    /// Who is signed in on the socket, where that is known.
    pub(crate) user: Option<UserId>,
}

/// Why a first message leads nowhere.
#[derive(Debug)]
struct TurnedAway {
    id: Option<u32>,
    code: ErrorCode,
    message: String,
}

impl Front<'_> {
    /// Serves one socket until it is over.
    pub(crate) async fn serve(self, meeting: MeetingId, mut socket: Box<dyn TextSocket>) {
        let within = self.limits.first_message_within;
        let text = match timeout(within, socket.receive()).await {
            Ok(Ok(text)) => text,
            Ok(Err(_gone)) => return,
            Err(_elapsed) => {
                let closing = Closing::new(CloseCode::Timeout, "the first message took too long");
                return end(&mut *socket, &closing).await;
            }
        };
        let read = self.read_first(&text, &meeting);
        // An offer is long: it is not kept for as long as the meeting lasts.
        drop(text);
        match read {
            Ok(entry) => self.enter(meeting, socket, entry).await,
            Err(refused) => turn_away(&mut *socket, refused).await,
        }
    }

    fn read_first(self, text: &Bytes, meeting: &MeetingId) -> Result<Entry, TurnedAway> {
        let refuse = |id, code, message: &str| TurnedAway {
            id,
            code,
            message: message.into(),
        };
        if text.len() > self.limits.message_bytes {
            let large = "The message is too large.";
            return Err(refuse(None, ErrorCode::BadMessage, large));
        }
        let request = Request::read(text)
            .map_err(|bad| refuse(bad.id, ErrorCode::BadMessage, &bad.message))?;
        let id = request.id;
        let (version, entry) = match request.message {
            ClientMessage::Join(join) => (join.version, First::Join(join)),
            ClientMessage::Resume(resume) => (resume.version, First::Resume(resume)),
            _ => {
                let first = "The first message is `join` or `resume`.";
                return Err(refuse(id, ErrorCode::WrongState, first));
            }
        };
        // Before the ticket is used up.
        if version != VERSION {
            let speaks = "This server speaks version 1 of the protocol.";
            return Err(refuse(id, ErrorCode::UnsupportedVersion, speaks));
        }
        match entry {
            First::Join(join) => self
                .take_ticket(id, join, meeting)
                .map_err(|code| refuse(id, code, about(code))),
            First::Resume(resume) => Ok(Entry::Resume {
                user: self.user,
                request_id: id,
                resume,
            }),
        }
    }

    fn take_ticket(
        self,
        request_id: Option<u32>,
        join: Join,
        meeting: &MeetingId,
    ) -> Result<Entry, ErrorCode> {
        let session = random_session()?;
        let now = self.clock.now();
        let claims = self.tickets.take(&join.ticket, meeting, self.user, now)?;
        Ok(Entry::Join {
            claims,
            session,
            request_id,
            join,
        })
    }

    async fn enter(self, meeting: MeetingId, mut socket: Box<dyn TextSocket>, entry: Entry) {
        let (outbox, outgoing) = outbox(self.limits);
        let seat = Seat::new(Arc::clone(self.host), meeting);
        let entry = Box::new(entry);
        if !seat.say(Said::Open { outbox, entry }).await {
            let closing = Closing::new(CloseCode::GoingAway, "the server shuts down");
            return end(&mut *socket, &closing).await;
        }
        let pump = Pump::new(&seat, self.limits, outgoing, &mut *socket);
        let why = pump.run().await;
        seat.leave(why).await;
        // Where the socket itself had no time to: nobody in the meeting waits for this.
        match why {
            Gone::SessionEnded => {
                let closing = Closing::new(CloseCode::Unauthorized, "the session has ended");
                end(&mut *socket, &closing).await;
            }
            Gone::Stopping => {
                let closing = Closing::new(CloseCode::GoingAway, "the server shuts down");
                end(&mut *socket, &closing).await;
            }
            _ => {}
        }
    }
}

enum First {
    Join(Join),
    Resume(Resume),
}

fn about(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::BadTicket => {
            "The ticket is not valid, expired, used already or another meeting's: ask for a new one."
        }
        ErrorCode::Forbidden => {
            "The ticket is somebody else's than who is signed in: ask for a new one."
        }
        ErrorCode::ServerFull => "Too many people come at once: try again in a minute.",
        _ => "Something went wrong on the server.",
    }
}

/// 256 random bits.
fn random_session() -> Result<Secret, ErrorCode> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| {
        tracing::error!(%error, "no random bytes from the system");
        ErrorCode::Internal
    })?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(bytes)))
}

async fn turn_away(socket: &mut dyn TextSocket, refused: TurnedAway) {
    metrics::counter!(REFUSED).increment(1);
    let TurnedAway { id, code, message } = refused;
    tracing::debug!(?code, message, "a conference socket is refused");
    let closing = Closing::new(code.closes_with(), message.clone());
    let error = ServerMessage::Error { id, code, message };
    if socket.send(&[error.to_text()]).await.is_ok() {
        end(socket, &closing).await;
    }
}

async fn end(socket: &mut dyn TextSocket, closing: &Closing) {
    let reason = &closing.reason[..closing.reason.floor_char_boundary(123)];
    socket.close(closing.code.number(), reason).await;
}

/// Counts texts that were refused before they reached a room.
pub(crate) const REFUSED: &str = "vnet_sfu_refused_texts_total";

/// A connection as the rooms know it. They hear of its end in any case.
struct Seat {
    host: Arc<dyn RoomHost>,
    meeting: MeetingId,
    conn: ConnId,
    is_left: bool,
}

impl Seat {
    fn new(host: Arc<dyn RoomHost>, meeting: MeetingId) -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self {
            host,
            meeting,
            conn: ConnId(LAST.fetch_add(1, Ordering::Relaxed) + 1),
            is_left: false,
        }
    }

    fn command(&self, said: Said) -> Command {
        Command {
            meeting: self.meeting.clone(),
            conn: self.conn,
            said,
        }
    }

    /// `false`: nobody is there any more.
    async fn say(&self, said: Said) -> bool {
        self.host.submit(self.command(said)).await.is_ok()
    }

    async fn leave(mut self, why: Gone) {
        self.say(Said::Gone(why)).await;
        self.is_left = true;
    }
}

impl Drop for Seat {
    /// The task was dropped in the midst of something.
    fn drop(&mut self) {
        if self.is_left {
            return;
        }
        let (host, command) = (Arc::clone(&self.host), self.command(Said::Gone(Gone::Lost)));
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { host.submit(command).await });
        }
    }
}

#[cfg(test)]
mod tests;
