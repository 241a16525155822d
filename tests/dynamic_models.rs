//! The models over time: reference values by formula and by both routes of collocation, random games, hostile input.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::{
    DIGITS, Draws, ROUTES, build, close, decided, endures, feedback, number, numbers, refuses, rows, table,
};
use coopad::ParameterError;
use coopad::dynamic::linear_quadratic::Quadratic;
use coopad::dynamic::models::{
    GoodwillChannel, Lanchester, NerloveArrow, PrasadSethi, Rival, Sethi, Sorger, StickyPrices, VidaleWolfe,
    channel_pricing, goodwill_channel, lanchester, nerlove_arrow, prasad_sethi, sethi, sorger, sticky_prices,
    vidale_wolfe,
};
use coopad::dynamic::{Collocation, DifferentialGame, DynamicError, Route, SolveOverTime};
use coopad::models::{Channel, Model};
use coopad::prelude::*;

/// Values, policies by formula and by engine, and the steady state of one state's game against a row of the file.
fn against<G: DifferentialGame>(
    game: &G,
    structure: &Structure<G::Player>,
    [values, policies]: [&[(f64, Vec<f64>)]; 2],
    steady: f64,
    tolerance: f64,
    what: &str,
) {
    for route in ROUTES {
        let what = format!("{what}, {route:?}");
        let found = feedback(game, structure, route);
        for (state, wanted) in values {
            for (value, wanted) in found.values().iter().zip(wanted) {
                close(value.at(&[*state]), *wanted, tolerance, &format!("{what}: value at {state}"));
            }
        }
        for (state, wanted) in policies {
            for (effort, wanted) in decided(&found, route, &[*state]).iter().zip(wanted) {
                close(*effort, *wanted, tolerance, &format!("{what}: policy at {state}"));
            }
        }
        let rests = found.steady_states().unwrap();
        let stable: Vec<_> = rests.iter().filter(|rest| rest.is_stable()).collect();
        assert_eq!(stable.len(), 1, "{what}: {rests:?}");
        close(stable[0].state[0], steady, tolerance, &format!("{what}: steady state"));
    }
}

#[test]
fn nerlove_arrow_reference() {
    for row in rows("nerlove_arrow", 2) {
        let game: NerloveArrow = build(&row["params"], &[]);
        let value = game.value_function();
        close(-value.curvature().entries()[0], number(&row["K"]), DIGITS, "K");
        close(value.slope()[0], number(&row["B"]), DIGITS, "B");
        close(value.constant(), number(&row["A"]), DIGITS, "A");
        let steady = number(&row["G_ss"]);
        close(game.steady_state(), steady, DIGITS, "steady state");
        let (values, policies) = (table(&row["V_at"]), table(&row["a_at"]));
        for (state, wanted) in &values {
            close(value.at(&[*state]).unwrap(), wanted[0], DIGITS, "value by formula");
        }
        against(&game, &Structure::cooperative(), [&values, &policies], steady, DIGITS, "nerlove_arrow");
    }
}

#[test]
fn sethi_reference() {
    for row in rows("sethi_1983", 3) {
        let quiet: Sethi = build(&row["params"], &[]);
        let value = quiet.value_function();
        close(value.slope()[0], number(&row["lambda_bar"]), DIGITS, "slope");
        close(value.constant(), number(&row["const"]), DIGITS, "constant");
        let steady = number(&row["steady_state"]);
        close(quiet.steady_state(), steady, DIGITS, "steady state");
        close(quiet.expected_share(1e4), steady, DIGITS, "expected share in the end");
        // Values are linear: noise changes nothing.
        let noisy = Sethi::new(sethi::Parameters { volatility: 0.4, ..*quiet.numbers() }).unwrap();
        for game in [quiet, noisy] {
            let tables = [&table(&row["V_at"])[..], &table(&row["u_at"])[..]];
            against(&game, &Structure::cooperative(), tables, steady, DIGITS, "sethi");
        }
    }
}

#[test]
fn vidale_wolfe_reference() {
    for row in rows("vidale_wolfe_quadratic_cost", 2) {
        let game: VidaleWolfe = build(&row["params"], &[]);
        let steady = number(&row["steady_state"]);
        close(game.steady_state(), steady, DIGITS, "steady state");
        let tables = [&table(&row["V_at"])[..], &table(&row["u_at"])[..]];
        against(&game, &Structure::cooperative(), tables, steady, DIGITS, "vidale_wolfe");
    }
}

