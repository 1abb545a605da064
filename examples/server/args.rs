//! The command line: names, defaults and explanations. What the values mean is in `settings`.
#![expect(
    clippy::doc_markdown,
    reason = "these comments are the help, where backticks would be shown"
)]

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::error::ErrorKind;
use clap::{
    ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum,
};

use crate::failure::Failure;
use crate::media::Media;
use crate::web::Web;

/// The complete VNET server: accounts, meetings, media, signalling and pages in one process.
///
/// With nothing set its pages are for this machine only, it keeps its data in ./vnet-data, makes
/// identities itself and carries the media of meetings itself. Every flag can be given as an environment variable, too.
#[derive(Debug, Parser)]
#[command(name = "server", version, args_conflicts_with_subcommands = true)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) serve: Serve,
}

/// What else the program can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a staff account, the first one for instance
    ///
    /// The password is asked for twice on the terminal, or taken from the first line of standard
    /// input when that is no terminal. The server may run meanwhile.
    CreateAdmin(CreateAdmin),
}

/// Making a staff account.
#[derive(Debug, Args)]
pub(crate) struct CreateAdmin {
    /// Username: 3 to 150 letters, digits and _
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// E-mail address [default: NAME@vnet.invalid]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Option<String>,
    /// Make the account NAME, which exists already, staff; its password stays
    #[arg(long)]
    pub(crate) promote: bool,
    #[command(flatten)]
    pub(crate) data: Data,
}

/// Where data is kept, for every command.
#[derive(Clone, Debug, Args)]
pub(crate) struct Data {
    /// Folder of the database, the secret key and the own certificate; made if it is not there
    #[arg(
        long,
        env = "VNET_DATA_DIR",
        value_name = "DIR",
        default_value = "./vnet-data"
    )]
    pub(crate) data_dir: PathBuf,
    /// What is logged to standard error: a level (error, warn, info, debug, trace), or levels per
    /// part such as info,vnet_signal=debug [default: info, for create-admin: warn]
    #[arg(long, env = "VNET_LOG", value_name = "FILTER")]
    pub(crate) log: Option<String>,
}

/// Serving.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Address and port to listen on; port 0 takes any free one
    #[arg(long, env = "VNET_LISTEN", value_name = "ADDR", default_value = "127.0.0.1:8000", value_parser = address)]
    pub(crate) listen: SocketAddr,
    #[command(flatten)]
    pub(crate) data: Data,
    /// Scheme and host that browsers use, such as https://meet.example.org, when no proxy tells
    /// [default: what the browser asked for]
    #[arg(long, env = "VNET_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Proxy whose X-Forwarded-For, -Proto and -Host are believed: an address or a network, such as
    /// 10.0.0.0/8; repeatable, or separated by commas [default: none]
    #[arg(long, env = "VNET_TRUSTED_PROXY", value_name = "CIDR", value_delimiter = ',', action = ArgAction::Append)]
    pub(crate) trusted_proxy: Vec<String>,
    /// Network whose addresses are near each other although they differ, such as the LAN of this server,
    /// 192.168.0.0/16: people of one meeting who come from there can send pictures on to each other without
    /// typing a code; repeatable, or separated by commas [default: only who has the same address is near]
    #[arg(long, env = "VNET_LAN_SUBNET", value_name = "CIDR", value_delimiter = ',', action = ArgAction::Append)]
    pub(crate) lan_subnet: Vec<String>,
    /// TLS with a certificate that the server makes and keeps in the data folder, or none
    #[arg(long, env = "VNET_TLS", value_name = "MODE", default_value = "off")]
    pub(crate) tls: TlsMode,
    /// TLS with this certificate chain (PEM); goes with --tls-key
    #[arg(long, env = "VNET_TLS_CERT", value_name = "FILE")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Private key of --tls-cert (PEM)
    #[arg(long, env = "VNET_TLS_KEY", value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,
    /// File with the connection string of an Azure Communication Services resource, for identities and
    /// media; the variable VNET_ACS_CONNECTION_STRING can hold the string itself [default: local
    /// identities, no Azure]
    #[arg(long, env = "VNET_ACS_CONNECTION_STRING_FILE", value_name = "FILE")]
    pub(crate) acs_connection_string_file: Option<PathBuf>,
    /// Allow plain http to an endpoint on this machine, such as the one of examples/acs_emulator
    #[arg(long, env = "VNET_ACS_ENDPOINT_INSECURE", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub(crate) acs_endpoint_insecure: bool,
    /// Whether strangers may make accounts; when closed, staff makes them
    #[arg(
        long,
        env = "VNET_SIGN_UP",
        value_name = "POLICY",
        default_value = "open"
    )]
    pub(crate) sign_up: SignUp,
    #[command(flatten)]
    pub(crate) web: Web,
    #[command(flatten)]
    pub(crate) media: Media,
    /// Another limit than the default for one kind of request, as NAME=COUNT/PERIOD with a period in
    /// s, m or h; repeatable, or separated by commas. Names and defaults stand below
    #[arg(long, env = "VNET_LIMIT", value_name = "NAME=COUNT/PERIOD", value_delimiter = ',', action = ArgAction::Append)]
    pub(crate) limit: Vec<String>,
}

/// Where the certificate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TlsMode {
    /// Plain HTTP.
    Off,
    /// A certificate made here.
    SelfSigned,
}

/// Whether strangers may make accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SignUp {
    /// They may.
    Open,
    /// They may not.
    Closed,
}

fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse()
        .map_err(|_detail| "an address with a port is wanted, such as 127.0.0.1:8000 or [::]:8000")
}

/// What reading the command line comes to.
pub(crate) enum Read {
    /// Something to do.
    Do(Box<CommandLine>),
    /// A text that was asked for: help or the version.
    Show(String),
}

/// Reads the command line and the environment; `limits` is the part of the help about them.
pub(crate) fn read(
    words: impl IntoIterator<Item = OsString>,
    limits: String,
) -> Result<Read, Failure> {
    let command = CommandLine::command().after_help(limits);
    let parsed = command
        .try_get_matches_from(words)
        .and_then(|matches| CommandLine::from_arg_matches(&matches));
    match parsed {
        Ok(line) => Ok(Read::Do(Box::new(line))),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                Ok(Read::Show(error.render().to_string()))
            }
            _ => Err(Failure::Input(one_line(&error))),
        },
    }
}

/// What clap says, without its greeting, its usage and its farewell.
fn one_line(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let lines = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
        .filter(|line| !line.is_empty());
    let line = lines.collect::<Vec<_>>().join(" ");
    line.strip_prefix("error: ").unwrap_or(&line).to_owned()
}
