//! [`AcsEmulator`]: from a received request to an answer.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use tokio::sync::watch;
use uuid::Uuid;
use vnet_core::Secret;
use vnet_core::identity::Identity;

use crate::emulator::builder::{EmulatorBuilder, Settings};
use crate::emulator::control;
use crate::emulator::fault::{Fault, Faults};
use crate::emulator::journal::{Journal, RecordedBody, RecordedRequest};
use crate::emulator::operations::Call;
use crate::emulator::reply::{
    ApiError, Dropped, ReplyBody, decorate, full, truncated, with_retry_after,
};
use crate::emulator::route::{Route, route, version};
use crate::emulator::state::{State, TokenState};
use crate::emulator::verify::{Received, verify};
use crate::operation::Operation;

/// The largest request body that is read, in bytes.
const MAX_BODY_BYTES: usize = 64 * 1024;
/// Longest time for a body to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// The Identity REST API in memory. Clones share everything.
#[derive(Clone)]
pub struct AcsEmulator(Arc<Shared>);

struct Shared {
    settings: Settings,
    state: State,
    faults: Faults,
    journal: Journal,
    /// Told whenever what can be asked about may have changed.
    changed: watch::Sender<()>,
}

impl AcsEmulator {
    /// The way to get one.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::default()
    }

    pub(crate) fn new(settings: Settings) -> Self {
        Self(Arc::new(Shared {
            settings,
            state: State::default(),
            faults: Faults::default(),
            journal: Journal::default(),
            changed: watch::Sender::new(()),
        }))
    }

    /// The guid in the id of every identity.
    #[must_use]
    pub fn resource_id(&self) -> Uuid {
        self.0.settings.resource_id
    }

    /// A connection string for `authority` (host and port), with the first access key.
    #[must_use]
    pub fn connection_string(&self, authority: impl fmt::Display) -> Secret {
        let keys = &self.0.settings.keys;
        let key = keys.first().map_or("", |(text, _)| text.expose());
        Secret::new(format!("endpoint=http://{authority}/;accesskey={key}"))
    }

    /// Lets the next request for `operation` that has no fault yet go wrong. At most 10,000 wait.
    pub fn order_fault(&self, operation: Operation, fault: Fault) {
        self.0.faults.push(operation, fault);
    }

    /// Forgets the faults that wait and the requests that were recorded.
    pub fn reset(&self) {
        self.0.faults.clear();
        self.0.journal.clear();
        self.tell();
    }

    /// Waits until `holds` says so of this emulator. It is asked at once, and again after every change
    /// that can be seen from outside (a request, an identity, a token), so nobody has to look again
    /// and again. Tokens that expire are no change: they do so by the clock.
    ///
    /// # Cancel safety
    /// Nothing happens when the future is dropped.
    ///
    /// # Examples
    /// ```
    /// # async fn run() -> vnet_core::Result<()> {
    /// use vnet_acs::emulator::AcsEmulator;
    ///
    /// let emulator = AcsEmulator::builder().build()?;
    /// emulator.wait_until(|emulator| emulator.requests().is_empty()).await;
    /// # Ok(()) }
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(run()).unwrap();
    /// ```
    #[expect(
        clippy::missing_panics_doc,
        reason = "what tells of changes lives as long as this handle"
    )]
    pub async fn wait_until(&self, mut holds: impl FnMut(&Self) -> bool + Send) {
        // Subscribed before it is asked: no change is missed in between.
        let mut changed = self.0.changed.subscribe();
        while !holds(self) {
            changed
                .changed()
                .await
                .expect("the sender lives as long as this handle");
        }
    }

    fn tell(&self) {
        self.0.changed.send_replace(());
    }

    fn record(&self, request: RecordedRequest) {
        self.0.journal.add(request);
        self.tell();
    }

    /// The latest 10,000 requests, oldest first. A request appears before its answer is sent.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.0.journal.all()
    }

    /// Whether `identity` was created here and not deleted.
    #[must_use]
    pub fn knows(&self, identity: &Identity) -> bool {
        self.0.state.knows(identity.as_str())
    }

    /// Deletes `identity` and revokes its tokens, behind the back of whoever uses it, as somebody does
    /// who has the same access key.
    pub fn delete_identity(&self, identity: &Identity) {
        self.0.state.delete(identity.as_str());
        self.tell();
    }

    /// How many identities there are.
    #[must_use]
    pub fn identities_count(&self) -> usize {
        self.0.state.identities()
    }

    /// What became of a token.
    #[must_use]
    pub fn token_state(&self, token: &Secret) -> TokenState {
        let now = self.0.settings.clock.now();
        self.0.state.token_state(token.expose(), now)
    }

    /// Revokes every token issued under the key with this number, as renewing the key does.
    pub fn revoke_tokens_of_key(&self, number: usize) {
        self.0.state.revoke_by_key(number);
        self.tell();
    }

    /// Answers one request, or lets its connection drop.
    pub(crate) async fn handle(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<ReplyBody>, Dropped> {
        let (parts, body) = request.into_parts();
        let request_id = parts.headers.get("x-ms-client-request-id").cloned();
        let mut response = match read(body).await {
            Err(error) => error.into_reply(),
            Ok(body) if self.0.settings.control && parts.uri.path().starts_with("/_emulator/") => {
                control::answer(self, &parts.method, parts.uri.path(), &body)
            }
            Ok(body) => self.exchange(&parts, &body).await?,
        };
        decorate(&mut response, request_id.as_ref());
        Ok(response)
    }

    /// One exchange of the API: a fault if one was ordered, the real answer otherwise.
    async fn exchange(&self, parts: &Parts, body: &Bytes) -> Result<Response<ReplyBody>, Dropped> {
        let route = route(&parts.method, parts.uri.path());
        let operation = route.as_ref().ok().map(|route| route.operation);
        let fault = operation.and_then(|operation| self.0.faults.next(operation));
        let mut record = record(parts, body, operation);
        let front_door = match &fault {
            Some(Fault::DropBefore) => {
                self.record(record);
                return Err(Dropped);
            }
            Some(Fault::Slow { milliseconds }) => {
                tokio::time::sleep(Duration::from_millis(*milliseconds)).await;
                None
            }
            Some(fault) => at_the_front_door(fault),
            None => None,
        };
        let (response, code) = match front_door {
            Some(response) => (response, None),
            None => match self.api(parts, body, route) {
                Ok(response) => (response, None),
                Err(error) => {
                    let code = error.code;
                    (error.into_reply(), Some(code.to_owned()))
                }
            },
        };
        record.code = code;
        if fault == Some(Fault::DropAfter) {
            self.record(record);
            return Err(Dropped);
        }
        record.status = Some(response.status().as_u16());
        self.record(record);
        Ok(match fault {
            Some(Fault::GarbageJson) => full(response.status(), "application/json", "{\"tok"),
            Some(Fault::Truncated) => truncated(response),
            _ => response,
        })
    }

    /// Hash, signature, version, path, ownership, body: in this order.
    fn api(
        &self,
        parts: &Parts,
        body: &Bytes,
        route: Result<Route, ApiError>,
    ) -> Result<Response<ReplyBody>, ApiError> {
        let settings = &self.0.settings;
        let now = settings.clock.now();
        let received = Received {
            method: parts.method.as_str(),
            target: target(parts),
            headers: &parts.headers,
            body,
        };
        let key = verify(&received, settings, now)?;
        let version = version(parts.uri.query())?;
        let call = Call {
            settings,
            state: &self.0.state,
            now,
            key,
            version,
            body,
        };
        call.answer(&route?)
    }
}

