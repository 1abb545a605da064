//! What the embedded conference costs: forwarded packets, delay, people, memory; Janus beside it.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context as _, Result};
use vnet_benches::media::client::Plan;
use vnet_benches::media::janus::{self, Janus};
use vnet_benches::media::load::{Host, Load};
use vnet_benches::media::sender::Stream;
use vnet_benches::media::vnet::{self, Vnet};
use vnet_benches::options::Setup;
use vnet_benches::report::{Goal, Report, number};
use vnet_benches::server::Process;
use vnet_benches::stats::Spread;

/// After so long what the handshakes took has gone back to the system (the allocator keeps it for ten seconds).
const AT_REST: Duration = Duration::from_secs(15);
/// Pictures that everybody watches.
const PICTURES: usize = 4;
/// Packets a second of each of them: 1.1 Mbit/s.
const RATE: f64 = 125.0;
/// Who watches, for half load and for the goal of 50,000 packets a second.
const HALF: usize = 52;
const FULL: usize = 104;

/// What is told of each run.
const COLUMNS: [&str; 8] = [
    "server",
    "watching",
    "packets/s",
    "CPU µs per packet",
    "core used",
    "loss",
    "p50 ms",
    "p99 ms",
];
/// What is told of many people.
const PEOPLE_COLUMNS: [&str; 8] = [
    "people",
    "packets/s",
    "CPU µs per packet",
    "server's cores",
    "loss",
    "p50 ms",
    "p99 ms",
    "kB per further person",
];

/// What one run of a meeting measured.
#[derive(Debug)]
struct Run {
    /// Packets a second that arrived.
    rate: f64,
    /// Processor time of the server for each of them, in microseconds.
    cost: f64,
    /// Part of the server's core that it used.
    busy: f64,
    loss: f64,
    p50: f64,
    p99: f64,
}

fn main() -> Result<ExitCode> {
    let Some(setup) = Setup::read(env!("CARGO_BIN_EXE_bare"))? else {
        return Ok(ExitCode::SUCCESS);
    };
    let mut report = Report::new(&setup.options);
    if setup.wants("forward") {
        forward(&setup, &mut report)?;
    }
    if setup.wants("curve") {
        curve(&setup, &mut report)?;
    }
    if setup.wants("people") {
        people(&setup, &mut report)?;
    }
    if setup.wants("instructions") {
        instructions(&setup, &mut report)?;
    }
    report.finish()
}

/// An address of this machine that is not loopback, which Janus leaves out: what is sent there stays
/// inside all the same.
fn local() -> Result<IpAddr> {
    let probe = UdpSocket::bind(("0.0.0.0", 0))?;
    // Nothing is sent: the system chooses the address that it would send from.
    probe.connect(("192.0.2.1", 9))?;
    Ok(probe.local_addr()?.ip())
}

fn host(local: IpAddr) -> impl Fn(SocketAddr) -> Command {
    move |address| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_conference"));
        command.arg("--listen").arg(address.to_string());
        command.arg("--media").arg(local.to_string());
        command.env_clear();
        command
    }
}

fn vnet_host(process: &Process, local: IpAddr) -> Result<Load<Vnet>> {
    Load::new(Vnet::new(process.address(), local, &vnet::key())?)
}

/// One publisher, many who watch: VNET and Janus in turn.
fn forward(setup: &Setup, report: &mut Report) -> Result<()> {
    let local = local()?;
    report.table(
        "Four pictures of 125 packets a second each to many",
        &COLUMNS,
    );
    let mut figures = Figures::default();
    for _ in 0..setup.pairs() {
        let mut own = 0.0;
        for watching in [HALF, FULL] {
            let server = setup.cores.on_server_core(|| Process::spawn(host(local)))?;
            let run = watch(
                setup,
                &server,
                vnet_host(&server, local)?,
                watching,
                (PICTURES, RATE),
            )?;
            drop(server);
            tell(report, "VNET", watching, &run);
            if watching == HALF {
                own = run.cost;
                figures.p50.push(run.p50);
                figures.p99.push(run.p99);
            } else {
                // What a whole core would carry at this cost.
                figures.rates.push(1e6 / run.cost);
                figures.costs.push(run.cost);
                figures.losses.push(run.loss * 100.0);
            }
        }
        if let Some(run) = janus_run(setup, local)? {
            tell(report, "Janus", HALF, &run);
            figures.ratios.push(own / run.cost);
        }
    }
    judge_forward(report, figures);
    Ok(())
}

