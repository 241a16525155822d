//! What the co-creation model costs: the shadow prices once, then a regime at a time.

use std::hint::black_box;

use coopad::dynamic::models::CoCreation;
use criterion::{Criterion, criterion_group, criterion_main};

fn cocreation(c: &mut Criterion) {
    let mut group = c.benchmark_group("cocreation");
    // Two enterprises, platform, community and stakeholder: 12 efforts, 3 states.
    let model = CoCreation::services();
    group.bench_function("model, n = 2", |b| {
        b.iter(|| CoCreation::new(black_box(model.numbers().clone())));
    });
    for name in ["no_support", "mesh", "cooperative"] {
        let Some(regime) = model.regime(name) else { continue };
        group.bench_function(format!("{name}, n = 2"), |b| {
            b.iter(|| model.solve(black_box(&regime)));
        });
    }
    group.bench_function("Shapley value, n = 2", |b| b.iter(|| model.game().shapley(black_box(&[1.0; 3]))));
    group.finish();
}

criterion_group!(benches, cocreation);
criterion_main!(benches);
