//! How values are written into columns and read back.

use rusqlite::types::{FromSqlError, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Row, Statement};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::error::{Error, Result};

/// Microseconds since 1970, rounded towards the past.
pub(crate) fn micros(at: OffsetDateTime) -> i64 {
    at.unix_timestamp() * 1_000_000 + i64::from(at.microsecond())
}

/// Microseconds since 1970, rounded up: `kept < at` is `micros(kept) < micros_up(at)`.
pub(crate) fn micros_up(at: OffsetDateTime) -> i64 {
    micros(at) + i64::from(!at.nanosecond().is_multiple_of(1_000))
}

/// `at` as it is read back.
pub(crate) fn kept(at: OffsetDateTime) -> OffsetDateTime {
    moment(micros(at)).unwrap_or(at)
}

fn moment(micros: i64) -> Option<OffsetDateTime> {
    let second = OffsetDateTime::from_unix_timestamp(micros.div_euclid(1_000_000)).ok()?;
    let nanos = u32::try_from(micros.rem_euclid(1_000_000)).ok()? * 1_000;
    second.replace_nanosecond(nanos).ok()
}

/// A UUID as the blob of 16 bytes it is kept as.
#[derive(Clone, Copy)]
pub(crate) struct Blob16(pub(crate) Uuid);

impl ToSql for Blob16 {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.0.as_bytes())))
    }
}

/// Reads the columns of a row one after the other.
pub(crate) struct Columns<'row, 'stmt> {
    row: &'row Row<'stmt>,
    next: usize,
}

impl<'row, 'stmt> Columns<'row, 'stmt> {
    pub(crate) fn new(row: &'row Row<'stmt>) -> Self {
        Self { row, next: 0 }
    }

    fn value(&mut self) -> Result<ValueRef<'row>> {
        let value = self.row.get_ref(self.next)?;
        self.next += 1;
        Ok(value)
    }

    /// The error for the column that was read last.
    pub(crate) fn bad(&self) -> Error {
        Error::BadValue(self.next.saturating_sub(1))
    }

    fn wrong(&self, _error: FromSqlError) -> Error {
        self.bad()
    }

    pub(crate) fn int(&mut self) -> Result<i64> {
        self.value()?.as_i64().map_err(|error| self.wrong(error))
    }

    pub(crate) fn count(&mut self) -> Result<u64> {
        self.int().map(i64::cast_unsigned)
    }

    pub(crate) fn flag(&mut self) -> Result<bool> {
        self.int().map(|flag| flag != 0)
    }

    pub(crate) fn str(&mut self) -> Result<&'row str> {
        self.value()?.as_str().map_err(|error| self.wrong(error))
    }

    pub(crate) fn text(&mut self) -> Result<String> {
        self.str().map(str::to_owned)
    }

    pub(crate) fn optional_text(&mut self) -> Result<Option<String>> {
        let text = self.value()?.as_str_or_null();
        text.map(|text| text.map(str::to_owned))
            .map_err(|error| self.wrong(error))
    }

    pub(crate) fn bytes(&mut self) -> Result<&'row [u8]> {
        self.value()?.as_blob().map_err(|error| self.wrong(error))
    }

    pub(crate) fn uuid(&mut self) -> Result<Uuid> {
        Uuid::from_slice(self.bytes()?).map_err(|_length| self.bad())
    }

    pub(crate) fn optional_uuid(&mut self) -> Result<Option<Uuid>> {
        let bytes = self.value()?.as_blob_or_null();
        let bytes = bytes.map_err(|error| self.wrong(error))?;
        let uuid = bytes.map(Uuid::from_slice).transpose();
        uuid.map_err(|_length| self.bad())
    }

    pub(crate) fn time(&mut self) -> Result<OffsetDateTime> {
        moment(self.int()?).ok_or_else(|| self.bad())
    }

    pub(crate) fn optional_time(&mut self) -> Result<Option<OffsetDateTime>> {
        let micros = self.value()?.as_i64_or_null();
        match micros.map_err(|error| self.wrong(error))? {
            Some(micros) => moment(micros).map(Some).ok_or_else(|| self.bad()),
            None => Ok(None),
        }
    }
}

/// The first row, read by `read`.
pub(crate) fn first<T>(
    statement: &mut Statement<'_>,
    params: impl rusqlite::Params,
    read: impl FnOnce(&mut Columns<'_, '_>) -> Result<T>,
) -> Result<Option<T>> {
    let mut rows = statement.query(params)?;
    match rows.next()? {
        Some(row) => read(&mut Columns::new(row)).map(Some),
        None => Ok(None),
    }
}

/// All rows, each read by `read`.
pub(crate) fn all<T>(
    statement: &mut Statement<'_>,
    params: impl rusqlite::Params,
    mut read: impl FnMut(&mut Columns<'_, '_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut rows = statement.query(params)?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(read(&mut Columns::new(row))?);
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const YEAR_9999: i64 = 253_402_300_799;
    const YEAR_MINUS_9999: i64 = -377_705_116_800;

    proptest! {
        #[test]
        fn times_are_kept_to_the_microsecond_rounded_down(
            second in YEAR_MINUS_9999..=YEAR_9999,
            nanos in 0_u32..1_000_000_000,
        ) {
            let at = OffsetDateTime::from_unix_timestamp(second).unwrap()
                .replace_nanosecond(nanos).unwrap();
            let read = kept(at);
            prop_assert!(read <= at);
            prop_assert!((at - read).whole_nanoseconds() < 1_000);
            prop_assert_eq!(kept(read), read);
            prop_assert_eq!(micros(read), micros(at));
        }

        #[test]
        fn comparisons_with_the_exact_time_survive_the_rounding(
            kept_at in -1_000_000_i64..1_000_000,
            exact in -1_000_000_000_i64..1_000_000_000,
        ) {
            let stored = moment(kept_at).unwrap();
            let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(exact)).unwrap();
            prop_assert_eq!(stored > at, kept_at > micros(at));
            prop_assert_eq!(stored <= at, kept_at <= micros(at));
            prop_assert_eq!(stored < at, kept_at < micros_up(at));
        }
    }
}
