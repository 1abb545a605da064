//! What ends a connection from outside: the end of its user's session.

use std::fmt;
use std::future::{Future, pending};
use std::pin::Pin;
use std::task::{Context, Poll};

pub(crate) type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// How a connection learns that the session it was opened with has ended.
///
/// Two ways that complete each other: a future that resolves when this process ends the session,
/// and a question asked every [`Limits::session_check_interval`](vnet_core::Limits), for sessions that
/// expire or are ended elsewhere.
pub struct SessionGuard {
    ended: BoxFuture<()>,
    alive: Option<Box<dyn FnMut() -> BoxFuture<bool> + Send>>,
}

impl SessionGuard {
    /// The session has ended when `ended` resolves.
    pub fn new(ended: impl Future<Output = ()> + Send + 'static) -> Self {
        Self {
            ended: Box::pin(ended),
            alive: None,
        }
    }

    /// No session: the connection may stay as long as it wants.
    #[must_use]
    pub fn none() -> Self {
        Self::new(pending())
    }

    /// Asks `alive` from time to time; `false` ends the connection. When the answer is not known,
    /// as when a store is out of reach, say `true`: it will be asked again.
    #[must_use]
    pub fn ask<F>(mut self, mut alive: impl FnMut() -> F + Send + 'static) -> Self
    where
        F: Future<Output = bool> + Send + 'static,
    {
        self.alive = Some(Box::new(move || Box::pin(alive())));
        self
    }

    pub(crate) fn poll_ended(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.ended.as_mut().poll(cx)
    }

    pub(crate) fn check(&mut self) -> Option<BoxFuture<bool>> {
        self.alive.as_mut().map(|alive| alive())
    }
}

impl fmt::Debug for SessionGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionGuard")
            .field("asks", &self.alive.is_some())
            .finish_non_exhaustive()
    }
}
