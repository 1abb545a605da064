//! The numbered events of a room, the latest of them kept for those who come back.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::ids::ParticipantId;
use crate::limits::SfuLimits;
use crate::wire::{MeetingEvent, Numbered, ServerMessage};

/// Whom an event is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    /// Everybody who is in at that moment.
    All,
    /// These.
    Only(Vec<ParticipantId>),
}

impl Audience {
    pub(super) fn holds(&self, participant: ParticipantId) -> bool {
        match self {
            Self::All => true,
            Self::Only(these) => these.contains(&participant),
        }
    }
}

#[derive(Debug)]
struct Kept {
    number: u64,
    at: Instant,
    text: Bytes,
    audience: Audience,
}

/// Numbers events and keeps the latest, bounded by number, bytes and age.
#[derive(Debug)]
pub(super) struct EventLog {
    kept: VecDeque<Kept>,
    bytes: usize,
    last: u64,
    /// The highest number that is no longer kept.
    forgotten: u64,
    most: usize,
    most_bytes: usize,
    longest: Duration,
}

impl EventLog {
    pub(super) fn new(limits: &SfuLimits) -> Self {
        Self {
            kept: VecDeque::new(),
            bytes: 0,
            last: 0,
            forgotten: 0,
            most: limits.event_log,
            most_bytes: limits.event_log_bytes,
            longest: limits.event_log_time,
        }
    }

    /// The number of the latest event; 0 before the first.
    pub(super) const fn last(&self) -> u64 {
        self.last
    }

    /// Numbers and keeps an event; returns its text.
    pub(super) fn push(&mut self, what: MeetingEvent, audience: Audience, now: Instant) -> Bytes {
        self.last += 1;
        let number = self.last;
        let text = ServerMessage::Event(Numbered {
            event: number,
            what,
        })
        .to_text();
        self.bytes += text.len();
        self.kept.push_back(Kept {
            number,
            at: now,
            text: text.clone(),
            audience,
        });
        self.forget(now);
        text
    }

    fn forget(&mut self, now: Instant) {
        while let Some(oldest) = self.kept.front() {
            let is_old = now.saturating_duration_since(oldest.at) > self.longest;
            if self.kept.len() <= self.most && self.bytes <= self.most_bytes && !is_old {
                break;
            }
            self.bytes -= oldest.text.len();
            self.forgotten = oldest.number;
            self.kept.pop_front();
        }
    }

    /// What `participant` missed after the event `seen`, oldest first; `None` if that is no longer known.
    pub(super) fn missed(
        &mut self,
        participant: ParticipantId,
        seen: u64,
        now: Instant,
    ) -> Option<Vec<Bytes>> {
        self.forget(now);
        if seen < self.forgotten || seen > self.last {
            return None;
        }
        let from = self.kept.partition_point(|kept| kept.number <= seen);
        let missed = self.kept.range(from..);
        let own = missed.filter(|kept| kept.audience.holds(participant));
        Some(own.map(|kept| kept.text.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TrackId;

    fn log(event_log: usize, event_log_bytes: usize) -> EventLog {
        EventLog::new(&SfuLimits {
            event_log,
            event_log_bytes,
            ..SfuLimits::default()
        })
    }

    fn event(n: u32) -> MeetingEvent {
        MeetingEvent::TrackRemoved { track: TrackId(n) }
    }

    #[test]
    fn the_missed_are_replayed_to_those_they_are_for() {
        let (mut log, now) = (log(3, 10_000), Instant::now());
        let (ada, bob) = (ParticipantId(1), ParticipantId(2));
        let first = log.push(event(1), Audience::All, now);
        let second = log.push(event(2), Audience::Only(vec![bob]), now);
        assert_eq!(log.missed(ada, 0, now), Some(vec![first.clone()]));
        assert_eq!(log.missed(bob, 0, now), Some(vec![first, second.clone()]));
        assert_eq!(log.missed(bob, 1, now), Some(vec![second]));
        assert_eq!(log.missed(bob, 2, now), Some(vec![]));
        assert_eq!(log.missed(bob, 3, now), None, "never happened");
    }

    #[test]
    fn only_the_latest_are_kept() {
        let (mut log, now) = (log(3, 10_000), Instant::now());
        for n in 1..=5 {
            log.push(event(n), Audience::All, now);
        }
        assert_eq!(log.missed(ParticipantId(1), 1, now), None);
        assert_eq!(log.missed(ParticipantId(1), 2, now).unwrap().len(), 3);
        log.most_bytes = 1;
        log.push(event(6), Audience::All, now);
        assert_eq!((log.kept.len(), log.bytes), (0, 0));
        assert_eq!(log.missed(ParticipantId(1), 5, now), None);
        assert_eq!(log.missed(ParticipantId(1), 6, now), Some(vec![]));
    }

    #[test]
    fn what_is_old_is_forgotten_without_anything_new() {
        let (mut log, now) = (log(30, 10_000), Instant::now());
        let second = Duration::from_secs(1);
        log.push(event(1), Audience::All, now);
        log.push(event(2), Audience::All, now + 20 * second);
        let ada = ParticipantId(1);
        assert_eq!(log.missed(ada, 0, now + 30 * second).unwrap().len(), 2);
        assert_eq!(log.missed(ada, 0, now + 31 * second), None);
        assert_eq!(log.missed(ada, 1, now + 31 * second).unwrap().len(), 1);
        assert_eq!(log.missed(ada, 1, now + 60 * second), None);
        assert_eq!((log.kept.len(), log.bytes), (0, 0));
        assert_eq!(log.missed(ada, 2, now + 60 * second), Some(vec![]));
    }
}
