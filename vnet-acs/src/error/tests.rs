use super::*;

fn refusal(operation: Operation, status: u16, code: &str, message: &str) -> AcsError {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    AcsError::Refused(Box::new(Refusal {
        operation,
        status,
        body: ErrorBody {
            code: some(code),
            message: some(message),
            target: None,
        },
        retry_after: None,
        trace: Trace::default(),
    }))
}

/// The table of the API's errors, row by row.
#[test]
fn errors_are_told_apart_by_their_code() {
    use ErrorKind::{
        Internal, InvalidInput, NotFound, PermissionDenied, RateLimited, Unauthenticated,
        Unavailable, Unsupported,
    };
    use Operation::{CreateIdentity, DeleteIdentity, ExchangeTeamsToken, IssueToken, RevokeTokens};
    let table = [
        (IssueToken, 400, "ValidationError", "", InvalidInput),
        (CreateIdentity, 400, "ValidationError", "", InvalidInput),
        (IssueToken, 401, "Denied", "", PermissionDenied),
        (IssueToken, 401, "IdentityNotOwned", "", NotFound),
        (RevokeTokens, 401, "IdentityNotOwned", "", NotFound),
        (DeleteIdentity, 401, "IdentityNotOwned", "", NotFound),
        (
            DeleteIdentity,
            401,
            "",
            "Provided identity doesn't exist.",
            NotFound,
        ),
        (IssueToken, 404, "IdentityNotFound", "", NotFound),
        (IssueToken, 404, "", "", NotFound),
        (CreateIdentity, 404, "", "", Internal),
        (
            ExchangeTeamsToken,
            401,
            "InvalidAccessToken",
            "",
            Unauthenticated,
        ),
        (ExchangeTeamsToken, 400, "ValidationError", "", InvalidInput),
        (IssueToken, 400, "UnsupportedApiVersion", "", Unsupported),
        (IssueToken, 400, "", "", InvalidInput),
        (IssueToken, 401, "", "", PermissionDenied),
        (IssueToken, 403, "", "", PermissionDenied),
        (IssueToken, 422, "", "", InvalidInput),
        (IssueToken, 429, "", "", RateLimited),
        (IssueToken, 408, "", "", Unavailable),
        (IssueToken, 500, "", "Internal server error.", Unavailable),
        (
            IssueToken,
            503,
            "",
            "The service doesn't exist today.",
            Unavailable,
        ),
        (IssueToken, 301, "", "", Internal),
        (IssueToken, 418, "", "", Internal),
    ];
    for (operation, status, code, message, kind) in table {
        let error = Error::from(refusal(operation, status, code, message));
        assert_eq!(error.kind(), kind, "{operation} {status} {code} {message}");
    }
}

#[test]
fn only_transient_trouble_is_repeated() {
    let repeat = |status| refusal(Operation::IssueToken, status, "", "").repeat();
    for status in [408, 500, 502, 503, 504] {
        assert_eq!(repeat(status), Repeat::Ambiguous, "{status}");
    }
    for status in [301, 400, 401, 403, 404, 409, 422, 429, 501, 505] {
        assert_eq!(repeat(status), Repeat::Never, "{status}");
    }
    let mut throttled = refusal(Operation::IssueToken, 429, "", "");
    if let AcsError::Refused(refusal) = &mut throttled {
        refusal.retry_after = Some(Duration::from_secs(7));
    }
    assert_eq!(throttled.repeat(), Repeat::Safe);
    let public = Error::from(throttled);
    assert_eq!(public.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(AcsError::Lifetime.repeat(), Repeat::Never);
    assert_eq!(AcsError::Timeout.repeat(), Repeat::Ambiguous);
}

#[test]
fn errors_name_the_exchange() {
    let mut error = refusal(Operation::IssueToken, 401, "Denied", "Denied by it.");
    if let AcsError::Refused(refusal) = &mut error {
        refusal.trace = Trace {
            request_id: "r-1".into(),
            ms_cv: Some("cv-1".into()),
        };
    }
    let public = Error::from(error);
    assert!(
        public
            .to_string()
            .ends_with("acs.request_id r-1, acs.ms_cv cv-1")
    );
    let cause = std::error::Error::source(&public)
        .and_then(std::error::Error::source)
        .map(ToString::to_string);
    assert_eq!(
        cause.as_deref(),
        Some("status 401, code Denied, message \"Denied by it.\", target none")
    );
}
