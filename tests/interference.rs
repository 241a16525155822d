//! Rivals whose advertising interferes: linear values by formula and by both routes, commitment against answering, and the
//! cases of who sells, held against thousands of other courses.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::{Draws, ROUTES, close, feedback};
use coopad::ParameterError;
use coopad::dynamic::models::{Interference, interference::Firm, interference::Parameters};
use coopad::dynamic::{Collocation, OpenLoop, SolveOverTime};
use coopad::models::Model;
use coopad::prelude::*;

const NASH: fn() -> Structure<coopad::dynamic::models::Rival> = Structure::simultaneous;

#[test]
fn values_by_both_routes() {
    let game = Interference::example();
    let formula = game.value_functions(&NASH()).unwrap();
    for route in ROUTES {
        let found = feedback(&game, &NASH(), route);
        for state in [[0.1, 0.2], [1.0, 1.0], [4.0, 2.0]] {
            for (value, formula) in found.values().iter().zip(&formula) {
                close(value.at(&state), formula.at(&state).unwrap(), 1e-9, "value");
            }
        }
        let [case] = game.constant_equilibria()[..] else { panic!("one equilibrium") };
        for (drift, payoff) in found.drift(&case.goodwill).unwrap().iter().zip(case.payoffs) {
            assert!(drift.abs() < 1e-9 && payoff > 0.0);
        }
        for (value, payoff) in formula.iter().zip(case.payoffs) {
            close(payoff, value.at(&[1.0, 1.0]).unwrap(), 1e-12, "the case's payoff");
        }
    }
    assert!(game.value_functions(&Structure::cooperative()).is_none());
}

/// Where the game ends, the worth of goodwill runs out, and answering goodwill changes nothing.
#[test]
fn commitment_is_no_different() {
    let game = Interference::example();
    let plan = OpenLoop::solve(&game, &NASH(), 6.0).unwrap();
    for time in [0.0, 2.0, 5.0] {
        // π β = 1 and 1.5, r + δ = 0.5.
        let left = 1.0 - (-0.5_f64 * (6.0 - time)).exp();
        let costates = plan.at(time).unwrap().costates;
        close(costates[0], 2.0 * left, 1e-9, "first");
        close(costates[3], 3.0 * left, 1e-9, "second");
        assert!(costates[1].abs() < 1e-9 && costates[2].abs() < 1e-9);
    }
    let policy = game.feedback_until(&NASH(), 6.0).unwrap();
    for (one, other) in plan.payoffs().iter().zip(policy.payoffs()) {
        close(*one, *other, 1e-8, "payoff");
    }
}

/// A firm's payoff under constant pieces of advertising, the rival constant: by steps of time, demand kept above zero.
fn earned(own: Firm, p: &Parameters, harm: f64, pieces: &[f64], length: f64, rest: f64) -> f64 {
    let (mut goodwill, mut payoff, mut time) = (own.initial_goodwill, 0.0, 0.0);
    let h = 0.02;
    let horizon = 150.0;
    while time < horizon {
        let piece = (time / length) as usize;
        let a = pieces.get(piece).copied().unwrap_or(rest);
        let target = (own.effectiveness * a - harm) / p.decay;
        // Exactly over the step; the payoff by the rule of the middle.
        let middle = target + (goodwill - target) * (-0.5 * p.decay * h).exp();
        let demand = (own.base_demand + own.goodwill_effect * middle).max(0.0);
        let flow = own.margin * demand - 0.5 * own.cost * a * a;
        payoff += h * (-p.discount_rate * (time + 0.5 * h)).exp() * flow;
        goodwill = target + (goodwill - target) * (-p.decay * h).exp();
        time += h;
    }
    payoff
}

