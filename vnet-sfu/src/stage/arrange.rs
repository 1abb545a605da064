//! Decides what plays in the slots of a subscriber, and in which layer.

use std::cmp::Reverse;
use std::time::{Duration, Instant};

use str0m::Input;
use str0m::bwe::Bitrate;

use super::Stage;
use super::allocator::{Demand, SPARE_PERCENT, Spending, spend};
use super::forward::can_play;
use super::peer::Flow;
use super::probe::Step;
use super::slot::{Playing, Slot};
use super::track::{Place, Track};
use crate::media::{MediaOutput, Need};
use crate::wire::{Kind, Priority, Source, Want};

/// After a picture was made smaller for want of bandwidth it is not made larger for this long.
const RISE_AFTER: Duration = Duration::from_secs(2);
/// What a layer is believed to take before any was measured, by its place from the top.
const GUESSES: [u64; 3] = [1_500_000, 500_000, 150_000];
/// How much more the next larger layer is believed to take: twice the width at the same frame rate.
const STEP: u64 = 3;
/// How wide layers are believed to be before a key frame told, by their place from the top.
const WIDTHS: [u32; 3] = [1_280, 640, 320];

impl Stage {
    /// Arranges the slots of all peers for which something has changed. Whether there were any.
    pub(super) fn arrange_stale(&mut self, now: Instant) -> bool {
        let mut any = false;
        while let Some(number) = self.stale.take() {
            if self.peers.contains(number) {
                any = true;
                self.arrange(number, now);
            }
        }
        any
    }

    /// Arranges the slots of one peer and tells what changed.
    fn arrange(&mut self, number: usize, now: Instant) {
        let mut touched: Vec<usize> = Vec::new();
        for kind in [Kind::Audio, Kind::Video] {
            let chosen = match kind {
                Kind::Audio => self.choose_sound(number, now),
                Kind::Video => self.choose_pictures(number),
            };
            self.assign(number, kind, &chosen, &mut touched, now);
        }
        self.allocate(number, &mut touched, now);
        let peer = &mut self.peers[number];
        let news: Vec<_> = peer
            .slots
            .iter_mut()
            .filter_map(|slot| slot.news())
            .collect();
        if !news.is_empty() {
            let participant = peer.participant;
            self.say(MediaOutput::Slots(participant, news));
        }
        touched.sort_unstable();
        touched.dedup();
        for track in touched {
            self.tell_publisher(track, now);
        }
    }

    /// How many slots of a kind can be played in.
    pub(super) fn open_slots(&self, number: usize, kind: Kind) -> usize {
        self.peers[number]
            .slots
            .iter()
            .filter(|slot| slot.open && slot.kind == kind)
            .count()
    }

    /// The pictures that a peer wants and has slots for.
    fn choose_pictures(&mut self, number: usize) -> Vec<usize> {
        let peer = &self.peers[number];
        let mut wanted: Vec<(Want, usize)> = peer
            .wants
            .values()
            .filter(|want| want.on)
            .filter_map(|want| Some((*want, *self.track_numbers.get(&want.track)?)))
            .filter(|(_, track)| {
                let track = &self.tracks[*track];
                track.kind() == Kind::Video && track.peer != number
            })
            .collect();
        wanted.sort_unstable_by_key(|(want, track)| {
            let screen = self.tracks[*track].source == Source::Screen;
            (Reverse(want.priority), !screen, want.track)
        });
        let wanted = wanted.into_iter().map(|(_, track)| track).collect();
        self.only_playable(number, wanted, Kind::Video)
    }

    /// Leaves out what the peer cannot decode, tells it so once, and keeps as many as there are slots.
    pub(super) fn only_playable(
        &mut self,
        number: usize,
        wanted: Vec<usize>,
        kind: Kind,
    ) -> Vec<usize> {
        let slots = self.open_slots(number, kind);
        let mut chosen = Vec::with_capacity(slots);
        for track in wanted {
            let peer = &self.peers[number];
            let (id, codec) = (self.tracks[track].id, self.tracks[track].codec);
            let playable = peer
                .slots
                .iter()
                .find(|slot| slot.open && slot.kind == kind)
                .is_none_or(|slot| can_play(peer, slot, codec));
            if playable && chosen.len() < slots {
                chosen.push(track);
            }
            if playable == peer.unplayable.contains(&id) {
                let peer = &mut self.peers[number];
                if playable {
                    peer.unplayable.retain(|other| *other != id);
                } else {
                    peer.unplayable.push(id);
                }
                let participant = peer.participant;
                self.say(MediaOutput::Playable {
                    participant,
                    track: id,
                    playable,
                });
            }
        }
        chosen
    }

