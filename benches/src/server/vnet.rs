//! The complete server, `examples/server`, as users run it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use super::Process;
use crate::request::{Request, Response};

/// The limits on what one user may do are not what is measured.
const LIMITS: [&str; 6] = ["sign-in", "sign-up", "join", "token", "write", "signal"];
const RAISED: &str = "100000000/1h";
/// Signalling messages are counted in seconds.
const RAISED_SIGNAL: &str = "1000000/1s";
/// The password of every account that is made here.
const PASSWORD: &str = "correct horse battery staple";

/// A running VNET server with its data in a folder that goes away with it.
#[derive(Debug)]
pub struct Vnet {
    process: Process,
    data: Data,
}

#[derive(Debug)]
enum Data {
    Own(TempDir),
    Given(PathBuf),
}

/// An account, signed in.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its username.
    pub username: String,
    /// The `Cookie` header of its session.
    pub cookie: String,
}

impl Vnet {
    /// Starts a server with an empty database.
    ///
    /// # Errors
    /// When it does not start.
    pub fn fresh(program: &Path) -> Result<Self> {
        let folder = TempDir::new()?;
        let process = start(program, folder.path())?;
        Ok(Self {
            process,
            data: Data::Own(folder),
        })
    }

    /// Starts a server on the database in `folder`.
    ///
    /// # Errors
    /// When it does not start.
    pub fn with_data(program: &Path, folder: &Path) -> Result<Self> {
        let process = start(program, folder)?;
        Ok(Self {
            process,
            data: Data::Given(folder.to_owned()),
        })
    }

    /// Ends the server in order and hands over the folder of its data, if it is its own.
    ///
    /// # Errors
    /// When it does not end in order.
    pub fn stop(self) -> Result<Option<TempDir>> {
        self.process.stop()?;
        Ok(match self.data {
            Data::Own(folder) => Some(folder),
            Data::Given(_) => None,
        })
    }

    /// Its process.
    #[must_use]
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// The folder of its database.
    #[must_use]
    pub fn folder(&self) -> &Path {
        match &self.data {
            Data::Own(folder) => folder.path(),
            Data::Given(folder) => folder,
        }
    }

    /// Asks for its health until it is answered, and says how long that took since it was spawned.
    ///
    /// # Errors
    /// When it answers anything but 200.
    pub fn first_answer(&self) -> Result<Duration> {
        let address = self.process.address();
        let response = Request::get(address, "/healthz").fetch(address)?;
        let elapsed = self.process.spawned().elapsed();
        ensure!(
            response.status == 200,
            "/healthz answered {}",
            response.status
        );
        Ok(elapsed)
    }

    /// Makes an account by the form of the page.
    ///
    /// # Errors
    /// When the form is refused.
    pub fn sign_up(&self, username: &str) -> Result<Account> {
        let email = format!("{username}@example.org");
        let fields = [
            ("username", username),
            ("email", &email),
            ("first_name", "Augusta"),
            ("last_name", "Lovelace"),
            ("password", PASSWORD),
            ("password_2", PASSWORD),
        ];
        let address = self.process.address();
        let response = Request::post_form(address, "/account/sign-up/", &fields).fetch(address)?;
        let cookie = session_cookie(&response).with_context(|| format!("signing {username} up"))?;
        Ok(Account {
            username: username.to_owned(),
            cookie,
        })
    }

    /// The request that signs an account in.
    #[must_use]
    pub fn sign_in_request(&self, username: &str) -> Request {
        let fields = [("username", username), ("password", PASSWORD)];
        Request::post_form(self.process.address(), "/account/sign-in/", &fields)
    }

    /// Signs an account in.
    ///
    /// # Errors
    /// When it is refused.
    pub fn sign_in(&self, username: &str) -> Result<Account> {
        let response = self
            .sign_in_request(username)
            .fetch(self.process.address())?;
        let cookie = session_cookie(&response).with_context(|| format!("signing {username} in"))?;
        Ok(Account {
            username: username.to_owned(),
            cookie,
        })
    }
}

fn session_cookie(response: &Response) -> Result<String> {
    ensure!(
        response.status == 302,
        "the form was answered with {}",
        response.status
    );
    let mut cookies = response
        .headers("set-cookie")
        .filter_map(|value| value.split(';').next());
    let session = cookies.find(|cookie| {
        cookie
            .split_once('=')
            .is_some_and(|(name, value)| name.ends_with("sessionid") && !value.is_empty())
    });
    Ok(session.context("the answer sets no session")?.to_owned())
}

fn start(program: &Path, folder: &Path) -> Result<Process> {
    let limits = limits(program)?;
    Process::spawn(|address| {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("TOKIO_WORKER_THREADS", "1")
            .current_dir(folder)
            .arg("--listen")
            .arg(address.to_string())
            .arg("--data-dir")
            .arg(folder)
            .args(["--log", "error"])
            .args(limits);
        command
    })
}

/// The options that raise every limit the server knows, by its own list of them.
fn limits(program: &Path) -> Result<Vec<String>> {
    let output = Command::new(program).arg("--help").env_clear().output();
    let output = output.with_context(|| format!("cannot start {}", program.display()))?;
    let help = String::from_utf8_lossy(&output.stdout).into_owned();
    let known = |name: &&str| {
        help.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-'))
            .any(|word| word == *name)
    };
    let raise = |name| {
        if name == "signal" {
            RAISED_SIGNAL
        } else {
            RAISED
        }
    };
    let names = LIMITS.into_iter().filter(known);
    Ok(names
        .flat_map(|name| ["--limit".to_owned(), format!("{name}={}", raise(name))])
        .collect())
}
