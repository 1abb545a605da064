//! A receive-only media section of a subscriber, and what plays in it.

use std::time::Instant;

use str0m::media::{Mid, Pt};

use super::outgoing::Outgoing;
use super::payload::Payload;
use super::rate::Meter;
use super::rewrite::Rewriter;
use super::trial::Trial;
use crate::ids::TrackId;
use crate::wire::{Kind, SlotState};

/// How a subscriber's slot carries a track's payload type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Format {
    /// The publisher's payload type that this was worked out for.
    pub(super) from: Pt,
    /// The subscriber's.
    pub(super) to: Pt,
    /// The publisher sends it with redundancy (RED) that the subscriber does not know: only the
    /// newest block is sent.
    pub(super) unwrap: bool,
}

/// A track in a slot.
#[derive(Debug)]
pub(super) struct Playing {
    pub(super) track: usize,
    pub(super) id: TrackId,
    /// The layer that is forwarded.
    pub(super) current: Option<usize>,
    /// The layer that will be, from its next key frame on; `None`: paused.
    pub(super) target: Option<usize>,
    /// The layer that the publisher should send for this; it may not flow yet, then `target` is the
    /// next best that does.
    pub(super) goal: Option<usize>,
    pub(super) format: Option<Format>,
    /// When a layer was last taken away for want of bandwidth.
    pub(super) lowered: Option<Instant>,
    pub(super) trial: Trial,
    pub(super) meter: Meter,
}

/// A place where something can play.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) mid: Mid,
    pub(super) name: String,
    pub(super) kind: Kind,
    /// The stream that what plays is sent in.
    pub(super) outgoing: Outgoing,
    /// Whether the subscriber receives it at the moment.
    pub(super) open: bool,
    pub(super) rewriter: Rewriter,
    /// Part that was lost on the way to the subscriber, when it was last reported.
    pub(super) loss: Option<f32>,
    pub(super) playing: Option<Playing>,
    told: (Option<TrackId>, bool),
}

impl Slot {
    pub(super) const fn new(name: String, kind: Kind, outgoing: Outgoing, start: u16) -> Self {
        Self {
            mid: outgoing.mid,
            name,
            kind,
            outgoing,
            open: true,
            rewriter: Rewriter::new(start),
            loss: None,
            playing: None,
            told: (None, false),
        }
    }

    pub(super) fn play(&mut self, track: usize, id: TrackId, now: Instant) {
        self.rewriter.cut();
        self.loss = None;
        self.playing = Some(Playing {
            track,
            id,
            current: None,
            target: None,
            goal: None,
            format: None,
            lowered: None,
            trial: Trial::default(),
            meter: Meter::new(now),
        });
    }

    pub(super) fn stop(&mut self) -> Option<Playing> {
        self.rewriter.cut();
        self.playing.take()
    }

    pub(super) fn state(&self) -> SlotState {
        let (track, paused) = self.told_now();
        SlotState {
            mid: self.name.clone(),
            track,
            paused,
        }
    }

    fn told_now(&self) -> (Option<TrackId>, bool) {
        self.playing.as_ref().map_or((None, false), |playing| {
            (Some(playing.id), playing.target.is_none())
        })
    }

    /// The state, if it is another than the last that was told; it is told then.
    pub(super) fn news(&mut self) -> Option<SlotState> {
        let now = self.told_now();
        if now == self.told {
            return None;
        }
        self.told = now;
        Some(self.state())
    }

    /// Whether a packet of `layer` is to be forwarded; switches to the layer if that can be done here.
    pub(super) fn takes(&mut self, layer: usize, payload: &Payload) -> bool {
        let Some(playing) = &mut self.playing else {
            return false;
        };
        if playing.current == Some(layer) {
            return true;
        }
        if playing.target != Some(layer) || !payload.begins {
            return false;
        }
        playing.current = Some(layer);
        self.rewriter.cut();
        true
    }
}

impl Playing {
    /// Whether it waits for a key frame of its target.
    pub(super) fn waits(&self) -> Option<usize> {
        self.target.filter(|_| self.target != self.current)
    }
}
