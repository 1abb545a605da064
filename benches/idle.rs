//! The memory of sockets that do nothing, and whether it is given back.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use vnet_benches::load::Rooms;
use vnet_benches::load::idle::idle;
use vnet_benches::machine::open_files;
use vnet_benches::options::Setup;
use vnet_benches::report::{Goal, Report, number};
use vnet_benches::server::Rival;
use vnet_benches::stats::Spread;

/// Files that a server has open beside its sockets, with room to spare.
const OTHER_FILES: u64 = 500;
/// How long a server may take to give memory back. Allocators that do so take their time (ten seconds).
const GRACE: Duration = Duration::from_secs(15);

fn main() -> Result<ExitCode> {
    let Some(setup) = Setup::read(env!("CARGO_BIN_EXE_bare"))? else {
        return Ok(ExitCode::SUCCESS);
    };
    let mut report = Report::new(&setup.options);
    let columns = [
        "relay",
        "sockets",
        "empty MiB",
        "open MiB",
        "bytes per socket",
        "closed MiB",
        "opened again MiB",
        "idle CPU",
    ];
    report.table("Idle sockets", &columns);
    let most = open_files()?.saturating_sub(OTHER_FILES);
    let counts = [100, 1_000, 10_000]
        .into_iter()
        .filter(|&count| (count as u64) < most);
    for count in counts {
        measure(&setup, &mut report, count)?;
    }
    report.finish()
}

/// A new server for each figure: what an earlier one left behind is not counted twice.
fn measure(setup: &Setup, report: &mut Report, count: usize) -> Result<()> {
    let bare = Rival::bare(setup.cores, &setup.bare)?;
    let other = Rival::second(setup)?;
    for rival in [&bare, &other] {
        // The bare relay is not judged by what it gives back.
        let grace = if setup.options.quick && std::ptr::eq(rival, &bare) {
            GRACE / 5
        } else {
            GRACE
        };
        // What every server builds up once is no part of the price of a socket.
        Rooms::enter(rival, 10, 0)?.leave()?;
        let run = idle(rival, count, 100, grace)?;
        report.line(&[
            &rival.name,
            &run.sockets,
            &mebibytes(run.empty),
            &mebibytes(run.open),
            &number(run.per_socket()),
            &mebibytes(run.closed),
            &mebibytes(run.again),
            &format!("{:.2} %", 100.0 * run.idle_cpu.as_secs_f64()),
        ]);
        if std::ptr::eq(rival, &other) {
            let one = |value| Spread::of(vec![value]);
            // Of a hundred sockets single pages weigh too much to be judged.
            let goal = if count < 1_000 {
                Goal::Told
            } else {
                Goal::AtMost(10_000.0)
            };
            let figure = format!("Idle: memory per socket, {count} sockets");
            report.judge(&figure, "bytes", goal, one(run.per_socket()));
            if count >= 1_000 {
                let figure = format!("Idle: part given back after {count} sockets closed");
                report.judge(&figure, "", Goal::AtLeast(0.8), one(run.given_back()));
                let figure = format!("Idle: {count} sockets opened again ÷ the first time");
                report.judge(&figure, "×", Goal::AtMost(1.1), one(run.second_time()));
            }
        }
    }
    Ok(())
}

fn mebibytes(bytes: u64) -> String {
    let kibibytes = u32::try_from(bytes / 1024).unwrap_or(u32::MAX);
    number(f64::from(kibibytes) / 1024.0)
}
