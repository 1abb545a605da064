//! Requests on connections that are kept alive, in a closed loop or at a pace.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::closed::Closed;
use super::{Length, PATIENCE};
use crate::net::Net;
use crate::request::{head_end, response_length};
use crate::server::Process;
use crate::stats::Times;

const OK: &[u8] = b"HTTP/1.1 200 ";
const FOUND: &[u8] = b"HTTP/1.1 302 ";

/// Connections that ask the same again and again and hold every answer against the first.
#[derive(Debug)]
pub struct Asking {
    net: Net,
    request: Vec<u8>,
    connections: usize,
    body: Option<Vec<u8>>,
}

/// Sign-ins that go on while something else is measured.
#[derive(Clone, Copy, Debug)]
pub struct SignIns<'a> {
    /// At the same time.
    pub at_once: usize,
    /// The form that is posted.
    pub request: &'a [u8],
}

/// What the load generator does while it has nothing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// Looks again and again: it has a core of its own.
    Spinning,
    /// Sleeps until something comes or is due: it shares the cores with the server.
    Sleeping,
}

/// A pace, and how it is kept.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Requests a second.
    pub per_second: u32,
    /// How long.
    pub length: Length,
    /// Meanwhile.
    pub waiting: Waiting,
}

/// What a paced run came to.
#[derive(Debug)]
pub struct Answers {
    /// From the time when a request was due to its whole answer.
    pub latency: Times,
    /// Sign-ins that were answered meanwhile.
    pub sign_ins: usize,
}

impl Asking {
    /// Opens `connections` connections.
    ///
    /// # Errors
    /// When the system refuses a socket.
    pub fn open(address: SocketAddr, request: Vec<u8>, connections: usize) -> Result<Self> {
        let mut net = Net::new()?;
        for _ in 0..connections {
            net.connect(address)?;
        }
        Ok(Self {
            net,
            request,
            connections,
            body: None,
        })
    }

    /// Each connection asks as soon as it has its answer.
    ///
    /// # Errors
    /// When an answer is lost or another one than the first.
    pub fn closed(&mut self, process: &Process, length: Length) -> Result<Closed> {
        for id in 0..self.connections {
            self.ask(id)?;
        }
        self.rounds(length.warm)?;
        let (begun, cpu) = (Instant::now(), process.cpu()?);
        let messages = self.rounds(length.measured)?;
        let cpu = process.cpu()?.saturating_sub(cpu);
        let wall = begun.elapsed();
        let mut under_way = self.connections;
        while under_way > 0 {
            for id in self.wait()? {
                under_way -= self.answers(id)?;
            }
        }
        Ok(Closed {
            messages,
            wall,
            cpu,
        })
    }

    fn rounds(&mut self, length: Duration) -> Result<u64> {
        let begun = Instant::now();
        let mut answers = 0;
        while begun.elapsed() < length {
            let ready = self.wait()?;
            for &id in &ready {
                for _ in 0..self.answers(id)? {
                    answers += 1;
                    self.ask(id)?;
                }
            }
            self.net.done(ready);
        }
        Ok(answers)
    }

    /// Asks at a pace on connections that are free, while `disturbed` goes on.
    ///
    /// # Errors
    /// When an answer is lost or another one than the first.
    pub fn paced(
        &mut self,
        address: SocketAddr,
        pace: Pace,
        disturbed: Option<SignIns<'_>>,
    ) -> Result<Answers> {
        let mut pacer = Pacer::new(self.connections, pace);
        let mut result = Answers {
            latency: Times::default(),
            sign_ins: 0,
        };
        if let Some(sign_ins) = disturbed {
            for _ in 0..sign_ins.at_once {
                let id = self.net.connect(address)?;
                self.net.wire(id)?.send(sign_ins.request)?;
            }
        }
        while !pacer.is_over() {
            while let Some(id) = pacer.next(Instant::now()) {
                self.ask(id)?;
            }
            let ready = match pace.waiting {
                Waiting::Spinning => self.net.wait(Duration::ZERO)?,
                Waiting::Sleeping => self.net.wait_until(pacer.due())?,
            };
            for &id in &ready {
                if id < self.connections {
                    for _ in 0..self.answers(id)? {
                        pacer.answered(id, &mut result.latency);
                    }
                } else if let Some(sign_ins) = disturbed
                    && self.signed_in(id)?
                {
                    result.sign_ins += 1;
                    self.net.wire(id)?.send(sign_ins.request)?;
                }
            }
            self.net.done(ready);
            ensure!(!pacer.is_stuck(), "answers were lost");
        }
        for sign_in in 0..disturbed.map_or(0, |sign_ins| sign_ins.at_once) {
            self.net.drop_wire(self.connections + sign_in);
        }
        Ok(result)
    }