#[test]
fn vidale_wolfe_linear_cost_reference() {
    for row in rows("vidale_wolfe_linear_cost", 3) {
        let game: VidaleWolfe = build(&row["params"], &["Q"]);
        let most = number(&row["params"]["Q"]);
        let best = game.most_rapid_approach(most).unwrap();
        close(best.share(), number(&row["x_singular"]), DIGITS, "singular share");
        close(best.holding_effort(), number(&row["u_singular"]), DIGITS, "singular effort");
        assert_eq!(best.share() > 0.0, row["interior"] == true);
        assert_eq!(best.effort(best.share()), best.holding_effort());
        for (share, wanted) in table(&row["V_MRAP"]) {
            close(best.value(share), wanted[0], DIGITS, &format!("value at {share}"));
            let expected = if share < best.share() { most } else { 0.0 };
            assert_eq!(best.effort(share), expected);
        }
    }
}

#[test]
fn prasad_sethi_reference() {
    for row in rows("prasad_sethi_2004", 3) {
        let quiet: PrasadSethi = build(&row["params"], &[]);
        let [first, second] = quiet.value_functions();
        let (slopes, constants) = (&row["beta"], &row["alpha"]);
        close(first.slope()[0], number(&slopes[0]), DIGITS, "first slope");
        close(-second.slope()[0], number(&slopes[1]), DIGITS, "second slope");
        close(first.constant(), number(&constants[0]), DIGITS, "first constant");
        close(second.constant() + second.slope()[0], number(&constants[1]), DIGITS, "second constant");
        let steady = number(&row["x_long_run"]);
        close(quiet.steady_state(), steady, DIGITS, "long-run share");
        close(quiet.expected_share(1e4), steady, DIGITS, "expected share in the end");
        let noisy =
            PrasadSethi::new(prasad_sethi::Parameters { volatility: 0.3, ..*quiet.numbers() }).unwrap();
        for game in [quiet, noisy] {
            let tables = [&table(&row["V_at"])[..], &table(&row["u_at"])[..]];
            against(&game, &Structure::simultaneous(), tables, steady, DIGITS, "prasad_sethi");
        }
    }
}

#[test]
fn lanchester_reference() {
    for row in rows("lanchester_feedback_infinite", 2) {
        let game: Lanchester = build(&row["params"], &[]);
        // The reference is a collocation, too, and says how exact it is.
        let tolerance = DIGITS.max(number(&row["grid_convergence"]));
        let list = |key: &str| numbers(&row[key]);
        let pairs = |one: &str, other: &str| -> Vec<(f64, Vec<f64>)> {
            let both = list(one).into_iter().zip(list(other)).map(|(a, b)| vec![a, b]);
            list("states").into_iter().zip(both).collect()
        };
        let tables = [&pairs("V1_at", "V2_at")[..], &pairs("u1_at", "u2_at")[..]];
        against(&game, &Structure::simultaneous(), tables, number(&row["x_ss"]), tolerance, "lanchester");
    }
}

#[test]
fn sorger_reference() {
    for row in rows("sorger_1989_finite_horizon", 2) {
        let game: Sorger = build(&row["params"], &[]);
        let (horizon, start) = (game.numbers().horizon, game.numbers().initial_share);
        let both = |key: &str| [number(&row[key][0]), number(&row[key][1])];
        let (now, later) = (game.value_functions(0.0).unwrap(), game.value_functions(0.5 * horizon).unwrap());
        let constants = [now[0].constant(), now[1].constant() + now[1].slope()[0]];
        for (firm, sign) in [(0, 1.0), (1, -1.0)] {
            close(sign * now[firm].slope()[0], both("A_at_0")[firm], DIGITS, "slope at 0");
            close(sign * later[firm].slope()[0], both("A_at_half")[firm], DIGITS, "slope half way");
            close(constants[firm], both("B_at_0")[firm], DIGITS, "constant at 0");
            close(now[firm].at(&[start]).unwrap(), both("payoffs")[firm], DIGITS, "payoff by formula");
        }
        for route in ROUTES {
            let settings = Collocation { route, ..Collocation::default() };
            let found = settings.solve_until(&game, &Structure::simultaneous(), horizon).unwrap();
            let (now, later) = (found.values(0.0), found.values(0.5 * horizon));
            for (firm, sign) in [(0, 1.0), (1, -1.0)] {
                let what = |what: &str| format!("{what} by {route:?}");
                close(sign * now[firm].slopes(&[0.5])[0], both("A_at_0")[firm], DIGITS, &what("slope at 0"));
                let half = sign * later[firm].slopes(&[0.5])[0];
                close(half, both("A_at_half")[firm], DIGITS, &what("slope half way"));
                close(found.payoffs()[firm], both("payoffs")[firm], DIGITS, &what("payoff"));
            }
            let path = found.simulate(&[start]).unwrap();
            close(path.state(horizon)[0], number(&row["x_T"]), DIGITS, "share in the end");
        }
    }
}

