//! How other frameworks hand over the stream of an upgraded connection.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::oneshot;

/// A stream that an upgraded connection goes on with.
pub trait UpgradedStream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> UpgradedStream for T {}

pub(super) type BoxStream = Box<dyn UpgradedStream>;

/// Through this extension of a request a framework that is not built on hyper hands over the stream of
/// an upgraded connection.
///
/// Put the slot into the request's extensions and keep the [`UpgradeHandover`]. When the answer is 101
/// write it to the client, then hand over the stream; otherwise drop the handover.
///
/// # Examples
/// ```
/// use vnet_http_hyper::UpgradeSlot;
///
/// let (slot, handover) = UpgradeSlot::new();
/// let mut request = http::Request::get("/vnet/ps/907308/").body(())?;
/// request.extensions_mut().insert(slot);
/// // … the service answers 101, the framework writes it, and then:
/// let (_client, server) = tokio::io::duplex(4_096);
/// handover.hand_over(server);
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone)]
pub struct UpgradeSlot(Arc<Mutex<Option<oneshot::Receiver<BoxStream>>>>);

/// The other end of an [`UpgradeSlot`].
pub struct UpgradeHandover(oneshot::Sender<BoxStream>);

impl UpgradeSlot {
    /// A slot for one request, and its other end.
    #[must_use]
    pub fn new() -> (Self, UpgradeHandover) {
        let (sender, receiver) = oneshot::channel();
        let slot = Self(Arc::new(Mutex::new(Some(receiver))));
        (slot, UpgradeHandover(sender))
    }

    pub(super) fn take(&self) -> Option<oneshot::Receiver<BoxStream>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl UpgradeHandover {
    /// Hands over the stream, on which the answer 101 was written and nothing was read beyond the
    /// request. It is dropped when the answer was another one.
    pub fn hand_over(self, stream: impl UpgradedStream) {
        // Nobody waits when the request was refused.
        drop(self.0.send(Box::new(stream)));
    }
}

impl fmt::Debug for UpgradeSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UpgradeSlot")
    }
}

impl fmt::Debug for UpgradeHandover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UpgradeHandover")
    }
}
