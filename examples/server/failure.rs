//! Why the program stops: one line for the person who started it.

use std::error::Error as StdError;
use std::fmt;
use std::process::ExitCode;

/// What went wrong, told in one line.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A setting is wrong: its name, what is wrong with it, and what would be right.
    Setting {
        name: String,
        wrong: String,
        right: String,
    },
    /// What was typed could not be taken; the text names it.
    Input(String),
    /// It went wrong while running.
    Run(String),
}

impl Failure {
    /// The setting `name` is wrong.
    pub(crate) fn setting(
        name: impl Into<String>,
        wrong: impl Into<String>,
        right: impl Into<String>,
    ) -> Self {
        Self::Setting {
            name: name.into(),
            wrong: wrong.into(),
            right: right.into(),
        }
    }

    /// The setting `name` is wrong, and `said` tells what is wrong and what is right.
    pub(crate) fn refused(name: &str, said: &vnet::Error) -> Self {
        Self::Input(format!("{name}: {}", said.message()))
    }

    /// `what` failed because of `error`; all causes are told.
    pub(crate) fn run(what: impl fmt::Display, error: &dyn StdError) -> Self {
        Self::Run(format!("{what}: {}", causes(error)))
    }

    /// What the program says to whoever started it: 2 if a setting or an input is to be changed.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Setting { .. } | Self::Input(_) => ExitCode::from(2),
            Self::Run(_) => ExitCode::FAILURE,
        }
    }
}

/// An error and its causes in one line, each said once.
pub(crate) fn causes(error: &dyn StdError) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !line.contains(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        cause = error.source();
    }
    line
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = match self {
            Self::Setting { name, wrong, right } => format!("{name}: {wrong}; {right}"),
            Self::Input(line) | Self::Run(line) => line.clone(),
        };
        // One line, whatever a dependency puts into its messages.
        f.write_str(&line.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

impl StdError for Failure {}
