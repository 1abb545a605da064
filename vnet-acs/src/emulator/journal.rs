//! The requests that came in, for assertions.

use std::collections::VecDeque;
use std::sync::Mutex;

use bytes::Bytes;
use serde::Serialize;
use vnet_core::Secret;

use crate::operation::Operation;

/// One request as it was received, and what was answered.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// Which operation it was, if any.
    pub operation: Option<Operation>,
    /// The method.
    pub method: String,
    /// The raw target.
    pub target: String,
    /// The status of the answer; `None` if the connection was dropped instead.
    pub status: Option<u16>,
    /// The `code` of an error answer.
    pub code: Option<String>,
    /// `x-ms-date`, or `date` of old clients.
    pub date: Option<String>,
    /// `x-ms-client-request-id`.
    pub client_request_id: Option<String>,
    /// `User-Agent`.
    pub user_agent: Option<String>,
    /// `Authorization`.
    #[serde(skip)]
    pub authorization: Option<Secret>,
    /// The body.
    #[serde(skip)]
    pub body: RecordedBody,
}

/// The body of a recorded request; `Debug` shows its length only, as it may hold a token.
#[derive(Clone, Default)]
pub struct RecordedBody(pub Bytes);

impl std::fmt::Debug for RecordedBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{} bytes]", self.0.len())
    }
}

/// The latest requests, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Journal(Mutex<VecDeque<RecordedRequest>>);

impl Journal {
    const MAX_KEPT: usize = 10_000;

    pub(crate) fn add(&self, request: RecordedRequest) {
        let mut kept = super::state::lock(&self.0);
        if kept.len() == Self::MAX_KEPT {
            kept.pop_front();
        }
        kept.push_back(request);
    }

    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        super::state::lock(&self.0).iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        super::state::lock(&self.0).clear();
    }
}
