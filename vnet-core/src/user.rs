//! Accounts: who somebody is.

use std::fmt;
use std::str::FromStr;

use email_address::EmailAddress;
use serde::Serialize;
use time::OffsetDateTime;

use crate::error::FieldError;
use crate::id::{AvatarId, Revision, UserId};
use crate::password::PasswordHash;

/// The longest username, first name, last name: characters.
pub const MAX_NAME_CHARS: usize = 150;
/// The shortest username: characters.
pub const MIN_USERNAME_CHARS: usize = 3;
/// The longest e-mail address: characters (RFC 5321 section 4.5.3.1.3).
pub const MAX_EMAIL_CHARS: usize = 254;
/// The longest display name in meetings: characters.
pub const MAX_MEETING_NAME_CHARS: usize = 100;

/// The name a person signs in with: 3 to 150 ASCII letters, digits and `_`.
///
/// The spelling is kept; two names that differ only in case are the same name ([`Self::key`]).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Username(String);

impl Username {
    /// The name as it was typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What uniqueness is decided by: the name in lower case.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl FromStr for Username {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let fail = |message: String| Err(FieldError::new("username", message));
        let chars = text.chars().count();
        if text.is_empty() {
            return fail("This field is required.".into());
        }
        if !text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            let message = if text
                .chars()
                .all(|c| c.is_alphanumeric() || "@.+-_".contains(c))
            {
                "No special characters on username (like: @, .), except _"
            } else {
                "Enter a valid username. This value may contain only letters, numbers, and _ character."
            };
            return fail(message.into());
        }
        if chars < MIN_USERNAME_CHARS {
            return fail(format!(
                "Ensure this value has at least {MIN_USERNAME_CHARS} characters (it has {chars})."
            ));
        }
        if chars > MAX_NAME_CHARS {
            return fail(too_long(MAX_NAME_CHARS, chars));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A mailbox (RFC 5321), at most 254 characters; compared without regard to case.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// The address as it was typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What uniqueness is decided by: the address in lower case.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for Email {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let chars = text.chars().count();
        if text.is_empty() {
            return Err(FieldError::new("email", "This field is required."));
        }
        if chars > MAX_EMAIL_CHARS {
            return Err(FieldError::new("email", too_long(MAX_EMAIL_CHARS, chars)));
        }
        let options = email_address::Options::default()
            .with_required_tld()
            .without_display_text()
            .without_domain_literal();
        EmailAddress::parse_with_options(text, options)
            .map(|address| Self(address.as_str().to_owned()))
            .map_err(|_reason| FieldError::new("email", "Enter a valid email address."))
    }
}

/// An address is personal: it does not belong into logs.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[e-mail]")
    }
}

/// Checks a free text of one line: trimmed, not empty, no control characters, at most `max` characters.
///
/// # Errors
/// A [`FieldError`] for `field` that names the rule.
pub fn one_line(field: &'static str, text: &str, max: usize) -> Result<String, FieldError> {
    let text = text.trim();
    let chars = text.chars().count();
    if text.is_empty() {
        return Err(FieldError::new(field, "This field is required."));
    }
    if chars > max {
        return Err(FieldError::new(field, too_long(max, chars)));
    }
    if text.contains('\0') {
        return Err(FieldError::new(field, "Null characters are not allowed."));
    }
    if text.chars().any(char::is_control) {
        return Err(FieldError::new(
            field,
            "Control characters are not allowed.",
        ));
    }
    Ok(text.to_owned())
}

fn too_long(max: usize, chars: usize) -> String {
    format!("Ensure this value has at most {max} characters (it has {chars}).")
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// What its owner signs in with; unique without regard to case.
    pub username: Username,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Mailbox; unique without regard to case.
    pub email: Email,
    /// The name shown in meetings; the username at first.
    pub meeting_name: String,
    /// The stored profile picture.
    pub avatar: Option<AvatarId>,
    /// May open the staff pages.
    pub is_staff: bool,
    /// May sign in; an inactive account keeps its data and nothing else.
    pub is_active: bool,
    /// When the account was made.
    pub date_joined: OffsetDateTime,
    /// When its owner last signed in.
    pub last_login: Option<OffsetDateTime>,
    /// Raised to end every session and bearer token at once.
    pub sessions_epoch: u64,
    /// How often it was changed.
    pub revision: Revision,
}

impl User {
    /// First and last name.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The account; `revision` is ignored and starts at 0.
    pub user: User,
    /// The hash of its password.
    pub password_hash: PasswordHash,
}

/// An account with the hash its password is checked against.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The account.
    pub user: User,
    /// The hash of its password.
    pub password_hash: PasswordHash,
}

/// A profile picture, already checked and re-encoded.
#[derive(Clone, PartialEq, Eq)]
pub struct Avatar {
    /// Its id, new for each picture.
    pub id: AvatarId,
    /// The MIME type of `bytes`.
    pub mime: String,
    /// The encoded picture.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Avatar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Avatar({}, {}, {} bytes)",
            self.id,
            self.mime,
            self.bytes.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        text.parse::<Username>()
            .map_or_else(|e| e.message.into_owned(), |name| name.to_string())
    }

    #[test]
    fn usernames_are_letters_digits_and_underscore() {
        assert_eq!(message("Ada_42"), "Ada_42");
        assert_eq!(message(""), "This field is required.");
        assert_eq!(
            message("a@b"),
            "No special characters on username (like: @, .), except _"
        );
        assert_eq!(
            message("Grüße"),
            "No special characters on username (like: @, .), except _"
        );
        assert!(message("a b").starts_with("Enter a valid username."));
        assert!(message("ab").starts_with("Ensure this value has at least 3"));
        assert_eq!(
            message(&"a".repeat(151)),
            "Ensure this value has at most 150 characters (it has 151)."
        );
    }

    #[test]
    fn keys_ignore_case() {
        let (a, b) = ("Ada".parse::<Username>(), "aDA".parse::<Username>());
        assert_eq!(a.map(|n| n.key()), b.map(|n| n.key()));
        let (a, b) = (
            "A@Example.org".parse::<Email>(),
            "a@example.ORG".parse::<Email>(),
        );
        assert_eq!(a.map(|n| n.key()), b.map(|n| n.key()));
    }

    #[test]
    fn emails_need_a_domain_with_a_dot_and_no_name() {
        for good in [
            "a@example.org",
            "a.b+c@mail.example.co.uk",
            "ünï@exämple.org",
        ] {
            assert!(good.parse::<Email>().is_ok(), "{good}");
        }
        for bad in [
            "a",
            "a@",
            "@b.c",
            "a@b",
            "A <a@example.org>",
            "a@[127.0.0.1]",
            "a b@example.org",
        ] {
            assert!(bad.parse::<Email>().is_err(), "{bad}");
        }
        assert!(
            format!("{}@example.org", "a".repeat(300))
                .parse::<Email>()
                .is_err()
        );
    }

    #[test]
    fn one_line_trims_and_refuses_control_characters() {
        assert_eq!(one_line("first_name", "  Ada ", 150).as_deref(), Ok("Ada"));
        assert!(one_line("first_name", " \t ", 150).is_err());
        assert!(one_line("first_name", "a\0b", 150).is_err());
        assert!(one_line("first_name", "a\nb", 150).is_err());
        assert!(one_line("first_name", &"é".repeat(151), 150).is_err());
        assert!(one_line("first_name", &"é".repeat(150), 150).is_ok());
    }
}
