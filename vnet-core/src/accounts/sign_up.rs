//! Making an account.

use crate::accounts::{Accounts, SignUpPolicy};
use crate::error::{Error, ErrorKind, FieldError, Result};
use crate::id::{Revision, UserId};
use crate::password::check_new_password;
use crate::secret::Secret;
use crate::user::{Email, MAX_NAME_CHARS, NewUser, User, Username, one_line};

/// What a person fills in to get an account, as typed.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// See [`Username`].
    pub username: String,
    /// See [`Email`].
    pub email: String,
    /// At most 150 characters.
    pub first_name: String,
    /// At most 150 characters.
    pub last_name: String,
    /// The new password; blanks at its ends count.
    pub password: Secret,
    /// The same again.
    pub password_2: Secret,
}

/// A checked [`SignUp`].
struct Checked {
    username: Username,
    email: Email,
    first_name: String,
    last_name: String,
}

impl SignUp {
    fn check(&self) -> (Option<Checked>, Vec<FieldError>) {
        let mut errors = Vec::new();
        let username = keep(self.username.trim().parse(), &mut errors);
        let email = keep(self.email.trim().parse(), &mut errors);
        let first_name = keep(
            one_line("first_name", &self.first_name, MAX_NAME_CHARS),
            &mut errors,
        );
        let last_name = keep(
            one_line("last_name", &self.last_name, MAX_NAME_CHARS),
            &mut errors,
        );
        let personal = [
            ("username", self.username.as_str()),
            ("first name", &self.first_name),
            ("last name", &self.last_name),
            ("email address", &self.email),
        ];
        if let Err(mut broken) = check_new_password("password", self.password.expose(), &personal) {
            errors.append(&mut broken);
        }
        if self.password_2.expose().is_empty() {
            errors.push(FieldError::new("password_2", "This field is required."));
        } else if self.password != self.password_2 {
            errors.push(FieldError::new("password_2", "The passwords do not match"));
        }
        let checked = username.zip(email).zip(first_name.zip(last_name)).map(
            |((username, email), (first_name, last_name))| Checked {
                username,
                email,
                first_name,
                last_name,
            },
        );
        (checked, errors)
    }
}

fn keep<T>(result: Result<T, FieldError>, errors: &mut Vec<FieldError>) -> Option<T> {
    result.map_err(|error| errors.push(error)).ok()
}

pub(super) fn username_taken(username: &str) -> FieldError {
    FieldError::new(
        "username",
        format!("The username '{username}' already exists"),
    )
}

pub(super) fn email_taken(email: &str) -> FieldError {
    FieldError::new("email", format!("The email '{email}' already exists"))
}

impl Accounts {
    /// Makes an account for a stranger. The identity at the provider follows in the background, so
    /// this does not fail when the provider is down.
    ///
    /// # Errors
    /// `PermissionDenied` with code `sign_up_closed`. `InvalidInput` with every wrong field.
    /// `Unavailable`: too many are waiting, or the store.
    pub async fn sign_up(&self, form: &SignUp) -> Result<User> {
        if self.policy == SignUpPolicy::Closed {
            let message = "This server does not take new accounts. Ask its staff for one.";
            return Err(Error::new(
                ErrorKind::PermissionDenied,
                "sign_up_closed",
                message,
            ));
        }
        self.create_any(form, false).await
    }

    /// Makes a staff account, whatever the sign-up policy is.
    ///
    /// # Errors
    /// As [`sign_up`](Self::sign_up).
    pub async fn create_staff(&self, form: &SignUp) -> Result<User> {
        self.create_any(form, true).await
    }

    pub(crate) async fn create_any(&self, form: &SignUp, is_staff: bool) -> Result<User> {
        let (checked, mut errors) = form.check();
        if let Ok(username) = form.username.trim().parse::<Username>()
            && self.store.find_user(&username).await?.is_some()
        {
            errors.insert(0, username_taken(username.as_str()));
        }
        if let Ok(email) = form.email.trim().parse::<Email>()
            && self.store.find_user_by_email(&email).await?.is_some()
        {
            let place = usize::from(
                errors
                    .first()
                    .is_some_and(|error| error.field == "username"),
            );
            errors.insert(place, email_taken(email.as_str()));
        }
        let Some(checked) = checked.filter(|_checked| errors.is_empty()) else {
            return Err(Error::invalid(errors));
        };
        let password_hash = self.hasher.hash(form.password.clone()).await?;
        let user = User {
            id: UserId::generate(),
            meeting_name: checked.username.as_str().chars().take(100).collect(),
            username: checked.username,
            first_name: checked.first_name,
            last_name: checked.last_name,
            email: checked.email,
            avatar: None,
            is_staff,
            is_active: true,
            date_joined: self.clock.now(),
            last_login: None,
            sessions_epoch: 0,
            revision: Revision(0),
        };
        let (username, email) = (user.username.clone(), user.email.clone());
        match self
            .store
            .insert_user(NewUser {
                user,
                password_hash,
            })
            .await
        {
            Ok(user) => {
                tracing::info!(user.id = %user.id, staff = is_staff, "account made");
                Ok(user)
            }
            // Somebody was quicker between the look and the leap.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(match error.field() {
                Some("username") => Error::invalid(vec![username_taken(username.as_str())]),
                Some("email") => Error::invalid(vec![email_taken(email.as_str())]),
                _ => error,
            }),
            Err(error) => Err(error),
        }
    }
}
