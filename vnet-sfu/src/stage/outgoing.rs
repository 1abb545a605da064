//! The stream that a slot sends, which the engine has from the first packet on.
//!
//! An engine takes some twenty kilobytes for each stream and looks at all of them in every turn; of the slots that
//! a browser offers, one for everybody who may ever be seen and heard, most never play. The answer names the streams of
//! all; then the engine forgets those that have not sent, and is told of them again, by the same names, before
//! the next offer is answered and when something plays. A stream that has sent stays: a second one under its
//! name would count its packets anew, under keys that were used for these numbers already.

use std::time::Duration;

use str0m::Rtc;
use str0m::change::DirectApi;
use str0m::media::{Direction, Mid};
use str0m::rtp::Ssrc;

use crate::wire::Kind;

/// Sent packets of a picture kept for those who ask again: three seconds of 2.5 Mbit/s.
const RESEND_PACKETS: usize = 800;
/// How long they are kept.
const RESEND_AGE: Duration = Duration::from_secs(3);
/// Half of what is sent may be repeated: beyond that the link is full, not lossy.
const RESEND_MOST: f32 = 0.5;

/// The stream of a slot, as the answer names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Outgoing {
    pub(super) mid: Mid,
    pub(super) ssrc: Ssrc,
    /// Repeated packets come under this name.
    rtx: Option<Ssrc>,
    kind: Kind,
    /// Whether something was sent in it.
    used: bool,
}

impl Outgoing {
    /// What the engine has made of a section that the browser only receives.
    pub(super) fn of(rtc: &mut Rtc, mid: Mid, kind: Kind) -> Option<Self> {
        if rtc.media(mid)?.direction() != Direction::SendOnly {
            return None;
        }
        let mut direct = rtc.direct_api();
        let stream = direct.stream_tx_by_mid(mid, None)?;
        Some(Self {
            mid,
            ssrc: stream.ssrc(),
            rtx: stream.rtx(),
            kind,
            used: false,
        })
    }

    /// Has the engine know it, before it would make up another stream for the section.
    pub(super) fn recall(&self, rtc: &mut Rtc) {
        if !self.used && rtc.media(self.mid).is_some() {
            declare(self, &mut rtc.direct_api());
        }
    }

    /// Counts the first one for pictures as used if none is: padding goes there while nothing plays, and by it
    /// the engine learns how much fits.
    pub(super) fn keep_one<'a>(all: impl Iterator<Item = &'a mut Self>, rtc: &mut Rtc) {
        let mut pictures = all.filter(|one| one.kind == Kind::Video && one.rtx.is_some());
        if let Some(first) = pictures.next()
            && !first.used
            && !pictures.any(|other| other.used)
        {
            first.begin(rtc);
        }
    }

    /// Has the engine forget it, if nothing was sent in it.
    pub(super) fn forget(&self, rtc: &mut Rtc) {
        if !self.used {
            rtc.direct_api().remove_stream_tx(self.ssrc);
        }
    }

    /// Something is about to be sent in it.
    pub(super) fn begin(&mut self, rtc: &mut Rtc) {
        if self.used || rtc.media(self.mid).is_none() {
            return;
        }
        declare(self, &mut rtc.direct_api());
        self.used = true;
    }
}

fn declare(outgoing: &Outgoing, direct: &mut DirectApi<'_>) {
    let Outgoing { mid, ssrc, rtx, .. } = *outgoing;
    let stream = direct.declare_stream_tx(ssrc, rtx, mid, None);
    if outgoing.kind == Kind::Video {
        stream.set_rtx_cache(RESEND_PACKETS, RESEND_AGE, Some(RESEND_MOST));
    }
}
