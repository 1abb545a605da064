//! One browser's connection: the only place where the WebRTC engine is entered.
//!
//! The engine has one rule: after every mutation everything it has to say is taken out, before the
//! next mutation. [`Link::enter`] is that rule, and a bulkhead besides: a panic inside the engine
//! breaks this link alone. The one exception is [`Link::write`]: packets to send only join a queue in
//! there, which nothing looks at before time passes, so several of them are one mutation that
//! [`Link::flush`] ends.
//!
//! A turn of the engine costs as much as the encryption of a packet or two, so none is made without need:
//! its pacer lets one packet go in each turn and then wants another turn at once, whether or not
//! something waits. That wish is granted at once while something does.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use bytes::Bytes;
use str0m::net::Protocol;
use str0m::rtp::{RtpWrite, Ssrc};
use str0m::{Event, Input, Output, PacerReason, Reason, Rtc, RtcError};

use super::outgoing::Outgoing;
use crate::media::{MediaOutput, Route, Transmit, Transport};

/// Turns of the engine in one entry before it has to wait: an engine that always wants another one
/// must not stop the room.
const MOST_TURNS: usize = 512;
/// How long it then waits.
const BREATH: Duration = Duration::from_millis(1);
/// Errors in one entry after which an engine is given up.
const MOST_ERRORS: usize = 16;
/// How long an engine rests that wants another turn at once though nothing waits in it: its pacer
/// spends its budget in bursts of 40 ms, and reports are due every 33 ms at most. Whatever arrives or is
/// written turns it before.
const REST: Duration = Duration::from_millis(10);
/// How often at most an engine is turned for nothing but its estimate of the bandwidth, which asks for it
/// every round trip: on quick links without end. What arrives and leaves brings the estimate on.
const ESTIMATE_EVERY: Duration = Duration::from_millis(25);
/// A probe of the link is over when the pacer has not spoken of it for so long.
const PROBE_GAP: Duration = Duration::from_millis(20);
/// Turns that time alone causes are at least this far apart.
const LEAST_REST: Duration = Duration::from_millis(1);

/// Where what an engine says goes: packets at once, events with the number of the peer for later.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) outputs: VecDeque<MediaOutput>,
    pub(super) events: VecDeque<(usize, Event)>,
    /// Bytes of all packets so far.
    pub(super) bytes: u64,
}

/// The engine panicked or is dead: it must not be entered again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// An engine, entered with care.
pub(super) struct Link {
    peer: usize,
    rtc: Rtc,
    deadline: Instant,
    broken: bool,
    queue: Queue,
    #[cfg(test)]
    pub(super) panic_at_next: bool,
    #[cfg(test)]
    pub(super) turns: u64,
}

/// What is known of the packets that wait inside the engine.
#[derive(Debug, Default)]
struct Queue {
    /// Whether packets were written that no turn has followed yet.
    fresh: bool,
    /// Packets written and not sent yet. Too many if the engine has thrown some away.
    waiting: usize,
    /// The streams that were written to; those of repeated packets and of padding are others.
    streams: Vec<Ssrc>,
    /// Whether the last packet sent was none of those written: more of its kind may follow.
    other: bool,
    /// Whether wishes are granted to the moment.
    hurries: bool,
    /// Until when the pacer is believed to probe the link, for which every turn has its time.
    probing: Option<Instant>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("peer", &self.peer)
            .field("broken", &self.broken)
            .finish_non_exhaustive()
    }
}

impl Link {
    pub(super) fn new(peer: usize, rtc: Rtc, now: Instant) -> Self {
        Self {
            peer,
            rtc,
            deadline: now,
            broken: false,
            queue: Queue::default(),
            #[cfg(test)]
            panic_at_next: false,
            #[cfg(test)]
            turns: 0,
        }
    }

    /// The engine, to look at only.
    pub(super) const fn look(&self) -> &Rtc {
        &self.rtc
    }

