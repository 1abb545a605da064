//! A meeting under load: one thread, all its participants on one poll.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use mio::{Events, Interest, Poll, Token};

use super::client::{CONNECT_PATIENCE, Client, Happened, Plan, RIDS};
use super::inbox::Inbox;
use super::sender::{Sender, Stream};
use super::tally::Tally;

/// How often messages of the server are looked at.
const LISTEN_EVERY: Duration = Duration::from_millis(50);

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
    deadlines: Deadlines,
    senders: Vec<Sender>,
    /// Packets sent in the last run.
    pub sent: u64,
    listen_at: Instant,
    inbox: Inbox,
}

/// When clients are due, earliest first; entries may be outdated, never missing.
#[derive(Debug, Default)]
struct Deadlines {
    due: BinaryHeap<Reverse<(Instant, usize)>>,
    /// The earliest entry of each client.
    queued: Vec<Option<Instant>>,
}

impl Deadlines {
    fn note(&mut self, number: usize, deadline: Instant) {
        if self.queued.len() <= number {
            self.queued.resize(number + 1, None);
        }
        let queued = &mut self.queued[number];
        if queued.is_none_or(|before| deadline < before) {
            *queued = Some(deadline);
            self.due.push(Reverse((deadline, number)));
        }
    }

    fn next(&self) -> Option<Instant> {
        self.due.peek().map(|Reverse((due, _))| *due)
    }

    /// A client that may be due: its deadline may have moved since.
    fn take(&mut self, now: Instant) -> Option<usize> {
        while let Some(Reverse((due, number))) = self.due.peek().copied()
            && due <= now
        {
            self.due.pop();
            if self.queued[number] == Some(due) {
                self.queued[number] = None;
                return Some(number);
            }
        }
        None
    }
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
            deadlines: Deadlines::default(),
            senders: Vec::new(),
            sent: 0,
            listen_at: Instant::now(),
            inbox: Inbox::default(),
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
        self.deadlines.note(number, client.deadline());
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
        for event in &self.events {
            let number = event.token().0;
            let (client, senders) = (&mut self.clients[number], &mut self.senders);
            client.receive(&mut self.inbox, &mut |what| {
                take(senders, number, what, tally);
            })?;
            self.deadlines.note(number, client.deadline());
        }
        Ok(())
    }

    fn next_due(&self) -> Instant {
        let sends = self.senders.iter().map(|sender| sender.due);
        sends
            .chain(self.deadlines.next())
            .fold(self.listen_at, Instant::min)
    }

    fn send_due(&mut self) -> Result<()> {
        let now = Instant::now();
        for sender in &mut self.senders {
            while sender.due <= now {
                let client = &mut self.clients[sender.client];
                sender.send(client)?;
                self.deadlines.note(sender.client, client.deadline());
                self.sent += 1;
            }
        }
        Ok(())
    }

    fn tick_due(&mut self, tally: &mut Tally) -> Result<()> {
        let now = Instant::now();
        while let Some(number) = self.deadlines.take(now) {
            let (client, senders) = (&mut self.clients[number], &mut self.senders);
            if client.deadline() <= now {
                client.tick(&mut |what| take(senders, number, what, tally))?;
            }
            self.deadlines.note(number, client.deadline());
        }
        Ok(())
    }
}

fn take(senders: &mut [Sender], number: usize, what: Happened<'_>, tally: &mut Tally) {
    match what {
        Happened::Packet(packet) => tally.count(number, packet),
        Happened::KeyFrame(rid) => {
            let layer = rid.and_then(|rid| RIDS.iter().position(|name| *name == &*rid));
            for sender in senders {
                sender.key_wanted |= sender.is(number, layer);
            }
        }
    }
}
