//! Passwords: the rules for new ones, and their hashes.

use std::fmt;
use std::sync::Arc;
use std::thread::available_parallelism;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

use crate::error::{Error, ErrorKind, FieldError, Result};
use crate::secret::Secret;

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

/// Hashes and checks passwords on a bounded number of threads of the blocking pool.
///
/// One core is left to everything else, so that many sign-ins at once do not stop the pages.
#[derive(Clone, Debug)]
pub struct Hasher {
    inner: Arc<Inner>,
}

struct Inner {
    argon2: Argon2<'static>,
    running: Semaphore,
    places: Semaphore,
    decoy: tokio::sync::OnceCell<PasswordHash>,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").finish_non_exhaustive()
    }
}

impl Hasher {
    /// A hasher with OWASP's parameters (argon2id, 19 MiB, 2 passes, 1 lane); `waiting` checks may
    /// queue before further ones are refused.
    ///
    /// # Source
    /// OWASP Password Storage Cheat Sheet; RFC 9106.
    #[must_use]
    pub fn new(waiting: usize) -> Self {
        Self::with_params(
            Params::new(19 * 1024, 2, 1, None).unwrap_or_default(),
            waiting,
        )
    }

    /// A hasher so weak that tests are quick. Never for real accounts.
    #[cfg(any(test, feature = "testkit"))]
    #[must_use]
    pub fn weak_for_tests() -> Self {
        Self::with_params(Params::new(8, 1, 1, None).unwrap_or_default(), 128)
    }

    fn with_params(params: Params, waiting: usize) -> Self {
        let cores = available_parallelism().map_or(1, std::num::NonZero::get);
        let threads = cores.saturating_sub(1).max(1);
        Self {
            inner: Arc::new(Inner {
                argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
                running: Semaphore::new(threads),
                places: Semaphore::new(threads + waiting),
                decoy: tokio::sync::OnceCell::new(),
            }),
        }
    }

    /// Hashes a new password with a random salt.
    ///
    /// # Errors
    /// `Unavailable`: too many are waiting. `Internal`: hashing failed.
    pub async fn hash(&self, password: Secret) -> Result<PasswordHash> {
        self.run(move |argon2| {
            argon2
                .hash_password(password.expose().as_bytes())
                .map(|hash| PasswordHash(hash.to_string()))
                .map_err(|source| Error::internal("cannot hash the password", source))
        })
        .await
    }

    /// Whether `password` is the one that was hashed. Without a `hash` (nobody of that name) it
    /// takes the same time and is never right.
    ///
    /// # Errors
    /// `Unavailable`: too many are waiting. `Internal`: hashing failed.
    pub async fn verify(&self, password: Secret, hash: Option<PasswordHash>) -> Result<bool> {
        let known = hash.is_some();
        let hash = match hash {
            Some(hash) => hash,
            None => self.decoy().await?,
        };
        let matches = self
            .run(move |argon2| {
                let phc = Phc::new(&hash.0).map_err(|source| {
                    Error::internal("a stored password hash is damaged", source)
                })?;
                Ok(argon2
                    .verify_password(password.expose().as_bytes(), &phc)
                    .is_ok())
            })
            .await?;
        Ok(matches && known)
    }

    /// Makes what [`verify`](Self::verify) compares unknown users with, before the first one comes.
    ///
    /// # Errors
    /// As [`hash`](Self::hash).
    pub async fn warm_up(&self) -> Result<()> {
        self.decoy().await.map(drop)
    }

    async fn decoy(&self) -> Result<PasswordHash> {
        let make = || self.hash(Secret::new("a password of nobody"));
        self.inner.decoy.get_or_try_init(make).await.cloned()
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Argon2<'static>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let Ok(_place) = self.inner.places.try_acquire() else {
            let message = "too many password checks are waiting";
            return Err(Error::new(ErrorKind::Unavailable, "busy", message)
                .with_retry_after(std::time::Duration::from_secs(2)));
        };
        let _running = self
            .inner
            .running
            .acquire()
            .await
            .expect("the semaphore is never closed");
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || work(&inner.argon2))
            .await
            .map_err(|source| Error::internal("the hashing thread ended early", source))?
    }
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

    #[tokio::test]
    async fn a_hash_is_checked_and_unlike_another_of_the_same_password() {
        let hasher = Hasher::weak_for_tests();
        let one = hasher.hash("s3cret!".into()).await.unwrap();
        let two = hasher.hash("s3cret!".into()).await.unwrap();
        assert_ne!(one, two);
        assert!(one.as_phc().starts_with("$argon2id$v=19$"));
        assert!(
            hasher
                .verify("s3cret!".into(), Some(one.clone()))
                .await
                .unwrap()
        );
        assert!(!hasher.verify("S3cret!".into(), Some(one)).await.unwrap());
        assert!(
            !hasher
                .verify("a password of nobody".into(), None)
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn the_queue_is_bounded() {
        let hasher = Hasher::with_params(Params::new(8, 1, 1, None).unwrap(), 0);
        let everything = hasher.inner.places.available_permits();
        let _taken = hasher
            .inner
            .places
            .acquire_many(u32::try_from(everything).unwrap())
            .await;
        let error = hasher.hash("x".into()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.code()),
            (ErrorKind::Unavailable, "busy")
        );
    }
}