    /// When [`Self::advance`] is due.
    pub(super) const fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Whether the connection was ended, by the browser or by an error.
    pub(super) fn ended(&self) -> bool {
        self.broken || !self.rtc.is_alive()
    }

    /// Lets time pass.
    pub(super) fn advance(&mut self, now: Instant, said: &mut Said) -> Result<(), Broken> {
        self.guarded(now, |link| link.turn(now, said))
    }

    /// Queues a packet; it leaves with the next [`flush`](Self::flush), or when the link is entered
    /// for something else. Whether this is the first one since.
    pub(super) fn write(
        &mut self,
        outgoing: &mut Outgoing,
        packet: RtpWrite,
        now: Instant,
    ) -> Result<bool, Broken> {
        self.guarded(now, |link| {
            outgoing.begin(&mut link.rtc);
            let ssrc = outgoing.ssrc;
            if let Some(stream) = link.rtc.direct_api().stream_tx(&ssrc) {
                stream.write_rtp(packet);
                link.queue.waiting += 1;
                if !link.queue.streams.contains(&ssrc) {
                    link.queue.streams.push(ssrc);
                }
            }
            Ok(!std::mem::replace(&mut link.queue.fresh, true))
        })
    }

    /// Whether the engine is turned when it wishes, because bandwidth is short or looked for: estimate,
    /// pacing and padding then depend on it. Otherwise it may have to wait some milliseconds.
    pub(super) const fn hurry(&mut self, hurry: bool) {
        self.queue.hurries = hurry;
    }

    /// Sends what was written, as far as it may be sent now.
    pub(super) fn flush(&mut self, now: Instant, said: &mut Said) -> Result<(), Broken> {
        if !self.queue.fresh {
            return Ok(());
        }
        self.advance(now, said)
    }

    /// Changes the engine and takes out all it has to say, also what is due by `now`.
    ///
    /// The outer error is the end of the link; the inner one is a refusal.
    pub(super) fn enter<T>(
        &mut self,
        now: Instant,
        said: &mut Said,
        change: impl FnOnce(&mut Rtc) -> Result<T, RtcError>,
    ) -> Result<Result<T, RtcError>, Broken> {
        self.flush(now, said)?;
        self.guarded(now, |link| {
            let changed = change(&mut link.rtc);
            link.run(now, said)?;
            Ok(changed)
        })
    }

    /// A panic in `work`, or the end of the engine, breaks the link.
    fn guarded<T>(
        &mut self,
        now: Instant,
        work: impl FnOnce(&mut Self) -> Result<T, Broken>,
    ) -> Result<T, Broken> {
        if self.broken {
            return Err(Broken);
        }
        let result = catch_unwind(AssertUnwindSafe(|| {
            #[cfg(test)]
            assert!(!std::mem::take(&mut self.panic_at_next), "asked to");
            work(self)
        }));
        if let Ok(Ok(done)) = result {
            return Ok(done);
        }
        self.broken = true;
        self.deadline = now + Duration::from_secs(86_400);
        Err(Broken)
    }

    /// Turns the engine once, and then as long as it is due.
    fn turn(&mut self, now: Instant, said: &mut Said) -> Result<(), Broken> {
        self.queue.fresh = false;
        self.tell_time(now)?;
        self.run(now, said)
    }

    /// Drains, and turns the engine as long as it is due.
    fn run(&mut self, now: Instant, said: &mut Said) -> Result<(), Broken> {
        for turn in 0..=MOST_TURNS {
            if let Some(wish) = self.drain(said, turn < MOST_TURNS)? {
                self.deadline = self.queue.grant(wish, self.rtc.last_timeout_reason(), now);
                if self.deadline > now {
                    return Ok(());
                }
            }
            if turn < MOST_TURNS {
                self.tell_time(now)?;
            }
        }
        self.deadline = now + BREATH;
        Ok(())
    }

