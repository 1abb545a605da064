//! What a stage is given: who it is, where it is reached, how much it takes.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use str0m::config::DtlsCert;
use str0m::crypto::{CryptoProvider, from_feature_flags};
use str0m::net::TcpType;

use crate::media::Transport;

/// The key and certificate that browsers know this server's media by, and the cryptography behind it.
/// Made once per process; cheap to clone.
#[derive(Clone)]
pub struct Certificate {
    pub(super) crypto: Arc<CryptoProvider>,
    pub(super) dtls: DtlsCert,
}

impl Certificate {
    /// Makes a fresh self-signed one; browsers trust it because the answer (SDP) holds its fingerprint.
    ///
    /// # Panics
    /// If the system gives no random numbers.
    #[must_use]
    pub fn generate() -> Self {
        let crypto = from_feature_flags();
        let dtls = crypto
            .dtls_provider
            .generate_certificate()
            .expect("the built-in cryptography makes certificates");
        Self {
            crypto: Arc::new(crypto),
            dtls,
        }
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").finish_non_exhaustive()
    }
}

/// An address that browsers may reach the media at; it is part of every answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LocalCandidate {
    /// How packets travel there; `Tcp` is passive (RFC 6544).
    pub transport: Transport,
    /// The address that browsers are told.
    pub address: SocketAddr,
    /// If `address` is not ours but that of a NAT in front of us: our own address behind it, the
    /// `local` of every [`Route`](crate::media::Route) that comes that way. It is told to browsers too.
    pub base: Option<SocketAddr>,
}

impl LocalCandidate {
    /// One of our own addresses.
    #[must_use]
    pub const fn host(transport: Transport, address: SocketAddr) -> Self {
        Self {
            transport,
            address,
            base: None,
        }
    }

    /// The candidate for the ICE agent: where packets arrive, which behind a NAT is the base. `None` for
    /// addresses that cannot be reached, such as `0.0.0.0`.
    pub(super) fn build(self) -> Option<str0m::Candidate> {
        let address = self.base.unwrap_or(self.address);
        let builder = str0m::Candidate::builder();
        match self.transport {
            Transport::Udp => builder.udp().host(address).build(),
            Transport::Tcp => builder
                .tcp()
                .host(address)
                .tcptype(TcpType::Passive)
                .build(),
        }
        .ok()
    }

    /// The line of the answer that names the address of the NAT. The engine does not write it: one
    /// that only answers checks has host candidates alone (RFC 8445, section 5.2), and to browsers
    /// this is one.
    pub(super) fn translated(self, number: usize) -> Option<String> {
        self.base?;
        let rank = u32::try_from(number).unwrap_or(u32::MAX).min(1_000);
        // RFC 8445, section 5.1.2.1: a host, one of many addresses, the only component.
        let priority = (126 << 24) | ((65_000 - rank) << 8) | 255;
        let (ip, port) = (self.address.ip(), self.address.port());
        let (transport, passive) = match self.transport {
            Transport::Udp => ("udp", ""),
            Transport::Tcp => ("tcp", " tcptype passive"),
        };
        Some(format!(
            "a=candidate:nat{number} 1 {transport} {priority} {ip} {port} typ host{passive}\r\n"
        ))
    }
}

/// Bounds on what participants can make a stage do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StageLimits {
    /// Participants with media. Default 1,000. Beyond: `server_full`.
    pub participants: usize,
    /// Participants who publish something. Default 100. Beyond: `too_many_tracks`.
    pub publishers: usize,
    /// Published sources of one participant. Default 4. Beyond: `too_many_tracks`.
    pub tracks_per_participant: usize,
    /// Receive-only media sections of one participant. Default 64. Beyond: `bad_offer`.
    pub slots_per_participant: usize,
    /// Bits a second of one published source, all layers together; two seconds' worth may come in one
    /// burst, more is dropped and counted. Default 8,000,000.
    pub track_bitrate: u64,
    /// Longest offer, in bytes. Default 256 KiB. Beyond: `bad_offer`.
    pub offer_bytes: usize,
}

impl Default for StageLimits {
    fn default() -> Self {
        Self {
            participants: 1_000,
            publishers: 100,
            tracks_per_participant: 4,
            slots_per_participant: 64,
            track_bitrate: 8_000_000,
            offer_bytes: 256 * 1024,
        }
    }
}

/// What a [`Stage`](super::Stage) is made with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StageConfig {
    /// Who we are.
    pub certificate: Certificate,
    /// Where we are reached, best first.
    pub candidates: Vec<LocalCandidate>,
    /// What is refused or dropped.
    pub limits: StageLimits,
    /// Bits a second that are believed to fit to a participant before anything was measured.
    /// Default 600,000.
    pub first_estimate: u64,
    /// How long nothing may arrive from a participant before it counts as lost. Browsers say something
    /// at least every 2.5 seconds. Default 6 seconds.
    pub silence: Duration,
}

impl StageConfig {
    /// The defaults, reached at `candidates`.
    #[must_use]
    pub fn new(certificate: Certificate, candidates: Vec<LocalCandidate>) -> Self {
        Self {
            certificate,
            candidates,
            limits: StageLimits::default(),
            first_estimate: 600_000,
            silence: Duration::from_secs(6),
        }
    }
}
