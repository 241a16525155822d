//! The engine against the closed forms, on every structure of every model.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]
mod common;

use common::Draws;
use coopad::models::Model;
use coopad::prelude::*;

/// Sets a structure: with the fourteen structures of the three models, ten thousand games.
const SETS: usize = 720;

/// The engine finds what the formula says, decision by decision and payoff by payoff.
fn agree<M: Model + std::fmt::Debug>(draw: impl Fn(&mut Draws) -> M) {
    for scheme in M::structures() {
        let mut draws = Draws(7);
        for set in 0..SETS {
            let game = draw(&mut draws);
            let formula = game.solve_in_closed_form(&scheme.structure).unwrap();
            let engine = match game.solve_numerically(&scheme.structure) {
                Ok(engine) => engine,
                Err(error) => {
                    panic!("{} set {set}: {error}\n{game:?}\nformula {:?}", scheme.name, formula.profile())
                }
            };
            let largest = formula.profile().iter().fold(0.0, |l: f64, x| l.max(x.abs()));
            for (at, (x, y)) in formula.profile().iter().zip(engine.profile()).enumerate() {
                let close = (x - y).abs() <= 1e-8 * x.abs().max(1e-6 * largest).max(1e-6);
                assert!(
                    close,
                    "{} set {set}, decision {at}: formula {x:e}, engine {y:e}\n{game:?}\n{:?}\n{:?}",
                    scheme.name,
                    formula.profile(),
                    engine.profile()
                );
            }
            for (x, y) in formula.payoffs().iter().zip(engine.payoffs()) {
                let scale = formula.payoffs().iter().fold(0.0, |s: f64, p| s.max(p.abs()));
                assert!((x - y).abs() <= 1e-8 * scale, "{} set {set}: payoff {x:e} and {y:e}", scheme.name);
            }
        }
    }
}

#[test]
fn huang_li_agrees() {
    agree(Draws::huang_li);
}

#[test]
fn platform_alliance_agrees() {
    agree(Draws::alliance);
}

#[test]
fn dual_brand_agrees() {
    agree(Draws::dual_brand);
}