    fn tell_time(&mut self, now: Instant) -> Result<(), Broken> {
        #[cfg(test)]
        {
            self.turns += 1;
        }
        if let Err(error) = self.rtc.handle_input(Input::Timeout(now)) {
            tracing::debug!(%error, "media engine refuses the time");
            if !self.rtc.is_alive() {
                return Err(Broken);
            }
        }
        Ok(())
    }

    /// Takes out all there is to say, and returns when the engine wishes to be turned; `None`: at once.
    ///
    /// With `may_stop` it ends when a packet of ours comes out and others wait: that is the last the
    /// engine says in a turn, after events and reports, and the next one needs another turn.
    fn drain(&mut self, said: &mut Said, may_stop: bool) -> Result<Option<Instant>, Broken> {
        let mut errors = 0;
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(at)) => return Ok(Some(at)),
                Ok(Output::Transmit(packet)) => {
                    let goes_on = self.queue.sent(&packet.contents) && may_stop;
                    said.bytes += packet.contents.len() as u64;
                    said.outputs.push_back(MediaOutput::Transmit(Transmit {
                        route: Route {
                            transport: match packet.proto {
                                Protocol::Udp => Transport::Udp,
                                Protocol::Tcp | Protocol::SslTcp | Protocol::Tls => Transport::Tcp,
                            },
                            local: packet.source,
                            remote: packet.destination,
                        },
                        contents: Bytes::from(Vec::from(packet.contents)),
                    }));
                    if goes_on {
                        return Ok(None);
                    }
                }
                Ok(Output::Event(event)) => said.events.push_back((self.peer, event)),
                Err(error) => {
                    tracing::debug!(%error, "media engine failed");
                    errors += 1;
                    if !self.rtc.is_alive() || errors == MOST_ERRORS {
                        return Err(Broken);
                    }
                }
            }
        }
    }
}

impl Queue {
    /// A packet has left the engine. Whether it was one of those written, and others wait.
    fn sent(&mut self, packet: &[u8]) -> bool {
        let Some(ssrc) = media_ssrc(packet) else {
            return false;
        };
        self.other = !self.streams.contains(&ssrc);
        if self.other {
            return false;
        }
        self.waiting = self.waiting.saturating_sub(1);
        self.waiting > 0 && self.probing.is_none()
    }

    /// When the engine is turned that wishes to be `at` a certain time.
    fn grant(&mut self, at: Instant, reason: Reason, now: Instant) -> Instant {
        if self.probing.is_some_and(|until| until <= now) {
            self.probing = None;
        }
        match reason {
            Reason::Pacer(PacerReason::Probe1 | PacerReason::Probe2) => {
                self.probing = Some(at.max(now) + PROBE_GAP);
                return at;
            }
            _ if self.probing.is_some() => return at,
            Reason::Pacer(PacerReason::Immediate) if self.waiting > 0 || self.other => {
                self.other = false;
                return now;
            }
            _ if self.hurries => return at,
            Reason::Pacer(PacerReason::Immediate) => return at.max(now + REST),
            // This is what is sent when nothing waits.
            Reason::Pacer(PacerReason::Padding) => self.waiting = 0,
            Reason::BweDelayControl if self.waiting == 0 => return at.max(now + ESTIMATE_EVERY),
            _ => {}
        }
        if at <= now {
            return at;
        }
        at.max(now + LEAST_REST)
    }
}

/// The stream of an RTP packet; `None` for everything else.
///
/// # Source
/// RFC 7983, section 7; RFC 5761, section 4.
fn media_ssrc(packet: &[u8]) -> Option<Ssrc> {
    let (head, _) = packet.split_first_chunk::<12>()?;
    let is_media = matches!(head[0], 128..=191) && !matches!(head[1], 192..=223);
    let [.., a, b, c, d] = *head;
    is_media.then(|| u32::from_be_bytes([a, b, c, d]).into())
}
