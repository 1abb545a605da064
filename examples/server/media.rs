//! What carries the media of meetings: the settings, and the start.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args};
use vnet::Secret;
use vnet::core::token::SigningKey;
use vnet::sfu::{Sfu, SfuLimits, TurnServer};

use crate::failure::{Failure, causes};

/// Media of meetings, when no connection string of Azure is given.
#[derive(Debug, Args)]
#[command(next_help_heading = "Media (without Azure)")]
pub(crate) struct Media {
    /// Port for media, UDP and TCP, which browsers must reach; 0 takes any free one [default: 10000,
    /// or any free one when that is taken]
    #[arg(long, env = "VNET_MEDIA_PORT", value_name = "PORT")]
    media_port: Option<u16>,
    /// Threads that carry media; each takes a port of its own, the next ones after the first
    #[arg(long, env = "VNET_MEDIA_SHARDS", value_name = "COUNT", default_value_t = 1,
        value_parser = clap::value_parser!(u16).range(1..=64))]
    media_shards: u16,
    /// Network interface for media, such as eth0; repeatable, or separated by commas [default: all but
    /// loopback]
    #[arg(long, env = "VNET_MEDIA_INTERFACE", value_name = "NAME", value_delimiter = ',', action = ArgAction::Append)]
    media_interface: Vec<String>,
    /// Local address for media; repeatable, or separated by commas [default: those of all interfaces
    /// but loopback]
    #[arg(long, env = "VNET_MEDIA_ADDRESS", value_name = "IP", value_delimiter = ',', action = ArgAction::Append)]
    media_address: Vec<IpAddr>,
    /// Address under which browsers outside reach the media port, when a router translates;
    /// repeatable, or separated by commas [default: none]
    #[arg(long, env = "VNET_PUBLIC_IP", value_name = "IP", value_delimiter = ',', action = ArgAction::Append)]
    public_ip: Vec<IpAddr>,
    /// TURN server for browsers behind strict firewalls, such as turn:turn.example.org:3478;
    /// repeatable, or separated by commas; goes with --turn-secret-file [default: none]
    #[arg(long, env = "VNET_TURN", value_name = "URL", value_delimiter = ',', action = ArgAction::Append)]
    turn: Vec<String>,
    /// File with the secret shared with the TURN server (coturn: static-auth-secret)
    #[arg(long, env = "VNET_TURN_SECRET_FILE", value_name = "FILE")]
    turn_secret_file: Option<PathBuf>,
    /// Meetings at the same time
    #[arg(long, env = "VNET_MEETINGS", value_name = "COUNT", default_value_t = SfuLimits::default().meetings)]
    meetings: usize,
    /// People in one meeting
    #[arg(long, env = "VNET_MEETING_PEOPLE", value_name = "COUNT", default_value_t = SfuLimits::default().people_per_meeting)]
    meeting_people: usize,
    /// People of one meeting who send sound or picture
    #[arg(long, env = "VNET_MEETING_PUBLISHERS", value_name = "COUNT", default_value_t = SfuLimits::default().publishers_per_meeting)]
    meeting_publishers: usize,
    /// Microphones, cameras and screens in one meeting
    #[arg(long, env = "VNET_MEETING_TRACKS", value_name = "COUNT", default_value_t = SfuLimits::default().tracks_per_meeting)]
    meeting_tracks: usize,
    /// Bits a second of one camera or screen, all sizes together; more is dropped
    #[arg(long, env = "VNET_TRACK_BITRATE", value_name = "BITS", default_value_t = SfuLimits::default().track_bitrate)]
    track_bitrate: u64,
    /// Bits a second of media that are sent to all people of all meetings together; pictures are made
    /// smaller to keep it, and who comes when nothing is left is refused [default: no bound]
    #[arg(long, env = "VNET_MEDIA_BITRATE", value_name = "BITS")]
    media_bitrate: Option<u64>,
    /// Seconds after which somebody is put out whose media has not connected; 0: never
    #[arg(
        long,
        env = "VNET_MEDIA_WITHIN",
        value_name = "SECONDS",
        default_value_t = 30
    )]
    media_within: u32,
    /// Address for metrics in the format of Prometheus, at /metrics; open it to your monitoring only
    /// [default: none]
    #[arg(long, env = "VNET_METRICS_LISTEN", value_name = "ADDR")]
    metrics_listen: Option<SocketAddr>,
}

/// The settings, checked.
#[derive(Debug)]
pub(crate) struct MediaSettings {
    typed: Media,
    limits: SfuLimits,
    turn: Option<TurnServer>,
}

impl Media {
    /// Checks what was typed; `limits` holds what was set elsewhere.
    pub(crate) fn check(self, mut limits: SfuLimits) -> Result<MediaSettings, Failure> {
        limits.meetings = self.meetings;
        limits.people_per_meeting = self.meeting_people;
        limits.publishers_per_meeting = self.meeting_publishers;
        limits.tracks_per_meeting = self.meeting_tracks;
        limits.track_bitrate = self.track_bitrate;
        limits.server_egress = self.media_bitrate;
        let within = Duration::from_secs(self.media_within.into());
        limits.media_within = (!within.is_zero()).then_some(within);
        Ok(MediaSettings {
            turn: self.turn()?,
            typed: self,
            limits,
        })
    }

    fn turn(&self) -> Result<Option<TurnServer>, Failure> {
        let path = match (self.turn.is_empty(), &self.turn_secret_file) {
            (true, None) => return Ok(None),
            (false, Some(path)) => path,
            (false, None) => {
                let right = "give --turn-secret-file, too";
                return Err(Failure::setting("--turn", "its secret is missing", right));
            }
            (true, Some(_)) => {
                let right = "give --turn, too";
                let wrong = "the TURN server is missing";
                return Err(Failure::setting("--turn-secret-file", wrong, right));
            }
        };
        let secret = fs::read_to_string(path).map_err(|error| {
            let wrong = format!("cannot read {} ({error})", path.display());
            let right = "name a text file with the secret";
            Failure::setting("--turn-secret-file", wrong, right)
        })?;
        TurnServer::new(self.turn.clone(), Secret::from(secret.trim()))
            .map(Some)
            .map_err(|error| Failure::refused("--turn", &error))
    }
}

impl MediaSettings {
    /// Where metrics are to be read.
    pub(crate) const fn metrics_listen(&self) -> Option<SocketAddr> {
        self.typed.metrics_listen
    }

    /// Opens the media port.
    pub(crate) fn start(&self, key: SigningKey) -> Result<Sfu, Failure> {
        let typed = &self.typed;
        let mut builder = Sfu::builder(key)
            .with_shards(typed.media_shards.into())
            .with_interfaces(typed.media_interface.clone())
            .with_addresses(typed.media_address.clone())
            .with_public_ips(typed.public_ip.clone())
            .with_limits(self.limits.clone());
        if let Some(port) = typed.media_port {
            builder = builder.with_media_port(port);
        }
        if let Some(turn) = self.turn.clone() {
            builder = builder.with_turn(turn);
        }
        builder.start().map_err(|error| {
            let wrong = causes(&error);
            match error.code() {
                "media_port" => Failure::setting(
                    "--media-port",
                    wrong,
                    "choose another one, or leave it away",
                ),
                "media_address" => Failure::setting(
                    "--media-interface, --media-address, --public-ip",
                    wrong,
                    "choose among those of this machine",
                ),
                _ => Failure::run("cannot start the media threads", &error),
            }
        })
    }
}
