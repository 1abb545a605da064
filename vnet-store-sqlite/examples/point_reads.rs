//! Measures the point reads: `cargo run --release -p vnet-store-sqlite --example point_reads`.
//!
//! Fills a temporary database with users, sessions and meetings, then prints how long one call of
//! each read takes on one thread, in microseconds.

#![expect(
    clippy::print_stdout,
    reason = "a program that prints its measurements"
)]

use std::hint::black_box;
use std::time::Instant;

use time::Duration;
use vnet_core::meeting::{MeetingOrder, MeetingQuery};
use vnet_core::session::SessionHash;
use vnet_core::store::{MeetingStore, SessionStore, UserStore};
use vnet_core::testkit::samples::{self, NOW};
use vnet_store_sqlite::SqliteStore;

const USERS: usize = 10_000;
const CALLS: usize = 50_000;

async fn fill(store: &SqliteStore) -> vnet_core::Result<Vec<(SessionHash, vnet_core::id::UserId)>> {
    let mut known = Vec::new();
    for chunk in (0..USERS).collect::<Vec<_>>().chunks(250) {
        let tasks: Vec<_> = chunk
            .iter()
            .map(|number| {
                let (store, number) = (store.clone(), *number);
                tokio::spawn(async move {
                    let user = store
                        .insert_user(samples::new_user(&format!("user_{number}")))
                        .await?;
                    let mut session = samples::session(user.id);
                    session.user_agent = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101".repeat(2);
                    store.insert_session(&session).await?;
                    for _meeting in 0..10 {
                        store.insert_meeting(&samples::meeting(user.id)).await?;
                    }
                    Ok::<_, vnet_core::Error>((session.hash, user.id))
                })
            })
            .collect();
        for task in tasks {
            known.push(task.await.expect("no panic")?);
        }
    }
    Ok(known)
}

fn report(name: &str, calls: usize, began: Instant) {
    let micros = began.elapsed().as_secs_f64() * 1e6 / calls as f64;
    println!("{name:<40} {micros:8.2} µs");
}

#[tokio::main]
async fn main() -> vnet_core::Result<()> {
    let store = SqliteStore::open_temporary()?;
    let began = Instant::now();
    let known = fill(&store).await?;
    report("insert (user, session, 10 meetings)", USERS, began);
    let now = NOW + Duration::MINUTE;
    let pick = |call: usize| known[call.wrapping_mul(7_919) % known.len()];

    for _round in 0..2 {
        let began = Instant::now();
        for call in 0..CALLS {
            assert!(black_box(store.find_session(&pick(call).0, now).await?).is_some());
        }
        report("find_session, 10,000 sessions in turn", CALLS, began);
        let began = Instant::now();
        for call in 0..CALLS {
            assert!(black_box(store.find_session(&pick(call % 32).0, now).await?).is_some());
        }
        report("find_session, 32 sessions", CALLS, began);
    }
    let began = Instant::now();
    for call in 0..CALLS {
        assert!(black_box(store.get_user(&pick(call).1).await?).is_some());
    }
    report("get_user", CALLS, began);
    let calls = CALLS / 100;
    let began = Instant::now();
    for call in 0..calls {
        let query = MeetingQuery {
            host_id: Some(pick(call).1),
            not_over_at: Some(now),
            limit: 200,
            ..MeetingQuery::default()
        };
        assert_eq!(
            black_box(store.list_meetings(&query).await?).items.len(),
            10
        );
    }
    report("list_meetings, host, not over, 10 found", calls, began);
    let page = MeetingQuery {
        order: MeetingOrder::NewestFirst,
        limit: 200,
        ..MeetingQuery::default()
    };
    let began = Instant::now();
    for _call in 0..calls {
        assert_eq!(
            black_box(store.list_meetings(&page).await?).items.len(),
            200
        );
    }
    report("list_meetings, page of 200", calls, began);
    store.close().await;
    Ok(())
}
