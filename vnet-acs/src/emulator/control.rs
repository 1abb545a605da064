//! Faults and the list of requests over HTTP, for clients in other languages. Only when switched
//! on; real clients never ask for these paths.
//!
//! - `POST /_emulator/faults` with `{"operation":"issue_token","fault":{"kind":"throttle",
//!   "retry_after":"1"},"times":2}`: 204.
//! - `GET /_emulator/requests`: 200, a list of requests.
//! - `POST /_emulator/reset`: 204, forgets both.

use http::{Method, Response, StatusCode};
use serde::Deserialize;

use crate::emulator::fault::{Fault, Faults};
use crate::emulator::reply::{ApiError, ReplyBody, json_reply, no_content};
use crate::emulator::service::AcsEmulator;
use crate::operation::Operation;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    operation: Operation,
    fault: Fault,
    #[serde(default = "once")]
    times: usize,
}

fn once() -> usize {
    1
}

pub(crate) fn answer(
    emulator: &AcsEmulator,
    method: &Method,
    path: &str,
    body: &[u8],
) -> Response<ReplyBody> {
    match (method, path) {
        (&Method::POST, "/_emulator/faults") => match serde_json::from_slice::<Order>(body) {
            Ok(order) => {
                for _ in 0..order.times.min(Faults::MAX_WAITING) {
                    emulator.order_fault(order.operation, order.fault.clone());
                }
                no_content()
            }
            Err(error) => {
                let message = error.to_string();
                ApiError::new(StatusCode::BAD_REQUEST, "BadOrder", message).into_reply()
            }
        },
        (&Method::GET, "/_emulator/requests") => {
            let requests = emulator.requests();
            let list = serde_json::to_value(requests).unwrap_or_default();
            json_reply(StatusCode::OK, &list)
        }
        (&Method::POST, "/_emulator/reset") => {
            emulator.reset();
            no_content()
        }
        _ => {
            let message = "There is no such resource.";
            ApiError::new(StatusCode::NOT_FOUND, "ResourceNotFound", message).into_reply()
        }
    }
}
