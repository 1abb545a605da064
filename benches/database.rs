//! Whether ten thousand users and a million meetings in the database change what an answer costs.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use tempfile::TempDir;
use vnet_benches::fill::{Amount, DATABASE, fill, schedule};
use vnet_benches::load::Length;
use vnet_benches::load::http::Asking;
use vnet_benches::options::Setup;
use vnet_benches::report::{Goal, Report, number};
use vnet_benches::request::Request;
use vnet_benches::server::Vnet;
use vnet_benches::stats::Spread;

const CONNECTIONS: usize = 32;
/// Meetings of the user who asks, in both databases.
const OWN_MEETINGS: usize = 50;

fn main() -> Result<ExitCode> {
    let Some(setup) = Setup::read(env!("CARGO_BIN_EXE_bare"))? else {
        return Ok(ExitCode::SUCCESS);
    };
    let mut report = Report::new(&setup.options);
    let program = setup.server()?;
    let server = setup.cores.on_server_core(|| Vnet::fresh(&program))?;
    let cookie = server.sign_up("ada")?.cookie;
    let small = server
        .stop()?
        .context("the server has no folder of its own")?;
    let code = schedule(small.path(), "ada", OWN_MEETINGS)?;
    let amount = if setup.options.quick {
        Amount {
            users: 10_000,
            meetings: 100_000,
        }
    } else {
        Amount {
            users: 10_000,
            meetings: 1_000_000,
        }
    };
    let large = copy(small.path())?;
    setup.cores.on_both_cores(|| fill(large.path(), amount))?;
    report.table(
        &format!(
            "A database of {} users and {} meetings",
            amount.users, amount.meetings
        ),
        &[
            "request",
            "database",
            "answers/s",
            "CPU µs per answer",
            "× small",
        ],
    );
    let start = |folder: &Path| {
        setup
            .cores
            .on_server_core(|| Vnet::with_data(&program, folder))
    };
    let servers = [start(small.path())?, start(large.path())?];
    for (name, path) in [
        ("user-details", "/account/get/user-details/".to_owned()),
        ("one meeting by code", format!("/meeting/meetings/{code}/")),
        ("the user's 50 meetings", "/meeting/meetings/".to_owned()),
        (
            "the latest 20 of the user's past meetings",
            "/meeting/meetings/?over=1&order=-start&limit=20".to_owned(),
        ),
    ] {
        let ratio = compare(&setup, &report, &servers, name, &path, &cookie)?;
        let figure = format!("Large database: CPU of {name} ÷ small");
        report.judge(&figure, "×", Goal::AtMost(1.2), ratio);
    }
    report.finish()
}

/// A copy of a data folder whose server is stopped.
fn copy(from: &Path) -> Result<TempDir> {
    let to = TempDir::new()?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.path().join(entry.file_name()))?;
        }
    }
    fs::metadata(to.path().join(DATABASE)).context("the server keeps its data elsewhere")?;
    Ok(to)
}

fn compare(
    setup: &Setup,
    report: &Report,
    servers: &[Vnet; 2],
    name: &str,
    path: &str,
    cookie: &str,
) -> Result<Spread> {
    let length = if setup.options.quick {
        Length::millis(300, 1_000)
    } else {
        Length::millis(500, 2_000)
    };
    let mut asking = Vec::new();
    for server in servers {
        let address = server.process().address();
        let request = Request::get(address, path).cookie(cookie).into_bytes();
        asking.push(Asking::open(address, request, CONNECTIONS)?);
    }
    let mut ratios = Vec::new();
    for _ in 0..setup.pairs().min(3) {
        let small = asking[0].closed(servers[0].process(), length)?;
        let large = asking[1].closed(servers[1].process(), length)?;
        let ratio = large.cpu_micros() / small.cpu_micros();
        for (kind, run, ratio) in [
            ("small", small, "1".to_owned()),
            ("large", large, number(ratio)),
        ] {
            let (rate, cpu) = (number(run.per_second()), number(run.cpu_micros()));
            report.line(&[&name, &kind, &rate, &cpu, &ratio]);
        }
        ratios.push(ratio);
    }
    Ok(Spread::of(ratios))
}
