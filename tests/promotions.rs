//! Brand advertising and promotions: reference values by formula and by both routes of collocation, random games, the
//! myopic retailer, incentives, hostile input.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::{DIGITS, Draws, ROUTES, build, close, decided, feedback, number, numbers, rows};
use coopad::ParameterError;
use coopad::dynamic::linear_quadratic::{Agent, LinearQuadratic, LinearQuadraticError, Quadratic};
use coopad::dynamic::models::promotions::{Parameters, Store};
use coopad::dynamic::models::{JorgensenSigueZaccour, MyopicPromotions, Promotions};
use coopad::dynamic::{Collocation, DifferentialGame, DynamicError, Route, SolveOverTime};
use coopad::models::{Channel, Model};
use coopad::prelude::*;
use serde_json::Value;

/// Families of reference rows.
const FAMILIES: [&str; 5] = [
    "jtz2001_promo_times_goodwill",
    "additive_concave_goodwill",
    "jtz2003_harmful_additive_concave",
    "jtz2003_harmful_multiplicative",
    "bilinear_general",
];

/// Values by formula, by collocation with the formula of the moment and with the engine, against a reference.
fn against_reference<G: DifferentialGame>(
    game: &G,
    structure: &Structure<G::Player>,
    formula: &[Quadratic],
    rest: f64,
    wanted: &Value,
    what: &str,
) {
    let coefficient = |name: &str| number(&wanted["coef"][name]);
    for (value, firm) in formula.iter().zip(["M", "R"]) {
        let [a, b, c] = ["a", "b", "c"].map(|letter| coefficient(&format!("{letter}{firm}")));
        close(value.curvature()[(0, 0)], a, DIGITS, &format!("{what}: a{firm}"));
        close(value.slope()[0], b, DIGITS, &format!("{what}: b{firm}"));
        close(value.constant(), c, DIGITS, &format!("{what}: c{firm}"));
    }
    close(rest, number(&wanted["G_ss"]), DIGITS, &format!("{what}: rest"));
    for route in ROUTES {
        let what = format!("{what}, {route:?}");
        let found = feedback(game, structure, route);
        // The engine's rates are as exact as a leader's search can make them.
        let exact = if route == Route::Engine { 1e-7 } else { DIGITS };
        for (goodwill, values) in wanted["V_at"].as_object().unwrap() {
            let state = [goodwill.parse().unwrap()];
            for (value, wanted) in found.values().iter().zip(numbers(values)) {
                close(value.at(&state), wanted, DIGITS, &format!("{what}: value at {goodwill}"));
            }
            let x = decided(&found, route, &state);
            let controls = &wanted["controls_at"][goodwill];
            close(x[Promotions::ADVERTISING], number(&controls["A"]), exact, &format!("{what}: A"));
            close(x[Promotions::PROMOTION], number(&controls["P"]), exact, &format!("{what}: P"));
            close(x[Promotions::PARTICIPATION], number(&controls["D"]), exact, &format!("{what}: D"));
        }
        let growth = found.drift(&[1.0]).unwrap()[0] - found.drift(&[0.0]).unwrap()[0];
        close(growth, number(&wanted["closed_loop_rate"]), exact, &format!("{what}: closed loop"));
    }
}

#[test]
fn reference_rows() {
    for family in FAMILIES {
        for row in rows(family, 2) {
            let game: Promotions = build(&row["params"], &[]);
            let structures =
                [("nash", Structure::simultaneous()), ("coop", Structure::leader(Channel::Manufacturer))];
            for (name, structure) in structures {
                let formula = game.value_functions(&structure).unwrap().unwrap();
                let rest = game.steady_state(&structure).unwrap();
                against_reference(
                    &game,
                    &structure,
                    &formula,
                    rest,
                    &row[name],
                    &format!("{family}, {name}"),
                );
            }
            let myopic: MyopicPromotions = build(&row["params"], &[]);
            let structure = Structure::simultaneous();
            let formula = myopic.value_functions(&structure).unwrap().unwrap();
            let rest = myopic.steady_state(&structure).unwrap();
            against_reference(
                &myopic,
                &structure,
                &formula,
                rest,
                &row["myopic"],
                &format!("{family}, myopic"),
            );
            let found = myopic.feedback(&structure).unwrap();
            assert!(found.value(Store::Manager, &[1.0]).abs() < 1e-10);
        }
    }
}

