//! Hashing a password with the parameters of the product, by itself.

use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime::Builder;
use vnet_core::Secret;
use vnet_core::password::Hasher;

const WAITING: usize = 8;

fn hashing(criterion: &mut Criterion) {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let hasher = Hasher::new(WAITING);
    let password = Secret::from("correct horse battery staple");
    let mut group = criterion.benchmark_group("argon2id");
    group.sample_size(20);
    group.bench_function("hash", |bencher| {
        bencher.iter(|| {
            runtime
                .block_on(hasher.hash(password.clone()))
                .expect("a hash")
        });
    });
    let hash = runtime
        .block_on(hasher.hash(password.clone()))
        .expect("a hash");
    group.bench_function("verify", |bencher| {
        bencher.iter(|| {
            let verified = runtime.block_on(hasher.verify(password.clone(), Some(hash.clone())));
            assert!(verified.expect("a verdict"));
        });
    });
    group.bench_function("verify-unknown-user", |bencher| {
        bencher.iter(|| {
            let verified = runtime.block_on(hasher.verify(password.clone(), None));
            assert!(!verified.expect("a verdict"));
        });
    });
    group.finish();
}

criterion_group!(benches, hashing);
criterion_main!(benches);
