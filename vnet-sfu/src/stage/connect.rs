//! Participants come, offer anew, and go; what arrives from them.

use std::time::Instant;

use str0m::Input;
use str0m::net::{Protocol, Receive};

use super::Stage;
use super::peer::{Flow, Peer, rehearse};
use super::sdp::{Offer, bad_offer, inspect};
use crate::ids::ParticipantId;
use crate::media::{Answer, MediaError, MediaOutput, Route, Transport};
use crate::wire::ErrorCode;

impl Stage {
    pub(super) fn do_connect(
        &mut self,
        participant: ParticipantId,
        offer: &str,
        now: Instant,
    ) -> Result<Answer, MediaError> {
        let offer = inspect(offer, &self.config.limits)?;
        if let Some(number) = self.peer(participant) {
            self.remove(number, now);
        }
        if self.peers.len() >= self.config.limits.participants {
            return Err(MediaError {
                code: ErrorCode::ServerFull,
                message: "this meeting carries as much media as it can".to_owned(),
            });
        }
        let number = self.peers.vacant_key();
        let (peer, answer) = Peer::connect(
            number,
            participant,
            &offer,
            &self.config,
            now,
            &mut self.said,
        )?;
        self.peers.insert(peer);
        self.participants.insert(participant, number);
        self.mark(number);
        self.schedule(number);
        Ok(answer)
    }

    pub(super) fn do_renegotiate(
        &mut self,
        participant: ParticipantId,
        offer: &str,
        now: Instant,
    ) -> Result<Answer, MediaError> {
        let offer = inspect(offer, &self.config.limits)?;
        let Some(number) = self.peer(participant) else {
            return self.do_connect(participant, &offer.text, now);
        };
        rehearse(&offer, &self.config, now)?;
        let peer = &mut self.peers[number];
        if !peer.continues(&offer) {
            return self.reconnect(number, &offer, now);
        }
        let same = peer.sections.len() <= offer.sections.len()
            && peer
                .sections
                .iter()
                .zip(&offer.sections)
                .all(|(old, new)| old.name == new.name && old.kind == new.kind);
        if !same {
            return Err(bad_offer(
                "a later offer holds the media sections of the earlier one in the same order, \
                 and new ones behind them",
            ));
        }
        let answer = peer.accept(&offer, &self.config, now, &mut self.said)?;
        self.mark(number);
        self.schedule(number);
        Ok(answer)
    }

    /// The browser has a new connection where it had another one: its sections, tracks and wishes are
    /// the same.
    fn reconnect(
        &mut self,
        number: usize,
        offer: &Offer,
        now: Instant,
    ) -> Result<Answer, MediaError> {
        let participant = self.peers[number].participant;
        let (mut peer, answer) = Peer::connect(
            number,
            participant,
            offer,
            &self.config,
            now,
            &mut self.said,
        )?;
        self.clear_slots(number);
        let old = &mut self.peers[number];
        peer.flow = match old.flow {
            Flow::Never => Flow::Never,
            Flow::Connected | Flow::Lost => Flow::Lost,
        };
        peer.tracks = std::mem::take(&mut old.tracks);
        peer.wants = std::mem::take(&mut old.wants);
        peer.unplayable = std::mem::take(&mut old.unplayable);
        // A heap entry of the old connection is one too many, which does no harm.
        *old = peer;
        let gone: Vec<usize> = self.peers[number]
            .tracks
            .iter()
            .copied()
            .filter(|track| {
                let track = &self.tracks[*track];
                let mid = track.mid.to_string();
                self.peers[number].sending(&mid, track.kind()).is_none()
            })
            .collect();
        for track in gone {
            self.remove_track(track);
        }
        self.mark(number);
        self.schedule(number);
        Ok(answer)
    }

    /// Takes a participant and all it publishes off the stage.
    pub(super) fn remove(&mut self, number: usize, now: Instant) {
        let Some(peer) = self.peers.get_mut(number) else {
            return;
        };
        // Says good-bye, if the engine still can.
        let _ = peer.link.enter(now, &mut self.said, str0m::Rtc::close);
        for track in std::mem::take(&mut peer.tracks) {
            self.remove_track(track);
        }
        self.clear_slots(number);
        let peer = self.peers.remove(number);
        self.participants.remove(&peer.participant);
        self.said.events.retain(|(other, _)| *other != number);
    }

    /// The media engine of a participant is beyond help.
    pub(super) fn fail(&mut self, number: usize, now: Instant) {
        let Some(peer) = self.peers.get(number) else {
            return;
        };
        let participant = peer.participant;
        self.counters.failed += 1;
        tracing::warn!(%participant, "the media of a participant failed and was dropped");
        self.remove(number, now);
        self.said
            .outputs
            .push_back(MediaOutput::Failed(participant));
    }

    pub(super) fn do_receive(
        &mut self,
        participant: ParticipantId,
        route: Route,
        contents: &[u8],
        now: Instant,
    ) -> bool {
        let Some(number) = self.peer(participant) else {
            return false;
        };
        let proto = match route.transport {
            Transport::Udp => Protocol::Udp,
            Transport::Tcp => Protocol::Tcp,
        };
        let peer = &mut self.peers[number];
        let parsed =
            std::panic::catch_unwind(|| Receive::new(proto, route.remote, route.local, contents));
        let Ok(Ok(packet)) = parsed else {
            self.counters.malformed += 1;
            return false;
        };
        let input = Input::Receive(now, packet);
        let mut authentic = false;
        let entered = peer.link.enter(now, &mut self.said, |rtc| {
            authentic = rtc.accepts(&input);
            if authentic {
                rtc.handle_input(input)
            } else {
                Ok(())
            }
        });
        match entered {
            Err(_) => {
                self.fail(number, now);
                return false;
            }
            Ok(Err(_)) => self.counters.malformed += 1,
            Ok(Ok(())) if !authentic => self.counters.malformed += 1,
            Ok(Ok(())) => peer.heard = now,
        }
        self.schedule(number);
        authentic
    }
}
