//! Sends one request: signs, sends, reads within bounds, and tells good from bad.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Response, Url};
use tokio::time::Instant;
use url::Position;
use uuid::Uuid;
use vnet_core::{Clock, Secret};
use zeroize::Zeroizing;

use crate::connection::Endpoint;
use crate::credential::Credential;
use crate::error::{AcsError, Refusal, Trace};
use crate::request::Request;
use crate::retry::{RetryPolicy, parse_retry_after};
use crate::signing::{http_date, sign};
use crate::wire::{BadAnswer, printable, refused};

/// The largest answer that is read, in bytes; real ones have a few thousand.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// A good answer: its body, and what the exchange is called.
pub(crate) struct Answer {
    body: Zeroizing<Vec<u8>>,
    trace: Trace,
}

impl Answer {
    /// Reads the body with `parse`.
    pub(crate) fn read<T>(
        &self,
        parse: impl FnOnce(&[u8]) -> Result<T, BadAnswer>,
    ) -> Result<T, AcsError> {
        parse(&self.body).map_err(|why| AcsError::Nonsense(why, self.trace.clone()))
    }
}

/// Everything that stays the same from request to request.
pub(crate) struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) endpoint: Endpoint,
    pub(crate) credential: Credential,
    pub(crate) policy: RetryPolicy,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Client {
    /// Sends `request` until it is answered well, is hopeless, or time is up.
    pub(crate) async fn call(&self, request: &Request) -> Result<Answer, AcsError> {
        let url = self.address(request)?;
        let id = Uuid::new_v4().to_string();
        let (url, id) = (&url, id.as_str());
        let send = |attempt| self.attempt(request, url, id, attempt);
        self.policy.run(request.operation, send).await
    }

    /// As [`call`](Self::call), but what is gone after a repeated attempt was probably ended by
    /// the attempt before, so it counts as done.
    pub(crate) async fn call_to_end(&self, request: &Request) -> Result<(), AcsError> {
        let url = self.address(request)?;
        let id = Uuid::new_v4().to_string();
        let (url, id) = (&url, id.as_str());
        let send = async |attempt| match self.attempt(request, url, id, attempt).await {
            Err(error) if attempt > 0 && error.is_gone() => Ok(()),
            other => other.map(drop),
        };
        self.policy.run(request.operation, send).await
    }

    /// The URL of `request`, if it keeps the target byte by byte: what is signed is what is sent.
    fn address(&self, request: &Request) -> Result<Url, AcsError> {
        let url = self.endpoint.url(&request.target);
        url.ok()
            .filter(|url| url[Position::BeforePath..] == request.target)
            .ok_or(AcsError::Unaddressable)
    }

    async fn attempt(
        &self,
        request: &Request,
        url: &Url,
        request_id: &str,
        attempt: u32,
    ) -> Result<Answer, AcsError> {
        let begun = Instant::now();
        let mut trace = Trace {
            request_id: request_id.to_owned(),
            ms_cv: None,
        };
        let (headers, bearer) = self.headers(request, request_id).await?;
        let method = match request.method {
            "DELETE" => Method::DELETE,
            _ => Method::POST,
        };
        let sent = self
            .http
            .request(method, url.clone())
            .headers(headers)
            .body(request.body.clone())
            .send()
            .await;
        let response = sent.map_err(|error| {
            let error = error.without_url();
            if error.is_connect() {
                AcsError::Unreachable(error)
            } else {
                AcsError::Broken(error, trace.clone())
            }
        })?;
        trace.ms_cv = text_header(&response, "ms-cv").map(|text| printable_id(&text));
        let status = response.status();
        tracing::debug!(
            acs.operation = %request.operation,
            acs.request_id = %trace.request_id,
            acs.ms_cv = trace.ms_cv.as_deref().unwrap_or("none"),
            http.status = status.as_u16(),
            attempt,
            duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            "{} answered with {}",
            request.operation,
            status.as_u16()
        );
        let result = self.judge(request, response, trace).await;
        if let (Err(error), Some(bearer), Credential::Bearer(source)) =
            (&result, &bearer, &self.credential)
            && error.is_denied()
        {
            source.forget(bearer).await;
        }
        result
    }

    /// The headers that prove who sends `request`, now, and the bearer token if it is one.
    async fn headers(
        &self,
        request: &Request,
        request_id: &str,
    ) -> Result<(HeaderMap, Option<Secret>), AcsError> {
        let mut headers = HeaderMap::new();
        if !request.body.is_empty() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let mut put = |name: &'static str, value: &str| {
            let Ok(mut value) = HeaderValue::from_str(value) else {
                return Err(AcsError::Unaddressable);
            };
            value.set_sensitive(name == AUTHORIZATION.as_str());
            headers.insert(name, value);
            Ok(())
        };
        put("x-ms-client-request-id", request_id)?;
        let bearer = match &self.credential {
            Credential::Key(key) => {
                let signature = sign(
                    key,
                    request.method,
                    &request.target,
                    self.endpoint.host(),
                    &http_date(self.clock.now()),
                    &request.body,
                );
                put("x-ms-date", &signature.date)?;
                put("x-ms-content-sha256", &signature.content_hash)?;
                put("authorization", &signature.authorization)?;
                None
            }
            Credential::Bearer(source) => {
                let token = source.token().await?;
                put("authorization", &format!("Bearer {}", token.expose()))?;
                Some(token)
            }
        };
        Ok((headers, bearer))
    }

    async fn judge(
        &self,
        request: &Request,
        response: Response,
        trace: Trace,
    ) -> Result<Answer, AcsError> {
        let status = response.status();
        if status.is_success() {
            let body = read_body(response, &trace).await?;
            return Ok(Answer { body, trace });
        }
        let retry_after = self.retry_after(&response);
        // A refusal counts by its status, also when its body is broken or endless.
        let body = read_body(response, &trace).await.unwrap_or_default();
        Err(AcsError::Refused(Box::new(Refusal {
            operation: request.operation,
            status: status.as_u16(),
            body: refused(&body),
            retry_after,
            trace,
        })))
    }

    /// How long the service asks to wait, in any of the forms the official clients honour.
    fn retry_after(&self, response: &Response) -> Option<Duration> {
        let milliseconds = ["retry-after-ms", "x-ms-retry-after-ms"]
            .iter()
            .find_map(|name| text_header(response, name)?.trim().parse::<u32>().ok());
        if let Some(milliseconds) = milliseconds {
            return Some(Duration::from_millis(milliseconds.into()));
        }
        let value = text_header(response, RETRY_AFTER.as_str())?;
        parse_retry_after(&value, self.clock.now())
    }
}

fn text_header(response: &Response, name: &str) -> Option<String> {
    let value = response.headers().get(name)?;
    Some(value.to_str().ok()?.to_owned())
}

/// `MS-CV` is a short base64 text with a counter: longer than that is not shown.
fn printable_id(text: &str) -> String {
    printable(text, 128)
}

async fn read_body(mut response: Response, trace: &Trace) -> Result<Zeroizing<Vec<u8>>, AcsError> {
    let mut body = Zeroizing::new(Vec::new());
    loop {
        match response.chunk().await {
            Ok(None) => return Ok(body),
            Ok(Some(chunk)) if body.len() + chunk.len() <= MAX_ANSWER_BYTES => {
                body.extend_from_slice(&chunk);
            }
            Ok(Some(_)) => {
                return Err(AcsError::TooLarge {
                    limit: MAX_ANSWER_BYTES,
                    trace: trace.clone(),
                });
            }
            Err(error) => return Err(AcsError::Broken(error.without_url(), trace.clone())),
        }
    }
}
