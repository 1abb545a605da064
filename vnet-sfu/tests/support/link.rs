//! One direction of a network between a browser and the server.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

/// Numbers that look random and are the same for the same seed (`SplitMix64`).
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 to 1.
    pub fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }
}

/// How a link is.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    pub delay: Duration,
    /// Part of the packets that is lost.
    pub loss: f64,
    /// Part of the packets that comes later than its followers.
    pub reorder: f64,
    /// Bits a second; unlimited without.
    pub rate: Option<u64>,
    /// What may wait in front of a narrow link.
    pub queue: Duration,
    /// Nothing gets through.
    pub cut: bool,
    /// For up to how long the receiver does other things before it reads what has arrived.
    pub busy: Duration,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            delay: Duration::from_millis(10),
            loss: 0.0,
            reorder: 0.0,
            rate: None,
            queue: Duration::from_millis(300),
            cut: false,
            busy: Duration::ZERO,
        }
    }
}

impl Link {
    pub fn lossy(loss: f64, reorder: f64) -> Self {
        Self {
            loss,
            reorder,
            ..Self::default()
        }
    }

    pub fn read_late(busy: Duration) -> Self {
        Self {
            busy,
            ..Self::default()
        }
    }

    pub fn narrow(bits_per_second: u64) -> Self {
        Self {
            rate: Some(bits_per_second),
            ..Self::default()
        }
    }
}

/// Packets on their way.
#[derive(Debug)]
pub struct Pipe<T> {
    pub link: Link,
    random: Random,
    free_at: Option<Instant>,
    reads_at: Option<Instant>,
    count: u64,
    waiting: BinaryHeap<Reverse<(Instant, u64)>>,
    packets: std::collections::HashMap<u64, T>,
    pub bytes: u64,
}

impl<T> Pipe<T> {
    pub fn new(link: Link, seed: u64) -> Self {
        Self {
            link,
            random: Random(seed),
            free_at: None,
            reads_at: None,
            count: 0,
            waiting: BinaryHeap::new(),
            packets: std::collections::HashMap::new(),
            bytes: 0,
        }
    }

    pub fn send(&mut self, packet: T, bytes: usize, now: Instant) {
        if self.link.cut || self.random.part() < self.link.loss {
            return;
        }
        let mut at = now;
        if let Some(rate) = self.link.rate {
            // 28 bytes of IP and UDP.
            let bits = (bytes as u64 + 28) * 8;
            let begin = self.free_at.map_or(now, |free| free.max(now));
            if begin - now > self.link.queue {
                return;
            }
            at = begin + Duration::from_nanos(bits * 1_000_000_000 / rate);
            self.free_at = Some(at);
        }
        at += self.link.delay;
        if self.random.part() < self.link.reorder {
            at += Duration::from_millis(2 + self.random.below(15));
        }
        if !self.link.busy.is_zero() {
            let longest = u64::try_from(self.link.busy.as_micros()).unwrap();
            let reads = self.reads_at.filter(|reads| *reads >= at);
            at = reads.unwrap_or_else(|| at + Duration::from_micros(self.random.below(longest)));
            self.reads_at = Some(at);
        }
        self.bytes += bytes as u64;
        self.count += 1;
        self.waiting.push(Reverse((at, self.count)));
        self.packets.insert(self.count, packet);
    }

    pub fn due(&self) -> Option<Instant> {
        self.waiting.peek().map(|Reverse((at, _))| *at)
    }

    pub fn take(&mut self, now: Instant) -> Option<T> {
        if self.due()? > now {
            return None;
        }
        let Reverse((_, number)) = self.waiting.pop()?;
        self.packets.remove(&number)
    }
}
