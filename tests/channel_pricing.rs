//! The founding channel over time: reference values by both routes, and parameters at which there is no equilibrium.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, helpers included")]

mod common;

use common::{DIGITS, ROUTES, build, close, fixture, near, number};
use coopad::dynamic::models::channel_pricing::{Additive, Demand, Multiplicative, PricedChannel};
use coopad::dynamic::models::{ChannelPricing, ChannelPricingMultiplicative};
use coopad::dynamic::{Collocation, DifferentialGame, DynamicError, Feedback, SolveOverTime};
use coopad::models::{Channel, Model};
use coopad::prelude::*;
use serde_json::Value;

/// Holds value functions, today's decisions, steady state and payoffs against every row of a family.
fn hold<M: Model<Player = Channel> + DifferentialGame>(family: &str) -> usize {
    let file = fixture("foundations");
    let mut rows = 0;
    for (name, scheme) in
        [("no_support", "no_support"), ("stackelberg", "manufacturer_leads"), ("cooperative", "cooperative")]
    {
        let structure = M::structure(scheme).unwrap();
        for row in file[family][name].as_array().unwrap() {
            let game: M = build(&row["params"], &["form"]);
            for route in ROUTES {
                let what = format!("{family} {name} {route:?} {}", row["params"]);
                let found = Collocation { route, ..Collocation::default() }.solve(&game, &structure).unwrap();
                against(&found, row, &what);
            }
            rows += 1;
        }
    }
    rows
}

/// A coefficient of zero is zero to within the rounding of numbers of size 1.
#[track_caller]
fn coefficient(found: f64, wanted: f64, what: &str) {
    near(found, wanted, (DIGITS * wanted.abs()).max(1e-12), what);
}

fn against<G: DifferentialGame<Player = Channel>>(found: &Feedback<'_, G>, row: &Value, what: &str) {
    let both: Vec<_> = found.values().iter().map(|value| value.quadratic().unwrap()).collect();
    for (key, wanted) in row["coefficients"].as_object().unwrap() {
        let players = match key.as_str() {
            "V_M" => &both[..1],
            "V_R" => &both[1..],
            _ => &both[..],
        };
        let sum = |of: &dyn Fn(&coopad::dynamic::linear_quadratic::Quadratic) -> f64| -> f64 {
            players.iter().map(of).sum()
        };
        let letters: Vec<(&str, f64)> = vec![
            ("a", sum(&|q| q.constant())),
            ("b_M", sum(&|q| q.slope()[0])),
            ("b_R", sum(&|q| q.slope()[1])),
            ("P_MM", sum(&|q| q.curvature().entries()[0])),
            ("P_MR", sum(&|q| q.curvature().entries()[1])),
            ("P_RR", sum(&|q| q.curvature().entries()[3])),
        ];
        for (letter, value) in letters {
            let wanted = number(&wanted[letter]);
            coefficient(value, wanted, &format!("{what}: {letter} of {key}"));
        }
    }
    let decision = |letter: &str, profile: &[f64]| {
        let decisions = found.game().decisions();
        decisions.iter().position(|d| d.symbol == letter).map(|at| profile[at])
    };
    let start: Vec<f64> = found.states().iter().map(|state| state.initial).collect();
    let today = found.policy(&start).unwrap();
    for (letter, wanted) in row["decisions_at_G0"].as_object().unwrap() {
        close(
            decision(letter, today.profile()).unwrap(),
            number(wanted),
            DIGITS,
            &format!("{what}: {letter}"),
        );
    }
    let rest = found.steady_states().unwrap();
    assert_eq!(rest.len(), 1, "{what}");
    assert!(rest[0].is_stable(), "{what}");
    for (letter, wanted) in row["steady_state"].as_object().unwrap() {
        let at = found.states().iter().position(|state| state.symbol == *letter);
        let value = at.map(|at| rest[0].state[at]).or_else(|| decision(letter, rest[0].decisions.profile()));
        close(value.unwrap(), number(wanted), DIGITS, &format!("{what}: {letter} at rest"));
    }
    for (player, wanted) in row["payoffs_at_G0"].as_object().unwrap() {
        let value = match player.as_str() {
            "manufacturer" => found.payoff(Channel::Manufacturer),
            "retailer" => found.payoff(Channel::Retailer),
            _ => found.total(),
        };
        close(value, number(wanted), DIGITS, &format!("{what}: payoff of {player}"));
    }
}

