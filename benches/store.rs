//! SQLite on disk: the point reads of every request, and writes that are committed together.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tempfile::TempDir;
use time::{Duration, OffsetDateTime};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use vnet_benches::fill::{self, Amount, DATABASE};
use vnet_core::id::SessionId;
use vnet_core::meeting::MeetingId;
use vnet_core::session::{Session, SessionHash, SessionKey};
use vnet_core::store::{MeetingStore as _, SessionStore as _, UserStore as _};
use vnet_core::user::Username;
use vnet_store_sqlite::SqliteStore;

const AMOUNT: Amount = Amount {
    users: 1_000,
    meetings: 10_000,
};

/// A store with users, meetings and a session.
struct Stage {
    store: SqliteStore,
    runtime: Runtime,
    session: Session,
    meeting: MeetingId,
    now: OffsetDateTime,
    _folder: TempDir,
}

fn stage() -> anyhow::Result<Stage> {
    let folder = TempDir::new()?;
    fill::fill(folder.path(), AMOUNT)?;
    let meeting = fill::schedule(folder.path(), "user_7", 1)?.parse()?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let store = SqliteStore::open(folder.path().join(DATABASE))?;
    let now = OffsetDateTime::from_unix_timestamp(1_800_000_000)?;
    let name: Username = "user_7".parse().expect("a good name");
    let session = runtime.block_on(async {
        let user = store.find_user(&name).await?.expect("the user was put in");
        let session = session(user.id, SessionKey::generate()?.hash(), now);
        store.insert_session(&session).await?;
        anyhow::Ok(session)
    })?;
    Ok(Stage {
        store,
        runtime,
        session,
        meeting,
        now,
        _folder: folder,
    })
}

fn session(user_id: vnet_core::id::UserId, hash: SessionHash, now: OffsetDateTime) -> Session {
    Session {
        id: SessionId::generate(),
        user_id,
        hash,
        created_at: now,
        last_seen_at: now,
        expires_at: now + Duration::days(14),
        user_agent: String::new(),
        address: String::new(),
    }
}

fn reads(criterion: &mut Criterion) {
    let stage = stage().expect("a store on disk");
    let Stage { store, runtime, .. } = &stage;
    criterion.bench_function("find_session/sqlite/1000-users", |bencher| {
        bencher.iter(|| {
            let found = runtime.block_on(store.find_session(&stage.session.hash, stage.now));
            black_box(found)
                .expect("the store works")
                .expect("the session is live")
        });
    });
    criterion.bench_function("get_meeting/sqlite/10000-meetings", |bencher| {
        bencher.iter(|| {
            let found = runtime.block_on(store.get_meeting(&stage.meeting));
            black_box(found)
                .expect("the store works")
                .expect("the meeting is there")
        });
    });
}

/// So many sessions are used at the same moment: each is a write of its own, waiting for the disk.
fn writes(criterion: &mut Criterion) {
    let stage = stage().expect("a store on disk");
    let Stage {
        store,
        runtime,
        session,
        now,
        ..
    } = &stage;
    let (id, seen_at) = (session.id, *now);
    let mut group = criterion.benchmark_group("touch_session/sqlite");
    for together in [1_u64, 16, 256] {
        group.throughput(Throughput::Elements(together));
        group.bench_function(BenchmarkId::from_parameter(together), |bencher| {
            bencher.iter(|| {
                runtime.block_on(async {
                    let mut waiting = JoinSet::new();
                    for _ in 0..together {
                        let store = store.clone();
                        let expires_at = seen_at + Duration::days(14);
                        waiting.spawn(async move {
                            store.touch_session(&id, seen_at, expires_at).await
                        });
                    }
                    while let Some(done) = waiting.join_next().await {
                        assert!(done.expect("no panic").expect("the store works"));
                    }
                });
            });
        });
    }
    group.finish();
}

criterion_group!(benches, reads, writes);
criterion_main!(benches);
