use super::*;
use std::sync::Mutex as StdMutex;
use time::macros::datetime;

const START: OffsetDateTime = datetime!(2026-08-14 09:30:00 UTC);

#[derive(Debug)]
struct HandClock(StdMutex<OffsetDateTime>);

impl HandClock {
    fn pass(&self, time: Duration) {
        *self.0.lock().unwrap() += time;
    }
}

impl Clock for HandClock {
    fn now(&self) -> OffsetDateTime {
        *self.0.lock().unwrap()
    }
}

/// Gives tokens `t1`, `t2`, … of one hour, or fails.
#[derive(Debug)]
struct Source {
    clock: Arc<HandClock>,
    asked: StdMutex<u32>,
    broken: StdMutex<bool>,
}

#[async_trait]
impl TokenSource for Source {
    async fn bearer_token(&self) -> Result<BearerCredential> {
        let n = {
            let mut asked = self.asked.lock().unwrap();
            *asked += 1;
            *asked
        };
        tokio::task::yield_now().await;
        if *self.broken.lock().unwrap() {
            return Err(Error::new(ErrorKind::Unavailable, "entra_down", "down"));
        }
        Ok(BearerCredential {
            token: Secret::new(format!("t{n}")),
            expires_at: self.clock.now() + Duration::hours(1),
        })
    }
}

fn set_up() -> (CachedSource, Arc<Source>, Arc<HandClock>) {
    let clock = Arc::new(HandClock(StdMutex::new(START)));
    let source = Arc::new(Source {
        clock: Arc::clone(&clock),
        asked: StdMutex::new(0),
        broken: StdMutex::new(false),
    });
    let cached = CachedSource::new(
        Arc::clone(&source) as Arc<dyn TokenSource>,
        Arc::clone(&clock) as Arc<dyn Clock>,
    );
    (cached, source, clock)
}

async fn text(cached: &CachedSource) -> String {
    cached.token().await.unwrap().expose().to_owned()
}

#[tokio::test]
async fn tokens_are_kept_until_shortly_before_their_end() {
    let (cached, source, clock) = set_up();
    assert_eq!(text(&cached).await, "t1");
    clock.pass(Duration::minutes(57));
    assert_eq!(text(&cached).await, "t1");
    clock.pass(Duration::minutes(1));
    assert_eq!(text(&cached).await, "t2");
    assert_eq!(*source.asked.lock().unwrap(), 2);
}

#[tokio::test]
async fn many_waiters_ask_once() {
    let (cached, source, _clock) = set_up();
    let cached = Arc::new(cached);
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let cached = Arc::clone(&cached);
            tokio::spawn(async move { text(&cached).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), "t1");
    }
    assert_eq!(*source.asked.lock().unwrap(), 1);
}

#[tokio::test]
async fn a_failing_source_is_bridged_by_a_token_that_still_works() {
    let (cached, source, clock) = set_up();
    assert_eq!(text(&cached).await, "t1");
    *source.broken.lock().unwrap() = true;
    clock.pass(Duration::seconds(59 * 60));
    assert_eq!(text(&cached).await, "t1");
    clock.pass(Duration::minutes(1));
    let error = Error::from(cached.token().await.unwrap_err());
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(error.code(), "entra_down");
}

#[tokio::test]
async fn a_refused_token_is_forgotten_and_another_one_is_not() {
    let (cached, _source, _clock) = set_up();
    assert_eq!(text(&cached).await, "t1");
    cached.forget(&Secret::new("older")).await;
    assert_eq!(text(&cached).await, "t1");
    cached.forget(&Secret::new("t1")).await;
    assert_eq!(text(&cached).await, "t2");
}
