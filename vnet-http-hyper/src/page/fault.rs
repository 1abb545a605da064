//! The page that tells a person what went wrong.

use std::time::Duration;

use http::StatusCode;
use serde::Serialize;

use crate::context::Ctx;
use crate::error::HttpError;
use crate::page::visit::Visit;
use crate::reply::{self, Response};

#[derive(Serialize)]
struct Fault<'a> {
    status: u16,
    title: &'static str,
    message: &'a str,
    /// How long to wait, in words.
    wait: Option<String>,
    /// For faults of the server: what to name in a report.
    request_id: Option<String>,
}

/// A page for `error`; a plain one should the template fail, too.
pub(crate) fn page(ctx: &Ctx, error: &HttpError) -> Response {
    let visit = Visit::with_what_is_known(ctx);
    let status = error.status();
    let (title, standard) = words(status);
    let view = Fault {
        status: status.as_u16(),
        title,
        message: standard.unwrap_or_else(|| error.detail()),
        wait: error.retry_after().map(in_words),
        request_id: status.is_server_error().then(|| visit.request_id()),
    };
    visit
        .page(status, "error.html", "error", &view)
        .unwrap_or_else(|broken| {
            tracing::error!(error = ?broken, "the page for errors cannot be filled");
            reply::no_store(reply::with_type(status, reply::TEXT, title))
        })
}

/// A heading, and a sentence where the one of the error is not meant for people.
fn words(status: StatusCode) -> (&'static str, Option<&'static str>) {
    match status {
        StatusCode::BAD_REQUEST => ("This request cannot be read", None),
        StatusCode::UNAUTHORIZED => (
            "Please sign in",
            Some("This page is for people who are signed in."),
        ),
        StatusCode::FORBIDDEN => ("This is not allowed", None),
        StatusCode::NOT_FOUND => (
            "Page not found",
            Some(
                "There is nothing at this address. It may have been deleted, or a letter is missing.",
            ),
        ),
        StatusCode::METHOD_NOT_ALLOWED => (
            "This cannot be done here",
            Some("The address is right, but it does not take this kind of request."),
        ),
        StatusCode::REQUEST_TIMEOUT => ("That took too long", None),
        StatusCode::CONFLICT => ("Somebody else was quicker", None),
        StatusCode::PAYLOAD_TOO_LARGE => (
            "That is too large",
            Some(
                "What you sent is larger than this server takes. Choose a smaller file or a shorter text.",
            ),
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "This kind of content is not taken",
            Some("The form was sent in a way that this page cannot read."),
        ),
        StatusCode::TOO_MANY_REQUESTS => (
            "Too many requests",
            Some("This was tried too often in a short time."),
        ),
        StatusCode::SERVICE_UNAVAILABLE => (
            "Not available just now",
            Some("The server cannot do this at the moment. Nothing is lost."),
        ),
        StatusCode::INTERNAL_SERVER_ERROR => (
            "Something went wrong",
            Some("The fault is on our side. It was written down; please try again."),
        ),
        _ => ("This did not work", None),
    }
}

fn in_words(wait: Duration) -> String {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    match seconds {
        0 | 1 => "a second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_told_in_whole_words() {
        for (millis, words) in [
            (0, "a second"),
            (900, "a second"),
            (1_001, "2 seconds"),
            (90_000, "90 seconds"),
            (91_000, "2 minutes"),
            (3_600_000, "60 minutes"),
        ] {
            assert_eq!(in_words(Duration::from_millis(millis)), words);
        }
    }
}
