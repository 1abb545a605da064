//! A participant's connection with what it sends and receives.

use std::collections::HashMap;
use std::time::Instant;

use str0m::bwe::Bitrate;
use str0m::change::SdpOffer;
use str0m::rtp::{Extension, ExtensionMap, Ssrc};
use str0m::{IceCreds, RtcConfig, RtcError};

use super::carried::Carried;
use super::clock::PublisherClock;
use super::config::StageConfig;
use super::link::{Broken, Link, Said};
use super::outgoing::Outgoing;
use super::probe::Prober;
use super::reported::Reported;
use super::sdp::{Offer, Section, bad_offer};
use super::slot::Slot;
use super::starved::Starved;
use super::stats::Figures;
use crate::ids::{ParticipantId, TrackId};
use crate::media::{Answer, MediaError, Need};
use crate::wire::{ErrorCode, Kind, Slot as WireSlot, Want};

/// How often the engine reports on its streams.
const STATISTICS_EVERY: std::time::Duration = std::time::Duration::from_secs(1);

/// Whether a participant's media flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// Not yet.
    Never,
    Connected,
    Lost,
}

/// A participant's connection.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) participant: ParticipantId,
    pub(super) link: Link,
    /// The earliest entry for this peer in the heap of deadlines.
    pub(super) queued: Option<Instant>,
    pub(super) flow: Flow,
    /// When something authentic last arrived.
    pub(super) heard: Instant,
    fingerprint: String,
    ufrag: String,
    pub(super) sections: Vec<Section>,
    pub(super) slots: Vec<Slot>,
    /// The track and layer of each SSRC that was seen.
    pub(super) streams: HashMap<Ssrc, (usize, usize)>,
    /// What it publishes.
    pub(super) tracks: Vec<usize>,
    pub(super) wants: HashMap<TrackId, Want>,
    /// Tracks that were said to be unplayable here.
    pub(super) unplayable: Vec<TrackId>,
    pub(super) clock: PublisherClock,
    /// Whether arrivals are reported packet by packet.
    pub(super) transport_feedback: bool,
    /// What fits to it, bits a second; unknown: as much as it wants.
    pub(super) estimate: Option<u64>,
    /// What fitted while pictures were sent.
    pub(super) carried: Carried,
    /// How long no picture has fitted.
    starved: Starved,
    /// What it has told of that itself, if arrivals are not reported packet by packet.
    pub(super) reported: Reported,
    /// What the engine was last told to aim for: least and desired bits a second.
    pub(super) aim: (u64, u64),
    pub(super) prober: Prober,
    /// What it has to be sent and could use.
    pub(super) need: Need,
    pub(super) figures: Figures,
}

impl Peer {
    /// Answers the first offer of a participant.
    pub(super) fn connect(
        number: usize,
        participant: ParticipantId,
        offer: &Offer,
        config: &StageConfig,
        now: Instant,
        said: &mut Said,
    ) -> Result<(Self, Answer), MediaError> {
        let credentials = credentials()?;
        let ufrag = credentials.ufrag.clone();
        let rtc = engine(config, credentials, offer.transport_feedback).build(now);
        let mut peer = Self {
            participant,
            link: Link::new(number, rtc, now),
            queued: None,
            flow: Flow::Never,
            heard: now,
            fingerprint: offer.fingerprint.clone(),
            ufrag,
            sections: Vec::new(),
            slots: Vec::new(),
            streams: HashMap::new(),
            tracks: Vec::new(),
            wants: HashMap::new(),
            unplayable: Vec::new(),
            clock: PublisherClock::default(),
            transport_feedback: offer.transport_feedback,
            estimate: offer.transport_feedback.then_some(config.first_estimate),
            carried: Carried::default(),
            starved: Starved::default(),
            reported: Reported::default(),
            aim: (0, 0),
            prober: Prober::default(),
            need: Need::default(),
            figures: Figures::default(),
        };
        let answer = peer.accept(offer, config, now, said)?;
        Ok((peer, answer))
    }

    /// Lets the estimate begin anew where it means little: with what the connection carried before when pictures are
    /// wanted again, and with what the `first` of them takes, sound included, when none has fitted for long.
    pub(super) fn begin_anew(
        &mut self,
        first: Option<u64>,
        sent: bool,
        now: Instant,
        said: &mut Said,
    ) -> Result<(), Broken> {
        let Some(estimate) = self.estimate else {
            return Ok(());
        };
        let wanted = first.is_some();
        let connected = self.flow == Flow::Connected;
        let starves = self.starved.take(wanted && connected, sent, now);
        let before = self.carried.take(estimate, wanted, sent, now);
        let Some(bits) = before.or(first.filter(|bits| starves && *bits > estimate)) else {
            return Ok(());
        };
        self.carried.begin(bits, now);
        self.estimate = Some(bits);
        // Told again what to aim for.
        self.aim = (0, 0);
        let anew = self.link.enter(now, said, |rtc| {
            rtc.bwe().reset(Bitrate::from(bits));
            rtc.handle_input(str0m::Input::Timeout(now))
        });
        anew.map(|_| ())
    }

