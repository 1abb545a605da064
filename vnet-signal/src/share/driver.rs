//! One socket of a device: the first message, then requests in and events out until either side ends it.

mod pace;

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::timeout;
use vnet_core::conference::{Gone, TextSocket};
use vnet_core::room::EndReason;
use vnet_core::share::{
    Ask, Hello, ShareAction, ShareBroker, ShareDevice, ShareErrorCode, ShareEvent, ShareMembership,
    ShareRequest, VERSION, viewer_name,
};
use vnet_core::{Error, Limits};

use self::pace::{Pace, Verdict};
use crate::close::Close;
use crate::frame::is_deeper_than;

/// Events that are sent together.
const BATCH: usize = 64;
/// How long a broken socket may take to say why.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Serves the sockets of devices. A cheap handle to clone.
#[derive(Clone, Debug)]
pub struct Shares {
    broker: Arc<dyn ShareBroker>,
    limits: Arc<Limits>,
}

/// Why a first message leads nowhere.
struct TurnedAway {
    error: ShareEvent,
    close: Close,
}

impl TurnedAway {
    fn new(id: Option<u32>, code: ShareErrorCode) -> Self {
        Self {
            error: ShareEvent::error(id, code),
            close: Close::BadMessage,
        }
    }
}

/// What a first message leads to.
struct Entry {
    membership: ShareMembership,
    /// What a viewer asks for at once.
    ask: Option<ShareRequest>,
}

impl Shares {
    /// Serves `broker` within `limits`.
    #[must_use]
    pub fn new(broker: Arc<dyn ShareBroker>, limits: impl Into<Arc<Limits>>) -> Self {
        Self {
            broker,
            limits: limits.into(),
        }
    }

    /// The longest text that a device may send, in bytes.
    #[must_use]
    pub fn max_text_bytes(&self) -> usize {
        self.limits.share_max_bytes
    }

    /// Serves one socket until it is over. A viewer's name is that of its first message.
    pub async fn serve(&self, device: ShareDevice, mut socket: Box<dyn TextSocket>) {
        let socket = &mut *socket;
        let text = match timeout(self.limits.share_hello_within, socket.receive()).await {
            Ok(Ok(text)) => text,
            Ok(Err(_gone)) => return,
            Err(_elapsed) => return close(socket, Close::Unresponsive).await,
        };
        let entered = self.enter(device, &text).await;
        // Not kept for as long as the socket lasts.
        drop(text);
        match entered {
            Ok(entry) => {
                let pace = Pace::new(&self.limits);
                let talk = Talk {
                    limits: &self.limits,
                    membership: entry.membership,
                    socket,
                    pace,
                    batch: Vec::new(),
                };
                talk.run(entry.ask).await;
            }
            Err(TurnedAway { error, close: why }) => {
                if let ShareEvent::Error { code, .. } = &error {
                    tracing::debug!(?code, "a share socket is refused");
                }
                if socket.send(&[error.to_text()]).await.is_ok() {
                    close(socket, why).await;
                }
            }
        }
    }

    async fn enter(&self, mut device: ShareDevice, text: &Bytes) -> Result<Entry, TurnedAway> {
        let request = read(text, &self.limits).map_err(|error| TurnedAway {
            error,
            close: Close::BadMessage,
        })?;
        let id = request.id;
        let ShareAction::Hello(hello) = request.action else {
            return Err(TurnedAway::new(id, ShareErrorCode::WrongState));
        };
        if hello.version != VERSION {
            return Err(TurnedAway::new(id, ShareErrorCode::UnsupportedVersion));
        }
        let mut ask = None;
        if device.is_viewer() {
            let name = viewer_name(hello.name.as_deref().unwrap_or_default());
            device.name = name.map_err(|_bad_name| TurnedAway::new(id, ShareErrorCode::BadName))?;
            ask = asks_at_once(id, &hello);
        }
        let entered = self.broker.enter(device, hello).await;
        let membership = entered.map_err(|error| unavailable(id, &error))?;
        Ok(Entry { membership, ask })
    }
}

fn asks_at_once(id: Option<u32>, hello: &Hello) -> Option<ShareRequest> {
    let code = Some(hello.code?);
    let action = ShareAction::Ask(Ask { share: None, code });
    Some(ShareRequest { id, action })
}

fn unavailable(id: Option<u32>, error: &Error) -> TurnedAway {
    if error.code() != "server_full" {
        tracing::warn!(%error, "the broker of shares is out of reach");
    }
    TurnedAway {
        error: ShareEvent::error(id, ShareErrorCode::ServerFull),
        close: Close::Unavailable,
    }
}