#[test]
fn sticky_prices_reference() {
    for row in rows("fershtman_kamien_1987_sticky_price", 2) {
        let game: StickyPrices = build(&row["params"], &[]);
        let nash = Structure::simultaneous();
        let [value, other] = game.value_functions(&nash).unwrap();
        assert_eq!(value, other);
        close(value.curvature().entries()[0], number(&row["K"]), DIGITS, "K");
        close(-value.slope()[0], number(&row["E"]), DIGITS, "E");
        close(value.constant(), number(&row["g"]), DIGITS, "g");
        let (price, steady) = (0.8 * game.numbers().choke_price, number(&row["p_ss"]));
        close(game.steady_state(&nash).unwrap(), steady, DIGITS, "lasting price");
        let (worth, sold) =
            (number(&row["V_at_0p8a"]), number(&row["u_slope"]) * price + number(&row["u_const"]));
        let tables = [&[(price, vec![worth; 2])][..], &[(price, vec![sold; 2])][..]];
        against(&game, &nash, tables, steady, DIGITS, "sticky_prices");
    }
}

/// Where efforts do not meet in any term it makes no difference who moves first at each moment.
#[test]
fn leading_gains_nothing_where_efforts_are_separate() {
    fn check<M: Model<Player = Rival> + DifferentialGame>() {
        let game = M::example();
        let nash = feedback(&game, &Structure::simultaneous(), Route::Auto);
        for leader in [Rival::First, Rival::Second] {
            let led = game.feedback(&Structure::leader(leader)).unwrap();
            for part in [0.1, 0.5, 0.9] {
                let range = &nash.states()[0];
                let state = [range.lower + part * (range.upper - range.lower)];
                for firm in [Rival::First, Rival::Second] {
                    let (one, other) = (led.value(firm, &state), nash.value(firm, &state));
                    close(one, other, 1e-8, &format!("{} led by {leader:?} at {state:?}", M::NAME));
                }
            }
        }
    }
    check::<PrasadSethi>();
    check::<Sorger>();
    check::<Lanchester>();
    check::<StickyPrices>();
}

/// Values that turn sharply near an end of the market need high degrees.
#[test]
fn sharp_values_are_resolved() {
    let strong = Lanchester::new(lanchester::Parameters {
        first: lanchester::Firm { effectiveness: 4.6, margin: 3.9, cost: 0.13, salvage: 0.0 },
        second: lanchester::Firm { effectiveness: 0.17, margin: 0.14, cost: 0.4, salvage: 0.0 },
        discount_rate: 0.2,
        initial_share: 0.5,
    })
    .unwrap();
    let nash = strong.feedback(&Structure::simultaneous()).unwrap();
    assert!(nash.degree() > 64);
    let firm = VidaleWolfe::new(vidale_wolfe::Parameters {
        discount_rate: 0.16,
        effectiveness: 6.7,
        decay: 0.011,
        margin: 1.7,
        initial_share: 0.5,
    })
    .unwrap();
    let best = firm.feedback(&Structure::cooperative()).unwrap();
    let drift = best.drift(&[firm.steady_state()]).unwrap()[0];
    assert!(best.degree() > 64 && drift.abs() < 1e-8, "{drift}");
}

#[test]
fn firms_that_discount_differently_cannot_decide_together() {
    let game = PrasadSethi::example();
    let error = game.feedback(&Structure::cooperative()).unwrap_err();
    assert!(matches!(error, DynamicError::DifferentDiscounts { .. }), "{error}");
}

