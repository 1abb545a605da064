//! What the API writes when it refuses.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::OneOfBuilder;
use utoipa::openapi::{
    ContentBuilder, Object, Ref, RefOr, Response, ResponseBuilder, Schema, Type,
};
use utoipa::{IntoResponses, ToSchema};
use vnet_core::FieldError;

use crate::api::wire::WrongCredentials;

/// Why it was refused.
#[derive(Serialize, ToSchema)]
pub(crate) struct Problem<'a> {
    /// A sentence for people.
    pub(crate) detail: &'a str,
    /// The same for programs, where there are several reasons; it never changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) code: Option<&'a str>,
}

/// What is wrong, by the name of the field.
#[derive(Serialize, ToSchema)]
pub(crate) struct FieldErrors<'a>(BTreeMap<&'a str, Vec<&'a str>>);

impl<'a> FieldErrors<'a> {
    pub(crate) fn of(errors: &'a [FieldError]) -> Self {
        let mut fields = BTreeMap::<_, Vec<_>>::new();
        for error in errors {
            let messages = fields.entry(error.field).or_default();
            messages.push(error.message.as_ref());
        }
        Self(fields)
    }
}

/// A sentence.
#[derive(Serialize, ToSchema)]
pub(crate) struct Notice {
    pub(super) message: &'static str,
}

impl Notice {
    pub(super) const NO_MEETING: Self = Self {
        message: "Meeting not found",
    };
    pub(super) const NOT_SIGNED_IN: Self = Self {
        message: "not logged in",
    };
}

type Responses = BTreeMap<String, RefOr<Response>>;

/// Refusals that every address has.
pub(super) struct Refusals;

impl IntoResponses for Refusals {
    fn responses() -> Responses {
        Responses::from([
            problem(
                "401",
                "Neither a good token nor a session",
                Some(("WWW-Authenticate", Type::String)),
            ),
            problem("406", "The caller takes no JSON", None),
            problem("default", "Anything else that went wrong", None),
        ])
    }
}

/// Refusals of addresses that one writes to.
pub(super) struct WriteRefusals;

impl IntoResponses for WriteRefusals {
    fn responses() -> Responses {
        let mut all = Refusals::responses();
        all.extend([
            problem(
                "403",
                "By a page of another site, or not this user's to change",
                None,
            ),
            problem(
                "429",
                "Too often; after so many seconds again",
                Some(("Retry-After", Type::Integer)),
            ),
        ]);
        all
    }
}

/// Refusals of addresses that take a body.
pub(super) struct BodyRefusals;

impl IntoResponses for BodyRefusals {
    fn responses() -> Responses {
        let mut all = WriteRefusals::responses();
        all.extend([
            problem("408", "The body did not arrive in time", None),
            problem("413", "The body is too large", None),
            problem("415", "The body is of a type that is not taken", None),
        ]);
        all
    }
}

fn problem(status: &str, about: &str, header: Option<(&str, Type)>) -> (String, RefOr<Response>) {
    let schema = Ref::from_schema_name(Problem::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let mut response = ResponseBuilder::new()
        .description(about)
        .content("application/json", content);
    if let Some((name, of)) = header {
        let header = HeaderBuilder::new()
            .schema(Some(Object::with_type(of)))
            .build();
        response = response.header(name, header);
    }
    (status.to_owned(), response.build().into())
}

/// What is wrong with which field, or with the body as a whole.
pub(super) struct BadFields;

impl IntoResponses for BadFields {
    fn responses() -> Responses {
        let about = "What is wrong with which field, or with the body as a whole";
        bad_request(about, &FieldErrors::name())
    }
}

/// Wrong credentials, or a body that is none.
pub(super) struct BadCredentials;

impl IntoResponses for BadCredentials {
    fn responses() -> Responses {
        let about = "Name or password are wrong or missing, or the body is none";
        bad_request(about, &WrongCredentials::name())
    }
}

fn bad_request(about: &str, schema: &str) -> Responses {
    let either = OneOfBuilder::new()
        .item(Ref::from_schema_name(schema))
        .item(Ref::from_schema_name(Problem::name()));
    let content = ContentBuilder::new()
        .schema(Some(Schema::OneOf(either.build())))
        .build();
    let response = ResponseBuilder::new()
        .description(about)
        .content("application/json", content);
    Responses::from([("400".to_owned(), response.build().into())])
}