/// What the rounds measured.
#[derive(Debug, Default)]
struct Figures {
    rates: Vec<f64>,
    costs: Vec<f64>,
    losses: Vec<f64>,
    p50: Vec<f64>,
    p99: Vec<f64>,
    ratios: Vec<f64>,
}

fn judge_forward(report: &mut Report, figures: Figures) {
    report.judge(
        "SFU: forwarded packets a second and core",
        "/s",
        Goal::AtLeast(50_000.0),
        Spread::of(figures.rates),
    );
    report.judge(
        "SFU: CPU per forwarded video packet",
        "µs",
        Goal::AtMost(10.0),
        Spread::of(figures.costs),
    );
    report.judge(
        "SFU: loss at 52,000 packets a second",
        "%",
        Goal::AtMost(1.0),
        Spread::of(figures.losses),
    );
    report.judge(
        "SFU: delay at half load, median",
        "ms",
        Goal::AtMost(2.0),
        Spread::of(figures.p50),
    );
    report.judge(
        "SFU: delay at half load, p99",
        "ms",
        Goal::AtMost(10.0),
        Spread::of(figures.p99),
    );
    if !figures.ratios.is_empty() {
        report.judge(
            "SFU: CPU per packet ÷ Janus",
            "×",
            Goal::Told,
            Spread::of(figures.ratios),
        );
    }
}

fn janus_run(setup: &Setup, local: IpAddr) -> Result<Option<Run>> {
    if Command::new("janus").arg("--version").output().is_err() {
        return Ok(None);
    }
    let folder = tempfile::tempdir()?;
    let server = setup.cores.on_server_core(|| {
        Process::spawn(|address| {
            // Written a line above in an empty folder of our own.
            janus::command(folder.path(), address).unwrap_or_else(|_| Command::new("janus"))
        })
    })?;
    let load = Load::new(Janus::new(server.address(), local)?)?;
    watch(setup, &server, load, HALF, (PICTURES, RATE)).map(Some)
}

/// Some publishers of so many packets a second each, and those who watch them all.
fn watch<H: Host>(
    setup: &Setup,
    server: &Process,
    mut load: Load<H>,
    watching: usize,
    (pictures, rate): (usize, f64),
) -> Result<Run> {
    let camera = Plan {
        layers: 1,
        ..Plan::default()
    };
    for _ in 0..pictures {
        load.enter(camera, None, &[Stream::pictures(rate, None, 640)])?;
    }
    let watcher = Plan {
        video_slots: pictures,
        ..Plan::default()
    };
    for _ in 0..watching {
        load.enter(watcher, None, &[])?;
    }
    settle(&mut load, watching * pictures)?;
    measure(setup, server, &mut load)
}

/// Waits until everybody gets everything and the estimates of the bandwidth have grown. On a machine that
/// others disturb a few may stay behind: what flows is measured if it is nine tenths at least.
fn settle<H: Host>(load: &mut Load<H>, streams: usize) -> Result<()> {
    let mut found = 0;
    for _ in 0..20 {
        found = load.run(Duration::from_secs(1))?.streams();
        if found >= streams {
            break;
        }
    }
    anyhow::ensure!(
        found * 10 >= streams * 9,
        "only {found} of {streams} streams flow after twenty seconds"
    );
    load.run(Duration::from_secs(3))?;
    Ok(())
}

