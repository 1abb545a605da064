//! Shares in the memory of one process.

mod mail;

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::time::{Instant, Sleep, sleep_until};
use vnet_core::room::EndReason;
use vnet_core::share::{
    DeviceId, EndedReason, Hello, ShareBroker, ShareCode, ShareDevice, ShareEvent, ShareLink,
    ShareMembership, ShareRequest,
};
use vnet_core::{Error, ErrorKind, Limits, Result, async_trait};

use self::mail::{Letter, Mailbox};
use super::hall::{Hall, Output};

/// The [`ShareBroker`] of one process. A cheap handle: its clones share everything.
///
/// One lock for all: codes, and who has tried wrong ones, are everybody's; and nothing that is said here is
/// frequent. Devices talk while they connect, and then send each other what they have to send by
/// themselves. Under the lock no more is done than to look up and to queue; texts are written outside.
///
/// # Examples
/// ```
/// use vnet_core::Limits;
/// use vnet_core::share::{Hello, NetworkGroup, ShareBroker, ShareDevice, ShareEvent};
/// use vnet_signal::InProcessShares;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let shares = InProcessShares::new(&Limits::default());
/// let ada = ShareDevice {
///     meeting: Some("abcdefghjk".parse()?),
///     user: None,
///     name: "Ada".into(),
///     network: NetworkGroup::of("192.0.2.7".parse()?, &[]),
/// };
/// let hello = Hello { version: 2, name: None, code: None, can_relay: true, encoded: vec![] };
/// let mut membership = shares.enter(ada, hello).await?;
/// let first = membership.recv().await;
/// assert!(matches!(first, Some(ShareEvent::Welcome { .. })));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct InProcessShares {
    shared: Arc<Shared>,
}

struct Shared {
    inner: Mutex<Inner>,
    limits: Arc<Limits>,
}

struct Inner {
    hall: Hall,
    mail: HashMap<DeviceId, Mailbox>,
    ended: bool,
}

impl InProcessShares {
    /// No shares yet; of the limits those count whose names begin with `share`.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        let limits = Arc::new(limits.clone());
        let draw = || match ShareCode::generate() {
            Ok(code) => Some(code),
            Err(error) => {
                tracing::error!(%error, "no code for a share");
                None
            }
        };
        let inner = Inner {
            hall: Hall::new(Arc::clone(&limits), Box::new(draw)),
            mail: HashMap::new(),
            ended: false,
        };
        Self {
            shared: Arc::new(Shared {
                inner: Mutex::new(inner),
                limits,
            }),
        }
    }

    /// Devices that are here now.
    #[must_use]
    pub fn devices_count(&self) -> usize {
        self.shared.lock().hall.devices_count()
    }

    /// Shares that there are now.
    #[must_use]
    pub fn shares_count(&self) -> usize {
        self.shared.lock().hall.shares_count()
    }

    /// Ends everything, for good: all events end, who comes later is refused as `Unavailable`.
    pub fn shutdown(&self) {
        let mail = {
            let mut inner = self.shared.lock();
            inner.ended = true;
            std::mem::take(&mut inner.mail)
        };
        let wakers = mail.into_values().filter_map(|mut mail| mail.waker.take());
        wakers.for_each(Waker::wake);
    }
}

impl fmt::Debug for InProcessShares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcessShares")
            .field("devices", &self.devices_count())
            .field("shares", &self.shares_count())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl ShareBroker for InProcessShares {
    async fn enter(&self, device: ShareDevice, hello: Hello) -> Result<ShareMembership> {
        let entered = self.shared.change(|inner| {
            if inner.ended {
                return Err(ended());
            }
            let entered = inner.hall.enter(device, hello);
            let device = entered.map_err(|refused| {
                Error::new(ErrorKind::Conflict, "server_full", refused.about())
            })?;
            inner.mail.insert(device, Mailbox::default());
            Ok(device)
        });
        let device = entered.inspect_err(|error| {
            tracing::debug!(error = error.code(), "a device was refused");
        })?;
        tracing::debug!(%device, "a device entered");
        Ok(ShareMembership::new(Link {
            shared: Arc::clone(&self.shared),
            device,
            why: EndedReason::Left,
            code_due: None,
        }))
    }
}

