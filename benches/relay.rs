//! What a relayed message costs: VNET against a relay that does nothing else.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use vnet_benches::load::closed::Closed;
use vnet_benches::load::{Length, Rooms};
use vnet_benches::options::Setup;
use vnet_benches::report::{Goal, Report, number};
use vnet_benches::server::Rival;
use vnet_benches::stats::Spread;

/// Rooms that speak.
const ROOMS: usize = 50;
/// Codes of rooms that stay silent begin here.
const SILENT: usize = 500_000;

fn main() -> Result<ExitCode> {
    let Some(setup) = Setup::read(env!("CARGO_BIN_EXE_bare"))? else {
        return Ok(ExitCode::SUCCESS);
    };
    let bare = Rival::bare(setup.cores, &setup.bare)?;
    let vnet = Rival::second(&setup)?;
    let mut report = Report::new(&setup.options);
    if setup.wants("closed") {
        closed(
            &setup,
            &mut report,
            [&bare, &vnet],
            1,
            "Relay, one message in flight",
        )?;
    }
    if setup.wants("burst") {
        closed(
            &setup,
            &mut report,
            [&bare, &vnet],
            8,
            "Relay, bursts of eight",
        )?;
    }
    if setup.wants("paced") {
        paced(&setup, &mut report, [&bare, &vnet])?;
    }
    if setup.wants("rooms") {
        silent_rooms(&setup, &mut report, &vnet)?;
        busy_rooms(&setup, &mut report, [&bare, &vnet])?;
    }
    report.finish()
}

fn length(setup: &Setup) -> Length {
    if setup.options.quick {
        Length::millis(300, 1_000)
    } else {
        Length::millis(500, 2_500)
    }
}

const COLUMNS: [&str; 5] = [
    "relay",
    "messages/s",
    "CPU µs per message",
    "core used",
    "× bare",
];

fn tell(report: &Report, name: &str, run: Closed, against: Option<Closed>) {
    let ratio = against.map_or("1".to_owned(), |bare| {
        number(run.cpu_micros() / bare.cpu_micros())
    });
    let cpu = number(run.cpu_micros());
    let busy = format!("{:.0} %", run.busy_percent());
    report.line(&[&name, &number(run.per_second()), &cpu, &busy, &ratio]);
}

/// Both relays in turn; the ratio of each pair of runs.
fn compare(
    setup: &Setup,
    report: &Report,
    rivals: [&Rival; 2],
    rooms: &mut [Rooms; 2],
    in_flight: u64,
) -> Result<Spread> {
    let mut ratios = Vec::new();
    for _ in 0..setup.pairs() {
        let bare = rooms[0].closed(rivals[0], in_flight, length(setup))?;
        let vnet = rooms[1].closed(rivals[1], in_flight, length(setup))?;
        tell(report, rivals[0].name, bare, None);
        tell(report, rivals[1].name, vnet, Some(bare));
        ratios.push(vnet.cpu_micros() / bare.cpu_micros());
    }
    Ok(Spread::of(ratios))
}

fn enter(rivals: [&Rival; 2], count: usize) -> Result<[Rooms; 2]> {
    Ok([
        Rooms::enter(rivals[0], count, 0)?,
        Rooms::enter(rivals[1], count, 0)?,
    ])
}

fn closed(
    setup: &Setup,
    report: &mut Report,
    rivals: [&Rival; 2],
    in_flight: u64,
    title: &str,
) -> Result<()> {
    report.table(&format!("{title}, {ROOMS} rooms"), &COLUMNS);
    let mut rooms = enter(rivals, ROOMS)?;
    let ratio = compare(setup, report, rivals, &mut rooms, in_flight)?;
    report.judge(
        &format!("{title}: server CPU per message ÷ bare"),
        "×",
        Goal::AtMost(1.2),
        ratio,
    );
    leave(rooms)
}

fn leave(rooms: [Rooms; 2]) -> Result<()> {
    rooms.into_iter().try_for_each(|mut rooms| rooms.leave())
}

fn paced(setup: &Setup, report: &mut Report, rivals: [&Rival; 2]) -> Result<()> {
    let columns = [
        "relay",
        "p50 µs",
        "p90 µs",
        "p99 µs",
        "p99.9 µs",
        "sent late, p50 µs",
    ];
    report.table("Relay, 2,000 messages a second over 200 rooms", &columns);
    let length = if setup.options.quick {
        Length::millis(300, 2_000)
    } else {
        Length::millis(500, 4_000)
    };
    let mut rooms = enter(rivals, 200)?;
    let mut slowest = Vec::new();
    for _ in 0..setup.pairs().min(3) {
        for (rival, rooms) in rivals.iter().zip(&mut rooms) {
            let mut run = rooms.paced(rival, 2_000, length)?;
            let mut at = |percent| number(micros(run.latency.percentile(percent)));
            let cells = [at(50.0), at(90.0), at(99.0), at(99.9)];
            let late = number(micros(run.late.percentile(50.0)));
            let [p50, p90, p99, p999] = &cells;
            report.line(&[&rival.name, p50, p90, p99, p999, &late]);
            if std::ptr::eq(*rival, rivals[1]) {
                slowest.push(micros(run.latency.percentile(99.0)) / 1_000.0);
            }
        }
    }
    let figure = "Relay, 2,000 messages a second over 200 rooms: p99";
    report.judge(figure, "ms", Goal::AtMost(5.0), Spread::of(slowest));
    leave(rooms)
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Fifty rooms that speak, alone and beside many that do not.
fn silent_rooms(setup: &Setup, report: &mut Report, vnet: &Rival) -> Result<()> {
    report.table(
        &format!("{ROOMS} busy rooms of VNET beside silent ones"),
        &[
            "silent rooms",
            "messages/s",
            "CPU µs per message",
            "core used",
            "× alone",
        ],
    );
    let counts = [1_000, 4_000];
    let mut busy = Rooms::enter(vnet, ROOMS, 0)?;
    let mut ratios = [const { Vec::new() }; 2];
    for _ in 0..setup.pairs().min(3) {
        let alone = busy.closed(vnet, 1, length(setup))?;
        tell(report, "0", alone, None);
        for (&count, ratios) in counts.iter().zip(&mut ratios) {
            let mut silent = Rooms::enter(vnet, count, SILENT)?;
            let run = busy.closed(vnet, 1, length(setup))?;
            tell(report, &count.to_string(), run, Some(alone));
            ratios.push(run.cpu_micros() / alone.cpu_micros());
            silent.leave()?;
        }
    }
    for (count, ratios) in counts.iter().zip(ratios) {
        let figure = format!("CPU per message beside {count} silent rooms ÷ alone");
        report.judge(&figure, "×", Goal::AtMost(1.1), Spread::of(ratios));
    }
    busy.leave()
}

/// Many rooms that all speak, against the bare relay with as many.
fn busy_rooms(setup: &Setup, report: &mut Report, rivals: [&Rival; 2]) -> Result<()> {
    for count in [1, 1_000] {
        report.table(
            &format!("Relay, one message in flight, {count} busy rooms"),
            &COLUMNS,
        );
        let mut rooms = enter(rivals, count)?;
        let ratio = compare(setup, report, rivals, &mut rooms, 1)?;
        let figure = format!("Relay, {count} busy rooms: server CPU per message ÷ bare");
        report.judge(&figure, "×", Goal::Told, ratio);
        leave(rooms)?;
    }
    Ok(())
}
