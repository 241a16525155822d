//! Rows of `fixtures/static.json`, by closed form and by engine.

use std::fs;
use std::path::Path;

use coopad::models::{Measure, Model};
use coopad::prelude::*;
use coopad::{Method, Solution, SolveError};
use serde_json::{Map, Value};

/// Every row of the model called `name` in the file, in decisions and payoffs, to a relative `tolerance`; there must
/// be `count` of them. A row's game is one of the model's structures, by whatever name.
pub(crate) fn reference<M: Model + Parametric>(name: &str, count: usize, tolerance: f64) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/static.json");
    let file: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let rows = file["entries"].as_array().unwrap().iter().filter(|row| row["model"] == name);
    let mut checked = 0;
    for row in rows {
        let game: M = build(row["params"].as_object().unwrap());
        let structure = row["game"].as_str().unwrap();
        let rules = M::structure(structure).unwrap_or_else(|| panic!("no structure {structure}"));
        let engine = game.solve_numerically(&rules).unwrap_or_else(|error| panic!("{row}\n{error}"));
        let formula = match game.solve_in_closed_form(&rules) {
            Err(SolveError::NoClosedForm { .. }) => None,
            formula => Some(formula.unwrap()),
        };
        for solution in formula.iter().chain([&engine]) {
            let method = if solution.report().method == Method::Engine { "engine" } else { "formula" };
            let measures = game.measures(solution.profile());
            let decisions = row["decisions"].as_object().unwrap();
            let pairs = decisions.iter().map(|(key, value)| (decision(solution, &measures, key), value));
            close(pairs, tolerance, &format!("{name} {structure} by {method}, decisions of {row}"));
            let payoffs = row["payoffs"].as_object().unwrap();
            let from_zero = payoffs.contains_key("pi_r0");
            let pairs = payoffs.iter().map(|(key, value)| (payoff(solution, key, from_zero), value));
            close(pairs, tolerance, &format!("{name} {structure} by {method}, payoffs of {row}"));
        }
        checked += 1;
    }
    assert_eq!(checked, count, "rows of {name}");
}

/// The model at parameters named by symbol; `k_i` stands for a list `k_0`, `k_1`, …
fn build<M: Model + Parametric>(params: &Map<String, Value>) -> M {
    let mut used = 0;
    let mut values = Vec::new();
    for parameter in M::parameters() {
        let given: Vec<f64> = match parameter.symbol.strip_suffix("_i") {
            None => params.get(parameter.symbol).into_iter().map(|v| v.as_f64().unwrap()).collect(),
            Some(letter) => (0..).map_while(|i| params.get(&format!("{letter}_{i}"))?.as_f64()).collect(),
        };
        used += given.len();
        values.push(given);
    }
    assert_eq!(used, params.len(), "a parameter of {params:?} is not known");
    M::from_values(&values).unwrap()
}

/// The decision or measure of that symbol; `t` may stand for tied `t1`, `t2`, …
fn decision<P: Player>(solution: &Solution<P>, measures: &[Measure], symbol: &str) -> f64 {
    let named = solution.decisions().iter().zip(solution.profile());
    let find = |symbol: &str| named.clone().find(|(d, _)| d.symbol == symbol).map(|(_, value)| *value);
    let measure = || measures.iter().find(|m| m.symbol == symbol).map(|m| m.value);
    let tied = || {
        let numbered = |d: &str| d.strip_prefix(symbol).is_some_and(|rest| rest.parse::<usize>().is_ok());
        let tied: Vec<f64> =
            named.clone().filter(|(d, _)| numbered(&d.symbol)).map(|(_, value)| *value).collect();
        assert!(tied.windows(2).all(|pair| pair[0] == pair[1]), "{symbol} is not tied: {tied:?}");
        tied.first().copied()
    };
    find(symbol).or_else(measure).or_else(tied).unwrap_or_else(|| panic!("no decision {symbol}"))
}

fn payoff<P: Player>(solution: &Solution<P>, key: &str, from_zero: bool) -> f64 {
    let name = match key {
        "pi_total" => return solution.total(),
        "pi_m" => "manufacturer".to_owned(),
        "pi_r" => "retailer".to_owned(),
        other => {
            let number: usize = other.strip_prefix("pi_r").unwrap().parse().unwrap();
            format!("retailer_{}", number + usize::from(from_zero))
        }
    };
    let at = solution.players().iter().position(|p| p.name() == name);
    solution.payoffs()[at.unwrap_or_else(|| panic!("no player {name}"))]
}

/// Each pair equal; where 0 is expected, as a share of the largest number expected.
fn close<'a>(pairs: impl Iterator<Item = (f64, &'a Value)>, tolerance: f64, what: &str) {
    let pairs: Vec<(f64, f64)> = pairs.map(|(found, e)| (found, e.as_f64().unwrap())).collect();
    let largest = pairs.iter().fold(0.0, |l: f64, (_, e)| l.max(e.abs()));
    for (found, expected) in pairs {
        let scale = if expected == 0.0 { largest } else { expected.abs() };
        assert!((found - expected).abs() <= tolerance * scale, "{what}: {found:e} instead of {expected:e}");
    }
}
