//! Typed ids, so that no two kinds can be confused.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id; later ids sort after earlier ones (`UUIDv7`, RFC 9562 section 5.7).
            #[must_use]
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }

            /// The id that `uuid` is.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID itself.
            #[must_use]
            pub const fn as_uuid(&self) -> &Uuid {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::parse_str(text)
                    .map(Self)
                    .map_err(|source| InvalidId { what: $what, source })
            }
        }
    };
}

/// The text is no UUID.
#[derive(Debug, thiserror::Error)]
#[error("not a {what} id")]
pub struct InvalidId {
    what: &'static str,
    source: uuid::Error,
}

uuid_id! {
    /// A VNET account.
    UserId, "user"
}
uuid_id! {
    /// A signed-in browser.
    SessionId, "session"
}
uuid_id! {
    /// A stored profile picture; a new picture has a new id.
    AvatarId, "picture"
}
uuid_id! {
    /// One endpoint in a signalling room.
    PeerId, "peer"
}

/// How often a stored thing has been changed; an update names the revision that it read.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Revision(pub u64);

impl Revision {
    /// The revision after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// A place in a list, given out by a store and meaningful to that store and that list only.
///
/// As text it is `number`, or `key.number`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cursor {
    /// What the list is ordered by, if that is not the number.
    pub key: Option<i64>,
    /// The number of the last thing before this place: no two have the same.
    pub number: i64,
}

impl Cursor {
    /// A place in a list by number.
    #[must_use]
    pub const fn at(number: i64) -> Self {
        Self { key: None, number }
    }

    /// A place in a list by `key`; those with the same key come by number.
    #[must_use]
    pub const fn keyed(key: i64, number: i64) -> Self {
        Self {
            key: Some(key),
            number,
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key {
            Some(key) => write!(f, "{key}.{}", self.number),
            None => self.number.fmt(f),
        }
    }
}

impl FromStr for Cursor {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.split_once('.') {
            Some((key, number)) => Self::keyed(key.parse()?, number.parse()?),
            None => Self::at(text.parse()?),
        })
    }
}

/// A part of a list, and where the rest begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The things on this page, in order.
    pub items: Vec<T>,
    /// What to ask for to get the next page; `None` on the last one.
    pub next: Option<Cursor>,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            next: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_go_through_text_and_sort_by_age() {
        let first = UserId::generate();
        let second = UserId::generate();
        assert_eq!(first.to_string().parse::<UserId>().ok(), Some(first));
        assert!(first < second);
        assert!("nonsense".parse::<UserId>().is_err());
    }

    #[test]
    fn cursors_go_through_text_and_sort_as_lists_do() {
        let sorted = [
            Cursor::at(-1),
            Cursor::at(7),
            Cursor::keyed(i64::MIN, 9),
            Cursor::keyed(-3, 8),
            Cursor::keyed(-3, 9),
            Cursor::keyed(i64::MAX, i64::MIN),
        ];
        assert!(sorted.is_sorted());
        for cursor in sorted {
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        for bad in [
            "",
            ".",
            "1.",
            ".1",
            "1.2.3",
            "x",
            "1.x",
            "99999999999999999999",
        ] {
            assert!(bad.parse::<Cursor>().is_err(), "{bad}");
        }
    }
}