fn read(text: &Bytes, limits: &Limits) -> Result<ShareRequest, ShareEvent> {
    if is_deeper_than(text, limits.signal_max_depth) {
        return Err(ShareEvent::error(None, ShareErrorCode::BadMessage));
    }
    ShareRequest::read(text).map_err(|bad| ShareEvent::Error {
        id: bad.id,
        code: ShareErrorCode::BadMessage,
        message: bad.message,
        retry_after: None,
    })
}

/// A device that is in, and its socket.
struct Talk<'a> {
    limits: &'a Limits,
    membership: ShareMembership,
    socket: &'a mut dyn TextSocket,
    pace: Pace,
    batch: Vec<Bytes>,
}

/// Why it is over.
enum End {
    /// We end it.
    Close(Close),
    /// The other side, or what is between.
    Gone(Gone),
    /// Nothing can be written any more.
    Broken,
}

impl Talk<'_> {
    async fn run(mut self, ask: Option<ShareRequest>) {
        // `welcome` is queued already and comes before the answer.
        if let Some(ask) = ask
            && self.membership.say(ask).is_err()
        {
            return close(self.socket, Close::Unavailable).await;
        }
        let end = self.go_on().await;
        let gone = match end {
            End::Close(why) => {
                // It is out before it agrees.
                drop(self.membership);
                return close(self.socket, why).await;
            }
            End::Gone(gone) => gone,
            End::Broken => last_words(self.socket).await,
        };
        // Where the socket itself had no time to.
        match gone {
            Gone::SessionEnded => {
                self.membership.session_ended();
                close(self.socket, Close::SessionEnded).await;
            }
            Gone::Stopping => {
                drop(self.membership);
                close(self.socket, Close::ShuttingDown).await;
            }
            _ => {}
        }
    }

    async fn go_on(&mut self) -> End {
        loop {
            let ended = tokio::select! {
                biased;
                event = self.membership.recv() => self.heard(event).await,
                text = self.socket.receive() => match text {
                    Ok(text) => self.said(&text).err(),
                    Err(gone) => Some(End::Gone(gone)),
                },
            };
            if let Some(end) = ended {
                return end;
            }
            if !self.batch.is_empty()
                && let Err(end) = self.send().await
            {
                return end;
            }
        }
    }

    /// Collects what there is to send.
    async fn heard(&mut self, event: Option<ShareEvent>) -> Option<End> {
        let mut next = Some(event);
        while let Some(event) = next.take() {
            match event {
                Some(event) => self.batch.push(event.to_text()),
                None => {
                    let why = match self.membership.end_reason() {
                        EndReason::PutOut => Close::TooSlow,
                        _ => Close::Unavailable,
                    };
                    return Some(End::Close(why));
                }
            }
            if self.batch.len() < BATCH {
                let more = std::future::poll_fn(|cx| Poll::Ready(self.membership.poll_recv(cx)));
                next = match more.await {
                    Poll::Ready(event) => Some(event),
                    Poll::Pending => None,
                };
            }
        }
        None
    }

    async fn send(&mut self) -> Result<(), End> {
        let batch = std::mem::take(&mut self.batch);
        let within = self.limits.signal_pong_within;
        match timeout(within, self.socket.send(&batch)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_broken)) => Err(End::Broken),
            Err(_elapsed) => Err(End::Close(Close::Unresponsive)),
        }
    }

    /// Passes on what the device says.
    fn said(&mut self, text: &Bytes) -> Result<(), End> {
        match self.pace.check() {
            Verdict::Fine => {}
            Verdict::TooFast => {
                let error = ShareEvent::error(None, ShareErrorCode::TooFast);
                self.batch.push(error.to_text());
                return Ok(());
            }
            Verdict::Hopeless => return Err(End::Close(Close::RateExceeded)),
        }
        if text.len() > self.limits.share_max_bytes {
            return Err(End::Close(Close::TooLarge));
        }
        match read(text, self.limits) {
            Ok(request) => self.membership.say(request).map_err(|_over| {
                End::Close(match self.membership.end_reason() {
                    EndReason::PutOut => Close::TooSlow,
                    _ => Close::Unavailable,
                })
            }),
            Err(error) => {
                self.batch.push(error.to_text());
                Ok(())
            }
        }
    }
}

/// A socket that cannot be written to says why when it is read.
async fn last_words(socket: &mut dyn TextSocket) -> Gone {
    let why = timeout(LAST_WORDS, async {
        loop {
            if let Err(why) = socket.receive().await {
                return why;
            }
        }
    });
    why.await.unwrap_or(Gone::Lost)
}

async fn close(socket: &mut dyn TextSocket, why: Close) {
    socket.close(why.code(), why.reason()).await;
}

#[cfg(test)]
mod tests;
