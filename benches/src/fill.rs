//! Fills a database with users and meetings, through the store that the server uses.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use time::{Duration, OffsetDateTime};
use tokio::task::JoinSet;
use vnet_core::FieldError;
use vnet_core::id::{Revision, UserId};
use vnet_core::meeting::{GroupId, Meeting, MeetingId};
use vnet_core::password::PasswordHash;
use vnet_core::store::{MeetingStore as _, UserStore as _};
use vnet_core::user::{NewUser, User, Username};
use vnet_store_sqlite::SqliteStore;

/// The name of the database in the server's data folder.
pub const DATABASE: &str = "vnet.sqlite3";
/// Writers at the same time: those that wait are committed together.
const WRITERS: usize = 256;
/// When half of the meetings begin, which are over: 2020-01-01. Users and meetings were made then.
const PAST: i64 = 1_577_836_800;
/// When the other half begin: 2100-01-01.
const FUTURE: i64 = 4_102_444_800;

/// What is put into a database.
#[derive(Clone, Copy, Debug)]
pub struct Amount {
    /// Users.
    pub users: usize,
    /// Meetings, dealt out to these users.
    pub meetings: usize,
}

/// Opens the database in `folder`, lets `work` do its part, and closes it.
fn with_store<T>(folder: &Path, work: impl AsyncFnOnce(SqliteStore) -> Result<T>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let store = SqliteStore::open(folder.join(DATABASE))?;
    runtime.block_on(async {
        let result = work(store.clone()).await;
        store.close().await;
        result
    })
}

/// Gives an account that exists so many meetings, and returns the code of one.
///
/// # Errors
/// When there is no such account, or the store fails.
pub fn schedule(folder: &Path, username: &str, meetings: usize) -> Result<String> {
    let username: Username = username.parse().map_err(|error| refused(&error))?;
    with_store(folder, async |store| {
        let host = store
            .find_user(&username)
            .await?
            .context("no such account")?;
        let mut code = String::new();
        for number in 0..meetings {
            let meeting = store.insert_meeting(&meeting(host.id, number)?).await?;
            code = meeting.id.as_str().to_owned();
        }
        Ok(code)
    })
}

/// Adds users and meetings to the database in `folder`.
///
/// # Errors
/// When the store fails.
pub fn fill(folder: &Path, amount: Amount) -> Result<()> {
    with_store(folder, async |store| {
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            let store = store.clone();
            writers.spawn(async move { write_share(&store, amount, writer).await });
        }
        while let Some(written) = writers.join_next().await {
            written??;
        }
        Ok(())
    })
}

async fn write_share(store: &SqliteStore, amount: Amount, writer: usize) -> Result<()> {
    for number in (writer..amount.users).step_by(WRITERS) {
        let host = store.insert_user(user(number)?).await?;
        let share =
            amount.meetings / amount.users + usize::from(number < amount.meetings % amount.users);
        for meeting_number in 0..share {
            store
                .insert_meeting(&meeting(host.id, meeting_number)?)
                .await?;
        }
    }
    Ok(())
}

fn user(number: usize) -> Result<NewUser> {
    let username = format!("user_{number}");
    let now = OffsetDateTime::from_unix_timestamp(PAST)?;
    Ok(NewUser {
        user: User {
            id: UserId::generate(),
            username: username.parse().map_err(|error| refused(&error))?,
            first_name: "Some".to_owned(),
            last_name: "Body".to_owned(),
            email: format!("{username}@example.org")
                .parse()
                .map_err(|error| refused(&error))?,
            meeting_name: username,
            avatar: None,
            is_staff: false,
            is_active: true,
            date_joined: now,
            last_login: None,
            sessions_epoch: 0,
            revision: Revision::default(),
        },
        // Nobody signs in as one of them.
        password_hash: PasswordHash::from_phc(HASH)?,
    })
}

fn refused(error: &FieldError) -> anyhow::Error {
    anyhow!("{}: {}", error.field, error.message)
}

/// The form of a real one; of no password.
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IGhlcmU$\
                    YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY";

fn meeting(host_id: UserId, number: usize) -> Result<Meeting> {
    let number = i64::try_from(number)?;
    let created_at = OffsetDateTime::from_unix_timestamp(PAST)?;
    let begin = if number % 2 == 0 { PAST } else { FUTURE };
    let start_time = OffsetDateTime::from_unix_timestamp(begin)? + Duration::hours(number);
    Ok(Meeting {
        id: MeetingId::generate()?,
        group_id: GroupId::generate(),
        host_id,
        title: format!("Meeting {number}"),
        notes: "What we talk about.".to_owned(),
        start_time,
        end_time: Some(start_time + Duration::minutes(30)),
        created_at,
        revision: Revision::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use vnet_core::meeting::MeetingQuery;

    #[test]
    fn what_was_asked_for_is_there() {
        let folder = tempfile::tempdir().unwrap();
        fill(
            folder.path(),
            Amount {
                users: 7,
                meetings: 30,
            },
        )
        .unwrap();
        let code = schedule(folder.path(), "user_3", 5).unwrap();
        with_store(folder.path(), async |store| {
            assert!(store.get_meeting(&code.parse()?).await?.is_some());
            let query = MeetingQuery {
                limit: 1_000,
                ..MeetingQuery::default()
            };
            assert_eq!(store.list_meetings(&query).await?.items.len(), 35);
            let query = MeetingQuery {
                over_at: Some(OffsetDateTime::from_unix_timestamp(FUTURE)?),
                ..query
            };
            let over = store.list_meetings(&query).await?.items.len();
            assert!((15..=20).contains(&over), "half are over: {over}");
            Ok(())
        })
        .unwrap();
    }
}
