//! A first look at an offer: what is in it, and whether it is one that we answer.
//!
//! The negotiation itself is the WebRTC engine's; this refuses what it would misunderstand, and
//! keeps what it does not tell.

use str0m::media::{Mid, Rid};

use super::config::StageLimits;
use crate::media::MediaError;
use crate::wire::{ErrorCode, Kind};

/// Names are kept in fixed space inside the engine; longer ones would be cut and could collide.
const LONGEST_MID: usize = 16;
const LONGEST_RID: usize = 8;
/// Sections that are not slots: a browser has four sources, and may have given sections up.
const MOST_SENDING: usize = 16;

/// A media section of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Section {
    /// Its `a=mid` as written.
    pub(super) name: String,
    pub(super) mid: Mid,
    pub(super) kind: Kind,
    /// Whether the browser only receives it.
    receives: bool,
    /// The layers the browser may send, as it lists them: the smallest first.
    pub(super) rids: Vec<Rid>,
}

/// What is looked at of an offer.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) sections: Vec<Section>,
    pub(super) fingerprint: String,
    /// Whether the browser reports arrivals packet by packet, which the bandwidth estimate lives on.
    pub(super) transport_feedback: bool,
    /// The offer without the browser's candidates: we only answer its checks (ICE-lite), so its
    /// addresses are learnt from them, and nobody can make us work on thousands of pairs.
    pub(super) text: String,
}

pub(super) fn bad_offer(message: impl Into<String>) -> MediaError {
    MediaError {
        code: ErrorCode::BadOffer,
        message: message.into(),
    }
}

/// Looks at an offer.
///
/// # Errors
/// `BadOffer` with what is wrong.
pub(super) fn inspect(offer: &str, limits: &StageLimits) -> Result<Offer, MediaError> {
    let longest = limits.offer_bytes;
    if offer.len() > longest {
        return Err(bad_offer(format!(
            "the offer is longer than {longest} bytes"
        )));
    }
    let mut seen = Offer {
        sections: Vec::new(),
        fingerprint: String::new(),
        transport_feedback: false,
        text: String::with_capacity(offer.len()),
    };
    let (mut feedback, mut extension) = (false, false);
    for line in offer.lines() {
        if line.starts_with("a=candidate:") || line.starts_with("a=end-of-candidates") {
            continue;
        }
        seen.text.push_str(line);
        seen.text.push_str("\r\n");
        if let Some(media) = line.strip_prefix("m=") {
            seen.sections.push(section(media)?);
        } else if let Some(value) = line.strip_prefix("a=fingerprint:") {
            if seen.fingerprint.is_empty() {
                value.trim().clone_into(&mut seen.fingerprint);
            }
        } else if let Some(last) = seen.sections.last_mut() {
            attribute(last, line)?;
        }
        feedback |= line.starts_with("a=rtcp-fb:") && line.contains("transport-cc");
        extension |= line.starts_with("a=extmap:") && line.contains("transport-wide-cc-extensions");
    }
    seen.transport_feedback = feedback && extension;
    if seen.sections.is_empty() {
        return Err(bad_offer("the offer has no media sections"));
    }
    if seen.sections.iter().any(|section| section.name.is_empty()) {
        return Err(bad_offer("every media section needs `a=mid`"));
    }
    let slots = seen
        .sections
        .iter()
        .filter(|section| section.receives)
        .count();
    let most = limits.slots_per_participant;
    if slots > most || seen.sections.len() > most + MOST_SENDING {
        return Err(bad_offer(format!(
            "at most {most} receive-only media sections are answered, and {MOST_SENDING} others"
        )));
    }
    Ok(seen)
}

fn section(media: &str) -> Result<Section, MediaError> {
    let kind = match media.split(' ').next() {
        Some("audio") => Kind::Audio,
        Some("video") => Kind::Video,
        other => {
            return Err(bad_offer(format!(
                "media sections of kind `{}` are not spoken here, only audio and video",
                other
                    .unwrap_or_default()
                    .chars()
                    .take(20)
                    .collect::<String>()
            )));
        }
    };
    Ok(Section {
        name: String::new(),
        mid: Mid::from(""),
        kind,
        receives: false,
        rids: Vec::new(),
    })
}

fn attribute(section: &mut Section, line: &str) -> Result<(), MediaError> {
    if let Some(mid) = line.strip_prefix("a=mid:") {
        let mid = mid.trim();
        if mid.is_empty() || mid.len() > LONGEST_MID || !mid.is_ascii() {
            return Err(bad_offer(format!(
                "`a=mid` has 1 to {LONGEST_MID} ASCII characters"
            )));
        }
        section.mid = Mid::from(mid);
        mid.clone_into(&mut section.name);
    } else if line.trim_end() == "a=recvonly" {
        section.receives = true;
    } else if let Some(rid) = line.strip_prefix("a=rid:") {
        let mut words = rid.split_ascii_whitespace();
        let name = words.next().unwrap_or_default();
        if name.is_empty() || name.len() > LONGEST_RID || !name.is_ascii() {
            return Err(bad_offer(format!(
                "`a=rid` has 1 to {LONGEST_RID} ASCII characters"
            )));
        }
        if words.next() == Some("send") {
            section.rids.push(Rid::from(name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: &str = "v=0\r\na=fingerprint:sha-256 AA:BB\r\nm=audio 9 X 111\r\na=mid:0\r\n\
        a=candidate:1 1 udp 1 192.0.2.1 5000 typ host\r\nm=video 9 X 96\r\na=mid:cam\r\n\
        a=rid:q send\r\na=rid:h send\r\na=rid:x recv\r\na=rtcp-fb:96 transport-cc\r\n\
        a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n";

    #[test]
    fn tells_sections_and_layers_and_forgets_candidates() {
        let offer = inspect(OFFER, &StageLimits::default()).unwrap();
        assert_eq!(offer.fingerprint, "sha-256 AA:BB");
        assert!(offer.transport_feedback);
        assert!(!offer.text.contains("192.0.2.1"));
        let names: Vec<_> = offer.sections.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["0", "cam"]);
        assert_eq!(offer.sections[0].kind, Kind::Audio);
        assert_eq!(offer.sections[1].rids, [Rid::from("q"), Rid::from("h")]);
    }

    #[test]
    fn refuses_what_would_be_misunderstood() {
        for bad in [
            "",
            "m=audio 9 X 111\r\n",
            "m=application 9 X webrtc-datachannel\r\na=mid:0\r\n",
            "m=audio 9 X 111\r\na=mid:12345678901234567\r\n",
            "m=video 9 X 96\r\na=mid:1\r\na=rid:123456789 send\r\n",
        ] {
            assert_eq!(
                inspect(bad, &StageLimits::default()).unwrap_err().code,
                ErrorCode::BadOffer
            );
        }
        let tight = StageLimits {
            offer_bytes: 10,
            ..StageLimits::default()
        };
        assert_eq!(
            inspect(OFFER, &tight).unwrap_err().code,
            ErrorCode::BadOffer
        );
    }
}
