//! What a feedback equilibrium costs: value functions by collocation, the game of the moment solved at every node.

use std::hint::black_box;

use coopad::dynamic::models::{ChannelPricing, Lanchester};
use coopad::dynamic::{Collocation, Route};
use coopad::models::{Channel, Model};
use coopad::prelude::*;
use criterion::{Criterion, criterion_group, criterion_main};

/// One retailer advertises for a market share, a manufacturer may pay a part of it: `ẋ = u(1 − x) − x/10`. Values are
/// not quadratic, and nobody gives the equilibrium of the moment in closed form.
struct Support;

impl Game for Support {
    type Player = &'static str;
    fn players(&self) -> Vec<&'static str> {
        vec!["manufacturer", "retailer"]
    }
    fn decisions(&self) -> Vec<Decision<&'static str>> {
        vec![Decision::transfer("rate", "manufacturer", "retailer"), Decision::new("effort", "retailer")]
    }
    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if decision == 0 { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }
}

impl DifferentialGame for Support {
    fn states(&self) -> Vec<State> {
        vec![State::new("share", 0.0, 1.0)]
    }
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = (-s[0] + 1.0) * x[1] - s[0] * 0.1;
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        let paid = x[0] * x[1].square();
        (out[0], out[1]) = (s[0] * 2.0 - paid, s[0] - x[1].square() + paid);
    }
    fn discount(&self, _: &'static str) -> f64 {
        0.1
    }
}

/// Three firms advertise for customers whom nobody serves yet, `ẋᵢ = uᵢ(1 − x₁ − x₂ − x₃) − 0.3 xᵢ`: three states, values that
/// are not quadratic.
struct Oligopoly;

impl Game for Oligopoly {
    type Player = &'static str;
    fn players(&self) -> Vec<&'static str> {
        vec!["first", "second", "third"]
    }
    fn decisions(&self) -> Vec<Decision<&'static str>> {
        self.players().into_iter().map(|firm| Decision::new(format!("{firm}_effort"), firm)).collect()
    }
    fn bounds<T: Scalar>(&self, _: usize, _: &[T]) -> Interval<T> {
        Interval::at_least(T::constant(0.0))
    }
}

impl DifferentialGame for Oligopoly {
    fn states(&self) -> Vec<State> {
        ["first", "second", "third"].map(|firm| State::new(format!("{firm}_share"), 0.0, 0.3)).to_vec()
    }
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        let free = -(s[0] + s[1] + s[2]) + 1.0;
        (0..3).for_each(|i| out[i] = free * x[i] - s[i] * 0.3);
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        (0..3).for_each(|i| out[i] = s[i] * 0.2 - x[i].square());
    }
    fn discount(&self, _: &'static str) -> f64 {
        0.1
    }
}

fn feedback(c: &mut Criterion) {
    let mut group = c.benchmark_group("feedback");
    group.sample_size(20);
    let led = Structure::leader("manufacturer");
    group.bench_function("one-state nonlinear Stackelberg by collocation", |b| {
        b.iter(|| black_box(&Support).feedback(&led).map(|found| found.degree()));
    });
    let channel = ChannelPricing::example();
    let led = Structure::leader(Channel::Manufacturer);
    for route in [Route::Auto, Route::Engine] {
        let settings = Collocation { route, ..Collocation::default() };
        group.bench_function(format!("channel with prices, two states, led, {route:?}"), |b| {
            b.iter(|| settings.solve(black_box(&channel), &led).map(|found| found.degree()));
        });
    }
    let rivals = Lanchester::example();
    group.bench_function("Lanchester, Nash", |b| {
        b.iter(|| black_box(&rivals).feedback(&Structure::simultaneous()).map(|found| found.degree()));
    });
    group.sample_size(10);
    for tolerance in [1e-4, 1e-7, 1e-10] {
        let settings = Collocation { tolerance, ..Collocation::default() };
        let found = settings.solve(&Oligopoly, &Structure::simultaneous());
        let degree =
            found.map_or_else(|error| error.to_string(), |found| format!("degree {}", found.degree()));
        group.bench_function(format!("three states, Nash, {tolerance:e}, {degree}"), |b| {
            b.iter(|| settings.solve(black_box(&Oligopoly), &Structure::simultaneous()).map(|f| f.degree()));
        });
    }
    group.finish();
}

criterion_group!(benches, feedback);
criterion_main!(benches);
