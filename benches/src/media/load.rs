//! A meeting under load: one thread, all its participants on one poll.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use mio::{Events, Interest, Poll, Token};
use str0m::media::Rid;

use super::client::{CONNECT_PATIENCE, Client, Happened, Plan, RIDS};
use super::sender::{Sender, Stream};
use super::tally::Tally;

/// How often messages of the server are looked at.
const LISTEN_EVERY: Duration = Duration::from_millis(50);
const BUFFER: usize = 2_048;

/// A meeting on some server, as the load sees it.
pub trait Host {
    /// Somebody enters, and wants the pictures of everybody else `width` pixels wide (`None`: as
    /// large as they come).
    ///
    /// # Errors
    /// When the server refuses.
    fn enter(&mut self, plan: Plan, width: Option<u32>) -> Result<Client>;

    /// Looks at what the server says, now and then.
    ///
    /// # Errors
    /// When it refuses something or closes a connection.
    fn listen(&mut self) -> Result<()>;
}

/// A meeting and all its participants.
#[derive(Debug)]
pub struct Load<H> {
    host: H,
    clients: Vec<Client>,
    poll: Poll,
    events: Events,
    deadlines: BinaryHeap<Reverse<(Instant, usize)>>,
    senders: Vec<Sender>,
    /// Packets sent in the last run.
    pub sent: u64,
    listen_at: Instant,
    buffer: Vec<u8>,
}

impl<H: Host> Load<H> {
    /// An empty meeting.
    ///
    /// # Errors
    /// When the system gives no poll.
    pub fn new(host: H) -> Result<Self> {
        Ok(Self {
            host,
            clients: Vec::new(),
            poll: Poll::new()?,
            events: Events::with_capacity(1_024),
            deadlines: BinaryHeap::new(),
            senders: Vec::new(),
            sent: 0,
            listen_at: Instant::now(),
            buffer: vec![0; BUFFER],
        })
    }

    /// How many are in.
    #[must_use]
    pub fn people(&self) -> usize {
        self.clients.len()
    }

    /// Somebody enters, and sends `streams` as soon as media flows.
    ///
    /// # Errors
    /// When the server refuses, or no media flows in time.
    pub fn enter(&mut self, plan: Plan, width: Option<u32>, streams: &[Stream]) -> Result<()> {
        let number = self.clients.len();
        let mut client = self.host.enter(plan, width)?;
        let registry = self.poll.registry();
        registry.register(client.socket(), Token(number), Interest::READABLE)?;
        self.deadlines.push(Reverse((client.deadline(), number)));
        self.clients.push(client);
        let until = Instant::now() + CONNECT_PATIENCE;
        let mut nothing = Tally::default();
        while !self.clients[number].connected() {
            ensure!(
                Instant::now() < until,
                "no media within {CONNECT_PATIENCE:?}"
            );
            self.turn(&mut nothing)?;
        }
        let start = Instant::now();
        let senders = streams.iter();
        self.senders
            .extend(senders.map(|stream| Sender::new(*stream, number, start)));
        Ok(())
    }

    /// Lets `time` pass and counts what arrives in it.
    ///
    /// # Errors
    /// When a client gives up or the server closes a connection.
    pub fn run(&mut self, time: Duration) -> Result<Tally> {
        let mut tally = Tally::default();
        let until = Instant::now() + time;
        self.sent = 0;
        while Instant::now() < until {
            self.turn(&mut tally)?;
        }
        Ok(tally)
    }

    fn turn(&mut self, tally: &mut Tally) -> Result<()> {
        self.send_due()?;
        self.tick_due(tally)?;
        if Instant::now() >= self.listen_at {
            self.listen_at = Instant::now() + LISTEN_EVERY;
            self.host.listen()?;
        }
        let wait = self.next_due().saturating_duration_since(Instant::now());
        self.poll.poll(&mut self.events, Some(wait))?;
        let ready: Vec<usize> = self.events.iter().map(|event| event.token().0).collect();
        for number in ready {
            let mut happened = Vec::new();
            self.clients[number].receive(&mut self.buffer, &mut |what| happened.push(what))?;
            self.take(number, happened, tally);
        }
        Ok(())
    }

    fn next_due(&self) -> Instant {
        let sends = self.senders.iter().map(|sender| sender.due);
        let ticks = self.deadlines.peek().map(|Reverse((due, _))| *due);
        sends.chain(ticks).fold(self.listen_at, Instant::min)
    }

    fn send_due(&mut self) -> Result<()> {
        let now = Instant::now();
        for sender in &mut self.senders {
            while sender.due <= now {
                let client = &mut self.clients[sender.client];
                sender.send(client)?;
                self.deadlines
                    .push(Reverse((client.deadline(), sender.client)));
                self.sent += 1;
            }
        }
        Ok(())
    }

    fn tick_due(&mut self, tally: &mut Tally) -> Result<()> {
        let now = Instant::now();
        while let Some(Reverse((due, number))) = self.deadlines.peek().copied()
            && due <= now
        {
            self.deadlines.pop();
            // Entries of deadlines that have moved since are passed over.
            if self.clients[number].deadline() > now {
                continue;
            }
            let mut happened = Vec::new();
            self.clients[number].tick(&mut |what| happened.push(what))?;
            self.take(number, happened, tally);
        }
        Ok(())
    }

    fn take(&mut self, number: usize, happened: Vec<Happened>, tally: &mut Tally) {
        self.deadlines
            .push(Reverse((self.clients[number].deadline(), number)));
        for what in happened {
            match what {
                Happened::Packet(packet) => tally.count(number, &packet),
                Happened::KeyFrame(rid) => self.key_frame(number, rid),
            }
        }
    }

    fn key_frame(&mut self, number: usize, rid: Option<Rid>) {
        let layer = rid.and_then(|rid| RIDS.iter().position(|name| *name == &*rid));
        for sender in &mut self.senders {
            sender.key_wanted |= sender.is(number, layer);
        }
    }
}