fn draw(draws: &mut Draws) -> Parameters {
    let mut firm = || Firm {
        effectiveness: draws.scale(0.5, 2.0),
        interference: draws.scale(0.05, 2.0),
        base_demand: draws.between(-4.0, 1.0),
        goodwill_effect: 1.0,
        margin: draws.scale(0.5, 2.0),
        cost: draws.scale(0.5, 2.0),
        initial_goodwill: draws.between(-2.0, 3.0),
    };
    let (first, second) = (firm(), firm());
    Parameters { discount_rate: 0.2, decay: draws.scale(0.2, 0.6), first, second }
}

/// Every case that is an equilibrium survives other courses: constant pieces, for a while or for ever.
#[test]
fn nobody_gains_by_another_course() {
    let mut draws = Draws(2012);
    let mut seen = [0; 4];
    let mut none = 0;
    for _ in 0..120 {
        let p = draw(&mut draws);
        let game = Interference::new(p).unwrap();
        let cases = game.constant_equilibria();
        none += usize::from(cases.is_empty());
        for case in cases {
            seen[usize::from(case.selling[0]) + 2 * usize::from(case.selling[1])] += 1;
            let firms = [p.first, p.second];
            for i in 0..2 {
                let harm = firms[1 - i].interference * case.advertising[1 - i];
                let usual = earned(firms[i], &p, harm, &[], 1.0, case.advertising[i]);
                close(usual, case.payoffs[i], 2e-3, "the case's payoff");
                let most = 2.0 * firms[i].effectiveness * firms[i].margin / (0.2 + p.decay) / firms[i].cost;
                for _ in 0..12 {
                    let pieces: Vec<f64> = (0..6).map(|_| draws.between(0.0, most)).collect();
                    let length = draws.scale(0.5, 8.0);
                    let rest = if draws.unit() < 0.5 { 0.0 } else { 0.5 * most };
                    let other = earned(firms[i], &p, harm, &pieces, length, rest);
                    assert!(other <= usual + 1e-3 * usual.abs() + 1e-6, "{p:?}, {case:?}: {other} > {usual}");
                }
                // To stop, or to begin, at one time: advertising at its best up to it or from it on.
                for time in [1.0, 3.0, 9.0] {
                    let stop = earned(firms[i], &p, harm, &[0.5 * most], time, 0.0);
                    let start = earned(firms[i], &p, harm, &[0.0], time, 0.5 * most);
                    assert!(stop.max(start) <= usual + 1e-3 * usual.abs() + 1e-6, "{p:?}, {case:?}");
                }
            }
        }
    }
    assert!(seen.iter().all(|count| *count >= 2) && none >= 2, "{seen:?}, none {none}");
}

/// A firm that could only just sell for ever, at a loss, leaves: no linear values, and the case is no equilibrium.
#[test]
fn selling_at_a_loss() {
    let mut numbers = *Interference::example().numbers();
    // The first firm's advertising pushes by 2·1, the rival's by 2.4·0.46 = 1.104: more than half of it, less than all.
    (numbers.second.interference, numbers.first.initial_goodwill) = (0.46, 0.1);
    let game = Interference::new(numbers).unwrap();
    assert!(game.value_functions(&NASH()).is_none());
    assert!(game.constant_equilibria().iter().all(|case| case.selling != [true, true]));
    let coarse = Collocation { degree: 8, ..Collocation::default() };
    assert!(coarse.solve(&game, &NASH()).is_err());
    // With much goodwill to begin with it stays.
    numbers.first.initial_goodwill = 5.0;
    let game = Interference::new(numbers).unwrap();
    assert!(game.constant_equilibria().iter().any(|case| case.selling == [true, true]));
}

#[test]
fn hostile_input() {
    let example = Interference::example().values();
    for at in 0..example.len() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut values = example.clone();
            values[at] = vec![value];
            assert!(matches!(Interference::from_values(&values), Err(ParameterError::OutOfRange { .. })));
        }
        for value in [0.0, -1e300, 1e-300, 1e-9, 1e9, 1e300] {
            let mut values = example.clone();
            values[at] = vec![value];
            if let Ok(game) = Interference::from_values(&values) {
                drop(game.constant_equilibria());
                drop(game.value_functions(&NASH()));
            }
        }
    }
}
