use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Waker};

use super::*;
use crate::error::ErrorKind;

const LONG: Duration = Duration::from_secs(600);
const SHORT: Duration = Duration::from_millis(20);

fn plan() -> Plan {
    Plan {
        name: "test-hash",
        // On a busy machine the background would get no time.
        priority: Priority::Usual,
        threads: 1,
        waiting: 2,
        linger: LONG,
        params: Params::new(8, 1, 1, None).unwrap(),
    }
}

fn crews(hasher: &Hasher) -> (&Crew, &Crew) {
    match &hasher.inner.place {
        Place::Threads {
            background,
            helpers,
            ..
        } => (background, helpers),
        Place::Here(_) => panic!("no threads"),
    }
}

/// Keeps the only thread at work until the sender is gone.
fn occupy(crew: &Crew) -> mpsc::Sender<()> {
    let (release, wait) = mpsc::channel::<()>();
    let (begun, begins) = mpsc::channel();
    let work = move |_furnace: &mut Furnace| {
        begun.send(()).unwrap();
        let _released = wait.recv();
        Ok(())
    };
    // Once it is begun nobody needs to wait for it.
    let _answer = crew.submit(work).unwrap();
    begins.recv().unwrap();
    release
}

fn poll_once(future: &mut std::pin::Pin<&mut impl Future>) {
    let mut context = Context::from_waker(Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_pending());
}

async fn checks(hasher: Hasher) {
    let one = hasher.hash("s3cret!".into()).await.unwrap();
    let two = hasher.hash("s3cret!".into()).await.unwrap();
    assert_ne!(one, two);
    assert!(one.as_phc().starts_with("$argon2id$v=19$"));
    let right = hasher.verify("s3cret!".into(), Some(one.clone())).await;
    assert!(right.unwrap());
    let wrong = hasher.verify("S3cret!".into(), Some(one)).await;
    assert!(!wrong.unwrap());
    let nobody = hasher.verify("a password of nobody".into(), None).await;
    assert!(!nobody.unwrap());
}

#[tokio::test]
async fn a_hash_is_checked_and_unlike_another_of_the_same_password() {
    checks(Hasher::on_threads(plan(), LONG)).await;
    checks(Hasher::weak_for_tests()).await;
    checks(Hasher::new(1)).await;
}

#[tokio::test]
async fn the_queue_is_bounded_and_moves_on() {
    let hasher = Hasher::on_threads(plan(), LONG);
    let release = occupy(crews(&hasher).0);
    let (one, two) = (hasher.hash("1".into()), hasher.hash("2".into()));
    let (mut one, mut two) = (pin!(one), pin!(two));
    poll_once(&mut one);
    poll_once(&mut two);
    let error = hasher.hash("3".into()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Unavailable, "busy")
    );
    assert!(error.retry_after().is_some());
    drop(release);
    one.await.unwrap();
    two.await.unwrap();
    hasher.hash("3".into()).await.unwrap();
}

#[tokio::test]
async fn work_that_nobody_waits_for_takes_neither_place_nor_time() {
    let hasher = Hasher::on_threads(plan(), LONG);
    let done = Arc::new(AtomicUsize::new(0));
    let release = occupy(crews(&hasher).0);
    let counted = || {
        let done = Arc::clone(&done);
        hasher.run(move |_furnace| Ok(done.fetch_add(1, Ordering::SeqCst)))
    };
    for _ in 0..10 {
        let mut given_up = pin!(counted());
        poll_once(&mut given_up);
    }
    let mut kept = pin!(counted());
    poll_once(&mut kept);
    drop(release);
    kept.await.unwrap();
    assert_eq!(done.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_panic_is_an_error_for_one_alone() {
    let hasher = Hasher::on_threads(plan(), LONG);
    let broken = |_furnace: &mut Furnace| -> Result<()> { panic!("on purpose") };
    let error = hasher.run(broken).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Internal);
    for _ in 0..5 {
        hasher.hash("s3cret!".into()).await.unwrap();
    }
}

#[tokio::test]
async fn others_help_when_the_background_stands_still() {
    let hasher = Hasher::on_threads(plan(), SHORT);
    let release = occupy(crews(&hasher).0);
    let name = |_furnace: &mut Furnace| Ok(std::thread::current().name().map(str::to_owned));
    assert_eq!(
        hasher.run(name).await.unwrap().as_deref(),
        Some("vnet-hash-help")
    );
    drop(release);
    hasher.hash("s3cret!".into()).await.unwrap();
}

#[tokio::test]
async fn whoever_is_not_helped_is_answered_by_the_background() {
    let hasher = Hasher::on_threads(
        Plan {
            waiting: 1,
            ..plan()
        },
        SHORT,
    );
    let (background, helpers) = crews(&hasher);
    let (first, second) = (occupy(background), occupy(helpers));
    let _queued = helpers.submit(|_furnace| Ok(())).unwrap();
    let mut waiting = pin!(hasher.hash("s3cret!".into()));
    let refused = timeout(SHORT * 5, &mut waiting).await;
    assert!(refused.is_err());
    drop(first);
    waiting.await.unwrap();
    drop(second);
}

#[tokio::test]
async fn threads_end_when_idle_and_start_again() {
    let linger = Duration::from_millis(1);
    let hasher = Hasher::on_threads(Plan { linger, ..plan() }, LONG);
    for _ in 0..3 {
        hasher.hash("s3cret!".into()).await.unwrap();
        crews(&hasher).0.wait_for_end()();
    }
}

#[tokio::test]
async fn threads_end_with_the_last_hasher() {
    let hasher = Hasher::on_threads(plan(), LONG);
    let other = hasher.clone();
    hasher.hash("s3cret!".into()).await.unwrap();
    let ended = crews(&hasher).0.wait_for_end();
    drop(hasher);
    other.hash("s3cret!".into()).await.unwrap();
    drop(other);
    ended();
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_are_all_answered() {
    let plan = Plan {
        threads: 3,
        waiting: 100,
        linger: Duration::from_micros(50),
        ..plan()
    };
    let hasher = Hasher::on_threads(plan, LONG);
    for _ in 0..20 {
        let tasks: Vec<_> = (0..30)
            .map(|_| {
                let hasher = hasher.clone();
                tokio::spawn(async move { hasher.hash("s3cret!".into()).await })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
    }
}