#[test]
fn a_budget_that_cannot_hold_the_best_share() {
    let game = VidaleWolfe::example();
    let needed = game.most_rapid_approach(2.0).unwrap().holding_effort();
    let error = game.most_rapid_approach(0.99 * needed).unwrap_err();
    assert!(matches!(error, ParameterError::Inconsistent { .. }), "{error}");
    // Just enough: the best share is approached, not reached, and worth what it is worth with a little more.
    let (enough, more) =
        (game.most_rapid_approach(needed).unwrap(), game.most_rapid_approach(needed * (1.0 + 1e-9)).unwrap());
    for share in [0.1, 0.9] {
        close(enough.value(share), more.value(share), 1e-8, "just enough");
    }
    for most in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(game.most_rapid_approach(most), Err(ParameterError::OutOfRange { .. })));
    }
}

#[test]
fn where_the_formula_ends_is_an_error() {
    let firm = *NerloveArrow::example().numbers();
    // B/K = 4.4139/0.1531 = 28.83 for these numbers.
    let at =
        |initial_goodwill: f64| NerloveArrow::new(nerlove_arrow::Parameters { initial_goodwill, ..firm });
    assert!(at(28.8).is_ok());
    assert!(matches!(at(28.9), Err(ParameterError::Inconsistent { .. })));
    let market = *StickyPrices::example().numbers();
    let priced = |cost: f64, initial_price: f64| {
        StickyPrices::new(sticky_prices::Parameters { cost, initial_price, ..market })
    };
    assert!(priced(0.1, 0.5).is_ok());
    assert!(matches!(priced(1.0, 1.0), Err(ParameterError::Inconsistent { .. })));
    assert!(matches!(priced(0.1, 0.1), Err(ParameterError::Inconsistent { .. })));
    assert!(matches!(Sorger::example().value_functions(6.0), Err(DynamicError::Parameter(_))));
    assert!(matches!(Sorger::example().value_functions(f64::NAN), Err(DynamicError::Parameter(_))));
}

/// The rate in a channel with fixed margins, on both sides of the threshold: three times 2·3 − 2 over 2·3 + 2, say.
#[test]
fn support_in_the_goodwill_channel() {
    let numbers = *GoodwillChannel::example().numbers();
    let led = Structure::leader(Channel::Manufacturer);
    for (manufacturer, retailer, rate) in
        [(3.0, 2.0, 0.5), (1.0, 1.0, 1.0 / 3.0), (1.0, 2.0, 0.0), (1.0, 5.0, 0.0)]
    {
        let game = GoodwillChannel::new(goodwill_channel::Parameters {
            manufacturer_margin: manufacturer,
            retailer_margin: retailer,
            ..numbers
        })
        .unwrap();
        let [found, ..] = game.policy(&led).unwrap();
        assert!((found - rate).abs() < 1e-12, "{manufacturer}, {retailer}: {found}");
        let stage = game.feedback(&led).unwrap();
        let engine = stage.stage(&[1.0, 2.0]).unwrap().solve_numerically(&led).unwrap();
        assert!((engine[GoodwillChannel::PARTICIPATION] - rate).abs() < 1e-7, "{manufacturer}, {retailer}");
    }
}

#[test]
fn numbers_that_make_no_sense_are_refused() {
    refuses::<NerloveArrow>();
    refuses::<Sethi>();
    refuses::<VidaleWolfe>();
    refuses::<PrasadSethi>();
    refuses::<Sorger>();
    refuses::<Lanchester>();
    refuses::<StickyPrices>();
    refuses::<GoodwillChannel>();
    assert!(nerlove_arrow::goodwill_to_sales(0.1, 0.0, 0.1, 0.1).is_err());
    assert!(nerlove_arrow::goodwill_to_sales(f64::NAN, 1.0, 0.1, 0.1).is_err());
}

#[test]
fn extreme_numbers_do_no_harm() {
    endures(|game: &NerloveArrow, _| drop((game.value_function(), game.steady_state())));
    endures(|game: &Sethi, _| drop((game.value_function(), game.expected_share(1.0))));
    endures(|game: &VidaleWolfe, _| {
        let _ = game.most_rapid_approach(1.0).map(|best| best.value(0.5) + best.time(0.5));
        let _ = game.steady_state();
    });
    endures(|game: &PrasadSethi, _| drop((game.value_functions(), game.expected_share(1.0))));
    endures(|game: &Sorger, _| {
        let _ = game.value_functions(0.0);
    });
    endures(|_: &Lanchester, _| ());
    endures(|game: &StickyPrices, _| drop(game.value_functions(&Structure::cooperative())));
    endures(|game: &GoodwillChannel, _| drop(game.value_functions(&Structure::cooperative())));
}

