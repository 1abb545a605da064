//! How long the server takes from being started to its first answer, with a database that exists.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use vnet_benches::options::Setup;
use vnet_benches::report::{Goal, Report, number};
use vnet_benches::server::Vnet;
use vnet_benches::stats::Spread;

fn main() -> Result<ExitCode> {
    let Some(setup) = Setup::read(env!("CARGO_BIN_EXE_bare"))? else {
        return Ok(ExitCode::SUCCESS);
    };
    let mut report = Report::new(&setup.options);
    let program = setup.server()?;
    let first = setup.cores.on_server_core(|| Vnet::fresh(&program))?;
    for name in ["ada", "bob"] {
        first.sign_up(name)?;
    }
    let folder = first
        .stop()?
        .context("the server has no folder of its own")?;
    report.table(
        "Start to first answer, existing database",
        &["run", "ended by", "ms", "MiB"],
    );
    let stopped = starts(&setup, &report, &program, folder.path(), true)?;
    let figure = "Cold start to the first answer, existing database";
    report.judge(figure, "ms", Goal::AtMost(100.0), stopped);
    let killed = starts(&setup, &report, &program, folder.path(), false)?;
    report.judge(
        "Cold start after the server was killed",
        "ms",
        Goal::Told,
        killed,
    );
    report.finish()
}

/// Starts the server again and again, and ends it in order or not.
fn starts(
    setup: &Setup,
    report: &Report,
    program: &Path,
    folder: &Path,
    in_order: bool,
) -> Result<Spread> {
    let mut times = Vec::new();
    for run in 1..=(if setup.options.quick { 10 } else { 20 }) {
        let server = setup
            .cores
            .on_server_core(|| Vnet::with_data(program, folder))?;
        let time = server.first_answer()?.as_secs_f64() * 1e3;
        let kibibytes = u32::try_from(server.process().resident()? / 1024)?;
        let how = if in_order { "SIGTERM" } else { "SIGKILL" };
        report.line(&[
            &run,
            &how,
            &number(time),
            &number(f64::from(kibibytes) / 1024.0),
        ]);
        times.push(time);
        if in_order {
            server.stop()?;
        }
    }
    Ok(Spread::of(times))
}
