//! The dates that the API takes.
//!
//! `YYYY-MM-DD`, `T` or a blank, `hh:mm`, then optionally `:ss`, a fraction after `.` or `,`, and
//! an offset: `Z`, `+hh:mm`, `+hhmm` or `+hh`. Month, day, hour, minute and second may have one digit.

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// The message about everything that is no such date.
pub(super) const WRONG_FORMAT: &str = "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].";
/// The message about dates beyond the calendar.
pub(super) const OUT_OF_RANGE: &str = "Datetime value out of range.";

/// Reads a date; without an offset UTC is meant. The result is in UTC, to the microsecond.
///
/// # Errors
/// The message for the person who wrote it.
pub(super) fn parse(text: &str) -> Result<OffsetDateTime, &'static str> {
    let local = Reader(text.as_bytes()).read().ok_or(WRONG_FORMAT)?;
    local.checked_to_offset(UtcOffset::UTC).ok_or(OUT_OF_RANGE)
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn read(mut self) -> Option<OffsetDateTime> {
        let year = self.number(4, 4)?;
        self.one_of(b"-")?;
        let month = self.number(1, 2)?;
        self.one_of(b"-")?;
        let day = self.number(1, 2)?;
        self.one_of(b"T ")?;
        let hour = self.number(1, 2)?;
        self.one_of(b":")?;
        let minute = self.number(1, 2)?;
        let (mut second, mut micros) = (0, 0);
        if self.one_of(b":").is_some() {
            second = self.number(1, 2)?;
            if self.one_of(b".,").is_some() {
                micros = self.fraction()?;
            }
        }
        let offset = self.offset()?;
        if !self.0.is_empty() {
            return None;
        }
        let small = |number: u32| u8::try_from(number).ok();
        let month = Month::try_from(small(month)?).ok()?;
        let date = Date::from_calendar_date(i32::try_from(year).ok()?, month, small(day)?).ok()?;
        let time = Time::from_hms_micro(small(hour)?, small(minute)?, small(second)?, micros);
        Some(PrimitiveDateTime::new(date, time.ok()?).assume_offset(offset))
    }

    /// A number of `min` to `max` digits.
    fn number(&mut self, min: usize, max: usize) -> Option<u32> {
        let digits = self
            .0
            .iter()
            .take(max)
            .take_while(|byte| byte.is_ascii_digit());
        let count = digits.count();
        if count < min {
            return None;
        }
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        let value = |number, digit: &u8| number * 10 + u32::from(digit - b'0');
        Some(digits.iter().fold(0, value))
    }

    /// One to twelve digits, of which six count.
    fn fraction(&mut self) -> Option<u32> {
        let before = self.0.len();
        let number = self.number(1, 6)?;
        let digits = before - self.0.len();
        if digits == 6 {
            self.number(0, 6)?;
        }
        let missing = u32::try_from(6 - digits).ok()?;
        Some(number * 10_u32.pow(missing))
    }

    fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        bytes.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    fn offset(&mut self) -> Option<UtcOffset> {
        match self.one_of(b"Z+-") {
            None | Some(b'Z') => Some(UtcOffset::UTC),
            Some(sign) => {
                let hours = self.number(2, 2)?;
                let minutes = match self.one_of(b":") {
                    Some(_) => self.number(2, 2)?,
                    None => self.number(2, 2).unwrap_or(0),
                };
                if hours > 23 || minutes > 59 {
                    return None;
                }
                let seconds = i32::try_from((hours * 60 + minutes) * 60).ok()?;
                let seconds = if sign == b'-' { -seconds } else { seconds };
                UtcOffset::from_whole_seconds(seconds).ok()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::wire::rfc3339;
    use proptest::prelude::*;
    use time::macros::datetime;

    #[test]
    fn the_forms_of_the_contract_are_taken() {
        let noon = datetime!(2026-12-01 12:00 UTC);
        for good in [
            "2026-12-01T12:00",
            "2026-12-01 12:00",
            "2026-12-1 12:0",
            "2026-12-01T12:00:00",
            "2026-12-01T12:00:0Z",
            "2026-12-01T12:00:00.0Z",
            "2026-12-01T12:00:00,000000000Z",
            "2026-12-01 15:00:00.0+03:00",
            "2026-12-01T15:00+0300",
            "2026-12-01T15:00+03",
            "2026-12-01T06:30-05:30",
            "2026-12-02T00:00Z",
        ] {
            let expected = if good.contains("-02T") {
                noon + time::Duration::hours(12)
            } else {
                noon
            };
            assert_eq!(parse(good), Ok(expected), "{good}");
        }
        assert_eq!(
            parse("2026-12-01T12:00:00.25"),
            Ok(datetime!(2026-12-01 12:00:00.25 UTC))
        );
    }

    #[test]
    fn everything_else_is_refused() {
        for bad in [
            "",
            "2026-12-01",
            "20261201T100000Z",
            "2026-12-01T10:00+25:00",
            "2026-12-01T10:00+03:60",
            "2026-12-01T10:00+3",
            "2026-12-01T10:00+03:",
            "2026-02-30T10:00",
            "2026-13-01T10:00",
            "2026-12-01T24:00",
            "2026-12-01T10:60",
            "2026-12-01T10:00:60",
            "2026-12-01T10:00:00.",
            "2026-12-01T10:00z",
            "2026-12-01t10:00",
            " 2026-12-01T10:00",
            "2026-12-01T10:00 ",
            "٢٠٢٦-12-01T10:00",
            "1",
            "99999-12-01T10:00",
        ] {
            assert_eq!(parse(bad), Err(WRONG_FORMAT), "{bad}");
        }
        assert_eq!(parse("9999-12-31T23:59-10:00"), Err(OUT_OF_RANGE));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[T ]\\PC{0,30}") {
            let _ = parse(&text);
        }

        #[test]
        fn what_is_written_is_read(seconds in 0_i64..253_000_000_000, micros in 0_i64..1_000_000) {
            let time = OffsetDateTime::from_unix_timestamp(seconds).unwrap()
                + time::Duration::microseconds(micros);
            prop_assert_eq!(parse(&rfc3339(time)), Ok(time));
        }
    }
}
