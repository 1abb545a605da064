//! What was acknowledged survives `kill -9`.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use vnet_core::id::UserId;
use vnet_core::store::UserStore;
use vnet_core::testkit::samples;
use vnet_store_sqlite::{Check, SqliteStore};

const THIS_TEST: &str = "acknowledged_writes_survive_kill_9";
/// Set for the child: where it writes.
const DATABASE: &str = "VNET_DURABILITY_DATABASE";
const ROUNDS: usize = 24;
const WRITERS: usize = 8;

/// Writes until it is killed and names each user on standard output once the write returned.
#[tokio::main]
async fn write_for_ever(database: &Path) {
    let store = SqliteStore::open(database).expect("the database opens after a kill");
    let run = UserId::generate().as_uuid().simple().to_string();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (store, run) = (store.clone(), run.clone());
            tokio::spawn(async move {
                for number in 0_u64.. {
                    let name = format!("u{run}_{writer}_{number}");
                    let user = store
                        .insert_user(samples::new_user(&name))
                        .await
                        .expect("a write");
                    let line = format!("ack {}\n", user.username);
                    // One write call: a line is never torn apart by another writer's.
                    let mut out = std::io::stdout().lock();
                    out.write_all(line.as_bytes())
                        .and_then(|()| out.flush())
                        .expect("a pipe");
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.expect("writes go on until the kill");
    }
}

fn spawn_child(database: &Path) -> (Child, BufReader<ChildStdout>) {
    let mut child = Command::new(std::env::current_exe().expect("the path of this test"))
        .args([THIS_TEST, "--exact", "--nocapture", "--test-threads=1"])
        .env(DATABASE, database)
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test can be started again");
    let out = BufReader::new(child.stdout.take().expect("a pipe"));
    (child, out)
}

fn acknowledged(line: &str) -> Option<&str> {
    // Whole lines only: the kill may have cut the last one.
    line.strip_suffix('\n')?.strip_prefix("ack ")
}

/// A small generator (Steele and Vigna, splitmix64), so that a failure can be repeated.
fn next_random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Kills a writing child at a random moment and returns what it had acknowledged.
fn one_round(database: &Path, random: &mut u64) -> Vec<String> {
    let (mut child, mut out) = spawn_child(database);
    let mut names = Vec::new();
    let enough = next_random(random) % 60;
    let mut line = String::new();
    while (names.len() as u64) < enough.max(1) {
        line.clear();
        assert_ne!(
            out.read_line(&mut line).expect("a pipe"),
            0,
            "the child ended by itself"
        );
        names.extend(acknowledged(&line).map(str::to_owned));
    }
    // Somewhere between two acknowledgements, not always right after one.
    for _ in 0..next_random(random) % 400_000 {
        std::hint::spin_loop();
    }
    child.kill().expect("SIGKILL");
    assert!(!child.wait().expect("the child ends").success());
    let mut rest = String::new();
    out.read_to_string(&mut rest).expect("text");
    let rest = rest.split_inclusive('\n').filter_map(acknowledged);
    names.extend(rest.map(str::to_owned));
    names
}

#[test]
fn acknowledged_writes_survive_kill_9() {
    if let Some(database) = std::env::var_os(DATABASE) {
        return write_for_ever(Path::new(&database));
    }
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("killed.sqlite3");
    let mut random = u64::from(std::process::id());
    let mut all = HashSet::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    for round in 0..ROUNDS {
        let names = one_round(&database, &mut random);
        assert!(!names.is_empty());
        for name in names {
            assert!(all.insert(name), "every name is new");
        }
        runtime.block_on(async {
            let store = SqliteStore::builder(&database).check(Check::Always).open();
            let store = store.expect("the database is whole after a kill");
            for name in &all {
                let name = name.parse().expect("a username");
                let found = store.find_user(&name).await.expect("users can be read");
                assert!(
                    found.is_some(),
                    "round {round}: {name} was acknowledged and is lost"
                );
            }
            // Left open on purpose in every second round: the next child then finds a log.
            if round % 2 == 0 {
                store.close().await;
            }
        });
    }
    assert!(all.len() >= ROUNDS);
}