/// Promotions that sell in proportion to goodwill (Jørgensen, Taboubi and Zaccour 2001): the curvatures in roots.
#[test]
fn curvatures_in_roots() {
    for row in rows(FAMILIES[0], 2) {
        let game: Promotions = build(&row["params"], &[]);
        let p = game.numbers();
        let (q, alpha, v) =
            (p.advertising_effect.powi(2) / p.advertising_cost, p.interaction, p.promotion_cost);
        let (m, r, rate) = (p.manufacturer_margin, p.retailer_margin, p.discount_rate + 2.0 * p.decay);
        let unit = alpha * alpha / v;
        let cases = [
            (Structure::leader(Channel::Manufacturer), (2.0 * m + r).powi(2), 0.5 * r * (2.0 * m + r)),
            (Structure::simultaneous(), 8.0 * m * r, r * r),
        ];
        for (structure, power, earned) in cases {
            let first = (rate - (rate * rate - q * unit * power).sqrt()) / (2.0 * q);
            let second = unit * earned / (rate - 2.0 * q * first);
            let [manufacturer, retailer] = game.value_functions(&structure).unwrap().unwrap();
            close(manufacturer.curvature()[(0, 0)], first, 1e-12, "manufacturer");
            close(retailer.curvature()[(0, 0)], second, 1e-12, "retailer");
        }
        // Just below the α at which the root ends, and just above.
        let most = rate / (q * (2.0 * m + r).powi(2) / v).sqrt();
        let at = |interaction: f64| {
            let game = Promotions::new(Parameters { interaction, ..*p }).unwrap();
            game.value_functions(&Structure::leader(Channel::Manufacturer)).unwrap()
        };
        assert!(at(most * 0.999_999).is_ok());
        // There goodwill grows almost at half the discount rate: values, but no rest.
        let edge = Promotions::new(Parameters { interaction: most * 0.999_999, ..*p }).unwrap();
        assert!(edge.steady_state(&Structure::leader(Channel::Manufacturer)).is_none());
        let Err(LinearQuadraticError::NoStabilisingSolution { weight }) = at(most * 1.1) else {
            panic!("values beyond the end of the root")
        };
        close(weight, 1.0 / 1.1, 1e-4, "the weight at which the path ends");
        let beyond = Promotions::new(Parameters { interaction: most * 1.1, ..*p }).unwrap();
        let refused = beyond.feedback(&Structure::leader(Channel::Manufacturer));
        assert!(matches!(
            refused,
            Err(DynamicError::NoValue { .. }
                | DynamicError::NotResolved { .. }
                | DynamicError::LeavesRegion { .. })
        ));
    }
}

fn draw(draws: &mut Draws) -> Parameters {
    let decay = draws.scale(0.1, 1.0);
    Parameters {
        discount_rate: draws.scale(0.02, 0.3),
        decay,
        advertising_effect: draws.scale(0.3, 2.0),
        promotion_effect: draws.between(-0.2, 0.2),
        advertising_cost: draws.scale(1.0, 10.0),
        promotion_cost: draws.scale(1.0, 10.0),
        manufacturer_margin: draws.scale(0.2, 3.0),
        retailer_margin: draws.scale(0.2, 3.0),
        base_sales: draws.between(0.0, 2.0),
        promotion_sales: draws.between(0.3, 1.5),
        goodwill_sales: draws.between(0.2, 1.0),
        interaction: draws.between(0.0, 0.2),
        saturation: draws.scale(0.02, 0.3),
        initial_goodwill: draws.between(0.0, 2.0),
    }
}

