//! Pages of meetings.
//!
//! A list is ordered by age or by start, but may hold only meetings that are not over. Old ones are many
//! and those to come are few, so going in order would read a host's whole past for one page. Hence two
//! plans: collect what is not over by the index of ends and sort it, if that is at most
//! [`FEW`]; else go in order on the blocking pool. A list of what is over goes in order, too, and passes
//! over what is not: on the spot if that is few.

use std::fmt::Write as _;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use vnet_core::id::Cursor;
use vnet_core::meeting::{Meeting, MeetingOrder, MeetingQuery};

use super::{meeting_columns, read_meeting};
use crate::error::Result;
use crate::row::{Blob16, Columns, all, first, micros};
use crate::store::rows;
use crate::store::users::row_of;

/// How many meetings that are not over are sorted or passed over on the spot: some tens of microseconds.
const FEW: usize = 1_000;

/// What is asked for, in the terms of the table.
#[derive(Clone, Debug)]
pub(super) struct List {
    host: Option<vnet_core::id::UserId>,
    search: Option<String>,
    not_over_at: Option<i64>,
    over_at: Option<i64>,
    order: MeetingOrder,
    /// Only what comes behind this place in the list.
    behind: Option<Cursor>,
    limit: usize,
}

impl List {
    pub(super) fn new(query: &MeetingQuery, limit: usize) -> Self {
        Self {
            host: query.host_id,
            search: query.search.as_ref().map(|part| part.to_lowercase()),
            not_over_at: query.not_over_at.map(micros),
            over_at: query.over_at.map(micros),
            order: query.order,
            behind: query.cursor,
            limit,
        }
    }

    /// The page, or `None` if it takes more than reading a few pages of the file.
    pub(super) fn cheaply(
        &self,
        connection: &Connection,
    ) -> Result<Option<Vec<(Cursor, Meeting)>>> {
        match (self.not_over_at, self.over_at) {
            // Only a host's meetings have an index by start.
            (None, _) if self.order.is_by_start() && self.host.is_none() => Ok(None),
            (None, None) => self.in_order(connection).map(Some),
            (None, Some(at)) if self.few_are_not_over(connection, at)? => {
                self.in_order(connection).map(Some)
            }
            (Some(at), None) => self.by_end(connection, at),
            (_, Some(_)) => Ok(None),
        }
    }

    /// Where a meeting stands in this list.
    fn place(&self, start: i64, number: i64) -> Cursor {
        match self.order.is_by_start() {
            true => Cursor::keyed(start, number),
            false => Cursor::at(number),
        }
    }

    /// Goes through the meetings in the order of the list.
    pub(super) fn in_order(&self, connection: &Connection) -> Result<Vec<(Cursor, Meeting)>> {
        let host = match self.host {
            None => None,
            Some(host) => match row_of(connection, host)? {
                None => return Ok(Vec::new()),
                known => known,
            },
        };
        let (sql, values) = self.walk(host);
        let mut statement = connection.prepare_cached(&sql)?;
        all(&mut statement, params_from_iter(values), |columns| {
            let place = self.place(columns.int()?, columns.int()?);
            Ok((place, read_meeting(columns)?))
        })
    }

