//! Sockets that do nothing, and the memory that they take.

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};

use super::{PATIENCE, Rooms};
use crate::frame;
use crate::server::{Process, Rival};
use crate::sockets::Event;

/// Memory is read when it has not grown for so long.
const CALM: Duration = Duration::from_millis(300);
/// It has been given back when it has not fallen for so long.
const STILL: Duration = Duration::from_secs(2);
/// Less is no fall.
const SMALL: u64 = 128 * 1024;

/// Resident memory of the server, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Idle {
    /// Sockets that were opened.
    pub sockets: usize,
    /// Before.
    pub empty: u64,
    /// With all open, one message having gone each way in every room.
    pub open: u64,
    /// After all were closed.
    pub closed: u64,
    /// With all open for the second time.
    pub again: u64,
    /// Processor time in one second of doing nothing.
    pub idle_cpu: Duration,
}

impl Idle {
    /// Bytes per socket.
    #[must_use]
    pub fn per_socket(&self) -> f64 {
        ratio(self.open.saturating_sub(self.empty), self.sockets as u64)
    }

    /// The part of what the sockets took that was given back when they closed.
    #[must_use]
    pub fn given_back(&self) -> f64 {
        ratio(
            self.open.saturating_sub(self.closed),
            self.open.saturating_sub(self.empty),
        )
    }

    /// Memory at the second time as a multiple of the first.
    #[must_use]
    pub fn second_time(&self) -> f64 {
        ratio(self.again, self.open)
    }
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// Opens `sockets` sockets, two per room from code `first` on, closes them, and opens them again.
/// The server has `grace` to give memory back.
///
/// # Errors
/// When a socket is refused, or not closed in order.
pub fn idle(rival: &Rival, sockets: usize, first: usize, grace: Duration) -> Result<Idle> {
    let rooms = sockets / 2;
    let process = rival.process();
    let empty = settled(process, grace)?;
    let mut held = Rooms::enter(rival, rooms, first)?;
    let open = calm(process)?;
    let cpu = process.cpu()?;
    std::thread::sleep(Duration::from_secs(1));
    let idle_cpu = process.cpu()?.saturating_sub(cpu);
    held.leave()?;
    let closed = given_back(process, [empty, open], grace)?;
    let mut held = Rooms::enter(rival, rooms, first + rooms)?;
    let again = calm(process)?;
    held.leave()?;
    Ok(Idle {
        sockets: 2 * rooms,
        empty,
        open,
        closed,
        again,
        idle_cpu,
    })
}

/// The memory once the server has given back what it needed to get here (passwords were hashed), or
/// the time for that is over: else a part of it would be missing in the price of a socket.
fn settled(process: &Process, patience: Duration) -> Result<u64> {
    let begun = Instant::now();
    let mut fell = begun;
    let mut least = calm(process)?;
    while fell.elapsed() < STILL && begun.elapsed() < patience {
        std::thread::sleep(CALM);
        let now = process.resident()?;
        if now + SMALL < least {
            fell = Instant::now();
        }
        least = least.min(now);
    }
    Ok(least)
}

/// The memory once it stays the same.
fn calm(process: &Process) -> Result<u64> {
    let mut resident = process.resident()?;
    loop {
        std::thread::sleep(CALM);
        let now = process.resident()?;
        if now <= resident {
            return Ok(now);
        }
        resident = now;
    }
}

/// The least memory within the time that the server has to give it back, or until it has given back
/// nearly all.
fn given_back(process: &Process, [empty, open]: [u64; 2], grace: Duration) -> Result<u64> {
    let enough = empty + open.saturating_sub(empty) / 10;
    let begun = Instant::now();
    let mut least = process.resident()?;
    while begun.elapsed() < grace && least > enough {
        std::thread::sleep(CALM);
        least = least.min(process.resident()?);
    }
    Ok(least)
}

impl Rooms {
    /// Closes all sockets in order and waits until the server has, too.
    ///
    /// # Errors
    /// When a socket is not closed with 1000.
    pub fn leave(&mut self) -> Result<()> {
        let mut open = 2 * self.len();
        for room in 0..self.len() {
            self.close_room(room)?;
            if room % 256 == 255 {
                open -= self.gather_closed(Duration::ZERO)?;
            }
        }
        let mut progress = Instant::now();
        while open > 0 {
            let closed = self.gather_closed(Duration::from_secs(1))?;
            if closed > 0 {
                progress = Instant::now();
            }
            open -= closed;
            ensure!(
                progress.elapsed() < PATIENCE,
                "{open} sockets were not closed"
            );
        }
        self.rooms.clear();
        Ok(())
    }

    fn gather_closed(&mut self, timeout: Duration) -> Result<usize> {
        let ready = self.sockets.wait(timeout)?;
        let mut closed = 0;
        for &id in &ready {
            loop {
                match self.sockets.next(id)? {
                    None => break,
                    // That the other one left.
                    Some(Event::Text(_)) => {}
                    Some(Event::Closed(1000 | 1005)) => {
                        self.sockets.drop_socket(id);
                        closed += 1;
                        break;
                    }
                    Some(event) => bail!("{event:?} instead of an orderly close"),
                }
            }
        }
        self.sockets.done(ready);
        Ok(closed)
    }

    fn close_room(&mut self, room: usize) -> Result<()> {
        for seat in 0..2 {
            self.sockets.send(self.id(room, seat), &frame::close())?;
        }
        Ok(())
    }
}
