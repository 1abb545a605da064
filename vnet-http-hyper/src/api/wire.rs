//! What the API writes, with the field names and their order of the contract. The document of the API
//! (`openapi`) is made of these types.

use serde::{Serialize, Serializer};
use time::{OffsetDateTime, UtcOffset};
use utoipa::ToSchema;
use vnet_core::Secret;
use vnet_core::identity::{AccessToken as Access, Identity};
use vnet_core::meeting::Meeting;
use vnet_core::user::User;

/// Somebody, as others see them.
#[derive(Serialize, ToSchema)]
pub(crate) struct Person<'a> {
    username: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    /// Only in what the person reads about themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    email: Option<&'a str>,
    /// The name shown in meetings.
    meeting_name: &'a str,
    /// Path of the profile picture on this host.
    profile_image: &'a str,
}

impl<'a> Person<'a> {
    pub(super) fn of(user: &'a User, picture: &'a str, is_owner: bool) -> Self {
        Self {
            username: user.username.as_str(),
            first_name: &user.first_name,
            last_name: &user.last_name,
            email: is_owner.then(|| user.email.as_str()),
            meeting_name: &user.meeting_name,
            profile_image: picture,
        }
    }
}

/// The caller's own account.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserDetails<'a> {
    username: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    email: &'a str,
    /// The name shown in meetings.
    meeting_name: &'a str,
    /// Path of the profile picture on this host.
    profile_image: &'a str,
    /// Identity at the conference provider; `null` while there is none. Only when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, required = false)]
    acs_identity: Option<Option<Identity>>,
    /// Access token of that identity; `null` while the provider gives none. Only when asked for.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "expose_asked"
    )]
    #[schema(value_type = Option<String>, required = false)]
    acs_token: Option<Option<Secret>>,
    /// Opens the API as `Authorization: Token …`. Only when asked for.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "expose_some"
    )]
    #[schema(value_type = String, required = false)]
    auth_token: Option<Secret>,
}

impl<'a> UserDetails<'a> {
    pub(super) fn of(user: &'a User, picture: &'a str, calling: Option<Calling>) -> Self {
        let (identity, token, auth_token) = match calling {
            Some(calling) => (
                Some(calling.identity),
                Some(calling.token),
                Some(calling.auth_token),
            ),
            None => (None, None, None),
        };
        Self {
            username: user.username.as_str(),
            first_name: &user.first_name,
            last_name: &user.last_name,
            email: user.email.as_str(),
            meeting_name: &user.meeting_name,
            profile_image: picture,
            acs_identity: identity,
            acs_token: token,
            auth_token,
        }
    }
}

/// What opens the conference and the API.
pub(super) struct Calling {
    pub(super) identity: Option<Identity>,
    pub(super) token: Option<Secret>,
    pub(super) auth_token: Secret,
}

fn expose<S: Serializer>(secret: &Secret, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(secret.expose())
}

fn expose_some<S: Serializer>(secret: &Option<Secret>, to: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(Secret::expose).serialize(to)
}

fn expose_asked<S: Serializer>(secret: &Option<Option<Secret>>, to: S) -> Result<S::Ok, S::Error> {
    let secret = secret.as_ref().and_then(Option::as_ref);
    secret.map(Secret::expose).serialize(to)
}

/// What signing in by JSON takes, told.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignInForm {
    url: &'static str,
    fields: [&'static str; 2],
    returns: [&'static str; 1],
}

const SIGN_IN: &str = "user authentication";

impl SignInForm {
    pub(super) const TOLD: Self = Self {
        url: SIGN_IN,
        fields: ["username", "password"],
        returns: ["user_data"],
    };
}

/// Signed in by JSON.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedIn<'a> {
    url: &'static str,
    /// Always true.
    success: bool,
    details: UserDetails<'a>,
}

impl<'a> SignedIn<'a> {
    pub(super) fn of(details: UserDetails<'a>) -> Self {
        Self {
            url: SIGN_IN,
            success: true,
            details,
        }
    }
}

/// Not signed in by JSON.
#[derive(Serialize, ToSchema)]
pub(crate) struct WrongCredentials {
    url: &'static str,
    /// Always false.
    success: bool,
    error: &'static str,
}

impl WrongCredentials {
    pub(super) const TOLD: Self = Self {
        url: SIGN_IN,
        success: false,
        error: "Wrong Credentials",
    };
}

/// A fresh access token at the conference provider.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccessToken {
    #[serde(serialize_with = "expose")]
    #[schema(value_type = String)]
    token: Secret,
    /// When it stops working.
    #[schema(format = DateTime)]
    expires_on: String,
}

impl AccessToken {
    pub(super) fn of(access: Access) -> Self {
        Self {
            token: access.token,
            expires_on: rfc3339(access.expires_at),
        }
    }
}

/// A meeting.
#[derive(Serialize, ToSchema)]
#[schema(as = Meeting)]
pub(crate) struct MeetingWire<'a> {
    title: &'a str,
    notes: &'a str,
    #[schema(format = DateTime)]
    start_time: String,
    /// `null`: open end.
    #[schema(format = DateTime, required)]
    end_time: Option<String>,
    /// The group at the conference provider.
    #[schema(format = "uuid")]
    meeting_uuid: String,
    /// The code that people type: ten letters and digits.
    meeting_id: &'a str,
    /// Path of this answer on this host.
    meeting_url: String,
    host: Person<'a>,
}

impl<'a> MeetingWire<'a> {
    pub(super) fn of(meeting: &'a Meeting, host: Person<'a>, prefix: &str) -> Self {
        Self {
            title: &meeting.title,
            notes: &meeting.notes,
            start_time: rfc3339(meeting.start_time),
            end_time: meeting.end_time.map(rfc3339),
            meeting_uuid: meeting.group_id.to_string(),
            meeting_id: meeting.id.as_str(),
            meeting_url: format!("{prefix}/meeting/meetings/{}/", meeting.id),
            host,
        }
    }
}

/// A page of the caller's meetings.
#[derive(Serialize, ToSchema)]
pub(crate) struct MeetingList<'a> {
    pub(super) meetings: Vec<MeetingWire<'a>>,
    /// `cursor` of the page after this one; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) next: Option<String>,
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
