//! The two cores and the limits of this process.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::time::clock_getcpuclockid;
use nix::unistd::Pid;

/// Which core the servers get and which the load generator.
#[derive(Clone, Copy, Debug)]
pub struct Cores {
    server: usize,
    generator: usize,
}

impl Cores {
    /// Takes the first two cores that this process may use, and raises its limit of open files.
    ///
    /// # Errors
    /// When there are fewer than two cores.
    pub fn claim() -> Result<Self> {
        let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
        setrlimit(Resource::RLIMIT_NOFILE, most, most)?;
        let allowed = sched_getaffinity(Pid::from_raw(0))?;
        let mut usable = (0..CpuSet::count()).filter(|&core| allowed.is_set(core).unwrap_or(false));
        let generator = usable.next().context("no core to run on")?;
        let server = usable.next();
        ensure!(
            server.is_some(),
            "one core for the server and one for the load are needed"
        );
        let cores = Self {
            server: server.unwrap_or(generator),
            generator,
        };
        cores.as_generator()?;
        Ok(cores)
    }

    /// Runs `start` on the server's core, which the processes that it spawns inherit, and comes
    /// back to the generator's.
    ///
    /// # Errors
    /// Those of `start`, or when the system refuses.
    pub fn on_server_core<T>(&self, start: impl FnOnce() -> Result<T>) -> Result<T> {
        pin(&[self.server])?;
        let started = start();
        self.as_generator()?;
        started
    }

    /// Runs `start` with both cores, which the processes that it spawns inherit.
    ///
    /// # Errors
    /// Those of `start`, or when the system refuses.
    pub fn on_both_cores<T>(&self, start: impl FnOnce() -> Result<T>) -> Result<T> {
        pin(&[self.server, self.generator])?;
        let started = start();
        self.as_generator()?;
        started
    }

    fn as_generator(self) -> Result<()> {
        pin(&[self.generator])
    }
}

fn pin(cores: &[usize]) -> Result<()> {
    let mut set = CpuSet::new();
    for &core in cores {
        set.set(core)?;
    }
    sched_setaffinity(Pid::from_raw(0), &set).context("cannot choose the core")
}

/// How many files this process and those that it spawns may have open.
///
/// # Errors
/// When the system does not say.
pub fn open_files() -> Result<u64> {
    Ok(getrlimit(Resource::RLIMIT_NOFILE)?.0)
}

/// The processor time that a process has used, with that of its ended threads.
///
/// # Errors
/// When there is no such process.
pub fn cpu_time(pid: u32) -> Result<Duration> {
    let clock = clock_getcpuclockid(Pid::from_raw(i32::try_from(pid)?))?;
    Ok(clock.now()?.into())
}

/// The resident memory of a process, in bytes.
///
/// # Errors
/// When there is no such process.
pub fn resident_bytes(pid: u32) -> Result<u64> {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Rss:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kilobytes = kilobytes.context("no resident size in smaps_rollup")?;
    Ok(kilobytes.parse::<u64>()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_of_a_process_counts_its_work() {
        let own = std::process::id();
        let before = cpu_time(own).unwrap();
        let mut sum = 0_u64;
        while cpu_time(own).unwrap() < before + Duration::from_millis(5) {
            sum = std::hint::black_box(sum + 1);
        }
        assert!(resident_bytes(own).unwrap() > 100_000);
    }
}
