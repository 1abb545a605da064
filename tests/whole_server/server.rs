//! The server as a child process.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::support::PATIENCE;

/// A built example. `cargo test` builds them before it runs tests; `cargo test --test` does not.
pub(crate) fn example(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("a test knows where it is");
    let profile = own
        .parent()
        .and_then(Path::parent)
        .expect("target/<profile>/deps/<test>");
    let program = profile
        .join("examples")
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.exists(),
        "run `cargo build --example {name}` first: no {}",
        program.display()
    );
    program
}

/// The program with a clean environment: no setting of the machine gets in.
pub(crate) fn command(flags: &[&str]) -> Command {
    let mut command = Command::new(example("server"));
    for (name, _value) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("VNET_") {
            command.env_remove(name);
        }
    }
    command.args(flags).kill_on_drop(true);
    command
}

/// Runs the program to its end with `input` on standard input.
pub(crate) async fn run(flags: &[&str], input: &str) -> Output {
    finish(command(flags), input).await
}

/// Runs a command to its end with `input` on standard input.
pub(crate) async fn finish(mut command: Command, input: &str) -> Output {
    let command = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("piped");
    // It may end without reading: that is no failure of the test.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let ended = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
    ended
        .expect("the program ends by itself")
        .expect("its output can be read")
}

/// A running server.
pub(crate) struct Server {
    child: Child,
    /// Where it listens: scheme, host and port.
    pub(crate) url: String,
    /// What it said before it was ready.
    pub(crate) banner: Vec<String>,
    /// Everything it logs, as far as it was read.
    log: Arc<Mutex<String>>,
    logged: Arc<Notify>,
    reading: JoinHandle<()>,
}

impl Server {
    /// Starts the program on a free port with its data in `data`.
    pub(crate) async fn start(data: &Path, flags: &[&str]) -> Self {
        Self::start_with(data, flags, &[]).await
    }

    /// The same with some variables set.
    pub(crate) async fn start_with(
        data: &Path,
        flags: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        let mut command = command(&["--listen", "127.0.0.1:0", "--data-dir"]);
        command
            .arg(data)
            .args(flags)
            .envs(variables.iter().copied());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let (log, logged) = (Arc::new(Mutex::new(String::new())), Arc::new(Notify::new()));
        let reading = {
            let (log, logged) = (Arc::clone(&log), Arc::clone(&logged));
            let mut stderr = child.stderr.take().expect("piped");
            tokio::spawn(async move {
                let mut bytes = [0; 8192];
                while let Ok(count @ 1..) = stderr.read(&mut bytes).await {
                    log.lock()
                        .unwrap()
                        .push_str(&String::from_utf8_lossy(&bytes[..count]));
                    logged.notify_one();
                }
            })
        };
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut banner = Vec::new();
        // The last line of the banner tells how to stop.
        while let Some(line) = tokio::time::timeout(PATIENCE, lines.next_line())
            .await
            .expect("the banner comes")
            .expect("the banner can be read")
        {
            let is_last = line.contains("Ctrl-C");
            banner.push(line);
            if is_last {
                break;
            }
        }
        let url = banner.iter().find_map(|line| address(line));
        let url = url.unwrap_or_else(|| panic!("no address: {banner:?} {}", log.lock().unwrap()));
        Self {
            child,
            url,
            banner,
            log,
            logged,
            reading,
        }
    }

    /// Waits until the log has `text` in it.
    pub(crate) async fn wait_for_log(&self, text: &str) {
        let logged = async {
            loop {
                let more = self.logged.notified();
                if self.log.lock().unwrap().contains(text) {
                    return;
                }
                more.await;
            }
        };
        let logged = tokio::time::timeout(PATIENCE, logged).await;
        logged
            .unwrap_or_else(|_late| panic!("`{text}` is not logged: {}", self.log.lock().unwrap()));
    }

    /// Sends a signal, as `kill` does.
    pub(crate) async fn signal(&self, name: &str) {
        let id = self.child.id().expect("it runs").to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status().await;
        assert!(sent.expect("`kill` is there").success());
    }

    /// Stops the server with SIGTERM and returns all that it logged; it must end well.
    pub(crate) async fn stop(self) -> String {
        self.signal("TERM").await;
        let (code, log) = self.wait().await;
        assert_eq!(code, Some(0), "a clean end: {log}");
        log
    }

    /// Waits until the server has ended: its exit code, and all that it logged.
    pub(crate) async fn wait(mut self) -> (Option<i32>, String) {
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let ended = ended
            .expect("the server ends")
            .expect("it can be waited for");
        self.reading.await.expect("the log is read to its end");
        let log = self.log.lock().unwrap().clone();
        (ended.code(), log)
    }
}

/// The address in a line such as `Open  http://127.0.0.1:8000/`.
fn address(line: &str) -> Option<String> {
    let start = line
        .find("http://127.0.0.1:")
        .or_else(|| line.find("https://127.0.0.1:"))?;
    let address = line[start..].split_whitespace().next()?;
    Some(address.trim_end_matches('/').to_owned())
}