    /// Whether a later offer comes from the connection that this is, rather than a new one of the
    /// same browser.
    pub(super) fn continues(&self, offer: &Offer) -> bool {
        !self.link.ended() && self.fingerprint == offer.fingerprint
    }

    /// Answers an offer; the answer's slots are all of it.
    ///
    /// # Errors
    /// `BadOffer`.
    pub(super) fn accept(
        &mut self,
        offer: &Offer,
        config: &StageConfig,
        now: Instant,
        said: &mut Said,
    ) -> Result<Answer, MediaError> {
        let parsed = parse(&offer.text)?;
        let known: Vec<Outgoing> = self.slots.iter().map(|slot| slot.outgoing).collect();
        self.learn_addresses(config, now, said)?;
        let mut sdp = self
            .link
            .enter(now, said, |rtc| {
                for outgoing in &known {
                    outgoing.recall(rtc);
                }
                let answer = rtc.sdp_api().accept_offer(parsed)?;
                Ok(answer.to_sdp_string())
            })?
            .map_err(|error| refused(&error))?;
        self.take_ufrag(&mut sdp, now, said)?;
        name_translated(&mut sdp, config);
        self.sections.clone_from(&offer.sections);
        self.find_slots(now, said)?;
        Ok(Answer {
            sdp,
            slots: self
                .slots
                .iter()
                .map(|slot| WireSlot {
                    mid: slot.name.clone(),
                    kind: slot.kind,
                })
                .collect(),
            ufrag: self.ufrag.clone(),
        })
    }

    /// Adds the addresses that we have got since the first offer.
    fn learn_addresses(
        &mut self,
        config: &StageConfig,
        now: Instant,
        said: &mut Said,
    ) -> Result<(), MediaError> {
        let added = self.link.enter(now, said, |rtc| {
            for candidate in config.candidates.iter().filter_map(|local| local.build()) {
                // One that is known already is not added again.
                rtc.add_local_candidate(candidate);
            }
            Ok(())
        })?;
        added.map_err(|error| refused(&error))
    }

    /// After an ICE restart the engine has made up a name and a password itself, from numbers that
    /// can be guessed; they are replaced by good ones.
    fn take_ufrag(
        &mut self,
        sdp: &mut String,
        now: Instant,
        said: &mut Said,
    ) -> Result<(), MediaError> {
        let theirs = self
            .link
            .enter(now, said, |rtc| {
                Ok(rtc.direct_api().local_ice_credentials())
            })?
            .map_err(|error| refused(&error))?;
        if theirs.ufrag == self.ufrag {
            return Ok(());
        }
        let ours = credentials()?;
        *sdp = sdp
            .replace(&theirs.ufrag, &ours.ufrag)
            .replace(&theirs.pass, &ours.pass);
        self.ufrag.clone_from(&ours.ufrag);
        self.link
            .enter(now, said, |rtc| {
                rtc.direct_api().set_local_ice_credentials(ours);
                Ok(())
            })?
            .map_err(|error| refused(&error))
    }

    /// Makes slots of the sections that the browser only receives; those it has keep what plays.
    fn find_slots(&mut self, now: Instant, said: &mut Said) -> Result<(), MediaError> {
        let sections = self.sections.clone();
        let found = self
            .link
            .enter(now, said, |rtc| {
                Ok(sections
                    .iter()
                    .map(|section| Outgoing::of(rtc, section.mid, section.kind))
                    .collect::<Vec<_>>())
            })?
            .map_err(|error| refused(&error))?;
        for slot in &mut self.slots {
            slot.open = false;
        }
        // Most offer once: room for twice as many would never be used.
        let places = found.iter().flatten().count();
        self.slots
            .reserve_exact(places.saturating_sub(self.slots.len()));
        for (section, outgoing) in sections.into_iter().zip(found) {
            let Some(outgoing) = outgoing else { continue };
            if let Some(slot) = self.slots.iter_mut().find(|slot| slot.mid == section.mid) {
                slot.open = true;
                if slot.outgoing.ssrc != outgoing.ssrc {
                    slot.outgoing = outgoing;
                }
            } else {
                let start = u16::from_ne_bytes(random()?);
                let Section { name, kind, .. } = section;
                self.slots.push(Slot::new(name, kind, outgoing, start));
            }
        }
        let slots = &mut self.slots;
        self.link
            .enter(now, said, |rtc| {
                Outgoing::keep_one(slots.iter_mut().map(|slot| &mut slot.outgoing), rtc);
                for slot in slots {
                    slot.outgoing.forget(rtc);
                }
                Ok(())
            })?
            .map_err(|error| refused(&error))
    }