/// Formula against the engine, cooperation and given rates included; corners leave the formula out of it.
#[test]
fn random_games() {
    let mut draws = Draws(2001);
    let (mut by_formula, mut without) = (0, 0);
    for _ in 0..40 {
        let game = Promotions::new(draw(&mut draws)).unwrap();
        let led = Structure::leader(Channel::Manufacturer);
        let given = led.clone().fix(Promotions::PARTICIPATION, 0.3);
        for structure in [Structure::simultaneous(), led, given, Structure::cooperative()] {
            let what = format!("{}: {:?}", structure.name(), game.numbers());
            let Some(formula) = game.value_functions(&structure) else {
                without += 1;
                continue;
            };
            let formula = formula.unwrap_or_else(|error| panic!("{error}: {what}"));
            by_formula += 1;
            let found = Collocation { route: Route::Engine, ..Collocation::default() };
            let found = found.solve(&game, &structure).unwrap_or_else(|error| panic!("{error}: {what}"));
            for (value, formula) in found.values().iter().zip(&formula) {
                for goodwill in [0.0, 0.4, 1.7] {
                    close(value.at(&[goodwill]), formula.at(&[goodwill]).unwrap(), 1e-7, &what);
                }
            }
            if let Some(rest) = game.steady_state(&structure) {
                assert!(found.drift(&[rest]).unwrap()[0].abs() < 1e-6 * (1.0 + rest.abs()), "{what}");
            }
        }
    }
    assert!(by_formula > 100 && without < 60, "{by_formula} by formula, {without} at a corner");
}

/// A retailer that only promotes and a manufacturer that only builds the brand, sales with `√G`: the game of Jørgensen,
/// Sigué and Zaccour (2000), where the rate and its gain are the same.
#[test]
fn decreasing_marginal_goodwill_is_another_model() {
    let mut numbers = *JorgensenSigueZaccour::example().numbers();
    (numbers.manufacturer.short_effect, numbers.retailer.long_effect) = (0.0, 0.0);
    let other = JorgensenSigueZaccour::new(numbers).unwrap();
    let found = other.feedback(&Structure::leader(Channel::Manufacturer)).unwrap();
    let rate = found.policy(&[1.0]).unwrap()[JorgensenSigueZaccour::SHORT_RATE];
    let game: Promotions = build(&rows(FAMILIES[0], 2)[0]["params"], &[]);
    let ours = game.feedback(&Structure::leader(Channel::Manufacturer)).unwrap();
    close(ours.policy(&[1.0]).unwrap()[Promotions::PARTICIPATION], rate, 1e-9, "margins of 1 and 0.8");
}

/// Each firm's best reply to the other's answer, by its own optimal-control problem.
#[test]
fn incentives_hold() {
    for row in rows("incentive_equilibrium_linear_state", 2) {
        let game: Promotions = build(&row["params"], &[]);
        let found = game.incentives().unwrap();
        close(found.advertising, number(&row["A_coop"]), DIGITS, "A");
        close(found.promotion, number(&row["P_coop"]), DIGITS, "P");
        close(found.retailer_answer, number(&row["slope_R_on_A"]), DIGITS, "k_R");
        close(found.manufacturer_answer, number(&row["slope_M_on_P"]), DIGITS, "k_M");
        let p = game.numbers();
        let (lambda, mu) = (p.advertising_effect, p.promotion_effect);
        // The manufacturer's: u_M moves goodwill itself and through the retailer's answer, which sells too.
        let reply = |effect: f64, rest: f64, cost: f64, margin: f64, sold: f64| {
            let agent = Agent::new(effect, cost, p.discount_rate)
                .earns(0.0, &[margin * p.goodwill_sales], 0.0)
                .gains(0.0, &[margin * sold]);
            let alone = LinearQuadratic::new(-p.decay, &[rest], vec![agent]).unwrap();
            alone.feedback_nash().unwrap().policies()[0].intercept()[0]
        };
        let (a, b) = (found.retailer_answer, found.manufacturer_answer);
        let advertising = reply(
            lambda + mu * a,
            mu * (found.promotion - a * found.advertising),
            p.advertising_cost,
            p.manufacturer_margin,
            p.promotion_sales * a,
        );
        close(advertising, found.advertising, 1e-12, "the manufacturer's best reply");
        let promotion = reply(
            mu + lambda * b,
            lambda * (found.advertising - b * found.promotion),
            p.promotion_cost,
            p.retailer_margin,
            p.promotion_sales,
        );
        close(promotion, found.promotion, 1e-12, "the retailer's best reply");
        // What cooperation would do.
        let joint = game.feedback(&Structure::cooperative()).unwrap().policy(&[1.0]).unwrap();
        close(joint[Promotions::ADVERTISING], found.advertising, 1e-9, "joint advertising");
        close(joint[Promotions::PROMOTION], found.promotion, 1e-9, "joint promotion");
    }
}

