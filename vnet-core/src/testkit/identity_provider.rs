//! The contract of [`IdentityProvider`].
//!
//! Access tokens are opaque, so what a revoked token is still good for can only be tested by an
//! adapter that verifies its tokens itself.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use super::{assert_kind, at_once};
use crate::error::ErrorKind;
use crate::identity::{AccessToken, Identity, IdentityProvider, TokenRequest, TokenScope};

const MINUTE: Duration = Duration::from_secs(60);

async fn create(provider: &dyn IdentityProvider) -> (Identity, AccessToken) {
    let created = provider.create_identity(&[TokenScope::Voip]).await;
    created.expect("an identity can be created")
}

async fn issue(
    provider: &dyn IdentityProvider,
    identity: &Identity,
    lifetime: Option<Duration>,
) -> AccessToken {
    let scopes = vec![TokenScope::Voip];
    let request = TokenRequest { scopes, lifetime };
    let token = provider.issue_token(identity, &request).await;
    token.expect("a token can be issued")
}

/// By how much `later` outlives `earlier`, in whole minutes, give or take one.
fn outlives_by_minutes(later: &AccessToken, earlier: &AccessToken, minutes: i64) -> bool {
    let by = (later.expires_at - earlier.expires_at).whole_seconds();
    (by - minutes * 60).abs() <= 60
}

/// Each call makes an identity of its own, with a token of its own.
pub async fn each_identity_is_a_new_one(provider: Arc<dyn IdentityProvider>) {
    let attempts = (0..8).map(|_| {
        let provider = Arc::clone(&provider);
        async move { create(&provider).await }
    });
    let created = at_once(attempts).await;
    let ids: HashSet<_> = created.iter().map(|(id, _)| id.as_str()).collect();
    let tokens: HashSet<_> = created
        .iter()
        .map(|(_, token)| token.token.expose())
        .collect();
    assert_eq!((ids.len(), tokens.len()), (8, 8));
    assert!(tokens.iter().all(|token| !token.is_empty()));
}

/// The first token lives as long as one issued without a wish.
pub async fn the_first_token_has_the_default_life(provider: Arc<dyn IdentityProvider>) {
    let (identity, first) = create(&provider).await;
    let second = issue(&provider, &identity, None).await;
    assert!(
        outlives_by_minutes(&second, &first, 0),
        "{first:?} {second:?}"
    );
}

/// 60 to 1440 minutes are kept to; 1440 are the default.
pub async fn a_token_lives_as_long_as_was_asked_for(provider: Arc<dyn IdentityProvider>) {
    let (identity, _) = create(&provider).await;
    let hour = issue(&provider, &identity, Some(60 * MINUTE)).await;
    let day = issue(&provider, &identity, Some(1440 * MINUTE)).await;
    let default = issue(&provider, &identity, None).await;
    let odd = issue(&provider, &identity, Some(61 * MINUTE)).await;
    assert!(outlives_by_minutes(&day, &hour, 1380), "{hour:?} {day:?}");
    assert!(
        outlives_by_minutes(&default, &day, 0),
        "{default:?} {day:?}"
    );
    assert!(outlives_by_minutes(&odd, &hour, 1), "{odd:?} {hour:?}");
}

/// A life out of range, or not of whole minutes, is refused instead of changed silently.
pub async fn a_life_out_of_range_is_refused(provider: Arc<dyn IdentityProvider>) {
    let (identity, _) = create(&provider).await;
    let day = 1440 * MINUTE;
    let wrong = [
        Duration::ZERO,
        MINUTE,
        59 * MINUTE,
        60 * MINUTE - Duration::from_secs(1),
        60 * MINUTE + Duration::from_secs(1),
        61 * MINUTE + Duration::from_nanos(1),
        day + Duration::from_secs(1),
        day + MINUTE,
        Duration::MAX,
    ];
    for lifetime in wrong {
        let request = TokenRequest {
            lifetime: Some(lifetime),
            ..TokenRequest::voip()
        };
        let refused = provider.issue_token(&identity, &request).await;
        assert_kind(
            refused,
            ErrorKind::InvalidInput,
            &format!("a life of {lifetime:?}"),
        );
    }
}

/// A token for nothing is no token.
pub async fn a_token_needs_a_scope(provider: Arc<dyn IdentityProvider>) {
    let created = provider.create_identity(&[]).await;
    assert_kind(created, ErrorKind::InvalidInput, "creating without scopes");
    let (identity, _) = create(&provider).await;
    let request = TokenRequest {
        scopes: Vec::new(),
        lifetime: None,
    };
    let issued = provider.issue_token(&identity, &request).await;
    assert_kind(issued, ErrorKind::InvalidInput, "issuing without scopes");
}