/// Random games of each model.
const SETS: usize = 60;

/// Values by formula against those by both routes at a few states, relative to their size.
fn formula_against_collocation<G: DifferentialGame>(
    game: &G,
    structure: &Structure<G::Player>,
    formula: &[Quadratic],
    what: &str,
) {
    for route in ROUTES {
        let found = feedback(game, structure, route);
        for (value, formula) in found.values().iter().zip(formula) {
            for share in [0.0, 0.3, 0.7, 1.0] {
                let state: Vec<f64> =
                    found.states().iter().map(|s| s.lower + share * (s.upper - s.lower)).collect();
                let wanted = formula.at(&state).unwrap();
                close(value.at(&state), wanted, 1e-8, &format!("{what}, {route:?}: value at {state:?}"));
                let slopes = value.slopes(&state);
                let curvature = formula.curvature();
                for (at, slope) in slopes.iter().enumerate() {
                    let row = &curvature.entries()[at * state.len()..(at + 1) * state.len()];
                    let bent: f64 = row.iter().zip(&state).map(|(p, s)| p * s).sum();
                    let wanted = formula.slope()[at] + bent;
                    let size = formula.slope()[at].abs() + bent.abs();
                    let gap = (slope - wanted).abs();
                    assert!(
                        gap <= 1e-8 * size,
                        "{what}, {route:?}: slope at {state:?}: {slope} for {wanted}"
                    );
                }
            }
        }
    }
}

#[test]
fn random_nerlove_arrow() {
    let mut draws = Draws(1962);
    for _ in 0..SETS {
        let game = NerloveArrow::new(nerlove_arrow::Parameters {
            discount_rate: draws.scale(0.01, 0.5),
            decay: draws.scale(0.02, 1.0),
            effectiveness: draws.scale(0.1, 5.0),
            cost: draws.scale(0.1, 10.0),
            demand_effect: draws.scale(0.1, 20.0),
            saturation: draws.scale(1e-4, 2.0),
            margin: draws.scale(0.1, 20.0),
            initial_goodwill: 0.0,
        })
        .unwrap();
        let what = format!("{:?}", game.numbers());
        formula_against_collocation(&game, &Structure::cooperative(), &[game.value_function()], &what);
    }
}

#[test]
fn random_sethi() {
    let mut draws = Draws(1983);
    for _ in 0..SETS {
        let game = Sethi::new(sethi::Parameters {
            discount_rate: draws.scale(0.01, 0.5),
            decay: draws.scale(0.01, 1.0),
            effectiveness: draws.scale(0.1, 5.0),
            margin: draws.scale(0.1, 50.0),
            volatility: draws.between(0.0, 0.5),
            initial_share: draws.unit(),
        })
        .unwrap();
        let what = format!("{:?}", game.numbers());
        formula_against_collocation(&game, &Structure::cooperative(), &[game.value_function()], &what);
    }
}

#[test]
fn random_prasad_sethi() {
    let mut draws = Draws(2004);
    for _ in 0..SETS {
        let mut firm = || prasad_sethi::Firm {
            discount_rate: draws.scale(0.01, 0.5),
            effectiveness: draws.scale(0.05, 3.0),
            cost: draws.scale(0.1, 10.0),
            margin: draws.scale(0.1, 50.0),
        };
        let (first, second) = (firm(), firm());
        let game = PrasadSethi::new(prasad_sethi::Parameters {
            first,
            second,
            churn: draws.between(0.0, 0.3),
            volatility: draws.between(0.0, 0.5),
            initial_share: draws.unit(),
        })
        .unwrap();
        let what = format!("{:?}", game.numbers());
        formula_against_collocation(&game, &Structure::simultaneous(), &game.value_functions(), &what);
    }
}

