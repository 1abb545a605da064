//! Moments, as people read and type them.

use http::HeaderValue;
use serde::Serialize;
use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, Time, UtcOffset};
use vnet_core::FieldError;

/// A moment for a `<time>` element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct When {
    /// For programs: RFC 3339.
    pub(crate) iso: String,
    /// For people: `Tue 3 Nov 2026, 14:00`.
    pub(crate) text: String,
}

/// `time` at `offset`, and which offset that is.
pub(crate) fn moment(time: OffsetDateTime, offset: UtcOffset) -> When {
    let mut when = clock(time, offset);
    when.text = format!("{} {}", when.text, label(offset));
    when
}

/// `time` at `offset`, without saying which.
pub(crate) fn clock(time: OffsetDateTime, offset: UtcOffset) -> When {
    let time = time.checked_to_offset(offset).unwrap_or(time);
    let day = time.weekday().to_string();
    let month = time.month().to_string();
    let text = format!(
        "{} {} {} {}, {:02}:{:02}",
        &day[..3],
        time.day(),
        &month[..3],
        time.year(),
        time.hour(),
        time.minute()
    );
    let iso = time.format(&Rfc3339).unwrap_or_default();
    When { iso, text }
}

/// The end of something that began at `start`: the day is said only if it is another one.
pub(crate) fn end_of(start: OffsetDateTime, end: OffsetDateTime, offset: UtcOffset) -> When {
    let mut when = clock(end, offset);
    let day = |time: OffsetDateTime| time.checked_to_offset(offset).map(OffsetDateTime::date);
    if day(start) == day(end)
        && let Some((_, time)) = when.text.rsplit_once(' ')
    {
        when.text = time.to_owned();
    }
    when
}

/// `UTC`, `UTC+05:30`.
pub(crate) fn label(offset: UtcOffset) -> String {
    if offset.is_utc() {
        "UTC".to_owned()
    } else {
        format!("UTC{}", value(offset))
    }
}

/// `+00:00`, `+05:30`: the value of a choice in the form.
pub(crate) fn value(offset: UtcOffset) -> String {
    let (hours, minutes, _) = offset.as_hms();
    let sign = if offset.is_negative() { '-' } else { '+' };
    format!(
        "{sign}{:02}:{:02}",
        hours.unsigned_abs(),
        minutes.unsigned_abs()
    )
}

/// Every offset in use, west to east: minutes.
const OFFSETS: [i16; 38] = [
    -720, -660, -600, -570, -540, -480, -420, -360, -300, -240, -210, -180, -120, -60, 0, 60, 120,
    180, 210, 240, 270, 300, 330, 345, 360, 390, 420, 480, 525, 540, 570, 600, 630, 660, 720, 765,
    780, 840,
];

fn from_minutes(minutes: i16) -> UtcOffset {
    UtcOffset::from_whole_seconds(i32::from(minutes) * 60).unwrap_or(UtcOffset::UTC)
}

/// Every offset in use, west to east.
pub(crate) fn offsets() -> impl Iterator<Item = UtcOffset> {
    OFFSETS.into_iter().map(from_minutes)
}

/// The offset that a choice in the form, or the cookie, stands for.
pub(crate) fn parse_offset(text: &str) -> Option<UtcOffset> {
    offsets().find(|&offset| value(offset) == text)
}

/// The cookie that remembers the offset chosen last.
pub(crate) const OFFSET_COOKIE: &str = "vnet_offset";

/// `Set-Cookie` for [`OFFSET_COOKIE`]; it is no secret and lives for a year.
pub(crate) fn offset_cookie(offset: UtcOffset, path: &str) -> Option<HeaderValue> {
    let value = value(offset);
    HeaderValue::from_str(&format!(
        "{OFFSET_COOKIE}={value}; Path={path}; Max-Age=31536000; HttpOnly; SameSite=Lax"
    ))
    .ok()
}

/// The value for a `datetime-local` control.
pub(crate) fn local_value(time: OffsetDateTime, offset: UtcOffset) -> String {
    let time = time.checked_to_offset(offset).unwrap_or(time);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute()
    )
}

