//! The emulator on a TCP port.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use vnet_core::Secret;

use crate::emulator::service::AcsEmulator;

/// A client that sends no complete head within this is put out.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

impl AcsEmulator {
    /// Serves on `listener` until `shutdown` is ready; then ends all connections.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()> + Send) {
        let mut connections = JoinSet::new();
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => return,
                Some(_ended) = connections.join_next() => {}
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(connection(self.clone(), stream));
                    }
                    Err(error) => {
                        // Out of file descriptors, most likely: others must end first.
                        tracing::warn!(error = %error, "cannot accept a connection");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                },
            }
        }
    }

    /// Serves on a free loopback port in a task of its own, until the handle is dropped.
    ///
    /// # Errors
    /// There is no free port.
    pub async fn spawn(self) -> io::Result<EmulatorServer> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let emulator = self.clone();
        let task = tokio::spawn(self.serve(listener, std::future::pending()));
        Ok(EmulatorServer {
            emulator,
            address,
            task,
        })
    }
}

async fn connection(emulator: AcsEmulator, stream: TcpStream) {
    // Answers are small and waited for; Nagle would only delay them.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let emulator = emulator.clone();
        async move { emulator.handle(request).await }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(error = %error, "connection ended");
    }
}

/// An emulator that serves on a port; it stops when this is dropped.
#[derive(Debug)]
pub struct EmulatorServer {
    emulator: AcsEmulator,
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl EmulatorServer {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The connection string to reach it by.
    #[must_use]
    pub fn connection_string(&self) -> Secret {
        self.emulator.connection_string(self.address)
    }

    /// The emulator itself: faults, requests, tokens.
    #[must_use]
    pub fn emulator(&self) -> &AcsEmulator {
        &self.emulator
    }
}

impl Drop for EmulatorServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
