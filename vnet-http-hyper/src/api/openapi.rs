//! The document of the API, for programs: `OpenAPI`, made of the types that are read and written.

use bytes::Bytes;
use http::StatusCode;
use http::header::{CACHE_CONTROL, ETAG, HeaderValue};
use sha2::{Digest, Sha256};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{OpenApi as Document, Server};
use utoipa::{Modify, OpenApi};
use vnet_core::{Error, Result};

use crate::api::problem::{FieldErrors, Notice, Problem};
use crate::api::wire::WrongCredentials;
use crate::api::{account, meetings};
use crate::asset::ASK_EACH_TIME;
use crate::context::Ctx;
use crate::media::is_known;
use crate::reply::{self, Response};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "VNET",
        description = "Accounts and meetings. Errors are JSON; who writes with a session cookie does it from a page of this site.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    paths(
        account::describe_login,
        account::login,
        account::details,
        account::acs_token,
        account::not_signed_in,
        meetings::list,
        meetings::describe_new,
        meetings::create,
        meetings::show,
        meetings::edit,
        meetings::delete,
        meetings::join,
    ),
    components(schemas(Problem<'static>, FieldErrors<'static>, Notice, WrongCredentials)),
    security(("session" = []), ("token" = [])),
    tags(
        (name = "account", description = "Who calls"),
        (name = "meetings", description = "Scheduling meetings and entering them"),
    ),
    modifiers(&Schemes),
)]
struct Api;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_default();
        let session = ApiKeyValue::with_description(
            crate::session::NAME,
            "The session of a browser; pages give it at sign-in.",
        );
        let token = ApiKeyValue::with_description(
            "Authorization",
            "`Token` and a blank before `auth_token` of the answer to a sign-in.",
        );
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
        components.add_security_scheme("token", SecurityScheme::ApiKey(ApiKey::Header(token)));
    }
}

/// The `OpenAPI` document of the JSON API of a server at the root of its host, as the committed
/// `docs/openapi.json` holds it.
///
/// # Errors
/// `Internal`: it cannot be written as JSON, which no caller can bring about.
///
/// # Source
/// `OpenAPI` 3.1.
pub fn openapi_json() -> Result<String> {
    let json = Api::openapi().to_pretty_json().map_err(unwritable)?;
    Ok(json + "\n")
}

fn unwritable(error: serde_json::Error) -> Error {
    Error::internal("the document of the API is no JSON", error)
}

/// The document, ready to be sent.
#[derive(Debug)]
pub(crate) struct ApiDocument {
    json: Bytes,
    tag: HeaderValue,
}

impl ApiDocument {
    /// The document of a server that is mounted under `prefix`.
    ///
    /// # Errors
    /// `Internal`: it cannot be written.
    pub(crate) fn new(prefix: &str) -> Result<Self> {
        let mut document = Api::openapi();
        if !prefix.is_empty() {
            document.servers = Some(vec![Server::new(prefix)]);
        }
        let json = document.to_json().map_err(unwritable)?;
        let digest = Sha256::digest(&json);
        let tag = digest
            .iter()
            .take(8)
            .fold(String::from("\""), |tag, byte| tag + &format!("{byte:02x}"))
            + "\"";
        Ok(Self {
            json: json.into(),
            tag: HeaderValue::try_from(tag)
                .map_err(|error| Error::internal("a tag of digits", error))?,
        })
    }

    pub(crate) fn answer(&self, ctx: &Ctx) -> Response {
        let mut response = match is_known(ctx, &self.tag) {
            true => reply::empty(StatusCode::NOT_MODIFIED),
            false => reply::with_type(StatusCode::OK, reply::JSON, self.json.clone()),
        };
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, ASK_EACH_TIME);
        headers.insert(ETAG, self.tag.clone());
        response
    }
}
