//! Who takes part, and the numbers that the protocol speaks of.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::id::UserId;
use crate::meeting::MeetingId;
use crate::share::NetworkGroup;

macro_rules! number {
    ($(#[$doc:meta])* $name:ident, $letter:literal) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
        )]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($letter, "{}"), self.0)
            }
        }
    };
}

number! {
    /// One connection of a browser to the broker; new for each.
    DeviceId, "d"
}
number! {
    /// One share, from its opening to its end.
    ShareId, "s"
}
number! {
    /// One assignment of a receiver to its parent; new for each, also to the same parent.
    LinkId, "l"
}

/// The longest name of a viewer: characters.
const MAX_NAME_CHARS: usize = 60;

/// A browser about to take part.
#[derive(Clone)]
pub struct ShareDevice {
    /// The meeting that it is in; `None` is a viewer: a second screen without an account, which can
    /// only receive, by code.
    pub meeting: Option<MeetingId>,
    /// The account, by which a sharer's consent is remembered; a viewer has none.
    pub user: Option<UserId>,
    /// The name others see.
    pub name: String,
    /// The network that it appears from.
    pub network: NetworkGroup,
}

impl ShareDevice {
    /// Whether it is a second screen that takes part in no meeting.
    #[must_use]
    pub fn is_viewer(&self) -> bool {
        self.meeting.is_none()
    }
}

/// Meetings' codes and names of people stay out of logs.
impl fmt::Debug for ShareDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShareDevice")
            .field("user", &self.user)
            .field("viewer", &self.is_viewer())
            .finish_non_exhaustive()
    }
}

/// Checks and trims the name that a viewer gives itself: 1 to 60 characters on one line.
///
/// # Errors
/// `InvalidInput` with code `bad_name`.
pub fn viewer_name(text: &str) -> Result<String> {
    let name = text.trim();
    let fits = (1..=MAX_NAME_CHARS).contains(&name.chars().count());
    if fits && !name.chars().any(char::is_control) {
        return Ok(name.to_owned());
    }
    let message = "a name has 1 to 60 characters, on one line";
    Err(Error::new(ErrorKind::InvalidInput, "bad_name", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_viewers_are_short_and_on_one_line() {
        assert_eq!(viewer_name("  Wall screen \n").unwrap(), "Wall screen");
        assert_eq!(viewer_name(&"é".repeat(60)).unwrap().chars().count(), 60);
        for bad in ["", "  ", "a\nb", "a\u{0}", &"x".repeat(61)] {
            assert_eq!(viewer_name(bad).unwrap_err().code(), "bad_name", "{bad:?}");
        }
    }

    #[test]
    fn a_device_shows_neither_name_nor_meeting_nor_address_in_logs() {
        let device = ShareDevice {
            meeting: Some("abcdefghjk".parse().unwrap()),
            user: None,
            name: "Ada".into(),
            network: NetworkGroup::of("192.0.2.7".parse().unwrap(), &[]),
        };
        let shown = format!("{device:?} {:?}", device.network);
        for secret in ["abcdefghjk", "Ada", "192.0"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
