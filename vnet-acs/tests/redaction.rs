//! No secret in any log line, error or `Debug`. A file of its own: it records the whole process.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod support;

use std::error::Error as _;

use support::{provider_for, quick};
use vnet_acs::emulator::{AcsEmulator, EmulatorServer, Fault};
use vnet_acs::{AcsIdentityProvider, Operation, TeamsUserToken};
use vnet_core::identity::{AccessToken, IdentityProvider, TokenRequest, TokenScope};
use vnet_core::testkit::logs::Logs;
use vnet_core::{Error, Secret};

const KEY: &str = "dm5ldC1mYWtlLWFjcy1rZXktb25lLTMyLWJ5dGVzISE=";
const WRONG: &str = "d3Jvbmctd3Jvbmctd3Jvbmc=";
const VOIP: &[TokenScope] = &[TokenScope::Voip];
const TEAMS: &str = "not-a-real-teams-token";

/// The error with its causes, in every form it can be shown.
fn shown(error: &Error) -> String {
    let mut text = format!("{error} {error:?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(" {error} {error:?}"));
        cause = error.source();
    }
    text
}

/// All that was shown, and the tokens that must not be in it.
#[derive(Default)]
struct Seen {
    text: String,
    tokens: Vec<Secret>,
}

impl Seen {
    fn error<T: std::fmt::Debug>(&mut self, result: Result<T, Error>) {
        self.text.push_str(&shown(&result.unwrap_err()));
    }

    fn token(&mut self, token: AccessToken) {
        self.text.push_str(&format!("{token:?}"));
        self.tokens.push(token.token);
    }
}

async fn everything_goes_wrong(server: &EmulatorServer, seen: &mut Seen) {
    let provider = provider_for(server).build().unwrap();
    seen.text.push_str(&format!("{server:?} {provider:?}"));
    let (identity, token) = provider.create_identity(VOIP).await.unwrap();
    seen.token(token);
    for fault in [
        Fault::ServerError,
        Fault::DropBefore,
        Fault::DropAfter,
        Fault::HtmlUnavailable { retry_after: None },
        Fault::GarbageJson,
        Fault::Truncated,
    ] {
        for _ in 0..4 {
            server
                .emulator()
                .order_fault(Operation::IssueToken, fault.clone());
        }
        seen.error(provider.issue_token(&identity, &TokenRequest::voip()).await);
        server.emulator().reset();
    }
    let token = provider.issue_token(&identity, &TokenRequest::voip()).await;
    seen.token(token.unwrap());
    provider.delete_identity(&identity).await.unwrap();
    seen.error(provider.delete_identity(&identity).await);
    let teams = TeamsUserToken {
        token: Secret::new(TEAMS),
        app_id: "app".into(),
        user_id: "user".into(),
    };
    seen.text.push_str(&format!("{teams:?}"));
    seen.error(provider.exchange_teams_user_token(&teams).await);
    let wrong = AcsIdentityProvider::builder()
        .endpoint(format!("http://{}", server.address()))
        .access_key(WRONG)
        .allow_insecure_loopback(true)
        .retry(quick())
        .build()
        .unwrap();
    seen.error(wrong.create_identity(VOIP).await);
}

#[tokio::test]
async fn nothing_shows_a_secret() {
    let logs = Logs::new();
    tracing::subscriber::set_global_default(logs.clone()).unwrap();
    let emulator = AcsEmulator::builder().access_key(KEY).build().unwrap();
    let server = emulator.spawn().await.unwrap();
    let mut seen = Seen::default();
    everything_goes_wrong(&server, &mut seen).await;
    let requests = server.emulator().requests();
    seen.text.push_str(&format!("{requests:?}"));

    let mut secrets = vec![KEY, TEAMS, WRONG];
    secrets.extend(seen.tokens.iter().map(Secret::expose));
    let signatures: Vec<_> = requests
        .iter()
        .filter_map(|request| {
            request
                .authorization
                .as_ref()?
                .expose()
                .split("Signature=")
                .nth(1)
        })
        .collect();
    assert!(!signatures.is_empty());
    secrets.extend(signatures);
    for secret in &secrets {
        assert!(
            !seen.text.contains(secret),
            "{secret} is shown in {}",
            seen.text
        );
    }
    logs.assert_contains("issue_token answered with 500");
    logs.assert_contains("acs.ms_cv");
    logs.assert_contains("trying again");
    logs.assert_clean(&secrets);
}
