//! A storm of joins: rooms are entered, used for one message and left, many at the same time.

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};

use super::PATIENCE;
use super::rooms::{is_complete, path};
use crate::candidate::{Expected, Outgoing};
use crate::frame;
use crate::server::Rival;
use crate::sockets::{Event, Sockets};
use crate::stats::Times;

/// What a run came to.
#[derive(Debug)]
pub struct Joins {
    /// Sockets opened, two per room.
    pub connects: u64,
    /// Processor time of the server for all of it.
    pub cpu: Duration,
    /// How long it took.
    pub wall: Duration,
    /// From connecting to the server's answer to the handshake.
    pub handshakes: Times,
}

impl Joins {
    /// Processor time of the server per socket, in microseconds.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
    pub fn cpu_micros(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.connects as f64
    }
}

/// One room of the storm.
#[derive(Clone, Copy, Debug)]
struct Visit {
    code: usize,
    ids: [usize; 2],
    begun: Instant,
    opened: [bool; 2],
    /// Knows that both are in, where the server tells.
    complete: bool,
    sent: bool,
    seen: [bool; 2],
    gone: [bool; 2],
}

struct Storm<'a> {
    rival: &'a Rival,
    sockets: Sockets,
    visits: Vec<Option<Visit>>,
    places: Vec<(usize, usize)>,
    first: usize,
    entered: usize,
    finished: usize,
    expected: Option<Expected>,
    frame: Vec<u8>,
    handshakes: Times,
}

/// Enters `rooms` rooms, from code `first` on, `at_once` at the same time. In each the second to
/// come sends one message, both see it, and both close.
///
/// # Errors
/// When a socket is refused or a message is lost.
pub fn storm(rival: &Rival, rooms: usize, at_once: usize, first: usize) -> Result<Joins> {
    let mut storm = Storm {
        rival,
        sockets: Sockets::new()?,
        visits: vec![None; at_once],
        places: Vec::new(),
        first,
        entered: 0,
        finished: 0,
        expected: None,
        frame: Outgoing::new().numbered(0).to_vec(),
        handshakes: Times::default(),
    };
    let (begun, cpu) = (Instant::now(), rival.process().cpu()?);
    while storm.finished < rooms {
        for slot in 0..at_once {
            if storm.visits[slot].is_none() && storm.entered < rooms {
                storm.enter(slot)?;
            }
        }
        let ready = storm.sockets.wait(PATIENCE)?;
        ensure!(
            !ready.is_empty(),
            "{} of {rooms} rooms were done, then nothing",
            storm.finished
        );
        for &id in &ready {
            storm.on_ready(id)?;
        }
        storm.sockets.done(ready);
    }
    Ok(Joins {
        connects: 2 * rooms as u64,
        cpu: rival.process().cpu()?.saturating_sub(cpu),
        wall: begun.elapsed(),
        handshakes: storm.handshakes,
    })
}

impl Storm<'_> {
    fn enter(&mut self, slot: usize) -> Result<()> {
        self.visits[slot] = Some(Visit {
            code: self.first + self.entered,
            ids: [usize::MAX; 2],
            begun: Instant::now(),
            opened: [false; 2],
            complete: self.rival.accounts.is_none(),
            sent: false,
            seen: [false; 2],
            gone: [false; 2],
        });
        self.entered += 1;
        self.connect(slot, 0)
    }

    fn connect(&mut self, slot: usize, seat: usize) -> Result<()> {
        let Some(visit) = &mut self.visits[slot] else {
            return Ok(());
        };
        visit.begun = Instant::now();
        let address = self.rival.process().address();
        let id = self
            .sockets
            .open(address, &path(visit.code), self.rival.cookie(seat))?;
        visit.ids[seat] = id;
        self.places.resize(self.places.len().max(id + 1), (0, 0));
        self.places[id] = (slot, seat);
        Ok(())
    }

    fn on_ready(&mut self, id: usize) -> Result<()> {
        let (slot, seat) = self.places[id];
        while let Some(visit) = &mut self.visits[slot]
            && visit.ids[seat] == id
            && !visit.gone[seat]
        {
            match self.sockets.next(id)? {
                None => break,
                Some(Event::Opened) => {
                    visit.opened[seat] = true;
                    self.handshakes.push(visit.begun.elapsed());
                    if seat == 0 {
                        self.connect(slot, 1)?;
                    }
                }
                Some(Event::Text(text)) => match is_complete(text)? {
                    Some(complete) => visit.complete |= complete && seat == 1,
                    None => {
                        Expected::check_first(&mut self.expected, text, self.rival.sender(1))?;
                        visit.seen[seat] = true;
                    }
                },
                Some(Event::Closed(1000 | 1005)) => visit.gone[seat] = true,
                Some(Event::Closed(code)) => bail!("a socket was closed with {code}"),
            }
            self.advance(slot)?;
        }
        Ok(())
    }

    fn advance(&mut self, slot: usize) -> Result<()> {
        let Some(visit) = &mut self.visits[slot] else {
            return Ok(());
        };
        if visit.opened == [true; 2] && visit.complete && !visit.sent {
            visit.sent = true;
            self.sockets.send(visit.ids[1], &self.frame)?;
        }
        if visit.seen == [true; 2] && visit.opened[0] {
            // Closed once only: `opened` is not needed any more.
            visit.opened = [false; 2];
            for id in visit.ids {
                self.sockets.send(id, &frame::close())?;
            }
        }
        if visit.gone == [true; 2] {
            let ids = visit.ids;
            self.visits[slot] = None;
            self.finished += 1;
            for id in ids {
                self.sockets.drop_socket(id);
            }
        }
        Ok(())
    }
}
