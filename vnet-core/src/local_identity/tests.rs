use super::*;
use crate::testkit::ManualClock;
use proptest::prelude::*;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

fn provider(key: u8) -> (LocalIdentityProvider, ManualClock) {
    let clock = ManualClock::default();
    let key = SigningKey::from_bytes([key; 32]);
    (
        LocalIdentityProvider::new(key, Arc::new(clock.clone())),
        clock,
    )
}

async fn create(provider: &LocalIdentityProvider) -> (Identity, AccessToken) {
    provider.create_identity(&[TokenScope::Voip]).await.unwrap()
}

#[tokio::test]
async fn an_identity_looks_like_two_guids() {
    let (provider, _) = provider(1);
    let (identity, _) = create(&provider).await;
    let (one, two) = identity
        .as_str()
        .strip_prefix("8:vnet:")
        .unwrap()
        .split_once('_')
        .unwrap();
    for part in [one, two] {
        let uuid = Uuid::parse_str(part).unwrap();
        assert_eq!(
            (uuid.get_version_num(), uuid.to_string()),
            (4, part.to_owned())
        );
    }
    let (other, _) = create(&provider).await;
    assert!(
        other.as_str().starts_with(&format!("8:vnet:{one}_")),
        "one installation"
    );
}

#[tokio::test]
async fn identities_and_tokens_survive_a_restart() {
    let ((before, clock), (after, _)) = (provider(1), provider(1));
    let (identity, token) = create(&before).await;
    let request = TokenRequest {
        scopes: vec![TokenScope::Chat],
        lifetime: Some(HOUR),
    };
    let second = after.issue_token(&identity, &request).await.unwrap();
    let claims = after.verify(token.token.expose(), clock.now()).unwrap();
    assert_eq!(claims.identity, identity);
    assert_eq!(claims.expires_at, token.expires_at);
    let claims = before.verify(second.token.expose(), clock.now()).unwrap();
    assert_eq!(
        (claims.scopes, claims.issued_at),
        (vec![TokenScope::Chat], clock.now())
    );
    assert_eq!(claims.expires_at, clock.now() + HOUR);
}

#[tokio::test]
async fn identities_of_another_key_and_invented_ones_are_not_found() {
    let ((one, clock), (other, _)) = (provider(1), provider(2));
    let (identity, token) = create(&one).await;
    let text = identity.as_str();
    let mut wrong = vec![
        text.to_uppercase(),
        format!("{text}0"),
        text.replace('-', ""),
    ];
    for (i, digit) in text.char_indices().filter(|(_, c)| c.is_ascii_hexdigit()) {
        let flipped = if digit == '0' { "1" } else { "0" };
        wrong.push(format!("{}{flipped}{}", &text[..i], &text[i + 1..]));
    }
    for wrong in wrong {
        let invented = Identity::new(wrong).unwrap();
        let error = one
            .issue_token(&invented, &TokenRequest::voip())
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{invented}");
        assert!(one.delete_identity(&invented).await.is_err(), "{invented}");
    }
    assert!(
        other
            .issue_token(&identity, &TokenRequest::voip())
            .await
            .is_err()
    );
    let error = other.verify(token.token.expose(), clock.now()).unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Unauthenticated, "invalid_token")
    );
}

#[tokio::test]
async fn a_token_ends_when_it_says() {
    let (provider, clock) = provider(1);
    let (_, token) = create(&provider).await;
    let last = token.expires_at - Duration::from_nanos(1);
    assert!(provider.verify(token.token.expose(), last).is_ok());
    assert!(
        provider
            .verify(token.token.expose(), token.expires_at)
            .is_err()
    );
    assert_eq!(token.expires_at, clock.now() + 24 * HOUR);
}

#[tokio::test]
async fn tokens_before_a_revocation_are_void_and_those_after_it_good() {
    let (provider, clock) = provider(1);
    let (identity, mut former) = create(&provider).await;
    // The clock stands still: order counts, not the time alone.
    for _round in 0..3 {
        provider.revoke_tokens(&identity).await.unwrap();
        assert!(provider.verify(former.token.expose(), clock.now()).is_err());
        former = provider
            .issue_token(&identity, &TokenRequest::voip())
            .await
            .unwrap();
        assert!(provider.verify(former.token.expose(), clock.now()).is_ok());
    }
}

#[tokio::test]
async fn tokens_of_a_deleted_identity_are_void() {
    let (provider, clock) = provider(1);
    let ((gone, token), (_, other)) = (create(&provider).await, create(&provider).await);
    provider.delete_identity(&gone).await.unwrap();
    assert!(provider.verify(token.token.expose(), clock.now()).is_err());
    assert!(provider.verify(other.token.expose(), clock.now()).is_ok());
}

#[tokio::test]
async fn what_ended_is_forgotten_when_no_token_can_be_left() {
    let (provider, clock) = provider(1);
    let ((first, token), (second, _)) = (create(&provider).await, create(&provider).await);
    provider.delete_identity(&first).await.unwrap();
    let now = clock.advance(24 * HOUR);
    provider.revoke_tokens(&second).await.unwrap();
    assert_eq!(provider.lock().len(), 1, "the first is forgotten");
    assert!(
        provider.verify(token.token.expose(), now).is_err(),
        "expired by itself"
    );
}

proptest! {
    #[test]
    fn any_text_is_refused_without_panic(text in "\\PC{0,120}") {
        let (provider, clock) = provider(1);
        prop_assert!(provider.verify(&text, clock.now()).is_err());
    }

    #[test]
    fn any_identity_is_refused_without_panic(text in "(8:vnet:)?[!-~]{1,90}") {
        let (provider, _clock) = provider(1);
        prop_assert!(provider.check(&Identity::new(text).unwrap()).is_err());
    }
}
