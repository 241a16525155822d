//! Linear-quadratic games: what a solve costs, and how its time grows with states and players.

use std::hint::black_box;

use coopad::dynamic::linear_quadratic::{Agent, LinearQuadratic, Matrix};
use criterion::{Criterion, criterion_group, criterion_main};

/// Goodwills that decay, each with its advertiser; everybody sells from all of them.
fn goodwills(states: usize, players: usize) -> LinearQuadratic {
    let agents = (0..players).map(|i| {
        let effect: Vec<f64> = (0..states).map(|k| if k % players == i { 1.0 } else { 0.1 }).collect();
        let mut curvature: Vec<f64> = vec![0.02; states * states];
        (0..states).for_each(|k| curvature[k * states + k] = -0.2 - 0.01 * (k + i) as f64);
        let slope: Vec<f64> = (0..states).map(|k| 1.0 / (1 + k + i) as f64).collect();
        // Sizes are right by construction; a mistake here shows as an error of `new` below.
        let matrix = |rows, columns, entries: &[f64]| {
            Matrix::from_rows(rows, columns, entries).unwrap_or_else(|| Matrix::zero(0, 0))
        };
        Agent::new(matrix(states, 1, &effect), 1.0 + 0.1 * i as f64, 0.1).earns(
            matrix(states, states, &curvature),
            &slope,
            0.0,
        )
    });
    let decay: Vec<f64> = (0..states).map(|k| -0.3 - 0.02 * k as f64).collect();
    match LinearQuadratic::new(Matrix::diagonal(&decay), &vec![0.0; states], agents.collect()) {
        Ok(game) => game,
        Err(error) => {
            eprintln!("the bench's game is wrong: {error}");
            std::process::exit(1)
        }
    }
}

fn dynamic(c: &mut Criterion) {
    let mut group = c.benchmark_group("linear_quadratic");
    for (states, players) in [(1, 1), (1, 2), (2, 2), (2, 3), (3, 3), (5, 3), (10, 5)] {
        let game = goodwills(states, players);
        if states > 5 {
            group.sample_size(10);
        }
        group.bench_function(format!("feedback {players} players {states} states"), |b| {
            b.iter(|| black_box(&game).feedback_nash());
        });
    }
    group.sample_size(100);
    let one = goodwills(1, 1);
    group.bench_function("open loop Nerlove-Arrow, horizon 20", |b| {
        b.iter(|| black_box(&one).open_loop_nash_until(20.0, &[1.0]).and_then(|plan| plan.at(0.0)));
    });
    let two = goodwills(2, 2);
    group.bench_function("open loop 2 players 2 states, horizon 20", |b| {
        b.iter(|| black_box(&two).open_loop_nash_until(20.0, &[1.0, 1.0]).and_then(|plan| plan.at(0.0)));
    });
    group.bench_function("feedback on a horizon of 20, 2 players 2 states", |b| {
        b.iter(|| black_box(&two).feedback_nash_until(20.0));
    });
    let duopoly = goodwills(1, 2);
    group.bench_function("all equilibria 2 players", |b| b.iter(|| black_box(&duopoly).all_equilibria()));
    let found = two.feedback_nash();
    group.bench_function("certificate 2 players 2 states", |b| {
        b.iter(|| black_box(&found).as_ref().map(|found| found.certify(&two)));
    });
    group.finish();
}

criterion_group!(benches, dynamic);
criterion_main!(benches);
