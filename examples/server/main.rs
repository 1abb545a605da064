//! The complete VNET server.
//!
//! ```sh
//! cargo run --example server                        # http://127.0.0.1:8000/, data in ./vnet-data
//! cargo run --example server -- --help              # every setting with its unit and default
//! cargo run --example server -- create-admin NAME   # the first staff account
//! ```
//!
//! This is the only code of VNET that reads flags and the environment, listens to signals and sets up
//! a log; the crates take values. A program of your own is this one with other parts put in.

mod args;
mod banner;
mod create_admin;
mod data_dir;
mod failure;
mod limits;
mod media;
mod metrics_page;
mod run;
mod settings;
mod shutdown;
mod web;

use std::env;
use std::process::ExitCode;

use crate::args::{Command, Read};
use crate::failure::Failure;

/// Gives the memory of closed connections back to the system within seconds, where the system's own
/// allocator keeps it.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[tokio::main]
#[expect(clippy::print_stderr, reason = "the one line for whoever started this")]
async fn main() -> ExitCode {
    match start().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            failure.exit_code()
        }
    }
}

#[expect(clippy::print_stdout, reason = "a program that talks to a person")]
async fn start() -> Result<(), Failure> {
    let line = match args::read(env::args_os(), limits::help())? {
        Read::Show(text) => {
            print!("{text}");
            return Ok(());
        }
        Read::Do(line) => *line,
    };
    match line.command {
        Some(Command::CreateAdmin(wanted)) => {
            settings::start_log(wanted.data.log.as_deref(), "warn")?;
            println!("{}", run::create_admin(&wanted).await?);
            Ok(())
        }
        None => {
            settings::start_log(line.serve.data.log.as_deref(), settings::QUIET)?;
            run::serve(settings::Settings::check(line.serve)?).await
        }
    }
}
