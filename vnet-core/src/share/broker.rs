//! What brings devices together.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use async_trait::async_trait;
use auto_impl::auto_impl;
use futures_core::Stream;

use crate::error::Result;
use crate::room::EndReason;
use crate::share::{Hello, ShareDevice, ShareEvent, ShareRequest};

/// A device's place with a broker, as the broker implements it. Dropping it leaves.
pub trait ShareLink: fmt::Debug + Send + 'static {
    /// Says something, never waits: see [`ShareMembership::say`].
    ///
    /// # Errors
    /// As [`ShareMembership::say`].
    fn say(&mut self, request: ShareRequest) -> Result<()>;

    /// The next event: see [`ShareMembership::recv`].
    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<ShareEvent>>;

    /// What is left because its session has ended, and not because the device went:
    /// see [`ShareMembership::session_ended`].
    fn session_ended(&mut self) {}

    /// Why the events ended, asked after they did.
    fn end_reason(&self) -> EndReason {
        EndReason::BrokerEnded
    }
}

/// A device's place with a broker: says what the device says, yields what it is told, leaves when dropped.
pub struct ShareMembership {
    link: Box<dyn ShareLink>,
}

impl ShareMembership {
    /// A membership over a broker's own link.
    #[must_use]
    pub fn new(link: impl ShareLink) -> Self {
        Self {
            link: Box::new(link),
        }
    }

    /// Says something. Whether it is carried out say the events: `ok` or `error`, if it has a number.
    ///
    /// Never waits. What one device says is carried out in the order it was said.
    ///
    /// # Errors
    /// `Unavailable`: the broker ended, or this device was put out because it did not read.
    pub fn say(&mut self, request: impl Into<ShareRequest>) -> Result<()> {
        self.link.say(request.into())
    }

    /// The next event; `None` when this device was put out because its queue was full, or the broker ended.
    ///
    /// # Cancel safety
    /// No event is lost when the future is dropped.
    pub async fn recv(&mut self) -> Option<ShareEvent> {
        poll_fn(|cx| self.link.poll_recv(cx)).await
    }

    /// [`recv`](Self::recv) for those who poll.
    pub fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<ShareEvent>> {
        self.link.poll_recv(cx)
    }

    /// Leaves because the session of this device has ended: those who receive from it hear that.
    pub fn session_ended(mut self) {
        self.link.session_ended();
    }

    /// Why the events ended; means nothing before they did.
    #[must_use]
    pub fn end_reason(&self) -> EndReason {
        self.link.end_reason()
    }
}

impl fmt::Debug for ShareMembership {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ShareMembership").field(&self.link).finish()
    }
}

impl Stream for ShareMembership {
    type Item = ShareEvent;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<ShareEvent>> {
        self.link.poll_recv(cx)
    }
}

/// Knows who is near whom, who shares, whom a sharer let in, and who sends to whom.
///
/// # Contract
/// - The first event of every device is [`ShareEvent::Welcome`]; one that is in a meeting hears
///   [`ShareEvent::Nearby`] after it. Near are those of one meeting in one network, never viewers.
/// - A code is one share's only. It is good until it expires, is renewed, or the share ends; from a
///   meeting it opens shares of that meeting only, from a viewer all. A code that is good no more is the
///   same as a wrong one. After [`Limits::share_tries`](crate::Limits) wrong ones from one network in
///   [`Limits::share_tries_within`](crate::Limits), none is looked at for a while.
/// - Nobody gets a link before the sharer said so: by admitting it, by inviting it, or by having admitted
///   another device of the same account to the same share.
/// - Signals are passed on between the two ends of a link only, in order; others come to nothing.
/// - Who receives has a parent: the sharer, or a receiver that can relay, has room and is not as far away
///   as can be. The nearest to the sharer is taken, then the one with the fewest children. Who has a
///   parent keeps it for as long as it is there and has room.
/// - Everybody in a share hears [`ShareEvent::Members`] after each change; a later one may take the place
///   of one that was not read yet, and so with [`ShareEvent::Nearby`].
/// - Leaving (dropping the [`ShareMembership`]) is at once: a share ends with its sharer, and the children
///   of a receiver get other parents, as far as there is room.
/// - Queues are bounded ([`crate::Limits::share_queue`]): a device that does not read is put out, which is
///   as if it had left, and never delays the others.
#[cfg_attr(any(test, feature = "testkit"), mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait ShareBroker: fmt::Debug + Send + Sync + 'static {
    /// Enters as `device`. Of `hello` only what the device can do counts here: version, name and code are
    /// the business of whoever speaks with it.
    ///
    /// # Errors
    /// `Conflict` with code `server_full`: its meeting, or for viewers its network, has as many devices as
    /// the broker takes. `Unavailable`: the broker ended or is out of reach.
    async fn enter(&self, device: ShareDevice, hello: Hello) -> Result<ShareMembership>;
}
