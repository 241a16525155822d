//! What the co-creation models cost: the linear form's shadow prices once, then a regime at a time; the nonlinear form.

use std::hint::black_box;

use coopad::dynamic::SolveOverTime;
use coopad::dynamic::models::{CoCreation, NonlinearCoCreation};
use coopad::models::Model;
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
    group.sample_size(10);
    let market = NonlinearCoCreation::example();
    for scheme in NonlinearCoCreation::structures() {
        group.bench_function(format!("nonlinear, {}", scheme.name), |b| {
            b.iter(|| black_box(&market).feedback(&scheme.structure).map(|found| found.degree()));
        });
    }
    group.finish();
}

criterion_group!(benches, cocreation);
criterion_main!(benches);