#[test]
fn random_vidale_wolfe() {
    let mut draws = Draws(1957);
    for _ in 0..SETS {
        let game = VidaleWolfe::new(vidale_wolfe::Parameters {
            discount_rate: draws.scale(0.05, 0.5),
            effectiveness: draws.scale(0.2, 3.0),
            decay: draws.scale(0.05, 0.5),
            margin: draws.scale(0.1, 5.0),
            initial_share: draws.unit(),
        })
        .unwrap();
        let what = format!("{:?}", game.numbers());
        // The share that solves the maximum principle is where the collocated policy rests.
        for route in ROUTES {
            let found = feedback(&game, &Structure::cooperative(), route);
            let drift = found.drift(&[game.steady_state()]).unwrap()[0];
            assert!(drift.abs() < 1e-8, "{what}, {route:?}: {drift}");
        }
        // With linear cost no other share to approach would be worth more, from anywhere.
        let Ok(best) = game.most_rapid_approach(5.0) else { continue };
        for start in [0.02, 0.3, 0.6, 0.95] {
            for target in [0.0, 0.1, 0.3, 0.5, 0.7, 0.9] {
                let other = approach(game.numbers(), 5.0, start, target);
                assert!(
                    best.value(start) >= other - 1e-9 * other.abs(),
                    "{what}: {start} to {target}: {other}"
                );
            }
        }
    }
}

#[test]
fn random_sticky_prices() {
    let mut draws = Draws(1987);
    for _ in 0..SETS {
        let choke_price = draws.scale(0.5, 50.0);
        let game = StickyPrices::new(sticky_prices::Parameters {
            adjustment: draws.scale(0.05, 10.0),
            choke_price,
            cost: choke_price * draws.between(0.0, 0.9),
            discount_rate: draws.scale(0.01, 0.5),
            initial_price: 1.0,
        })
        .unwrap();
        let what = format!("{:?}", game.numbers());
        for structure in [Structure::simultaneous(), Structure::cooperative()] {
            let formula = game.value_functions(&structure).unwrap();
            formula_against_collocation(&game, &structure, &formula, &what);
            let found = feedback(&game, &structure, Route::Auto);
            let price = game.steady_state(&structure).unwrap();
            let [range] = found.states() else { panic!("one state") };
            assert!(range.lower < price && price < range.upper, "{what}: {price}");
            let drift = found.drift(&[price]).unwrap()[0];
            assert!(drift.abs() < 1e-8 * game.numbers().adjustment * choke_price, "{what}: {drift}");
        }
    }
}

#[test]
fn random_goodwill_channel() {
    let mut draws = Draws(2014);
    for _ in 0..SETS {
        let mut goodwill = || channel_pricing::Goodwill {
            effectiveness: draws.scale(0.1, 3.0),
            decay: draws.scale(0.05, 1.0),
            cost: draws.scale(0.1, 10.0),
            demand_effect: draws.scale(0.05, 3.0),
            initial: draws.between(0.0, 3.0),
        };
        let (national, local) = (goodwill(), goodwill());
        let game = GoodwillChannel::new(goodwill_channel::Parameters {
            discount_rate: draws.scale(0.01, 0.5),
            base_demand: draws.between(0.0, 20.0),
            manufacturer_margin: draws.scale(0.2, 5.0),
            retailer_margin: draws.scale(0.2, 5.0),
            national,
            local,
        })
        .unwrap();
        let what = format!("{:?}", game.numbers());
        for scheme in GoodwillChannel::structures() {
            let formula = game.value_functions(&scheme.structure).unwrap();
            formula_against_collocation(
                &game,
                &scheme.structure,
                &formula,
                &format!("{} {what}", scheme.name),
            );
            let found = feedback(&game, &scheme.structure, Route::Auto);
            let steady = game.steady_state(&scheme.structure).unwrap();
            let drift = found.drift(&steady).unwrap();
            let size = |at: usize| found.states()[at].upper;
            assert!(drift.iter().enumerate().all(|(at, d)| d.abs() < 1e-8 * size(at)), "{what}: {drift:?}");
        }
    }
}

