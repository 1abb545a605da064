//! Meetings.

use async_trait::async_trait;

use super::{MemoryStore, contains, page, stored};
use crate::error::{Error, Result};
use crate::id::{Cursor, Page, Revision};
use crate::meeting::{Meeting, MeetingId, MeetingQuery};
use crate::store::MeetingStore;

#[async_trait]
impl MeetingStore for MemoryStore {
    async fn insert_meeting(&self, meeting: &Meeting) -> Result<Meeting> {
        let mut state = self.lock();
        if state.user(&meeting.host_id).is_none() {
            return Err(Error::not_found("host"));
        }
        if state.meetings.values().any(|known| known.id == meeting.id) {
            return Err(Error::already_exists("meeting_id"));
        }
        let mut known = state.meetings.values();
        if known.any(|known| known.group_id == meeting.group_id) {
            return Err(Error::already_exists("meeting_uuid"));
        }
        let meeting = Meeting {
            start_time: stored(meeting.start_time),
            end_time: meeting.end_time.map(stored),
            created_at: stored(meeting.created_at),
            revision: Revision(0),
            ..meeting.clone()
        };
        let number = state.number();
        state.meetings.insert(number, meeting.clone());
        Ok(meeting)
    }

    async fn get_meeting(&self, id: &MeetingId) -> Result<Option<Meeting>> {
        let state = self.lock();
        let mut meetings = state.meetings.values();
        Ok(meetings.find(|meeting| meeting.id == *id).cloned())
    }

    async fn update_meeting(&self, meeting: &Meeting) -> Result<Meeting> {
        let mut state = self.lock();
        let mut meetings = state.meetings.values_mut();
        let known = meetings
            .find(|known| known.id == meeting.id)
            .ok_or_else(|| Error::not_found("meeting"))?;
        if known.revision != meeting.revision {
            return Err(Error::stale("meeting"));
        }
        known.title.clone_from(&meeting.title);
        known.notes.clone_from(&meeting.notes);
        known.start_time = stored(meeting.start_time);
        known.end_time = meeting.end_time.map(stored);
        known.revision = known.revision.next();
        Ok(known.clone())
    }

    async fn remove_meeting(&self, id: &MeetingId) -> Result<bool> {
        let mut state = self.lock();
        let before = state.meetings.len();
        state.meetings.retain(|_number, meeting| meeting.id != *id);
        Ok(state.meetings.len() < before)
    }

    async fn list_meetings(&self, query: &MeetingQuery) -> Result<Page<Meeting>> {
        let wanted = |meeting: &Meeting| {
            let text = |part: &String| {
                contains(&meeting.title, part) || contains(meeting.id.as_str(), part)
            };
            query.host_id.is_none_or(|host| host == meeting.host_id)
                && query.search.as_ref().is_none_or(text)
                && query.not_over_at.is_none_or(|at| meeting.over_at() > at)
                && query.over_at.is_none_or(|at| meeting.over_at() <= at)
        };
        let is_behind = |place: &Cursor| {
            query
                .cursor
                .is_none_or(|cursor| match query.order.is_descending() {
                    true => *place < cursor,
                    false => *place > cursor,
                })
        };
        let by_start = query.order.is_by_start();
        let state = self.lock();
        let found = state.meetings.iter();
        let found = found.map(|(number, meeting)| (place(by_start, *number, meeting), meeting));
        let found = found.filter(|(place, meeting)| is_behind(place) && wanted(meeting));
        let mut found: Vec<_> = found.collect();
        found.sort_by_key(|(place, _meeting)| *place);
        if query.order.is_descending() {
            found.reverse();
        }
        let found = found.into_iter();
        Ok(page(
            found.map(|(place, meeting)| (place, meeting.clone())),
            query.limit,
        ))
    }
}

/// Where a meeting stands in a list.
fn place(by_start: bool, number: i64, meeting: &Meeting) -> Cursor {
    if !by_start {
        return Cursor::at(number);
    }
    let micros = meeting.start_time.unix_timestamp_nanos().div_euclid(1_000);
    let micros = i64::try_from(micros).expect("a year of four digits fits");
    Cursor::keyed(micros, number)
}
