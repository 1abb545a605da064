//! Records what is logged, so that a test can assert that no secret gets out.
//!
//! Every span and event is recorded as text with all its fields, whatever its level.
//!
//! ```
//! use vnet_core::testkit::logs::Logs;
//!
//! let logs = Logs::new();
//! tracing::subscriber::with_default(logs.clone(), || {
//!     tracing::info!(user.id = 7, "signed in");
//! });
//! logs.assert_contains("signed in");
//! logs.assert_clean(&["hunter2", "ada@example.org"]);
//! ```

use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// A [`Subscriber`] that keeps all it hears as lines of text. Clones share the lines.
///
/// To record code that spawns tasks, either use a runtime of one thread and
/// [`tracing::subscriber::set_default`], or give the test a file of its own and
/// [`tracing::subscriber::set_global_default`].
#[derive(Clone, Debug, Default)]
pub struct Logs {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    lines: Mutex<Vec<String>>,
    last_span: AtomicU64,
}

impl Logs {
    /// Nothing recorded yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What was recorded so far, one line per span, event, and later field of a span.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let lines = self.inner.lines.lock();
        lines.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asserts that some line contains `text`: that the scenario was recorded at all.
    ///
    /// # Panics
    /// If none does.
    pub fn assert_contains(&self, text: &str) {
        let lines = self.lines();
        assert!(
            lines.iter().any(|line| line.contains(text)),
            "`{text}` was not logged; what was:\n{}",
            lines.join("\n")
        );
    }

    /// Asserts that none of `secrets` stands in any line, in any case of letters.
    ///
    /// # Panics
    /// If one does, or if one is empty.
    pub fn assert_clean(&self, secrets: &[&str]) {
        for line in self.lines() {
            let lower = line.to_lowercase();
            for secret in secrets {
                assert!(!secret.is_empty(), "an empty text is in every line");
                assert!(
                    !lower.contains(&secret.to_lowercase()),
                    "`{secret}` was logged: {line}"
                );
            }
        }
    }

    fn keep(&self, line: String) {
        let lines = self.inner.lines.lock();
        lines.unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

/// Writes ` name=value` for every field.
struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        let _written = write!(self.0, " {}={value}", field.name());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _written = write!(self.0, " {}={value:?}", field.name());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let _written = write!(self.0, " {}={value} ({value:?})", field.name());
        let mut source = value.source();
        while let Some(cause) = source {
            let _written = write!(self.0, ": {cause} ({cause:?})");
            source = cause.source();
        }
    }
}

fn head(what: &str, metadata: &Metadata<'_>) -> String {
    format!(
        "{what} {} {} {}",
        metadata.level(),
        metadata.target(),
        metadata.name()
    )
}

impl Subscriber for Logs {
    fn enabled(&self, _metadata: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = head("span", span.metadata());
        span.record(&mut Fields(&mut line));
        self.keep(line);
        Id::from_u64(self.inner.last_span.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut line = format!("span {}", span.into_u64());
        values.record(&mut Fields(&mut line));
        self.keep(line);
    }

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = head("event", event.metadata());
        event.record(&mut Fields(&mut line));
        self.keep(line);
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_spans_and_later_fields_are_recorded() {
        let logs = Logs::new();
        tracing::subscriber::with_default(logs.clone(), || {
            let span = tracing::trace_span!("asking", first = "one", later = tracing::field::Empty);
            span.record("later", "two");
            span.in_scope(|| {
                let error = crate::Error::internal("outer", std::io::Error::other("inner"));
                let error: &(dyn std::error::Error + 'static) = &error;
                tracing::warn!(error, number = 3, "it broke");
            });
        });
        for text in [
            "first=one",
            "later=two",
            "it broke",
            "number=3",
            "outer",
            "inner",
        ] {
            logs.assert_contains(text);
        }
    }

    #[test]
    #[should_panic(expected = "was logged")]
    fn a_secret_is_found() {
        let logs = Logs::new();
        tracing::subscriber::with_default(logs.clone(), || tracing::debug!("the Hunter2 field"));
        logs.assert_clean(&["hunter2"]);
    }
}