#[test]
fn incentives_that_do_not_exist() {
    let game: Promotions = build(&rows("incentive_equilibrium_linear_state", 2)[0]["params"], &[]);
    let at = |change: &dyn Fn(&mut Parameters)| {
        let mut numbers = *game.numbers();
        change(&mut numbers);
        Promotions::new(numbers).unwrap().incentives()
    };
    // What promotions sell now they cost later, to the last bit: s_G/(r + δ) = 2.5.
    assert!(matches!(at(&|p| p.promotion_effect = -0.4), Err(LinearQuadraticError::Singular { .. })));
    assert!(matches!(at(&|p| p.advertising_effect = 0.0), Err(LinearQuadraticError::Singular { .. })));
    assert!(matches!(at(&|p| p.interaction = 0.1), Err(LinearQuadraticError::OutOfRange { .. })));
    assert!(matches!(at(&|p| p.saturation = 0.1), Err(LinearQuadraticError::OutOfRange { .. })));
    assert!(matches!(at(&|p| p.promotion_effect = -1.0), Err(LinearQuadraticError::OutOfRange { .. })));
}

/// Corners: no formula, and the engine still finds the values.
#[test]
fn corners() {
    // A manufacturer that earns little supports nobody: as at once.
    let mut numbers = *Promotions::example().numbers();
    (numbers.manufacturer_margin, numbers.promotion_effect) = (0.3, 0.0);
    let game = Promotions::new(numbers).unwrap();
    let led = game.value_functions(&Structure::leader(Channel::Manufacturer)).unwrap().unwrap();
    let nash = game.value_functions(&Structure::simultaneous()).unwrap().unwrap();
    assert_eq!(led, nash);
    // Promotions so harmful that at low goodwill none is made.
    let mut numbers = *Promotions::example().numbers();
    (numbers.promotion_effect, numbers.promotion_sales) = (-0.5, 0.45);
    let game = Promotions::new(numbers).unwrap();
    assert!(game.value_functions(&Structure::simultaneous()).is_none());
    assert!(game.steady_state(&Structure::simultaneous()).is_none());
    assert!(game.value_functions(&Structure::leader(Channel::Retailer)).is_none());
    let held = Structure::leader(Channel::Manufacturer).fix(Promotions::PARTICIPATION, 1.0);
    assert!(game.value_functions(&held).is_none());
}

#[test]
fn hostile_input() {
    for at in 0..14 {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut values = Promotions::example().values();
            values[at] = vec![value];
            let refused = matches!(Promotions::from_values(&values), Err(ParameterError::OutOfRange { .. }));
            assert!(refused, "{value} for number {at}");
        }
        // Large, small and none: whatever comes, it comes without a panic.
        for value in [0.0, 1e-300, 1e-12, 1e12, 1e300] {
            let mut values = Promotions::example().values();
            values[at] = vec![value];
            let Ok(game) = Promotions::from_values(&values) else { continue };
            for scheme in Promotions::structures() {
                drop(game.value_functions(&scheme.structure));
                game.steady_state(&scheme.structure);
                if value == 0.0 {
                    let coarse = Collocation { degree: 8, ..Collocation::default() };
                    drop(coarse.solve(&game, &scheme.structure));
                }
            }
            drop(game.incentives());
        }
    }
}
