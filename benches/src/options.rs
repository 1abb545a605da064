//! The command line that all measuring programs share.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Parser;

use crate::machine::Cores;

/// Options of a measurement.
#[derive(Clone, Debug, Parser)]
pub struct Options {
    /// Measure; without it nothing is done, so that building and testing everything stays quick.
    #[arg(long)]
    pub bench: bool,
    /// The release build of `examples/server`
    /// [default: target/release/examples/server beside this program].
    #[arg(long, value_name = "FILE")]
    pub server: Option<PathBuf>,
    /// Fewer and shorter runs: for a look, not for figures to write down.
    #[arg(long)]
    pub quick: bool,
    /// Fail when a goal is missed.
    #[arg(long)]
    pub strict: bool,
    /// Append the rows of the summary to this file.
    #[arg(long, value_name = "FILE")]
    pub rows: Option<PathBuf>,
    /// Measure the bare server against itself: what the ratios' noise is.
    #[arg(long)]
    pub bare_only: bool,
    /// Measure VNET's signalling alone in the place of the whole server, where there are sockets.
    #[arg(long)]
    pub signalling: bool,
    /// Only the parts whose name contains this.
    #[arg(value_name = "PART")]
    pub part: Option<String>,
}

/// What a measurement runs with.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The options.
    pub options: Options,
    /// The cores.
    pub cores: Cores,
    /// The program with the bare servers.
    pub bare: PathBuf,
}

impl Setup {
    /// Reads the command line and takes the cores; `None` when nothing is to be measured. `bare` is
    /// the program with the bare servers.
    ///
    /// # Errors
    /// When there are fewer than two cores.
    pub fn read(bare: &str) -> Result<Option<Self>> {
        let options = Options::parse();
        if !options.bench {
            return Ok(None);
        }
        Ok(Some(Self {
            options,
            cores: Cores::claim()?,
            bare: bare.into(),
        }))
    }

    /// The program of VNET's server.
    ///
    /// # Errors
    /// When it is not where it is looked for.
    pub fn server(&self) -> Result<PathBuf> {
        if let Some(server) = &self.options.server {
            return std::path::absolute(server).context("the server's path");
        }
        // Measuring programs are in target/release/deps, the server in target/release/examples.
        let own = std::env::current_exe()?;
        let folder = own
            .ancestors()
            .nth(2)
            .context("this program is in no folder")?;
        let server = folder.join("examples").join("server");
        server.is_file().then_some(server).context(
            "the server is not built: cargo build --release --example server, or give --server",
        )
    }

    /// Runs of each rival, in turn.
    #[must_use]
    pub fn pairs(&self) -> usize {
        if self.options.quick { 2 } else { 5 }
    }

    /// Whether this part was asked for.
    #[must_use]
    pub fn wants(&self, part: &str) -> bool {
        self.options
            .part
            .as_ref()
            .is_none_or(|wanted| part.contains(wanted.as_str()))
    }
}
