//! The linear-state form of `CoCreation`: reference rows, and the engine against the closed form.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::{cocreation, cocreation_reference};
use coopad::dynamic::linear_quadratic::Matrix;
use coopad::dynamic::models::CoCreation;
use coopad::dynamic::models::cocreation::{CoCreator, LinearState, LinearStateGame, Regime};
use coopad::dynamic::{Collocation, Route, Stage};
use coopad::models::Model;
use coopad::prelude::*;
use coopad::{ParameterError, StructureError};
use serde_json::Value;

/// The rows' tolerance, relative to the largest number of the row's kind.
const TOLERANCE: f64 = 1e-9;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

#[track_caller]
fn close(found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let scale = expected.iter().fold(1.0_f64, |scale, e| scale.max(e.abs()));
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() <= TOLERANCE * scale, "{what}: {found:?} instead of {expected:?}");
    }
}

/// A player's letter in the file.
fn letter(player: CoCreator) -> String {
    match player {
        CoCreator::Platform => "P".to_owned(),
        CoCreator::Enterprise(i) => format!("E{i}"),
        CoCreator::Community => "C".to_owned(),
        CoCreator::Stakeholder => "S".to_owned(),
    }
}

/// An effort's letter in the file, which counts brands from 0.
fn effort_letter(symbol: &str) -> String {
    let digits = symbol.trim_start_matches(char::is_alphabetic);
    digits.parse::<usize>().map_or_else(|_| symbol.to_owned(), |i| format!("{}{}", &symbol[..1], i - 1))
}

#[test]
fn reference_rows_of_every_regime() {
    let file = cocreation_reference();
    let sets = file["linear"]["parameter_sets"].as_array().unwrap();
    let mut rows = 0;
    for (name, all) in file["linear"]["structures"].as_object().unwrap() {
        for row in all.as_array().unwrap() {
            let model = cocreation(&sets[row["set"].as_u64().unwrap() as usize]);
            let what = format!("{name}, set {}", row["set"]);
            let found = model.solve(&model.regime(name).unwrap()).unwrap();
            let x0 = numbers(&row["x0"]);
            let players = model.players();
            let expected = |of: &Value| -> Vec<f64> {
                players.iter().map(|p| of[&letter(*p)].as_f64().unwrap()).collect()
            };
            close(&model.game().values(&found, &x0), &expected(&row["payoffs"]), &what);
            for (h, effort) in model.efforts().iter().enumerate() {
                let letter_of = effort_letter(&effort.symbol());
                close(&found.efforts()[h..=h], &[row["efforts"][&letter_of].as_f64().unwrap()], &what);
                for (k, player) in players.iter().enumerate() {
                    // A link that nobody uses stands in the file as 0, no link not at all.
                    let rate = row["support_rates"][&letter_of][&letter(*player)].as_f64().unwrap_or(0.0);
                    close(&[found.rate(h, k)], &[rate], &what);
                }
            }
            close(
                &model.game().steady_state(found.efforts()).unwrap(),
                &numbers(&row["steady_state"]),
                &what,
            );
            let later = model.game().state_at(found.efforts(), &vec![1.0; x0.len()], 5.0);
            close(&later, &numbers(&row["state_at_t5_from_ones"]), &what);
            rows += 1;
        }
    }
    assert_eq!(rows, 70);
}

/// Shadow prices by elimination of the arrow, as derived on paper, and what moves them.
#[test]
fn shadow_prices_have_the_arrows_closed_form() {
    for set in cocreation_reference()["linear"]["parameter_sets"].as_array().unwrap() {
        let model = cocreation(set);
        let p = model.numbers();
        let (nu, rho) = (model.net_voice(), p.discount_rate);
        let r = &model.game().numbers().state_income;
        let b = model.game().shadow_prices();
        let n = p.brands.len();
        let d: Vec<f64> = p.brands.iter().map(|b| rho + b.decay + b.misuse_decay * p.misuse).collect();
        let sum = |of: &dyn Fn(usize) -> f64| -> f64 { (0..n).map(of).sum() };
        let den =
            rho + p.base_decay - nu * sum(&|i| p.brands[i].word_of_mouth * p.brands[i].attraction / d[i]);
        for k in 0..model.players().len() {
            let spoken = nu * sum(&|i| p.brands[i].word_of_mouth * r[(k, i)] / d[i]);
            let base = (r[(k, n)] + spoken) / den;
            assert!((b[(k, n)] - base).abs() <= 1e-12 * (1.0 + base.abs()));
            for i in 0..n {
                let brand = (r[(k, i)] + p.brands[i].attraction * base) / d[i];
                assert!((b[(k, i)] - brand).abs() <= 1e-12 * (1.0 + brand.abs()));
            }
        }
    }
}

/// Every regime as a structure, at one state with the values' own slopes: by formula and by the engine.
fn by_engine(model: &CoCreation, regime: &Regime, tolerance: f64) {
    let structure = model.structure_of(regime).unwrap();
    let back = model.regime_of(&structure).unwrap();
    assert_eq!((&back, back.name()), (regime, regime.name()));
    let found = model.solve(regime).unwrap();
    let state: Vec<f64> = model.states().iter().map(|s| s.initial).collect();
    let costates = model.game().shadow_prices().entries().to_vec();
    let stage = Stage::new(model, &state, &costates).unwrap();
    let formula = stage.solve_in_closed_form(&structure).unwrap();
    let engine = stage.solve_numerically(&structure).unwrap_or_else(|e| panic!("{}: {e}", regime.name()));
    let rho = model.numbers().discount_rate;
    let values: Vec<f64> = model.game().values(&found, &state).iter().map(|v| rho * v).collect();
    let scale = values.iter().fold(1.0_f64, |s, v| s.max(v.abs()));
    let mut joint = 0;
    for coalition in regime.coalitions() {
        // Inside a coalition the engine leaves open who books what; rates are booked on the first member.
        let sum = |payoffs: &[f64]| -> f64 { coalition.iter().map(|k| payoffs[*k]).sum() };
        for payoffs in [formula.payoffs(), engine.payoffs()] {
            assert!((sum(payoffs) - sum(&values)).abs() <= tolerance * scale, "{}", regime.name());
        }
        joint += coalition.len();
    }
    assert_eq!(joint, values.len());
    for (decision, (f, e)) in stage.decisions().iter().zip(formula.profile().iter().zip(engine.profile())) {
        let name = &decision.name;
        assert!((f - e).abs() <= tolerance * (1.0 + f.abs()), "{} {name}: {f} and {e}", regime.name());
    }
}

#[test]
fn the_engine_finds_the_same_at_a_state() {
    let file = cocreation_reference();
    let sets = file["linear"]["parameter_sets"].as_array().unwrap();
    for set in [0, 1, 5] {
        let model = cocreation(&sets[set]);
        model.regimes().iter().for_each(|regime| by_engine(&model, regime, 1e-7));
    }
}