    /// The statement that goes in the order of the list, and what is bound in it; `host` is a row.
    fn walk(&self, host: Option<i64>) -> (String, Vec<Value>) {
        let mut sql = String::from(concat!(
            "SELECT m.start_at, m.id, ",
            meeting_columns!(),
            " FROM meetings m"
        ));
        let mut values = Vec::new();
        let mut bind = |value: Value| {
            values.push(value);
            values.len()
        };
        // CROSS keeps the order of the tables: the host of each meeting is looked up.
        let join = "CROSS JOIN users u ON u.id = m.host_id";
        // Writing into a String cannot fail.
        let _ = match host {
            None => write!(sql, " {join} WHERE true"),
            Some(host) => {
                let index = match self.order.is_by_start() {
                    true => "meetings_host_start",
                    false => "meetings_host_age",
                };
                let host = bind(host.into());
                write!(sql, " INDEXED BY {index} {join} WHERE m.host_id = ?{host}")
            }
        };
        let (after, down) = match self.order.is_descending() {
            true => ("<", " DESC"),
            false => (">", ""),
        };
        if let Some(behind) = self.behind {
            let number = bind(behind.number.into());
            let _ = if self.order.is_by_start() {
                let start = bind(behind.key.unwrap_or(i64::MIN).into());
                write!(sql, " AND (m.start_at, m.id) {after} (?{start}, ?{number})")
            } else {
                write!(sql, " AND m.id {after} ?{number}")
            };
        }
        if let Some(at) = self.not_over_at {
            let _ = write!(sql, " AND m.over_at > ?{}", bind(at.into()));
        }
        if let Some(at) = self.over_at {
            let at = bind(at.into());
            let _ = write!(sql, " AND m.over_at <= ?{at}");
            // What is over has begun: the index by start need not be read from the farthest future on.
            if self.order == MeetingOrder::LatestFirst {
                let _ = write!(sql, " AND m.start_at <= ?{at}");
            }
        }
        if let Some(part) = &self.search {
            let part = bind(part.clone().into());
            let _ = write!(sql, " AND contains_folded(?{part}, m.title, m.code)");
        }
        let limit = bind(rows(self.limit).into());
        let _ = match self.order.is_by_start() {
            true => write!(sql, " ORDER BY m.start_at{down}, m.id{down} LIMIT ?{limit}"),
            false => write!(sql, " ORDER BY m.id{down} LIMIT ?{limit}"),
        };
        (sql, values)
    }

    /// Whether at most [`FEW`] of these meetings are not over.
    fn few_are_not_over(&self, connection: &Connection, at: i64) -> Result<bool> {
        let passed = rows(FEW);
        let many = match self.host {
            None => connection
                .prepare_cached("SELECT 1 FROM meetings WHERE over_at > ?1 LIMIT 1 OFFSET ?2")?
                .exists([at, passed])?,
            Some(host) => connection
                .prepare_cached(
                    "SELECT 1 FROM meetings INDEXED BY meetings_host_over WHERE over_at > ?1 \
                     AND host_id = (SELECT id FROM users WHERE uuid = ?3) LIMIT 1 OFFSET ?2",
                )?
                .exists(rusqlite::params![at, passed, Blob16(*host.as_uuid())])?,
        };
        Ok(!many)
    }

    /// Sorts what is not over, if that is little.
    fn by_end(&self, connection: &Connection, at: i64) -> Result<Option<Vec<(Cursor, Meeting)>>> {
        // One state of the database for all statements.
        let snapshot = connection.unchecked_transaction()?;
        let enough = rows(FEW + 1);
        let place = |columns: &mut Columns<'_, '_>| Ok(self.place(columns.int()?, columns.int()?));
        let mut places = match self.host {
            None => {
                let mut statement = snapshot.prepare_cached(
                    "SELECT start_at, id FROM meetings WHERE over_at > ?1 LIMIT ?2",
                )?;
                all(&mut statement, [at, enough], place)?
            }
            Some(host) => {
                let mut statement = snapshot.prepare_cached(
                    "SELECT start_at, id FROM meetings INDEXED BY meetings_host_over \
                     WHERE over_at > ?1 AND host_id = (SELECT id FROM users WHERE uuid = ?3) LIMIT ?2",
                )?;
                let params = rusqlite::params![at, enough, Blob16(*host.as_uuid())];
                all(&mut statement, params, place)?
            }
        };
        if places.len() > FEW {
            return Ok(None);
        }
        places.sort_unstable();
        let descending = self.order.is_descending();
        if descending {
            places.reverse();
        }
        let is_behind = |place: &Cursor| {
            self.behind.is_none_or(|behind| match descending {
                true => *place < behind,
                false => *place > behind,
            })
        };
        let mut statement = snapshot.prepare_cached(concat!(
            "SELECT ",
            meeting_columns!(),
            " FROM meetings m JOIN users u ON u.id = m.host_id WHERE m.id = ?1"
        ))?;
        let mut found = Vec::new();
        for place in places.into_iter().filter(is_behind).take(self.limit) {
            if let Some(meeting) = first(&mut statement, [place.number], read_meeting)? {
                found.push((place, meeting));
            }
        }
        Ok(Some(found))
    }
}

#[cfg(test)]
mod tests;
