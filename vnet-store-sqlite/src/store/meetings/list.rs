//! Pages of meetings.
//!
//! A list is ordered by age or by start, but may hold only meetings that are not over. Old ones are many
//! and those to come are few, so going in order would read a host's whole past for one page. Hence two
//! plans: collect what is not over by the index of ends and sort it, if that is at most
//! [`FEW`]; else go in order on the blocking pool.

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

/// How many meetings that are not over are sorted on the spot: some tens of microseconds.
const FEW: usize = 1_000;

/// What is asked for, in the terms of the table.
#[derive(Clone, Debug)]
pub(super) struct List {
    host: Option<vnet_core::id::UserId>,
    search: Option<String>,
    not_over_at: Option<i64>,
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
        match self.not_over_at {
            // Only a host's meetings have an index by start.
            None if self.by_start() && self.host.is_none() => Ok(None),
            None => self.in_order(connection).map(Some),
            Some(at) => self.by_end(connection, at),
        }
    }

    fn by_start(&self) -> bool {
        self.order == MeetingOrder::SoonestFirst
    }

    /// Where a meeting stands in this list.
    fn place(&self, start: i64, number: i64) -> Cursor {
        match self.by_start() {
            true => Cursor::keyed(start, number),
            false => Cursor::at(number),
        }
    }

    /// Goes through the meetings in the order of the list.
    pub(super) fn in_order(&self, connection: &Connection) -> Result<Vec<(Cursor, Meeting)>> {
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
        let _ = match self.host {
            None => write!(sql, " {join} WHERE true"),
            Some(host) => {
                let Some(host) = row_of(connection, host)? else {
                    return Ok(Vec::new());
                };
                let index = match self.by_start() {
                    true => "meetings_host_start",
                    false => "meetings_host_age",
                };
                let host = bind(host.into());
                write!(sql, " INDEXED BY {index} {join} WHERE m.host_id = ?{host}")
            }
        };
        if let Some(behind) = self.behind {
            let _ = match self.order {
                MeetingOrder::OldestFirst => {
                    write!(sql, " AND m.id > ?{}", bind(behind.number.into()))
                }
                MeetingOrder::NewestFirst => {
                    write!(sql, " AND m.id < ?{}", bind(behind.number.into()))
                }
                MeetingOrder::SoonestFirst => {
                    let start = bind(behind.key.unwrap_or(i64::MIN).into());
                    let number = bind(behind.number.into());
                    write!(sql, " AND (m.start_at, m.id) > (?{start}, ?{number})")
                }
            };
        }
        if let Some(at) = self.not_over_at {
            let _ = write!(sql, " AND m.over_at > ?{}", bind(at.into()));
        }
        if let Some(part) = &self.search {
            let part = bind(part.clone().into());
            let _ = write!(sql, " AND contains_folded(?{part}, m.title, m.code)");
        }
        let order = match self.order {
            MeetingOrder::OldestFirst => "m.id",
            MeetingOrder::NewestFirst => "m.id DESC",
            MeetingOrder::SoonestFirst => "m.start_at, m.id",
        };
        let limit = bind(rows(self.limit).into());
        let _ = write!(sql, " ORDER BY {order} LIMIT ?{limit}");
        let mut statement = connection.prepare_cached(&sql)?;
        all(&mut statement, params_from_iter(values), |columns| {
            let place = self.place(columns.int()?, columns.int()?);
            Ok((place, read_meeting(columns)?))
        })
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
        let newest_first = self.order == MeetingOrder::NewestFirst;
        if newest_first {
            places.reverse();
        }
        let is_behind = |place: &Cursor| {
            self.behind.is_none_or(|behind| match newest_first {
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
