//! Channels with goodwill over time: reference values by formula and by both routes of collocation, random games, hostile
//! input.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::{
    DIGITS, Draws, ROUTES, build, close, decided, endures, feedback, near, number, numbers, refuses, rows,
    table,
};
use coopad::ParameterError;
use coopad::dynamic::linear_quadratic::Quadratic;
use coopad::dynamic::models::{
    JorgensenSigueZaccour, PricingAndLeadership, jorgensen_sigue_zaccour, pricing_and_leadership,
};
use coopad::dynamic::{DifferentialGame, Feedback, Route};
use coopad::models::{Channel, Model};
use coopad::prelude::*;

/// Random games of each model.
const SETS: usize = 60;

/// The one goodwill at which everything rests.
fn rest<G: DifferentialGame>(found: &Feedback<'_, G>) -> f64 {
    let rests = found.steady_states().unwrap();
    let stable: Vec<_> = rests.iter().filter(|rest| rest.is_stable()).collect();
    assert_eq!(stable.len(), 1, "{rests:?}");
    stable[0].state[0]
}

/// Linear values by formula against both routes of collocation: values, slopes and where goodwill rests.
fn formula_against_collocation<G: DifferentialGame>(
    game: &G,
    structure: &Structure<G::Player>,
    formula: &[Quadratic],
    steady: f64,
    what: &str,
) {
    for route in ROUTES {
        let found = feedback(game, structure, route);
        let upper = found.states()[0].upper;
        let what = format!("{what}, {route:?}");
        for (value, formula) in found.values().iter().zip(formula) {
            for goodwill in [0.0, 0.3 * upper, upper] {
                let wanted = formula.at(&[goodwill]).unwrap();
                close(value.at(&[goodwill]), wanted, 1e-8, &format!("{what}: value at {goodwill}"));
                let slope = formula.slope()[0] + formula.curvature().entries()[0] * goodwill;
                // A slope of zero is zero to within the rounding of values of size 1.
                let error = 1e-8 * slope.abs() + 1e-12;
                near(value.slopes(&[goodwill])[0], slope, error, &format!("{what}: slope at {goodwill}"));
            }
        }
        let drift = found.drift(&[steady]).unwrap()[0];
        assert!(drift.abs() < 1e-8 * upper, "{what}: {drift}");
    }
}

// ---- Jørgensen, Sigué and Zaccour 2000 -----------------------------------------------------------------------------

