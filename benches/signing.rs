//! Signing a request to Azure Communication Services.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use vnet_acs::AccessKey;
use vnet_acs::signing::{http_date, sign};

const TARGET: &str = "/identities?api-version=2023-10-01";
const HOST: &str = "vnet.communication.azure.com";
/// 64 bytes, as the portal gives them.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v\
                   MDEyMzQ1Njc4OTo7PD0+Pw==";

fn signing(criterion: &mut Criterion) {
    let key = AccessKey::from_base64(KEY).expect("the key is base64");
    let date = http_date(time::OffsetDateTime::UNIX_EPOCH);
    let mut group = criterion.benchmark_group("sign/hmac-sha256");
    for size in [0, 100, 10_000] {
        let body = vec![b'x'; size];
        group.throughput(Throughput::Elements(1));
        group.bench_with_input(BenchmarkId::from_parameter(size), &body, |bencher, body| {
            bencher.iter(|| sign(&key, "POST", black_box(TARGET), HOST, &date, body));
        });
    }
    group.finish();
}

criterion_group!(benches, signing);
criterion_main!(benches);