    /// The section that something of `kind` can be sent in.
    pub(super) fn sending(&self, mid: &str, kind: Kind) -> Option<&Section> {
        self.sections
            .iter()
            .find(|section| section.name == mid && section.kind == kind)
            .filter(|section| {
                self.link
                    .look()
                    .media(section.mid)
                    .is_some_and(|media| media.direction().is_receiving())
            })
    }
}

/// Puts the addresses of NATs in front of the first candidate of the answer.
fn name_translated(sdp: &mut String, config: &StageConfig) {
    let lines: String = config
        .candidates
        .iter()
        .enumerate()
        .filter_map(|(number, local)| local.translated(number))
        .collect();
    if let Some(at) = sdp.find("a=candidate:") {
        sdp.insert_str(at, &lines);
    }
}

/// The engine as every participant gets it.
fn engine(config: &StageConfig, credentials: IceCreds, estimate: bool) -> RtcConfig {
    RtcConfig::new()
        .set_crypto_provider(std::sync::Arc::clone(&config.certificate.crypto))
        .set_dtls_cert(config.certificate.dtls.clone())
        .set_local_ice_credentials(credentials)
        .set_ice_lite(true)
        .set_rtp_mode(true)
        .clear_codecs()
        .enable_opus(true, true)
        .enable_vp8(true)
        .enable_vp9(true)
        .enable_h264(true)
        .enable_av1(true)
        .set_extension_map(extensions())
        .set_stats_interval(Some(STATISTICS_EVERY))
        .enable_bwe(estimate.then(|| Bitrate::from(config.first_estimate)))
}

/// What is passed through beside the engine's own: capture time and playout delay.
fn extensions() -> ExtensionMap {
    let mut map = ExtensionMap::standard();
    map.set(7, Extension::AbsoluteCaptureTime);
    map.set(6, Extension::PlayoutDelay);
    map.set(8, Extension::VideoContentType);
    map
}

pub(super) fn parse(offer: &str) -> Result<SdpOffer, MediaError> {
    std::panic::catch_unwind(|| SdpOffer::from_sdp_string(offer))
        .map_err(|_panic| MediaError::from(Broken))?
        .map_err(|error| bad_offer(format!("not SDP: {error}")))
}

/// Checks on an engine of its own whether an offer can be answered, so that one that cannot leaves
/// the real one as it was.
pub(super) fn rehearse(
    offer: &Offer,
    config: &StageConfig,
    now: Instant,
) -> Result<(), MediaError> {
    let mut rtc = engine(config, credentials()?, false).build(now);
    let parsed = parse(&offer.text)?;
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        rtc.sdp_api().accept_offer(parsed).map(|_| ())
    }))
    .map_err(|_panic| MediaError::from(Broken))?
    .map_err(|error| refused(&error))
}

fn refused(error: &RtcError) -> MediaError {
    bad_offer(format!("the offer cannot be answered: {error}"))
}

impl From<Broken> for MediaError {
    fn from(_: Broken) -> Self {
        Self {
            code: ErrorCode::Internal,
            message: "the media engine failed on this offer".to_owned(),
        }
    }
}

fn random<const N: usize>() -> Result<[u8; N], MediaError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| MediaError {
        code: ErrorCode::Internal,
        message: format!("no random numbers: {error}"),
    })?;
    Ok(bytes)
}

/// A name that no other participant of any room has, and a password: 120 and 160 random bits.
fn credentials() -> Result<IceCreds, MediaError> {
    let bytes: [u8; 56] = random()?;
    let text: String = bytes.iter().map(|byte| letter(byte & 0x1f)).collect();
    Ok(IceCreds {
        ufrag: text[..24].to_owned(),
        pass: text[24..].to_owned(),
    })
}

/// One of 32.
const fn letter(five_bits: u8) -> char {
    if five_bits < 26 {
        (b'a' + five_bits) as char
    } else {
        (b'0' + five_bits - 26) as char
    }
}