    /// Puts the chosen tracks into slots; those that play already stay where they are.
    fn assign(
        &mut self,
        number: usize,
        kind: Kind,
        chosen: &[usize],
        touched: &mut Vec<usize>,
        now: Instant,
    ) {
        let peer = &mut self.peers[number];
        let mut kept = Vec::with_capacity(chosen.len());
        for (index, slot) in peer.slots.iter_mut().enumerate() {
            let Some(track) = slot.playing.as_ref().map(|playing| playing.track) else {
                continue;
            };
            if slot.kind != kind {
                continue;
            }
            if slot.open && chosen.contains(&track) {
                kept.push(track);
                continue;
            }
            slot.stop();
            leave(&mut self.tracks, track, number, index);
            touched.push(track);
        }
        let mut free = peer
            .slots
            .iter_mut()
            .enumerate()
            .filter(|(_, slot)| slot.open && slot.kind == kind && slot.playing.is_none());
        for track in chosen.iter().copied().filter(|track| !kept.contains(track)) {
            let Some((index, slot)) = free.next() else {
                break;
            };
            slot.play(track, self.tracks[track].id, now);
            self.tracks[track].places.push(Place {
                peer: number,
                slot: index,
            });
            touched.push(track);
        }
    }

    /// Empties all slots of a peer.
    pub(super) fn clear_slots(&mut self, number: usize) {
        for (index, slot) in self.peers[number].slots.iter_mut().enumerate() {
            if let Some(playing) = slot.stop() {
                leave(&mut self.tracks, playing.track, number, index);
            }
        }
    }

    /// Chooses the layers of all that plays at a peer.
    fn allocate(&mut self, number: usize, touched: &mut Vec<usize>, now: Instant) {
        let mut asks = Vec::new();
        let mut order: Vec<(u8, usize)> = Vec::new();
        let mut sound = 0;
        let peer = &mut self.peers[number];
        for (index, slot) in peer.slots.iter_mut().enumerate() {
            let Some(playing) = &mut slot.playing else {
                continue;
            };
            let track = &self.tracks[playing.track];
            if slot.kind == Kind::Audio {
                playing.goal = Some(0);
                playing.target = Some(0);
                sound += track.layers[0].known_rate.unwrap_or(40_000);
            } else {
                order.push((rank(track, peer.wants.get(&playing.id)), index));
            }
        }
        order.sort_unstable();
        let demands: Vec<Demand> = order
            .iter()
            .filter_map(|(rank, index)| {
                let playing = peer.slots[*index].playing.as_ref()?;
                let track = &self.tracks[playing.track];
                let width = peer.wants.get(&playing.id).and_then(|want| want.width);
                let mut demand = demand(*rank, track, playing, width, now);
                // What the server has not got cannot be tried.
                demand.may_try &= self.share.is_none_or(|share| demand.layers[0] <= share);
                Some(demand)
            })
            .collect();
        let sent = pictures_sent(&peer.slots, &self.tracks);
        if !peer.transport_feedback {
            peer.estimate = peer.reported.bound(sent, now);
        } else if peer
            .begin_anew(first(sound, &demands), sent > 0, now, &mut self.said)
            .is_err()
        {
            self.fail(number, now);
            return;
        }
        let budget = peer.estimate.into_iter().chain(self.share).min();
        let spending = spend(budget.map(|bits| bits.saturating_sub(sound)), &demands);
        peer.need = need(sound, &demands, peer.estimate);
        for (n, ((_, index), layer)) in order.iter().zip(&spending.layers).enumerate() {
            let Some(playing) = &mut peer.slots[*index].playing else {
                continue;
            };
            let track = &self.tracks[playing.track];
            let tried = spending.tried == Some(n);
            playing.trial.note(tried, layer.is_some(), now);
            if choose(playing, track, *layer, now) {
                touched.push(playing.track);
            }
            if !track.muted {
                asks.extend(playing.waits().map(|layer| (playing.track, layer)));
            }
        }
        self.aim(number, sound, &spending, now);
        for (track, layer) in asks {
            self.ask(track, layer, now);
        }
    }

    /// Tells the engine which rates to aim for, and to look for more if that is worth it.
    fn aim(&mut self, number: usize, sound: u64, spending: &Spending, now: Instant) {
        let peer = &mut self.peers[number];
        let Some(estimate) = peer.estimate.filter(|_| peer.transport_feedback) else {
            return;
        };
        // The estimator looks around at twice what is desired when little is sent, and believes what it
        // sees: with a small desire it would forget a wide link.
        let desired = ((spending.ideal + sound) * 6 / 5).max(self.config.first_estimate);
        let next = spending.next.map(|next| next + sound);
        // Beyond its share nothing is sent, so nothing is to be found there.
        let share = self.share.unwrap_or(u64::MAX);
        let desired = desired.min(share);
        let next = next.filter(|next| *next <= share);
        let short = next.is_some() && peer.flow == Flow::Connected;
        let step = peer.prober.step(short, estimate, now);
        let least = match step {
            Step::Look | Step::KeepUp => next.unwrap_or_default(),
            Step::Rest => 0,
        };
        // Where there is more than enough the engine may take its time.
        peer.link.hurry(least > 0 || estimate < desired);
        // Measured rates tremble; the estimator need not hear of each tremor.
        let near = |old: u64, new: u64| old.abs_diff(new) <= old / 10;
        if step != Step::Look && near(peer.aim.0, least) && near(peer.aim.1, desired) {
            return;
        }
        peer.aim = (least, desired);
        let mut aim = |least: u64, desired: u64| {
            peer.link.enter(now, &mut self.said, |rtc| {
                rtc.bwe()
                    .set_bitrate(Bitrate::from(least), Bitrate::from(desired));
                rtc.handle_input(Input::Timeout(now))
            })
        };
        // Only a wish that grows makes the estimator look.
        let lowered = if step == Step::Look {
            aim(0, spending.total + sound)
        } else {
            Ok(Ok(()))
        };
        if lowered.and_then(|_| aim(least, desired)).is_err() {
            self.fail(number, now);
        } else {
            self.schedule(number);
        }
    }
}

