//! Games over time: what a solve costs; for linear-quadratic ones, how its time grows with states and players.

use std::hint::black_box;

use coopad::dynamic::linear_quadratic::{Agent, LinearQuadratic, Matrix};
use coopad::dynamic::{DifferentialGame, MaximumPrinciple, State};
use coopad::prelude::*;
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

/// Two firms, each with one spend: one goodwill that both build, or one market of which both sell.
enum Duopoly {
    NerloveArrow,
    Sethi,
}

impl Duopoly {
    const FIRMS: [&str; 2] = ["first", "second"];
}

impl Game for Duopoly {
    type Player = &'static str;
    fn players(&self) -> Vec<&'static str> {
        Self::FIRMS.to_vec()
    }
    fn decisions(&self) -> Vec<Decision<&'static str>> {
        Self::FIRMS.map(|firm| Decision::new(firm, firm)).to_vec()
    }
}

impl DifferentialGame for Duopoly {
    fn states(&self) -> Vec<State> {
        vec![match self {
            Duopoly::NerloveArrow => State::new("goodwill", 0.0, 20.0).starting_at(1.0),
            Duopoly::Sethi => State::new("share", 0.0, 1.0).starting_at(0.2),
        }]
    }
    #[inline]
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = match self {
            Duopoly::NerloveArrow => x[0] + x[1] * 0.8 - s[0] * 0.2,
            Duopoly::Sethi => (x[0] * 0.6 + x[1] * 0.4) * (-s[0] + 1.0).sqrt() - s[0] * 0.1,
        };
    }
    #[inline]
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        match self {
            Duopoly::NerloveArrow => {
                let sales = s[0] - s[0].square() * 0.05;
                out[0] = sales - x[0].square() * 0.5;
                out[1] = sales * 0.6 - x[1].square() * 0.6;
            }
            Duopoly::Sethi => {
                out[0] = s[0] - x[0].square();
                out[1] = s[0] * 0.7 - x[1].square();
            }
        }
    }
    fn discount(&self, _: &'static str) -> f64 {
        0.05
    }
    fn salvage<T: Scalar>(&self, s: &[T], out: &mut [T]) {
        let worth = match self {
            Duopoly::NerloveArrow => [0.5, 0.3],
            Duopoly::Sethi => [0.0, 0.0],
        };
        out.iter_mut().zip(worth).for_each(|(out, worth)| *out = s[0] * worth);
    }
    #[inline]
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<&'static str>,
        s: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let (first, second) = match self {
            Duopoly::NerloveArrow => (T::constant(1.0), T::constant(0.8 / 1.2)),
            Duopoly::Sethi => {
                let reach = (-s[0] + 1.0).sqrt();
                (reach * 0.3, reach * 0.2)
            }
        };
        x[0] = costates[0] * first;
        x[1] = costates[1] * second;
        structure.same_rules(&Structure::simultaneous())
    }
}

fn open_loop(c: &mut Criterion) {
    let mut group = c.benchmark_group("open loop");
    let nash = Structure::simultaneous();
    for (name, game, tolerance) in [
        ("nerlove-arrow by collocation at 1e-9", Duopoly::NerloveArrow, 1e-9),
        ("sethi at 1e-6", Duopoly::Sethi, 1e-6),
    ] {
        let settings = MaximumPrinciple { tolerance, ..MaximumPrinciple::default() };
        group.bench_function(name, |b| b.iter(|| settings.solve(black_box(&game), &nash, 10.0)));
    }
    group.finish();
}

criterion_group!(benches, dynamic, open_loop);
criterion_main!(benches);
