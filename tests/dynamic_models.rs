//! The models over time: reference values by formula and by both routes of collocation, random games, hostile input.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::Draws;
use coopad::dynamic::models::{Monopolist, NerloveArrow, PrasadSethi, Rival, Sethi, VidaleWolfe};
use coopad::dynamic::models::{nerlove_arrow, prasad_sethi, sethi, vidale_wolfe};
use coopad::dynamic::{Collocation, DifferentialGame, Feedback, Route};
use coopad::models::Model;
use coopad::prelude::*;
use coopad::{ParameterError, Structure};
use serde_json::Value;

const REFERENCE: &str = include_str!("fixtures/dynamic.json");
/// Reference values have ten digits.
const DIGITS: f64 = 1e-9;
const ROUTES: [Route; 2] = [Route::Auto, Route::Engine];

/// The rows of a family, of which there must be `count`.
fn rows(family: &str, count: usize) -> Vec<Value> {
    let file: Value = serde_json::from_str(REFERENCE).unwrap();
    let rows = file[family].as_array().unwrap().clone();
    assert_eq!(rows.len(), count, "{family}");
    rows
}

/// The model at a row's parameters; `besides` are letters that are no parameters of it.
fn build<M: Model>(row: &Value, besides: &[&str]) -> M {
    let params = row["params"].as_object().unwrap();
    let given = |letter: &str| params.get(letter).map(|value| value.as_f64().unwrap());
    let values: Vec<Vec<f64>> =
        M::parameters().iter().map(|p| given(p.symbol).into_iter().collect()).collect();
    let used = values.iter().flatten().count() + besides.len();
    assert_eq!(used, params.len(), "a parameter of {params:?} is not known");
    M::from_values(&values).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn close(found: f64, wanted: f64, tolerance: f64, what: &str) {
    assert!((found - wanted).abs() <= tolerance * wanted.abs(), "{what}: {found} for {wanted}");
}

/// A table by state, `{"0.1": 15.0}` or `{"0.1": [15.0, 3.0]}`: the state, and one number a player.
fn table(value: &Value) -> Vec<(f64, Vec<f64>)> {
    let entries = value.as_object().unwrap().iter();
    let numbers = |value: &Value| match value {
        Value::Array(list) => list.iter().map(number).collect(),
        one => vec![number(one)],
    };
    entries.map(|(state, value)| (state.parse().unwrap(), numbers(value))).collect()
}

fn feedback<'g, G: DifferentialGame>(
    game: &'g G,
    structure: &Structure<G::Player>,
    route: Route,
) -> Feedback<'g, G> {
    Collocation { route, ..Collocation::default() }.solve(game, structure).unwrap()
}

/// Values, policies by formula and by engine, and the steady state of one state's game against a row of the file.
fn against<G: DifferentialGame>(
    game: &G,
    structure: &Structure<G::Player>,
    [values, policies]: [&[(f64, Vec<f64>)]; 2],
    steady: f64,
    tolerance: f64,
    what: &str,
) {
    for route in ROUTES {
        let what = format!("{what}, {route:?}");
        let found = feedback(game, structure, route);
        for (state, wanted) in values {
            for (value, wanted) in found.values().iter().zip(wanted) {
                close(value.at(&[*state]), *wanted, tolerance, &format!("{what}: value at {state}"));
            }
        }
        for (state, wanted) in policies {
            let stage = found.stage(&[*state]).unwrap();
            let solved = match route {
                Route::Engine => stage.solve_numerically(structure),
                _ => stage.solve_in_closed_form(structure),
            };
            for (effort, wanted) in solved.unwrap().profile().iter().zip(wanted) {
                close(*effort, *wanted, tolerance, &format!("{what}: policy at {state}"));
            }
        }
        let rests = found.steady_states().unwrap();
        let stable: Vec<_> = rests.iter().filter(|rest| rest.is_stable()).collect();
        assert_eq!(stable.len(), 1, "{what}: {rests:?}");
        close(stable[0].state[0], steady, tolerance, &format!("{what}: steady state"));
    }
}

#[test]
fn nerlove_arrow_reference() {
    for row in rows("nerlove_arrow", 2) {
        let game: NerloveArrow = build(&row, &[]);
        let value = game.value_function();
        close(-value.curvature().entries()[0], number(&row["K"]), DIGITS, "K");
        close(value.slope()[0], number(&row["B"]), DIGITS, "B");
        close(value.constant(), number(&row["A"]), DIGITS, "A");
        let steady = number(&row["G_ss"]);
        close(game.steady_state(), steady, DIGITS, "steady state");
        let (values, policies) = (table(&row["V_at"]), table(&row["a_at"]));
        for (state, wanted) in &values {
            close(value.at(&[*state]).unwrap(), wanted[0], DIGITS, "value by formula");
        }
        against(&game, &Structure::cooperative(), [&values, &policies], steady, DIGITS, "nerlove_arrow");
    }
}

