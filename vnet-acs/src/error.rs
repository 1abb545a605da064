//! What can go wrong with a request, and what it means to the caller.

use std::time::Duration;

use vnet_core::{Error, ErrorKind, FieldError};

use crate::operation::Operation;
use crate::wire::{BadAnswer, ErrorBody};

/// Names one exchange, for the log and for Microsoft's support.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace {
    /// `x-ms-client-request-id`.
    pub(crate) request_id: String,
    /// `MS-CV`.
    pub(crate) ms_cv: Option<String>,
}

/// Why an operation failed. Holds nothing of a request, and of an answer what is fit for a log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AcsError {
    #[error("a token needs at least one scope")]
    NoScopes,
    #[error("a token lives for whole minutes, 60 to 1440")]
    Lifetime,
    #[error("the request cannot be written as JSON")]
    Unwritable,
    #[error("the request cannot be addressed")]
    Unaddressable,
    #[error("the HTTP client cannot be set up")]
    Client(#[source] reqwest::Error),
    #[error("a root certificate is no PEM certificate")]
    Certificate(#[source] reqwest::Error),
    #[error("no credential for ACS")]
    Credential(#[source] Error),
    #[error("ACS cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    #[error("the connection to ACS broke")]
    Broken(#[source] reqwest::Error, Trace),
    #[error("ACS did not answer in time")]
    Timeout,
    #[error("the answer of ACS is larger than {limit} bytes")]
    TooLarge { limit: usize, trace: Trace },
    #[error("ACS answered nonsense")]
    Nonsense(#[source] BadAnswer, Trace),
    #[error("ACS refused")]
    Refused(#[source] Box<Refusal>),
}

/// An answer that is no success.
#[derive(Debug, thiserror::Error)]
#[error(
    "status {status}, code {}, message {:?}, target {}",
    body.code.as_deref().unwrap_or("none"),
    body.message.as_deref().unwrap_or(""),
    body.target.as_deref().unwrap_or("none")
)]
pub(crate) struct Refusal {
    pub(crate) operation: Operation,
    pub(crate) status: u16,
    pub(crate) body: ErrorBody,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) trace: Trace,
}

/// Whether and how an operation may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// It would fail again.
    Never,
    /// It did nothing, so sending it again cannot do it twice.
    Safe,
    /// It may have been done already.
    Ambiguous,
}

impl Refusal {
    /// The identity is unknown, foreign or deleted.
    ///
    /// What the service answers for a deleted identity is not published: its words, a 404 and the
    /// code for foreign ones all count.
    fn is_gone(&self) -> bool {
        let code = self.body.code.as_deref().unwrap_or_default();
        let message = self.body.message.as_deref().unwrap_or_default();
        self.operation.names_identity()
            && (matches!(code, "IdentityNotOwned" | "IdentityNotFound")
                || (self.status < 500 && message.contains("doesn't exist"))
                || self.status == 404)
    }

    fn kind(&self) -> (ErrorKind, &'static str, &'static str) {
        let code = self.body.code.as_deref().unwrap_or_default();
        if self.is_gone() {
            return (
                ErrorKind::NotFound,
                "identity_gone",
                "the identity provider does not know this identity",
            );
        }
        match (self.status, code) {
            (429, _) => (
                ErrorKind::RateLimited,
                "provider_rate_limited",
                "the identity provider asks to wait",
            ),
            (408 | 500.., _) => (
                ErrorKind::Unavailable,
                "provider_unavailable",
                "the identity provider is in trouble",
            ),
            (_, "InvalidAccessToken") => (
                ErrorKind::Unauthenticated,
                "bad_teams_token",
                "the identity provider refuses the Teams user's token",
            ),
            (_, "UnsupportedApiVersion") => (
                ErrorKind::Unsupported,
                "provider_unsupported",
                "the identity provider does not speak this version of its API",
            ),
            (401 | 403, _) | (_, "Denied") => (
                ErrorKind::PermissionDenied,
                "provider_denied",
                "the identity provider refuses this server's key or credential",
            ),
            (400 | 413 | 422, _) | (_, "ValidationError") => (
                ErrorKind::InvalidInput,
                "provider_refused_input",
                "the identity provider refuses the request",
            ),
            _ => (
                ErrorKind::Internal,
                "provider_nonsense",
                "the identity provider gave an unexpected answer",
            ),
        }
    }
}

impl AcsError {
    /// Whether sending the same again may help.
    ///
    /// # Source
    /// The official Python and JavaScript clients: 408, 500, 502, 503, 504 and broken
    /// connections; 429 only when the service says how long to wait.
    pub(crate) fn repeat(&self) -> Repeat {
        match self {
            Self::Unreachable(_) => Repeat::Safe,
            Self::Broken(..) | Self::Timeout => Repeat::Ambiguous,
            Self::Refused(refusal) => match refusal.status {
                429 if refusal.retry_after.is_some() => Repeat::Safe,
                408 | 500 | 502 | 503 | 504 => Repeat::Ambiguous,
                _ => Repeat::Never,
            },
            _ => Repeat::Never,
        }
    }

    /// How long the service asks to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(refusal) => refusal.retry_after,
            _ => None,
        }
    }

    /// The identity is unknown, foreign or deleted.
    pub(crate) fn is_gone(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.is_gone())
    }

    /// The service does not take this server's credential.
    pub(crate) fn is_denied(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.kind().0 == ErrorKind::PermissionDenied)
    }

    fn trace(&self) -> Option<&Trace> {
        match self {
            Self::Broken(_, trace) | Self::TooLarge { trace, .. } | Self::Nonsense(_, trace) => {
                Some(trace)
            }
            Self::Refused(refusal) => Some(&refusal.trace),
            _ => None,
        }
    }

    fn kind(&self) -> (ErrorKind, &'static str, &'static str) {
        match self {
            Self::NoScopes => (
                ErrorKind::InvalidInput,
                "no_scopes",
                "a token needs at least one scope",
            ),
            Self::Lifetime => (
                ErrorKind::InvalidInput,
                "bad_lifetime",
                "a token lives for whole minutes, 60 to 1440",
            ),
            Self::Certificate(_) => (
                ErrorKind::InvalidInput,
                "bad_acs_settings",
                "a root certificate is no PEM certificate",
            ),
            Self::Unaddressable => (
                ErrorKind::InvalidInput,
                "bad_identity",
                "the identity cannot be put into an address",
            ),
            Self::Credential(error) => (
                error.kind(),
                error.code(),
                "there is no credential for the identity provider",
            ),
            Self::Unreachable(_) | Self::Broken(..) | Self::Timeout => (
                ErrorKind::Unavailable,
                "provider_unavailable",
                "the identity provider is out of reach",
            ),
            Self::TooLarge { .. } | Self::Nonsense(..) => (
                ErrorKind::Internal,
                "provider_nonsense",
                "the identity provider gave an unexpected answer",
            ),
            Self::Unwritable | Self::Client(_) => (
                ErrorKind::Internal,
                "internal",
                "the client of the identity provider failed",
            ),
            Self::Refused(refusal) => refusal.kind(),
        }
    }
}

impl From<AcsError> for Error {
    fn from(error: AcsError) -> Self {
        let (kind, code, message) = error.kind();
        let mut public = Self::new(kind, code, message);
        match &error {
            AcsError::NoScopes => {
                public = public.with_fields(vec![FieldError::new("scopes", message)]);
            }
            AcsError::Lifetime => {
                public = public.with_fields(vec![FieldError::new("lifetime", message)]);
            }
            AcsError::Credential(inner) => {
                if let Some(wait) = inner.retry_after() {
                    public = public.with_retry_after(wait);
                }
            }
            _ => {}
        }
        if let Some(wait) = error.retry_after() {
            public = public.with_retry_after(wait);
        }
        if let Some(trace) = error.trace() {
            public = public.with_context("acs.request_id", &trace.request_id);
            if let Some(ms_cv) = &trace.ms_cv {
                public = public.with_context("acs.ms_cv", ms_cv);
            }
        }
        public.with_source(error)
    }
}

#[cfg(test)]
#[path = "error/tests.rs"]
mod tests;
