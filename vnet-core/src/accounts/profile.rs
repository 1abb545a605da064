//! What owners change about their accounts.

use crate::accounts::Accounts;
use crate::accounts::sign_up::{email_taken, username_taken};
use crate::error::{Error, ErrorKind, FieldError, Result};
use crate::id::{AvatarId, SessionId, UserId};
use crate::password::check_new_password;
use crate::secret::Secret;
use crate::user::{Avatar, MAX_MEETING_NAME_CHARS, MAX_NAME_CHARS, User, one_line};

/// New values for an account, as typed.
#[derive(Clone, Debug)]
pub struct ProfileChange {
    /// See [`crate::user::Username`].
    pub username: String,
    /// See [`crate::user::Email`].
    pub email: String,
    /// At most 150 characters.
    pub first_name: String,
    /// At most 150 characters.
    pub last_name: String,
    /// The name shown in meetings: at most 100 characters.
    pub meeting_name: String,
}

impl ProfileChange {
    /// What `user` would be with these values.
    ///
    /// # Errors
    /// `InvalidInput` with every wrong field.
    pub fn apply(&self, user: &User) -> Result<User> {
        let mut errors = Vec::new();
        let mut changed = user.clone();
        match self.username.trim().parse() {
            Ok(username) => changed.username = username,
            Err(error) => errors.push(error),
        }
        match self.email.trim().parse() {
            Ok(email) => changed.email = email,
            Err(error) => errors.push(error),
        }
        let lines = [
            (
                "first_name",
                &self.first_name,
                MAX_NAME_CHARS,
                &mut changed.first_name,
            ),
            (
                "last_name",
                &self.last_name,
                MAX_NAME_CHARS,
                &mut changed.last_name,
            ),
            (
                "meeting_name",
                &self.meeting_name,
                MAX_MEETING_NAME_CHARS,
                &mut changed.meeting_name,
            ),
        ];
        for (field, typed, max, place) in lines {
            match one_line(field, typed, max) {
                Ok(text) => *place = text,
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() {
            Ok(changed)
        } else {
            Err(Error::invalid(errors))
        }
    }
}

/// A new password, as typed.
#[derive(Clone, Debug)]
pub struct PasswordChange {
    /// The password so far.
    pub current: Secret,
    /// The new one.
    pub password: Secret,
    /// The same again.
    pub password_2: Secret,
}

impl Accounts {
    /// Changes names, e-mail and display name of `user`, who must be as it was read.
    ///
    /// # Errors
    /// `InvalidInput` with every wrong or taken field. `Conflict`: changed meanwhile.
    pub async fn update_profile(&self, user: &User, change: &ProfileChange) -> Result<User> {
        let changed = change.apply(user)?;
        self.store
            .update_user(&changed)
            .await
            .map_err(|error| match error.field() {
                Some("username") if error.kind() == ErrorKind::AlreadyExists => {
                    Error::invalid(vec![username_taken(changed.username.as_str())])
                }
                Some("email") if error.kind() == ErrorKind::AlreadyExists => {
                    Error::invalid(vec![email_taken(changed.email.as_str())])
                }
                _ => error,
            })
    }

    /// Changes the password, and ends every other session and all tokens.
    ///
    /// # Errors
    /// `InvalidInput` with every wrong field. `Unavailable`: too many are waiting, or the store.
    pub async fn change_password(
        &self,
        user: &User,
        change: &PasswordChange,
        keep: Option<SessionId>,
    ) -> Result<()> {
        let username = user.username.as_str();
        let right = self.check_password(username, change.current.clone()).await;
        let mut errors = Vec::new();
        match right {
            Ok(_user) => {}
            Err(error) if error.kind() == ErrorKind::Unauthenticated => {
                errors.push(FieldError::new(
                    "current",
                    "This is not your current password.",
                ));
            }
            Err(error) => return Err(error),
        }
        errors.extend(new_password_errors(
            user,
            &change.password,
            &change.password_2,
        ));
        if !errors.is_empty() {
            return Err(Error::invalid(errors));
        }
        self.write_password(user, change.password.clone(), keep)
            .await
    }

    /// Sets a password without asking for the former one: for staff.
    ///
    /// # Errors
    /// `InvalidInput` with every wrong field. `NotFound`: gone. `Unavailable`: the store.
    pub async fn reset_password(&self, id: &UserId, password: Secret) -> Result<()> {
        let user = self.get(id).await?;
        let errors = new_password_errors(&user, &password, &password);
        if !errors.is_empty() {
            return Err(Error::invalid(errors));
        }
        self.write_password(&user, password, None).await
    }

    async fn write_password(
        &self,
        user: &User,
        password: Secret,
        keep: Option<SessionId>,
    ) -> Result<()> {
        let hash = self.hasher.hash(password).await?;
        if !self.store.set_password(&user.id, &hash).await? {
            return Err(Error::not_found("user"));
        }
        let ended = self.store.remove_sessions(&user.id, keep).await?;
        self.live.end(ended);
        self.identities.revoke_soon(user.id);
        tracing::info!(user.id = %user.id, "password changed");
        Ok(())
    }

    /// Sets or removes the profile picture, already checked and re-encoded.
    ///
    /// # Errors
    /// `NotFound`: the account is gone. `Unavailable`: the store.
    pub async fn set_avatar(&self, user: &UserId, avatar: Option<Avatar>) -> Result<()> {
        match self.store.set_avatar(user, avatar).await? {
            true => Ok(()),
            false => Err(Error::not_found("user")),
        }
    }

    /// A profile picture.
    ///
    /// # Errors
    /// `Unavailable`: the store.
    pub async fn avatar(&self, id: &AvatarId) -> Result<Option<Avatar>> {
        self.store.get_avatar(id).await
    }
}

fn new_password_errors(user: &User, password: &Secret, again: &Secret) -> Vec<FieldError> {
    let personal = [
        ("username", user.username.as_str()),
        ("first name", &user.first_name),
        ("last name", &user.last_name),
        ("email address", user.email.as_str()),
    ];
    let mut errors = check_new_password("password", password.expose(), &personal)
        .err()
        .unwrap_or_default();
    if password != again {
        errors.push(FieldError::new("password_2", "The passwords do not match"));
    }
    errors
}