/// Every scope can be asked for, alone and together.
pub async fn every_scope_is_taken(provider: Arc<dyn IdentityProvider>) {
    let all = [
        TokenScope::Chat,
        TokenScope::Voip,
        TokenScope::ChatJoin,
        TokenScope::ChatJoinLimited,
        TokenScope::VoipJoin,
    ];
    let created = provider.create_identity(&all).await;
    let (identity, _) = created.expect("all scopes at once");
    for scope in all {
        let request = TokenRequest {
            scopes: vec![scope],
            lifetime: None,
        };
        let issued = provider.issue_token(&identity, &request).await;
        assert!(issued.is_ok(), "{scope:?}: {issued:?}");
    }
}

/// An identity that this provider never made is not found.
pub async fn an_unknown_identity_is_not_found(provider: Arc<dyn IdentityProvider>) {
    let unknown = Identity::new(
        "8:acs:00000000-0000-4000-8000-000000000000_00000000-0000-4000-8000-000000000000",
    );
    let unknown = unknown.expect("a printable id");
    let issued = provider.issue_token(&unknown, &TokenRequest::voip()).await;
    assert_kind(issued, ErrorKind::NotFound, "a token");
    assert_kind(
        provider.revoke_tokens(&unknown).await,
        ErrorKind::NotFound,
        "revoking",
    );
    if let Err(error) = provider.delete_identity(&unknown).await {
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error:?}");
    }
}

/// Revoking ends tokens, not the identity.
pub async fn a_revoked_identity_gets_new_tokens(provider: Arc<dyn IdentityProvider>) {
    let (identity, first) = create(&provider).await;
    provider
        .revoke_tokens(&identity)
        .await
        .expect("revoking works");
    let second = issue(&provider, &identity, None).await;
    assert_ne!(
        first.token, second.token,
        "the revoked token must not come back"
    );
    provider
        .revoke_tokens(&identity)
        .await
        .expect("revoking works twice");
    issue(&provider, &identity, None).await;
}

/// What was deleted is gone, for tokens too.
pub async fn a_deleted_identity_gets_no_token(provider: Arc<dyn IdentityProvider>) {
    let (identity, _) = create(&provider).await;
    provider
        .delete_identity(&identity)
        .await
        .expect("deleting works");
    let issued = provider.issue_token(&identity, &TokenRequest::voip()).await;
    assert_kind(issued, ErrorKind::NotFound, "a token of a deleted identity");
    assert_kind(
        provider.revoke_tokens(&identity).await,
        ErrorKind::NotFound,
        "revoking",
    );
    if let Err(error) = provider.delete_identity(&identity).await {
        assert_eq!(
            error.kind(),
            ErrorKind::NotFound,
            "deleting again: {error:?}"
        );
    }
}

/// What is done to one identity does nothing to another.
pub async fn deleting_leaves_other_identities_alone(provider: Arc<dyn IdentityProvider>) {
    let ((gone, _), (kept, _)) = (create(&provider).await, create(&provider).await);
    provider.revoke_tokens(&gone).await.expect("revoking works");
    provider
        .delete_identity(&gone)
        .await
        .expect("deleting works");
    issue(&provider, &kept, None).await;
}

/// Many requests at once are all answered.
pub async fn tokens_can_be_issued_at_the_same_time(provider: Arc<dyn IdentityProvider>) {
    let (identity, _) = create(&provider).await;
    let attempts = (0..8).map(|_| {
        let (provider, identity) = (Arc::clone(&provider), identity.clone());
        async move { provider.issue_token(&identity, &TokenRequest::voip()).await }
    });
    for result in at_once(attempts).await {
        result.expect("a token can be issued");
    }
}

/// No token can be read out of a log line.
pub async fn no_debug_output_shows_a_token(provider: Arc<dyn IdentityProvider>) {
    let (identity, token) = create(&provider).await;
    let second = issue(&provider, &identity, None).await;
    let text = format!("{provider:?} {token:?} {second:?}");
    for token in [token, second] {
        assert!(
            !text.contains(token.token.expose()),
            "a token in a debug output"
        );
    }
}

/// The contract of [`IdentityProvider`](crate::identity::IdentityProvider) as tests.
///
/// `$new` names an `async fn` without arguments that returns a provider.
#[macro_export]
macro_rules! identity_provider_contract {
    ($new:ident) => {
        $crate::__contract!(
            identity_provider,
            dyn $crate::identity::IdentityProvider,
            $new,
            [
                each_identity_is_a_new_one,
                the_first_token_has_the_default_life,
                a_token_lives_as_long_as_was_asked_for,
                a_life_out_of_range_is_refused,
                a_token_needs_a_scope,
                every_scope_is_taken,
                an_unknown_identity_is_not_found,
                a_revoked_identity_gets_new_tokens,
                a_deleted_identity_gets_no_token,
                deleting_leaves_other_identities_alone,
                tokens_can_be_issued_at_the_same_time,
                no_debug_output_shows_a_token,
            ]
        );
    };
}
