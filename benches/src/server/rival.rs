//! The relays that are held against each other.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::{Account, Process, Vnet};
use crate::machine::Cores;
use crate::options::Setup;

/// A relay to load: where it is, who enters its rooms, and what it makes of a message.
#[derive(Debug)]
pub struct Rival {
    /// Its name in the tables.
    pub name: &'static str,
    /// The two users whose sockets meet in every room; none where there are no accounts.
    pub accounts: Option<[Account; 2]>,
    server: Server,
}

#[derive(Debug)]
enum Server {
    Bare(Process),
    Vnet(Vnet),
}

impl Rival {
    /// Starts the bare relay on the server's core.
    ///
    /// # Errors
    /// When it does not start.
    pub fn bare(cores: Cores, program: &Path) -> Result<Self> {
        let server = Server::Bare(bare(cores, program, &["relay"])?);
        Ok(Self {
            name: "bare relay",
            accounts: None,
            server,
        })
    }

    /// Starts VNET's signalling by itself on the server's core.
    ///
    /// # Errors
    /// When it does not start.
    pub fn signalling(cores: Cores, program: &Path) -> Result<Self> {
        let server = Server::Bare(bare(cores, program, &["signalling"])?);
        let account = |name: &str| Account {
            username: name.to_owned(),
            cookie: name.to_owned(),
        };
        let accounts = Some([account("ada"), account("bob")]);
        Ok(Self {
            name: "VNET's signalling",
            accounts,
            server,
        })
    }

    /// Starts what the options want to be held against the bare relay: VNET, unless they say another.
    ///
    /// # Errors
    /// When it does not start.
    pub fn second(setup: &Setup) -> Result<Self> {
        if setup.options.bare_only {
            return Self::bare(setup.cores, &setup.bare);
        }
        if setup.options.signalling {
            return Self::signalling(setup.cores, &setup.bare);
        }
        Self::vnet(setup.cores, &setup.server()?)
    }

    /// Starts VNET on the server's core, with an empty database, and signs two users up.
    ///
    /// # Errors
    /// When it does not start, or refuses the users.
    pub fn vnet(cores: Cores, program: &Path) -> Result<Self> {
        let vnet = cores.on_server_core(|| Vnet::fresh(program))?;
        let accounts = Some([vnet.sign_up("ada")?, vnet.sign_up("bob")?]);
        Ok(Self {
            name: "VNET",
            accounts,
            server: Server::Vnet(vnet),
        })
    }

    /// Its process.
    #[must_use]
    pub fn process(&self) -> &Process {
        match &self.server {
            Server::Bare(process) => process,
            Server::Vnet(vnet) => vnet.process(),
        }
    }

    /// The cookie of the user in this seat; empty where there are no accounts.
    #[must_use]
    pub fn cookie(&self, seat: usize) -> &str {
        self.accounts
            .as_ref()
            .map_or("", |accounts| &accounts[seat].cookie)
    }

    /// The name under which the server presents the user in this seat.
    #[must_use]
    pub fn sender(&self, seat: usize) -> Option<&str> {
        self.accounts
            .as_ref()
            .map(|accounts| accounts[seat].username.as_str())
    }
}

/// Starts the bare HTTP server, which answers `body`, on the server's core.
///
/// # Errors
/// When it does not start.
pub fn bare_http(cores: Cores, program: &Path, body: &str) -> Result<Process> {
    bare(cores, program, &["http", "--body", body])
}

fn bare(cores: Cores, program: &Path, arguments: &[&str]) -> Result<Process> {
    cores.on_server_core(|| {
        Process::spawn(|address| {
            let mut command = Command::new(program);
            command
                .arg("--listen")
                .arg(address.to_string())
                .args(arguments)
                .env_clear();
            command
        })
    })
}
