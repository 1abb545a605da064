//! What the API writes, with the field names and their order of the contract.

use serde::{Serialize, Serializer};
use time::{OffsetDateTime, UtcOffset};
use vnet_core::Secret;
use vnet_core::identity::Identity;
use vnet_core::meeting::{GroupId, Meeting};
use vnet_core::user::User;

/// An account.
#[derive(Serialize)]
pub(super) struct Details<'a> {
    username: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    /// For its owner only.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    meeting_name: &'a str,
    profile_image: &'a str,
    #[serde(flatten)]
    calling: Option<Calling>,
}

impl<'a> Details<'a> {
    pub(super) fn of(user: &'a User, picture: &'a str, is_owner: bool) -> Self {
        Self {
            username: user.username.as_str(),
            first_name: &user.first_name,
            last_name: &user.last_name,
            email: is_owner.then(|| user.email.as_str()),
            meeting_name: &user.meeting_name,
            profile_image: picture,
            calling: None,
        }
    }

    pub(super) fn with(mut self, calling: Option<Calling>) -> Self {
        self.calling = calling;
        self
    }
}

/// What opens the conference and the API.
#[derive(Serialize)]
pub(super) struct Calling {
    #[serde(rename = "acs_identity")]
    pub(super) identity: Option<Identity>,
    #[serde(rename = "acs_token", serialize_with = "expose_some")]
    pub(super) token: Option<Secret>,
    #[serde(serialize_with = "expose")]
    pub(super) auth_token: Secret,
}

fn expose<S: Serializer>(secret: &Secret, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(secret.expose())
}

fn expose_some<S: Serializer>(secret: &Option<Secret>, to: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(Secret::expose).serialize(to)
}

/// A meeting.
#[derive(Serialize)]
pub(super) struct MeetingWire<'a> {
    title: &'a str,
    notes: &'a str,
    start_time: String,
    end_time: Option<String>,
    meeting_uuid: GroupId,
    meeting_id: &'a str,
    meeting_url: String,
    host: Details<'a>,
}

impl<'a> MeetingWire<'a> {
    pub(super) fn of(meeting: &'a Meeting, host: Details<'a>, prefix: &str) -> Self {
        Self {
            title: &meeting.title,
            notes: &meeting.notes,
            start_time: rfc3339(meeting.start_time),
            end_time: meeting.end_time.map(rfc3339),
            meeting_uuid: meeting.group_id,
            meeting_id: meeting.id.as_str(),
            meeting_url: format!("{prefix}/meeting/meetings/{}/", meeting.id),
            host,
        }
    }
}

/// The time in UTC as RFC 3339, with a fraction of six digits only when there is one.
pub(super) fn rfc3339(time: OffsetDateTime) -> String {
    let time = time.to_offset(UtcOffset::UTC);
    let (hour, minute, second, micros) = time.to_hms_micro();
    let (year, month, day) = (time.year(), u8::from(time.month()), time.day());
    let fraction = match micros {
        0 => String::new(),
        micros => format!(".{micros:06}"),
    };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}+00:00")
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn times_are_utc_and_have_a_fraction_only_when_there_is_one() {
        assert_eq!(
            rfc3339(datetime!(2026-12-01 13:00 +3)),
            "2026-12-01T10:00:00+00:00"
        );
        assert_eq!(
            rfc3339(datetime!(2026-12-01 13:00:00.5 UTC)),
            "2026-12-01T13:00:00.500000+00:00"
        );
    }
}
