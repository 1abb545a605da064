//! What it costs to enter a room: upgrade, session check, room entry, and leaving again.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use vnet_benches::load::joins;
use vnet_benches::options::Setup;
use vnet_benches::report::{Goal, Report, number};
use vnet_benches::server::Rival;
use vnet_benches::stats::Spread;

/// Rooms that are entered at the same time.
const AT_ONCE: usize = 16;
/// Rooms before it is measured.
const WARM: usize = 200;

fn main() -> Result<ExitCode> {
    let Some(setup) = Setup::read(env!("CARGO_BIN_EXE_bare"))? else {
        return Ok(ExitCode::SUCCESS);
    };
    let bare = Rival::bare(setup.cores, &setup.bare)?;
    let other = Rival::second(&setup)?;
    let mut report = Report::new(&setup.options);
    report.table(
        "Joins: 16 rooms at a time, one message in each",
        &[
            "relay",
            "sockets/s",
            "handshake p50 µs",
            "p99 µs",
            "CPU µs per socket",
            "× bare",
        ],
    );
    let rooms = if setup.options.quick { 1_000 } else { 4_000 };
    let mut ratios = Vec::new();
    let mut first = 0;
    for _ in 0..setup.pairs() {
        let mut costs = Vec::new();
        for rival in [&bare, &other] {
            joins::storm(rival, WARM, AT_ONCE, first)?;
            let mut run = joins::storm(rival, rooms, AT_ONCE, first + WARM)?;
            let mut at = |percent| number(micros(run.handshakes.percentile(percent)));
            let (p50, p99) = (at(50.0), at(99.0));
            let rate = number(2.0 * f64::from(u32::try_from(rooms)?) / run.wall.as_secs_f64());
            costs.push(run.cpu_micros());
            let ratio = number(run.cpu_micros() / costs[0]);
            report.line(&[
                &rival.name,
                &rate,
                &p50,
                &p99,
                &number(run.cpu_micros()),
                &ratio,
            ]);
        }
        ratios.push(costs[1] / costs[0]);
        first += WARM + rooms;
    }
    let figure = "Joins (upgrade, session check, entry): server CPU ÷ bare";
    report.judge(figure, "×", Goal::AtMost(1.5), Spread::of(ratios));
    report.finish()
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
