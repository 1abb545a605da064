use super::*;
use crate::error::{Refusal, Trace};
use crate::wire::ErrorBody;
use proptest::prelude::*;
use std::collections::VecDeque;
use std::sync::Mutex;
use time::macros::datetime;

fn status(status: u16, retry_after: Option<u64>) -> AcsError {
    AcsError::Refused(Box::new(Refusal {
        operation: Operation::IssueToken,
        status,
        body: ErrorBody::default(),
        retry_after: retry_after.map(Duration::from_secs),
        trace: Trace::default(),
    }))
}

/// Plays `script` and says at which second each attempt began, and how it ended.
async fn play(
    policy: &RetryPolicy,
    operation: Operation,
    script: Vec<AcsError>,
) -> (Vec<Duration>, Result<(), AcsError>) {
    let start = Instant::now();
    let times = Mutex::new(Vec::new());
    let script = Mutex::new(VecDeque::from(script));
    let result = policy
        .run(operation, |_| {
            times.lock().unwrap().push(start.elapsed());
            let next = script.lock().unwrap().pop_front();
            async move { next.map_or(Ok(()), Err) }
        })
        .await;
    (times.into_inner().unwrap(), result)
}

#[tokio::test(start_paused = true)]
async fn transient_trouble_is_repeated_with_growing_waits() {
    let policy = RetryPolicy::default();
    let script = vec![status(500, None), AcsError::Timeout, status(504, None)];
    let (times, result) = play(&policy, Operation::IssueToken, script).await;
    assert!(result.is_ok());
    assert_eq!(times.len(), 4);
    for (n, gap) in times.windows(2).map(|pair| pair[1] - pair[0]).enumerate() {
        let full = Duration::from_millis(250 << n);
        let timer_grain = Duration::from_millis(2);
        assert!(gap >= full / 2 && gap <= full + timer_grain, "{n}: {gap:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn after_the_last_attempt_the_error_is_handed_on() {
    let script = (0..5).map(|_| status(503, None)).collect();
    let (times, result) = play(&RetryPolicy::default(), Operation::RevokeTokens, script).await;
    assert_eq!(times.len(), 4);
    assert!(matches!(result, Err(AcsError::Refused(refusal)) if refusal.status == 503));
}

#[tokio::test(start_paused = true)]
async fn hopeless_errors_are_not_repeated() {
    for status_code in [400, 401, 403, 404, 429, 501] {
        let script = vec![status(status_code, None)];
        let (times, result) = play(&RetryPolicy::default(), Operation::IssueToken, script).await;
        assert_eq!(times.len(), 1, "{status_code}");
        assert!(result.is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn the_service_says_how_long_to_wait() {
    let script = vec![status(429, Some(2)), status(503, Some(3))];
    let (times, result) = play(&RetryPolicy::default(), Operation::IssueToken, script).await;
    assert!(result.is_ok());
    assert_eq!(times.len(), 3);
    assert!(times[1] >= Duration::from_secs(2) && times[1] < Duration::from_millis(2100));
    assert!(times[2] - times[1] >= Duration::from_secs(3));
    assert!(times[2] - times[1] < Duration::from_millis(3100));
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_deadline_fails_at_once() {
    let start = Instant::now();
    let script = vec![status(429, Some(30))];
    let (times, result) = play(&RetryPolicy::default(), Operation::IssueToken, script).await;
    assert_eq!(times.len(), 1);
    assert_eq!(
        result.unwrap_err().retry_after(),
        Some(Duration::from_secs(30))
    );
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn attempts_and_the_whole_are_bounded_in_time() {
    let policy = RetryPolicy::default();
    let start = Instant::now();
    let result: Result<(), _> = policy
        .run(Operation::IssueToken, |_| std::future::pending())
        .await;
    assert!(matches!(result, Err(AcsError::Timeout)));
    assert!(start.elapsed() <= policy.deadline + Duration::from_millis(2));
    assert!(start.elapsed() > policy.attempt_timeout);
}

#[tokio::test(start_paused = true)]
async fn create_is_repeated_less_when_it_may_have_succeeded() {
    let policy = RetryPolicy::default();
    let script = (0..4).map(|_| status(500, None)).collect();
    let (times, _) = play(&policy, Operation::CreateIdentity, script).await;
    assert_eq!(times.len(), 2);
    // Throttling is refused before anything is created.
    let script = (0..4).map(|_| status(429, Some(0))).collect();
    let (times, _) = play(&policy, Operation::CreateIdentity, script).await;
    assert_eq!(times.len(), 4);
}

#[test]
fn retry_after_is_read_in_both_forms() {
    let now = datetime!(2026-08-14 09:30:00 UTC);
    for (value, seconds) in [
        ("0", Some(0)),
        (" 120 ", Some(120)),
        ("999999999999999999999999", Some(86_400)),
        ("Fri, 14 Aug 2026 09:30:05 GMT", Some(5)),
        ("Friday, 14-Aug-26 09:30:05 GMT", Some(5)),
        ("Fri, 14 Aug 2026 09:29:00 GMT", Some(0)),
        ("Fri, 14 Aug 2037 09:29:00 GMT", Some(86_400)),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
    ] {
        let expected = seconds.map(Duration::from_secs);
        assert_eq!(parse_retry_after(value, now), expected, "{value}");
    }
}

proptest! {
    #[test]
    fn back_off_stays_in_the_upper_half(attempt in 0_u32..80, random in any::<u64>()) {
        let policy = RetryPolicy::default();
        let full = Duration::from_millis(250)
            .saturating_mul(1_u32.checked_shl(attempt).unwrap_or(u32::MAX))
            .min(policy.max_backoff);
        let wait = policy.backoff(attempt, random);
        prop_assert!(wait >= full / 2 && wait <= full);
    }

    #[test]
    fn any_retry_after_is_read_or_ignored(value in "\\PC{0,40}") {
        let _ = parse_retry_after(&value, datetime!(2026-08-14 09:30:00 UTC));
    }
}
