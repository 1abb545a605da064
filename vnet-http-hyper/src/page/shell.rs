//! The page that the front end lives in: any path under `/meet/`.

use std::fmt::Write as _;
use std::sync::Arc;

use http::StatusCode;
use http::header::{CONTENT_SECURITY_POLICY, HeaderName, HeaderValue};
use serde::Serialize;
use vnet_core::Error;
use vnet_core::web::FrontEnd;

use crate::context::Ctx;
use crate::error::HttpError;
use crate::front_end::AcsModule;
use crate::page::meet::{self, Attribute};
use crate::page::visit::Visit;
use crate::reply::Response;

/// What the page may use; nobody else's page that is shown in it may.
const PERMISSIONS: HeaderValue = HeaderValue::from_static(
    "camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self), \
     fullscreen=(self), picture-in-picture=(self), screen-wake-lock=(self), autoplay=(self), \
     geolocation=(), payment=(), usb=()",
);
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// Where the calling SDK of Azure connects to.
///
/// # Source
/// Azure Communication Services, "Network recommendations", firewall configuration: signalling,
/// telemetry, registration.
const ACS_HOSTS: [&str; 7] = [
    "azure.com",
    "azure.net",
    "azureedge.net",
    "microsoft.com",
    "office.com",
    "skype.com",
    "trouter.io",
];

#[derive(Serialize)]
struct Shell {
    /// What the front end is configured by.
    attributes: Vec<Attribute>,
    script: String,
    styles: Vec<String>,
    preloads: Vec<String>,
    /// For styles that scripts write.
    nonce: String,
}

/// GET of any path under `/meet/`, for somebody who is signed in, and of `/meet/watch/` for anybody.
pub(super) async fn show(
    visit: &Visit<'_>,
    front_end: &Arc<dyn FrontEnd>,
) -> Result<Response, HttpError> {
    let load = front_end.first_load().await?;
    let acs_module = match AcsModule::of(&visit.ctx().app.config) {
        Some(module) => module.entry().await?,
        None => None,
    };
    let nonce = nonce()?;
    let policy = policy(visit.ctx(), &nonce, load.needs_wasm, acs_module.is_some());
    let here = |name: String| format!("{}/static/meeting/{name}", visit.prefix());
    let view = Shell {
        attributes: attributes(visit, acs_module),
        script: here(load.script),
        styles: load.styles.into_iter().map(here).collect(),
        preloads: load.preloads.into_iter().map(here).collect(),
        nonce,
    };
    let mut response = visit.page(StatusCode::OK, "shell.html", "meet", &view)?;
    let headers = response.headers_mut();
    headers.insert(PERMISSIONS_POLICY, PERMISSIONS);
    // A host that is no header value was refused before; without a policy of its own the page has the
    // one of all pages.
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

/// Those of the wire contract, and ours.
fn attributes(visit: &Visit<'_>, acs_module: Option<String>) -> Vec<Attribute> {
    let here = |path: &str| format!("{}{path}", visit.prefix());
    let mut attributes = meet::attributes(visit);
    let own = [
        ("data-base", here("/meet/")),
        ("data-token-url", here("/account/acs-token/")),
        ("data-sign-in-page", here("/account/sign-in/")),
        ("data-sign-out-page", here("/account/sign-out/")),
        ("data-home-page", here("/")),
        ("data-help-page", here("/help/")),
        // The meeting's code and a slash follow.
        ("data-share-server", visit.ctx().ws_url("/vnet/share/")),
        ("data-watch-server", visit.ctx().ws_url("/vnet/watch/")),
    ];
    let acs_module = acs_module.map(|name| here(&format!("/static/acs/{name}")));
    let acs_module = acs_module.map(|value| ("data-acs-module", value));
    let all = own.into_iter().chain(acs_module);
    attributes.extend(all.map(|(name, value)| Attribute { name, value }));
    attributes
}

/// What stands in the policy and in the page, another one each time.
fn nonce() -> Result<String, HttpError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::internal("the system gives no random numbers", error))?;
    Ok(bytes
        .iter()
        .fold(String::with_capacity(32), |mut text, byte| {
            // Writing into a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        }))
}

/// What the page may load and do.
///
/// # Source
/// W3C Content Security Policy Level 3. React sets styles through the object model, which no policy forbids;
/// `<style>` elements of components have the nonce.
fn policy(ctx: &Ctx, nonce: &str, needs_wasm: bool, is_on_acs: bool) -> String {
    let wasm = if needs_wasm {
        " 'wasm-unsafe-eval'"
    } else {
        ""
    };
    let mut connect = ctx.ws_origin();
    if is_on_acs {
        for host in ACS_HOSTS {
            // Writing into a String cannot fail.
            let _ = write!(connect, " https://*.{host} wss://*.{host}");
        }
    }
    format!(
        "default-src 'none'; script-src 'self'{wasm}; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; \
         connect-src 'self' {connect}; worker-src 'self' blob:; manifest-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}
