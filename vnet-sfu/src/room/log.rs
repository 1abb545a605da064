//! The numbered events of a room, the latest of them kept for those who come back.

use std::collections::VecDeque;

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
    text: Bytes,
    audience: Audience,
}

/// Numbers events and keeps the latest, bounded by number and by bytes.
#[derive(Debug)]
pub(super) struct EventLog {
    kept: VecDeque<Kept>,
    bytes: usize,
    last: u64,
    /// The highest number that is no longer kept.
    forgotten: u64,
    most: usize,
    most_bytes: usize,
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
        }
    }

    /// The number of the latest event; 0 before the first.
    pub(super) const fn last(&self) -> u64 {
        self.last
    }

    /// Numbers and keeps an event; returns its text.
    pub(super) fn push(&mut self, what: MeetingEvent, audience: Audience) -> Bytes {
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
            text: text.clone(),
            audience,
        });
        while self.kept.len() > self.most || self.bytes > self.most_bytes {
            let Some(oldest) = self.kept.pop_front() else {
                break;
            };
            self.bytes -= oldest.text.len();
            self.forgotten = oldest.number;
        }
        text
    }

    /// What `participant` missed after the event `seen`, oldest first; `None` if that is no longer known.
    pub(super) fn missed(&self, participant: ParticipantId, seen: u64) -> Option<Vec<Bytes>> {
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
        let mut log = log(3, 10_000);
        let (ada, bob) = (ParticipantId(1), ParticipantId(2));
        let first = log.push(event(1), Audience::All);
        let second = log.push(event(2), Audience::Only(vec![bob]));
        assert_eq!(log.missed(ada, 0), Some(vec![first.clone()]));
        assert_eq!(log.missed(bob, 0), Some(vec![first, second.clone()]));
        assert_eq!(log.missed(bob, 1), Some(vec![second]));
        assert_eq!(log.missed(bob, 2), Some(vec![]));
        assert_eq!(log.missed(bob, 3), None, "never happened");
    }

    #[test]
    fn only_the_latest_are_kept() {
        let mut log = log(3, 10_000);
        for n in 1..=5 {
            log.push(event(n), Audience::All);
        }
        assert_eq!(log.missed(ParticipantId(1), 1), None);
        assert_eq!(log.missed(ParticipantId(1), 2).unwrap().len(), 3);
        log.most_bytes = 1;
        log.push(event(6), Audience::All);
        assert_eq!((log.kept.len(), log.bytes), (0, 0));
        assert_eq!(log.missed(ParticipantId(1), 5), None);
        assert_eq!(log.missed(ParticipantId(1), 6), Some(vec![]));
    }
}
