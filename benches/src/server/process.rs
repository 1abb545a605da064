//! A server process that never outlives the measurement.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::machine;

const START_PATIENCE: Duration = Duration::from_secs(20);
const STOP_PATIENCE: Duration = Duration::from_secs(20);
const STOP_PAUSE: Duration = Duration::from_millis(5);
const CONNECT_PAUSE: Duration = Duration::from_micros(500);

/// A running server.
#[derive(Debug)]
pub struct Process {
    child: Child,
    guard: Child,
    address: SocketAddr,
    spawned: Instant,
}

impl Process {
    /// Spawns what `command` makes for a free port of the loopback address, and waits until it
    /// takes connections. It inherits the cores of this thread.
    ///
    /// # Errors
    /// When it does not start, or ends at once.
    pub fn spawn(command: impl FnOnce(SocketAddr) -> Command) -> Result<Self> {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let mut command = command(free);
        let program = command.get_program().to_string_lossy().into_owned();
        let spawned = Instant::now();
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {program}"))?;
        let guard = guard(child.id());
        let mut process = Self {
            child,
            guard: guard?,
            address: free,
            spawned,
        };
        process
            .wait_until_open()
            .with_context(|| format!("{program} did not start"))?;
        Ok(process)
    }

    fn wait_until_open(&mut self) -> Result<()> {
        while self.spawned.elapsed() < START_PATIENCE {
            match TcpStream::connect(self.address) {
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => {}
                Err(error) => return Err(error.into()),
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("it ended with {status}");
            }
            std::thread::sleep(CONNECT_PAUSE);
        }
        bail!("no connection within {START_PATIENCE:?}");
    }

    /// Asks it to end, and waits until it has.
    ///
    /// # Errors
    /// When it does not end in time, or not with success.
    pub fn stop(mut self) -> Result<()> {
        let begun = Instant::now();
        kill(
            Pid::from_raw(i32::try_from(self.child.id())?),
            Signal::SIGTERM,
        )?;
        while begun.elapsed() < STOP_PATIENCE {
            if let Some(status) = self.child.try_wait()? {
                ensure!(status.success(), "the server ended with {status}");
                return Ok(());
            }
            std::thread::sleep(STOP_PAUSE);
        }
        bail!("the server did not end within {STOP_PATIENCE:?}");
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// When it was spawned.
    #[must_use]
    pub fn spawned(&self) -> Instant {
        self.spawned
    }

    /// The processor time that it has used.
    ///
    /// # Errors
    /// When it is gone.
    pub fn cpu(&self) -> Result<Duration> {
        machine::cpu_time(self.child.id()).context("the server is gone")
    }

    /// Its resident memory in bytes.
    ///
    /// # Errors
    /// When it is gone.
    pub fn resident(&self) -> Result<u64> {
        machine::resident_bytes(self.child.id()).context("the server is gone")
    }
}

/// A shell that kills the process as soon as this one ends, however that comes about: the other
/// end of its standard input closes then.
fn guard(process: u32) -> std::io::Result<Child> {
    Command::new("/bin/sh")
        .args([
            "-c",
            "read -r _; kill -9 \"$0\" 2>/dev/null",
            &process.to_string(),
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

impl Drop for Process {
    fn drop(&mut self) {
        // The guard goes first: its number to kill may belong to somebody else afterwards.
        for child in [&mut self.guard, &mut self.child] {
            let _already_ended = child.kill();
            let _already_waited_for = child.wait();
        }
    }
}