#[test]
fn additive_rows() {
    assert_eq!(hold::<ChannelPricing>("C_dynamic_additive"), 18);
}

#[test]
fn multiplicative_rows() {
    assert_eq!(hold::<ChannelPricingMultiplicative>("C_dynamic_multiplicative"), 18);
}

/// Every coefficient of every row, without a search.
fn hold_coefficients<D: Demand>(family: &str) -> usize {
    let file = fixture("foundations");
    let mut rows = 0;
    for (name, scheme, players) in [
        ("no_support", "no_support", &["V_M", "V_R"][..]),
        ("stackelberg", "manufacturer_leads", &["V_M", "V_R"]),
        ("cooperative", "cooperative", &["V"]),
    ] {
        let structure = PricedChannel::<D>::structure(scheme).unwrap();
        for row in file[family][name].as_array().unwrap() {
            let game: PricedChannel<D> = build(&row["params"], &["form"]);
            let values = game.value_coefficients(&structure).unwrap();
            assert_eq!(values.len(), players.len());
            for (value, player) in values.iter().zip(players) {
                let curvature = value.curvature().entries();
                for (letter, found) in [
                    ("a", value.constant()),
                    ("b_M", value.slope()[0]),
                    ("b_R", value.slope()[1]),
                    ("P_MM", curvature[0]),
                    ("P_MR", curvature[1]),
                    ("P_MR", curvature[2]),
                    ("P_RR", curvature[3]),
                ] {
                    let wanted = number(&row["coefficients"][player][letter]);
                    coefficient(
                        found,
                        wanted,
                        &format!("{family} {name} {}: {letter} of {player}", row["params"]),
                    );
                }
            }
            rows += 1;
        }
    }
    rows
}

#[test]
fn coefficients_by_formula() {
    assert_eq!(hold_coefficients::<Additive>("C_dynamic_additive"), 18);
    assert_eq!(hold_coefficients::<Multiplicative>("C_dynamic_multiplicative"), 18);
    let nash = Structure::simultaneous();
    assert!(ChannelPricing::example().value_coefficients(&nash).is_none());
}

/// Parameters at which no stabilising solution exists, for none of the structures.
#[test]
fn infeasible_sets() {
    let usual = ChannelPricing::example();
    let change = |changes: &dyn Fn(&mut coopad::dynamic::models::channel_pricing::Parameters<_>)| {
        let mut numbers = *usual.numbers();
        changes(&mut numbers);
        ChannelPricing::new(numbers).unwrap()
    };
    let strong = change(&|p| (p.national.demand_effect, p.local.demand_effect) = (1.0, 1.0));
    let lasting = change(&|p| {
        (p.national.decay, p.local.decay, p.national.demand_effect) = (0.05, 0.05, 0.3);
    });
    let cheap = change(&|p| (p.national.cost, p.local.cost) = (0.1, 0.1));
    for game in [strong, lasting, cheap] {
        for scheme in ChannelPricing::structures() {
            let failed = game.feedback(&scheme.structure).map(|found| found.payoffs().to_vec());
            assert!(
                matches!(failed, Err(DynamicError::NoValue { .. } | DynamicError::Explosive { .. })),
                "{}: {failed:?}",
                scheme.name
            );
            assert!(game.value_coefficients(&scheme.structure).is_none(), "{}: coefficients", scheme.name);
        }
    }
}

/// As goodwill weighs more, the cooperative game loses its solution first, then the led one, then the unsupported one.
#[test]
fn existence_depends_on_the_structure() {
    let usual = ChannelPricing::example();
    let exists = |factor: f64| {
        let mut numbers = *usual.numbers();
        numbers.national.demand_effect *= factor;
        numbers.local.demand_effect *= factor;
        let game = ChannelPricing::new(numbers).unwrap();
        ["cooperative", "manufacturer_leads", "no_support"].map(|name| {
            let structure = ChannelPricing::structure(name).unwrap();
            let found = game.feedback(&structure).is_ok();
            assert_eq!(game.value_coefficients(&structure).is_some(), found, "{name} at {factor}");
            found
        })
    };
    assert_eq!(exists(2.2), [true, true, true]);
    assert_eq!(exists(2.3), [false, true, true]);
    assert_eq!(exists(2.7), [false, true, true]);
    assert_eq!(exists(2.8), [false, false, true]);
    assert_eq!(exists(2.9), [false, false, true]);
    assert_eq!(exists(3.0), [false, false, false]);
}