/// Reads the value of a `datetime-local` control (`2026-11-03T14:00`, seconds optional; typed by
/// hand in browsers without one, so a blank is as good as the `T`).
///
/// # Errors
/// A [`FieldError`] that says how a date is written.
///
/// # Source
/// HTML standard, "valid local date and time string".
pub(crate) fn parse_local(
    field: &'static str,
    text: &str,
    offset: UtcOffset,
) -> Result<OffsetDateTime, FieldError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldError::new(field, "This field is required."));
    }
    let read = || {
        let (date, time) = text.split_once(['T', ' '])?;
        let mut date = date.splitn(3, '-');
        let year = number(date.next()?, 4)?;
        let month = Month::try_from(u8::try_from(number(date.next()?, 2)?).ok()?).ok()?;
        let day = u8::try_from(number(date.next()?, 2)?).ok()?;
        let date = Date::from_calendar_date(i32::from(year), month, day).ok()?;
        let time = time
            .split_once('.')
            .map_or(time, |(whole, _fraction)| whole);
        let mut time = time.splitn(3, ':');
        let hour = u8::try_from(number(time.next()?, 2)?).ok()?;
        let minute = u8::try_from(number(time.next()?, 2)?).ok()?;
        let second = time.next().map_or(Some(0), |text| number(text, 2))?;
        let time = Time::from_hms(hour, minute, u8::try_from(second).ok()?).ok()?;
        Some(OffsetDateTime::new_in_offset(date, time, offset))
    };
    read().ok_or_else(|| FieldError::new(field, "Write day and time like 2026-11-03T14:00."))
}

/// One to `most` ASCII digits.
fn number(text: &str, most: usize) -> Option<u16> {
    let digits = (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::{datetime, offset};

    #[test]
    fn moments_are_told_in_the_offset_of_the_reader() {
        let time = datetime!(2026-11-03 13:05 UTC);
        assert_eq!(moment(time, offset!(UTC)).text, "Tue 3 Nov 2026, 13:05 UTC");
        let india = moment(time, offset!(+5:30));
        assert_eq!(india.text, "Tue 3 Nov 2026, 18:35 UTC+05:30");
        assert_eq!(india.iso, "2026-11-03T18:35:00+05:30");
        assert_eq!(
            moment(time, offset!(-3:30)).text,
            "Tue 3 Nov 2026, 09:35 UTC-03:30"
        );
    }

    #[test]
    fn an_end_names_the_day_only_if_it_is_another() {
        let start = datetime!(2026-11-03 22:30 UTC);
        let end = datetime!(2026-11-03 23:30 UTC);
        assert_eq!(end_of(start, end, offset!(UTC)).text, "23:30");
        assert_eq!(
            end_of(start, end, offset!(+1)).text,
            "Wed 4 Nov 2026, 00:30"
        );
    }

    #[test]
    fn what_the_control_shows_is_read_back() {
        let time = datetime!(2026-02-28 23:45 UTC);
        for offset in offsets() {
            let text = local_value(time, offset);
            assert_eq!(parse_local("start_time", &text, offset), Ok(time), "{text}");
            assert_eq!(parse_offset(&value(offset)), Some(offset));
        }
        assert_eq!(parse_offset("+25:00"), None);
        assert_eq!(parse_offset(""), None);
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        for bad in [
            "x",
            "2026-02-30T10:00",
            "2026-11-03",
            "2026-11-03T24:00",
            "2026-11-03T10",
            "T",
            "2026-13-01T10:00",
            "+2026-11-03T10:00",
            "2026-11-03T10:00:61",
            "20260-1-1T1:1",
        ] {
            assert!(
                parse_local("start_time", bad, UtcOffset::UTC).is_err(),
                "{bad}"
            );
        }
        assert_eq!(
            parse_local("start_time", " 2026-11-03 10:00:30 ", UtcOffset::UTC),
            Ok(datetime!(2026-11-03 10:00:30 UTC))
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,30}") {
            let _ = parse_local("start_time", &text, UtcOffset::UTC);
        }

        #[test]
        fn any_date_is_shown(seconds in -62_135_596_800_i64..253_402_300_799) {
            let time = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
            for offset in offsets() {
                let _ = moment(time, offset);
                let _ = local_value(time, offset);
            }
        }
    }
}