fn measure<H: Host>(setup: &Setup, server: &Process, load: &mut Load<H>) -> Result<Run> {
    let time = Duration::from_secs(if setup.options.quick { 3 } else { 8 });
    let before = server.cpu()?;
    let mut tally = load.run(time)?;
    let cpu = server.cpu()?.saturating_sub(before).as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 packets")]
    let packets = tally.packets.max(1) as f64;
    Ok(Run {
        rate: packets / time.as_secs_f64(),
        cost: cpu * 1e6 / packets,
        busy: cpu / time.as_secs_f64(),
        loss: tally.loss(),
        p50: tally.delay(50.0).as_secs_f64() * 1e3,
        p99: tally.delay(99.0).as_secs_f64() * 1e3,
    })
}

fn tell(report: &Report, name: &str, watching: usize, run: &Run) {
    let percent = |part: f64| format!("{} %", number(part * 100.0));
    report.line(&[
        &name,
        &watching,
        &number(run.rate),
        &number(run.cost),
        &percent(run.busy),
        &percent(run.loss),
        &number(run.p50),
        &number(run.p99),
    ]);
}

/// Whether each further person costs the same.
fn curve(setup: &Setup, report: &mut Report) -> Result<()> {
    let local = local()?;
    report.table("One picture of 50 packets a second to 10 … 500", &COLUMNS);
    let mut costs = Vec::new();
    let mut memory = Vec::new();
    for watching in [10, 50, 100, 200, 500] {
        let server = setup.cores.on_server_core(|| Process::spawn(host(local)))?;
        let empty = server.resident()?;
        let run = watch(
            setup,
            &server,
            vnet_host(&server, local)?,
            watching,
            (1, 50.0),
        )?;
        #[expect(clippy::cast_precision_loss, reason = "megabytes")]
        memory.push((server.resident()?.saturating_sub(empty)) as f64 / 1e3 / watching as f64);
        drop(server);
        tell(report, "VNET", watching, &run);
        costs.push(run.cost);
    }
    // With ten the fixed work of the server is shared by few packets: fifty and five hundred are compared.
    let grown = costs.last().context("no runs")? / costs.get(1).context("no runs")?;
    report.judge(
        "SFU: CPU per packet with 500 watching ÷ with 50",
        "×",
        Goal::AtMost(1.25),
        Spread::of(vec![grown]),
    );
    let last = memory.last().copied().context("no runs")?;
    report.judge(
        "SFU: memory per person, 500 watching",
        "kB",
        Goal::AtMost(500.0),
        Spread::of(vec![last]),
    );
    Ok(())
}

/// Twenty people, all with two layers and sound, all see and hear all.
fn people(setup: &Setup, report: &mut Report) -> Result<()> {
    let local = local()?;
    report.table(
        "People with two layers and sound each, on two cores",
        &PEOPLE_COLUMNS,
    );
    let everybody = 20;
    let streams = [
        Stream::sound(),
        Stream::pictures(20.0, Some(0), 320),
        Stream::pictures(60.0, Some(1), 640),
    ];
    let (silent, ..) = gather(setup, local, everybody, &[])?;
    let without = silent.memory;
    drop(silent);
    let (people, mut load) = gather(setup, local, everybody, &streams)?;
    settle(&mut load, everybody * (everybody - 1) * 2)?;
    let run = measure(setup, &people.server, &mut load)?;
    let memory = people.memory()?;
    drop(people);
    report.line(&[
        &everybody,
        &number(run.rate),
        &number(run.cost),
        &number(run.busy),
        &format!("{} %", number(run.loss * 100.0)),
        &number(run.p50),
        &number(run.p99),
        &number(memory),
    ]);
    let once = |value| Spread::of(vec![value]);
    report.judge(
        "SFU: loss with 20 people, two layers and sound each",
        "%",
        Goal::AtMost(1.0),
        once(run.loss * 100.0),
    );
    report.judge(
        "SFU: memory of each further person, 20 with 38 slots each, nothing sent yet",
        "kB",
        Goal::AtMost(512.0),
        once(without),
    );
    report.judge(
        "SFU: the same with what is kept for repeating",
        "kB",
        Goal::Told,
        once(memory),
    );
    Ok(())
}