/// The raw path and query.
fn target(parts: &Parts) -> &str {
    let target = parts.uri.path_and_query();
    target.map_or(parts.uri.path(), |target| target.as_str())
}

async fn read(body: Incoming) -> Result<Bytes, ApiError> {
    let whole = Limited::new(body, MAX_BODY_BYTES).collect();
    match tokio::time::timeout(BODY_TIMEOUT, whole).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestTooLarge",
            "The body is too large.",
        )),
        Ok(Err(_)) => Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            "BadRequest",
            "The body is broken.",
        )),
        Err(_) => Err(ApiError::new(
            StatusCode::REQUEST_TIMEOUT,
            "RequestTimeout",
            "The body took too long.",
        )),
    }
}

fn record(parts: &Parts, body: &Bytes, operation: Option<Operation>) -> RecordedRequest {
    let text = |name: &str| text(&parts.headers, name);
    RecordedRequest {
        operation,
        method: parts.method.to_string(),
        target: target(parts).to_owned(),
        status: None,
        code: None,
        date: text("x-ms-date").or_else(|| text("date")),
        client_request_id: text("x-ms-client-request-id"),
        user_agent: text("user-agent"),
        authorization: text("authorization").map(Secret::new),
        body: RecordedBody(body.clone()),
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

/// The answers that are given before a request reaches the API.
fn at_the_front_door(fault: &Fault) -> Option<Response<ReplyBody>> {
    match fault {
        Fault::Throttle { retry_after } => {
            let message = "Too many requests.";
            let error = ApiError::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", message);
            Some(with_retry_after(error.into_reply(), retry_after.as_deref()))
        }
        Fault::ServerError => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            let error = ApiError::new(status, "InternalServerError", "Internal server error.");
            Some(error.into_reply())
        }
        Fault::HtmlUnavailable { retry_after } => {
            let page = "<!DOCTYPE html><html><head><title>Service unavailable</title></head>\
                        <body><h2>Our services aren't available right now</h2></body></html>";
            let response = full(StatusCode::SERVICE_UNAVAILABLE, "text/html", page);
            Some(with_retry_after(response, retry_after.as_deref()))
        }
        _ => None,
    }
}

impl fmt::Debug for AcsEmulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcsEmulator")
            .field("resource_id", &self.0.settings.resource_id)
            .field("identities", &self.0.state.identities())
            .finish_non_exhaustive()
    }
}
