//! Deal's duopoly: reference values of the open-loop equilibrium by the formula of the moment and by the engine, the same
//! path by shooting, commitment against answering, hostile input.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::{DIGITS, ROUTES, build, close_all, near, number, numbers, rows};
use coopad::ParameterError;
use coopad::dynamic::models::{Deal, deal};
use coopad::dynamic::{Collocation, MaximumPrinciple, SolveOverTime};
use coopad::models::Model;
use coopad::prelude::*;
use serde_json::Value;

/// The games of the reference, each with its horizon.
fn games() -> Vec<(Deal, f64, Value)> {
    let game = |row: Value| (build(&row["params"], &[]), number(&row["params"]["T"]), row);
    rows("deal_1979_open_loop", 3).into_iter().map(game).collect()
}

/// Each to a share of the largest: at the end some are next to nothing.
#[track_caller]
fn close_beside(found: &[f64], wanted: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    let largest = wanted.iter().fold(0.0, |most: f64, w| most.max(w.abs()));
    found.iter().zip(wanted).for_each(|(found, wanted)| near(*found, *wanted, tolerance * largest, what));
}

#[test]
fn reference_rows() {
    for (game, horizon, row) in games() {
        for route in ROUTES {
            let what = |what: &str| format!("{route:?}: {what}");
            let settings = MaximumPrinciple { route, ..MaximumPrinciple::default() };
            let found = settings.solve(&game, &Structure::simultaneous(), horizon).unwrap();
            let costates = ["l11", "l12", "l21", "l22"].map(|name| number(&row["initial_costates"][name]));
            close_all(&found.at(0.0).unwrap().costates, &costates, DIGITS, &what("costates at the start"));
            for (time, name) in [(0.0, "0"), (0.5 * horizon, "T/2"), (horizon, "T")] {
                let instant = found.at(time).unwrap();
                close_beside(&instant.decisions, &numbers(&row["u_at"][name]), DIGITS, &what("efforts"));
                if let Some(shares) = row["x_at"].get(name) {
                    close_all(&instant.state, &numbers(shares), DIGITS, &what("shares"));
                }
            }
            close_all(found.payoffs(), &numbers(&row["payoffs"]), DIGITS, &what("payoffs"));
        }
    }
}

/// The first row with twelve digits; its shares are said to be good to 1e-9, and are to 1e-10.
#[test]
fn anchor() {
    let game = Deal::example();
    for tolerance in [1e-10, 1e-13] {
        let settings = MaximumPrinciple { tolerance, ..MaximumPrinciple::default() };
        let plan = settings.solve(&game, &Structure::simultaneous(), 5.0).unwrap();
        close_all(plan.payoffs(), &[1.811_368_555_302; 2], 1e-11, "payoffs");
        close_all(&plan.at(5.0).unwrap().state, &[0.390_051_384_022; 2], 1e-10, "shares at the end");
    }
}

/// States and costates integrated from the start of the found path, by Runge and Kutta's rule on the equations of the
/// module's page: the costates must end at the salvage values.
#[test]
fn costates_end_at_the_salvage_values() {
    for (game, horizon, _) in games() {
        let p = game.numbers();
        let firms = [p.first, p.second];
        let speed = |y: [f64; 6]| -> [f64; 6] {
            let (x, l) = ([y[0], y[1]], [[y[2], y[3]], [y[4], y[5]]]);
            let all = x[0] + x[1];
            let u: [f64; 2] = std::array::from_fn(|i| {
                let won = firms[i].effectiveness * (1.0 - all) + firms[i].attack * all;
                (0.5 * (l[i][i] * won - l[i][1 - i] * firms[1 - i].attack * all)).max(0.0)
            });
            let g: [f64; 2] =
                std::array::from_fn(|i| -firms[i].effectiveness * u[i] + firms[i].attack * (u[i] - u[1 - i]));
            let mut out = [0.0; 6];
            for i in 0..2 {
                let j = 1 - i;
                let f = firms[i];
                out[i] =
                    f.effectiveness * u[i] * (1.0 - all) + f.attack * (u[i] - u[j]) * all - f.decay * x[i];
                let (own, other) = (l[i][i], l[i][j]);
                out[2 + 2 * i + i] = p.discount_rate * own - f.margin - own * (g[i] - f.decay) - other * g[j];
                out[2 + 2 * i + j] = p.discount_rate * other - own * g[i] - other * (g[j] - firms[j].decay);
            }
            out
        };
        let plan = game.open_loop(&Structure::simultaneous(), horizon).unwrap();
        let start = plan.at(0.0).unwrap();
        let mut y: [f64; 6] = [start.state, start.costates].concat().try_into().unwrap();
        let steps = 4000;
        let h = horizon / f64::from(steps);
        let moved =
            |y: [f64; 6], k: [f64; 6], h: f64| -> [f64; 6] { std::array::from_fn(|i| y[i] + h * k[i]) };
        for _ in 0..steps {
            let a = speed(y);
            let b = speed(moved(y, a, 0.5 * h));
            let c = speed(moved(y, b, 0.5 * h));
            let d = speed(moved(y, c, h));
            y = std::array::from_fn(|i| y[i] + h / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i]));
        }
        // Whatever error the start has, the path makes it larger.
        close_beside(&y[2..], &[firms[0].salvage, 0.0, 0.0, firms[1].salvage], 1e-6, "costates at the end");
    }
}

/// Firms that answer the shares earn something else than firms that committed.
#[test]
fn feedback() {
    let mut numbers = *Deal::example().numbers();
    (numbers.first.initial_share, numbers.second.initial_share) = (0.15, 0.25);
    let game = Deal::new(numbers).unwrap();
    let settings = Collocation { region: vec![[0.0, 0.5]; 2], tolerance: 1e-6, ..Collocation::default() };
    let found = settings.solve_until(&game, &Structure::simultaneous(), 1.0).unwrap();
    let plan = game.open_loop(&Structure::simultaneous(), 1.0).unwrap();
    let gap = found.payoffs()[0] / plan.payoffs()[0] - 1.0;
    assert!(gap.abs() > 1e-5 && gap.abs() < 0.1, "{gap}");
}

#[test]
fn hostile_input() {
    let example = Deal::example().values();
    for at in 0..example.len() {
        for value in [f64::NAN, f64::INFINITY, -1.0] {
            let mut values = example.clone();
            values[at] = vec![value];
            let refused = matches!(Deal::from_values(&values), Err(ParameterError::OutOfRange { .. }));
            assert!(refused, "{value} for number {at}");
        }
        let mut values = example.clone();
        values[at] = vec![0.0];
        if let Ok(game) = Deal::from_values(&values) {
            drop(game.open_loop(&Structure::simultaneous(), 1.0));
        }
    }
    let mut numbers = *Deal::example().numbers();
    numbers.second.initial_share = 0.9;
    assert!(matches!(Deal::new(numbers), Err(ParameterError::Inconsistent { .. })));
    let _: deal::Parameters = numbers;
}
