//! Pages of meetings.
//!
//! A list is ordered by age, but may hold only meetings that are not over. Old ones are many and
//! those to come are few, so going by age would read a host's whole past for one page. Hence two
//! plans: collect what is not over by the index of ends and sort it, if that is at most
//! [`FEW`]; else go by age on the blocking pool.

use std::fmt::Write as _;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use vnet_core::meeting::{Meeting, MeetingQuery};

use super::{meeting_columns, read_meeting};
use crate::error::Result;
use crate::row::{Blob16, all, first, micros};
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
    newest_first: bool,
    /// Only rows behind this number, in the direction of the list.
    behind: i64,
    limit: usize,
}

impl List {
    pub(super) fn new(query: &MeetingQuery, limit: usize) -> Self {
        let start = if query.newest_first {
            i64::MAX
        } else {
            i64::MIN
        };
        Self {
            host: query.host_id,
            search: query.search.as_ref().map(|part| part.to_lowercase()),
            not_over_at: query.not_over_at.map(micros),
            newest_first: query.newest_first,
            behind: query.cursor.map_or(start, |cursor| cursor.0),
            limit,
        }
    }

    /// The page, or `None` if it takes more than reading a few pages of the file.
    pub(super) fn cheaply(&self, connection: &Connection) -> Result<Option<Vec<(i64, Meeting)>>> {
        match self.not_over_at {
            None => self.by_age(connection).map(Some),
            Some(at) => self.by_end(connection, at),
        }
    }

    /// Goes through the meetings in the order of the list.
    pub(super) fn by_age(&self, connection: &Connection) -> Result<Vec<(i64, Meeting)>> {
        let mut sql = String::from(concat!(
            "SELECT m.id, ",
            meeting_columns!(),
            " FROM meetings m"
        ));
        let mut values = vec![Value::from(self.behind)];
        if let Some(host) = self.host {
            let Some(host) = row_of(connection, host)? else {
                return Ok(Vec::new());
            };
            values.push(host.into());
            sql.push_str(" INDEXED BY meetings_host_age");
        }
        let (after, order) = self.direction();
        // CROSS keeps the order of the tables: the host of each meeting is looked up.
        let _ = write!(
            sql,
            " CROSS JOIN users u ON u.id = m.host_id WHERE m.id {after} ?1"
        );
        if self.host.is_some() {
            sql.push_str(" AND m.host_id = ?2");
        }
        if let Some(at) = self.not_over_at {
            values.push(at.into());
            let _ = write!(sql, " AND m.over_at > ?{}", values.len());
        }
        if let Some(part) = &self.search {
            values.push(part.clone().into());
            let _ = write!(
                sql,
                " AND contains_folded(?{}, m.title, m.code)",
                values.len()
            );
        }
        values.push(rows(self.limit).into());
        let _ = write!(sql, " ORDER BY m.id {order} LIMIT ?{}", values.len());
        let mut statement = connection.prepare_cached(&sql)?;
        all(&mut statement, params_from_iter(values), |columns| {
            Ok((columns.int()?, read_meeting(columns)?))
        })
    }

    /// Sorts what is not over, if that is little.
    fn by_end(&self, connection: &Connection, at: i64) -> Result<Option<Vec<(i64, Meeting)>>> {
        // One state of the database for all statements.
        let snapshot = connection.unchecked_transaction()?;
        let enough = rows(FEW + 1);
        let mut numbers = match self.host {
            None => {
                let mut statement = snapshot
                    .prepare_cached("SELECT id FROM meetings WHERE over_at > ?1 LIMIT ?2")?;
                all(&mut statement, [at, enough], |columns| columns.int())?
            }
            Some(host) => {
                let mut statement = snapshot.prepare_cached(
                    "SELECT id FROM meetings INDEXED BY meetings_host_over WHERE over_at > ?1 \
                     AND host_id = (SELECT id FROM users WHERE uuid = ?3) LIMIT ?2",
                )?;
                let params = rusqlite::params![at, enough, Blob16(*host.as_uuid())];
                all(&mut statement, params, |columns| columns.int())?
            }
        };
        if numbers.len() > FEW {
            return Ok(None);
        }
        numbers.sort_unstable();
        if self.newest_first {
            numbers.reverse();
        }
        let is_behind = |number: &i64| {
            if self.newest_first {
                *number < self.behind
            } else {
                *number > self.behind
            }
        };
        let mut statement = snapshot.prepare_cached(concat!(
            "SELECT ",
            meeting_columns!(),
            " FROM meetings m JOIN users u ON u.id = m.host_id WHERE m.id = ?1"
        ))?;
        let mut found = Vec::new();
        for number in numbers.into_iter().filter(is_behind).take(self.limit) {
            if let Some(meeting) = first(&mut statement, [number], read_meeting)? {
                found.push((number, meeting));
            }
        }
        Ok(Some(found))
    }

    fn direction(&self) -> (&'static str, &'static str) {
        if self.newest_first {
            ("<", "DESC")
        } else {
            (">", "ASC")
        }
    }
}