    fn ask(&mut self, id: usize) -> Result<()> {
        self.net.wire(id)?.send(&self.request)
    }

    fn wait(&mut self) -> Result<Vec<usize>> {
        let ready = self.net.wait(PATIENCE)?;
        ensure!(!ready.is_empty(), "answers were lost");
        Ok(ready)
    }

    /// Takes the whole answers that came on a connection.
    fn answers(&mut self, id: usize) -> Result<usize> {
        let wire = self.net.wire(id)?;
        let mut count = 0;
        while let Some(length) = response_length(wire.inbox())? {
            let answer = wire.take(length);
            let text = || String::from_utf8_lossy(answer);
            ensure!(answer.starts_with(OK), "not a good answer: {}", text());
            let body = &answer[head_end(answer).context("no head")?..];
            let first = self.body.get_or_insert_with(|| body.to_vec());
            ensure!(body == first, "another answer than before: {}", text());
            count += 1;
        }
        ensure!(wire.is_open(), "the server closed a connection");
        Ok(count)
    }

    fn signed_in(&mut self, id: usize) -> Result<bool> {
        let wire = self.net.wire(id)?;
        let Some(length) = response_length(wire.inbox())? else {
            return Ok(false);
        };
        let answer = wire.take(length);
        ensure!(
            answer.starts_with(FOUND),
            "no sign-in: {}",
            String::from_utf8_lossy(answer)
        );
        Ok(true)
    }
}

/// When to ask, on which connection.
struct Pacer {
    interval: Duration,
    due: Instant,
    measured: Instant,
    end: Instant,
    free: Vec<usize>,
    asked: Vec<Instant>,
    waiting: VecDeque<Instant>,
    connections: usize,
}

impl Pacer {
    fn new(connections: usize, pace: Pace) -> Self {
        let due = Instant::now();
        let measured = due + pace.length.warm;
        Self {
            interval: Duration::from_secs(1) / pace.per_second,
            due,
            measured,
            end: measured + pace.length.measured,
            free: (0..connections).collect(),
            asked: vec![due; connections],
            waiting: VecDeque::new(),
            connections,
        }
    }

    /// When the next request is due; later when none is.
    fn due(&self) -> Instant {
        if self.due < self.end {
            self.due
        } else {
            self.end + PATIENCE
        }
    }

    /// The connection that has to ask now.
    fn next(&mut self, now: Instant) -> Option<usize> {
        while self.due <= now && self.due < self.end {
            self.waiting.push_back(self.due);
            self.due += self.interval;
        }
        let &oldest = self.waiting.front()?;
        let id = self.free.pop()?;
        self.waiting.pop_front();
        self.asked[id] = oldest;
        Some(id)
    }

    fn answered(&mut self, id: usize, latency: &mut Times) {
        if self.asked[id] >= self.measured {
            latency.push(self.asked[id].elapsed());
        }
        self.free.push(id);
    }

    fn is_over(&self) -> bool {
        self.due >= self.end && self.waiting.is_empty() && self.free.len() == self.connections
    }

    fn is_stuck(&self) -> bool {
        Instant::now() > self.end + PATIENCE
    }
}
