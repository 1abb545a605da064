//! Passwords: the rules for new ones, and their hashes.

mod argon;
mod crew;
mod hasher;
mod priority;

use std::fmt;

use argon2::password_hash::phc::PasswordHash as Phc;

use crate::error::{Error, ErrorKind, FieldError, Result};

pub use hasher::Hasher;

/// The shortest password: characters.
pub const MIN_PASSWORD_CHARS: usize = 8;
/// The longest password: bytes. Longer ones only make the server work.
pub const MAX_PASSWORD_BYTES: usize = 1024;

/// The argon2id hash of a password, in PHC text form.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Reads the PHC text form, as a store kept it.
    ///
    /// # Errors
    /// `InvalidInput` if it is no PHC text.
    pub fn from_phc(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        Phc::new(&text).map_err(|_detail| {
            Error::new(
                ErrorKind::InvalidInput,
                "bad_hash",
                "not a password hash in PHC form",
            )
        })?;
        Ok(Self(text))
    }

    /// The PHC text form.
    #[must_use]
    pub fn as_phc(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

/// Checks a new password against the rules; `personal` are pairs of a name (as in "too similar to
/// the username") and a value that the password must not resemble.
///
/// # Errors
/// One [`FieldError`] for `field` per broken rule.
pub fn check_new_password(
    field: &'static str,
    password: &str,
    personal: &[(&'static str, &str)],
) -> std::result::Result<(), Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut fail = |message: String| errors.push(FieldError::new(field, message));
    if password.is_empty() {
        fail("This field is required.".into());
    } else if password.len() > MAX_PASSWORD_BYTES {
        fail(format!(
            "This password is too long. It must contain at most {MAX_PASSWORD_BYTES} bytes."
        ));
    } else {
        for (name, value) in personal {
            if resembles(password, value) {
                fail(format!("The password is too similar to the {name}."));
            }
        }
        if password.chars().count() < MIN_PASSWORD_CHARS {
            fail(format!(
                "This password is too short. It must contain at least {MIN_PASSWORD_CHARS} characters."
            ));
        } else if is_common(password) {
            fail("This password is too common.".into());
        }
        if password.chars().all(char::is_numeric) {
            fail("This password is entirely numeric.".into());
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

/// Whether somebody who knows the lists of leaked passwords finds it in 20,000 tries.
fn is_common(password: &str) -> bool {
    zxcvbn::zxcvbn(password, &[]).guesses() <= 20_000
}

/// Whether the password is made of the value, or of a word in it: seven tenths of the shorter
/// distance, or one within the other.
fn resembles(password: &str, value: &str) -> bool {
    let password = password.to_lowercase();
    let value = value.to_lowercase();
    value
        .split(|c: char| !c.is_alphanumeric())
        .chain([value.as_str()])
        .filter(|part| part.chars().count() >= 3)
        .any(|part| {
            let long_enough = part.chars().count() * 2 >= password.chars().count();
            (password.contains(part) && long_enough)
                || strsim::normalized_levenshtein(&password, part) >= 0.7
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(password: &str) -> Vec<String> {
        let personal = [
            ("username", "ada_byron"),
            ("first name", "Augusta"),
            ("last name", "Lovelace"),
            ("email address", "countess@example.org"),
        ];
        check_new_password("password", password, &personal)
            .err()
            .into_iter()
            .flatten()
            .map(|error| error.message.into_owned())
            .collect()
    }

    #[test]
    fn good_passwords_pass() {
        for good in [
            "korrekt pferd batterie",
            " blanks at both ends ",
            "xK9#mq2L",
            "пароль и соль",
        ] {
            assert_eq!(messages(good), Vec::<String>::new(), "{good}");
        }
    }

    #[test]
    fn each_rule_is_named() {
        assert_eq!(messages(""), ["This field is required."]);
        assert!(messages("xK9#mq")[0].starts_with("This password is too short."));
        for common in ["password", "qwertyuiop", "iloveyou1", "aaaaaaaaaa"] {
            assert!(
                messages(common).contains(&"This password is too common.".to_owned()),
                "{common}"
            );
        }
        assert!(messages("8347120956").contains(&"This password is entirely numeric.".to_owned()));
        assert_eq!(
            messages("adabyron7"),
            ["The password is too similar to the username."]
        );
        assert_eq!(
            messages("lovelace_x"),
            ["The password is too similar to the last name."]
        );
        assert_eq!(
            messages("Augusta!9"),
            ["The password is too similar to the first name."]
        );
        assert_eq!(
            messages("countess77"),
            ["The password is too similar to the email address."]
        );
        assert!(messages(&"x".repeat(2000))[0].starts_with("This password is too long."));
    }
}
