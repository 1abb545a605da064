//! Open loop: messages are sent when their time has come, whatever became of the ones before.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::{Length, PATIENCE, Rooms};
use crate::server::Rival;
use crate::stats::Times;

/// What a run came to.
#[derive(Debug)]
pub struct Paced {
    /// From the time when a message was due to its arrival at the second of the two sockets.
    pub latency: Times,
    /// How late the load generator sent.
    pub late: Times,
    /// Processor time of the server while it was measured.
    pub cpu: Duration,
}

fn sender(room: usize, _number: u64) -> usize {
    room % 2
}

impl Rooms {
    /// Sends `per_second` messages a second, to one room after the other.
    ///
    /// # Errors
    /// When a message is lost or not what was sent.
    pub fn paced(&mut self, rival: &Rival, per_second: u32, length: Length) -> Result<Paced> {
        self.restart()?;
        let interval = Duration::from_secs(1) / per_second;
        let begun = Instant::now();
        let measured = begun + length.warm;
        let end = measured + length.measured;
        let mut cpu = None;
        let mut due = begun;
        let mut room = 0;
        let mut under_way = vec![VecDeque::new(); self.len()];
        let mut paced = Paced {
            latency: Times::default(),
            late: Times::default(),
            cpu: Duration::ZERO,
        };
        let mut last_arrival = begun;
        loop {
            let now = Instant::now();
            if cpu.is_none() && now >= measured {
                cpu = Some(rival.process().cpu()?);
            }
            while due <= now && due < end {
                self.send(room, sender(room, 0), 1)?;
                under_way[room].push_back(due);
                if due >= measured {
                    paced.late.push(now - due);
                }
                room = (room + 1) % self.len();
                due += interval;
            }
            // Never sleeps while messages are to be sent: the system's timers are too coarse.
            let ready = self.sockets.wait(Duration::ZERO)?;
            for &id in &ready {
                let delivered = self.receive(id, sender)?;
                let now = Instant::now();
                last_arrival = now;
                let waiting = &mut under_way[self.room_of(id)];
                for was_due in (0..delivered).filter_map(|_| waiting.pop_front()) {
                    if was_due >= measured {
                        paced.latency.push(now - was_due);
                    }
                }
            }
            self.sockets.done(ready);
            if due >= end && under_way.iter().all(VecDeque::is_empty) {
                break;
            }
            ensure!(now < last_arrival + PATIENCE, "messages were lost");
        }
        let used = rival.process().cpu()?;
        paced.cpu = used.saturating_sub(cpu.unwrap_or(used));
        Ok(paced)
    }
}
