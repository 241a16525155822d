//! What a solve costs: closed forms, the engine under several structures, the certificate.
//!
//! `cargo bench` prints the times; `docs/benchmarks.md` sets them beside what other software needs for the same
//! games on the same machine.

use std::hint::black_box;

use coopad::models::{HuangLi, Model, PlatformAlliance};
use coopad::prelude::*;
use criterion::{Criterion, criterion_group, criterion_main};

/// Price and square-root advertising, five decisions, written as a user would: the manufacturer sets its wholesale
/// price, national advertising and participation rate, the retailer its price and local advertising.
struct Pricing;

impl Game for Pricing {
    type Player = &'static str;

    fn players(&self) -> Vec<&'static str> {
        vec!["manufacturer", "retailer"]
    }

    fn decisions(&self) -> Vec<Decision<&'static str>> {
        vec![
            Decision::new("wholesale_price", "manufacturer"),
            Decision::new("national_advertising", "manufacturer"),
            Decision::transfer("participation_rate", "manufacturer", "retailer"),
            Decision::new("retail_price", "retailer"),
            Decision::new("local_advertising", "retailer"),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, x: &[T]) -> Interval<T> {
        match decision {
            0 | 2 => Interval::unit(),
            3 => Interval::new(x[0], T::constant(1.0)),
            _ => Interval::at_least(T::constant(0.0)),
        }
    }
}

impl StaticGame for Pricing {
    #[inline]
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let (wholesale, national, rate, price, local) = (x[0], x[1], x[2], x[3], x[4]);
        let demand = (-price + 1.0) * (local.sqrt() + national.sqrt());
        out[0] = wholesale * demand - national - rate * local;
        out[1] = (price - wholesale) * demand - local + rate * local;
    }
}

fn closed_form(c: &mut Criterion) {
    let mut group = c.benchmark_group("closed form");
    let game = HuangLi::example();
    for scheme in HuangLi::structures() {
        group.bench_function(format!("huang_li {}", scheme.name), |b| {
            b.iter(|| black_box(&game).solve(black_box(&scheme.structure)));
        });
    }
    group.bench_function("huang_li manufacturer_leads, the numbers alone", |b| {
        b.iter(|| black_box(game.numbers()).manufacturer_leads());
    });
}

fn engine(c: &mut Criterion) {
    let mut group = c.benchmark_group("engine");
    let game = HuangLi::example();
    for scheme in HuangLi::structures() {
        group.bench_function(format!("huang_li {}", scheme.name), |b| {
            b.iter(|| black_box(&game).solve_numerically(black_box(&scheme.structure)));
        });
    }
    let leads = Structure::leader("manufacturer");
    group.bench_function("five decisions, manufacturer leads", |b| {
        b.iter(|| black_box(&Pricing).solve_numerically(black_box(&leads)));
    });
    let alliance = PlatformAlliance::example();
    for scheme in PlatformAlliance::structures() {
        group.bench_function(format!("platform_alliance {}", scheme.name), |b| {
            b.iter(|| black_box(&alliance).solve_numerically(black_box(&scheme.structure)));
        });
    }
}

fn certificate(c: &mut Criterion) {
    let mut group = c.benchmark_group("certificate");
    let game = HuangLi::example();
    for scheme in HuangLi::structures() {
        let Ok(solution) = game.solve(&scheme.structure) else { continue };
        group.bench_function(format!("huang_li {}", scheme.name), |b| {
            b.iter(|| black_box(&solution).clone().verify(black_box(&game)));
        });
    }
    let leads = Structure::leader("manufacturer");
    if let Ok(solution) = Pricing.solve(&leads) {
        group.bench_function("five decisions, manufacturer leads", |b| {
            b.iter(|| black_box(&solution).clone().verify(&Pricing));
        });
    }
}

criterion_group!(benches, closed_form, engine, certificate);
criterion_main!(benches);