#[test]
fn sethi_reference() {
    for row in rows("sethi_1983", 3) {
        let quiet: Sethi = build(&row, &[]);
        let value = quiet.value_function();
        close(value.slope()[0], number(&row["lambda_bar"]), DIGITS, "slope");
        close(value.constant(), number(&row["const"]), DIGITS, "constant");
        let steady = number(&row["steady_state"]);
        close(quiet.steady_state(), steady, DIGITS, "steady state");
        close(quiet.expected_share(1e4), steady, DIGITS, "expected share in the end");
        // Values are linear: noise changes nothing.
        let noisy = Sethi::new(sethi::Parameters { volatility: 0.4, ..*quiet.numbers() }).unwrap();
        for game in [quiet, noisy] {
            let tables = [&table(&row["V_at"])[..], &table(&row["u_at"])[..]];
            against(&game, &Structure::cooperative(), tables, steady, DIGITS, "sethi");
        }
    }
}

#[test]
fn vidale_wolfe_reference() {
    for row in rows("vidale_wolfe_quadratic_cost", 2) {
        let game: VidaleWolfe = build(&row, &[]);
        let steady = number(&row["steady_state"]);
        close(game.steady_state(), steady, DIGITS, "steady state");
        let tables = [&table(&row["V_at"])[..], &table(&row["u_at"])[..]];
        against(&game, &Structure::cooperative(), tables, steady, DIGITS, "vidale_wolfe");
    }
}

#[test]
fn vidale_wolfe_linear_cost_reference() {
    for row in rows("vidale_wolfe_linear_cost", 3) {
        let game: VidaleWolfe = build(&row, &["Q"]);
        let most = number(&row["params"]["Q"]);
        let best = game.most_rapid_approach(most).unwrap();
        close(best.share(), number(&row["x_singular"]), DIGITS, "singular share");
        close(best.holding_effort(), number(&row["u_singular"]), DIGITS, "singular effort");
        assert_eq!(best.share() > 0.0, row["interior"] == true);
        assert_eq!(best.effort(best.share()), best.holding_effort());
        for (share, wanted) in table(&row["V_MRAP"]) {
            close(best.value(share), wanted[0], DIGITS, &format!("value at {share}"));
            let expected = if share < best.share() { most } else { 0.0 };
            assert_eq!(best.effort(share), expected);
        }
    }
}

#[test]
fn prasad_sethi_reference() {
    for row in rows("prasad_sethi_2004", 3) {
        let quiet: PrasadSethi = build(&row, &[]);
        let [first, second] = quiet.value_functions();
        let (slopes, constants) = (&row["beta"], &row["alpha"]);
        close(first.slope()[0], number(&slopes[0]), DIGITS, "first slope");
        close(-second.slope()[0], number(&slopes[1]), DIGITS, "second slope");
        close(first.constant(), number(&constants[0]), DIGITS, "first constant");
        close(second.constant() + second.slope()[0], number(&constants[1]), DIGITS, "second constant");
        let steady = number(&row["x_long_run"]);
        close(quiet.steady_state(), steady, DIGITS, "long-run share");
        close(quiet.expected_share(1e4), steady, DIGITS, "expected share in the end");
        let noisy =
            PrasadSethi::new(prasad_sethi::Parameters { volatility: 0.3, ..*quiet.numbers() }).unwrap();
        for game in [quiet, noisy] {
            let tables = [&table(&row["V_at"])[..], &table(&row["u_at"])[..]];
            against(&game, &Structure::simultaneous(), tables, steady, DIGITS, "prasad_sethi");
        }
    }
}

/// Random games of each model.
const SETS: usize = 60;

/// Values by formula against those by both routes at a few states, relative to their size.
fn formula_against_collocation<G: DifferentialGame>(
    game: &G,
    structure: &Structure<G::Player>,
    formula: &[coopad::dynamic::linear_quadratic::Quadratic],
    what: &str,
) {
    for route in ROUTES {
        let found = feedback(game, structure, route);
        for (value, formula) in found.values().iter().zip(formula) {
            for share in [0.0, 0.3, 0.7, 1.0] {
                let state: Vec<f64> =
                    found.states().iter().map(|s| s.lower + share * (s.upper - s.lower)).collect();
                let wanted = formula.at(&state).unwrap();
                close(value.at(&state), wanted, 1e-8, &format!("{what}, {route:?}: value at {state:?}"));
                let slopes = value.slopes(&state);
                let curvature = formula.curvature();
                for (at, slope) in slopes.iter().enumerate() {
                    let row = &curvature.entries()[at * state.len()..(at + 1) * state.len()];
                    let bent: f64 = row.iter().zip(&state).map(|(p, s)| p * s).sum();
                    let wanted = formula.slope()[at] + bent;
                    let size = formula.slope()[at].abs() + bent.abs();
                    let gap = (slope - wanted).abs();
                    assert!(
                        gap <= 1e-8 * size,
                        "{what}, {route:?}: slope at {state:?}: {slope} for {wanted}"
                    );
                }
            }
        }
    }
}

