//! What a page's answer costs: a user's details from SQLite by session, against a server that
//! answers a constant; and what sign-ins do to everybody else.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, ensure};
use vnet_benches::load::Length;
use vnet_benches::load::closed::Closed;
use vnet_benches::load::http::{Asking, Pace, SignIns, Waiting};
use vnet_benches::load::spinner::{Spinner, go_first};
use vnet_benches::options::Setup;
use vnet_benches::report::{Goal, Report, number};
use vnet_benches::request::Request;
use vnet_benches::server::{Process, Vnet, bare_http};
use vnet_benches::stats::{Spread, Times};

const DETAILS: &str = "/account/get/user-details/";
const CONNECTIONS: usize = 32;
const PER_SECOND: u32 = 2_000;
const SIGN_INS: usize = 16;
const ONE_CORE: &str = "one core";
const TWO_CORES: &str = "two cores";
/// Seconds. When even undisturbed pages are slower, somebody else uses this machine.
const CALM_P99: f64 = 0.001;
/// An answer as large as a user's details, for the bare server alone.
const LIKE_DETAILS: &str = concat!(
    r#"{"username":"ada","first_name":"Augusta","last_name":"Lovelace","email":"ada@example.org","#,
    r#""meeting_name":"ada","profile_image":"/media/profile/images/def/pc.jpg"}"#,
);

fn main() -> Result<ExitCode> {
    let Some(setup) = Setup::read(env!("CARGO_BIN_EXE_bare"))? else {
        return Ok(ExitCode::SUCCESS);
    };
    let mut report = Report::new(&setup.options);
    if setup.options.bare_only {
        let servers = [LIKE_DETAILS; 2].map(|body| bare_http(setup.cores, &setup.bare, body));
        let [first, second] = servers;
        closed(&setup, &mut report, [&first?, &second?], "")?;
        return report.finish();
    }
    let program = setup.server()?;
    if setup.wants("closed") {
        let vnet = setup.cores.on_server_core(|| Vnet::fresh(&program))?;
        let ada = vnet.sign_up("ada")?;
        let address = vnet.process().address();
        let details = Request::get(address, DETAILS)
            .cookie(&ada.cookie)
            .fetch(address)?;
        ensure!(
            details.status == 200,
            "{DETAILS} answered {}",
            details.status
        );
        let bare = bare_http(setup.cores, &setup.bare, details.text()?)?;
        closed(&setup, &mut report, [&bare, vnet.process()], &ada.cookie)?;
    }
    if setup.wants("paced") {
        let vnet = setup.cores.on_server_core(|| Vnet::fresh(&program))?;
        sign_ins(&setup, &mut report, &vnet, ONE_CORE)?;
        drop(vnet);
        let vnet = setup.cores.on_both_cores(|| Vnet::fresh(&program))?;
        setup.cores.on_both_cores(|| {
            go_first(|is_first| {
                let cores = if is_first {
                    TWO_CORES
                } else {
                    "two cores, shared with the generator on equal terms"
                };
                sign_ins(&setup, &mut report, &vnet, cores)
            })
        })?;
    }
    report.finish()
}

fn asking(process: &Process, cookie: &str) -> Result<Asking> {
    let address = process.address();
    let request = Request::get(address, DETAILS).cookie(cookie).into_bytes();
    Asking::open(address, request, CONNECTIONS)
}

fn closed(setup: &Setup, report: &mut Report, servers: [&Process; 2], cookie: &str) -> Result<()> {
    report.table(
        "GET user-details with a session, 32 connections, closed loop",
        &[
            "server",
            "answers/s",
            "CPU µs per answer",
            "core used",
            "× bare",
        ],
    );
    let length = if setup.options.quick {
        Length::millis(300, 1_000)
    } else {
        Length::millis(500, 2_500)
    };
    let mut asking = [asking(servers[0], cookie)?, asking(servers[1], cookie)?];
    let mut ratios = Vec::new();
    for _ in 0..setup.pairs() {
        let bare = asking[0].closed(servers[0], length)?;
        let vnet = asking[1].closed(servers[1], length)?;
        let ratio = vnet.cpu_micros() / bare.cpu_micros();
        tell(report, "bare hyper", bare, "1");
        tell(
            report,
            if setup.options.bare_only {
                "bare hyper"
            } else {
                "VNET"
            },
            vnet,
            &number(ratio),
        );
        ratios.push(ratio);
    }
    let figure = "HTTP: CPU of user-details with a session ÷ bare hyper";
    report.judge(figure, "×", Goal::AtMost(2.5), Spread::of(ratios));
    Ok(())
}

fn tell(report: &Report, name: &str, run: Closed, ratio: &str) {
    let busy = format!("{:.0} %", run.busy_percent());
    let cells = [number(run.per_second()), number(run.cpu_micros()), busy];
    report.line(&[&name, &cells[0], &cells[1], &cells[2], &ratio]);
}

