//! Rows of `fixtures/static.json`, by closed form and by engine.

use coopad::models::{Measure, Model};
use coopad::prelude::*;
use coopad::{Method, Solution, SolveError};

use super::close::close_row;
use super::fixture::{build, fixture, number};

/// Every row of the model called `name` in the file, in decisions and payoffs, to a relative `tolerance`; there must
/// be `count` of them. A row's game is one of the model's structures, by whatever name.
pub(crate) fn reference<M: Model + StaticGame>(name: &str, count: usize, tolerance: f64) {
    let file = fixture("static");
    let rows = file["entries"].as_array().unwrap().iter().filter(|row| row["model"] == name);
    let mut checked = 0;
    for row in rows {
        let game: M = build(&row["params"], &[]);
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
            let pairs =
                decisions.iter().map(|(key, value)| (decision(solution, &measures, key), number(value)));
            close_row(
                &pairs.collect::<Vec<_>>(),
                tolerance,
                &format!("{name} {structure} by {method}, decisions of {row}"),
            );
            let payoffs = row["payoffs"].as_object().unwrap();
            let from_zero = payoffs.contains_key("pi_r0");
            let pairs = payoffs.iter().map(|(key, value)| (payoff(solution, key, from_zero), number(value)));
            close_row(
                &pairs.collect::<Vec<_>>(),
                tolerance,
                &format!("{name} {structure} by {method}, payoffs of {row}"),
            );
        }
        checked += 1;
    }
    assert_eq!(checked, count, "rows of {name}");
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