#[test]
fn random_sorger() {
    let mut draws = Draws(1989);
    for _ in 0..SETS {
        let mut firm = || sorger::Firm {
            margin: draws.scale(0.1, 5.0),
            cost: draws.scale(0.2, 5.0),
            salvage: draws.between(0.0, 5.0),
        };
        let (first, second) = (firm(), firm());
        let game = Sorger::new(sorger::Parameters {
            discount_rate: draws.between(0.0, 0.3),
            horizon: draws.between(0.5, 10.0),
            first,
            second,
            initial_share: draws.unit(),
        })
        .unwrap();
        let (what, horizon) = (format!("{:?}", game.numbers()), game.numbers().horizon);
        let found = game.feedback_until(&Structure::simultaneous(), horizon).unwrap();
        for time in [0.0, 0.4 * horizon, horizon] {
            let formula = game.value_functions(time).unwrap();
            for (value, formula) in found.values(time).iter().zip(&formula) {
                for share in [0.0, 0.4, 1.0] {
                    let (value, wanted) = (value.at(&[share]), formula.at(&[share]).unwrap());
                    let size = formula.slope()[0].abs() + wanted.abs();
                    assert!((value - wanted).abs() <= 1e-8 * size, "{what}: {value} for {wanted}");
                }
            }
        }
    }
}

/// No formula: both routes agree, exchanging the firms exchanges everything, and a payoff followed along the path is
/// the value.
#[test]
fn random_lanchester() {
    let mut draws = Draws(1957);
    for _ in 0..SETS {
        let mut firm = || lanchester::Firm {
            effectiveness: draws.scale(0.3, 1.5),
            margin: draws.scale(0.3, 3.0),
            cost: draws.scale(0.5, 3.0),
            salvage: 0.0,
        };
        let (first, second) = (firm(), firm());
        let numbers = lanchester::Parameters {
            discount_rate: draws.between(0.15, 0.5),
            first,
            second,
            initial_share: draws.unit(),
        };
        let game = Lanchester::new(numbers).unwrap();
        let mirrored = lanchester::Parameters { first: second, second: first, ..numbers };
        let mirror = Lanchester::new(mirrored).unwrap();
        let (what, nash) = (format!("{numbers:?}"), Structure::simultaneous());
        let settings = |route| Collocation { route, ..Collocation::default() };
        let [one, other] = ROUTES.map(|route| settings(route).solve(&game, &nash).unwrap());
        let turned = mirror.feedback(&nash).unwrap();
        for share in [0.05, 0.5, 0.95] {
            for (firm, rival) in [(Rival::First, Rival::Second), (Rival::Second, Rival::First)] {
                let value = one.value(firm, &[share]);
                close(other.value(firm, &[share]), value, 1e-8, &format!("{what}: other route"));
                close(turned.value(rival, &[1.0 - share]), value, 1e-8, &format!("{what}: firms exchanged"));
            }
        }
        let (start, long) = ([numbers.initial_share], 20.0);
        let path = one.simulate(&start, long).unwrap();
        let left = (-numbers.discount_rate * long).exp();
        for (firm, earned) in [Rival::First, Rival::Second].into_iter().zip(path.payoffs()) {
            let wanted = one.value(firm, &start) - left * one.value(firm, &path.state(long));
            close(*earned, wanted, 1e-7, &format!("{what}: along the path"));
        }
    }
}

/// What it is worth to go as fast as possible from a share to `target` and stay there: Simpson's rule on the path.
fn approach(p: &vidale_wolfe::Parameters, most: f64, start: f64, target: f64) -> f64 {
    let (a, b, r) = (p.effectiveness, p.decay, p.discount_rate);
    let hold = b * target / (a * (1.0 - target));
    if hold > most {
        return f64::NEG_INFINITY;
    }
    let effort = if start < target { most } else { 0.0 };
    let (rate, tends) = (a * effort + b, a * effort / (a * effort + b));
    let ratio = (start - tends) / (target - tends);
    // Zero is approached for ever: long enough is long enough.
    let time = (ratio.ln() / rate).min(40.0 / r);
    let share = |t: f64| tends + (start - tends) * (-rate * t).exp();
    let earned = |t: f64| (p.margin * share(t) - effort) * (-r * t).exp();
    let steps = 20_000;
    let h = time / f64::from(steps);
    let weight = |k: i32| if k == 0 || k == steps { 1.0 } else { f64::from(2 + 2 * (k % 2)) };
    let until: f64 = (0..=steps).map(|k| weight(k) * earned(f64::from(k) * h)).sum::<f64>() * h / 3.0;
    until + (-r * time).exp() * (p.margin * target - hold) / r
}