/// The same page at a pace, undisturbed and while sixteen sign-ins are always under way; and beside
/// a spinner of the same kind as a hash that has nothing to do with the server: what it does is what
/// this machine does to whoever shares a core. Short rounds, so that a pause of the machine spoils one of them.
fn sign_ins(setup: &Setup, report: &mut Report, vnet: &Vnet, cores: &str) -> Result<()> {
    let columns = ["", "p50 µs", "p90 µs", "p99 µs", "p99.9 µs", "sign-ins/s"];
    let title = format!("GET user-details, 2,000 a second, beside 16 sign-ins, server on {cores}");
    report.table(&title, &columns);
    let ada = vnet.sign_up("ada")?;
    vnet.sign_up("bob")?;
    let form = vnet.sign_in_request("bob").into_bytes();
    let wanted = 2 * setup.pairs();
    let (mut quiet, mut spinner, mut busy) = (Vec::new(), Vec::new(), Vec::new());
    let mut rates = Vec::new();
    for _ in 0..2 * wanted {
        let round = round(setup, report, (vnet, &ada.cookie), cores, &form)?;
        rates.push(round.rate);
        // Beside somebody else's work sign-ins would look better than they are.
        if round.quiet <= CALM_P99 {
            quiet.push(round.quiet * 1e6);
            spinner.push(round.spinner / round.quiet);
            busy.push(round.busy / round.quiet);
        }
        if quiet.len() == wanted {
            break;
        }
    }
    let (goal, calm) = if quiet.len() * 2 < wanted {
        (Goal::Told, " (no verdict: the machine is busy)")
    } else {
        (Goal::AtMost(3.0), "")
    };
    let page = "HTTP: p99 of user-details";
    let told = |report: &mut Report, figure: String, unit, goal, values| {
        report.judge(&figure, unit, goal, Spread::of(values));
    };
    let figure = format!("{page} beside 16 sign-ins ÷ quiet, {cores}{calm}");
    told(report, figure, "×", goal, busy);
    let figure = format!("{page} beside a spinner in their place ÷ quiet, {cores}");
    told(report, figure, "×", Goal::Told, spinner);
    let figure = format!("{page}, quiet, {cores}");
    told(report, figure, "µs", Goal::Told, quiet);
    let figure = format!("Sign-ins meanwhile, {cores}");
    told(report, figure, "/s", Goal::Told, rates);
    Ok(())
}

/// The p99s of a round in seconds, and the sign-ins a second.
struct Round {
    quiet: f64,
    spinner: f64,
    busy: f64,
    rate: f64,
}

fn round(
    setup: &Setup,
    report: &Report,
    (vnet, cookie): (&Vnet, &str),
    cores: &str,
    form: &[u8],
) -> Result<Round> {
    let has_own_core = cores == ONE_CORE;
    let length = Length::millis(300, 1_000);
    let pace = Pace {
        per_second: PER_SECOND,
        length,
        waiting: if has_own_core {
            Waiting::Spinning
        } else {
            Waiting::Sleeping
        },
    };
    let disturbance = SignIns {
        at_once: SIGN_INS,
        request: form,
    };
    let address = vnet.process().address();
    let details = || asking(vnet.process(), cookie);
    settle(vnet)?;
    let mut quiet = details()?.paced(address, pace, None)?;
    let spinner = Spinner::start(setup.cores, has_own_core)?;
    let mut beside = details()?.paced(address, pace, None)?;
    drop(spinner);
    let mut busy = details()?.paced(address, pace, Some(disturbance))?;
    let seconds = (length.warm + length.measured).as_secs_f64();
    let rate = f64::from(u32::try_from(busy.sign_ins)?) / seconds;
    tell_latency(report, "quiet", &mut quiet.latency, 0.0);
    tell_latency(report, "spinner", &mut beside.latency, 0.0);
    tell_latency(report, "sign-ins", &mut busy.latency, rate);
    Ok(Round {
        quiet: p99(&mut quiet.latency),
        spinner: p99(&mut beside.latency),
        busy: p99(&mut busy.latency),
        rate,
    })
}

/// Waits until the hashes that nobody waits for any more are done.
fn settle(vnet: &Vnet) -> Result<()> {
    let calm = Duration::from_millis(200);
    loop {
        let before = vnet.process().cpu()?;
        std::thread::sleep(calm);
        if vnet.process().cpu()?.saturating_sub(before) < calm / 20 {
            return Ok(());
        }
    }
}

fn p99(latency: &mut Times) -> f64 {
    latency.percentile(99.0).as_secs_f64()
}

fn tell_latency(report: &Report, name: &str, latency: &mut Times, rate: f64) {
    let mut at = |percent| number(latency.percentile(percent).as_secs_f64() * 1e6);
    let cells = [at(50.0), at(90.0), at(99.0), at(99.9)];
    let [p50, p90, p99, p999] = &cells;
    report.line(&[&name, p50, p90, p99, p999, &number(rate)]);
}
