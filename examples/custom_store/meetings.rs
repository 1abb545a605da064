//! Meetings.

use vnet::core::async_trait;
use vnet::core::id::{Cursor, Page, Revision};
use vnet::core::meeting::{Meeting, MeetingId, MeetingQuery};
use vnet::core::store::MeetingStore;
use vnet::{Error, Result};

use crate::JsonStore;
use crate::documents::{MeetingDocument, Moment};
use crate::users::page;

#[async_trait]
impl MeetingStore for JsonStore {
    async fn insert_meeting(&self, meeting: &Meeting) -> Result<Meeting> {
        self.write(|tables| {
            if tables.user(&meeting.host_id).is_none() {
                return Err(Error::not_found("host"));
            }
            if tables
                .meetings
                .values()
                .any(|known| known.id == meeting.id.as_str())
            {
                return Err(Error::already_exists("meeting_id"));
            }
            if tables
                .meetings
                .values()
                .any(|known| known.group_id == meeting.group_id)
            {
                return Err(Error::already_exists("meeting_uuid"));
            }
            let mut document = MeetingDocument::from(meeting);
            document.revision = Revision(0);
            let inserted = document.meeting();
            let number = tables.next_number();
            tables.meetings.insert(number, document);
            inserted
        })
    }

    async fn get_meeting(&self, id: &MeetingId) -> Result<Option<Meeting>> {
        self.read(|tables| {
            let found = tables
                .meetings
                .values()
                .find(|known| known.id == id.as_str());
            found.map(MeetingDocument::meeting).transpose()
        })
    }

    async fn update_meeting(&self, meeting: &Meeting) -> Result<Meeting> {
        self.write(|tables| {
            let mut all = tables.meetings.values_mut();
            let known = all
                .find(|known| known.id == meeting.id.as_str())
                .ok_or_else(|| Error::not_found("meeting"))?;
            if known.revision != meeting.revision {
                return Err(Error::stale("meeting"));
            }
            known.title.clone_from(&meeting.title);
            known.notes.clone_from(&meeting.notes);
            known.start_time = meeting.start_time.into();
            known.end_time = meeting.end_time.map(Moment::from);
            known.revision = known.revision.next();
            known.meeting()
        })
    }

    async fn remove_meeting(&self, id: &MeetingId) -> Result<bool> {
        self.write(|tables| {
            let before = tables.meetings.len();
            tables
                .meetings
                .retain(|_number, known| known.id != id.as_str());
            Ok(tables.meetings.len() < before)
        })
    }

    async fn list_meetings(&self, query: &MeetingQuery) -> Result<Page<Meeting>> {
        let part = query.search.as_ref().map(|part| part.to_lowercase());
        let wanted = |meeting: &MeetingDocument| {
            let has = |part: &String| {
                meeting.title.to_lowercase().contains(part) || meeting.id.contains(part)
            };
            query.host_id.is_none_or(|host| host == meeting.host_id)
                && part.as_ref().is_none_or(has)
                && query
                    .not_over_at
                    .is_none_or(|now| meeting.over_at().is_ok_and(|over_at| over_at > now))
                && query
                    .over_at
                    .is_none_or(|now| meeting.over_at().is_ok_and(|over_at| over_at <= now))
        };
        self.read(|tables| {
            let found = tables.meetings.iter();
            let found = found.filter(|(_number, meeting)| wanted(meeting));
            let found = found.map(|(number, meeting)| match query.order.is_by_start() {
                true => (Cursor::keyed(meeting.start_time.micros(), *number), meeting),
                false => (Cursor::at(*number), meeting),
            });
            let mut found: Vec<_> = found.collect();
            found.sort_by_key(|(place, _meeting)| *place);
            if query.order.is_descending() {
                found.reverse();
                found.retain(|(place, _)| query.cursor.is_none_or(|cursor| *place < cursor));
            } else {
                found.retain(|(place, _)| query.cursor.is_none_or(|cursor| *place > cursor));
            }
            page(found.into_iter(), query.limit, MeetingDocument::meeting)
        })
    }
}
