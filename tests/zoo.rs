//! Every model under every structure: closed form against engine on random games, both against values computed by
//! others, certificates.
//!
//! One line a model. `COOPAD_SETS=10000 cargo test --release --test zoo` draws more games than the usual run.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]
mod common;

use std::fmt::Debug;

use common::{Differences, Draws, reference};
use coopad::models::{HuangLi, Model};
use coopad::prelude::*;
use coopad::{Solution, SolveError};

/// Random games a structure.
fn sets() -> usize {
    std::env::var("COOPAD_SETS").ok().and_then(|sets| sets.parse().ok()).unwrap_or(400)
}

/// Games a structure whose equilibrium is also verified.
const VERIFIED: usize = 3;

/// Games a structure whose sensitivities are held against central differences.
fn differentiated() -> usize {
    sets().div_ceil(16).max(12)
}

/// Runs the whole model; `tolerance` is relative.
fn zoo<M: Model + Debug>(draw: fn(&mut Draws) -> M, tolerance: f64) {
    for scheme in M::structures() {
        let mut draws = Draws(7);
        let mut differences = Differences::default();
        for set in 0..sets() {
            let game = draw(&mut draws);
            let what = || format!("{} {} set {set}: {game:?}", M::NAME, scheme.name);
            let engine = game.solve_numerically(&scheme.structure);
            let formula = match game.solve_in_closed_form(&scheme.structure) {
                Err(SolveError::NoClosedForm { .. }) => None,
                formula => Some(formula),
            };
            match (&formula, &engine) {
                (Some(Ok(formula)), Ok(engine)) => agree(formula, engine, tolerance, &what()),
                // Both routes find that there is no equilibrium.
                (Some(Err(_)), Err(_)) => {}
                (None, Ok(_)) => {}
                (formula, engine) => panic!("{}\nformula {formula:?}\nengine {engine:?}", what()),
            }
            if set < differentiated()
                && let Some(Ok(solution)) = formula.as_ref().or(Some(&engine))
            {
                differences.hold(&game, solution, &what());
            }
            if set < VERIFIED {
                for solution in formula.into_iter().chain([engine]).flatten() {
                    let verified = solution.verify(&game).unwrap_or_else(|e| panic!("{}\n{e}", what()));
                    let size = verified.payoffs().iter().fold(0.0, |s: f64, p| s.max(p.abs()));
                    assert!(verified.certificate().regret <= 1e-6 * size, "{}", what());
                }
            }
        }
        differences.suffice(&format!("{} {}", M::NAME, scheme.name));
    }
}

/// Both routes find the same: decision by decision and payoff by payoff.
fn agree<P: Player>(formula: &Solution<P>, engine: &Solution<P>, tolerance: f64, what: &str) {
    let largest = formula.profile().iter().fold(0.0, |l: f64, x| l.max(x.abs()));
    for (at, (x, y)) in formula.profile().iter().zip(engine.profile()).enumerate() {
        let close = (x - y).abs() <= tolerance * x.abs().max(1e-6 * largest).max(1e-6);
        let (formula, engine) = (formula.profile(), engine.profile());
        assert!(close, "{what}\ndecision {at}: formula {x:e}, engine {y:e}\n{formula:?}\n{engine:?}");
    }
    let scale = formula.payoffs().iter().fold(0.0, |s: f64, p| s.max(p.abs()));
    for (x, y) in formula.payoffs().iter().zip(engine.payoffs()) {
        assert!((x - y).abs() <= tolerance * scale, "{what}\npayoff: formula {x:e}, engine {y:e}");
    }
}

#[test]
fn platform_alliance() {
    zoo(Draws::alliance, 1e-8);
}

#[test]
fn dual_brand() {
    zoo(Draws::dual_brand, 1e-8);
}

#[test]
fn huang_li() {
    zoo(Draws::huang_li, 1e-8);
    reference::<HuangLi>("huang_li2001", 30, 1e-9);
}
