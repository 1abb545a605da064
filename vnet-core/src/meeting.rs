//! Meetings and the codes people join them by.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::error::{Error, ErrorKind, Result};
use crate::id::{Cursor, Revision, UserId};

/// The longest title: characters.
pub const MAX_TITLE_CHARS: usize = 100;
/// The longest notes: characters.
pub const MAX_NOTES_CHARS: usize = 10_000;
/// How long after its start a meeting without an end counts as over.
pub const OPEN_END: Duration = Duration::hours(12);

/// The code people type to join: 10 characters, unguessable (49 bits), easy to read aloud.
///
/// The alphabet is Crockford's base 32 in lower case without `0`, `1`, `l`, `o`, `i` and `u`, so
/// that no two characters look alike. Read in any case and with `-`, `_`, `.` or blanks between.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct MeetingId(String);

impl MeetingId {
    /// Characters in a code.
    pub const CHARS: usize = 10;
    const ALPHABET: &'static [u8; 30] = b"23456789abcdefghjkmnpqrstvwxyz";

    /// A new random code.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] when the operating system gives no random bytes.
    pub fn generate() -> Result<Self> {
        let mut code = String::with_capacity(Self::CHARS);
        while code.len() < Self::CHARS {
            let mut bytes = [0_u8; 16];
            getrandom::fill(&mut bytes)
                .map_err(|source| Error::internal("no random bytes from the system", source))?;
            // 240 is the largest multiple of 30 in a byte: what is above would favour some letters.
            let letters = bytes.iter().filter(|byte| **byte < 240);
            for byte in letters.take(Self::CHARS - code.len()) {
                code.push(char::from(Self::ALPHABET[usize::from(byte % 30)]));
            }
        }
        Ok(Self(code))
    }

    /// The code as it is stored and put into addresses: ten characters, no separators.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The code as it is shown: `abc-defg-hjk`.
    #[must_use]
    pub fn spelled(&self) -> String {
        format!("{}-{}-{}", &self.0[..3], &self.0[3..7], &self.0[7..])
    }
}

impl FromStr for MeetingId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || {
            Error::new(
                ErrorKind::InvalidInput,
                "bad_meeting_code",
                "not a meeting code: ten letters and digits",
            )
        };
        let mut code = String::with_capacity(Self::CHARS);
        for c in text.chars() {
            if matches!(c, '-' | '_' | '.' | ' ') {
                continue;
            }
            let c = c.to_ascii_lowercase();
            if code.len() == Self::CHARS || !c.is_ascii() || !Self::ALPHABET.contains(&(c as u8)) {
                return Err(wrong());
            }
            code.push(c);
        }
        if code.len() == Self::CHARS {
            Ok(Self(code))
        } else {
            Err(wrong())
        }
    }
}

impl fmt::Display for MeetingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of the group that a conference provider knows a meeting by: a random UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GroupId(pub Uuid);

impl GroupId {
    /// A new random id (`UUIDv4`).
    #[must_use]
    pub fn generate() -> Self {
        Self(Uuid::new_v4())
    }
}

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A scheduled meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// The join code; unique.
    pub id: MeetingId,
    /// The provider's group; unique.
    pub group_id: GroupId,
    /// Who scheduled it.
    pub host_id: UserId,
    /// One line, at most [`MAX_TITLE_CHARS`].
    pub title: String,
    /// Free text, at most [`MAX_NOTES_CHARS`].
    pub notes: String,
    /// When it begins.
    pub start_time: OffsetDateTime,
    /// When it ends, after the start; open if `None`.
    pub end_time: Option<OffsetDateTime>,
    /// When it was scheduled.
    pub created_at: OffsetDateTime,
    /// How often it was changed.
    pub revision: Revision,
}

impl Meeting {
    /// When it is over: at its end; without one, [`OPEN_END`] after its start.
    #[must_use]
    pub fn over_at(&self) -> OffsetDateTime {
        self.end_time.unwrap_or(self.start_time + OPEN_END)
    }
}

/// In which order a list of meetings comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MeetingOrder {
    /// By when they were scheduled, the oldest first.
    #[default]
    OldestFirst,
    /// By when they were scheduled, the newest first.
    NewestFirst,
    /// By when they begin, the soonest first; of those that begin at once the oldest.
    SoonestFirst,
    /// By when they begin, the latest first; of those that begin at once the newest.
    LatestFirst,
}

impl MeetingOrder {
    /// Whether it goes by when meetings begin, not by when they were scheduled.
    #[must_use]
    pub const fn is_by_start(self) -> bool {
        matches!(self, Self::SoonestFirst | Self::LatestFirst)
    }

    /// Whether what is larger comes first: the newest, the latest.
    #[must_use]
    pub const fn is_descending(self) -> bool {
        matches!(self, Self::NewestFirst | Self::LatestFirst)
    }
}

/// Which meetings a page of a list holds; by default the first hundred of all, oldest first.
#[derive(Clone, Debug)]
pub struct MeetingQuery {
    /// Only this host's.
    pub host_id: Option<UserId>,
    /// Only those whose title or code contains this, in any case.
    pub search: Option<String>,
    /// Only those that are not over at this moment: [`Meeting::over_at`] is later.
    pub not_over_at: Option<OffsetDateTime>,
    /// Only those that are over at this moment: [`Meeting::over_at`] is not later.
    pub over_at: Option<OffsetDateTime>,
    /// What comes first.
    pub order: MeetingOrder,
    /// Where to go on; from the beginning if `None`.
    pub cursor: Option<Cursor>,
    /// How many at most; 1 to 1,000.
    pub limit: u32,
}

impl Default for MeetingQuery {
    fn default() -> Self {
        Self {
            host_id: None,
            search: None,
            not_over_at: None,
            over_at: None,
            order: MeetingOrder::default(),
            cursor: None,
            limit: 100,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_are_read_in_any_spelling() {
        let code = MeetingId::generate().unwrap();
        for text in [
            code.to_string(),
            code.spelled(),
            code.spelled().to_uppercase(),
            format!(" {} ", code.spelled().replace('-', " ")),
        ] {
            assert_eq!(text.parse::<MeetingId>().unwrap(), code, "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_codes() {
        for bad in [
            "",
            "abc",
            "abcdefghjkm",
            "abcdefghj0",
            "abcdefghjl",
            "äbcdefghjk",
            "abcdefghj\0",
        ] {
            assert!(bad.parse::<MeetingId>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            if let Ok(code) = text.parse::<MeetingId>() {
                prop_assert_eq!(code.as_str().len(), MeetingId::CHARS);
                prop_assert_eq!(code.spelled().parse::<MeetingId>().unwrap(), code);
            }
        }
    }
}
