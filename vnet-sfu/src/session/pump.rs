//! Texts both ways between a socket and a room.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout};
use vnet_core::conference::{Gone, TextSocket};

use super::{REFUSED, Seat, end};
use crate::command::Said;
use crate::limits::SfuLimits;
use crate::outbox::{Closing, Outgoing};
use crate::rate::{Pace, Verdict};
use crate::wire::{CloseCode, ErrorCode, Request, ServerMessage};

/// Texts sent together.
const BATCH: usize = 64;
/// How long a broken socket may take to say why.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Moves texts until either side ends it.
pub(super) struct Pump<'a> {
    seat: &'a Seat,
    limits: &'a SfuLimits,
    outgoing: Outgoing,
    socket: &'a mut dyn TextSocket,
    pace: Pace,
    batch: Vec<Bytes>,
}

/// What happened.
enum Turn {
    Ends(Closing),
    Sends,
    Hears(Bytes),
    Gone(Gone),
}

/// Who ended it.
enum End {
    /// We.
    Closing(Closing),
    /// The other side, or what is between.
    Gone(Gone),
    /// Nothing can be written any more.
    Broken,
}

impl<'a> Pump<'a> {
    pub(super) fn new(
        seat: &'a Seat,
        limits: &'a SfuLimits,
        outgoing: Outgoing,
        socket: &'a mut dyn TextSocket,
    ) -> Self {
        // The room counts as well, and answers each message; this keeps a flood away from the
        // thread that others share with it.
        let double = SfuLimits {
            message_rate: limits.message_rate.saturating_mul(2),
            message_burst: limits.message_burst.saturating_mul(2),
            ..limits.clone()
        };
        Self {
            seat,
            limits,
            outgoing,
            socket,
            pace: Pace::new(&double, Instant::now().into_std()),
            batch: Vec::new(),
        }
    }

    /// Why the connection is over for the room.
    pub(super) async fn run(mut self) -> Gone {
        match self.go_on().await {
            End::Closing(closing) => self.finish(closing).await,
            End::Gone(why) => why,
            End::Broken => self.last_words().await,
        }
    }

    async fn go_on(&mut self) -> End {
        loop {
            match self.turn().await {
                Turn::Ends(closing) => return End::Closing(closing),
                Turn::Gone(why) => return End::Gone(why),
                Turn::Sends => {}
                Turn::Hears(text) => {
                    if let Some(closing) = self.hear(&text).await {
                        return End::Closing(closing);
                    }
                }
            }
            if !self.batch.is_empty()
                && let Some(end) = self.send().await
            {
                return end;
            }
        }
    }

    async fn turn(&mut self) -> Turn {
        let Outgoing { texts, closing, .. } = &mut self.outgoing;
        let turn = tokio::select! {
            biased;
            said = closing => Turn::Ends(said.unwrap_or_else(|_dropped| lost_room())),
            // Nothing comes of a queue whose room is gone: then `closing` has something to say.
            1.. = texts.recv_many(&mut self.batch, BATCH) => Turn::Sends,
            heard = self.socket.receive() => heard.map_or_else(Turn::Gone, Turn::Hears),
        };
        for text in &self.batch {
            self.outgoing.took(text);
        }
        turn
    }

    async fn send(&mut self) -> Option<End> {
        let batch = std::mem::take(&mut self.batch);
        let write = timeout(self.limits.write_within, self.socket.send(&batch));
        tokio::pin!(write);
        let (written, closing) = tokio::select! {
            biased;
            written = &mut write => (written, None),
            said = &mut self.outgoing.closing => {
                let closing = said.unwrap_or_else(|_dropped| lost_room());
                if closing.code == CloseCode::Timeout {
                    return Some(End::Closing(closing));
                }
                // What was queued before goes first.
                (write.await, Some(closing))
            }
        };
        match written {
            Ok(Ok(())) => closing.map(End::Closing),
            Ok(Err(_broken)) => Some(End::Broken),
            Err(_elapsed) => Some(End::Closing(not_read())),
        }
    }

    /// Sends what is queued, unless nobody reads, and closes.
    async fn finish(&mut self, closing: Closing) -> Gone {
        if closing.code != CloseCode::Timeout {
            while let Ok(text) = self.outgoing.texts.try_recv() {
                self.batch.push(text);
            }
            let write = self.socket.send(&self.batch);
            match timeout(self.limits.write_within, write).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return Gone::Lost,
            }
        }
        end(self.socket, &closing).await;
        Gone::Lost
    }

    /// Passes on what the browser says; `Some` when it is to be the last.
    async fn hear(&mut self, text: &Bytes) -> Option<Closing> {
        match self.pace.check(Instant::now().into_std()) {
            Verdict::Fine => {}
            Verdict::TooFast => {
                self.refuse(None, ErrorCode::TooFast, "Too many messages: slow down.");
                return None;
            }
            Verdict::Hopeless => {
                return Some(Closing::new(CloseCode::TooFast, "too many messages"));
            }
        }
        if text.len() > self.limits.message_bytes {
            let large = Closing::new(CloseCode::BadMessage, "the message is too large");
            return Some(large);
        }
        match Request::read(text) {
            Ok(request) => {
                let heard = self.seat.say(Said::Message(Box::new(request))).await;
                (!heard).then(|| Closing::new(CloseCode::GoingAway, "the server shuts down"))
            }
            Err(bad) => {
                self.refuse(bad.id, ErrorCode::BadMessage, &bad.message);
                None
            }
        }
    }

    fn refuse(&mut self, id: Option<u32>, code: ErrorCode, message: &str) {
        metrics::counter!(REFUSED).increment(1);
        let message = message.into();
        let error = ServerMessage::Error { id, code, message };
        self.batch.push(error.to_text());
    }

    /// A socket that cannot be written to says why when it is read.
    async fn last_words(&mut self) -> Gone {
        let why = timeout(LAST_WORDS, async {
            loop {
                if let Err(why) = self.socket.receive().await {
                    return why;
                }
            }
        });
        why.await.unwrap_or(Gone::Lost)
    }
}

fn lost_room() -> Closing {
    Closing::new(CloseCode::Failed, "the server lost the meeting")
}

fn not_read() -> Closing {
    Closing::new(CloseCode::Timeout, "messages were not read in time")
}
