//! Every model under every structure: closed form against engine on random games, both against values computed by
//! others, certificates.
//!
//! One line a model. `COOPAD_SETS=10000 cargo test --release --test zoo` draws more games than the usual run.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]
mod common;

use std::fmt::Debug;

use common::{Differences, Draws, reference};
use coopad::models::*;
use coopad::models::{HuangLi, Model};
use coopad::prelude::*;
use coopad::response::Logarithm;
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
fn zoo<M: Model + StaticGame + Debug>(draw: fn(&mut Draws) -> M, tolerance: f64) {
    recorded(draw);
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

/// Points a game at which what was recorded is held against the compiled function.
const POINTS: usize = 25;

/// The recorded formulas give the bits of the compiled functions, on games other than the one that was recorded.
fn recorded<M: Model + StaticGame + Debug>(draw: fn(&mut Draws) -> M) {
    let mut draws = Draws(11);
    for set in 0..sets() {
        let game = draw(&mut draws);
        let data = game.record().unwrap();
        let parameters: Vec<f64> = game.arguments().into_iter().map(|(_, value)| value).collect();
        let decisions = game.decisions();
        for point in 0..POINTS {
            let one = |d: &Decision<M::Player>| match draws.between(0.0, 12.0) {
                at if at < 1.0 => 0.0,
                at if at < 2.0 => -draws.unit(),
                at if at < 6.0 => draws.unit(),
                _ => d.typical.unwrap_or(1.0) * draws.scale(0.01, 100.0),
            };
            let x: Vec<f64> = decisions.iter().map(one).collect();
            let all = [&parameters[..], &x].concat();
            let what = || format!("{} set {set} point {point}: {game:?} at {x:?}", M::NAME);
            let same = |compiled: &[f64], recorded: &[f64], of: &str| {
                let to_the_bit = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
                let same = compiled.len() == recorded.len() && compiled.iter().zip(recorded).all(to_the_bit);
                assert!(same, "{of} of {}\n{compiled:?}\n{recorded:?}", what());
            };
            let mut payoffs = vec![0.0; game.players().len()];
            game.payoffs(&x, &mut payoffs);
            same(&payoffs, &data.payoff_formula().run(&all).unwrap(), "payoffs");
            let ends = |decision| {
                let bounds = game.bounds(decision, &x);
                [bounds.lower, bounds.upper]
            };
            let ends: Vec<f64> = (0..x.len()).flat_map(ends).collect();
            same(&ends, &data.bound_formula().run(&all).unwrap(), "bounds");
            let conditions: Vec<f64> = game.conditions(&x).iter().map(|condition| condition.value).collect();
            same(&conditions, &data.condition_formula().run(&all).unwrap(), "conditions");
        }
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

#[test]
fn xie_wei() {
    zoo(Draws::xie_wei, 1e-8);
    reference::<XieWei>("xie_wei2009", 12, 1e-9);
}

#[test]
fn seyed_esfahani() {
    zoo(Draws::seyed_esfahani, 1e-8);
    reference::<SeyedEsfahani>("seyedesfahani2011", 24, 1e-9);
}

#[test]
fn aust_buscher() {
    zoo(Draws::aust_buscher, 1e-8);
    reference::<AustBuscher>("aust_buscher2012", 24, 1e-9);
}

#[test]
fn wang() {
    zoo(Draws::wang, 1e-8);
    reference::<Wang>("wang2011", 42, 1e-9);
}

#[test]
fn zhang_xie() {
    zoo(Draws::zhang_xie, 1e-8);
    reference::<ZhangXie>("zhang_xie2012", 24, 1e-9);
}

#[test]
fn karray_zaccour() {
    zoo(Draws::karray_zaccour, 1e-8);
    reference::<KarrayZaccour>("karray_zaccour2006_raju", 24, 1e-9);
}

#[test]
fn karray_zaccour_additive() {
    zoo(Draws::karray_zaccour_additive, 1e-8);
    reference::<KarrayZaccourAdditive>("karray_zaccour2006_type", 24, 1e-9);
}

#[test]
fn yue() {
    zoo(Draws::yue, 1e-8);
    reference::<Yue>("yue2006", 12, 1e-8);
}

#[test]
fn xie_neyret() {
    zoo(Draws::xie_neyret, 1e-8);
    reference::<XieNeyret>("xie_neyret2009", 24, 1e-8);
}

#[test]
fn szmerekovsky_zhang() {
    zoo(Draws::szmerekovsky_zhang, 1e-8);
    reference::<SzmerekovskyZhang>("szmerekovsky_zhang2009", 12, 1e-8);
}

#[test]
fn berger_square_root() {
    zoo::<BergerSquareRoot>(Draws::berger, 1e-8);
    reference::<BergerSquareRoot>("berger1972_sqrt", 12, 1e-9);
}

#[test]
fn berger_logarithm() {
    zoo::<BergerLogarithm>(Draws::berger, 1e-8);
    reference::<BergerLogarithm>("berger1972_log", 12, 1e-9);
}

/// To a retailer that does not advertise by itself the allowance is worth it or not: at equal profits it jumps.
#[test]
fn the_allowance_jumps() {
    let game = |base_sales: f64| {
        BergerLogarithm::new(berger::Parameters {
            production_cost: 0.0,
            wholesale_price: 9.5,
            retail_price: 10.0,
            base_sales,
            effect: 1.5,
        })
        .unwrap()
    };
    let allowance = |base_sales: f64| game(base_sales).numbers().manufacturer_leads::<Logarithm>()[0];
    let (mut granted, mut refused) = (1.0, 100.0);
    for _ in 0..60 {
        let middle = 0.5 * (granted + refused);
        if allowance(middle) > 0.0 { granted = middle } else { refused = middle }
    }
    assert!(allowance(granted) > 0.1, "no jump: {}", allowance(granted));
    for base_sales in [0.99 * granted, 1.01 * granted] {
        let game = game(base_sales);
        let led = BergerLogarithm::structure("manufacturer_leads").unwrap();
        let (formula, engine) = (game.solve(&led).unwrap(), game.solve_numerically(&led).unwrap());
        agree(&formula, &engine, 1e-8, "beside the jump");
        let verified = formula.verify(&game).unwrap();
        assert_eq!(verified[BergerLogarithm::ALLOWANCE] > 0.0, base_sales < granted);
    }
}

#[test]
fn berger_percentage() {
    zoo(Draws::berger_percentage, 1e-8);
    reference::<BergerPercentage>("berger_percentage_sqrt", 6, 1e-9);
}

#[test]
fn dant_berger() {
    zoo(Draws::dant_berger, 1e-8);
}

fn franchise(franchisor: f64, franchisee: f64, perception: f64) -> DantBerger {
    DantBerger::new(dant_berger::Parameters {
        franchisor_margin: franchisor,
        franchisee_margin: franchisee,
        base_sales: 3.0,
        effect: 2.0,
        perception,
    })
    .unwrap()
}

/// Whoever gains the same pays any part of the same fund.
#[test]
fn of_an_even_fund_every_split_is_an_equilibrium() {
    let structure = Structure::simultaneous();
    for game in [franchise(5.0, 5.0, 1.0), franchise(5.0, 10.0, 0.5)] {
        for share in [0.0, 0.3, 0.5, 1.0] {
            let split = vec![25.0 * share, 25.0 * (1.0 - share)];
            game.propose(&structure, split).unwrap().verify(&game).unwrap();
        }
        assert!(game.propose(&structure, vec![10.0, 10.0]).unwrap().verify(&game).is_err());
        assert_eq!(game.solve(&structure).unwrap().profile(), [12.5, 12.5]);
        let found = game.solve_numerically(&structure).unwrap();
        assert!((found.profile().iter().sum::<f64>() - 25.0).abs() < 1e-6, "{found:?}");
    }
}

/// Twice the franchisee's worth is where a leading franchisor starts to pay, all at once.
#[test]
fn the_leaders_contribution_jumps() {
    let structure = Structure::leader(Franchise::Franchisor);
    for (margin, expected) in [(7.9, [0.0, 16.0]), (8.0, [0.0, 16.0]), (8.1, [65.61, 0.0])] {
        let game = franchise(margin, 4.0, 1.0);
        let formula = game.solve(&structure).unwrap();
        assert!(formula.profile().iter().zip(expected).all(|(x, e)| (x - e).abs() < 1e-12), "{formula:?}");
        let engine = game.solve_numerically(&structure).unwrap();
        if margin != 8.0 {
            agree(&formula, &engine, 1e-8, "beside the jump");
        }
        formula.verify(&game).unwrap();
    }
    // Where both earn it the same, both are equilibria.
    let game = franchise(8.0, 4.0, 1.0);
    for profile in [vec![0.0, 16.0], vec![64.0, 0.0]] {
        game.propose(&structure, profile).unwrap().verify(&game).unwrap();
    }
}

#[test]
fn kunter() {
    zoo(Draws::kunter, 1e-8);
}

#[test]
fn jeuland_shugan() {
    zoo(Draws::jeuland_shugan, 1e-8);
}

#[test]
fn weng() {
    zoo(Draws::weng, 1e-8);
}