fn leave(tracks: &mut slab::Slab<Track>, track: usize, peer: usize, slot: usize) {
    if let Some(track) = tracks.get_mut(track) {
        track.places.retain(|place| *place != Place { peer, slot });
    }
}

/// Bits a second of the pictures that are sent, as measured.
fn pictures_sent(slots: &[Slot], tracks: &slab::Slab<Track>) -> u64 {
    slots
        .iter()
        .filter(|slot| slot.kind == Kind::Video)
        .filter_map(|slot| {
            let playing = slot.playing.as_ref()?;
            let track = tracks.get(playing.track).filter(|track| !track.muted)?;
            playing.current.map(|layer| rate(track, layer))
        })
        .sum()
}

/// Screens first: they hold what is spoken about.
fn rank(track: &Track, want: Option<&Want>) -> u8 {
    match (track.source, want.map(|want| want.priority)) {
        (Source::Screen, _) => 0,
        (_, Some(Priority::Pinned)) => 1,
        (_, Some(Priority::Speaker)) => 2,
        _ => 3,
    }
}

/// What a picture would take in each layer that makes sense.
fn demand(rank: u8, track: &Track, playing: &Playing, width: Option<u32>, now: Instant) -> Demand {
    let cap = largest_useful(track, width);
    let rates = (0..=cap).map(|layer| rate(track, layer));
    Demand {
        rank,
        layers: rates.collect(),
        silent: track.muted,
        current: playing.goal.map(|goal| goal.min(cap)),
        may_rise: playing
            .lowered
            .is_none_or(|at| now.saturating_duration_since(at) >= RISE_AFTER),
        may_try: playing.trial.may(now),
    }
}

/// What somebody has to be sent, and could use as far as their connection goes.
fn need(sound: u64, demands: &[Demand], estimate: Option<u64>) -> Need {
    let pictures = demands.iter().filter(|demand| !demand.silent);
    let pictures: u64 = pictures.filter_map(|demand| demand.layers.last()).sum();
    // Without something to spare no picture is raised.
    let all = sound + pictures + pictures * SPARE_PERCENT / 100;
    Need {
        least: sound,
        wish: estimate.map_or(all, |bits| bits.min(all)),
    }
}

/// With how many bits a second the most important picture fits in its smallest size, if any is wanted.
fn first(sound: u64, demands: &[Demand]) -> Option<u64> {
    let first = demands.iter().find(|demand| !demand.silent)?;
    let rate = first.layers.first()?;
    Some(sound + rate * (100 + SPARE_PERCENT) / 100)
}

/// The smallest layer that is as wide as the picture is shown.
fn largest_useful(track: &Track, width: Option<u32>) -> usize {
    let top = track.layers.len() - 1;
    let Some(width) = width else {
        return top;
    };
    // A picture a little smaller than shown is as good to the eye.
    let enough = width - width / 10;
    (0..top)
        .find(|layer| {
            let believed = WIDTHS[(top - layer).min(WIDTHS.len() - 1)];
            track.layers[*layer].width.unwrap_or(believed) >= enough
        })
        .unwrap_or(top)
}

/// What a layer takes: as measured, else reckoned from its neighbours, else believed.
fn rate(track: &Track, layer: usize) -> u64 {
    let known = |layer: usize| track.layers[layer].known_rate;
    if let Some(rate) = known(layer) {
        return rate;
    }
    let mut guess = GUESSES[(track.layers.len() - 1 - layer).min(GUESSES.len() - 1)];
    let below = (0..layer).rev().find_map(|l| Some((known(l)?, layer - l)));
    let above = (layer + 1..track.layers.len()).find_map(|l| Some((known(l)?, l - layer)));
    let power = |steps: usize| STEP.saturating_pow(u32::try_from(steps).unwrap_or(u32::MAX));
    if let Some((rate, steps)) = below {
        guess = rate.saturating_mul(power(steps));
    } else if let Some((rate, steps)) = above {
        guess = rate / power(steps);
    }
    guess
}

/// Sets goal and target of a slot. Whether something changed that its publisher cares about.
fn choose(playing: &mut Playing, track: &Track, goal: Option<usize>, now: Instant) -> bool {
    let before = (playing.goal, playing.target);
    if goal < playing.goal {
        playing.lowered = Some(now);
    }
    playing.goal = goal;
    // Only what flows can be switched to: the best up to the goal.
    playing.target = goal.map(|goal| {
        (0..=goal)
            .rev()
            .find(|layer| track.layers[*layer].flows(now))
            .unwrap_or(goal)
    });
    if playing.target.is_none() {
        playing.current = None;
    }
    before != (playing.goal, playing.target)
}
