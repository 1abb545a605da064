//! Meetings.

use rusqlite::{Connection, params};
use uuid::Uuid;
use vnet_core::async_trait;
use vnet_core::id::{Page, Revision, UserId};
use vnet_core::meeting::{GroupId, Meeting, MeetingId, MeetingQuery};
use vnet_core::store::MeetingStore;

use super::users::row_of;
use super::{SqliteStore, page, page_limit};
use crate::error::{Error, Result};
use crate::row::{Blob16, Columns, first, kept, micros};

mod list;

/// The columns of a meeting, as [`read_meeting`] reads them.
macro_rules! meeting_columns {
    () => {
        "m.code, m.group_uuid, u.uuid, m.title, m.start_at, m.end_at, m.created_at, m.revision, \
         m.notes"
    };
}
use meeting_columns;

fn read_meeting(columns: &mut Columns<'_, '_>) -> Result<Meeting> {
    Ok(Meeting {
        id: columns.str()?.parse().map_err(|_error| columns.bad())?,
        group_id: GroupId(columns.uuid()?),
        host_id: UserId::from_uuid(columns.uuid()?),
        title: columns.text()?,
        start_time: columns.time()?,
        end_time: columns.optional_time()?,
        created_at: columns.time()?,
        revision: Revision(columns.count()?),
        notes: columns.text()?,
    })
}

fn by_code(connection: &Connection, id: &MeetingId) -> Result<Option<Meeting>> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        meeting_columns!(),
        " FROM meetings m JOIN users u ON u.id = m.host_id WHERE m.code = ?1"
    ))?;
    first(&mut statement, [id.as_str()], read_meeting)
}

fn insert(connection: &Connection, meeting: Meeting) -> Result<Meeting> {
    let host = row_of(connection, meeting.host_id)?.ok_or(Error::NotFound("host"))?;
    let code_taken = connection
        .prepare_cached("SELECT 1 FROM meetings WHERE code = ?1")?
        .exists([meeting.id.as_str()])?;
    if code_taken {
        return Err(Error::Taken("meeting_id"));
    }
    let group: Uuid = meeting.group_id.0;
    connection
        .prepare_cached(
            "INSERT INTO meetings (code, group_uuid, host_id, title, start_at, end_at, \
             created_at, revision, notes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8)",
        )?
        .execute(params![
            meeting.id.as_str(),
            Blob16(group),
            host,
            meeting.title,
            micros(meeting.start_time),
            meeting.end_time.map(micros),
            micros(meeting.created_at),
            meeting.notes,
        ])?;
    Ok(Meeting {
        start_time: kept(meeting.start_time),
        end_time: meeting.end_time.map(kept),
        created_at: kept(meeting.created_at),
        revision: Revision(0),
        ..meeting
    })
}

fn update(connection: &Connection, meeting: &Meeting) -> Result<Meeting> {
    let changed = connection
        .prepare_cached(
            "UPDATE meetings SET title = ?3, notes = ?4, start_at = ?5, end_at = ?6, \
             revision = revision + 1 WHERE code = ?1 AND revision = ?2",
        )?
        .execute(params![
            meeting.id.as_str(),
            meeting.revision.0.cast_signed(),
            meeting.title,
            meeting.notes,
            micros(meeting.start_time),
            meeting.end_time.map(micros),
        ])?;
    let kept = by_code(connection, &meeting.id)?.ok_or(Error::NotFound("meeting"))?;
    if changed == 0 {
        return Err(Error::Stale("meeting"));
    }
    Ok(kept)
}

#[async_trait]
impl MeetingStore for SqliteStore {
    async fn insert_meeting(&self, meeting: &Meeting) -> vnet_core::Result<Meeting> {
        let meeting = meeting.clone();
        Ok(self
            .write(move |connection| insert(connection, meeting))
            .await?)
    }

    async fn get_meeting(&self, id: &MeetingId) -> vnet_core::Result<Option<Meeting>> {
        Ok(self.read(|connection| by_code(connection, id))?)
    }

    async fn update_meeting(&self, meeting: &Meeting) -> vnet_core::Result<Meeting> {
        let meeting = meeting.clone();
        Ok(self
            .write(move |connection| update(connection, &meeting))
            .await?)
    }

    async fn remove_meeting(&self, id: &MeetingId) -> vnet_core::Result<bool> {
        let id = id.clone();
        let removed = self.write(move |connection| {
            let mut statement =
                connection.prepare_cached("DELETE FROM meetings WHERE code = ?1")?;
            Ok(statement.execute([id.as_str()])?)
        });
        Ok(removed.await? > 0)
    }

    async fn list_meetings(&self, query: &MeetingQuery) -> vnet_core::Result<Page<Meeting>> {
        let limit = page_limit(query.limit);
        let list = list::List::new(query, limit + 1);
        if query.search.is_none()
            && let Some(found) = self.read(|connection| list.cheaply(connection))?
        {
            return Ok(page(found, limit));
        }
        let found = self.search(move |connection| list.in_order(connection));
        Ok(page(found.await?, limit))
    }
}