#[test]
fn random_nerlove_arrow() {
    let mut draws = Draws(1962);
    for _ in 0..SETS {
        let game = NerloveArrow::new(nerlove_arrow::Parameters {
            discount_rate: draws.scale(0.01, 0.5),
            decay: draws.scale(0.02, 1.0),
            effectiveness: draws.scale(0.1, 5.0),
            cost: draws.scale(0.1, 10.0),
            demand_effect: draws.scale(0.1, 20.0),
            saturation: draws.scale(1e-4, 2.0),
            margin: draws.scale(0.1, 20.0),
            initial_goodwill: 0.0,
        })
        .unwrap();
        let what = format!("{:?}", game.numbers());
        formula_against_collocation(&game, &Structure::cooperative(), &[game.value_function()], &what);
    }
}

#[test]
fn random_sethi() {
    let mut draws = Draws(1983);
    for _ in 0..SETS {
        let game = Sethi::new(sethi::Parameters {
            discount_rate: draws.scale(0.01, 0.5),
            decay: draws.scale(0.01, 1.0),
            effectiveness: draws.scale(0.1, 5.0),
            margin: draws.scale(0.1, 50.0),
            volatility: draws.between(0.0, 0.5),
            initial_share: draws.unit(),
        })
        .unwrap();
        let what = format!("{:?}", game.numbers());
        formula_against_collocation(&game, &Structure::cooperative(), &[game.value_function()], &what);
    }
}

#[test]
fn random_prasad_sethi() {
    let mut draws = Draws(2004);
    for _ in 0..SETS {
        let mut firm = || prasad_sethi::Firm {
            discount_rate: draws.scale(0.01, 0.5),
            effectiveness: draws.scale(0.05, 3.0),
            cost: draws.scale(0.1, 10.0),
            margin: draws.scale(0.1, 50.0),
        };
        let (first, second) = (firm(), firm());
        let game = PrasadSethi::new(prasad_sethi::Parameters {
            first,
            second,
            churn: draws.between(0.0, 0.3),
            volatility: draws.between(0.0, 0.5),
            initial_share: draws.unit(),
        })
        .unwrap();
        let what = format!("{:?}", game.numbers());
        formula_against_collocation(&game, &Structure::simultaneous(), &game.value_functions(), &what);
    }
}

#[test]
fn random_vidale_wolfe() {
    let mut draws = Draws(1957);
    for _ in 0..SETS {
        let game = VidaleWolfe::new(vidale_wolfe::Parameters {
            discount_rate: draws.scale(0.05, 0.5),
            effectiveness: draws.scale(0.2, 3.0),
            decay: draws.scale(0.05, 0.5),
            margin: draws.scale(0.1, 5.0),
            initial_share: draws.unit(),
        })
        .unwrap();
        let what = format!("{:?}", game.numbers());
        // The share that solves the maximum principle is where the collocated policy rests.
        for route in ROUTES {
            let found = feedback(&game, &Structure::cooperative(), route);
            let drift = found.drift(&[game.steady_state()]).unwrap()[0];
            assert!(drift.abs() < 1e-8, "{what}, {route:?}: {drift}");
        }
        // With linear cost no other share to approach would be worth more, from anywhere.
        let Ok(best) = game.most_rapid_approach(5.0) else { continue };
        for start in [0.02, 0.3, 0.6, 0.95] {
            for target in [0.0, 0.1, 0.3, 0.5, 0.7, 0.9] {
                let other = approach(game.numbers(), 5.0, start, target);
                assert!(
                    best.value(start) >= other - 1e-9 * other.abs(),
                    "{what}: {start} to {target}: {other}"
                );
            }
        }
    }
}

/// What it is worth to go as fast as possible from a share to `target` and stay there: Simpson's rule on the path.
fn approach(p: &vidale_wolfe::Parameters, most: f64, start: f64, target: f64) -> f64 {
    let (a, b, r) = (p.effectiveness, p.decay, p.discount_rate);
    let hold = b * target / (a * (1.0 - target));
    if hold > most {
        return f64::NEG_INFINITY;
    }
    let effort = if start < target { most } else { 0.0 };
    let (rate, tends) = (a * effort + b, a * effort / (a * effort + b));
    let ratio = (start - tends) / (target - tends);
    // Zero is approached for ever: long enough is long enough.
    let time = (ratio.ln() / rate).min(40.0 / r);
    let share = |t: f64| tends + (start - tends) * (-rate * t).exp();
    let earned = |t: f64| (p.margin * share(t) - effort) * (-r * t).exp();
    let steps = 20_000;
    let h = time / f64::from(steps);
    let weight = |k: i32| if k == 0 || k == steps { 1.0 } else { f64::from(2 + 2 * (k % 2)) };
    let until: f64 = (0..=steps).map(|k| weight(k) * earned(f64::from(k) * h)).sum::<f64>() * h / 3.0;
    until + (-r * time).exp() * (p.margin * target - hold) / r
}