impl Shared {
    /// Plain data, and nothing panics under the lock.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something, delivers what comes of it, and wakes who has to hear of it once the lock is released.
    fn change<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        let mut wakers = Vec::new();
        let mut inner = self.lock();
        let result = change(&mut inner);
        inner.deliver(&self.limits, &mut wakers);
        drop(inner);
        wakers.into_iter().for_each(Waker::wake);
        result
    }
}

impl Inner {
    fn deliver(&mut self, limits: &Limits, wakers: &mut Vec<Waker>) {
        let now = Instant::now().into_std();
        while let Some(output) = self.hall.poll() {
            let (device, letter) = match output {
                Output::Tell(device, event) => (device, Letter::Event(event)),
                Output::Nearby(device) => (device, Letter::Nearby),
                Output::Members(device, share) => (device, Letter::Members(share)),
            };
            let Some(mail) = self.mail.get_mut(&device) else {
                continue;
            };
            if mail.put(letter, limits) {
                wakers.extend(mail.waker.take());
            } else {
                tracing::debug!(%device, "a device is put out: it does not read");
                wakers.extend(self.mail.remove(&device).and_then(|mail| mail.waker));
                self.hall.leave(device, EndedReason::Left, now);
            }
        }
    }

    /// The next event for a device, if there is one.
    fn take(&mut self, device: DeviceId) -> Option<ShareEvent> {
        loop {
            let event = match self.mail.get_mut(&device)?.take()? {
                Letter::Event(event) => Some(event),
                Letter::Nearby => self.hall.nearby(device),
                // It may be in another share now, or in none.
                Letter::Members(share) => self.hall.members(device, share),
            };
            if event.is_some() {
                return event;
            }
        }
    }
}

/// One device's place.
struct Link {
    shared: Arc<Shared>,
    device: DeviceId,
    /// What those hear who receive from it when it goes.
    why: EndedReason,
    /// When the code of its share expires.
    code_due: Option<Pin<Box<Sleep>>>,
}

impl ShareLink for Link {
    fn say(&mut self, request: ShareRequest) -> Result<()> {
        let now = Instant::now().into_std();
        self.shared.change(|inner| {
            if inner.ended {
                return Err(ended());
            }
            if !inner.mail.contains_key(&self.device) {
                return Err(put_out());
            }
            inner.hall.say(self.device, request, now);
            Ok(())
        })
    }

    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<ShareEvent>> {
        loop {
            let (device, now) = (self.device, Instant::now().into_std());
            let due = {
                let mut inner = self.shared.lock();
                if let Some(event) = inner.take(device) {
                    return Poll::Ready(Some(event));
                }
                let Some(mail) = inner.mail.get_mut(&device) else {
                    return Poll::Ready(None);
                };
                match &mut mail.waker {
                    Some(waker) => waker.clone_from(cx.waker()),
                    none => *none = Some(cx.waker().clone()),
                }
                inner.hall.code_due(device)
            };
            let Some(due) = due else {
                self.code_due = None;
                return Poll::Pending;
            };
            if due <= now {
                self.shared
                    .change(|inner| inner.hall.renew_if_due(device, now));
                continue;
            }
            let due = Instant::from_std(due);
            let timer = self
                .code_due
                .get_or_insert_with(|| Box::pin(sleep_until(due)));
            if timer.deadline() != due {
                timer.as_mut().reset(due);
            }
            if timer.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
        }
    }

    fn session_ended(&mut self) {
        self.why = EndedReason::SessionEnded;
    }

    fn end_reason(&self) -> EndReason {
        match self.shared.lock().ended {
            true => EndReason::BrokerEnded,
            false => EndReason::PutOut,
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let (device, why) = (self.device, self.why);
        let now = Instant::now().into_std();
        self.shared.change(|inner| {
            inner.mail.remove(&device);
            inner.hall.leave(device, why, now);
        });
        tracing::debug!(%device, "a device left");
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("device", &self.device)
            .finish_non_exhaustive()
    }
}

fn ended() -> Error {
    Error::new(
        ErrorKind::Unavailable,
        "shares_ended",
        "the shares are closed",
    )
}

fn put_out() -> Error {
    Error::new(
        ErrorKind::Unavailable,
        "put_out",
        "this device was put out: it did not read",
    )
}