/// A server with people in one meeting.
#[derive(Debug)]
struct People {
    server: Process,
    count: usize,
    /// Resident bytes when the first one had come: what the program takes as soon as anybody does is no person's.
    first: u64,
    /// Kilobytes for each further one when all had come and nobody sends.
    memory: f64,
}

impl People {
    fn memory(&self) -> Result<f64> {
        let grown = self.server.resident()?.saturating_sub(self.first);
        #[expect(clippy::cast_precision_loss, reason = "megabytes")]
        let each = grown as f64 / 1e3 / (self.count - 1) as f64;
        Ok(each)
    }
}

/// Starts a server on both cores and lets people enter, all with two layers, sound, and slots for all.
fn gather(
    setup: &Setup,
    local: IpAddr,
    count: usize,
    streams: &[Stream],
) -> Result<(People, Load<Vnet>)> {
    let server = setup.cores.on_both_cores(|| Process::spawn(host(local)))?;
    let mut load = vnet_host(&server, local)?;
    let plan = Plan {
        layers: 2,
        microphone: true,
        video_slots: count - 1,
        audio_slots: count - 1,
    };
    load.enter(plan, Some(320), streams)?;
    let first = server.resident()?;
    for _ in 1..count {
        load.enter(plan, Some(320), streams)?;
    }
    let mut people = People {
        server,
        count,
        first,
        memory: 0.0,
    };
    if streams.is_empty() {
        load.run(AT_REST)?;
        people.memory = people.memory()?;
    }
    Ok((people, load))
}

/// Instructions of the stage for each packet, as callgrind counts them in virtual time: the same on every machine of
/// a kind, whatever else it does. What comes before media flows is taken out by comparing two lengths.
fn instructions(setup: &Setup, report: &mut Report) -> Result<()> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        return Ok(());
    }
    let (few, before) = counted(setup, 1)?;
    let (many, after) = counted(setup, 3)?;
    anyhow::ensure!(many > few && after > before, "nothing was counted");
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
    let each = (after - before) as f64 / (many - few) as f64;
    report.judge(
        "SFU: instructions per forwarded packet, ten watching (callgrind)",
        "",
        Goal::Told,
        Spread::of(vec![each]),
    );
    Ok(())
}

/// Packets that a stage forwards in some seconds of virtual time, and its instructions.
fn counted(setup: &Setup, seconds: u64) -> Result<(u64, u64)> {
    let folder = tempfile::tempdir()?;
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--tool=callgrind", "--collect-atstart=no"]);
    for entry in ["receive", "timeout"] {
        command.arg(format!(
            "--toggle-collect=<vnet_sfu::stage::Stage as vnet_sfu::media::Media>::{entry}"
        ));
    }
    let out = folder.path().join("out");
    command.arg(format!("--callgrind-out-file={}", out.display()));
    command
        .arg(&setup.bare)
        .args(["--listen", "127.0.0.1:0", "stage"]);
    command.args(["--watching", "10", "--seconds", &seconds.to_string()]);
    let done = command.output()?;
    anyhow::ensure!(done.status.success(), "callgrind failed");
    let packets = String::from_utf8(done.stdout)?.trim().parse()?;
    Ok((packets, totals(folder.path())?))
}

/// The instructions that all dumps in a folder tell.
fn totals(folder: &Path) -> Result<u64> {
    let mut counted = 0_u64;
    for file in std::fs::read_dir(folder)? {
        let text = std::fs::read_to_string(file?.path())?;
        let totals = text
            .lines()
            .filter_map(|line| line.strip_prefix("totals: "));
        counted += totals
            .filter_map(|count| count.trim().parse::<u64>().ok())
            .sum::<u64>();
    }
    Ok(counted)
}
