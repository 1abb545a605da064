//! Closed loop: each room has a fixed number of messages in flight, as fast as it goes.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::{Length, PATIENCE, Rooms};
use crate::server::Rival;

/// What a run came to.
#[derive(Clone, Copy, Debug)]
pub struct Closed {
    /// Messages delivered to both sockets of their room while it was measured.
    pub messages: u64,
    /// How long it was measured.
    pub wall: Duration,
    /// Processor time of the server meanwhile.
    pub cpu: Duration,
}

impl Closed {
    /// Processor time of the server per message, in microseconds.
    #[must_use]
    pub fn cpu_micros(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / count(self.messages)
    }

    /// Messages a second.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        count(self.messages) / self.wall.as_secs_f64()
    }

    /// The part of its core that the server used, in percent.
    #[must_use]
    pub fn busy_percent(&self) -> f64 {
        100.0 * self.cpu.as_secs_f64() / self.wall.as_secs_f64()
    }
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
fn count(messages: u64) -> f64 {
    messages as f64
}

/// One side of even rooms speaks and the other of odd ones; with one message in flight the sides of
/// a room take turns.
fn sender(in_flight: u64) -> impl Fn(usize, u64) -> usize + Copy {
    move |room, number| {
        if in_flight == 1 {
            usize::from(number % 2 == 1)
        } else {
            room % 2
        }
    }
}

impl Rooms {
    /// Keeps `in_flight` messages under way in each room and measures the server.
    ///
    /// # Errors
    /// When a message is lost, late by seconds, or not what was sent.
    pub fn closed(&mut self, rival: &Rival, in_flight: u64, length: Length) -> Result<Closed> {
        self.restart()?;
        let sender = sender(in_flight);
        for room in 0..self.len() {
            self.send(room, sender(room, 0), in_flight)?;
        }
        self.rounds(sender, length.warm)?;
        let (begun, cpu) = (Instant::now(), rival.process().cpu()?);
        let messages = self.rounds(sender, length.measured)?;
        let cpu = rival.process().cpu()?.saturating_sub(cpu);
        let wall = begun.elapsed();
        self.drain(sender)?;
        Ok(Closed {
            messages,
            wall,
            cpu,
        })
    }

    /// Answers each delivered message with the next for so long; how many were delivered.
    fn rounds(
        &mut self,
        sender: impl Fn(usize, u64) -> usize + Copy,
        length: Duration,
    ) -> Result<u64> {
        let begun = Instant::now();
        let mut messages = 0;
        while begun.elapsed() < length {
            let ready = self.sockets.wait(PATIENCE)?;
            ensure!(!ready.is_empty(), "messages were lost");
            for &id in &ready {
                let delivered = self.receive(id, sender)?;
                if delivered > 0 {
                    messages += delivered;
                    let room = self.room_of(id);
                    let next = self.rooms[room].sent;
                    self.send(room, sender(room, next), delivered)?;
                }
            }
            self.sockets.done(ready);
        }
        Ok(messages)
    }

    /// Waits until nothing is under way any more.
    pub(super) fn drain(&mut self, sender: impl Fn(usize, u64) -> usize + Copy) -> Result<()> {
        while self.rooms.iter().any(|room| room.delivered() < room.sent) {
            let ready = self.sockets.wait(PATIENCE)?;
            ensure!(!ready.is_empty(), "messages were lost");
            for &id in &ready {
                self.receive(id, sender)?;
            }
            self.sockets.done(ready);
        }
        Ok(())
    }
}
