//! Reference adapters in memory: the contracts in code, for tests and first steps.
//!
//! Written to be read, not to be fast: most look-ups go through all there is. Nothing outlives the
//! process.

mod help;
mod identities;
mod identity_provider;
mod meetings;
mod rooms;
mod sessions;
mod users;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::{OffsetDateTime, UtcOffset};

pub use identity_provider::{MemoryIdentities, Operation};
pub use rooms::MemoryRooms;

use crate::help::{Article, ArticleId};
use crate::id::{AvatarId, Cursor, Page, SessionId, UserId};
use crate::identity::{Identity, IdentityRecord, PendingDeletion};
use crate::meeting::Meeting;
use crate::session::Session;
use crate::user::{Avatar, Credentials, User};

/// Everything that is kept, in memory. Clones share it.
#[derive(Clone, Default)]
pub struct MemoryStore {
    // Held for a few lines, never across an await. One lock, because facts change together.
    state: Arc<Mutex<State>>,
}

/// What is kept. Users and meetings are numbered in the order they came, which is their cursor.
#[derive(Default)]
struct State {
    users: BTreeMap<i64, Credentials>,
    avatars: HashMap<AvatarId, Avatar>,
    sessions: HashMap<SessionId, Session>,
    identities: HashMap<UserId, IdentityRecord>,
    deletions: HashMap<Identity, PendingDeletion>,
    meetings: BTreeMap<i64, Meeting>,
    articles: BTreeMap<ArticleId, Article>,
    last_number: i64,
    last_article: u64,
    seeded: bool,
}

impl MemoryStore {
    /// A store with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No write is left half done by a panic: each checks first and changes then.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Only how much there is: the rest is personal.
impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("MemoryStore")
            .field("users", &state.users.len())
            .field("sessions", &state.sessions.len())
            .field("meetings", &state.meetings.len())
            .finish_non_exhaustive()
    }
}

impl State {
    /// The next place in a list.
    fn number(&mut self) -> i64 {
        self.last_number += 1;
        self.last_number
    }

    fn user(&self, id: &UserId) -> Option<&User> {
        let mut users = self.users.values().map(|known| &known.user);
        users.find(|user| user.id == *id)
    }

    fn credentials_mut(&mut self, id: &UserId) -> Option<&mut Credentials> {
        self.users.values_mut().find(|known| known.user.id == *id)
    }
}

/// A moment as stores keep it: UTC, whole microseconds, rounded towards the past.
fn stored(moment: OffsetDateTime) -> OffsetDateTime {
    let moment = moment.to_offset(UtcOffset::UTC);
    // The fraction counts upwards from the second before, also before 1970.
    let micros = moment.microsecond();
    moment.replace_microsecond(micros).unwrap_or(moment)
}

/// The first `limit` of `found`, each with its place, and where to go on.
fn page<T>(found: impl Iterator<Item = (Cursor, T)>, limit: u32) -> Page<T> {
    let limit = limit.clamp(1, 1000) as usize;
    let mut found = found.peekable();
    let mut page = Page::default();
    while let Some((place, item)) = found.next() {
        page.items.push(item);
        if page.items.len() == limit {
            page.next = found.peek().map(|_more| place);
            break;
        }
    }
    page
}

/// Whether `text` contains `part`, in any case (all of Unicode).
fn contains(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn moments_are_rounded_towards_the_past() {
        for (given, kept) in [
            (
                datetime!(2030-01-01 0:00:00.000_001_999 UTC),
                datetime!(2030-01-01 0:00:00.000_001 UTC),
            ),
            (
                datetime!(1969-12-31 23:59:59.999_999_999 UTC),
                datetime!(1969-12-31 23:59:59.999_999 UTC),
            ),
            (
                datetime!(2030-01-01 2:00 +2),
                datetime!(2030-01-01 0:00 UTC),
            ),
        ] {
            assert_eq!(stored(given), kept);
            assert_eq!(stored(given).offset(), UtcOffset::UTC);
        }
    }
}