/// The reference's names of the four programs.
fn programs() -> [(&'static str, Structure<Channel>); 4] {
    [
        ("none", JorgensenSigueZaccour::no_support()),
        ("both", Structure::leader(Channel::Manufacturer)),
        ("long", JorgensenSigueZaccour::long_term_support()),
        ("short", JorgensenSigueZaccour::short_term_support()),
    ]
}

#[test]
fn jorgensen_sigue_zaccour_reference() {
    type Game = JorgensenSigueZaccour;
    for row in rows("jorgensen_sigue_zaccour_2000", 3) {
        let game: Game = build(&row["params"], &[]);
        for (name, structure) in programs() {
            let wanted = &row[name];
            let of = |key: &str| number(&wanted[key]);
            let values = game.value_functions(&structure).unwrap();
            for (value, firm) in values.iter().zip(["VM", "VR"]) {
                close(value.slope()[0], of(&format!("{firm}_slope")), DIGITS, "slope by formula");
                close(value.constant(), of(&format!("{firm}_const")), DIGITS, "constant by formula");
            }
            close(game.steady_state(&structure).unwrap(), of("G_ss"), DIGITS, "steady state by formula");
            for route in ROUTES {
                let what = |what: &str| format!("{name}, {route:?}: {what}");
                let found = feedback(&game, &structure, route);
                for (goodwill, payoffs) in table(&wanted["payoffs_at_G0"]) {
                    for (value, wanted) in found.values().iter().zip(payoffs) {
                        close(value.at(&[goodwill]), wanted, DIGITS, &what("payoff"));
                    }
                }
                for (goodwill, efforts) in table(&wanted["short_ads_at_G"]) {
                    let x = decided(&found, route, &[goodwill]);
                    // The engine's rates are as exact as a leader's search can make them.
                    let rates = if route == Route::Engine { 1e-7 } else { DIGITS };
                    close(x[Game::SHORT_RATE], of("D_short"), rates, &what("short-term rate"));
                    close(x[Game::LONG_RATE], of("D_long"), rates, &what("long-term rate"));
                    close(x[Game::NATIONAL_LONG], of("AM"), DIGITS, &what("A_M"));
                    close(x[Game::LOCAL_LONG], of("AR"), rates, &what("A_R"));
                    close(x[Game::NATIONAL_SHORT], efforts[0], DIGITS, &what("s_M"));
                    close(x[Game::LOCAL_SHORT], efforts[1], rates, &what("s_R"));
                }
                close(rest(&found), of("G_ss"), DIGITS, &what("steady state"));
            }
        }
    }
}

fn advertiser(draws: &mut Draws) -> jorgensen_sigue_zaccour::Firm {
    jorgensen_sigue_zaccour::Firm {
        margin: draws.scale(0.1, 10.0),
        long_effect: draws.scale(0.1, 3.0),
        long_cost: draws.scale(0.1, 10.0),
        short_effect: draws.scale(0.1, 3.0),
        short_cost: draws.scale(0.1, 10.0),
    }
}

#[test]
fn random_jorgensen_sigue_zaccour() {
    let mut draws = Draws(2000);
    for _ in 0..SETS {
        let game = JorgensenSigueZaccour::new(jorgensen_sigue_zaccour::Parameters {
            discount_rate: draws.scale(0.01, 0.5),
            decay: draws.scale(0.05, 1.0),
            manufacturer: advertiser(&mut draws),
            retailer: advertiser(&mut draws),
            initial_goodwill: draws.between(0.0, 3.0),
        })
        .unwrap();
        let what = format!("{:?}", game.numbers());
        for scheme in JorgensenSigueZaccour::structures() {
            let formula = game.value_functions(&scheme.structure).unwrap();
            let steady = game.steady_state(&scheme.structure).unwrap();
            let what = format!("{}: {what}", scheme.name);
            formula_against_collocation(&game, &scheme.structure, &formula, steady, &what);
        }
    }
}

/// Rates that are given, not chosen: by formula as by the engine, and the announced ones are the best of them now.
#[test]
fn given_rates() {
    type Game = JorgensenSigueZaccour;
    let game = Game::example();
    let led = Structure::leader(Channel::Manufacturer);
    for (long, short) in [(0.3, 0.6), (0.8, 0.0), (0.404_612_159_3, 3.0 / 7.0)] {
        let given = led.clone().fix(Game::SHORT_RATE, short).fix(Game::LONG_RATE, long);
        let formula = game.value_functions(&given).unwrap();
        let steady = game.steady_state(&given).unwrap();
        formula_against_collocation(&game, &given, &formula, steady, "given rates");
    }
    let chosen = game.value_functions(&led).unwrap();
    let given = led.clone().fix(Game::SHORT_RATE, 3.0 / 7.0).fix(Game::LONG_RATE, 0.404_612_159_3);
    let given = game.value_functions(&given).unwrap();
    for (one, other) in chosen.iter().zip(&given) {
        close(one.constant(), other.constant(), DIGITS, "the announced rates, given");
        close(one.slope()[0], other.slope()[0], DIGITS, "the announced rates, given");
    }
    assert!(game.value_functions(&Structure::leader(Channel::Retailer)).is_none());
    assert!(game.value_functions(&Structure::simultaneous()).is_none());
}

/// A retailer that only promotes, a manufacturer that only builds the brand: what support of short-term advertising is
/// worth by hand, with margins of 1 and 0.8 and a promotion cost of 2.
#[test]
fn brand_and_promotion() {
    let mut numbers = *JorgensenSigueZaccour::example().numbers();
    (numbers.manufacturer.short_effect, numbers.retailer.long_effect) = (0.0, 0.0);
    let game = JorgensenSigueZaccour::new(numbers).unwrap();
    let slopes = |structure| game.value_functions(&structure).unwrap().map(|value| value.slope()[0]);
    let none = slopes(JorgensenSigueZaccour::no_support());
    close(none[0], 0.8 / 2.0 / 0.3, DIGITS, "manufacturer, no support");
    close(none[1], 0.64 / 4.0 / 0.3, DIGITS, "retailer, no support");
    let short = slopes(JorgensenSigueZaccour::short_term_support());
    close(short[0], 2.8 * 2.8 / 16.0 / 0.3, DIGITS, "manufacturer, support");
    close(short[1], 0.8 * 2.8 / 8.0 / 0.3, DIGITS, "retailer, support");
    for route in ROUTES {
        let found = feedback(&game, &Structure::leader(Channel::Manufacturer), route);
        close(found.costates(&[1.0])[0], short[0], DIGITS, &format!("{route:?}"));
    }
}

// ---- Pricing and leadership ----------------------------------------------------------------------------------------

/// The reference's names of the four structures.
fn leaders() -> [(&'static str, Structure<Channel>); 4] {
    [
        ("nash", Structure::simultaneous()),
        ("M_leader", Structure::leader(Channel::Manufacturer)),
        ("R_leader", Structure::leader(Channel::Retailer)),
        ("joint", Structure::cooperative()),
    ]
}

#[test]
fn kappa_one_reference() {
    type Game = PricingAndLeadership;
    for row in rows("kappa_1_linear_value", 2) {
        let game: Game = build(&row["params"], &[]);
        for (name, structure) in leaders() {
            let wanted = &row[name];
            let of = |key: &str| number(&wanted[key]);
            // Slope and constant of each firm's value, or of their sum.
            let lines: Vec<[f64; 2]> = match name {
                "joint" => vec![[of("slope"), of("const")]],
                _ => numbers(&wanted["slopes"])
                    .into_iter()
                    .zip(numbers(&wanted["consts"]))
                    .map(|(slope, constant)| [slope, constant])
                    .collect(),
            };
            let compared = |values: [[f64; 2]; 2], what: &str| {
                let [m, r] = values;
                let values = if name == "joint" { vec![[m[0] + r[0], m[1] + r[1]]] } else { values.to_vec() };
                for (found, wanted) in values.iter().flatten().zip(lines.iter().flatten()) {
                    close(*found, *wanted, DIGITS, &format!("{name}: {what}"));
                }
            };
            let formula = game.value_functions(&structure).unwrap();
            compared(formula.map(|value| [value.slope()[0], value.constant()]), "formula");
            close(game.steady_state(&structure).unwrap(), of("G_ss"), DIGITS, "steady state by formula");
            for route in ROUTES {
                let what = |what: &str| format!("{name}, {route:?}: {what}");
                let found = feedback(&game, &structure, route);
                let line = |i: usize| [found.values()[i].slopes(&[1.0])[0], found.values()[i].at(&[0.0])];
                compared([line(0), line(1)], &what("values"));
                let x = decided(&found, route, &[2.0]);
                close(x[Game::WHOLESALE_PRICE] + x[Game::RETAIL_MARGIN], of("price"), DIGITS, &what("price"));
                if name != "joint" {
                    let margins = numbers(&wanted["margins"]);
                    let margin = x[Game::WHOLESALE_PRICE] - game.numbers().production_cost;
                    close(margin, margins[0], DIGITS, &what("manufacturer's margin"));
                    close(x[Game::RETAIL_MARGIN], margins[1], DIGITS, &what("retailer's margin"));
                }
                close(x[Game::NATIONAL], of("AM"), DIGITS, &what("A_M"));
                close(x[Game::LOCAL], of("AR"), DIGITS, &what("A_R"));
                close(rest(&found), of("G_ss"), DIGITS, &what("steady state"));
            }
        }
    }
}

#[test]
fn kappa_half_reference() {
    type Game = PricingAndLeadership;
    for row in rows("kappa_half_nonlinear", 2) {
        let mut params = row["params"].clone();
        params["kap"] = 0.5.into();
        let game: Game = build(&params, &[]);
        for (name, structure) in leaders() {
            let wanted = &row[name];
            // The reference is a collocation, too, and says how exact it is.
            let tolerance = DIGITS.max(number(&wanted["grid_convergence"]));
            assert!(game.value_functions(&structure).is_none(), "{name}");
            for route in ROUTES {
                let what = |what: &str| format!("{name}, {route:?}: {what}");
                let found = feedback(&game, &structure, route);
                for (at, goodwill) in numbers(&wanted["G_points"]).into_iter().enumerate() {
                    let mut values: Vec<f64> = found.values().iter().map(|v| v.at(&[goodwill])).collect();
                    if name == "joint" {
                        values = vec![values.iter().sum()];
                    }
                    for (value, wanted) in values.iter().zip(wanted["V_at"].as_array().unwrap()) {
                        close(*value, number(&wanted[at]), tolerance, &what("value"));
                    }
                    let x = decided(&found, route, &[goodwill]);
                    close(x[Game::NATIONAL], number(&wanted["AM_at"][at]), tolerance, &what("A_M"));
                    close(x[Game::LOCAL], number(&wanted["AR_at"][at]), tolerance, &what("A_R"));
                }
                close(rest(&found), number(&wanted["G_ss"]), tolerance, &what("steady state"));
            }
        }
    }
}

fn random_pricing(draws: &mut Draws, goodwill_power: f64, initial_goodwill: f64) -> PricingAndLeadership {
    let (base_demand, price_effect) = (draws.scale(1.0, 10.0), draws.scale(0.2, 3.0));
    PricingAndLeadership::new(pricing_and_leadership::Parameters {
        discount_rate: draws.scale(0.02, 0.5),
        decay: draws.scale(0.05, 1.0),
        manufacturer_effect: draws.scale(0.1, 3.0),
        retailer_effect: draws.scale(0.1, 3.0),
        manufacturer_cost: draws.scale(0.1, 10.0),
        retailer_cost: draws.scale(0.1, 10.0),
        base_demand,
        price_effect,
        production_cost: draws.between(0.0, 0.8) * base_demand / price_effect,
        goodwill_power,
        initial_goodwill,
    })
    .unwrap()
}

/// Formula against collocation; the price order, joint before simultaneous before either leader, and the order of what
/// both earn together the other way round.
#[test]
fn random_pricing_and_leadership() {
    let mut draws = Draws(2001);
    for _ in 0..SETS {
        let initial = draws.between(0.1, 3.0);
        let game = random_pricing(&mut draws, 1.0, initial);
        let what = format!("{:?}", game.numbers());
        let mut told = Vec::new();
        for (name, structure) in leaders() {
            let formula = game.value_functions(&structure).unwrap();
            let steady = game.steady_state(&structure).unwrap();
            formula_against_collocation(&game, &structure, &formula, steady, &format!("{name}: {what}"));
            let x = decided(&feedback(&game, &structure, Route::Auto), Route::Auto, &[initial]);
            let price = x[PricingAndLeadership::WHOLESALE_PRICE] + x[PricingAndLeadership::RETAIL_MARGIN];
            let total: f64 = formula.iter().map(|value| value.at(&[initial]).unwrap()).sum();
            told.push((price, total));
        }
        let [nash, first, second, joint] = told[..] else { panic!("four structures") };
        for leader in [first, second] {
            assert!(joint.0 < nash.0 && nash.0 < leader.0, "{what}: {told:?}");
            assert!(joint.1 > nash.1 && joint.1 > leader.1, "{what}: {told:?}");
        }
    }
}

/// No formula: both routes agree, a payoff followed along the path is the value, and under cooperation goodwill rests
/// where the maximum principle says.
#[test]
fn random_goodwill_powers() {
    let mut draws = Draws(1999);
    for _ in 0..SETS / 4 {
        let power = draws.between(0.3, 0.9);
        let mut game = random_pricing(&mut draws, power, 1.0);
        let p = *game.numbers();
        let surplus = p.base_demand - p.price_effect * p.production_cost;
        let strength =
            p.manufacturer_effect.powi(2) / p.manufacturer_cost + p.retailer_effect.powi(2) / p.retailer_cost;
        let worth = strength * power * surplus.powi(2) / (4.0 * p.price_effect);
        let kept = (worth / (p.decay * (p.discount_rate + p.decay))).powf(1.0 / (2.0 - power));
        let initial_goodwill = kept * draws.between(0.3, 2.0);
        game =
            PricingAndLeadership::new(pricing_and_leadership::Parameters { initial_goodwill, ..p }).unwrap();
        for (name, structure) in leaders() {
            let what = format!("{name}: {:?}", game.numbers());
            let found = feedback(&game, &structure, Route::Auto);
            let other = feedback(&game, &structure, Route::Engine);
            for goodwill in [0.2 * kept, kept, 2.0 * kept] {
                for (one, other) in found.values().iter().zip(other.values()) {
                    close(other.at(&[goodwill]), one.at(&[goodwill]), 1e-8, &what);
                }
            }
            if name == "joint" {
                close(rest(&found), kept, 1e-8, &what);
            }
            let (start, long) = ([initial_goodwill], 20.0);
            let path = found.simulate(&start, long).unwrap();
            let left = (-p.discount_rate * long).exp();
            for (value, earned) in found.values().iter().zip(path.payoffs()) {
                let wanted = value.at(&start) - left * value.at(&path.state(long));
                close(*earned, wanted, 1e-7, &what);
            }
        }
    }
}

// ---- Hostile input -------------------------------------------------------------------------------------------------

#[test]
fn numbers_that_make_no_sense_are_refused() {
    refuses::<JorgensenSigueZaccour>();
    refuses::<PricingAndLeadership>();
    let numbers = *PricingAndLeadership::example().numbers();
    let at = |goodwill_power: f64, production_cost: f64| {
        let changed = pricing_and_leadership::Parameters { goodwill_power, production_cost, ..numbers };
        PricingAndLeadership::new(changed)
    };
    assert!(at(1.0, 2.9).is_ok() && at(0.01, 0.0).is_ok());
    assert!(matches!(at(1.0, 3.0), Err(ParameterError::Inconsistent { .. })));
    assert!(matches!(at(1.001, 0.5), Err(ParameterError::OutOfRange { .. })));
}

#[test]
fn extreme_numbers_do_no_harm() {
    endures(|game: &JorgensenSigueZaccour, structure| drop(game.value_functions(structure)));
    endures(|game: &PricingAndLeadership, structure| drop(game.value_functions(structure)));
}
