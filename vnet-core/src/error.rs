//! The one error of every fallible call, and its kinds.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// The result of every fallible call of VNET.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a caller can do about an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request is wrong; change it. See [`Error::fields`].
    #[error("invalid input")]
    InvalidInput,
    /// Nobody is signed in, or the proof of it is wrong or has expired.
    #[error("not authenticated")]
    Unauthenticated,
    /// Who is signed in may not do this.
    #[error("permission denied")]
    PermissionDenied,
    /// It is not there.
    #[error("not found")]
    NotFound,
    /// A unique value is taken; [`Error::field`] says which.
    #[error("already exists")]
    AlreadyExists,
    /// The state is another one than the caller believed; read again and retry.
    #[error("conflict")]
    Conflict,
    /// Too often; wait [`Error::retry_after`], then the same call may succeed.
    #[error("rate limited")]
    RateLimited,
    /// Out of reach for now; the same call may succeed later.
    #[error("unavailable")]
    Unavailable,
    /// The adapter cannot do this at all.
    #[error("unsupported")]
    Unsupported,
    /// A bug or a broken installation; details are for the log, not for the client.
    #[error("internal error")]
    Internal,
}

impl ErrorKind {
    /// Whether the same call may succeed later without any change.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::RateLimited | Self::Unavailable)
    }
}

/// One message about one field of a form or a JSON body.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// The name of the field on the wire.
    pub field: &'static str,
    /// A sentence for the person who filled it in.
    pub message: Cow<'static, str>,
}

impl FieldError {
    /// A message about `field`.
    pub fn new(field: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            field,
            message: message.into(),
        }
    }
}

/// What went wrong: a kind to act upon, a stable code, a sentence, and the cause.
///
/// [`fmt::Display`] is one line without the source; reporters print the chain. An error never
/// carries a secret or an e-mail address.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    code: &'static str,
    message: Cow<'static, str>,
    fields: Vec<FieldError>,
    context: Vec<(&'static str, String)>,
    retry_after: Option<Duration>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of `kind` with a machine-readable `code` (`snake_case`, stable) and a sentence.
    pub fn new(kind: ErrorKind, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            code,
            message: message.into(),
            fields: Vec::new(),
            context: Vec::new(),
            retry_after: None,
            source: None,
        }))
    }

    /// [`ErrorKind::NotFound`]: `what` is not there.
    #[must_use]
    pub fn not_found(what: &'static str) -> Self {
        Self::new(
            ErrorKind::NotFound,
            "not_found",
            format!("{what} not found"),
        )
    }

    /// [`ErrorKind::AlreadyExists`]: the value of `field` is taken.
    #[must_use]
    pub fn already_exists(field: &'static str) -> Self {
        Self::new(
            ErrorKind::AlreadyExists,
            "already_exists",
            format!("{field} is taken"),
        )
        .with_fields(vec![FieldError::new(field, "already taken")])
    }

    /// [`ErrorKind::Conflict`]: it was changed by somebody else meanwhile.
    #[must_use]
    pub fn stale(what: &'static str) -> Self {
        Self::new(
            ErrorKind::Conflict,
            "stale",
            format!("{what} was changed meanwhile"),
        )
    }

    /// [`ErrorKind::InvalidInput`] with one message per wrong field.
    #[must_use]
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        Self::new(
            ErrorKind::InvalidInput,
            "invalid",
            "some fields are not valid",
        )
        .with_fields(fields)
    }

    /// [`ErrorKind::Internal`] caused by `source`.
    pub fn internal(
        message: impl Into<Cow<'static, str>>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self::new(ErrorKind::Internal, "internal", message).with_source(source)
    }

    /// Adds the messages about single fields.
    #[must_use]
    pub fn with_fields(mut self, fields: Vec<FieldError>) -> Self {
        self.0.fields = fields;
        self
    }

    /// Adds a fact for the log, such as `("room.id", "123456")`. Never a secret.
    #[must_use]
    pub fn with_context(mut self, key: &'static str, value: impl fmt::Display) -> Self {
        self.0.context.push((key, value.to_string()));
        self
    }

    /// Adds how long to wait before the same call may succeed.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// What the caller can do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The stable machine-readable id.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The sentence, without context and source.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The messages about single fields, in the order of the form.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// The first field that is named, if any: for [`ErrorKind::AlreadyExists`] the taken one.
    #[must_use]
    pub fn field(&self) -> Option<&'static str> {
        self.0.fields.first().map(|error| error.field)
    }

    /// How long to wait before the same call may succeed, where that is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Facts for the log.
    #[must_use]
    pub fn context(&self) -> &[(&'static str, String)] {
        &self.0.context
    }

    /// Whether the same call may succeed later without any change.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.0.kind.is_transient()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        for (key, value) in &self.0.context {
            write!(f, ", {key} {value}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("code", &self.0.code)
            .field("message", &self.0.message)
            .field("fields", &self.0.fields)
            .field("context", &self.0.context)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_is_one_line_with_context_and_without_source() {
        let error = Error::internal("cannot read the user", std::io::Error::other("disk gone"))
            .with_context("user.id", 7);
        assert_eq!(error.to_string(), "cannot read the user, user.id 7");
        assert_eq!(
            StdError::source(&error).map(ToString::to_string).as_deref(),
            Some("disk gone")
        );
    }

    #[test]
    fn result_stays_one_word() {
        assert_eq!(size_of::<Result<()>>(), size_of::<usize>());
    }
}
